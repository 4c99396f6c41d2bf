"""What becomes of visits when a patient is on hold, has left us, or is visited again."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.calendars import queries as calendars
from hospice.calendars.rules import Status
from hospice.core.db import db, transaction
from hospice.patients import actions as patient_actions
from hospice.patients import queries as patients
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.reminders.rules import Kind
from hospice.shifts.actions import pausing, stopping, weekly
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, WeeklyShift
from hospice.shifts.notices import told
from hospice.shifts.queries import mine, totals, unpublished, waiting
from hospice.shifts.queries import patients as seen
from hospice.shifts.queries import stopping as queries
from hospice.shifts.queries.board import Scope
from hospice.shifts.rules.mine import Phase
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.visits.queries import missing
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.conftest import Browser
from tests.grief_support.stories import Home, mrs_wang

Open = Callable[[User | None], Browser]
LATER = NOW + timedelta(minutes=3)
WEEK = timedelta(days=7)


def becomes(home: Home, state: PatientState, *, at: timedelta = timedelta()) -> stopping.Done:
    with transaction():
        patient = patients.patient(home.patient.id)
        return stopping.change_state(patient, state, reason="", by=home.cora, now=NOW + at)


def said(home: Home, at: timedelta = timedelta()) -> list[tuple[Kind, dict[str, object]]]:
    about = f"assignment:{home.coming.id}"
    return [(one.kind, one.facts) for one in told.due(LATER + at) if one.about == about]


def sunday(home: Home) -> Shift:
    db.session.expire_all()
    return db.session.get_one(Shift, home.sunday.id)


def phase(home: Home) -> Phase:
    return mine.my_shift(home.vera.id, home.sunday.id).phase(NOW)


@pytest.mark.parametrize(
    "state", [PatientState.WENT_HOME, PatientState.MOVED, PatientState.REVOKED]
)
def test_whoever_has_left_us_is_visited_no_more(app: Flask, state: PatientState) -> None:
    home = mrs_wang()
    pattern = builders.weekly_shift(home.place, patient_id=home.patient.id)
    draft = builders.shift(home.place, SUNDAY + WEEK, patient_id=home.patient.id)
    builders.assignment(draft, home.bo, state=AssignmentState.DRAFT, told_at=None)
    found = queries.stopping(home.patient.id, NOW)
    assert found.days == (SUNDAY, SUNDAY + WEEK)
    assert (found.names, found.weekly) == (("Vera Vance",), 1)
    done = becomes(home, state)
    assert (done.cancelled, done.told) == (2, 1)
    assert sunday(home).state is ShiftState.CANCELLED
    ((kind, facts),) = said(home)
    assert kind is Kind.CANCELLED
    assert "phone_only" not in facts  # nobody died: the usual message says it
    assert phase(home) is Phase.OFF
    assert [one.status for one in calendars.own_items(home.vera.id, NOW)] == [Status.CANCELLED]
    # Who was only planned for it never hears of it, and no publish waits for anyone.
    assert unpublished.count([Shift.starts_at > NOW]) == 0
    ended = db.session.get_one(WeeklyShift, pattern.id).ends_on
    assert ended is not None
    assert ended < date(2026, 11, 25)
    with transaction():
        assert weekly.generate(NOW) == 0
    assert becomes(home, state, at=timedelta(hours=1)) == stopping.Done()


def test_on_hold_lets_visits_rest_and_go_on(either_app: Flask) -> None:
    home = mrs_wang()
    assert mine.open_shifts(home.una.id, NOW) != []
    done = becomes(home, PatientState.ON_HOLD)
    assert (done.paused, done.told) == (1, 1)
    assert (sunday(home).state, sunday(home).paused_at) == (ShiftState.PLANNED, NOW)
    assert [kind for kind, _facts in said(home)] == [Kind.CANCELLED]
    assert phase(home) is Phase.OFF
    assert mine.open_shifts(home.una.id, NOW) == []
    assert [one.status for one in calendars.own_items(home.vera.id, NOW)] == [Status.CANCELLED]
    assert unpublished.count([Shift.starts_at > NOW]) == 0
    found = queries.stopping(home.patient.id, NOW)
    assert (found.days, found.resting, found.resting_names) == ((), (SUNDAY,), ("Vera Vance",))
    done = becomes(home, PatientState.ACTIVE, at=timedelta(hours=2))
    assert (done.resumed, done.told) == (1, 1)
    assert sunday(home).paused_at is None
    kinds = [kind for kind, _facts in said(home, timedelta(hours=2))]
    assert kinds == [Kind.PUBLISHED]
    kept = db.session.get_one(Assignment, home.coming.id)
    assert kept.state is AssignmentState.CONFIRMED  # nobody asks them again


def test_who_leaves_while_on_hold_is_told_of_once(app: Flask) -> None:
    home = mrs_wang()
    becomes(home, PatientState.ON_HOLD)
    done = becomes(home, PatientState.MOVED, at=timedelta(minutes=1))
    assert (done.cancelled, done.told) == (1, 0)
    assert [kind for kind, _facts in said(home)] == [Kind.CANCELLED]


def test_nobody_is_offered_to_wait_for_a_place_in_a_visit_that_rests(app: Flask) -> None:
    home = mrs_wang()
    with transaction():
        db.session.get_one(Shift, home.sunday.id).wanted = 1
        db.session.get_one(Shift, home.sunday.id).taken = 1
    assert [one.id for one in waiting.full_shifts(home.bo.id, NOW)] == [home.sunday.id]
    becomes(home, PatientState.ON_HOLD)
    assert list(waiting.full_shifts(home.bo.id, NOW)) == []


def test_a_wards_round_loses_this_patient_alone(app: Flask) -> None:
    ward = builders.place("Ward 1")
    wang, zhu = (builders.patient(name, at=ward) for name in ("Mrs Wang", "Mr Zhu"))
    shift = builders.shift(ward, SUNDAY)
    vera = builders.volunteer(places=[ward])
    coming = builders.assignment(shift, vera, told_at=NOW)
    for one in (wang, zhu):
        builders.save(AssignmentPatient(assignment_id=coming.id, patient_id=one.id))
    with transaction():
        done = stopping.change_state(
            patients.patient(wang.id),
            PatientState.WENT_HOME,
            reason="",
            by=None,
            now=NOW,
        )
    assert done == stopping.Done()
    assert db.session.get_one(Shift, shift.id).state is ShiftState.PLANNED
    (names,) = seen.patients_of_assignment([coming.id]).values()
    assert [card.name for card in names] == ["Mr Zhu"]


def test_a_visit_that_passed_while_it_rested_was_not_held(either_app: Flask) -> None:
    home = mrs_wang()
    becomes(home, PatientState.ON_HOLD)
    after = NOW + timedelta(days=6)
    assert home.sunday.id in {one.shift_id for one in missing.missing_notes(after)}
    with transaction():
        assert pausing.settle_passed(NOW) == 0
        assert pausing.settle_passed(after) == 1
    assert home.sunday.id not in {one.shift_id for one in missing.missing_notes(after)}
    shift = sunday(home)
    assert (shift.state, shift.taken) == (ShiftState.CANCELLED, 0)
    done = becomes(home, PatientState.ACTIVE, at=timedelta(days=6))
    assert (done.resumed, done.told) == (0, 0)
    assert [kind for kind, _facts in said(home, timedelta(days=6))] == []


def test_coming_back_can_be_planned_anew(app: Flask) -> None:
    home = mrs_wang()
    becomes(home, PatientState.WENT_HOME)
    becomes(home, PatientState.ACTIVE, at=timedelta(hours=1))
    assert sunday(home).state is ShiftState.CANCELLED
    assert len(patients.episodes(home.patient.id)) == 2
    anew = builders.shift(home.place, SUNDAY + WEEK, patient_id=home.patient.id)
    assert [one.id for one in mine.open_shifts(home.una.id, NOW)] == [anew.id]


def test_a_date_made_beside_a_death_is_paused_or_not_made(either_app: Flask) -> None:
    """Generation has read that the patient is visited, and the report comes before it writes."""
    home = mrs_wang()
    builders.weekly_shift(home.place, patient_id=home.patient.id)
    patient_id, made, paused = home.patient.id, list[int](), list[int]()

    def generating() -> None:
        with either_app.app_context(), transaction():
            made.append(weekly.generate(NOW))

    racing = threading.Thread(target=generating)
    with transaction():
        patient = patients.patient(patient_id)
        patient_actions.mark(patient, PatientState.DEATH_REPORTED)
        pausing.pause_visits(patient_id, now=NOW)
        racing.start()
        racing.join(0.4)
        assert racing.is_alive()  # it waits for the report, whatever it has read already
    racing.join()
    assert made == [0]
    # The other way round: what generation has made, and not yet committed, is waited for.
    with transaction():
        db.session.get_one(Patient, patient_id).state = PatientState.ACTIVE

    def reporting() -> None:
        with either_app.app_context(), transaction():
            patient = patients.patient(patient_id)
            patient_actions.mark(patient, PatientState.DEATH_REPORTED)
            paused.append(pausing.pause_visits(patient_id, now=NOW))

    racing = threading.Thread(target=reporting)
    with transaction():
        assert weekly.generate(NOW) > 1
        racing.start()
        racing.join(0.4)
        assert racing.is_alive()
    racing.join()
    assert paused[0] > 1
    unpaused = db.session.scalars(
        select(Shift.local_day).where(
            Shift.patient_id == patient_id,
            Shift.starts_at > NOW,
            Shift.paused_at.is_(None),
        )
    ).all()
    assert unpaused == []


def test_the_page_shows_what_it_does_before_it_does_it(app: Flask, browser: Open) -> None:
    home = mrs_wang()
    cora = browser(home.cora)
    url = f"/patients/{home.patient.id}/state"
    form = {"state": "moved", "reason": "To Suzhou <b>"}
    page = cora.post(url, form, status=200)
    assert "<b>1</b><div><b>visit to come is cancelled.</b> Sun 29 Nov." in page
    assert "Vera Vance" in page
    assert "To Suzhou &lt;b&gt;" in page
    assert sunday(home).state is ShiftState.PLANNED
    assert "To Suzhou" in cora.post(
        url, {**form, "back": "1"}, status=200
    )  # to change it, as it was typed
    assert sunday(home).state is ShiftState.PLANNED
    page = cora.get(cora.post(url, {**form, "sure": "1"}))
    assert "One visit is cancelled. One person is told in a moment." in page
    assert sunday(home).state is ShiftState.CANCELLED
    page = cora.get(cora.post(url, {"state": "active", "reason": ""}))  # nothing goes on by itself
    assert "It is written down." in page


def test_the_page_says_what_rests_and_goes_on(app: Flask, browser: Open) -> None:
    home = mrs_wang()
    cora = browser(home.cora)
    url = f"/patients/{home.patient.id}/state"
    held = {"state": "on_hold", "reason": "In hospital until Friday."}
    assert "visit to come rests." in cora.post(url, held, status=200)
    page = cora.get(cora.post(url, {**held, "sure": "1"}))
    assert "One visit rests for now. One person is told in a moment." in page
    assert "On hold: In hospital until Friday.<" in page
    assert "Visits that rest" in page
    assert "Next visit" not in page
    assert "Confirmed" not in page
    assert "the person it is planned for is on hold" in cora.get(f"/shifts/{home.sunday.id}")
    visited = {**held, "state": "active"}  # the reason stands in the form, and is over
    page = cora.post(url, visited, status=200)
    assert "visit takes place again." in page
    assert "In hospital" not in page
    page = cora.get(cora.post(url, {**visited, "sure": "1"}))
    assert "One visit takes place again. One person is told in a moment." in page
    assert patients.patient(home.patient.id).state_reason == ""
    assert "Next visit" in page


def test_the_board_says_that_a_visit_rests_and_looks_for_nobody(app: Flask, browser: Open) -> None:
    home = mrs_wang()
    week = "/roster?view=week&from=2026-11-23"
    desk = browser(home.cora)
    with transaction():
        db.session.get_one(Shift, home.sunday.id).wanted = 2
    before = totals.summary(Scope(days=(SUNDAY,), now=NOW)).days[SUNDAY]
    assert (before.open, before.taken, before.wanted) == (1, 1, 2)
    with transaction():
        patient_actions.mark(patients.patient(home.patient.id), PatientState.DEATH_REPORTED)
        pausing.pause_visits(home.patient.id, now=NOW)
    after = totals.summary(Scope(days=(SUNDAY,), now=NOW)).days[SUNDAY]
    assert (after.open, after.taken, after.wanted) == (0, 0, 0)
    for url in (week, "/roster?view=list&from=2026-11-29&days=1"):
        page = desk.get(url)
        assert "#i-pause" in page
        assert ">Paused</span>" in page
        assert "Vera Vance" in page
        assert "died" not in page
    # Whoever only leads a team hears it from a person.
    page = browser(builders.user("Lea", Role.LEADER)).get(week)
    assert "Paused" not in page
