from datetime import date, time

import pytest

from hospice.volunteers.rules import (
    FOR_GOOD,
    DayPart,
    Details,
    Experience,
    Gender,
    Span,
    VolunteerState,
    away_objections,
    break_objections,
    day_part,
    days_off,
    detail_objections,
    in_order,
    is_known_as,
    is_working_on,
    split_words,
    word_objections,
)

TODAY = date(2026, 11, 25)


def details(**values: object) -> Details:
    plain: dict[str, object] = {
        "legal_name": "Vera Vance",
        "preferred_name": "Vera",
        "phone": "",
        "email": "",
        "locale": "en",
        "gender": Gender.UNSAID,
        "languages": (),
        "skills": (),
        "experience": Experience.TRAINEE,
        "is_leader": False,
        "preferred_a_month": None,
        "maximum_a_month": None,
        "joined_on": None,
    }
    return Details(**{**plain, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "until", "works"),
    [
        (VolunteerState.ACTIVE, None, True),
        (VolunteerState.ACTIVE, TODAY, True),
        (VolunteerState.ON_BREAK, None, False),
        (VolunteerState.ON_BREAK, date(2026, 11, 24), True),
        (VolunteerState.ON_BREAK, TODAY, False),
        (VolunteerState.LEFT, date(2020, 1, 1), False),
    ],
)
def test_a_break_ends_with_its_last_day(state, until, works):
    assert is_working_on(state, until, TODAY) is works


@pytest.mark.parametrize(
    ("state", "until", "span"),
    [
        (VolunteerState.ACTIVE, None, None),
        (VolunteerState.ON_BREAK, date(2026, 11, 24), None),
        (VolunteerState.ON_BREAK, date(2026, 12, 1), Span(TODAY, date(2026, 12, 1))),
        (VolunteerState.ON_BREAK, None, Span(TODAY, FOR_GOOD)),
        (VolunteerState.LEFT, date(2026, 12, 1), Span(TODAY, FOR_GOOD)),
    ],
)
def test_days_off_run_from_today(state, until, span):
    assert days_off(state, until, TODAY) == span


@pytest.mark.parametrize(
    ("at", "part"),
    [
        (time(0), DayPart.MORNING),
        (time(11, 59), DayPart.MORNING),
        (time(12), DayPart.AFTERNOON),
        (time(16, 59), DayPart.AFTERNOON),
        (time(17), DayPart.EVENING),
    ],
)
def test_parts_of_the_day_begin_at_noon_and_five(at, part):
    assert day_part(at) is part


def test_free_parts_come_in_the_order_of_the_week():
    free = [(6, DayPart.EVENING), (0, DayPart.EVENING), (6, DayPart.MORNING), (6, DayPart.EVENING)]
    assert in_order(free) == [
        (0, DayPart.EVENING),
        (6, DayPart.MORNING),
        (6, DayPart.EVENING),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        (" , ,，", []),
        ("Teochew", ["teochew"]),
        ("Teochew, wu、闽南话；Wu\nTEOCHEW", ["teochew", "wu", "闽南话"]),
    ],
)
def test_words_are_parted_by_any_comma(line, words):
    assert split_words(line) == words


def test_too_many_or_too_long_words_are_refused():
    assert word_objections(["x"] * 12, "skills") == []
    assert [o.kind for o in word_objections(["x"] * 13, "skills")] == ["too_many_words"]
    assert [o.kind for o in word_objections(["x" * 41], "skills")] == ["long_word"]


@pytest.mark.parametrize(
    ("preferred", "maximum", "kinds"),
    [
        (None, None, []),
        (4, None, []),
        (None, 2, []),
        (2, 2, []),
        (3, 2, ["preferred_over_maximum"]),
    ],
)
def test_nobody_likes_more_than_their_most(preferred, maximum, kinds):
    typed = details(preferred_a_month=preferred, maximum_a_month=maximum)
    assert [objection.kind for objection in detail_objections(typed)] == kinds


@pytest.mark.parametrize(
    ("first", "last", "kinds"),
    [
        (date(2026, 11, 25), date(2026, 11, 25), []),
        (date(2026, 11, 1), date(2026, 11, 25), []),
        (date(2026, 11, 26), date(2026, 11, 25), ["ends_before"]),
        (date(2026, 11, 1), date(2026, 11, 24), ["away_over"]),
        (date(2026, 11, 25), date(2029, 11, 25), ["away_long"]),
        (date(2026, 12, 5), date(2026, 12, 10), ["away_known"]),
        (date(2026, 12, 20), date(2026, 12, 24), ["away_known"]),
        (date(2026, 12, 21), date(2026, 12, 24), []),
        (date(2026, 12, 1), date(2026, 12, 9), []),
    ],
)
def test_away_days_must_make_sense(first, last, kinds):
    others = [Span(date(2026, 12, 10), date(2026, 12, 20))]
    found = away_objections(Span(first, last), others, TODAY)
    assert [objection.kind for objection in found] == kinds


def test_a_break_may_not_be_over_already():
    assert break_objections(None, TODAY) == []
    assert break_objections(TODAY, TODAY) == []
    assert [o.kind for o in break_objections(date(2026, 11, 24), TODAY)] == ["break_over"]


@pytest.mark.parametrize(
    ("names", "phone", "known", "known_phone", "same"),
    [
        (("王秀英",), "130 5555 0142", ("王秀英", "秀英"), "13055550142", True),
        (("王秀英",), "", ("王秀英",), "130 5555 0142", True),
        (("王秀英",), "+86 130 5555 0142", ("王秀英",), "130-5555-0142", True),
        (("王秀英",), "130 5555 0142", ("王秀英",), "130 5555 0143", False),
        (("Vera Vance",), "", ("VERA  vance",), "", True),
        (("Vera Vance",), "1", ("Vera Vale",), "1", False),
    ],
)
def test_one_name_and_no_other_telephone_is_one_person(names, phone, known, known_phone, same):
    assert is_known_as(names, phone, known, known_phone) is same
