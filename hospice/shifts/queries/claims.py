"""Volunteers who took a place or would like one, and what a coordinator still has to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.reminders.rules import UNDO_WINDOW
from hospice.shifts.models import Assignment, Claim, Shift
from hospice.shifts.queries.notices import (
    LOOK_BACK,
    occasion_columns,
    occasion_in,
    person_columns,
    person_in,
)
from hospice.shifts.rules.states import AssignmentState, ClaimState, ShiftState
from hospice.shifts.rules.telling import Occasion, Person
from hospice.volunteers.models import Volunteer

MOST = 60


@dataclass(frozen=True)
class Waiting:
    """A volunteer who asked for a place and has no answer yet, as Today shows it."""

    claim_id: int
    shift_id: int
    name: str
    asked_at: datetime
    answer_by: datetime
    local_day: date
    starts_at: datetime
    ends_at: datetime
    place: str
    zone: str


@dataclass(frozen=True)
class Wish:
    """A volunteer's wish for a place as telling sees it."""

    claim_id: int
    person: Person
    occasion: Occasion
    state: ClaimState
    asked_times: int
    answered_at: datetime | None


def claim(claim_id: int) -> Claim:
    """Return a wish with its shift, place and volunteer; raise Missing."""
    found = db.session.scalar(_loaded().where(Claim.id == claim_id))
    if found is None:
        raise Missing
    return found


def latest_wish(shift_id: int, volunteer_id: int) -> Claim | None:
    """Return a volunteer's wish for a shift, whatever became of it."""
    return db.session.scalar(
        _loaded().where(Claim.shift_id == shift_id, Claim.volunteer_id == volunteer_id)
    )


def wish(shift_id: int, volunteer_id: int) -> Claim | None:
    """Return a volunteer's wish for a shift that nobody has answered yet."""
    found = latest_wish(shift_id, volunteer_id)
    return found if found is not None and found.state is ClaimState.ASKED else None


def taken_by(shift_id: int, volunteer_id: int) -> Assignment | None:
    """Return a volunteer's place on a shift."""
    return db.session.scalar(
        select(Assignment)
        .where(Assignment.shift_id == shift_id, Assignment.volunteer_id == volunteer_id)
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )


def declined_by(shift_id: int, volunteer_id: int) -> Assignment | None:
    """Return the place of a volunteer who was told of it and said that they can't come."""
    found = taken_by(shift_id, volunteer_id)
    if found is None or found.state is not AssignmentState.DECLINED or found.told_at is None:
        return None
    return found


def waiting_claims(now: datetime, *, limit: int = 12) -> list[Waiting]:
    """Return the wishes that a coordinator has to answer, the soonest promise first."""
    rows = db.session.execute(
        select(
            Claim.id,
            Shift.id,
            Volunteer.preferred_name,
            Claim.asked_at,
            Claim.answer_by,
            Shift.local_day,
            Shift.starts_at,
            Shift.ends_at,
            Place.name,
            Place.timezone,
        )
        .join(Shift, Shift.id == Claim.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == Claim.volunteer_id)
        .where(
            Claim.state == ClaimState.ASKED,
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
        .order_by(Claim.answer_by, Claim.id)
        .limit(limit)
    )
    return [Waiting(*tuple(row)) for row in rows]


def to_answer(now: datetime, *, shift_id: int | None = None) -> Sequence[Claim]:
    """Return the open wishes with shift, place and volunteer, by shift, the first one first."""
    wanted = (
        select(Claim)
        .join(Claim.shift)
        .join(Shift.place)
        .where(
            Claim.state == ClaimState.ASKED,
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
        .options(
            contains_eager(Claim.shift).contains_eager(Shift.place), joinedload(Claim.volunteer)
        )
        .order_by(Shift.starts_at, Shift.id, Claim.asked_at, Claim.id)
        .limit(MOST)
    )
    if shift_id is not None:
        wanted = wanted.where(Claim.shift_id == shift_id)
    return db.session.scalars(wanted).all()


def turned_down(now: datetime) -> list[Wish]:
    """Return the wishes of late that a coordinator said "not this time" to."""
    return _wishes(
        _wish_columns().where(
            Claim.state == ClaimState.DECLINED,
            Claim.answered_at > now - LOOK_BACK,
            Claim.answered_at <= now - UNDO_WINDOW,
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
    )


def wishes(claim_ids: Sequence[int]) -> list[Wish]:
    """Return some wishes, whatever their state."""
    if not claim_ids:
        return []
    return _wishes(_wish_columns().where(Claim.id.in_(claim_ids)))


def _wish_columns() -> Select[Any]:
    columns: list[Any] = [
        Claim.id.label("claim_id"),
        Claim.state,
        Claim.asked_times,
        Claim.answered_at,
        Shift.starts_at,
        Shift.ends_at,
        *person_columns(),
        *occasion_columns(),
    ]
    return (
        select(*columns)
        .join(Shift, Shift.id == Claim.shift_id)
        .join(Volunteer, Volunteer.id == Claim.volunteer_id)
        .join(Place, Place.id == Shift.place_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
    )


def _wishes(statement: Select[Any]) -> list[Wish]:
    return [
        Wish(
            claim_id=row.claim_id,
            person=person_in(row),
            occasion=occasion_in(row),
            state=row.state,
            asked_times=row.asked_times,
            answered_at=row.answered_at,
        )
        for row in db.session.execute(statement)
    ]


def left_since(shift_id: int, moment: datetime) -> bool:
    """Tell whether anyone has said since a moment that they can't come to a shift."""
    return bool(
        db.session.scalar(
            select(Assignment.id)
            .where(
                Assignment.shift_id == shift_id,
                Assignment.state == AssignmentState.DECLINED,
                Assignment.answered_at >= moment,
            )
            .limit(1)
        )
    )


def _loaded() -> Select[Claim]:
    return (
        select(Claim)
        .options(joinedload(Claim.volunteer), joinedload(Claim.shift).joinedload(Shift.place))
        .execution_options(populate_existing=True)
    )


__all__ = [
    "Waiting",
    "Wish",
    "claim",
    "declined_by",
    "latest_wish",
    "left_since",
    "taken_by",
    "to_answer",
    "turned_down",
    "waiting_claims",
    "wish",
    "wishes",
]
