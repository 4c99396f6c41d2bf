from datetime import timedelta
from typing import Any

from flask import Flask

from hospice.patients.rules import PatientState
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.visits import queries
from hospice.visits.queries import mine, staff
from hospice.visits.queries.mine import subjects_of
from hospice.visits.rules import Concern, Lateness, NoteFilter, NoteState, Worry
from tests import builders
from tests.visits.stories import DAY, HOUR, note, now, shift_in, told


def test_twelve_patients_in_three_hours_are_three_hours(either_app: Flask) -> None:
    ward = builders.place()
    who = builders.volunteer(places=[ward])
    shift = shift_in(ward, -5 * HOUR)
    on_it = told(shift, who)
    for number in range(12):
        note(on_it, shift, builders.patient(f"Patient {number}", at=ward))
    assert queries.minutes_given(who.id, shift.local_day.year) == 180


def test_hours_of_the_page_are_ones_own(either_app: Flask) -> None:
    ward = builders.place()
    account, vera = builders.vera(places=[ward])
    nora = builders.volunteer("Nora Nash", places=[ward])
    shift = shift_in(ward, -5 * HOUR)
    for who in (vera, nora):
        note(told(shift, who), shift)
    found = mine.summary(account.id, shift.local_day.year, now())
    assert found is not None
    assert found.minutes == 180


def test_hours_run_from_the_first_arrival_to_the_last_leaving(either_app: Flask) -> None:
    ward = builders.place()
    who = builders.volunteer(places=[ward])
    shift = shift_in(ward, -5 * HOUR)
    on_it = told(shift, who)
    start = shift.starts_at
    note(on_it, shift, builders.patient("A", at=ward), left_at=start + HOUR)
    note(
        on_it,
        shift,
        builders.patient("B", at=ward),
        arrived_at=start + 90 * timedelta(minutes=1),
        left_at=start + 2 * HOUR,
    )
    assert queries.minutes_given(who.id, shift.local_day.year) == 120


def test_hours_leave_out_drafts_other_years_and_other_people(either_app: Flask) -> None:
    ward = builders.place()
    vera, otto = builders.volunteer(places=[ward]), builders.volunteer("Otto", places=[ward])
    shift = shift_in(ward, -5 * HOUR)
    note(told(shift, vera), shift, state=NoteState.DRAFT)
    note(told(shift, otto), shift)
    year = shift.local_day.year
    assert queries.minutes_given(vera.id, year) == 0
    assert queries.minutes_given(otto.id, year) == 180
    assert queries.minutes_given(otto.id, year - 1) == 0


def test_summary_counts_what_is_to_finish(either_app: Flask) -> None:
    account, vera = builders.vera()
    ward = builders.place()
    for days, state in (
        (2, AssignmentState.CONFIRMED),  # missing
        (3, AssignmentState.WAITING),  # never said yes: nobody asks
        (4, AssignmentState.DECLINED),
        (90, AssignmentState.CONFIRMED),  # too long ago to ask
    ):
        told(shift_in(ward, -days * DAY), vera, state)
    off = shift_in(ward, -5 * DAY, state=ShiftState.CANCELLED)
    told(off, vera)
    begun = shift_in(ward, -6 * DAY)
    note(told(begun, vera, AssignmentState.REMOVED), begun, state=NoteState.DRAFT)
    done = shift_in(ward, -7 * DAY)
    note(told(done, vera), done)
    told(shift_in(ward, DAY), vera)
    found = queries.summary(account.id, now().year, now())
    assert found is not None
    assert (found.name, found.unfinished) == ("Vera Vance", 2)
    assert [one.is_begun for one in queries.to_finish(vera.id, now())] == [False, True]
    assert queries.summary(builders.cora().id, now().year, now()) is None


