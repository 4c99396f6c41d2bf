import threading
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.journal import queries as journal
from hospice.shifts.actions import weekly
from hospice.shifts.models import Assignment, HolidayChoice, Shift
from hospice.shifts.rules.states import AssignmentState, Cadence, ShiftState
from hospice.volunteers.models import Away, Clearance, KeptApart
from hospice.volunteers.rules import Gender, VolunteerState
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.conftest import make_app


def generate(now: datetime = NOW, **how) -> int:
    with transaction():
        return weekly.generate(now, **how)


def dates(weekly_id: int | None = None) -> list[Shift]:
    chosen = select(Shift).where(Shift.weekly_shift_id.is_not(None)).order_by(Shift.starts_at)
    if weekly_id:
        chosen = chosen.where(Shift.weekly_shift_id == weekly_id)
    return list(db.session.scalars(chosen.execution_options(populate_existing=True)))


def seats() -> list[tuple[date, int, AssignmentState]]:
    rows = db.session.execute(
        select(Shift.local_day, Assignment.volunteer_id, Assignment.state)
        .join(Shift, Shift.id == Assignment.shift_id)
        .order_by(Shift.starts_at, Assignment.volunteer_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def taken_is_right() -> bool:
    held = Counter(
        db.session.scalars(
            select(Assignment.shift_id).where(
                Assignment.state.in_(["draft", "waiting", "confirmed"])
            )
        )
    )
    return all(
        held[shift_id] == taken <= wanted
        for shift_id, taken, wanted in db.session.execute(
            select(Shift.id, Shift.taken, Shift.wanted)
        )
    )


# --- dates ----------------------------------------------------------------------------------------


def test_dates_are_made_26_weeks_ahead_with_everything_of_the_pattern(either_app):
    ward = builders.place("Ward 1")
    pattern = builders.weekly_shift(
        ward, minimum=1, wanted=3, needs_language="shanghainese", briefing="Meet at the desk."
    )
    assert generate() == 26
    made = dates()
    assert [one.local_day for one in made] == [SUNDAY + n * timedelta(7) for n in range(26)]
    first = made[0]
    assert (first.starts_at, first.ends_at) == clock.span(SUNDAY, time(14), time(17), ward.timezone)
    assert (first.place_id, first.wanted, first.taken) == (ward.id, 3, 0)
    assert (first.needs_language, first.briefing) == ("shanghainese", "Meet at the desk.")
    assert {one.weekly_shift_id for one in made} == {pattern.id}
    assert {one.occurrence_on for one in made} == {one.local_day for one in made}


def test_generating_again_makes_nothing_and_a_week_later_one(either_app):
    builders.weekly_shift()
    assert [generate(), generate(), generate(NOW + timedelta(weeks=1))] == [26, 0, 1]


def test_what_has_started_today_is_not_made(either_app):
    builders.weekly_shift()
    sunday_at_three = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)  # 15:00 in Shanghai
    generate(sunday_at_three)
    assert dates()[0].local_day == SUNDAY + timedelta(7)


def test_today_is_the_day_of_the_place(either_app):
    # Sunday noon in Honolulu is Monday in UTC: the shift at 14:00 is still ahead.
    place = builders.place(timezone="Pacific/Honolulu")
    builders.weekly_shift(place)
    generate(datetime(2026, 11, 29, 22, 0, tzinfo=UTC))
    assert dates()[0].local_day == SUNDAY


def test_an_ended_pattern_a_closed_place_and_a_patient_elsewhere_make_nothing(either_app):
    builders.weekly_shift(ends_on=date(2026, 11, 22))
    builders.weekly_shift(builders.place(is_open=False))
    home = builders.place()
    gone = builders.patient(at=home, state="died")
    moved = builders.patient(at=builders.place())
    builders.weekly_shift(home, patient_id=gone.id)
    builders.weekly_shift(home, patient_id=moved.id)
    assert generate() == 0


def test_cancelled_and_moved_dates_are_neither_doubled_nor_resurrected(either_app):
    builders.weekly_shift()
    generate()
    first, second = dates()[:2]
    with transaction():
        first.state, first.cancel_reason = ShiftState.CANCELLED, "Ward closed"
        second.local_day = second.local_day - timedelta(days=1)
        second.starts_at -= timedelta(days=1)
        second.ends_at -= timedelta(days=1)
    assert generate() == 0
    assert generate(NOW + timedelta(weeks=1)) == 1
    days = [one.local_day for one in dates()]
    assert SUNDAY + timedelta(7) not in days
    assert SUNDAY + timedelta(6) in days
    cancelled = [one for one in dates() if one.state is ShiftState.CANCELLED]
    assert [one.id for one in cancelled] == [first.id]


def test_a_day_without_visits_is_made_cancelled(either_app):
    with transaction():
        db.session.add(
            HolidayChoice(day=SUNDAY, name="Founders’ day", goes_ahead=False, decided_at=NOW)
        )
    ward = builders.place()
    pattern = builders.weekly_shift(ward)
    _user, vera = builders.vera(places=[ward])
    builders.standing(pattern, vera)
    generate()
    first, second = dates()[:2]
    assert (first.state, first.cancel_reason, first.taken) == ("cancelled", "Founders’ day", 0)
    assert (second.state, second.taken) == ("planned", 1)


@pytest.mark.parametrize(
    "zone", ["Europe/London", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"]
)
def test_trap_12_dates_stay_on_the_wall_clock_and_nights_have_their_true_length(app, zone):
    place = builders.place(timezone=zone)
    builders.weekly_shift(place, starts=time(22), ends=time(6), weekday=5)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with transaction():
        weekly.generate(now, weeks=53)
    made = dates()
    assert len(made) == 52
    assert {clock.local(one.starts_at, zone).time() for one in made} == {time(22)}
    assert {clock.local(one.ends_at, zone).time() for one in made} == {time(6)}
    lengths = Counter((one.ends_at - one.starts_at) / timedelta(hours=1) for one in made)
    half = zone == "Australia/Lord_Howe"
    assert lengths == {8: 50, (7.5 if half else 7): 1, (8.5 if half else 9): 1}


# --- standing volunteers --------------------------------------------------------------------------


def test_standing_volunteers_get_drafts_on_their_days(either_app):
    ward = builders.place()
    pattern = builders.weekly_shift(ward, wanted=3)
    vera = builders.volunteer("Vera Vance", places=[ward])
    tang = builders.volunteer("Tang Rui", places=[ward])
    builders.standing(pattern, vera)
    builders.standing(pattern, tang, Cadence.FIRST, is_leader=True)
    generate()
    drafts = seats()
    assert {state for _day, _who, state in drafts} == {AssignmentState.DRAFT}
    assert sum(who == vera.id for _day, who, _state in drafts) == 26
    firsts = [day for day, who, _state in drafts if who == tang.id]
    assert firsts == [
        date(2026, 12, 6),
        date(2027, 1, 3),
        date(2027, 2, 7),
        date(2027, 3, 7),
        date(2027, 4, 4),
        date(2027, 5, 2),
    ]
    assert taken_is_right()
    leaders = db.session.scalars(select(Assignment.volunteer_id).where(Assignment.is_leader)).all()
    assert set(leaders) == {tang.id}


def test_never_more_are_placed_than_are_wanted(either_app):
    ward = builders.place()
    pattern = builders.weekly_shift(ward, wanted=2)
    people = [builders.volunteer(f"Volunteer {n}", places=[ward]) for n in range(4)]
    for person in people:
        builders.standing(pattern, person)
    generate(weeks=3)
    assert Counter(day for day, _who, _state in seats()) == {
        SUNDAY: 2,
        SUNDAY + timedelta(7): 2,
        SUNDAY + timedelta(14): 2,
    }
    assert taken_is_right()


def test_nobody_is_placed_who_cannot_come(either_app):
    ward, other = builders.place(), builders.place()
    pattern = builders.weekly_shift(ward, wanted=12, needs_gender=Gender.FEMALE)
    woman = {"places": [ward], "gender": Gender.FEMALE}
    comes = builders.volunteer("Comes", **woman)
    left = builders.volunteer("Left", state=VolunteerState.LEFT, **woman)
    resting = builders.volunteer(
        "Resting", state=VolunteerState.ON_BREAK, break_until=SUNDAY, **woman
    )
    uncleared = builders.volunteer("Uncleared", gender=Gender.FEMALE, places=[other])
    expiring = builders.volunteer("Expiring", gender=Gender.FEMALE)
    builders.save(Clearance(volunteer_id=expiring.id, place_id=ward.id, expires_on=SUNDAY))
    away = builders.volunteer("Away", **woman)
    builders.save(Away(volunteer_id=away.id, starts_on=SUNDAY, ends_on=SUNDAY, entered_at=NOW))
    back = builders.volunteer("Back", **woman)
    builders.save(
        Away(
            volunteer_id=back.id,
            starts_on=SUNDAY,
            ends_on=SUNDAY,
            entered_at=NOW,
            cancelled_at=NOW,
        )
    )
    man = builders.volunteer("Man", places=[ward], gender=Gender.MALE)
    busy = builders.volunteer("Busy", **woman)
    clash = builders.shift(other, SUNDAY, starts=time(16), ends=time(18))
    builders.assignment(clash, busy)
    apart = builders.volunteer("Apart", **woman)
    builders.save(KeptApart(first_id=comes.id, second_id=apart.id))
    everyone = [comes, left, resting, uncleared, expiring, away, back, man, busy, apart]
    for person in everyone:
        builders.standing(pattern, person)
    generate(weeks=2)
    drafts = [(day, who) for day, who, state in seats() if state is AssignmentState.DRAFT]
    placed = [{who for day, who in drafts if day == on} for on in (SUNDAY, SUNDAY + timedelta(7))]
    assert placed[0] == {comes.id, back.id, expiring.id}
    assert placed[1] == {comes.id, resting.id, away.id, back.id, busy.id}
    assert taken_is_right()


def test_one_person_who_stands_in_two_places_at_once_is_placed_once(either_app):
    first, second = builders.place(), builders.place()
    vera = builders.volunteer(places=[first, second])
    for ward in (first, second):
        builders.standing(builders.weekly_shift(ward), vera)
    generate(weeks=1)
    assert len(seats()) == 1


def test_who_was_taken_off_is_not_placed_again_by_the_next_run(either_app):
    ward = builders.place()
    pattern = builders.weekly_shift(ward)
    builders.standing(pattern, builders.volunteer(places=[ward]))
    generate()
    with transaction():
        db.session.execute(update(Assignment).values(state=AssignmentState.REMOVED))
        db.session.execute(update(Shift).values(taken=0))
    generate()
    assert {state for _day, _who, state in seats()} == {AssignmentState.REMOVED}


def test_the_journal_says_once_who_was_placed_on_how_many_dates(either_app):
    ward = builders.place()
    pattern = builders.weekly_shift(ward)
    vera = builders.volunteer(places=[ward])
    builders.standing(pattern, vera)
    generate()
    entries = journal.history("volunteer", vera.id)
    assert [(entry.verb, entry.facts["count"]) for entry in entries] == [
        ("weekly_shift.seated", 26)
    ]
    assert journal.history_length("shift", dates()[3].id) == 1


# --- how it runs ----------------------------------------------------------------------------------


def _statements(run) -> int:
    seen: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        is_lock = "pg_advisory" in statement  # one for every transaction that writes
        if not is_lock and statement.lstrip()[:6] in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def _a_hospice(patterns: int) -> None:
    for _number in range(patterns):
        ward = builders.place()
        pattern = builders.weekly_shift(ward)
        builders.standing(pattern, builders.volunteer(places=[ward]))


def test_the_number_of_statements_does_not_grow(either_app):
    _a_hospice(1)
    one = _statements(generate)
    _a_hospice(9)
    assert _statements(generate) <= one + 1 <= 15
    assert _statements(generate) <= 3  # nothing to do


def test_two_processes_at_once_make_no_double(either_app: Flask, tmp_path: Path):
    _a_hospice(4)
    url = either_app.config["SETTINGS"].database_url
    counts: list[int] = []
    errors: list[BaseException] = []
    barrier = threading.Barrier(4)

    apps = [make_app(tmp_path, None if url.startswith("sqlite") else url) for _ in range(4)]

    def run(other: Flask) -> None:
        with other.app_context():
            barrier.wait(60)
            try:
                counts.append(generate())
            except BaseException as error:  # noqa: BLE001 - told below
                errors.append(error)
            finally:
                db.session.remove()
                db.engine.dispose()

    threads = [threading.Thread(target=run, args=(other,)) for other in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert errors == []
    assert sorted(counts) == [0, 0, 0, 4 * 26]
    keys = [(one.weekly_shift_id, one.occurrence_on) for one in dates()]
    assert len(keys) == len(set(keys)) == 4 * 26
    assert taken_is_right()
    assert len(seats()) == 4 * 26
