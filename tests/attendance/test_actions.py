import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.attendance import actions
from hospice.attendance.models import Attendance
from hospice.attendance.queries import presence as queries
from hospice.attendance.rules import Came, How
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal.models import Entry
from hospice.shifts.models import Assignment
from hospice.shifts.rules.states import AssignmentState
from tests import builders
from tests.visits.stories import DAY, HOUR, now, shift_in, told

MINUTE = timedelta(minutes=1)


def staged(
    starts_in: timedelta = -HOUR, state: AssignmentState = AssignmentState.CONFIRMED
) -> tuple[Assignment, User]:
    account, vera = builders.vera()
    return told(shift_in(builders.place(), starts_in), vera, state), account


def tap(one: Assignment, by: User, *, comes: bool, how: How = How.SELF, at: datetime | None = None):
    act = actions.check_in if comes else actions.check_out
    with transaction():
        act(queries.member(one.id), how=how, by=by, now=at or now())


def row() -> Attendance:
    db.session.rollback()
    return db.session.query(Attendance).one()


def refused(*args, **kwargs) -> list[str]:
    with pytest.raises(Refused) as refusal:
        tap(*args, **kwargs)
    return [one.kind for one in refusal.value.objections]


def test_in_and_out_are_written_once_however_often_they_are_tapped(either_app: Flask) -> None:
    one, vera = staged()
    first = now()
    tap(one, vera, comes=True, at=first)
    tap(one, vera, comes=True, at=first + 5 * MINUTE)
    assert (row().came, row().arrived_at, row().left_at) == (Came.YES, first, None)
    tap(one, vera, comes=False, at=first + HOUR, how=How.DOOR)
    tap(one, vera, comes=False, at=first + 2 * HOUR)
    found = row()
    assert (found.left_at, found.left_how, found.left_by_id) == (first + HOUR, How.DOOR, vera.id)
    assert [entry.verb for entry in db.session.query(Entry).order_by(Entry.id)] == [
        "attendance.in",
        "attendance.out",
    ]


def test_eight_taps_at_once_make_one_coming(either_app: Flask) -> None:
    one, vera = staged()
    one_id, vera_id = one.id, vera.id
    db.session.rollback()
    barrier, wrong = threading.Barrier(8), []

    def run() -> None:
        with either_app.app_context():
            barrier.wait()
            try:
                with transaction():
                    by = db.session.get_one(User, vera_id)
                    actions.check_in(queries.member(one_id), how=How.SELF, by=by, now=now())
            except Exception as error:  # noqa: BLE001 - whatever it is, it is wrong
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert row().came is Came.YES
    assert db.session.query(Entry).count() == 1


def test_a_tap_too_early_or_too_late_asks_instead(app: Flask) -> None:
    one, vera = staged(2 * HOUR)
    assert refused(one, vera, comes=True) == ["too_early"]
    assert refused(one, vera, comes=True, at=now() + 6 * HOUR) == ["ask_times"]
    assert refused(one, vera, comes=False) == ["not_in"]
    tap(one, vera, comes=True, at=now() + HOUR)
    assert refused(one, vera, comes=False, at=now() + 8 * HOUR) == ["ask_times"]


def test_whoever_comes_without_an_answer_has_said_yes(app: Flask) -> None:
    one, vera = staged(state=AssignmentState.WAITING)
    tap(one, vera, comes=True)
    db.session.rollback()
    assert db.session.get_one(Assignment, one.id).state is AssignmentState.CONFIRMED


def test_whoever_is_not_on_the_shift_cannot_be_checked_in(app: Flask) -> None:
    for state in (AssignmentState.DECLINED, AssignmentState.REMOVED, AssignmentState.DRAFT):
        one, _vera = staged(state=state)
        with pytest.raises(Missing):
            queries.member(one.id)


def test_a_slip_is_taken_back_step_by_step(app: Flask) -> None:
    one, vera = staged()
    at = now()
    tap(one, vera, comes=True, at=at)
    tap(one, vera, comes=False, at=at + MINUTE)
    for expected in ((Came.YES, at, None), (Came.UNKNOWN, None, None)):
        with transaction():
            actions.take_back(queries.member(one.id), by=vera, now=at + 2 * MINUTE)
        assert (row().came, row().arrived_at, row().left_at) == expected
    with pytest.raises(Refused), transaction():
        actions.take_back(queries.member(one.id), by=vera, now=at + 3 * MINUTE)


