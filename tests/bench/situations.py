"""The same situations at every size, so that growth is not a difference of what a page shows."""

from datetime import datetime, timedelta

from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Offer, Shift
from hospice.shifts.queries import candidates
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules.placing import Level
from hospice.shifts.rules.states import AssignmentState, ShiftState, ToldKind
from hospice.visits.models import VisitNote
from hospice.visits.rules import NoteState
from hospice.volunteers.models import Clearance, Volunteer

EMAIL = "busy@example.org"
_WARD = 1
_WEEKS_BEHIND, _WEEKS_AHEAD = 52, 8
_FAR = timedelta(days=45)


def add_busy_volunteer() -> None:
    """Add a volunteer of the first ward who comes more often than most, and has a lot to see.

    A shift a week for a year, each with its note but the last; tomorrow's shift, said yes to, with
    two others on it and three patients by name; one a week for eight weeks after it, one of them
    still to be answered; and a question about one more.
    """
    now = clock.now()
    with transaction():
        account = User(email=EMAIL, name="Busy", role=Role.VOLUNTEER, locale="en", created_at=now)
        db.session.add(account)
        db.session.flush()
        person = Volunteer(
            user_id=account.id,
            legal_name="Busy",
            preferred_name="Busy",
            sort_key="busy",
            search_key="busy",
            email=EMAIL,
            locale="en",
            languages=[],
            skills=[],
            created_at=now,
        )
        db.session.add(person)
        db.session.flush()
        db.session.add(Clearance(volunteer_id=person.id, place_id=_WARD))
        zone = db.session.scalars(select(Place.timezone).where(Place.id == _WARD)).one()
        next_at = now + timedelta(days=1)
        for week in range(-_WEEKS_BEHIND, _WEEKS_AHEAD + 1):
            shift = _shift(next_at + timedelta(weeks=week), zone, now)
            state = AssignmentState.WAITING if week == _WEEKS_AHEAD else AssignmentState.CONFIRMED
            own = _place(shift, person.id, state, now)
            if -_WEEKS_BEHIND <= week < -1:
                _note(own, shift)
            if week == 0:
                _team_and_patients(own, shift, now)
        asked = _shift(next_at + timedelta(days=3), zone, now)
        db.session.add(Offer(shift_id=asked.id, volunteer_id=person.id, asked_at=now))
    db.session.remove()


def _shift(starts_at: datetime, zone: str, now: datetime) -> Shift:
    made = Shift(
        place_id=_WARD,
        local_day=clock.local(starts_at, zone).date(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        minimum=1,
        wanted=4,
        taken=0,
        briefing="Meet at the nurses’ desk ten minutes before. Tea round at half past three.",
        created_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _place(shift: Shift, volunteer_id: int, state: AssignmentState, now: datetime) -> Assignment:
    shift.taken += 1
    made = Assignment(
        shift_id=shift.id,
        volunteer_id=volunteer_id,
        state=state,
        accepted=[],
        placed_at=now,
        told_kind=ToldKind.NEW,
        told_at=shift.starts_at - timedelta(days=14),
        told_times=1,
        told_starts_at=shift.starts_at,
        told_ends_at=shift.ends_at,
        told_place_id=shift.place_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _note(own: Assignment, shift: Shift) -> None:
    db.session.add(
        VisitNote(
            uuid=f"busy-{own.id}",
            assignment_id=own.id,
            shift_id=shift.id,
            volunteer_id=own.volunteer_id,
            state=NoteState.READ,
            arrived_at=shift.starts_at,
            left_at=shift.ends_at,
            did=[],
            moods=[],
            words="Read to them, and listened.",
            saved_at=shift.ends_at,
            sent_at=shift.ends_at,
        )
    )


def _team_and_patients(own: Assignment, shift: Shift, now: datetime) -> None:
    for volunteer_id in (2, 3):
        _place(shift, volunteer_id, AssignmentState.CONFIRMED, now)
    ids = db.session.scalars(
        select(Patient.id).where(Patient.place_id == _WARD).order_by(Patient.id).limit(3)
    )
    db.session.add_all(AssignmentPatient(assignment_id=own.id, patient_id=one) for one in ids)


def last_places(most: int) -> list[tuple[int, int]]:
    """Return (shift, someone who fits without objection) where one place is left beside others.

    The last place asks the most of the app: the team is looked at, the questions about the shift
    are closed, and the next gap is looked for. Each pair is on a day of its own.
    """
    now = clock.now()
    found: list[tuple[int, int]] = []
    days, used = set(), set()
    ids = db.session.scalars(
        select(Shift.id)
        .where(
            Shift.starts_at > now + _FAR,
            Shift.taken > 0,
            Shift.taken == Shift.wanted - 1,
            Shift.state == ShiftState.PLANNED,
            Shift.place_id <= 30,
        )
        .order_by(Shift.starts_at, Shift.id)
    ).all()
    for shift_id in ids:
        shift = shift_queries.shift(shift_id)
        if shift.local_day in days:
            continue
        fits = [
            one
            for one in candidates.people_who_fit(shift, now)
            # each once: a second placing might pass what they wish for a month
            if one.verdict.level is Level.OK and one.volunteer_id not in used
        ]
        if fits:
            days.add(shift.local_day)
            used.add(fits[0].volunteer_id)
            found.append((shift_id, fits[0].volunteer_id))
        if len(found) == most:
            break
    db.session.remove()
    return found
