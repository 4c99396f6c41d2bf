"""A death as it is written down, on both databases; the traps it must not fall into."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import deaths as actions
from hospice.grief_support.actions import losses
from hospice.grief_support.models import Death, SupportPlan, Telling
from hospice.grief_support.queries import deaths as queries
from hospice.grief_support.rules.deaths import Basis, DeathFacts, DeathState, Pause
from hospice.journal import queries as journal
from hospice.patients import queries as patient_queries
from hospice.patients.models import Loss, Patient
from hospice.patients.rules import PatientState
from hospice.reminders.actions import queue
from hospice.reminders.rules import Kind
from hospice.shifts.actions import cancelling, placing, stopping
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.notices import told
from hospice.shifts.queries import candidates, mine
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules.states import AnsweredBy, AssignmentState
from hospice.tasks.models import Task
from hospice.volunteers import queries as volunteers
from hospice.volunteers.models import Clearance, Volunteer
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.grief_support.stories import DIED, Home, mrs_wang

HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 25)


def reported(home: Home, facts: DeathFacts = DIED) -> int:
    with transaction():
        return actions.report(home.patient.id, facts, by=home.cora, now=NOW).id


def death_of(home: Home, death_id: int) -> Death:
    return queries.death_for(home.cora, death_id)


def kinds(run: Callable[[], object]) -> list[str]:
    """Return why something is refused; nothing of it stays."""
    with pytest.raises(Refused) as refused, transaction():
        run()
    return [one.kind for one in refused.value.objections]


def undone(home: Home, death_id: int, reason: str = "It was the other Mrs Wang") -> int:
    with transaction():
        return actions.undo(
            queries.death_for(home.cora, death_id, locking=True),
            reason=reason,
            apology=lambda name: f"Call {name}",
            by=home.cora,
            now=NOW + HOUR,
        )


def claimed(home: Home, who: Volunteer) -> Callable[[], object]:
    shift_id, volunteer_id = home.sunday.id, who.id
    return lambda: placing.claim(
        shift_queries.shift(shift_id), volunteer_id, now=NOW, by=None, how=AnsweredBy.APP
    )


def visit_notices(home: Home) -> list[Kind]:
    """Return the reminders of the visit on Sunday that are due on Friday evening."""
    about = f"assignment:{home.coming.id}"
    return [one.kind for one in told.due(NOW + timedelta(days=2)) if one.about == about]


def test_trap_01_no_visit_reminder_after_a_death(either_app: Flask) -> None:
    home = mrs_wang()
    before = [one for one in told.due(NOW + timedelta(days=2)) if "visit:" in one.key]
    assert [one.kind for one in before] == [Kind.TWO_DAYS]
    with transaction():
        queue(before, NOW)
    assert queries.ahead(home.patient.id, NOW).messages == 1
    reported(home)
    assert visit_notices(home) == []
    # What waits is looked at again before it leaves, and is not true any more.
    still = told.still_due_of([(before[0].about, before[0].key)], NOW + timedelta(days=2))
    assert still == {}
    # A visit that is called off now is for a person to say.
    with transaction():
        cancelling.cancel(shift_queries.shift(home.sunday.id), reason="", by=home.cora, now=NOW)
    off = [one for one in told.due(NOW + HOUR) if one.kind is Kind.CANCELLED]
    assert [one.facts.get("phone_only") for one in off] in ([True], [])


def test_whom_to_tell_and_who_is_spared(either_app: Flask) -> None:
    home = mrs_wang()
    death_id = reported(home)
    people = queries.tellings(death_id)
    assert [(one.volunteer.preferred_name, one.basis, one.visits) for one in people] == [
        ("Vera Vance", Basis.COMING, 0),
        ("Bo Berg", Basis.KNEW, 3),
    ]
    assert {one.volunteer_id for one in db.session.scalars(select(Loss))} == {home.bo.id}
    (row,) = queries.open_deaths()
    assert (row.to_tell, row.told, row.is_confirmed) == (2, 0, False)
    for one in people:
        with transaction():
            actions.tell(
                queries.telling_for(home.cora, death_id, one.id),
                told_by="",
                took_it="Very quiet",
                pause=Pause.YES if one.volunteer_id == home.bo.id else Pause.NO,
                apology=str,
                by=home.cora,
                now=NOW,
                today=TODAY,
            )
    assert [one.told_by for one in queries.tellings(death_id)] == ["Cora Coates"] * 2
    assert volunteers.volunteer(home.bo.id).state is VolunteerState.ON_BREAK
    assert volunteers.volunteer(home.vera.id).state is VolunteerState.ACTIVE
    with transaction():
        actions.confirm(
            death_of(home, death_id),
            source_name="Doctor Jiang",
            source_role="on duty",
            by=home.cora,
            now=NOW + HOUR,
        )
    assert queries.open_deaths() == []
    assert home.patient.state is PatientState.DIED


def test_a_second_person_or_a_named_source_confirms(either_app: Flask) -> None:
    home, ada = mrs_wang(), builders.ada()
    death_id = reported(home)

    def confirmed_by(who: User) -> None:
        actions.confirm(
            death_of(home, death_id), source_name="", source_role="", by=who, now=NOW + HOUR
        )

    assert kinds(lambda: confirmed_by(home.cora)) == ["second_person"]
    with transaction():
        confirmed_by(ada)
    assert death_of(home, death_id).state is DeathState.CONFIRMED
    (episode,) = patient_queries.episodes(home.patient.id)
    assert (episode.ended_as, episode.ended_on) == (PatientState.DIED, TODAY)
    assert kinds(lambda: confirmed_by(ada)) == ["changed"]
    undone(home, death_id)
    assert patient_queries.present_episode(home.patient.id) is not None
    assert kinds(lambda: confirmed_by(ada)) == ["changed"]


def test_two_report_a_death_at_once_and_one_does(either_app: Flask) -> None:
    home = mrs_wang()
    reported(home)
    assert kinds(lambda: actions.report(home.patient.id, DIED, by=home.cora, now=NOW)) == [
        "already"
    ]
    # The other looked before the first was there: the index knows, whatever was read.
    with transaction():
        db.session.get_one(Patient, home.patient.id).state = PatientState.ACTIVE
    assert kinds(lambda: actions.report(home.patient.id, DIED, by=home.cora, now=NOW)) == [
        "already"
    ]
    assert db.session.scalar(select(func.count()).select_from(Death)) == 1


def test_no_claim_after_the_commit_of_a_death(either_app: Flask) -> None:
    home = mrs_wang()
    claim, refused = claimed(home, home.una), []

    def una_claims() -> None:
        with either_app.app_context():
            try:
                with transaction():
                    claim()
            except Refused as refusal:
                refused.append([one.kind for one in refusal.objections])
            db.session.remove()

    racing = threading.Thread(target=una_claims)
    with transaction():
        actions.report(home.patient.id, DIED, by=home.cora, now=NOW)
        racing.start()
        racing.join(0.4)
        assert racing.is_alive()  # it waits for the death, whatever it has read already
    racing.join()
    assert len(refused) == 1
    assert refused[0] in (["full"], ["paused"])
    with pytest.raises(Refused) as placed, transaction():
        placing.assign(
            shift_queries.shift(home.sunday.id),
            home.una.id,
            by=home.cora,
            now=NOW,
            accepting="They know the family",
        )
    assert [one.kind for one in placed.value.objections] == ["paused"]
    holding = select(func.count()).where(Assignment.volunteer_id == home.una.id)
    assert db.session.scalar(holding.where(Assignment.shift_id == home.sunday.id)) == 0


def test_trap_05_the_wrong_namesake_is_taken_back(either_app: Flask) -> None:
    home = mrs_wang(birth_year=1941)
    other = builders.patient("Mrs Wang", at=home.place, bed="7", birth_year=1952)
    assert [one.id for one in patient_queries.similar_here(home.patient)] == [other.id]
    off = builders.shift(home.place, SUNDAY + timedelta(days=7), patient_id=home.patient.id)
    with transaction():
        cancelling.cancel(shift_queries.shift(off.id), reason="Holiday", by=home.cora, now=NOW)
    death_id = reported(home)
    vera = queries.tellings(death_id)[0]
    with transaction():
        actions.tell(
            queries.telling_for(home.cora, death_id, vera.id),
            told_by="Cora",
            took_it="",
            pause=Pause.UNASKED,
            apology=str,
            by=home.cora,
            now=NOW,
            today=TODAY,
        )
    assert kinds(
        lambda: actions.undo(
            death_of(home, death_id), reason=" ", apology=str, by=home.cora, now=NOW
        )
    ) == ["no_reason"]
    assert undone(home, death_id) == 1
    assert home.patient.state is PatientState.ACTIVE
    assert db.session.get_one(Shift, home.sunday.id).paused_at is None
    assert db.session.get_one(Shift, off.id).state == "cancelled"
    assert visit_notices(home) == [Kind.TWO_DAYS]
    (task,) = db.session.scalars(select(Task)).all()
    assert (task.words, task.volunteer_id) == ("Call Vera Vance", home.vera.id)
    assert queries.losses_of(home.bo.id, since=TODAY) == []
    with transaction():
        claimed(home, home.una)()
    # Somebody was on the phone with Bo just then.
    bo = queries.tellings(death_id)[1]
    with transaction():
        actions.tell(
            queries.telling_for(home.cora, death_id, bo.id, locking=True),
            told_by="Cora",
            took_it="",
            pause=Pause.UNASKED,
            apology=lambda name: f"Call {name}",
            by=home.cora,
            now=NOW + HOUR,
            today=TODAY,
        )
    assert [one.words for one in db.session.scalars(select(Task).order_by(Task.id))] == [
        "Call Vera Vance",
        "Call Bo Berg",
    ]
    # It can be recorded again, when it is true.
    assert reported(home) != death_id


def test_trap_04_the_day_is_corrected_and_the_record_says_so(either_app: Flask) -> None:
    home = mrs_wang()
    death_id = reported(home)
    right = replace(DIED, died_on=date(2026, 11, 24), died_at=time(23, 30))
    assert kinds(
        lambda: actions.correct(death_of(home, death_id), right, reason="", by=home.cora, now=NOW)
    ) == ["no_reason"]
    with transaction():
        actions.correct(
            death_of(home, death_id), right, reason="The certificate", by=home.cora, now=NOW
        )
    assert death_of(home, death_id).died_on == date(2026, 11, 24)
    (loss,) = queries.losses_of(home.bo.id, since=TODAY)
    assert loss.spared_until == date(2026, 12, 8)
    (entry,) = [
        one for one in journal.history("patient", home.patient.id) if one.verb == "death.changed"
    ]
    assert entry.facts["changed"]["died_on"] == ["2026-11-25", "2026-11-24"]
    assert entry.facts["reason"] == "The certificate"
    with transaction():  # months later, somebody sees that it was the day before
        actions.correct(
            death_of(home, death_id),
            replace(right, died_on=date(2026, 11, 23)),
            reason="The certificate",
            by=home.cora,
            now=NOW + timedelta(days=100),
        )
    assert death_of(home, death_id).died_on == date(2026, 11, 23)


def test_trap_06_going_home_is_no_death_and_coming_back_a_new_time(app: Flask) -> None:
    home = mrs_wang()
    offered = {one.id for one in mine.open_shifts(home.una.id, NOW)}
    assert home.sunday.id in offered
    states = (
        PatientState.WENT_HOME,
        PatientState.ACTIVE,
        PatientState.REVOKED,
        PatientState.ACTIVE,
        PatientState.MOVED,
    )
    told_of = []
    for state in states:
        with transaction():
            patient = patient_queries.patient(home.patient.id)
            done = stopping.change_state(patient, state, reason="", by=home.cora, now=NOW)
        told_of.append((done.cancelled, done.told))
    # The visit is cancelled once, and whoever was coming hears it by the usual message.
    assert told_of == [(1, 1), (0, 0), (0, 0), (0, 0), (0, 0)]
    off = [one for one in told.due(NOW + HOUR) if one.kind is Kind.CANCELLED]
    assert [(one.name, one.facts.get("phone_only")) for one in off] == [("Vera Vance", None)]
    # No death, nobody to call, nobody spared, no condolence and no plan.
    assert queries.standing_death(home.patient.id) is None
    for table in (Death, Telling, Loss, SupportPlan, Task):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    assert visit_notices(home) == [Kind.CANCELLED]
    assert mine.open_shifts(home.una.id, NOW) == []
    found = patient_queries.episodes(home.patient.id)
    assert [one.ended_as for one in found] == [
        PatientState.MOVED,
        PatientState.REVOKED,
        PatientState.WENT_HOME,
    ]
    assert (found[0].started_on, found[0].ended_on) == (TODAY, TODAY)


def test_trap_08_a_volunteer_in_grief_is_asked_before_they_are_placed(either_app: Flask) -> None:
    home = mrs_wang()
    ward = builders.place("Ward 1")
    shift = builders.shift(ward, SUNDAY)
    office = builders.shift(ward, SUNDAY, starts=time(9), ends=time(11), category="administrative")
    reported(home)
    with transaction():
        losses.note_own(
            volunteers.volunteer(home.una.id),
            None,
            pauses=False,
            by=home.cora,
            now=NOW,
            today=TODAY,
        )

    def soft(who: Volunteer, on: Shift) -> list[str]:
        facts = candidates.verdicts_for(who.id, [shift_queries.shift(on.id)], NOW)[on.id]
        return [one.kind for one in facts.soft]

    assert soft(home.bo, shift) == ["patient_died"]
    assert soft(home.una, shift) == ["own_loss"]
    assert soft(home.vera, shift) == []
    assert soft(home.una, office) == []
    far = builders.shift(ward, SUNDAY + timedelta(weeks=3))
    assert soft(home.bo, far) == []
    builders.save(Clearance(volunteer_id=home.una.id, place_id=ward.id))
    assert kinds(
        lambda: placing.assign(shift_queries.shift(shift.id), home.una.id, by=home.cora, now=NOW)
    ) == ["own_loss"]
    with transaction():
        made = placing.assign(
            shift_queries.shift(shift.id),
            home.una.id,
            by=home.cora,
            now=NOW,
            accepting="She asked for it",
        )
        assert made.state is AssignmentState.DRAFT
        assert made.accepted[0]["reason"] == "She asked for it"
    (mine,) = queries.losses_of(home.una.id, since=TODAY)
    with transaction():
        losses.end_own(mine, by=home.cora, now=NOW)
    assert soft(home.una, far) == []
