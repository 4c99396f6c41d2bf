"""Letters on paper: the font is embedded, the Chinese is there to see, nothing is cut off."""

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfbase import cidfonts, pdfmetrics

from hospice.grief_support.letters.fonts import Font, font
from hospice.grief_support.letters.paper import Piece, labels, letters

LETTER = Piece(
    head=("桂园安宁疗护中心", "021 5555 0142"),
    address=("陈丽", "上海市徐汇区漕溪北路12号3幢402室", "200031"),
    date="2026年11月25日",
    paragraphs=("陈丽：", "您好。您妈妈去世大约三个月了，我们一直惦记着您。", "孟兰"),
)


@pytest.fixture(scope="module")
def face() -> Font:
    found = font()
    if not found.is_embedded:
        pytest.skip("No Chinese font is installed: sudo apt install fonts-wqy-microhei")
    return found


def pages(content: bytes) -> list[tuple[Image.Image, str, tuple[float, float]]]:
    """Return each page as pixels (2 for a point), its text, and its size in points."""
    document = pypdfium2.PdfDocument(content)
    found = []
    for page in document:
        text = page.get_textpage().get_text_bounded()
        found.append((page.render(scale=2).to_pil().convert("L"), text, page.get_size()))
    document.close()
    return found


def ink(image: Image.Image, box: tuple[float, float, float, float]) -> int:
    """Count the dark pixels in a box of millimetres."""
    scale = 2 * 72 / 25.4
    left, top, right, bottom = (int(one * scale) for one in box)
    part = image.crop((left, top, right, bottom))
    return sum(part.histogram()[:128])


def test_the_chinese_of_a_letter_can_be_seen_and_read(face: Font) -> None:
    ((image, text, size),) = pages(letters([LETTER], face))
    assert "您妈妈去世大约三个月了" in text
    assert size == pytest.approx((595.3, 841.9), abs=0.1), "A4"
    assert ink(image, (25, 62, 105, 90)) > 800, "the address, where the window is"
    assert ink(image, (25, 105, 190, 140)) > 2000, "the text"
    assert ink(image, (110, 62, 200, 90)) == 0, "nothing beside the address"
    blank = letters([LETTER.__class__((), ("□",), "", ())], face)
    assert ink(pages(blank)[0][0], (25, 105, 190, 140)) == 0, "an empty page is seen to be empty"


def test_a_card_has_its_words_on_one_side_and_the_address_on_the_other(face: Font) -> None:
    card = Piece(LETTER.head, LETTER.address, "", ("陈丽：", "我们惦记着您。"), is_card=True)
    inside, back = pages(letters([card], face))
    assert inside[2] == back[2] == pytest.approx((595.3, 419.5), abs=0.1), "A5, lying"
    assert "惦记" in inside[1]
    assert "漕溪北路" not in inside[1]
    assert "漕溪北路" in back[1]


def test_also_a_very_long_letter_goes_on_and_loses_nothing(face: Font) -> None:
    long = Piece((), LETTER.address, "", tuple(f"第{n}段。{'长' * 300}" for n in range(30)))
    found = pages(letters([long, LETTER], face))
    assert len(found) > 3
    whole = "".join(text for _image, text, _size in found)
    assert all(f"第{n}段" in whole for n in range(30))
    assert "您妈妈" in found[-1][1], "the next letter is on a page of its own"


def test_also_long_and_single_character_names_stay_in_the_window(face: Font) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff" * 4
    piece = Piece(LETTER.head, (name, "for 丽", *LETTER.address[1:]), "", ("丽：",))
    ((image, text, _size),) = pages(letters([piece], face))
    assert ink(image, (106, 62, 125, 92)) == 0, "nothing runs out of the window"
    assert "200031" in text


def test_what_the_font_lacks_is_said_and_breaks_nothing(face: Font) -> None:
    assert face.missing("陈丽 👵") == ["👵"]
    piece = Piece((), ("👵🏽", "\U00020bb7野家"), "", ("{x} <b>&amp;</b> \u202eabc",))
    assert "<b>&amp;</b>" in pages(letters([piece], face))[0][1]
    pdfmetrics.registerFont(cidfonts.UnicodeCIDFont("STSong-Light"))
    assert pages(letters([piece], Font("STSong-Light", is_embedded=False)))


def test_labels_are_three_by_eight(face: Font) -> None:
    first, second = pages(labels([(f"Name {n}", "Street", "Town") for n in range(25)], face))
    assert "Name 23" in first[1]
    assert "Name 24" in second[1]


def test_a_font_that_cannot_be_embedded_is_passed_over(face: Font, tmp_path: Path) -> None:
    broken = tmp_path / "none.ttf"
    broken.write_bytes(b"no font at all")
    assert font(str(broken)).is_embedded
    assert font(str(tmp_path / "absent.ttf")).name
    assert face.name
