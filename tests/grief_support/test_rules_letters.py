"""Whom a letter is for, how it speaks of who died, what it must not say; no app, no database."""

from dataclasses import replace
from datetime import date

import pytest

from hospice.core.errors import Objection
from hospice.grief_support.letters.lines import broken
from hospice.grief_support.letters.originals import Facts, envelope, first_text
from hospice.grief_support.rules.kin import Consent, Relation
from hospice.grief_support.rules.letters import (
    LetterKind,
    Reader,
    VoicemailWish,
    address_lines,
    arrives_on,
    head_lines,
    household_objections,
    kind_of,
    language_of,
    recipient_objections,
    text_objections,
    text_problems,
    voicemail_kind,
)
from hospice.grief_support.rules.plans import Way
from hospice.grief_support.rules.speaking import spoken_of, spoken_of_by_all
from hospice.grief_support.rules.words_to_avoid import avoided

HOME = "12 Willow Road, Shanghai 200031"
LI = Reader(1, "Chen Li", address=HOME, shares=Consent.YES, name_for_patient="Mum")
GUANG = Reader(2, "Chen Guang", address=HOME, shares=Consent.YES, name_for_patient="My wife")


def kinds(found: list[Objection]) -> list[str]:
    return [one.kind for one in found]


def facts(*readers: Reader, patient: str = "Mrs Wang") -> Facts:
    return Facts(readers, patient, (patient,), "Osmanthus House", "021 5555 0142", "Greta Grey")


# --- households -----------------------------------------------------------------------------------


def test_trap_07_household_letter_needs_every_consent() -> None:
    assert household_objections([LI, GUANG]) == []
    assert household_objections([LI]) == [], "alone it is not shared"
    for consent in (Consent.NO, Consent.UNASKED):
        found = household_objections([LI, replace(GUANG, shares=consent)])
        assert [(one.kind, one.facts["name"]) for one in found] == [("not_shared", "Chen Guang")]
    apart = replace(GUANG, estranged_from=frozenset({LI.kin_id}))
    assert kinds(household_objections([LI, apart])) == ["estranged"]
    elsewhere = replace(GUANG, address="14 Willow Road, Shanghai 200031")
    assert kinds(household_objections([LI, elsewhere])) == ["lives_elsewhere"]
    typed_anew = replace(GUANG, address="12 willow road; Shanghai  200031")
    assert household_objections([LI, typed_anew]) == []


def test_also_a_child_is_written_to_through_the_guardian() -> None:
    child = Reader(3, "Chen Bo", is_minor=True, name_for_patient="Grandma")
    assert kinds(recipient_objections([child], ["Mrs Wang"])) == ["needs_guardian", "no_address"]
    minded = replace(child, guardian=LI)
    assert recipient_objections([minded], ["Mrs Wang"]) == []
    assert spoken_of(minded, "Mrs Wang", "en") == "Mrs Wang", "her mother reads it"
    assert household_objections([LI, minded]) == [], "the guardian's word counts"
    assert kinds(household_objections([GUANG, minded])) == ["needs_guardian"]


# --- whom it reaches ------------------------------------------------------------------------------


def test_trap_02_no_envelope_carries_the_name_of_who_died() -> None:
    namesake = replace(LI, name="王 秀英")
    assert kinds(recipient_objections([namesake], ["王秀英", "Mrs Wang"])) == ["name_of_patient"]
    called = replace(namesake, called="王小姐")
    assert recipient_objections([called], ["王秀英"]) == []
    assert kinds(recipient_objections([replace(LI, address=" ")], ["Mrs Wang"])) == ["no_address"]


def test_an_address_fits_the_window() -> None:
    assert address_lines("3 Elm Street\nLeeds") == ["3 Elm Street", "Leeds"]
    assert address_lines("上海市徐汇区漕溪北路12号，3幢402室，200031") == [
        "上海市徐汇区漕溪北路12号",
        "3幢402室",
        "200031",
    ]
    assert address_lines("a, b, c, d, e, f") == ["a", "b", "c", "d, e, f"]


def test_a_letter_is_in_the_first_language_that_we_write() -> None:
    assert language_of(["cantonese", "english"], "en") == "zh_Hans"
    assert language_of(["French", "english"], "zh_Hans") == "en"
    assert language_of(["French"], "zh_Hans") == "zh_Hans"


@pytest.mark.parametrize(
    ("key", "way", "due", "kind"),
    [
        ("memorial", Way.GATHERING, date(2026, 12, 1), LetterKind.INVITATION),
        ("own_1", Way.CARD, date(2026, 3, 1), LetterKind.CONDOLENCE),
        ("own_2", Way.CARD, date(2027, 1, 30), LetterKind.ANNIVERSARY),
        ("own_3", Way.LETTER, date(2026, 8, 1), LetterKind.SIX_MONTHS),
        ("own_4", Way.LETTER, date(2027, 3, 1), LetterKind.CLOSING),
    ],
)
def test_a_line_of_the_hospice_has_words_too(
    key: str, way: Way, due: date, kind: LetterKind
) -> None:
    assert kind_of(key, way, due, date(2026, 2, 1)) is kind


# --- how it speaks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "language", "said"),
    [
        ("Mum", "en", "your mum"),
        ("My husband", "en", "your husband"),
        ("Xiuying", "en", "Xiuying"),
        ("妈妈", "zh_Hans", "您妈妈"),
        ("我老伴", "zh_Hans", "您老伴"),
        ("秀英", "zh_Hans", "秀英"),
        ("Mum", "zh_Hans", "您妈妈"),
        ("爸爸", "en", "your dad"),
        ("", "en", "Mrs Wang"),
    ],
)
def test_a_letter_speaks_as_the_reader_does(theirs: str, language: str, said: str) -> None:
    assert spoken_of(replace(LI, name_for_patient=theirs), "Mrs Wang", language) == said


