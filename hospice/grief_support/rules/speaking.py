"""How a letter speaks of the person who died: as whoever reads it does.

The word they use ("Mum") becomes "your mum", in the language of the letter; a baby whom nobody
named is "your baby" to the parents, and never a name on a form.
"""

import re
from collections.abc import Mapping, Sequence

from hospice.grief_support.rules.kin import Relation
from hospice.grief_support.rules.letters import Reader

# What a relative calls somebody, and the same in the other language of letters.
_KINDRED: Mapping[str, str] = {
    "mum": "妈妈",
    "mom": "妈妈",
    "mother": "母亲",
    "mummy": "妈妈",
    "mommy": "妈妈",
    "dad": "爸爸",
    "father": "父亲",
    "daddy": "爸爸",
    "grandpa": "爷爷",
    "granddad": "爷爷",
    "grandfather": "祖父",
    "grandma": "奶奶",
    "granny": "奶奶",
    "grandmother": "祖母",
    "husband": "先生",
    "wife": "太太",
    "partner": "伴侣",
    "sister": "姐妹",
    "brother": "兄弟",
    "son": "儿子",
    "daughter": "女儿",
    "friend": "朋友",
    "baby": "宝宝",
}
_KINDRED_ZH: Mapping[str, str] = {
    "妈妈": "mum",
    "母亲": "mother",
    "爸爸": "dad",
    "父亲": "father",
    "爷爷": "grandpa",
    "外公": "grandpa",
    "姥爷": "grandpa",
    "奶奶": "grandma",
    "外婆": "grandma",
    "姥姥": "grandma",
    "先生": "husband",
    "丈夫": "husband",
    "太太": "wife",
    "妻子": "wife",
    "老伴": "partner",
    "爱人": "partner",
    "姐姐": "sister",
    "妹妹": "sister",
    "哥哥": "brother",
    "弟弟": "brother",
    "儿子": "son",
    "女儿": "daughter",
    "孩子": "child",
    "宝宝": "baby",
}
_UNNAMED = re.compile(
    r"(?:the |a )?(?:un)?named baby|(?:the |a )?baby(?: (?:boy|girl)| of .*|’s baby)?"
    r"|(?:the |a )?newborn|.*['’]s baby|.*(?:宝宝|婴儿|男婴|女婴|之子|之女)",
    re.IGNORECASE,
)


def spoken_of(reader: Reader, patient_name: str, language: str) -> str:
    """Return how a letter speaks of the person who died: as the reader does, or by the name.

    "Mum" becomes "your mum". A baby whom nobody named is "your baby" to the parents. What a child
    says ("Grandma") is wrong for the guardian who opens the letter, so it says the name.
    """
    theirs = reader.name_for_patient.strip()
    if theirs and not reader.is_minor:
        return _yours(theirs, language)
    if patient_name.strip() and not _UNNAMED.fullmatch(patient_name.strip()):
        return patient_name.strip()
    is_parent = reader.relation in {Relation.MOTHER, Relation.FATHER}
    if language == "zh_Hans":
        return "您的宝宝" if is_parent else "宝宝"
    return "your baby" if is_parent else "the baby"


def spoken_of_by_all(readers: Sequence[Reader], patient_name: str, language: str) -> str:
    """Return how a letter to several speaks: as all of them do, else by the patient's name."""
    said = {spoken_of(one, patient_name, language) for one in readers}
    if len(said) == 1:
        return said.pop()
    plain = Reader(0, "")
    return spoken_of(plain, patient_name, language)


def _yours(theirs: str, language: str) -> str:
    """Return their word with "your", in the letter's language where it is one of the family."""
    bare = theirs.removeprefix("我的").removeprefix("我")
    first, _space, rest = theirs.partition(" ")
    is_mine = first.casefold() in {"my", "our"} and bool(rest)
    plain = (rest if is_mine else theirs).casefold()
    if language == "zh_Hans":
        if bare in _KINDRED_ZH or plain in _KINDRED:
            return f"您{bare if bare in _KINDRED_ZH else _KINDRED[plain]}"
        return theirs
    if bare in _KINDRED_ZH:
        return f"your {_KINDRED_ZH[bare]}"
    if is_mine:
        return f"your {rest}"
    return f"your {plain}" if plain in _KINDRED else theirs
