from datetime import UTC, date, datetime, time, timedelta

import pytest

from hospice.shifts.rules.states import AssignmentState
from hospice.visits import rules
from hospice.visits.rules import (
    Activity,
    Answers,
    Concern,
    Lateness,
    Mood,
    NoteState,
    Seen,
    Subject,
    Visit,
    Worry,
)

ZONE = "Asia/Shanghai"
START = datetime(2026, 11, 29, 6, tzinfo=UTC)  # 14:00 in Shanghai


def visit(start: datetime = START, hours: int = 3, zone: str = ZONE) -> Visit:
    return Visit(
        assignment_id=1,
        shift_id=1,
        volunteer_id=1,
        state=AssignmentState.CONFIRMED,
        starts_at=start,
        ends_at=start + timedelta(hours=hours),
        place_name="Ward 1",
        phone="",
        zone=zone,
        is_home=False,
    )


def test_span_of_an_afternoon_is_that_afternoon() -> None:
    arrived, left = rules.span(visit(), time(13, 50), time(17, 10))
    assert arrived == START - timedelta(minutes=10)
    assert left == START + timedelta(hours=3, minutes=10)


def test_span_of_a_night_ends_the_next_morning() -> None:
    night = visit(datetime(2026, 11, 29, 14, tzinfo=UTC), hours=8)  # 22:00 to 06:00
    arrived, left = rules.span(night, time(21, 55), time(6, 10))
    assert arrived == datetime(2026, 11, 29, 13, 55, tzinfo=UTC)
    assert left == datetime(2026, 11, 29, 22, 10, tzinfo=UTC)


def test_span_through_the_night_the_clocks_go_back_is_nine_hours() -> None:
    night = visit(datetime(2026, 10, 24, 21, tzinfo=UTC), hours=9, zone="Europe/London")
    arrived, left = rules.span(night, time(22), time(6))
    assert arrived is not None
    assert left is not None
    assert left - arrived == timedelta(hours=9)


def test_span_without_times_is_empty() -> None:
    assert rules.span(visit(), None, None) == (None, None)


COMPLETE = Answers(arrived=time(14), left=time(17), did=(Activity.COMPANY,), concern=Concern.NONE)


def kinds(answers: Answers) -> list[str]:
    return [one.kind for one in rules.objections(answers, visit(), *_span(answers))]


def _span(answers: Answers) -> tuple[datetime | None, datetime | None]:
    return rules.span(visit(), answers.arrived, answers.left)


def changed(**values: object) -> Answers:
    return Answers(**{**COMPLETE.__dict__, **values})


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (COMPLETE, []),
        (changed(did=(), moods=(Mood.CALM,)), []),
        (changed(did=(), words="She slept."), []),
        (changed(did=()), ["says_nothing"]),
        (changed(left=time(13)), ["left_too_early"]),
        (changed(left=time(14)), ["left_too_early"]),
        (changed(arrived=None), ["no_arrival"]),
        (changed(left=None), ["no_leaving"]),
        (changed(words="x" * 4000), []),
        (changed(words="x" * 4001), ["too_long"]),
        (changed(concern=None), ["concern_unsaid"]),
        (changed(concern=Concern.NURSE), []),
        (changed(concern=Concern.URGENT), ["told_nobody", "told_no_time"]),
        (changed(concern=Concern.URGENT, told_whom="Nurse Li"), ["told_no_time"]),
        (changed(concern=Concern.URGENT, told_when=time(16, 40)), ["told_nobody"]),
        (changed(concern=Concern.URGENT, told_whom="Nurse Li", told_when=time(16, 40)), []),
        (changed(promise="A radio"), ["promise_no_day"]),
        (changed(promise_on=date(2026, 12, 6)), ["promise_no_words"]),
        (changed(promise="A radio", promise_on=date(2026, 11, 28)), ["promise_past"]),
        (changed(promise="A radio", promise_on=date(2026, 11, 29)), []),
        (changed(quote="x" * 1001), ["too_long"]),
        (changed(reflection="x" * 4001), ["too_long"]),
        (changed(promise="x" * 501, promise_on=date(2026, 12, 6)), ["too_long"]),
    ],
)
def test_objections_to_sending(answers: Answers, found: list[str]) -> None:
    assert kinds(answers) == found


def test_words_that_another_page_saved_are_not_lost() -> None:
    assert rules.loses_words("She slept.", "Quiet day.")
    assert not rules.loses_words("She slept.", "She slept. Then she woke.")
    assert not rules.loses_words("  ", "Quiet day.")


