"""One shift, who is on it, and who was asked."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.rules.board import Person
from hospice.shifts.rules.placing import Member, ShiftFacts
from hospice.shifts.rules.states import HOLDING, Category
from hospice.volunteers.models import Volunteer


def shift_for(user: User, shift_id: int) -> Shift:
    """Return a shift that this person may see, with place, patient and weekly shift."""
    if not user.may(Permission.SEE_ROSTER):
        raise Missing
    return shift(shift_id)


def shift(shift_id: int) -> Shift:
    """Return a shift with its place, patient and weekly shift; raise Missing."""
    found = db.session.scalar(_shift(), {"shift_id": shift_id})
    if found is None:
        raise Missing
    return found


# Putting these two together costs more than running them, and every placing does.
@cache
def _shift() -> Select[Shift]:
    return (
        select(Shift)
        .where(Shift.id == bindparam("shift_id", type_=Integer()))
        .options(joinedload(Shift.place), joinedload(Shift.patient), joinedload(Shift.weekly_shift))
        .execution_options(populate_existing=True)
    )


def assignments_on(shift_id: int) -> Sequence[Assignment]:
    """Return everyone who is or was on a shift, with the volunteers, in the order of placing."""
    return db.session.scalars(_assignments_on(), {"shift_id": shift_id}).all()


@cache
def _assignments_on() -> Select[Assignment]:
    return (
        select(Assignment)
        .where(Assignment.shift_id == bindparam("shift_id", type_=Integer()))
        .options(joinedload(Assignment.volunteer))
        .order_by(Assignment.is_leader.desc(), Assignment.placed_at, Assignment.id)
        .execution_options(populate_existing=True)
    )


def assignment(assignment_id: int) -> Assignment:
    """Return an assignment with its shift, place and volunteer; raise Missing."""
    found = db.session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def offers_on(shift_id: int) -> Sequence[Offer]:
    """Return the questions about a shift, with the volunteers, oldest first."""
    return db.session.scalars(
        select(Offer)
        .where(Offer.shift_id == shift_id)
        .options(joinedload(Offer.volunteer))
        .order_by(Offer.asked_at, Offer.id)
    ).all()


def offer(offer_id: int) -> Offer:
    """Return a question with its shift, place and volunteer; raise Missing."""
    found = db.session.scalar(
        select(Offer)
        .where(Offer.id == offer_id)
        .options(joinedload(Offer.volunteer), joinedload(Offer.shift).joinedload(Shift.place))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def facts_of(shift: Shift) -> ShiftFacts:
    """Return a loaded shift as the rules want it; its place must be loaded."""
    return ShiftFacts(
        id=shift.id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        local_day=shift.local_day,
        place_id=shift.place_id,
        place_name=shift.place.name,
        state=shift.state,
        wanted=shift.wanted,
        taken=shift.taken,
        held=shift.held,
        needs_leader=shift.needs_leader,
        needs_language=shift.needs_language,
        needs_gender=shift.needs_gender,
        needs_skill=shift.needs_skill,
        pairs_trainees=shift.pairs_trainees,
        patient_id=shift.patient_id,
        is_paused=shift.paused_at is not None,
        has_patients=shift.category in {Category.DIRECT, Category.GRIEF},
        is_at_bedside=shift.category is Category.DIRECT,
    )


def team_of(assignments: Sequence[Assignment]) -> list[Member]:
    """Return those who hold a place, as the rules want them."""
    return [member(one.volunteer) for one in assignments if one.state in HOLDING]


def member(volunteer: Volunteer) -> Member:
    """Return a volunteer as a member of a team."""
    return Member(
        volunteer_id=volunteer.id,
        name=volunteer.preferred_name,
        experience=volunteer.experience,
        is_leader=volunteer.is_leader,
        languages=tuple(volunteer.languages),
        skills=tuple(volunteer.skills),
    )


def people_of(assignments: Sequence[Assignment]) -> list[Person]:
    """Return assignments as the board's rules want them."""
    return [
        Person(
            assignment_id=one.id,
            volunteer_id=one.volunteer_id,
            name=one.volunteer.preferred_name,
            state=one.state,
            is_leader=one.is_leader,
            is_covered=one.covered_by_id is not None,
        )
        for one in assignments
    ]


def held_between(
    volunteer_id: int, first: date, last: date, *, after: datetime
) -> Sequence[Assignment]:
    """Return the places someone holds on some days in shifts that end after a moment."""
    return db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state.in_(HOLDING),
            Shift.local_day.between(first, last),
            Shift.ends_at > after,
        )
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .order_by(Shift.starts_at)
    ).all()


def patients_to_see(shift: Shift) -> set[int]:
    """Return the ids of those who may be visited on a shift: its patient, or its ward's."""
    if shift.patient_id is not None:
        return {shift.patient_id}
    return set(
        db.session.scalars(
            select(Patient.id).where(
                Patient.place_id == shift.place_id, Patient.state == PatientState.ACTIVE
            )
        )
    )
