from datetime import datetime, timedelta

import pytest
from flask import Flask

from hospice.accounts.models import Hospice
from hospice.attendance import notices
from hospice.attendance.models import Attendance
from hospice.attendance.queries import lone
from hospice.attendance.rules import Came, How
from hospice.core.db import db, transaction
from hospice.jobs import send_reminders
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.reminders import letters
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, Notice
from hospice.shifts.models import Assignment, Shift
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import MailServer, make_app
from tests.visits.stories import HOUR, now, shift_in, told

MINUTE = timedelta(minutes=1)


class Home:
    """Vera visits Mrs Wang at home; Li Na leads; Cora coordinates."""

    def __init__(self, *, leader: bool = True) -> None:
        self.cora = builders.cora()
        self.place: Place = builders.place("Home visits", kind=PlaceKind.HOME, phone="")
        self.wang = builders.patient("Mrs Wang", at=self.place)
        self.shift: Shift = shift_in(self.place, -4 * HOUR, 2 * HOUR, patient_id=self.wang.id)
        self.vera: Volunteer = builders.vera()[1]
        self.on_it: Assignment = told(self.shift, self.vera)
        self.lina: Volunteer = builders.volunteer("Li Na")
        if leader:
            told(self.shift, self.lina, is_leader=True)
            # only Vera's silence is the question here
            self.came(None, came=Came.EXCUSED)
        self.end = self.shift.ends_at

    def came(self, left: datetime | None = None, *, came: Came = Came.YES) -> Attendance:
        of = self.on_it
        if came is not Came.YES:
            of = db.session.query(Assignment).filter_by(volunteer_id=self.lina.id).one()
        return builders.save(
            Attendance(
                assignment_id=of.id,
                shift_id=self.shift.id,
                came=came,
                arrived_at=self.shift.starts_at if came is Came.YES else None,
                arrived_how=How.SELF if came is Came.YES else None,
                left_at=left,
            )
        )

    def said(self, at: datetime) -> list[tuple[Kind, str]]:
        return sorted((one.kind, one.recipient) for one in notices.due(at))


def test_a_silence_reaches_volunteer_then_leader_then_on_call(either_app: Flask) -> None:
    story = Home()
    story.came()
    with transaction():
        hospice = db.session.get_one(Hospice, 1)
        hospice.on_call_name, hospice.on_call_email = "Night desk", "night@example.org"
    vera, lina = f"volunteer:{story.vera.id}", f"volunteer:{story.lina.id}"
    assert story.said(story.end + 14 * MINUTE) == []
    assert story.said(story.end + 15 * MINUTE) == [(Kind.LONE_OUT, vera)]
    both = [(Kind.LONE_ALARM, lina), (Kind.LONE_OUT, vera)]
    assert story.said(story.end + 30 * MINUTE) == both
    everybody = sorted([*both, (Kind.LONE_ALARM, "on_call")])
    assert story.said(story.end + 45 * MINUTE) == everybody
    assert story.said(story.end + 12 * HOUR) == []


def test_without_leader_and_without_on_call_the_coordinators_hear_it_each_once(
    either_app: Flask,
) -> None:
    story = Home(leader=False)
    story.came()
    found = list(notices.due(story.end + 50 * MINUTE))
    assert [one.recipient for one in found if one.kind is Kind.LONE_ALARM] == [
        f"user:{story.cora.id}",
        f"user:{story.cora.id}",
    ]
    assert len({one.key for one in found}) == len(found) == 3


def test_the_hospice_sets_how_long_a_silence_lasts(app: Flask) -> None:
    story = Home()
    story.came()
    with transaction():
        db.session.get_one(Hospice, 1).lone_volunteer_minutes = 5
    assert story.said(story.end + 5 * MINUTE) == [(Kind.LONE_OUT, f"volunteer:{story.vera.id}")]


