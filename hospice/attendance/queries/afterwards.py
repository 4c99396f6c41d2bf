"""What was said after a shift: by its people together, and by each for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from hospice.attendance.models import Debrief, Wellbeing
from hospice.attendance.rules import Feeling
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.volunteers.models import Volunteer


@dataclass(frozen=True)
class Shared:
    """What a volunteer shared with the coordinator after a shift."""

    id: int
    volunteer_id: int
    name: str
    phone: str
    feeling: Feeling
    words: str
    shared_at: datetime
    talked_at: datetime | None
    shift_id: int
    day: date
    place_name: str


def debrief_of(shift_id: int) -> Debrief | None:
    """Return what the people of a shift said together afterwards."""
    return db.session.scalar(
        select(Debrief)
        .where(Debrief.shift_id == shift_id)
        .execution_options(populate_existing=True)
    )


def feeling_of(assignment_id: int, volunteer_id: int) -> Wellbeing | None:
    """Return how a volunteer said they are after a shift; only for themselves."""
    return db.session.scalar(
        select(Wellbeing)
        .where(Wellbeing.assignment_id == assignment_id, Wellbeing.volunteer_id == volunteer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def shared(feeling_id: int) -> Wellbeing:
    """Return what a volunteer shared; raise Missing for what they keep to themselves."""
    found = db.session.scalar(
        select(Wellbeing)
        .where(Wellbeing.id == feeling_id, Wellbeing.shared_at.is_not(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def shared_by(volunteer_id: int, *, limit: int = 3) -> Sequence[Shared]:
    """Return what a volunteer shared last."""
    rows = db.session.execute(_shared().where(Wellbeing.volunteer_id == volunteer_id).limit(limit))
    return [Shared(*row) for row in rows]


def wishes_to_talk(*, limit: int = 12) -> Sequence[Shared]:
    """Return the volunteers who would like to talk, and with whom nobody has talked yet."""
    rows = db.session.execute(
        _shared()
        .where(Wellbeing.feeling == Feeling.TALK, Wellbeing.talked_at.is_(None))
        .limit(limit)
    )
    return [Shared(*row) for row in rows]


def _shared() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Wellbeing.id,
            Wellbeing.volunteer_id,
            Volunteer.preferred_name,
            Volunteer.phone,
            Wellbeing.feeling,
            Wellbeing.words,
            Wellbeing.shared_at,
            Wellbeing.talked_at,
            Assignment.shift_id,
            Shift.local_day,
            Place.name,
        )
        .join(Volunteer, Volunteer.id == Wellbeing.volunteer_id)
        .join(Assignment, Assignment.id == Wellbeing.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(Wellbeing.shared_at.is_not(None))
        .order_by(Wellbeing.shared_at.desc(), Wellbeing.id.desc())
    )
