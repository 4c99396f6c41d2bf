"""Breaking text into lines, also where Chinese has no spaces to break at."""

import re
from collections.abc import Callable

# What may not begin a line, and what may not end one.
_CLOSING = frozenset("，。、；：？！）》」』”’】〕…—·～％,.;:?!)]}%’”")
_OPENING = frozenset("（《「『“‘【〔([{‘“")
_UNIT = re.compile(
    r"[^\S\n]+|[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\uffef]|[\u3000-\u303f]"
)

Width = Callable[[str], float]


def broken(text: str, room: float, width: Width) -> list[str]:
    """Return a paragraph in lines no wider than there is room; its own line breaks stay."""
    found: list[str] = []
    for line in text.split("\n"):
        found += _wrapped(line.strip(), room, width)
    return found


def _wrapped(line: str, room: float, width: Width) -> list[str]:
    found: list[str] = []
    present = ""
    for piece in _pieces(line):
        if width((present + piece).rstrip()) <= room:
            present += piece
            continue
        if present.strip():
            found.append(present.rstrip())
        present = piece.lstrip()
        while width(present) > room and len(present) > 1:  # one word longer than a line
            cut = _cut(present, room, width)
            found.append(present[:cut])
            present = present[cut:]
    return [*found, present.rstrip()]


def _cut(word: str, room: float, width: Width) -> int:
    """Return how many characters fit, one at least; found by halves, as a word may be endless."""
    fits, too_many = 1, len(word)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if width(word[:middle]) > room:
            too_many = middle
        else:
            fits = middle
    return fits


def _pieces(line: str) -> list[str]:
    """Return what stays together: words, characters with what may not stand apart from them."""
    units: list[str] = []
    at = 0
    for match in _UNIT.finditer(line):
        if match.start() > at:
            units.append(line[at : match.start()])
        units.append(match[0])
        at = match.end()
    if at < len(line):
        units.append(line[at:])
    found: list[str] = []
    for unit in units:
        is_closing = unit[0] in _CLOSING
        is_held = bool(found) and found[-1][-1] in _OPENING
        if found and (is_closing or is_held) and not found[-1].isspace():
            found[-1] += unit
        else:
            found.append(unit)
    return found
