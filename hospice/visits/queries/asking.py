"""The visits whose note has not come, as asking for it sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries.notices import (
    occasion_columns,
    occasion_in,
    person_columns,
    person_in,
)
from hospice.shifts.rules.telling import Occasion, Person
from hospice.visits.queries.missing import has_died, is_missing
from hospice.visits.rules import ASKS, LATE_AFTER
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

MOST = 500


@dataclass(frozen=True)
class Owed:
    """A visit whose note has not come."""

    assignment_id: int
    person: Person
    occasion: Occasion


def notes_owed(now: datetime) -> list[Owed]:
    """Return the visits whose note may be asked for by letter now.

    Not of those who visited someone who has died since: a person phones them.
    """
    return _owed(now)


def notes_owed_on(assignment_ids: Sequence[int], now: datetime) -> list[Owed]:
    """Return which of these visits may still be asked about by letter."""
    return _owed(now, Assignment.id.in_(assignment_ids)) if assignment_ids else []


def _owed(now: datetime, *conditions: ColumnElement[bool]) -> list[Owed]:
    asked: Any = (
        select(Assignment.id.label("assignment_id"), *person_columns(), *occasion_columns())
        .add_columns(Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
        .where(
            is_missing(now, back=LATE_AFTER, after=ASKS[0][1]),
            Assignment.told_at.is_not(None),
            Volunteer.state != VolunteerState.LEFT,
            ~has_died(),
            *conditions,
        )
        .order_by(Shift.ends_at, Assignment.id)
        .limit(MOST)
    )
    return [
        Owed(row.assignment_id, person_in(row), occasion_in(row))
        for row in db.session.execute(asked)
    ]
