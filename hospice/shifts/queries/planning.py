"""What planning needs to know before it writes: weekly shifts and their dates, locked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.shifts.models import Assignment, HolidayChoice, Shift, WeeklyShift
from hospice.shifts.queries import stopping
from hospice.shifts.rules.states import HOLDING, ShiftState
from hospice.shifts.rules.terms import Terms


def locked(weekly_id: int) -> WeeklyShift:
    """Return a weekly shift to change; whoever else changes or generates it waits."""
    found = db.session.scalar(
        select(WeeklyShift)
        .where(WeeklyShift.id == weekly_id)
        .options(joinedload(WeeklyShift.place))
        .with_for_update(of=WeeklyShift, key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def shifts_from(weekly_id: int, first: date | None, now: datetime) -> Sequence[Shift]:
    """Return the dates of a weekly shift to carry over, locked, with their places.

    Those whose pattern's day is `first` or later; without `first`, those that have not started.
    """
    chosen = (
        select(Shift)
        .where(Shift.weekly_shift_id == weekly_id)
        .options(joinedload(Shift.place))
        .with_for_update(of=Shift, key_share=True)
        .order_by(Shift.id)
        .execution_options(populate_existing=True)
    )
    if first is None:
        return db.session.scalars(chosen.where(Shift.starts_at > now)).all()
    return db.session.scalars(chosen.where(Shift.occurrence_on >= first)).all()


def occurrence_days(weekly_id: int) -> set[date]:
    """Return every day of the pattern that has its dated shift."""
    rows = db.session.scalars(select(Shift.occurrence_on).where(Shift.weekly_shift_id == weekly_id))
    return {day for day in rows if day is not None}


def locked_of(shift_id: int) -> WeeklyShift:
    """Return the weekly shift of a dated one, locked; raise Missing, also for a single shift."""
    weekly_id = db.session.scalar(select(Shift.weekly_shift_id).where(Shift.id == shift_id))
    if weekly_id is None:
        raise Missing
    return locked(weekly_id)


def locked_shift(shift_id: int) -> Shift:
    """Return a shift to change, with its place; whoever else changes it waits."""
    found = db.session.scalar(
        select(Shift)
        .where(Shift.id == shift_id)
        .options(joinedload(Shift.place))
        .with_for_update(of=Shift, key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def locked_places(ids: Iterable[int]) -> dict[int, Place]:
    """Return places by id, locked: of two who plan the same shift there at once, one waits."""
    rows = db.session.scalars(
        select(Place)
        .where(Place.id.in_(sorted(set(ids))))
        .order_by(Place.id)
        .with_for_update(key_share=True)
    )
    return {place.id: place for place in rows}


def zones(ids: Iterable[int]) -> dict[int, str]:
    """Return the time zones of places."""
    rows = db.session.execute(
        select(Place.id, Place.timezone).where(Place.id.in_(sorted(set(ids))))
    )
    return dict(rows.all())


def visited_at(patient_id: int | None, *, holding: bool = False) -> dict[int, int]:
    """Return {patient: place} for a patient who is visited; empty for one who is not.

    With `holding` it stays so until the transaction ends; only where no shift is locked yet.
    """
    if patient_id is None:
        return {}
    if holding:
        return stopping.still_visited([patient_id])
    rows = db.session.execute(
        select(Patient.id, Patient.place_id).where(
            Patient.id == patient_id, Patient.state == PatientState.ACTIVE
        )
    )
    return dict(rows.all())


def is_planned_already(
    terms: Terms, *, weekday: int, starts_on: date, ends_on: date | None, but: int | None = None
) -> bool:
    """Tell whether a weekly shift of this place, time and patient is there for these days."""
    same = [
        WeeklyShift.place_id == terms.place_id,
        WeeklyShift.weekday == weekday,
        WeeklyShift.starts == terms.starts,
        WeeklyShift.ends == terms.ends,
        WeeklyShift.patient_id.is_(None)
        if terms.patient_id is None
        else WeeklyShift.patient_id == terms.patient_id,
        or_(WeeklyShift.ends_on.is_(None), WeeklyShift.ends_on >= starts_on),
        WeeklyShift.id != (but or 0),
    ]
    if ends_on is not None:
        same.append(WeeklyShift.starts_on <= ends_on)
    return bool(db.session.scalar(select(exists().where(*same))))


def is_there_already(
    place_id: int, patient_id: int | None, starts_at: datetime, ends_at: datetime
) -> bool:
    """Tell whether a planned shift of this place, time and patient is there."""
    patient = Shift.patient_id.is_(None) if patient_id is None else Shift.patient_id == patient_id
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Shift.place_id == place_id,
                    Shift.starts_at == starts_at,
                    Shift.ends_at == ends_at,
                    Shift.state == ShiftState.PLANNED,
                    patient,
                )
            )
        )
    )


def told_on(shift_ids: Sequence[int]) -> int:
    """Return how many places on some shifts belong to people who know of them."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Assignment)
            .where(
                Assignment.shift_id.in_(shift_ids),
                Assignment.state.in_(HOLDING),
                Assignment.told_at.is_not(None),
            )
        )
        or 0
    )


