"""Shifts around the real present, and volunteers who were told of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hospice.core import clock
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.states import AssignmentState, ToldKind
from hospice.visits.models import VisitNote
from hospice.visits.rules import Concern, NoteState
from hospice.volunteers.models import Volunteer
from tests import builders

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def now() -> datetime:
    """Return the present, to the minute, so that times of a form come back exactly."""
    return clock.now().replace(second=0, microsecond=0)


def shift_in(at: Place, starts_in: timedelta, lasts: timedelta = 3 * HOUR, **values: Any) -> Shift:
    """A shift that begins so long from now (or before)."""
    starts_at = now() + starts_in
    return builders.shift(
        at,
        clock.local(starts_at, at.timezone).date(),
        starts_at=starts_at,
        ends_at=starts_at + lasts,
        **values,
    )


def told(
    on: Shift,
    who: Volunteer,
    state: AssignmentState = AssignmentState.CONFIRMED,
    *,
    sees: tuple[Patient, ...] = (),
    **values: Any,
) -> Assignment:
    """A volunteer who was told of a shift, and whom they will see."""
    made = builders.assignment(
        on,
        who,
        state,
        **{
            "told_at": now() - 7 * DAY,
            "told_kind": ToldKind.NEW,
            "told_times": 1,
            "told_starts_at": on.starts_at,
            "told_ends_at": on.ends_at,
            "told_place_id": on.place_id,
            **values,
        },
    )
    for patient in sees:
        builders.save(AssignmentPatient(assignment_id=made.id, patient_id=patient.id))
    return made


def note(of: Assignment, on: Shift, patient: Patient | None = None, **values: Any) -> VisitNote:
    """A sent note of a quiet afternoon."""
    return builders.save(
        VisitNote(
            **{
                "uuid": str(uuid4()),
                "assignment_id": of.id,
                "shift_id": on.id,
                "volunteer_id": of.volunteer_id,
                "patient_id": patient.id if patient else None,
                "state": NoteState.SENT,
                "arrived_at": on.starts_at,
                "left_at": on.ends_at,
                "did": ["company"],
                "moods": ["calm"],
                "words": "We looked at photographs.",
                "comfort_words": "",
                "quote": "",
                "concern": Concern.NONE,
                "told_whom": "",
                "promise": "",
                "struck_reason": "",
                "saved_at": on.ends_at,
                "sent_at": on.ends_at,
                "reply": "",
                **values,
            }
        )
    )


def wall(instant: datetime, at: Place) -> str:
    """Return an instant as a time field shows it."""
    return clock.local(instant, at.timezone).strftime("%H:%M")
