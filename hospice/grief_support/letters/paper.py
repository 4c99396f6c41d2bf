"""Letters and cards on paper: A4 with the address in an envelope's window, A5 for cards, labels.

The address stands where DIN 5008 (form B) has it, so that it shows in the window of a C5 or a long
envelope. Every length is in millimetres from the top left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from hospice.grief_support.letters.fonts import Font
from hospice.grief_support.letters.lines import broken

_MM = 72 / 25.4
_A4 = (210.0, 297.0)
_CARD = (210.0, 148.0)  # A5 lying; it fits a C5 envelope as it is
_BODY, _SMALL, _CARD_BODY = 11.0, 7.5, 13.0  # points
_LEAD = 1.5  # of the size; Chinese needs the air, and letters to the old have it too
_SMALLEST = 10.0

# the window
_LEFT, _WINDOW = 25.0, 80.0
_RETURN_Y, _ADDRESS_Y = 60.5, 67.0
_ADDRESS_LINE = 5.0
# the letter
_RIGHT, _HEAD_Y, _DATE_Y, _TEXT_Y, _NEXT_Y, _BOTTOM = 190.0, 20.0, 98.5, 110.0, 25.0, 275.0
_FOLDS = (105.0, 148.5, 210.0)  # for a long envelope, and for C5
# the card
_CARD_SIDE, _CARD_TOP, _CARD_BOTTOM = 28.0, 16.0, 132.0
# labels, three by eight on A4
_COLUMNS, _ROWS, _LABEL = 3, 8, (70.0, 37.0)
_EDGE = 6.0


@dataclass(frozen=True)
class Piece:
    """One letter or card as it is drawn: head, address, date and paragraphs, all in words."""

    head: tuple[str, ...]
    address: tuple[str, ...]
    date: str
    paragraphs: tuple[str, ...]
    is_card: bool = False


def letters(pieces: Sequence[Piece], font: Font) -> bytes:
    """Return a PDF with every piece on pages of its own, in their order."""
    sheet = _Sheet(font)
    for piece in pieces:
        if piece.is_card:
            sheet.card(piece)
        else:
            sheet.letter(piece)
    return sheet.done()


def labels(addresses: Sequence[Sequence[str]], font: Font) -> bytes:
    """Return a PDF of address labels, twenty-four on a page."""
    sheet = _Sheet(font)
    for number, lines in enumerate(addresses):
        place = number % (_COLUMNS * _ROWS)
        if place == 0:
            sheet.page(_A4)
        row, column = divmod(place, _COLUMNS)
        sheet.label(column * _LABEL[0] + _EDGE, row * _LABEL[1] + _EDGE, lines)
    return sheet.done()


class _Sheet:
    """The page that is being drawn."""

    def __init__(self, font: Font) -> None:
        from reportlab.pdfgen import canvas  # noqa: PLC0415 - heavy, and seldom asked for

        self.font = font
        self.file = BytesIO()
        # what a PDF says of itself names nobody
        self.canvas: Any = canvas.Canvas(self.file, pageCompression=1, invariant=1)
        self.canvas.setTitle("Alongside")
        self.height = 0.0

    def page(self, size: tuple[float, float]) -> None:
        """Begin a page."""
        if self.height:
            self.canvas.showPage()
        self.canvas.setPageSize((size[0] * _MM, size[1] * _MM))
        self.height = size[1]

    def done(self) -> bytes:
        """Return the whole."""
        self.canvas.save()
        return self.file.getvalue()

    def letter(self, piece: Piece) -> None:
        """Draw a letter; what does not fit goes on, on pages without a head."""
        self.page(_A4)
        self._folds()
        y = _HEAD_Y
        for number, line in enumerate(self._lines(piece.head, 11, 90)):
            self._right(line, _RIGHT, y, 12 if number == 0 else 9.5)
            y += 6 if number == 0 else 4.6
        self._window(piece)
        if piece.date:
            self._right(piece.date, _RIGHT, _DATE_Y, _BODY)
        self._run(piece.paragraphs, _TEXT_Y)

    def _run(self, paragraphs: Sequence[str], top: float) -> None:
        step = _BODY * _LEAD / _MM
        y = top
        for paragraph in paragraphs:
            for line in self._lines([paragraph], _BODY, _RIGHT - _LEFT):
                if y > _BOTTOM:
                    self.page(_A4)
                    y = _NEXT_Y
                self._left(line, _LEFT, y, _BODY)
                y += step
            y += step * 0.6

    def card(self, piece: Piece) -> None:
        """Draw a card: its words on one side, the address on the other."""
        room = _CARD[0] - 2 * _CARD_SIDE
        size = _CARD_BODY
        while size > _SMALLEST and self._tall(piece, size, room) > _CARD_BOTTOM - _CARD_TOP:
            size -= 0.5
        step = size * _LEAD / _MM
        self.page(_CARD)
        free = _CARD_BOTTOM - _CARD_TOP - self._tall(piece, size, room)
        y = _CARD_TOP + max(free, 0) / 2 + size / _MM
        for paragraph in piece.paragraphs:
            for line in self._lines([paragraph], size, room):
                if y > _CARD_BOTTOM + step:
                    self.page(_CARD)
                    y = _CARD_TOP + size / _MM
                self._left(line, _CARD_SIDE, y, size)
                y += step
            y += step * 0.6
        self.page(_CARD)
        self._window(piece)

    def _tall(self, piece: Piece, size: float, room: float) -> float:
        step = size * _LEAD / _MM
        lines = len(self._lines(piece.paragraphs, size, room))
        return lines * step + (len(piece.paragraphs) - 1) * step * 0.6

    def label(self, x: float, y: float, lines: Sequence[str]) -> None:
        """Draw an address on a label; one of many lines is drawn smaller."""
        size, room = 10.0, _LABEL[0] - 2 * _EDGE
        while size > 6 and len(self._lines(lines, size, room)) * size * 1.3 / _MM > 28:
            size -= 0.5
        for line in self._lines(lines, size, room):
            self._left(line, x, y + size / _MM, size)
            y += size * 1.3 / _MM

    def _window(self, piece: Piece) -> None:
        """Draw the sender's line and the address where the window shows them."""
        sender = self._lines([" · ".join(piece.head)], _SMALL, _WINDOW)[:1] if piece.head else []
        for line in sender:
            self._left(line, _LEFT, _RETURN_Y, _SMALL)
            self.canvas.setLineWidth(0.3)
            self._rule(_LEFT, _LEFT + _WINDOW, _RETURN_Y + 1.3)
        size, lines = _BODY, self._lines(piece.address, _BODY, _WINDOW)
        while size > 7 and len(lines) * _ADDRESS_LINE * size / _BODY > 27:
            size -= 0.5
            lines = self._lines(piece.address, size, _WINDOW)
        y = _ADDRESS_Y
        for line in lines:
            self._left(line, _LEFT, y, size)
            y += _ADDRESS_LINE * size / _BODY

    def _folds(self) -> None:
        self.canvas.setLineWidth(0.25)
        for y in _FOLDS:
            self._rule(4, 8, y)

    def _lines(self, texts: Sequence[str], size: float, room: float) -> list[str]:
        found: list[str] = []
        for text in texts:
            plain = self.font.drawable(text)
            found += broken(plain, room, lambda piece: self._width(piece, size))
        return found

    def _width(self, text: str, size: float) -> float:
        width: float = self.canvas.stringWidth(text, self.font.name, size)
        return width / _MM

    def _left(self, text: str, x: float, y: float, size: float) -> None:
        self.canvas.setFont(self.font.name, size)
        self.canvas.drawString(x * _MM, (self.height - y) * _MM, text)

    def _right(self, text: str, x: float, y: float, size: float) -> None:
        self.canvas.setFont(self.font.name, size)
        self.canvas.drawRightString(x * _MM, (self.height - y) * _MM, text)

    def _rule(self, start: float, end: float, y: float) -> None:
        height = (self.height - y) * _MM
        self.canvas.line(start * _MM, height, end * _MM, height)
