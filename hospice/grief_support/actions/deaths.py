"""Recording a death in two steps, telling people of it, mending it and undoing it."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import plans
from hospice.grief_support.models import Death, Telling
from hospice.grief_support.queries import deaths as queries
from hospice.grief_support.rules.deaths import (
    Close,
    DeathFacts,
    DeathState,
    Known,
    Pause,
    confirm_objections,
    knew_well,
    spared_until,
    when_objections,
)
from hospice.journal import actions as journal
from hospice.patients import actions as patients
from hospice.patients import queries as patient_queries
from hospice.patients.models import Loss, Patient
from hospice.patients.rules import PatientState, has_died
from hospice.shifts.actions import pausing
from hospice.tasks import actions as tasks
from hospice.volunteers import actions as volunteers
from hospice.volunteers.rules import VolunteerState


def report(patient_id: int, facts: DeathFacts, *, by: User, now: datetime) -> Death:
    """Write down that somebody told us of a death; everything planned stops with the commit.

    Visits to the patient pause, what waits to be sent is no longer true, and the volunteers who
    were close are to be told by phone. Raise Refused, also when it is written down already.
    """
    patient = patient_queries.patient(patient_id)
    if has_died(patient.state):
        raise Refused([Objection("already")])
    zone = patient.place.timezone
    objections = when_objections(facts, now, zone)
    if objections:
        raise Refused(objections)
    death = Death(
        patient_id=patient_id,
        died_on=facts.died_on if facts.known is not Known.NOTHING else None,
        died_at=facts.died_at if facts.known is Known.TIME else None,
        told_by=facts.told_by,
        told_how=facts.told_how,
        reported_by_id=by.id,
        reported_at=now,
        state_before=patient.state,
        reason_before=patient.state_reason,
    )
    db.session.add(death)
    try:
        db.session.flush()
    except IntegrityError as error:  # two heard of it at once: one of them wrote it down
        raise Refused([Objection("already")]) from error
    patients.mark(patient, PatientState.DEATH_REPORTED)
    paused = pausing.pause_visits(patient_id, now=now)
    # Only now: whoever took a place in this very moment is among them.
    close = queries.close_to(patient, now)
    _list(death, close, patient, by=by, now=now)
    journal.record(
        "death.reported",
        about=_about(death),
        by=by,
        now=now,
        name=patient.preferred_name,
        died_on=death.died_on,
        told_by=death.told_by,
        paused=paused,
        to_tell=len(close),
    )
    return death


def _list(death: Death, close: list[Close], patient: Patient, *, by: User, now: datetime) -> None:
    """Write down whom to tell, and who is spared other patients until somebody has asked them."""
    today = clock.local(now, patient.place.timezone).date()
    happened_on = death.died_on or today
    for one in close:
        db.session.add(
            Telling(
                death_id=death.id,
                volunteer_id=one.volunteer_id,
                basis=one.basis,
                next_at=one.next_at,
                visits=one.visits,
                last_visit_on=one.last_visit_on,
            )
        )
        if knew_well(one.visits, one.last_visit_on, today):
            db.session.add(
                Loss(
                    volunteer_id=one.volunteer_id,
                    patient_id=patient.id,
                    happened_on=happened_on,
                    spared_until=spared_until(happened_on, today, is_own=False),
                    entered_by_id=by.id,
                    entered_at=now,
                )
            )
    db.session.flush()


def confirm(death: Death, *, source_name: str, source_role: str, by: User, now: datetime) -> None:
    """Confirm a death as a second person, or with the name of a clinical source; raise Refused.

    `death.patient.place` is loaded.
    """
    if death.state is not DeathState.REPORTED:
        raise Refused([Objection("changed")])
    objections = confirm_objections(
        is_same_person=by.id == death.reported_by_id,
        source_name=source_name,
        source_role=source_role,
    )
    if objections:
        raise Refused(objections)
    death.confirmed_by_id, death.confirmed_at = by.id, now
    death.source_name, death.source_role = source_name, source_role
    _flush()
    patients.mark(death.patient, PatientState.DIED)
    today = clock.local(now, death.patient.place.timezone).date()
    patients.end_episode(death.patient_id, PatientState.DIED, on=death.died_on or today)
    journal.record(
        "death.confirmed",
        about=_about(death),
        by=by,
        now=now,
        name=death.patient.preferred_name,
        source=source_name,
        role=source_role,
    )
    plans.draft(death, by=by, now=now, today=today)


def tell(
    telling: Telling,
    *,
    told_by: str,
    took_it: str,
    pause: Pause,
    apology: Callable[[str], str],
    by: User,
    now: datetime,
    today: date,
) -> None:
    """Write down that a volunteer heard it from a person, and whether they would like a pause.

    A pause is a break without a reason. Where the death was taken back while they were on the
    phone, they are to be called again. `telling.volunteer` and `.death` are loaded. Raise Refused.
    """
    is_new = telling.told_at is None
    telling.told_at = telling.told_at or now
    telling.told_by_id, telling.told_by = by.id, told_by or by.name
    telling.took_it, telling.pause = took_it, pause
    db.session.flush()
    volunteer = telling.volunteer
    if pause is Pause.YES and volunteer.state is VolunteerState.ACTIVE:
        volunteers.start_break(volunteer, None, by=by, now=now, today=today)
    if is_new:
        # How they took it stays on the page, for coordinators alone.
        journal.record(
            "death.told",
            about=[("death", telling.death_id), ("volunteer", telling.volunteer_id)],
            by=by,
            now=now,
            name=volunteer.preferred_name,
            told_by=telling.told_by,
        )
        if telling.death.state is DeathState.UNDONE:
            _call_again(telling.death, telling, apology, by=by, now=now, today=today)


def _call_again(
    death: Death,
    telling: Telling,
    apology: Callable[[str], str],
    *,
    by: User,
    now: datetime,
    today: date,
) -> None:
    tasks.make(
        apology(telling.volunteer.preferred_name),
        due_on=today,
        about=("death", death.id),
        patient_id=death.patient_id,
        volunteer_id=telling.volunteer_id,
        owner_id=by.id,
        by=by,
        now=now,
    )


def correct(
    death: Death,
    facts: DeathFacts,
    *,
    reason: str,
    seen_version: int | None = None,
    by: User,
    now: datetime,
) -> None:
    """Correct when somebody died, and who told us, with the reason; raise Refused.

    Also when someone else changed it since `seen_version`. `death.patient.place` is loaded. What
    counts from that day follows it.
    """
    if death.state is DeathState.UNDONE:
        raise Refused([Objection("changed")])
    if seen_version is not None and death.version != seen_version:
        raise Refused([Objection("stale")])
    zone = death.patient.place.timezone
    objections = when_objections(facts, now, zone, told_at=death.reported_at)
    if not reason.strip():
        objections.append(Objection("no_reason", field="reason"))
    if objections:
        raise Refused(objections)
    new = {
        "died_on": facts.died_on if facts.known is not Known.NOTHING else None,
        "died_at": facts.died_at if facts.known is Known.TIME else None,
        "told_by": facts.told_by,
        "told_how": facts.told_how,
    }
    changed = journal.changes(death, new)
    if not changed:
        return
    for name, value in new.items():
        setattr(death, name, value)
    _flush()
    if "died_on" in changed:
        today = clock.local(death.reported_at, zone).date()
        for loss in queries.losses_of_patient(death.patient_id):
            loss.happened_on = death.died_on or today
            loss.spared_until = spared_until(loss.happened_on, today, is_own=False)
        db.session.flush()
        plans.redate(death, by=by, now=now)
    journal.record(
        "death.changed",
        about=_about(death),
        by=by,
        now=now,
        name=death.patient.preferred_name,
        reason=reason,
        changed=changed,
    )


def undo(
    death: Death, *, reason: str, apology: Callable[[str], str], by: User, now: datetime
) -> int:
    """Take back a death that was recorded by mistake; return how many people to call again.

    What was frozen takes place again, and only that: what was cancelled before stays so. For each
    volunteer who was told there is a task to call them; `apology` gives its words for a name.
    `death.patient.place` is loaded. Raise Refused.
    """
    if death.state is DeathState.UNDONE:
        raise Refused([Objection("changed")])
    if not reason.strip():
        raise Refused([Objection("no_reason", field="reason")])
    was_confirmed = death.state is DeathState.CONFIRMED
    death.undone_by_id, death.undone_at, death.undone_reason = by.id, now, reason
    _flush()
    patients.mark(death.patient, death.state_before, death.reason_before)
    if was_confirmed:
        patients.reopen_episode(death.patient_id)
    # What rested before, because the patient was on hold, goes on resting.
    resumed = pausing.resume_visits(death.patient_id, since=death.reported_at, now=now)
    for loss in queries.losses_of_patient(death.patient_id):
        loss.ended_at = now
    plans.put_away(death, by=by, now=now)
    told = [one for one in queries.tellings(death.id) if one.told_at is not None]
    today = clock.local(now, death.patient.place.timezone).date()
    for one in told:
        _call_again(death, one, apology, by=by, now=now, today=today)
    journal.record(
        "death.undone",
        about=_about(death),
        by=by,
        now=now,
        name=death.patient.preferred_name,
        reason=reason,
        resumed=resumed,
        told=len(told),
    )
    return len(told)


def _about(death: Death) -> list[tuple[str, int]]:
    return [("death", death.id), ("patient", death.patient_id)]


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("changed")]) from error


__all__ = ["confirm", "correct", "report", "tell", "undo"]
