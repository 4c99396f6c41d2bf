"""Who is remembered by name: those whose death is confirmed and whose family did not refuse it.

A death that was only reported, or that was taken back, is never among them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.attendance.queries.presence import is_absent
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.gatherings.models import Gathering, Memory, RemembranceWish
from hospice.gatherings.rules import GatheringKind, Remembrance
from hospice.grief_support.models import Death, Telling
from hospice.grief_support.rules.kin import Consent
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.visits.models import VisitNote
from hospice.visits.rules import STANDING
from hospice.volunteers.models import Volunteer

MOST = 60
# Where no debrief is held, a name stands here for half a year and no longer.
LONGEST = timedelta(days=183)


@dataclass(frozen=True)
class Remembered:
    """Somebody who died, as they liked to be called."""

    patient_id: int
    death_id: int
    name: str
    place_name: str
    died_on: date | None
    is_refused: bool = False


def _standing() -> ColumnElement[bool]:
    return and_(Death.undone_at.is_(None), Death.confirmed_at.is_not(None))


def _refused() -> ColumnElement[bool]:
    return exists().where(
        RemembranceWish.patient_id == Death.patient_id, RemembranceWish.wish == Consent.NO
    )


def _covered(but: int = 0, before: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition that a debrief of their ward, or of all, was held since."""
    held = aliased(Gathering)
    found = [
        held.kind == GatheringKind.SHARING,
        held.closed_at.is_not(None),
        held.remembered_until >= Death.confirmed_at,
        or_(held.place_id.is_(None), held.place_id == Patient.place_id),
        held.id != but,
    ]
    if before is not None:
        found.append(held.remembered_until < before)
    return exists().where(*found)


def _rows(*conditions: ColumnElement[bool]) -> list[Remembered]:
    rows = db.session.execute(_select(_refused().label("is_refused")).where(*conditions))
    return [Remembered(*row) for row in rows]


def _select(*more: Any) -> Select[Any]:
    return (
        select(Patient.id, Death.id, Patient.preferred_name, Place.name, Death.died_on, *more)
        .select_from(Death)
        .join(Patient, Patient.id == Death.patient_id)
        .join(Place, Place.id == Patient.place_id)
        .where(_standing())
        .order_by(Death.confirmed_at, Death.id)
        .limit(MOST)
    )


def for_volunteer(volunteer_id: int, mode: Remembrance, now: datetime) -> list[Remembered]:
    """Return the names that a volunteer reads: those who died since the last debrief.

    Of someone whom they knew they hear from a person first: until then the name is not here.
    """
    if mode is Remembrance.OFF:
        return []
    found = [
        ~_refused(),
        ~_covered(),
        Death.confirmed_at > now - LONGEST,
        ~_untold(volunteer_id),
    ]
    if mode is Remembrance.VISITED:
        found.append(_visited(volunteer_id))
    return _rows(*found)


def written_about(volunteer_id: int, patient_ids: Collection[int]) -> list[Remembered]:
    """Return those of earlier debriefs about whom a volunteer has written for themselves."""
    wrote = select(Memory.patient_id).where(Memory.volunteer_id == volunteer_id)
    return _rows(~_refused(), Patient.id.in_(wrote), Patient.id.not_in(list(patient_ids) or [0]))


def remembered_one(
    volunteer_id: int, patient_id: int, mode: Remembrance, now: datetime
) -> Remembered:
    """Return one whose name a volunteer reads; raise Missing."""
    found = for_volunteer(volunteer_id, mode, now)
    found += written_about(volunteer_id, [one.patient_id for one in found])
    for one in found:
        if one.patient_id == patient_id and mode is not Remembrance.OFF:
            return one
    raise Missing


def at_debrief(debrief: Gathering, now: datetime) -> list[Remembered]:
    """Return who is remembered in a debrief: whoever died since the one before, at its ward.

    Those whose family refuses it are among them, marked: whoever leads must not read them out.
    """
    until = debrief.remembered_until or now
    found = [
        Death.confirmed_at <= until,
        Death.confirmed_at > until - LONGEST,
        ~_covered(debrief.id, until),
    ]
    if debrief.place_id is not None:
        found.append(Patient.place_id == debrief.place_id)
    return _rows(*found)


