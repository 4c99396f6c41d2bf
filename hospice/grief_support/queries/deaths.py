"""Deaths: the record of one, who is to hear of it from a person, and what still waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.orm import joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.attendance.queries.presence import is_absent
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import Death, Telling
from hospice.grief_support.rules.deaths import Close, in_order, knew_well
from hospice.patients.models import Loss, Patient
from hospice.places.models import Place
from hospice.reminders.models import Message
from hospice.reminders.rules import MessageState
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.states import HOLDING, AssignmentState, ShiftState
from hospice.visits.models import VisitNote
from hospice.visits.rules import STANDING
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

MOST_VISITS = 60


@dataclass(frozen=True)
class Ahead:
    """What stops when a death is recorded."""

    visits: tuple[date, ...]  # the days of the visits planned for the patient alone
    messages: int
    told_names: tuple[str, ...]  # whose messages those are


@dataclass(frozen=True)
class Open:
    """A death that still needs the coordinator, as Today shows it."""

    death_id: int
    name: str
    place_name: str
    bed: str
    reported_at: datetime
    is_confirmed: bool
    to_tell: int
    told: int


def death_for(user: User, death_id: int, *, locking: bool = False) -> Death:
    """Return a death with the patient and everyone who wrote it down; raise Missing."""
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    asked = (
        select(Death)
        .where(Death.id == death_id)
        .options(
            joinedload(Death.patient).joinedload(Patient.place),
            joinedload(Death.reported_by),
            joinedload(Death.confirmed_by),
            joinedload(Death.undone_by),
        )
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(asked.with_for_update(of=Death) if locking else asked)
    if found is None:
        raise Missing
    return found


def standing_death(patient_id: int) -> Death | None:
    """Return the record of a patient's death that was not undone."""
    return db.session.scalar(
        select(Death).where(Death.patient_id == patient_id, Death.undone_at.is_(None))
    )


def tellings(death_id: int) -> Sequence[Telling]:
    """Return whom to tell by phone, with each volunteer, in the order they were to be told."""
    return db.session.scalars(
        select(Telling)
        .where(Telling.death_id == death_id)
        .options(joinedload(Telling.volunteer))
        .order_by(Telling.id)
        .execution_options(populate_existing=True)
    ).all()


def telling_for(user: User, death_id: int, telling_id: int, *, locking: bool = False) -> Telling:
    """Return one of those to tell, with the death, patient and volunteer; raise Missing.

    Whoever writes locks the death: it may be taken back in this very moment.
    """
    death = death_for(user, death_id, locking=locking)
    found = db.session.scalar(
        select(Telling)
        .where(Telling.id == telling_id, Telling.death_id == death.id)
        .options(joinedload(Telling.volunteer), joinedload(Telling.death).joinedload(Death.patient))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def close_to(patient: Patient, now: datetime) -> list[Close]:
    """Return the volunteers who were coming, then those who knew a patient well; one statement.

    `patient.place` is loaded.
    """
    ids = _visits_of(patient.id)
    is_ahead = and_(Shift.ends_at > now, Assignment.state.in_(_COMING))
    was_there = and_(
        Shift.ends_at <= now, Assignment.state == AssignmentState.CONFIRMED, ~is_absent()
    )
    rows = db.session.execute(
        select(
            Volunteer.id,
            Volunteer.preferred_name,
            Volunteer.phone,
            func.min(case((is_ahead, Shift.starts_at))).label("next_at"),
            func.count(case((was_there, 1))).label("visits"),
            func.max(case((was_there, Shift.local_day))).label("last_on"),
        )
        .select_from(Assignment)
        .join(ids, ids.c.id == Assignment.id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(Shift.state == ShiftState.PLANNED, Volunteer.state != VolunteerState.LEFT)
        .group_by(Volunteer.id, Volunteer.preferred_name, Volunteer.phone)
    )
    today = clock.local(now, patient.place.timezone).date()
    found = [Close(*row) for row in rows]
    return in_order(
        [one for one in found if one.next_at or knew_well(one.visits, one.last_visit_on, today)]
    )


# A draft that was never published is known to nobody.
_COMING = [one for one in HOLDING if one is not AssignmentState.DRAFT]


def _visits_of(patient_id: int) -> Subquery:
    """Return the ids of the assignments that visit, or visited, a patient."""
    return union(
        select(Assignment.id.label("id"))
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Shift.patient_id == patient_id),
        select(AssignmentPatient.assignment_id).where(AssignmentPatient.patient_id == patient_id),
        select(VisitNote.assignment_id).where(
            VisitNote.patient_id == patient_id,
            VisitNote.state.in_(STANDING),
            VisitNote.assignment_id.is_not(None),
        ),
    ).subquery()


def ahead(patient_id: int, now: datetime) -> Ahead:
    """Return what would stop; two statements."""
    days = db.session.scalars(
        select(Shift.local_day)
        .where(
            Shift.patient_id == patient_id, Shift.ends_at > now, Shift.state == ShiftState.PLANNED
        )
        .order_by(Shift.starts_at)
        .limit(MOST_VISITS)
    ).all()
    about = (
        select(literal("assignment:") + cast(Assignment.id, String))
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Shift.patient_id == patient_id, Shift.ends_at > now)
    )
    names = db.session.scalars(
        select(Message.name).where(Message.state == MessageState.WAITING, Message.about.in_(about))
    ).all()
    return Ahead(tuple(days), len(names), tuple(sorted(set(names))))


def open_deaths(*, limit: int = 6) -> list[Open]:
    """Return the deaths that nobody confirmed yet or of which someone has to hear; one statement."""
    untold = (
        select(func.count())
        .where(Telling.death_id == Death.id, Telling.told_at.is_(None))
        .scalar_subquery()
    )
    told = (
        select(func.count())
        .where(Telling.death_id == Death.id, Telling.told_at.is_not(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Death.id,
            Patient.preferred_name,
            Place.name,
            Patient.bed,
            Death.reported_at,
            type_coerce(Death.confirmed_at.is_not(None), Boolean),
            untold,
            told,
        )
        .join(Patient, Patient.id == Death.patient_id)
        .join(Place, Place.id == Patient.place_id)
        .where(Death.undone_at.is_(None), or_(Death.confirmed_at.is_(None), untold > 0))
        .order_by(Death.reported_at, Death.id)
        .limit(limit)
    )
    return [Open(*tuple(row)) for row in rows]


def losses_of(volunteer_id: int, *, since: date) -> Sequence[Loss]:
    """Return the losses that a volunteer still carries on a day."""
    return db.session.scalars(
        select(Loss)
        .where(
            Loss.volunteer_id == volunteer_id,
            Loss.ended_at.is_(None),
            Loss.spared_until >= since,
        )
        .order_by(Loss.spared_until.desc(), Loss.id)
        .limit(12)
    ).all()


def losses_of_patient(patient_id: int) -> Sequence[Loss]:
    """Return the losses that came with a patient's death."""
    return db.session.scalars(
        select(Loss).where(Loss.patient_id == patient_id, Loss.ended_at.is_(None))
    ).all()


def own_loss(volunteer_id: int, loss_id: int) -> Loss:
    """Return a volunteer's own loss; raise Missing."""
    found = db.session.get(Loss, loss_id)
    if found is None or found.volunteer_id != volunteer_id or found.patient_id is not None:
        raise Missing
    return found
