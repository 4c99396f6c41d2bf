"""Asking for a note that has not come."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from hospice import jobs
from hospice.attendance.models import Attendance
from hospice.attendance.rules import Came
from hospice.core.db import db, transaction
from hospice.patients.rules import PatientState
from hospice.reminders.rules import Kind, MessageState, Notice
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.visits import notices
from hospice.visits.rules import NoteState, ask_at
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.conftest import MailServer
from tests.reminders.conftest import use
from tests.reminders.servers import rows, text_of
from tests.visits.stories import note, told

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
# Sunday 22 November 2026, 14:00 to 17:00 in Shanghai.
ENDED = datetime.fromisoformat("2026-11-22T09:00:00+00:00")


def owed(**values: Any) -> tuple[Shift, Assignment]:
    shift = builders.shift(
        builders.place("Ward 1"),
        ENDED.date(),
        starts_at=ENDED - 3 * HOUR,
        ends_at=ENDED,
        **values,
    )
    who = builders.volunteer("Vera Vance", email="vera@example.org", phone="13055550100")
    return shift, told(shift, who, told_at=ENDED - 9 * DAY)


def due(now: datetime) -> list[Notice]:
    db.session.rollback()
    return list(notices.due(now))


def test_it_is_asked_for_three_times_and_no_more() -> None:
    steps = []
    for minutes in range(0, 8 * 24 * 60, 7):
        ask = ask_at(ENDED, ENDED + minutes * MINUTE)
        if ask is not None and ask.step not in steps:
            steps.append(ask.step)
            assert ask.opens_at <= ENDED + minutes * MINUTE < ask.closes_at
    assert steps == ["2h", "24h", "3d"]
    assert ask_at(ENDED, ENDED + 2 * HOUR - MINUTE) is None
    assert ask_at(ENDED, ENDED + 7 * DAY) is None


def test_each_asking_is_a_letter_of_its_own_and_comes_once(either_app: Flask) -> None:
    shift, one = owed()
    assert due(ENDED + 2 * HOUR - MINUTE) == []
    keys = []
    for after in (2 * HOUR, 5 * HOUR, 24 * HOUR, 3 * DAY, 6 * DAY, 7 * DAY, 20 * DAY):
        keys += [notice.key for notice in due(ENDED + after)]
    assert keys == [f"note:{one.id}:{step}" for step in ("2h", "2h", "24h", "3d", "3d")]
    (notice,) = due(ENDED + 2 * HOUR)
    assert (notice.kind, notice.recipient, notice.quiet_zone) == (
        Kind.NOTE_MISSING,
        f"volunteer:{one.volunteer_id}",
        "Asia/Shanghai",
    )
    assert notice.facts["path"] == f"/me/shifts/{shift.id}/note"
    queued = [(notice.about, notice.key)]
    assert set(notices.still_due_of(queued, ENDED + 3 * HOUR)) == {notice.key}
    assert notices.still_due_of(queued, ENDED + 24 * HOUR) == {}


def _sent(one: Assignment, shift: Shift) -> None:
    note(one, shift)


def _begun(one: Assignment, shift: Shift) -> None:
    note(one, shift, state=NoteState.DRAFT, sent_at=None)


def _in_error(one: Assignment, shift: Shift) -> None:
    note(one, shift, state=NoteState.IN_ERROR)


def _off(one: Assignment, _shift: Shift) -> None:
    one.state = AssignmentState.DECLINED


def _cancelled(_one: Assignment, shift: Shift) -> None:
    shift.state = ShiftState.CANCELLED


def _left(one: Assignment, _shift: Shift) -> None:
    one.volunteer.state = VolunteerState.LEFT


def _no_address(one: Assignment, _shift: Shift) -> None:
    one.volunteer.email = ""


def _was_not_there(one: Assignment, _shift: Shift) -> None:
    db.session.add(Attendance(assignment_id=one.id, shift_id=one.shift_id, came=Came.NO))


def _died(one: Assignment, _shift: Shift) -> None:
    gone = builders.patient("Mrs Wang", state=PatientState.DIED)
    db.session.add(AssignmentPatient(assignment_id=one.id, patient_id=gone.id))


def _died_at_home(_one: Assignment, shift: Shift) -> None:
    shift.patient_id = builders.patient("Mrs Wang", state=PatientState.DIED).id


@pytest.mark.parametrize(
    ("change", "is_asked"),
    [
        (_begun, True),
        (_in_error, True),
        (_sent, False),
        (_off, False),
        (_cancelled, False),
        (_left, False),
        (_no_address, False),
        (_was_not_there, False),
        (_died, False),
        (_died_at_home, False),
    ],
)
def test_who_is_asked(
    either_app: Flask, change: Callable[[Assignment, Shift], None], is_asked: bool
) -> None:
    shift, one = owed()
    (before,) = due(ENDED + 2 * HOUR)
    with transaction():
        one = db.session.get_one(Assignment, one.id)
        db.session.refresh(one, ["volunteer"])
        change(one, db.session.get_one(Shift, shift.id))
    assert bool(due(ENDED + 2 * HOUR)) is is_asked
    wanted = [(before.about, before.key)]
    assert bool(notices.still_due_of(wanted, ENDED + 2 * HOUR)) is is_asked


def test_the_letter_leaves_once_and_names_nobody(app: Flask, mail_server: MailServer) -> None:
    wang = builders.patient("Canary-Wang")
    shift, one = owed(patient_id=wang.id)
    use(app, mail_server.url)
    for _round in range(3):
        jobs.send_reminders(ENDED + 2 * HOUR)
    (mail,) = mail_server.wait_for(1)
    text = text_of(mail)
    assert "Your note on it has not reached us yet." in text
    assert f"/me/shifts/{shift.id}/note" in text
    assert "Canary" not in text
    assert [row.state for row in rows()] == [MessageState.SENT]
    with transaction():
        note(one, shift)
    jobs.send_reminders(ENDED + 24 * HOUR)
    assert len(rows()) == 1