def say(one: Assignment, by: User, came: Came, start: int, end: int, **given):
    member = queries.member(one.id)
    with transaction():
        actions.say(
            member,
            came,
            member.place.starts_at + start * MINUTE,
            member.place.ends_at + end * MINUTE,
            **{
                "reason": "",
                "seen_version": member.version,
                "how": How.COORDINATOR,
                "by": by,
                "now": now(),
                **given,
            },
        )


def test_a_correction_needs_a_reason_and_the_journal_keeps_both(either_app: Flask) -> None:
    one, _vera = staged(-5 * HOUR)
    cora = builders.cora()
    say(one, cora, Came.YES, 0, 0)
    with pytest.raises(Refused) as refusal:
        say(one, cora, Came.YES, 30, 0)
    assert [found.kind for found in refusal.value.objections] == ["no_reason"]
    say(one, cora, Came.YES, 30, 0, reason="The bus was late.")
    entry = db.session.query(Entry).order_by(Entry.id.desc()).first()
    assert entry is not None
    starts = queries.member(one.id).place.starts_at
    assert entry.facts["changed"] == {
        "arrived_at": [starts.isoformat(), (starts + 30 * MINUTE).isoformat()]
    }
    assert entry.facts["reason"] == "The bus was late."
    say(one, cora, Came.NO, 0, 0, reason="It was her sister.")
    assert (row().came, row().arrived_at, row().left_at) == (Came.NO, None, None)


def test_two_people_do_not_write_over_each_other(app: Flask) -> None:
    one, _vera = staged(-5 * HOUR)
    cora = builders.cora()
    say(one, cora, Came.YES, 0, 0, seen_version=0)
    with pytest.raises(Refused) as refusal:
        say(one, cora, Came.NO, 0, 0, seen_version=0, reason="Other.")
    assert [found.kind for found in refusal.value.objections] == ["stale"]
    assert row().came is Came.YES


def test_a_note_fills_in_only_what_is_open(either_app: Flask) -> None:
    one, vera = staged(-5 * HOUR)
    place = queries.member(one.id).place
    tapped = place.starts_at + 7 * MINUTE
    tap(one, vera, comes=True, at=tapped)
    with transaction():
        actions.from_note(one.id, place.starts_at, place.ends_at, by=vera, now=now())
    assert (row().arrived_at, row().left_at) == (tapped, place.ends_at)
    assert (row().arrived_how, row().left_how) == (How.SELF, How.NOTE)


def test_notes_of_two_patients_are_one_visit(app: Flask) -> None:
    one, vera = staged(-5 * HOUR)
    place = queries.member(one.id).place
    middle = place.starts_at + HOUR
    with transaction():
        actions.from_note(one.id, middle, place.ends_at, by=vera, now=now())
    with transaction():
        actions.from_note(one.id, place.starts_at, middle, by=vera, now=now())
    assert (row().arrived_at, row().left_at) == (place.starts_at, place.ends_at)


def test_whoever_writes_about_the_visit_was_there_and_the_journal_says_so(app: Flask) -> None:
    one, vera = staged(-5 * HOUR)
    place = queries.member(one.id).place
    say(one, vera, Came.EXCUSED, 0, 0)
    with transaction():
        actions.from_note(one.id, place.starts_at, place.ends_at, by=vera, now=now())
    assert (row().came, row().left_at) == (Came.YES, place.ends_at)
    entry = db.session.query(Entry).order_by(Entry.id.desc()).first()
    assert entry is not None
    assert entry.facts["changed"] == {"came": ["excused", "yes"]}


def test_a_leaving_to_come_is_not_written_down_by_a_note(app: Flask) -> None:
    one, vera = staged()
    place = queries.member(one.id).place
    with transaction():
        actions.from_note(one.id, place.starts_at, place.ends_at, by=vera, now=now())
    assert (row().arrived_at, row().left_at) == (place.starts_at, None)


def test_what_is_open_is_asked_after_a_day_and_not_for_ever(either_app: Flask) -> None:
    for starts_in, is_asked in ((-26 * HOUR, False), (-29 * HOUR, True), (-40 * DAY, False)):
        one, vera = staged(starts_in)
        found = {found.place.assignment_id for found in queries.still_open(clock.now())}
        assert (one.id in found) is is_asked
        assert queries.open_count(clock.now()) == len(found)
        if is_asked:
            say(one, vera, Came.EXCUSED, 0, 0)
            assert queries.open_count(clock.now()) == 0
