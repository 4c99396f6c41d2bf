"""Words that somebody asked us to avoid, and finding them in what is written to them."""

import re
import unicodedata
from collections.abc import Iterable

_BETWEEN = re.compile(r"[,;，；、\n/|。]+|\s+(?:and|or)\s+")
_QUOTES = "\"'“”‘’「」『』《》.·!！?？ \t"
# A wish about a subject rather than a word.
_OF_FAITH = re.compile(r"religio|\bfaith|\bspiritual|宗教|信仰")
_FAITH = (
    *("god", "lord", "heaven", "heavenly", "pray", "bless", "blessing", "angel", "soul", "spirit"),
    *("church", "amen", "jesus", "christ", "buddha", "faith", "divine", "paradise", "eternal"),
    *("上帝", "天主", "天堂", "天国", "祈祷", "祷告", "保佑", "菩萨", "佛", "往生", "超度"),
    *("极乐", "灵魂", "在天之灵", "阿弥陀", "神明", "福音", "教堂", "基督", "耶稣", "安息"),
)


def words_of(wishes: Iterable[str]) -> list[str]:
    """Return the words that some wishes name: “God, heaven” names two, "nothing religious" many."""
    found: list[str] = []
    for wish in wishes:
        text = unicodedata.normalize("NFKC", wish).casefold()
        found += [part.strip(_QUOTES) for part in _BETWEEN.split(text)]
        if _OF_FAITH.search(text):
            found += _FAITH
    return list(dict.fromkeys(word for word in found if word))


def avoided(text: str, wishes: Iterable[str]) -> list[str]:
    """Return the words in a text that somebody asked us to avoid.

    A word of letters is found at its beginning ("pray" in "prayers"), a short one only whole, so
    that "God" is not found in Godfrey; a word of characters is found anywhere.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in words_of(wishes) if _pattern(word).search(plain)]


def _pattern(word: str) -> re.Pattern[str]:
    if not word.isascii():
        return re.compile(re.escape(word))
    end = r"(?!\w)" if len(word) < 4 else ""
    begin = r"(?<!\w)" if word[0].isalnum() else ""
    return re.compile(begin + re.escape(word) + end)