# --- for generation ------------------------------------------------------------------------------


def growing(since: date, only: Sequence[int] | None) -> Sequence[WeeklyShift]:
    """Return the weekly shifts that still make dates, with their places, locked.

    A closed place gets no new dates, nor does a patient who is not visited or is elsewhere now.
    """
    chosen = (
        select(WeeklyShift)
        .join(Place, Place.id == WeeklyShift.place_id)
        .outerjoin(Patient, Patient.id == WeeklyShift.patient_id)
        .where(
            or_(WeeklyShift.ends_on.is_(None), WeeklyShift.ends_on >= since),
            Place.is_open,
            or_(
                WeeklyShift.patient_id.is_(None),
                (Patient.state == PatientState.ACTIVE) & (Patient.place_id == WeeklyShift.place_id),
            ),
        )
        .options(contains_eager(WeeklyShift.place))
        .order_by(WeeklyShift.id)
        .with_for_update(of=WeeklyShift, key_share=True)
        .execution_options(populate_existing=True)
    )
    if only is not None:
        chosen = chosen.where(WeeklyShift.id.in_(only))
    return db.session.scalars(chosen).all()


def made_since(since: date, only: Sequence[int] | None) -> set[tuple[int, date]]:
    """Return (weekly shift, day of the pattern) of every dated shift from a day on."""
    chosen = select(Shift.weekly_shift_id, Shift.occurrence_on).where(Shift.occurrence_on >= since)
    if only is not None:
        chosen = chosen.where(Shift.weekly_shift_id.in_(only))
    return {
        (weekly_id, day)
        for weekly_id, day in db.session.execute(chosen)
        if weekly_id is not None and day is not None
    }


def days_without_visits(since: date) -> dict[date, str]:
    """Return the public holidays on which a coordinator decided that nobody visits."""
    rows = db.session.execute(
        select(HolidayChoice.day, HolidayChoice.name).where(
            HolidayChoice.day >= since, HolidayChoice.goes_ahead.is_(False)
        )
    )
    return dict(rows.all())


def is_followed(weekly_id: int) -> bool:
    """Tell whether another weekly shift goes on where this one ended."""
    return bool(db.session.scalar(select(exists().where(WeeklyShift.follows_id == weekly_id))))


def days_ahead(weekly_id: int, now: datetime) -> set[date]:
    """Return the days of the pattern whose dates have not started."""
    rows = db.session.scalars(
        select(Shift.occurrence_on).where(Shift.weekly_shift_id == weekly_id, Shift.starts_at > now)
    )
    return {day for day in rows if day is not None}


def place_name(place_id: int) -> str:
    """Return the name of a place."""
    return str(db.session.scalar(select(Place.name).where(Place.id == place_id)) or "")


def has_dates_before(weekly_id: int, day: date) -> bool:
    """Tell whether a weekly shift has dated shifts that stand for days before a day."""
    return bool(
        db.session.scalar(
            select(exists().where(Shift.weekly_shift_id == weekly_id, Shift.occurrence_on < day))
        )
    )
