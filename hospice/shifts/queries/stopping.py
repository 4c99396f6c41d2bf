"""What stops when a patient is not visited for now or any more, and what can go on afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.shifts.models import Assignment, Shift, WeeklyShift
from hospice.shifts.rules.states import AssignmentState, ShiftState, ToldKind
from hospice.shifts.rules.telling import COMING
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

MOST_SHOWN = 200
# A paused visit that passed longer ago was settled by an earlier round.
_SETTLED_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Stopping:
    """The visits to come of one patient alone, and who has been told of them."""

    days: tuple[date, ...]  # of those that take place as things are
    names: tuple[str, ...]  # who knows of those
    resting: tuple[date, ...]  # of those that are paused
    resting_names: tuple[str, ...]  # who was on those, and would hear that they take place
    weekly: int  # standing patterns planned for this patient


def stopping(patient_id: int, now: datetime) -> Stopping:
    """Return what would stop or go on; three statements."""
    shifts = db.session.execute(
        select(Shift.local_day, Shift.paused_at)
        .where(*_ahead(patient_id, now))
        .order_by(Shift.starts_at)
        .limit(MOST_SHOWN)
    ).all()
    people = db.session.execute(
        select(Volunteer.preferred_name, Shift.paused_at)
        .join(Assignment, Assignment.volunteer_id == Volunteer.id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            *_ahead(patient_id, now),
            Assignment.state.in_(list(COMING)),
            Assignment.told_at.is_not(None),
            Volunteer.state != VolunteerState.LEFT,
        )
        .order_by(Shift.starts_at, Assignment.id)
    ).all()
    weekly = db.session.scalars(
        select(WeeklyShift.id).where(WeeklyShift.patient_id == patient_id, _goes_on(now))
    ).all()
    return Stopping(
        days=tuple(day for day, paused_at in shifts if paused_at is None),
        names=tuple(dict.fromkeys(name for name, paused_at in people if paused_at is None)),
        resting=tuple(day for day, paused_at in shifts if paused_at is not None),
        resting_names=tuple(
            dict.fromkeys(name for name, paused_at in people if paused_at is not None)
        ),
        weekly=len(weekly),
    )


def to_cancel(patient_id: int, now: datetime) -> Sequence[Shift]:
    """Return the coming visits planned for a patient alone, paused or not, with their places."""
    return db.session.scalars(
        select(Shift)
        .where(*_ahead(patient_id, now))
        .options(joinedload(Shift.place))
        .order_by(Shift.id)
        .execution_options(populate_existing=True)
    ).all()


def known_of(shift_ids: Sequence[int]) -> Sequence[Assignment]:
    """Return who comes to some shifts and knows it, with the shifts."""
    return db.session.scalars(
        select(Assignment)
        .where(
            Assignment.shift_id.in_(shift_ids),
            Assignment.state.in_(list(COMING)),
            Assignment.told_at.is_not(None),
        )
        .options(joinedload(Assignment.shift))
        .order_by(Assignment.id)
        .execution_options(populate_existing=True)
    ).all()


def untold_of(shift_ids: Sequence[int]) -> Sequence[Assignment]:
    """Return who was on some cancelled shifts, knew of it, and has not heard that it is off."""
    return db.session.scalars(
        select(Assignment)
        .where(
            Assignment.shift_id.in_(shift_ids),
            Assignment.state == AssignmentState.CANCELLED,
            Assignment.told_at.is_not(None),
            Assignment.told_kind.is_distinct_from(ToldKind.CANCELLED),
        )
        .options(joinedload(Assignment.shift))
        .order_by(Assignment.id)
        .execution_options(populate_existing=True)
    ).all()


def paused_ahead(
    patient_id: int, now: datetime, *, paused_at: datetime | None = None
) -> Sequence[int]:
    """Return the ids of a patient's paused visits still to come; perhaps of one pause alone."""
    which = Shift.paused_at.is_not(None) if paused_at is None else Shift.paused_at == paused_at
    return db.session.scalars(select(Shift.id).where(*_ahead(patient_id, now), which)).all()


def locked_weekly(patient_id: int, now: datetime) -> Sequence[WeeklyShift]:
    """Return the weekly shifts for a patient that still make dates, with their places, locked.

    Before the patient's own row, in the order in which generation takes them.
    """
    return db.session.scalars(
        select(WeeklyShift)
        .where(WeeklyShift.patient_id == patient_id, _goes_on(now))
        .options(joinedload(WeeklyShift.place))
        .order_by(WeeklyShift.id)
        .with_for_update(of=WeeklyShift, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def still_visited(patient_ids: Sequence[int]) -> dict[int, int]:
    """Return {patient: place} of those who are visited, held so until the transaction ends.

    Whoever records a death meanwhile waits, and then finds the dates that were made; whoever was
    first is waited for, and their patient is left out.
    """
    if not patient_ids:
        return {}
    rows = db.session.execute(
        select(Patient.id, Patient.place_id)
        .where(Patient.id.in_(sorted(set(patient_ids))), Patient.state == PatientState.ACTIVE)
        .order_by(Patient.id)
        .with_for_update(of=Patient, read=True)
    )
    return dict(rows.all())


def passed_while_paused(now: datetime) -> Sequence[int]:
    """Return the ids of visits that were paused before their hour, which has passed."""
    return db.session.scalars(
        select(Shift.id).where(
            Shift.starts_at > now - _SETTLED_WITHIN,
            Shift.ends_at <= now,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at < Shift.starts_at,
        )
    ).all()


def is_said_off() -> ColumnElement[bool]:
    """Return the condition (assignment joined to its shift) that its volunteer knows it is off."""
    return and_(Shift.paused_at.is_not(None), Assignment.told_kind == ToldKind.CANCELLED)


def _ahead(patient_id: int, now: datetime) -> list[ColumnElement[bool]]:
    return [
        Shift.patient_id == patient_id,
        Shift.starts_at > now,
        Shift.state == ShiftState.PLANNED,
    ]


def _goes_on(now: datetime) -> ColumnElement[bool]:
    yesterday = now.date() - timedelta(days=1)  # it may still be that day somewhere
    return or_(WeeklyShift.ends_on.is_(None), WeeklyShift.ends_on >= yesterday)