def test_whoever_has_not_come_is_asked_and_looked_for_after_the_end(app: Flask) -> None:
    story = Home()
    start = story.shift.starts_at
    vera = f"volunteer:{story.vera.id}"
    assert story.said(start + 14 * MINUTE) == []
    assert story.said(start + 15 * MINUTE) == [(Kind.LONE_ARRIVAL, vera)]
    # They may have gone in without checking in: nobody knows that they are out again.
    assert story.said(story.end + 14 * MINUTE) == []
    assert story.said(story.end + 15 * MINUTE) == [(Kind.LONE_OUT, vera)]
    assert (Kind.LONE_ALARM, f"volunteer:{story.lina.id}") in story.said(story.end + HOUR)


@pytest.mark.parametrize("state", [PatientState.DIED, PatientState.ON_HOLD])
def test_nobody_is_asked_why_they_have_not_come_to_someone_who_has_died(
    either_app: Flask, state: PatientState
) -> None:
    story = Home()
    at = story.shift.starts_at + 20 * MINUTE
    queued = [(one.about, one.key) for one in notices.due(at)]
    assert len(queued) == 1
    with transaction():
        db.session.get_one(Patient, story.wang.id).state = state
    assert story.said(at) == []
    assert notices.still_due_of(queued, at) == {}
    assert lone.overdue(at) == []
    story.came()  # whoever is there is looked for all the same
    assert (Kind.LONE_OUT, f"volunteer:{story.vera.id}") in story.said(story.end + 15 * MINUTE)


@pytest.mark.parametrize("how", ["out", "absent", "ward", "cancelled"])
def test_a_tap_ends_it_at_once(either_app: Flask, how: str) -> None:
    story = Home()
    row = story.came()
    at = story.end + 50 * MINUTE
    said = list(notices.due(at))
    assert said
    queued = [(one.about, one.key) for one in said]
    assert set(notices.still_due_of(queued, at)) == {one.key for one in said}
    with transaction():
        if how == "out":
            db.session.get_one(Attendance, row.id).left_at = story.end
        elif how == "absent":
            db.session.get_one(Attendance, row.id).came = Came.NO
        elif how == "ward":
            db.session.get_one(Place, story.place.id).kind = PlaceKind.WARD
        else:
            db.session.get_one(Assignment, story.on_it.id).state = "removed"  # type: ignore[assignment]
    assert list(notices.due(at)) == []
    assert notices.still_due_of(queued, at) == {}


def test_it_goes_out_at_night(app: Flask) -> None:
    story = Home()
    story.came()
    for one in notices.due(story.end + 50 * MINUTE):
        assert one.goes_at(story.end + 50 * MINUTE) == story.end + 50 * MINUTE


def words(one: Notice, locale: str) -> str:
    letter = letters.preview(one.kind, one.facts, locale, link="http://localhost/x")
    return letter.subject + letter.text + letter.html


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_no_letter_names_whom_they_visit(app: Flask, locale: str) -> None:
    story = Home()
    kinds = set()
    for one in notices.due(story.shift.starts_at + 20 * MINUTE):
        kinds.add(one.kind)
        assert "Wang" not in words(one, locale)
    story.came()
    for one in notices.due(story.end + 50 * MINUTE):
        kinds.add(one.kind)
        text = words(one, locale)
        assert "Wang" not in text
        assert one.kind is not Kind.LONE_ALARM or "130 5555 0100" in text
    assert kinds == {Kind.LONE_ARRIVAL, Kind.LONE_OUT, Kind.LONE_ALARM}


def test_letters_really_leave_once(app: Flask, mail_server: MailServer, tmp_path) -> None:
    sending = make_app(tmp_path, SMTP_URL=mail_server.url, MAIL_FROM="house@example.org")
    with sending.app_context():
        story = Home(leader=False)
        story.came()
        at = story.end + 50 * MINUTE
        for _round in range(3):
            send_reminders(at)
        assert len(mail_server.wait_for(3)) == 3
        lone = Message.kind.in_([Kind.LONE_ARRIVAL, Kind.LONE_OUT, Kind.LONE_ALARM])
        assert db.session.query(Message).filter(lone).count() == 3
        db.session.remove()
        db.engine.dispose()
    assert now()