def test_worrying_notes_come_first_then_unread_then_by_time(either_app: Flask) -> None:
    ward = builders.place()
    who = builders.volunteer(places=[ward])
    made = {}
    kinds: dict[str, dict[str, Any]] = {
        "read": {"state": NoteState.READ, "concern": Concern.NURSE},
        "read later": {"state": NoteState.READ},
        "nurse": {"concern": Concern.NURSE},
        "unsettled": {"moods": ["unsettled"]},
        "plain": {},
        "discomfort": {"moods": ["calm", "discomfort"]},
        "draft": {"state": NoteState.DRAFT},
    }
    for number, (name, values) in enumerate(kinds.items()):
        shift = shift_in(ward, -20 * DAY + number * DAY)
        made[name] = note(told(shift, who), shift, **values).id
    rows = staff.notes(NoteFilter())
    names = {note_id: name for name, note_id in made.items()}
    assert [names[row.id] for row in rows] == [
        "nurse",
        "discomfort",
        "unsettled",
        "plain",
        "read later",
        "read",
    ]
    assert [row.worry for row in rows[:4]] == [
        Worry.NURSE,
        Worry.UNEASY,
        Worry.UNEASY,
        Worry.UNREAD,
    ]
    assert [names[row.id] for row in staff.notes(NoteFilter(only_unread=True))] == [
        "nurse",
        "discomfort",
        "unsettled",
        "plain",
    ]
    assert [names[row.id] for row in queries.worrying_notes()] == [
        "nurse",
        "discomfort",
        "unsettled",
    ]
    first = [row.id for row in staff.notes(NoteFilter(), limit=4)]
    rest = [row.id for row in staff.notes(NoteFilter(), limit=4, offset=4)]
    assert first + rest == [row.id for row in rows]
    counted = queries.counts()
    assert (counted.unread, counted.nurse, counted.uneasy) == (4, 1, 2)


def test_filters_narrow_the_list(either_app: Flask) -> None:
    one, two = builders.place(), builders.place()
    vera = builders.volunteer("Vera Vance")
    lin = builders.volunteer("林悦", search_key="林悦 linyue ly")
    wang = builders.patient("Mrs Wang", at=one)
    early, late = shift_in(one, -9 * DAY), shift_in(two, -2 * DAY)
    first = note(told(early, vera), early, wang, words="She asked for 100% quiet_")
    second = note(told(late, lin), late, words="窗外下雨。", told_whom="Nurse Li")

    def found(**values: object) -> list[int]:
        return [row.id for row in staff.notes(NoteFilter(**values))]  # type: ignore[arg-type]

    assert found(place_id=one.id) == [first.id]
    assert found(volunteer_id=lin.id) == [second.id]
    assert found(patient_id=wang.id) == [first.id]
    assert found(first_day=late.local_day) == [second.id]
    assert found(last_day=early.local_day) == [first.id]
    assert found(words="100%") == [first.id]
    assert found(words="0_") == []
    assert found(words="QUIET") == [first.id]
    assert found(words="下雨") == [second.id]
    assert found(words="LinYue") == [second.id]
    assert found(words="mrs w") == [first.id]
    assert found(words="nurse li") == [second.id]
    assert staff.notes_ahead(NoteFilter(words="窗外"), offset=0) == 1
    assert staff.notes_ahead(NoteFilter(), offset=0) == 2


def test_missing_notes_are_due_a_day_after_the_visit(either_app: Flask) -> None:
    ward = builders.place()
    vera = builders.volunteer(places=[ward])
    for hours in (23, 25, 49, 24 * 8, 24 * 29):
        told(shift_in(ward, -(hours + 3) * HOUR), vera)
    noted = shift_in(ward, -100 * HOUR)
    note(told(noted, vera), noted)
    begun = shift_in(ward, -80 * HOUR)
    note(told(begun, vera), begun, state=NoteState.DRAFT)
    told(shift_in(ward, -90 * HOUR), vera, AssignmentState.WAITING)
    told(shift_in(ward, -95 * HOUR, state=ShiftState.CANCELLED), vera)
    found = queries.missing_notes(now())
    assert [(row.lateness, row.is_begun) for row in found] == [
        (Lateness.DUE, False),
        (Lateness.OVERDUE, False),
        (Lateness.OVERDUE, True),
        (Lateness.LATE, False),
    ]
    assert queries.missing_count(now()) == 4


def test_subjects_are_those_named_else_the_ward(either_app: Flask) -> None:
    ward = builders.place()
    vera = builders.volunteer(places=[ward])
    wang = builders.patient("Mrs Wang", at=ward, bed="3", state=PatientState.DIED)
    zhao = builders.patient("Mr Zhao", at=ward, bed="11")
    builders.patient("Gone home", at=ward, state=PatientState.WENT_HOME)
    named, whole = shift_in(ward, -3 * HOUR), shift_in(ward, -9 * HOUR)
    told(named, vera, sees=(wang, zhao))
    told(whole, vera)
    seen = queries.visit(vera.id, named.id, now())
    # Someone named stays: the visit was, whatever became of them since.
    assert [one.key for one in subjects_of(seen, {})] == [str(wang.id), str(zhao.id), "round"]
    seen = queries.visit(vera.id, whole.id, now())
    assert [one.key for one in subjects_of(seen, {})] == ["round", str(zhao.id)]
    states: dict[int | None, NoteState] = {wang.id: NoteState.DRAFT}
    assert [one.key for one in subjects_of(seen, states)] == ["round", str(wang.id), str(zhao.id)]
