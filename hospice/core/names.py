"""How names are found and ordered: by themselves, by pinyin, by initials and by telephone."""

import os
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, and_, true

ESCAPE = "\\"
_LONGEST_WORD = 60
_MOST_WORDS = 8
_MOST_READINGS = 4
_SORT_KEY = 200

# Surnames read otherwise than the character usually is; the first reading is the one for sorting.
_SURNAMES: dict[str, tuple[str, ...]] = {
    "卜": ("bu",),
    "薄": ("bo",),
    "种": ("chong",),
    "都": ("du",),
    "盖": ("ge",),
    "蓋": ("ge",),
    "黑": ("he",),
    "阚": ("kan",),
    "隗": ("kui", "wei"),
    "缪": ("miao",),
    "繆": ("miao",),
    "牟": ("mou", "mu"),
    "乜": ("nie",),
    "区": ("ou",),
    "區": ("ou",),
    "朴": ("piao", "pu"),
    "繁": ("po",),
    "秘": ("bi",),
    "覃": ("qin", "tan"),
    "仇": ("qiu",),
    "任": ("ren",),
    "单": ("shan",),
    "單": ("shan",),
    "召": ("shao",),
    "折": ("she",),
    "莘": ("shen", "xin"),
    "眭": ("sui",),
    "郗": ("xi", "chi"),
    "洗": ("xian",),
    "解": ("xie",),
    "么": ("yao",),
    "乐": ("yue", "le"),
    "樂": ("yue", "le"),
    "员": ("yun",),
    "員": ("yun",),
    "曾": ("zeng",),
    "查": ("zha",),
    "翟": ("zhai", "di"),
    "祭": ("zhai",),
}
_DOUBLE_SURNAMES = {
    "单于": ("chan", "yu"),
    "單于": ("chan", "yu"),
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "尉遲": ("yu", "chi"),
    "乐正": ("yue", "zheng"),
    "长孙": ("zhang", "sun"),
    "長孫": ("zhang", "sun"),
    "澹台": ("tan", "tai"),
}
# Characters of given names that families read in more than one way.
_GIVEN: dict[str, tuple[str, ...]] = {
    "乐": ("le", "yue"),
    "柏": ("bai", "bo"),
    "朝": ("chao", "zhao"),
    "行": ("xing", "hang"),
    "莎": ("sha", "suo"),
    "茜": ("qian", "xi"),
    "晟": ("sheng", "cheng"),
    "长": ("chang", "zhang"),
    "重": ("chong", "zhong"),
    "单": ("dan", "shan"),
}
# Words before a surname: 小曾, 老单, 阿仇.
_BEFORE_SURNAME = "小老阿"


def normal(text: str) -> str:
    """Return text as it is compared: one width, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def search_key(*names: str, phone: str = "") -> str:
    """Return what a search looks in: names, pinyin joined and spaced, initials, phone digits."""
    found: dict[str, None] = {}
    for name in names:
        plain = normal(name)
        if not plain:
            continue
        found[plain] = None
        found[_unaccented(plain)] = None
        for syllables in _readings(plain):
            for spelt in _spellings(syllables):
                found["".join(spelt)] = None
                found[" ".join(spelt)] = None
            found["".join(syllable[0] for syllable in syllables)] = None
    digits = _digits(normal(phone))
    if digits:
        found[digits] = None
    return " | ".join(found)


def sort_key(name: str) -> str:
    """Return the key that orders names by pinyin, Chinese and other names together."""
    plain = normal(name)
    readings = _readings(plain)
    return (" ".join(readings[0]) if readings else plain)[:_SORT_KEY]


def like(words: str) -> list[str]:
    """Return one LIKE pattern for each word of a query; use them with `escape=ESCAPE`.

    A telephone number may be written with any signs between its digits.
    """
    patterns = []
    for word in normal(words).split()[:_MOST_WORDS]:
        is_number = all(c.isdigit() or c in "+-()./#" for c in word)
        wanted = ((_digits(word) if is_number else "") or word)[:_LONGEST_WORD]
        for sign in (ESCAPE, "%", "_"):  # the escape first, or it would escape itself
            wanted = wanted.replace(sign, ESCAPE + sign)
        patterns.append(f"%{wanted}%")
    return patterns


def matches(column: Any, words: str) -> ColumnElement[bool]:
    """Return the condition that every word of a query stands in a search key."""
    return and_(true(), *(column.like(pattern, escape=ESCAPE) for pattern in like(words)))


# --- readings -------------------------------------------------------------------------------------


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _unaccented(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(character for character in apart if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", kept)


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY I"))


def _readings(plain: str) -> list[tuple[str, ...]]:
    """Return the ways a normal name is read, syllable by syllable; the likeliest comes first."""
    parts: list[tuple[str, ...]] = []
    for run in _runs(plain):
        parts.extend(_han(run) if _is_han(run[0]) else [(_typed(run),)])
    if not parts:
        return []
    readings = []
    for reading in product(*parts):
        readings.append(reading)
        if len(readings) == _MOST_READINGS:
            break
    return readings


def _runs(plain: str) -> list[str]:
    """Split a name into runs of Chinese characters and words of other letters."""
    runs: list[str] = []
    previous = ""
    for character in plain:
        if _is_han(character):
            kind = "han"
        elif character.isalnum() or unicodedata.combining(character):
            kind = "word"
        else:
            kind = ""
        if kind and kind == previous:
            runs[-1] += character
        elif kind:
            runs.append(character)
        previous = kind
    return runs


def _typed(word: str) -> str:
    """Return a word of a name without accents; Lü and Nü as pinyin is typed."""
    head = {"lü": "lv", "nü": "nv"}.get(word[:2])
    return head + _unaccented(word[2:]) if head else _unaccented(word)


def _han(run: str) -> list[tuple[str, ...]]:
    if run[:2] in _DOUBLE_SURNAMES and len(run) > 2:
        return [*((one,) for one in _DOUBLE_SURNAMES[run[:2]]), *(_given(c) for c in run[2:])]
    if len(run) == 2 and run[0] in _BEFORE_SURNAME:
        return [_given(run[0]), _SURNAMES.get(run[1]) or _given(run[1])]
    return [_SURNAMES.get(run[0]) or _given(run[0]), *(_given(c) for c in run[1:])]


def _given(character: str) -> tuple[str, ...]:
    return _GIVEN.get(character) or (_pinyin(character),)


@lru_cache(maxsize=4096)
def _pinyin(character: str) -> str:
    # The dictionary of phrases takes 45 MB and knows no names; the characters alone take 13 MB.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    import pypinyin  # noqa: PLC0415 - heavy: loaded with the first Chinese name

    return str(pypinyin.lazy_pinyin(character)[0]) or character


def _spellings(syllables: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the ways to type the syllables: ü is typed as v, u or ü, and yu in passports."""
    if not any(syllable.startswith(("lv", "nv")) for syllable in syllables):
        return [syllables]
    return [
        tuple(
            syllable[0] + typed + syllable[2:] if syllable.startswith(("lv", "nv")) else syllable
            for syllable in syllables
        )
        for typed in ("v", "u", "ü", "yu")
    ]
