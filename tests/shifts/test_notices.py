"""What is due to be said about shifts, exactly when, and once."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState
from hospice.shifts import notices
from hospice.shifts.models import Offer, Shift
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    OfferState,
    ShiftState,
    ToldKind,
)
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.shifts.due import at, change, kinds, only, say, told

# --- published, changed, cancelled ----------------------------------------------------------------


def test_published_is_due_when_it_can_no_longer_be_undone(either_app: Flask) -> None:
    shift = builders.shift()
    one = told(shift, builders.volunteer(), at(25, 12))
    assert kinds(at(25, 12, 1)) == []
    notice = only(at(25, 12, 2))
    assert (notice.kind, notice.key) == (Kind.PUBLISHED, f"told:{one.id}:1")
    assert notice.goes_at(at(25, 12, 2)) == at(25, 12, 2)
    assert notice.send_before == shift.starts_at
    say(at(25, 12, 2))
    assert kinds(at(25, 12, 3)) == []
    assert kinds(at(26, 12)) == []


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (at(25, 19, 57), at(25, 19, 59)),
        (at(25, 19, 58), at(26, 9)),
        (at(25, 23), at(26, 9)),
        (at(26, 3), at(26, 9)),
        (at(26, 8, 58), at(26, 9)),
        # waiting until nine would leave a quarter of an hour: better woken than late
        (at(28, 23), at(28, 23, 2)),
    ],
)
def test_published_in_quiet_hours_waits_for_the_morning(
    app: Flask, published: datetime, expected: datetime
) -> None:
    shift = builders.shift(starts=time(9, 15), ends=time(12))
    told(shift, builders.volunteer(), published)
    now = published + timedelta(minutes=2)
    assert only(now).goes_at(now) == expected


def test_quiet_hours_are_those_of_the_place(app: Flask) -> None:
    ward = builders.place(timezone="America/Toronto")
    told(builders.shift(ward), builders.volunteer(), at(25, 12))  # 23:00 in Toronto
    now = at(25, 12, 2)
    assert only(now).goes_at(now) == at(25, 9, zone=ZoneInfo("America/Toronto"))


def test_changed_says_what_it_was(either_app: Flask) -> None:
    shift = builders.shift()
    one = told(shift, builders.volunteer(), at(23, 12))
    say(at(23, 12, 5))
    later = shift.starts_at + timedelta(hours=1)
    change(shift, starts_at=later, ends_at=later + timedelta(hours=3))
    assert kinds(at(24, 12)) == []  # not published yet
    change(
        one,
        told_kind=ToldKind.CHANGED,
        told_at=at(24, 12),
        told_times=2,
        told_starts_at=shift.starts_at,
        told_ends_at=shift.ends_at,
    )
    notice = only(at(24, 12, 2))
    assert (notice.kind, notice.key) == (Kind.CHANGED, f"told:{one.id}:2")
    assert notice.facts["starts_at"] == at(29, 15).isoformat()
    assert notice.facts["was"]["starts_at"] == at(29, 14).isoformat()  # type: ignore[index]


def test_a_change_is_new_to_those_who_never_heard_of_the_shift(app: Flask) -> None:
    one = told(builders.shift(), builders.volunteer(), at(25, 21))
    say(at(25, 21, 2), MessageState.WAITING)  # waits for the morning
    change(one, told_kind=ToldKind.CHANGED, told_at=at(25, 22), told_times=2)
    assert only(at(25, 22, 2)).kind is Kind.PUBLISHED
    assert notices.still_due(f"assignment:{one.id}", f"told:{one.id}:1", at(26, 9)) is None


def test_undoing_an_unsent_change_says_nothing_again(app: Flask) -> None:
    one = told(builders.shift(), builders.volunteer(), at(23, 12))
    say(at(23, 12, 2))
    change(one, told_kind=ToldKind.CHANGED, told_at=at(24, 12), told_times=2)
    # Undo gives back what was told, but never a number of times: the key would be used twice.
    change(one, told_kind=ToldKind.NEW, told_at=at(23, 12))
    assert kinds(at(24, 12, 5)) == []


def test_cancelled_names_the_time_that_the_volunteer_knows(either_app: Flask) -> None:
    shift = builders.shift()
    one = told(shift, builders.volunteer(), at(23, 12))
    say(at(23, 12, 2))
    moved = shift.starts_at + timedelta(hours=2)
    change(shift, starts_at=moved, ends_at=moved + timedelta(hours=3), state=ShiftState.CANCELLED)
    change(one, state=AssignmentState.CANCELLED)
    assert kinds(at(24, 12)) == []
    change(
        one,
        told_kind=ToldKind.CANCELLED,
        told_at=at(24, 12),
        told_times=2,
        told_starts_at=shift.starts_at,
        told_ends_at=shift.ends_at,
    )
    notice = only(at(24, 12, 2))
    assert notice.kind is Kind.CANCELLED
    assert notice.facts["starts_at"] == at(29, 14).isoformat()


def test_someone_taken_off_hears_that_they_need_not_come(app: Flask) -> None:
    told(
        builders.shift(),
        builders.volunteer(),
        at(24, 12),
        ToldKind.CANCELLED,
        AssignmentState.REMOVED,
    )
    assert kinds(at(24, 12, 2)) == [Kind.CANCELLED]


def test_a_yes_of_ones_own_is_confirmed_in_writing(app: Flask) -> None:
    told(
        builders.shift(),
        builders.volunteer(),
        at(24, 12),
        state=AssignmentState.CONFIRMED,
        answered_at=at(24, 12),
        answered_by=AnsweredBy.APP,
    )
    assert only(at(24, 12, 2)).facts["is_answered"] is True


@pytest.mark.parametrize(
    "case", ["draft", "declined", "past", "left", "visit_off", "long_ago", "not_told"]
)
def test_nothing_is_said(app: Flask, case: str) -> None:
    ward = builders.place()
    who = builders.volunteer(state=VolunteerState.LEFT if case == "left" else VolunteerState.ACTIVE)
    patient = builders.patient(
        at=ward, state=PatientState.ON_HOLD if case == "visit_off" else PatientState.ACTIVE
    )
    day = date(2026, 11, 19) if case == "past" else date(2026, 12, 13)
    shift = builders.shift(ward, day, patient_id=patient.id)
    state = {"draft": AssignmentState.DRAFT, "declined": AssignmentState.DECLINED}.get(
        case, AssignmentState.WAITING
    )
    when = at(1, 12) if case == "long_ago" else at(20, 12)
    one = told(shift, who, when, state=state)
    if case == "not_told":
        change(one, told_at=None, told_kind=None)
    assert kinds(at(20, 12, 5)) == []


def test_a_visit_that_is_off_is_still_cancelled_so_that_nobody_travels(app: Flask) -> None:
    ward = builders.place()
    patient = builders.patient(at=ward, state=PatientState.MOVED)
    shift = builders.shift(ward, patient_id=patient.id, state=ShiftState.CANCELLED)
    told(shift, builders.volunteer(), at(24, 12), ToldKind.CANCELLED, AssignmentState.CANCELLED)
    assert only(at(24, 12, 2)).kind is Kind.CANCELLED


def test_a_death_is_never_announced_by_a_message(either_app: Flask) -> None:
    ward = builders.place()
    patient: Patient = builders.patient(at=ward)
    shift = builders.shift(ward, patient_id=patient.id)
    one = told(shift, builders.volunteer(), at(22, 12), state=AssignmentState.CONFIRMED)
    change(patient, state=PatientState.DIED)
    assert kinds(at(29, 9)) == []  # neither the publish nor a reminder
    change(shift, state=ShiftState.CANCELLED)
    change(one, state=AssignmentState.CANCELLED, told_kind=ToldKind.CANCELLED, told_times=2)
    assert only(at(26, 12)).facts["phone_only"] is True
    say(at(26, 12))
    row = db.session.query(Message).one()
    assert (row.state, row.reason) == (MessageState.FAILED, "phone_only")


# --- questions, and who can't come ----------------------------------------------------------------


def offer(shift: Shift, who: Volunteer, when: datetime, **values: Any) -> Offer:
    """A question about an open place."""
    return builders.save(
        Offer(shift_id=shift.id, volunteer_id=who.id, asked_at=when, accepted=[], **values)
    )


def test_asked_while_the_place_is_open(either_app: Flask) -> None:
    shift = builders.shift(wanted=1)
    question = offer(shift, builders.volunteer(), at(25, 12))
    assert kinds(at(25, 12, 1)) == []
    notice = only(at(25, 12, 2))
    assert (notice.kind, notice.key) == (Kind.ASKED, f"asked:{question.id}:1")
    change(shift, taken=1)
    assert kinds(at(25, 12, 2)) == []
    assert notices.still_due(notice.about, notice.key, at(25, 12, 2)) is None
    change(shift, taken=0)
    say(at(25, 12, 3))
    change(question, asked_times=2, asked_at=at(26, 12))
    assert only(at(26, 12, 2)).key == f"asked:{question.id}:2"


def test_filled_is_said_only_to_those_whom_the_question_reached(either_app: Flask) -> None:
    shift = builders.shift()
    reached = offer(shift, builders.volunteer("Reached"), at(25, 12))
    say(at(25, 12, 2))
    never = offer(shift, builders.volunteer("Never"), at(25, 12, 3))
    change(reached, state=OfferState.FILLED)
    change(never, state=OfferState.FILLED)
    notice = only(at(25, 12, 10))
    assert (notice.kind, notice.name) == (Kind.FILLED, "Reached")
    say(at(25, 12, 10))
    assert kinds(at(25, 12, 11)) == []


def test_coordinators_hear_at_once_of_a_no_for_a_shift_near(either_app: Flask) -> None:
    cora = builders.cora()
    ada = builders.ada()
    builders.cora(is_enabled=False)
    builders.otto()
    one = told(
        builders.shift(),
        builders.volunteer("Vera Vance"),
        at(20, 12),
        state=AssignmentState.DECLINED,
        answered_at=at(28, 3),
        answered_by=AnsweredBy.LINK,
        reason="Mrs Wang of bed 3 frightens me",
    )
    found = list(notices.due(at(28, 3)))
    assert {notice.recipient for notice in found} == {f"user:{cora.id}", f"user:{ada.id}"}
    assert all(notice.goes_at(at(28, 3)) == at(28, 3) for notice in found)
    assert all("Wang" not in str(notice) for notice in found)
    db.session.rollback()
    say(at(28, 3))
    assert kinds(at(28, 3, 1)) == []
    # coming back and saying no again is news again
    change(one, answered_at=at(28, 10))
    assert kinds(at(28, 10)) == [Kind.CANT_COME, Kind.CANT_COME]
    cover = builders.assignment(builders.shift(), builders.volunteer())
    change(one, covered_by_id=cover.id)
    assert kinds(at(28, 10)) == []


def test_a_no_for_a_far_shift_lets_coordinators_sleep(app: Flask) -> None:
    builders.cora()
    told(
        builders.shift(),
        builders.volunteer(),
        at(20, 12),
        state=AssignmentState.DECLINED,
        answered_at=at(25, 3),
        answered_by=AnsweredBy.APP,
    )
    assert only(at(25, 3)).goes_at(at(25, 3)) == at(25, 9)


def test_a_no_that_a_coordinator_wrote_down_is_no_news(app: Flask) -> None:
    builders.cora()
    told(
        builders.shift(),
        builders.volunteer(),
        at(20, 12),
        state=AssignmentState.DECLINED,
        answered_at=at(25, 12),
        answered_by=AnsweredBy.COORDINATOR,
    )
    assert kinds(at(25, 12)) == []


# --- looking again --------------------------------------------------------------------------------


def test_still_due_gives_what_is_true_now(either_app: Flask) -> None:
    who = builders.volunteer()
    shift = builders.shift()
    one = told(shift, who, at(25, 12))
    key, about = f"told:{one.id}:1", f"assignment:{one.id}"
    change(who, email="new@example.org", preferred_name="Vera V.")
    notice = notices.still_due(about, key, at(25, 12, 2))
    assert notice is not None
    assert (notice.address, notice.name) == ("new@example.org", "Vera V.")
    change(one, state=AssignmentState.DECLINED)
    assert notices.still_due(about, key, at(25, 12, 2)) is None
    change(one, state=AssignmentState.WAITING)
    assert notices.still_due(about, f"told:{one.id}:2", at(25, 12, 2)) is None
    assert notices.still_due("assignment:99999", key, at(25, 12, 2)) is None
    assert notices.still_due("nonsense:x", key, at(25, 12, 2)) is None
    change(who, state=VolunteerState.LEFT)
    assert notices.still_due(about, key, at(25, 12, 2)) is None


def test_the_address_of_the_sign_in_serves_where_there_is_no_other(app: Flask) -> None:
    account: User = builders.user("Vera Vance")
    told(builders.shift(), builders.volunteer(email="", user_id=account.id), at(25, 12))
    assert only(at(25, 12, 2)).address == account.email


def test_a_zone_that_this_machine_does_not_know_delays_nothing(app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward)
    told(shift, builders.volunteer(), at(25, 18))
    change(ward, timezone="Asia/Atlantis")
    assert only(at(25, 18, 2)).quiet_zone == "UTC"


# --- what it costs --------------------------------------------------------------------------------


def test_asking_what_is_due_costs_the_same_whatever_there_was(app: Flask, statements: Any) -> None:
    shift = builders.shift()
    told(shift, builders.volunteer(), at(25, 12))

    def cost() -> int:
        db.session.rollback()
        statements.seen.clear()
        list(notices.due(at(25, 12, 2)))
        return len(statements)

    before = cost()
    ward = builders.place()
    for week in range(1, 15):
        old = builders.shift(ward, date(2026, 11, 1) - timedelta(weeks=week))
        told(old, builders.volunteer(), at(1, 12) - timedelta(weeks=week))
    for _ in range(12):
        told(builders.shift(ward, wanted=1), builders.volunteer(), at(25, 12))
    assert cost() == before <= 11
