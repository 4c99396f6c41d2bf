"""The stages and days of a case, and the words that a person must read at once."""

from datetime import date

import pytest

from hospice.cases.rules import (
    CaseFacts,
    CaseKind,
    CaseState,
    Due,
    days_for,
    due,
    next_states,
    owner_objections,
    share_objections,
    step_objections,
    words_of_harm,
)

WEDNESDAY = date(2026, 9, 30)


def facts(state: CaseState = CaseState.RECEIVED, **values: object) -> CaseFacts:
    plain: dict[str, object] = {
        "kind": CaseKind.CONCERN,
        "state": state,
        "wants_answer": True,
        "is_unread": False,
        "looks_into": False,
    }
    return CaseFacts(**{**plain, **values})  # type: ignore[arg-type]


def kinds(found: CaseFacts, wanted: CaseState, words: str = "") -> list[str]:
    return [one.kind for one in step_objections(found, wanted, words=words)]


def test_three_working_days_go_around_weekends_and_holidays() -> None:
    golden_week = {date(2026, 10, day) for day in range(1, 8)}

    def is_free(day: date) -> bool:
        return day.weekday() >= 5 or day in golden_week

    assert days_for(WEDNESDAY, is_free) == (date(2026, 10, 12), date(2026, 10, 30))
    # the thirtieth day after Thursday 1 October is a Saturday: Monday
    assert days_for(date(2026, 10, 1), is_free)[1] == date(2026, 11, 2)


def test_a_concern_goes_its_way_and_no_step_is_left_out() -> None:
    assert next_states(facts()) == (CaseState.ACKNOWLEDGED,)
    assert kinds(facts(), CaseState.CLOSED, "x") == ["not_from_here"]
    known = facts(CaseState.ACKNOWLEDGED)
    assert next_states(known) == (CaseState.LOOKING,)
    assert kinds(known, CaseState.CLOSED, "x") == ["not_looked_into"]
    looking = facts(CaseState.LOOKING)
    assert kinds(looking, CaseState.CLOSED, "x") == ["not_answered"]
    assert kinds(looking, CaseState.ANSWERED) == ["no_answer_words"]
    answered = facts(CaseState.ANSWERED)
    assert kinds(answered, CaseState.CLOSED) == ["no_lesson"]
    assert kinds(answered, CaseState.CLOSED, "A door was put in") == []
    assert kinds(facts(CaseState.CLOSED), CaseState.LOOKING) == ["no_reason"]
    quiet = facts(CaseState.LOOKING, wants_answer=False)
    assert kinds(quiet, CaseState.CLOSED, "Talked with the ward") == []


def test_thanks_may_be_closed_at_once_unless_there_is_something_in_it() -> None:
    plain = facts(CaseState.ACKNOWLEDGED, kind=CaseKind.THANKS, wants_answer=False)
    assert next_states(plain) == (CaseState.CLOSED,)
    assert kinds(plain, CaseState.CLOSED) == []
    waiting = facts(CaseState.ACKNOWLEDGED, kind=CaseKind.THANKS)
    assert next_states(waiting) == (CaseState.ANSWERED,), "they asked to be rung"
    assert kinds(waiting, CaseState.CLOSED) == ["not_answered"]
    assert kinds(facts(CaseState.ANSWERED, kind=CaseKind.THANKS), CaseState.CLOSED) == []
    hidden = facts(CaseState.ACKNOWLEDGED, kind=CaseKind.THANKS, looks_into=True)
    assert kinds(hidden, CaseState.CLOSED, "x") == ["not_looked_into"]
    unread = facts(kind=CaseKind.THANKS, is_unread=True)
    assert kinds(unread, CaseState.ACKNOWLEDGED) == ["unread"]
    assert next_states(unread) == ()


def test_what_is_late_and_what_is_unread_says_so() -> None:
    days = date(2026, 11, 20), date(2026, 12, 20)
    assert due(facts(), *days, date(2026, 11, 20)) is Due.NEW
    assert due(facts(), *days, date(2026, 11, 21)) is Due.LATE
    assert due(facts(is_unread=True), *days, date(2026, 11, 1)) is Due.URGENT
    assert due(facts(CaseState.LOOKING), *days, date(2026, 12, 21)) is Due.LATE
    assert due(facts(CaseState.ANSWERED), *days, date(2029, 1, 1)) is Due.OPEN
    thanks = facts(CaseState.ACKNOWLEDGED, kind=CaseKind.THANKS, wants_answer=False)
    assert due(thanks, *days, date(2029, 1, 1)) is Due.OPEN
    waiting = facts(CaseState.ACKNOWLEDGED, kind=CaseKind.THANKS)
    assert due(waiting, *days, date(2029, 1, 1)) is Due.LATE


def test_nobody_owns_what_is_about_them_and_only_clean_thanks_are_shared() -> None:
    assert [one.kind for one in owner_objections(7, frozenset({7}))] == ["is_about_them"]
    assert owner_objections(None, frozenset({7})) == []
    thanks = facts(kind=CaseKind.THANKS)
    assert share_objections(thanks, has_volunteer=True, words="Thank you") == []
    for one, has_volunteer, words, wanted in (
        (facts(), True, "x", "no_thanks"),
        (thanks, False, "x", "no_volunteer"),
        (thanks, True, " ", "no_words"),
        (facts(kind=CaseKind.THANKS, looks_into=True), True, "x", "look_first"),
        (facts(kind=CaseKind.THANKS, is_unread=True), True, "x", "look_first"),
    ):
        found = share_objections(one, has_volunteer=has_volunteer, words=words)
        assert [objection.kind for objection in found] == [wanted]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Thank you all, only once he HIT her hand away.", ["hit"]),
        ("She is afraid of the man who comes on Sundays", ["afraid"]),
        ("He asked me for money twice", ["asked me for money"]),
        ("I don’t want to live any more", ["don’t want to live"]),
        ("谢谢大家。只是有一次他打了我妈妈，她很害怕。", ["打了", "害怕"]),
        ("我不想活了", ["不想活"]),
        ("护工收了红包", ["红包"]),
        ("Thank you for the white flowers and the throughout kind words", []),
        ("请给我打电话，谢谢你们的陪伴。", []),
        ("她打了电话给我，又打了好几次电话，还跟邻居打了声招呼", []),
        ("护士打了一针，他就不害怕了，动手术那天也没有被打扰", []),
        ("有空打我电话，或者打他的手机", []),
        ("他打了她一个耳光", ["打了"]),
        ("他打了两下，又打了几个耳光", ["打了"]),
        ("他打我，还动手推她，奶奶被打伤", ["打我", "动手", "被打"]),
        ("妈妈不敢说，他绑住她的手", ["不敢", "绑"]),
        ("After his heart attack and a rough night your card touched me deeply", []),
        ("He was rough with her and touched me", ["rough", "touched me"]),
    ],
)
def test_words_that_may_speak_of_harm_are_found_in_both_languages(
    words: str, found: list[str]
) -> None:
    assert words_of_harm(words) == found