@pytest.mark.parametrize("name", ["Baby", "baby girl", "Baby of Li Na", "李娜的宝宝", "男婴", ""])
def test_also_a_baby_without_a_name(name: str) -> None:
    mother = Reader(1, "Li Na", relation=Relation.MOTHER)
    aunt = replace(mother, relation=Relation.RELATIVE)
    assert spoken_of(mother, name, "en") == "your baby"
    assert spoken_of(aunt, name, "en") == "the baby"
    assert spoken_of(mother, name, "zh_Hans") == "您的宝宝"
    named = replace(mother, name_for_patient="豆豆")
    assert spoken_of(named, name, "zh_Hans") == "豆豆"


def test_a_letter_to_several_speaks_as_all_do_or_by_name() -> None:
    assert spoken_of_by_all([LI, GUANG], "Mrs Wang", "en") == "Mrs Wang"
    assert spoken_of_by_all([LI, replace(GUANG, name_for_patient="mum")], "x", "en") == "your mum"


def test_also_single_character_and_very_long_names() -> None:
    short = Reader(1, "丽", address=HOME)
    long = Reader(2, "Wolfeschlegelsteinhausenbergerdorff " * 3 + "Maria", address=HOME)
    words = "{name}：\n\n{person}。\n\n{phone}"
    assert first_text(words, facts(short, patient="一"), "zh_Hans").startswith("丽：\n\n一。")
    text = first_text(words, facts(long), "en")
    assert long.name in text
    assert text_objections(text, [long]) == []
    width = float(40)
    assert all(len(line) <= width for line in broken(long.name, width, lambda s: float(len(s))))
    assert broken("丽", 1, lambda s: float(len(s))) == ["丽"]


def test_a_name_like_a_placeholder_stays_a_name() -> None:
    text = first_text("Dear {name}", facts(replace(LI, name="{phone}")), "en")
    assert text == "Dear {phone}"
    assert kinds(text_objections(text, [LI])) == ["not_filled"], "a person looks at it"


# --- words to avoid -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "text", "found"),
    [
        ("God, heaven", "He is in Heaven now", ["heaven"]),
        ("God", "Thank you, Godfrey", []),
        ("pray", "in our prayers", ["pray"]),
        ("Anything religious", "An angel watches", ["angel"]),
        ("Nothing religious", "We are thinking of you", []),
        ("宗教方面的话", "愿菩萨保佑", ["保佑", "菩萨"]),
        ("“癌症”、肿瘤", "得了癌症", ["癌症"]),
        ("passed away; lost", "You LOST her", ["lost"]),
        ("", "anything at all", []),
        ("ＧＯＤ", "god", ["god"]),
    ],
)
def test_words_to_avoid_are_found(wish: str, text: str, found: list[str]) -> None:
    assert sorted(avoided(text, [wish])) == sorted(found)


def test_a_letter_with_a_word_to_avoid_is_held_and_says_which() -> None:
    reader = replace(LI, words_to_avoid=("heaven", "Religion"))
    found = text_objections("Mum is in heaven", [LI, reader])
    assert [(one.kind, one.facts["words"]) for one in found] == [("avoided", ["heaven"])]
    assert text_objections("We think of your mum", [reader]) == []


def test_the_head_leaves_out_what_they_do_not_want_to_read() -> None:
    reader = replace(LI, words_to_avoid=("hospice",))
    assert head_lines(["Osmanthus House Hospice", "021"], [reader]) == ["021"]


# --- what comes with the app ----------------------------------------------------------------------


def test_words_know_what_may_stand_in_them() -> None:
    assert kinds(text_problems(LetterKind.CLOSING, "Dear {name}, {diagnosis}")) == [
        "unknown_placeholder"
    ]
    assert kinds(text_problems(LetterKind.CLOSING, "Dear friend")) == ["lacking"]
    assert kinds(text_problems(LetterKind.CLOSING, " \n ")) == ["no_text"]
    assert kinds(text_problems(LetterKind.VOICEMAIL, "{sender} of {hospice}")) == [
        "unknown_placeholder"
    ], "what names no hospice can name none"


def test_a_machine_hears_the_hospice_only_where_they_said_so() -> None:
    assert voicemail_kind(VoicemailWish.UNASKED) is LetterKind.VOICEMAIL
    assert voicemail_kind(VoicemailWish.NAMED) is LetterKind.VOICEMAIL_NAMED
    assert voicemail_kind(VoicemailWish.NONE) is None


def test_the_post_takes_up_to_three_days() -> None:
    assert arrives_on(date(2026, 4, 2)) == [date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 5)]


def test_no_line_begins_with_what_closes() -> None:
    text = "您好（我们一直惦记着您），有些日子平静。" * 12
    lines = broken(text, 11, lambda s: float(len(s)))
    assert "".join(lines) == text
    assert not [line for line in lines if line[0] in "，。）、" or line[-1] == "（"]


def test_a_word_without_an_end_is_cut_with_few_looks() -> None:
    looks = 0

    def width(text: str) -> float:
        nonlocal looks
        looks += 1
        return float(len(text))

    lines = broken("a" * 3_000, 60, width)
    assert [len(line) for line in lines] == [60] * 50
    assert looks < 1_000, "one by one it takes seventy thousand"


def test_the_envelope_is_for_whoever_opens_it(app: object) -> None:
    del app
    child = Reader(3, "乐乐", is_minor=True, guardian=replace(LI, name="陈丽"))
    assert envelope(facts(child), "zh_Hans")[:2] == ["陈丽", "转乐乐"]
    assert envelope(facts(LI, GUANG), "en")[0] == "Chen Li and Chen Guang"