@pytest.mark.parametrize(
    ("state", "concern", "moods", "found"),
    [
        (NoteState.SENT, Concern.URGENT, ["calm"], Worry.URGENT),
        (NoteState.SENT, Concern.NURSE, ["calm"], Worry.NURSE),
        (NoteState.SENT, Concern.NONE, ["calm", "discomfort"], Worry.UNEASY),
        (NoteState.SENT, None, ["unsettled"], Worry.UNEASY),
        (NoteState.SENT, Concern.NONE, ["calm"], Worry.UNREAD),
        (NoteState.READ, Concern.URGENT, ["discomfort"], Worry.NONE),
    ],
)
def test_worry(state: NoteState, concern: Concern | None, moods: list[str], found: Worry) -> None:
    assert rules.worry(state, concern, moods) is found


@pytest.mark.parametrize(
    ("waited", "found"),
    [
        (timedelta(hours=23, minutes=59), None),
        (timedelta(hours=24), Lateness.DUE),
        (timedelta(hours=47, minutes=59), Lateness.DUE),
        (timedelta(hours=48), Lateness.OVERDUE),
        (timedelta(days=7), Lateness.LATE),
    ],
)
def test_lateness(waited: timedelta, found: Lateness | None) -> None:
    assert rules.lateness(START, START + waited) is found


def test_writing_begins_with_the_shift_and_only_for_those_on_it() -> None:
    before, after = START - timedelta(seconds=1), START
    assert not rules.may_write(AssignmentState.CONFIRMED, START, before, begun=False)
    assert rules.may_write(AssignmentState.CONFIRMED, START, after, begun=False)
    assert rules.may_write(AssignmentState.WAITING, START, after, begun=False)
    assert not rules.may_write(AssignmentState.DECLINED, START, after, begun=False)
    assert not rules.may_write(AssignmentState.REMOVED, START, after, begun=False)
    assert rules.may_write(AssignmentState.REMOVED, START, after, begun=True)


def test_one_patient_needs_no_choosing() -> None:
    wang = Subject(7, Seen(7, "Mrs Wang", "3"), None)
    zhao = Subject(8, Seen(8, "Mr Zhao", "11"), None)
    the_round = Subject(None, None, None)
    begun_round = Subject(None, None, NoteState.DRAFT)
    assert rules.only_subject([the_round]) == "round"
    assert rules.only_subject([wang, the_round]) == "7"
    assert rules.only_subject([wang]) == "7"
    assert rules.only_subject([wang, begun_round]) == ""
    assert rules.only_subject([wang, zhao, the_round]) == ""


def test_whom_one_told_was_told_near_the_end_of_the_visit() -> None:
    night = visit(datetime(2026, 11, 29, 14, tzinfo=UTC), hours=8)  # 22:00 to 06:00
    assert rules.told_at(night, time(5, 40)) == datetime(2026, 11, 29, 21, 40, tzinfo=UTC)
    assert rules.told_at(night, None) is None


def test_a_note_goes_forward_only() -> None:
    ways = {
        (one, other) for one in NoteState for other in NoteState if rules.may_become(one, other)
    }
    assert ways == {
        (NoteState.DRAFT, NoteState.SENT),
        (NoteState.SENT, NoteState.READ),
        (NoteState.SENT, NoteState.SIGNED),
        (NoteState.READ, NoteState.SIGNED),
        (NoteState.SENT, NoteState.IN_ERROR),
        (NoteState.READ, NoteState.IN_ERROR),
        (NoteState.SIGNED, NoteState.IN_ERROR),
    }


def test_words_are_added_only_to_a_note_that_stands() -> None:
    for state in (NoteState.SENT, NoteState.READ, NoteState.SIGNED):
        assert rules.addendum_objections(state, "She phoned.") == []
        assert [one.kind for one in rules.addendum_objections(state, " ")] == ["adds_nothing"]
    for state in (NoteState.DRAFT, NoteState.IN_ERROR):
        assert [one.kind for one in rules.addendum_objections(state, "x")] == ["cannot_add"]


def test_a_note_is_struck_out_once_and_with_a_reason() -> None:
    assert rules.striking_objections(NoteState.SIGNED, "Wrong patient") == []
    assert [one.kind for one in rules.striking_objections(NoteState.READ, "")] == ["no_reason"]
    assert [one.kind for one in rules.striking_objections(NoteState.IN_ERROR, "x")] == [
        "cannot_strike"
    ]


def test_an_older_page_empties_nothing() -> None:
    assert rules.kept_text("kept", "", is_stale=True) == "kept"
    assert rules.kept_text("kept", "", is_stale=False) == ""
    assert rules.kept_text("kept", "typed", is_stale=True) == "typed"
