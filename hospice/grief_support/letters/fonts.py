"""The font of letters: the one that was set, else one of this machine that knows Chinese."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

# TrueType alone can be embedded; the place of the face within a collection stands beside it.
_USUAL: tuple[tuple[str, int], ...] = (
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
    ("/usr/share/fonts/google-droid/DroidSansFallbackFull.ttf", 0),
    ("/System/Library/Fonts/STHeiti Light.ttc", 0),
    ("/System/Library/Fonts/STHeiti Medium.ttc", 0),
    ("C:/Windows/Fonts/simsun.ttc", 0),
    ("C:/Windows/Fonts/simhei.ttf", 0),
)
_CID = "STSong-Light"
_WIDEST = 0xFFFF  # what a font that is not embedded can name
_loading = Lock()


@dataclass(frozen=True)
class Font:
    """A font as the PDF names it; one that is not embedded may look different elsewhere."""

    name: str
    is_embedded: bool
    known: frozenset[int] = field(default=frozenset(), repr=False)

    def missing(self, text: str) -> list[str]:
        """Return the characters that it cannot draw, each once."""
        drawn = [character for character in text if not character.isspace()]
        return list(dict.fromkeys(one for one in drawn if not self._draws(ord(one))))

    def _draws(self, code: int) -> bool:
        return code in self.known if self.is_embedded else code <= _WIDEST

    def drawable(self, text: str) -> str:
        """Return a text with a mark in place of what cannot be drawn, so that nothing fails."""
        lacking = set(self.missing(text))
        return "".join("□" if one in lacking else one for one in text) if lacking else text


def font(configured: str = "") -> Font:
    """Return the font that letters are drawn with; a set one that cannot be read is passed over."""
    with _loading:
        return _font(configured)


@lru_cache(maxsize=4)
def _font(configured: str) -> Font:
    for number, (path, face) in enumerate(_places(configured)):
        found = _embedded(f"letters{number}", path, face)
        if found is not None:
            return found
    return _named_only()


def _places(configured: str) -> Sequence[tuple[str, int]]:
    return ((configured, 0), *_USUAL) if configured else _USUAL


def _embedded(name: str, path: str, face: int) -> Font | None:
    from reportlab.pdfbase import pdfmetrics, ttfonts  # noqa: PLC0415 - heavy, and seldom asked for

    if not Path(path).is_file():
        return None
    try:
        made = ttfonts.TTFont(name, path, subfontIndex=face)
    except (ttfonts.TTFError, OSError, ValueError):
        return None  # letters of PostScript, which cannot be embedded, or no font at all
    pdfmetrics.registerFont(made)
    return Font(name, is_embedded=True, known=frozenset(made.face.charToGlyph))


def _named_only() -> Font:
    from reportlab.pdfbase import cidfonts, pdfmetrics  # noqa: PLC0415 - as above

    pdfmetrics.registerFont(cidfonts.UnicodeCIDFont(_CID))
    return Font(_CID, is_embedded=False)
