"""The last notes about one patient, for the patient's page."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from hospice.core import clock
from hospice.core.db import db
from hospice.places.models import Place
from hospice.shifts.models import Shift
from hospice.visits.models import VisitNote
from hospice.visits.rules import NoteState
from hospice.volunteers.models import Volunteer

_SENT = (NoteState.SENT, NoteState.READ)


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
        .where(VisitNote.patient_id == patient_id, VisitNote.state.in_(_SENT))
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
            .where(VisitNote.patient_id == patient_id, VisitNote.state.in_(_SENT))
        )
        or 0
    )
