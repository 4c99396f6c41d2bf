"""Whom volunteers know in their own lives, as far as a shift would bring them together."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, and_, bindparam, exists, or_, select

from hospice.core.db import db
from hospice.patients.models import Patient, Tie
from hospice.patients.rules import PatientState
from hospice.shifts.models import Shift
from hospice.volunteers.models import Volunteer

_HERE = (PatientState.ACTIVE, PatientState.ON_HOLD)


@dataclass(frozen=True)
class Known:
    """A patient whom a volunteer knows in their own life."""

    patient_id: int
    place_id: int
    is_here: bool

    def touches(self, shift: Shift) -> bool:
        """Tell whether a shift is a visit to them, or in the ward where they lie."""
        if shift.patient_id is not None:
            return shift.patient_id == self.patient_id
        return self.is_here and shift.place_id == self.place_id


def of(volunteer_id: int) -> list[Known]:
    """Return whom a volunteer knows in their own life; few have anybody."""
    rows = db.session.execute(
        select(Tie.patient_id, Patient.place_id, Patient.state)
        .join(Patient, Patient.id == Tie.patient_id)
        .where(Tie.volunteer_id == volunteer_id, Tie.ended_at.is_(None))
    )
    return [Known(row[0], row[1], row[2] in _HERE) for row in rows]


def any_at_all() -> Any:
    """Whether they know any patient at all, as a column: few do, and then nothing more is asked."""
    held = exists().where(Tie.volunteer_id == Volunteer.id, Tie.ended_at.is_(None))
    return held.correlate(Volunteer).label("has_ties")


def on_the_shift() -> Any:
    """Whether they know the patient of a shift, or of a ward shift anyone who lies there."""
    patient_id = bindparam("patient_id", type_=Integer())
    met = or_(
        Tie.patient_id == patient_id,
        and_(
            patient_id.is_(None),
            Patient.place_id == bindparam("place_id", type_=Integer()),
            Patient.state.in_(_HERE),
        ),
    )
    held = exists().where(
        Tie.volunteer_id == Volunteer.id,
        Tie.ended_at.is_(None),
        Patient.id == Tie.patient_id,
        met,
    )
    return held.correlate(Volunteer).label("knows_privately")