def untold_names(death_ids: Collection[int], volunteer_ids: Collection[int]) -> list[str]:
    """Return the volunteers who have not heard of one of some deaths from a person yet."""
    if not death_ids or not volunteer_ids:
        return []
    return list(
        db.session.scalars(
            select(Volunteer.preferred_name)
            .join(Telling, Telling.volunteer_id == Volunteer.id)
            .where(
                Telling.death_id.in_(death_ids),
                Telling.volunteer_id.in_(volunteer_ids),
                Telling.told_at.is_(None),
            )
            .group_by(Volunteer.id, Volunteer.preferred_name)
            .order_by(Volunteer.preferred_name)
        )
    )


def memories_of(volunteer_id: int, patient_ids: Collection[int]) -> dict[int, str]:
    """Return what a volunteer wrote for themselves, by patient; for its author alone."""
    rows = db.session.scalars(
        select(Memory).where(
            Memory.volunteer_id == volunteer_id, Memory.patient_id.in_(list(patient_ids))
        )
    )
    return {row.patient_id: row.words for row in rows}


def memory_of(volunteer_id: int, patient_id: int) -> Memory | None:
    """Return what a volunteer wrote about somebody, to be changed; for its author alone.

    Their record is held until the end: a second tap at once would write a second row.
    """
    _hold(Volunteer.id == volunteer_id)
    return db.session.scalar(
        select(Memory)
        .where(Memory.volunteer_id == volunteer_id, Memory.patient_id == patient_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def wish_of(patient_id: int, *, locking: bool = False) -> RemembranceWish | None:
    """Return whether a family agrees that the name is read; nobody else writes it when locking."""
    if locking:
        _hold(Patient.id == patient_id)
    return db.session.scalar(
        select(RemembranceWish)
        .where(RemembranceWish.patient_id == patient_id)
        .options(joinedload(RemembranceWish.noted_by))
        .execution_options(populate_existing=True)
    )


def _hold(which: ColumnElement[bool]) -> None:
    """Hold a row until the end; what only points to it is not kept waiting."""
    db.session.execute(select(literal(1)).where(which).with_for_update(key_share=True))


def patient_for(user: User, patient_id: int) -> Patient:
    """Return a patient of whose family somebody may know; raise Missing."""
    found = db.session.get(Patient, patient_id)
    if found is None or not user.may(Permission.SEE_GRIEF):
        raise Missing
    return found


def record_of(user: User) -> int:
    """Return the id of a person's record as a volunteer; 0 for those who have none."""
    return db.session.scalar(select(Volunteer.id).where(Volunteer.user_id == user.id)) or 0


def _untold(volunteer_id: int) -> ColumnElement[bool]:
    return exists().where(
        Telling.death_id == Death.id,
        Telling.volunteer_id == volunteer_id,
        Telling.told_at.is_(None),
    )


def _visited(volunteer_id: int) -> ColumnElement[bool]:
    """Return the condition that a volunteer had visited whoever died."""
    came = (
        Assignment.volunteer_id == volunteer_id,
        Assignment.state == AssignmentState.CONFIRMED,
        Assignment.shift_id == Shift.id,
        Shift.state == ShiftState.PLANNED,
        Shift.ends_at <= Death.reported_at,
        ~is_absent(),
    )
    at_home = select(Assignment.id).where(*came, Shift.patient_id == Patient.id)
    on_ward = select(Assignment.id).where(
        *came,
        AssignmentPatient.assignment_id == Assignment.id,
        AssignmentPatient.patient_id == Patient.id,
    )
    noted = select(VisitNote.id).where(
        VisitNote.volunteer_id == volunteer_id,
        VisitNote.state.in_(STANDING),
        VisitNote.patient_id == Patient.id,
    )
    return or_(at_home.exists(), on_ward.exists(), noted.exists())


__all__ = [
    "Remembered",
    "at_debrief",
    "for_volunteer",
    "memories_of",
    "memory_of",
    "patient_for",
    "record_of",
    "remembered_one",
    "untold_names",
    "wish_of",
    "written_about",
]
