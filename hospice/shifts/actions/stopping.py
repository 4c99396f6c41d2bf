"""Saying that a patient is on hold, has left us or is visited again, with what that does to visits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.journal import actions as journal
from hospice.patients import actions as patients
from hospice.patients.models import Patient
from hospice.patients.rules import GONE, PatientState, is_visited
from hospice.shifts.actions import cancelling, pausing, placing
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import Assignment, WeeklyShift
from hospice.shifts.queries import stopping as queries
from hospice.shifts.rules.states import ToldKind


@dataclass(frozen=True)
class Done:
    """How many visits a change stopped, let rest or let go on, and how many people hear of it."""

    cancelled: int = 0
    paused: int = 0
    resumed: int = 0
    told: int = 0


def change_state(
    patient: Patient,
    state: PatientState,
    *,
    reason: str,
    by: User | None,
    now: datetime,
) -> Done:
    """Say whether a patient is visited, and let the visits follow in the same act; raise Refused.

    On hold the visits planned for them alone rest, and go on when they are visited again. Whoever
    left us is not visited: those visits are cancelled, and what was weekly ends. People who know
    hear by the ordinary message, without the reason; a ward's round loses this patient alone.
    `patient.place` is loaded.
    """
    # First, as generation takes them: two who lock the same rows in another order wait for ever.
    weekly = queries.locked_weekly(patient.id, now)
    patient_id, zone = patient.id, patient.place.timezone
    today = clock.local(now, zone).date()
    patients.change_state(patient, state, reason=reason, by=by, now=now, today=today)
    if state in GONE:
        return _cancel(patient_id, weekly, by=by, now=now)
    if is_visited(state):
        return _resume(patient_id, now=now)
    return _pause(patient_id, now=now)


def _cancel(
    patient_id: int, weekly: Iterable[WeeklyShift], *, by: User | None, now: datetime
) -> Done:
    for one in weekly:
        _end(one, by=by, now=now)
    shifts = queries.to_cancel(patient_id, now)
    ids = [one.id for one in shifts]
    watch = Watch()  # not a step on the board: nobody takes back half of it
    for shift in shifts:
        cancelling.cancel(shift, reason="", by=by, now=now, watch=watch)
    # Only now: whoever took a place in this very moment is among them. Whoever heard already that
    # their visit rests hears nothing new.
    news = queries.untold_of(ids)
    _tell(news, ToldKind.CANCELLED, now)
    return Done(cancelled=len(ids), told=_people(news))


def _end(weekly: WeeklyShift, *, by: User | None, now: datetime) -> None:
    today = clock.local(now, weekly.place.timezone).date()
    weekly.ends_on = today - timedelta(days=1)
    db.session.flush()
    journal.record(
        "weekly_shift.ended",
        about=[("weekly_shift", weekly.id), ("place", weekly.place_id)],
        by=by,
        now=now,
        place=weekly.place.full_name,
        day=today,
        reason="",
    )


def _pause(patient_id: int, *, now: datetime) -> Done:
    paused = pausing.pause_visits(patient_id, now=now)
    known = queries.known_of(queries.paused_ahead(patient_id, now, paused_at=now))
    _tell(known, ToldKind.CANCELLED, now)
    return Done(paused=paused, told=_people(known))


def _resume(patient_id: int, *, now: datetime) -> Done:
    resting = queries.paused_ahead(patient_id, now)
    known = [one for one in queries.known_of(resting) if one.told_kind is ToldKind.CANCELLED]
    resumed = pausing.resume_visits(patient_id, now=now)
    _tell(known, ToldKind.NEW, now)
    return Done(resumed=resumed, told=_people(known))


def _tell(known: Iterable[Assignment], kind: ToldKind, now: datetime) -> None:
    for one in known:
        placing.tell(one, one.shift, kind, now)
    db.session.flush()


def _people(known: Iterable[Assignment]) -> int:
    return len({one.volunteer_id for one in known})


__all__ = ["Done", "change_state"]
