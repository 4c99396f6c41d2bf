"""The notes about one patient or of one shift, for the pages of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from hospice.core import clock
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Shift
from hospice.visits.models import VisitNote
from hospice.visits.rules import STANDING
from hospice.volunteers.models import Volunteer


@dataclass(frozen=True)
class LastNote:
    """A note in a few words."""

    id: int
    volunteer_name: str
    arrived_at: datetime
    left_at: datetime
    zone: str
    did: list[str]
    moods: list[str]
    words: str

    @property
    def day(self) -> date:
        """Return the day of the visit, where it took place."""
        return clock.local(self.arrived_at, self.zone).date()


def last_notes(patient_id: int, *, limit: int = 3) -> list[LastNote]:
    """Return the notes about a patient that were sent last, the newest visit first."""
    rows = db.session.execute(
        select(
            VisitNote.id,
            Volunteer.preferred_name.label("volunteer_name"),
            func.coalesce(VisitNote.arrived_at, Shift.starts_at).label("arrived_at"),
            func.coalesce(VisitNote.left_at, Shift.ends_at).label("left_at"),
            Place.timezone.label("zone"),
            VisitNote.did,
            VisitNote.moods,
            VisitNote.words,
        )
        .join(Shift, Shift.id == VisitNote.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == VisitNote.volunteer_id)
        .where(VisitNote.patient_id == patient_id, VisitNote.state.in_(STANDING))
        .order_by(Shift.starts_at.desc(), VisitNote.id.desc())
        .limit(limit)
    )
    return [LastNote(**row._mapping) for row in rows]


def note_count(patient_id: int) -> int:
    """Return how many notes about a patient were sent."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(VisitNote)
            .where(VisitNote.patient_id == patient_id, VisitNote.state.in_(STANDING))
        )
        or 0
    )


def of_shift(shift_id: int) -> Sequence[Any]:
    """Return the sent notes of a shift: id, state, who wrote it, of whom; oldest first."""
    return db.session.execute(
        select(
            VisitNote.id,
            VisitNote.state,
            VisitNote.concern,
            Volunteer.preferred_name.label("volunteer"),
            Patient.preferred_name.label("patient"),
            Patient.bed,
        )
        .join(Volunteer, Volunteer.id == VisitNote.volunteer_id)
        .outerjoin(Patient, Patient.id == VisitNote.patient_id)
        .where(
            VisitNote.shift_id == shift_id,
            VisitNote.state.in_(STANDING),
        )
        .order_by(VisitNote.sent_at, VisitNote.id)
    ).all()


def times_of(assignment_ids: Sequence[int]) -> Sequence[Any]:
    """Return the first arrival and the last leaving in the sent notes of some assignments."""
    return db.session.execute(
        select(
            VisitNote.assignment_id,
            func.min(VisitNote.arrived_at).label("arrived_at"),
            func.max(VisitNote.left_at).label("left_at"),
        )
        .where(
            VisitNote.assignment_id.in_(assignment_ids),
            VisitNote.state.in_(STANDING),
            VisitNote.arrived_at.is_not(None),
            VisitNote.left_at.is_not(None),
        )
        .group_by(VisitNote.assignment_id)
    ).all()
