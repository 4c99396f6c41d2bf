"""A volunteer's own notes: what there is to write, what was sent, and the hours given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from hospice.attendance.queries.presence import came_columns, is_absent
from hospice.core import clock
from hospice.core.db import UtcInstant, db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.queries import mine
from hospice.shifts.queries.patients import is_visit_seen, patients_of_assignment
from hospice.shifts.queries.swaps import to_answer_count
from hospice.shifts.queries.waiting import kept_count
from hospice.shifts.rules.mine import MyShift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.visits.models import Reflection, VisitNote
from hospice.visits.queries.hours import days_of, minutes_given_select
from hospice.visits.rules import (
    ASKED_FOR,
    STANDING,
    NoteState,
    Seen,
    Subject,
    Visit,
    may_name_patients,
)
from hospice.volunteers.models import Volunteer


@dataclass(frozen=True)
class Summary:
    """Who the volunteer is, what they gave this year, and how many notes wait for them."""

    volunteer_id: int
    name: str
    minutes: int
    unfinished: int
    kept: int  # places of a waiting list that are kept for them
    swaps: int  # swaps that wait for their answer
    also: int = 0  # what else waits for them, counted by a feature to the right


@dataclass(frozen=True)
class ToFinish:
    """A visit whose note is not sent."""

    shift_id: int
    starts_at: datetime
    ends_at: datetime
    place_name: str
    zone: str
    is_begun: bool

    @property
    def day(self) -> date:
        """Return the day of the visit."""
        return clock.local(self.starts_at, self.zone).date()


def _is_of_visit() -> ColumnElement[bool]:
    return VisitNote.assignment_id == Assignment.id


@cache
def is_noted() -> ColumnElement[bool]:
    """Return the condition that an assignment's note is sent."""
    return select(VisitNote.id).where(_is_of_visit(), VisitNote.state.in_(STANDING)).exists()


def is_begun() -> ColumnElement[bool]:
    """Return the condition that an assignment has a note that is not sent."""
    return select(VisitNote.id).where(_is_of_visit(), VisitNote.state == NoteState.DRAFT).exists()


def _is_unfinished() -> ColumnElement[bool]:
    """Return the condition (assignment joined to shift): a note is begun, or it ended without.

    Binds `now`, and `asked_since`, before which nobody is asked any more.
    """
    now = bindparam("now", type_=UtcInstant())
    asked_since = bindparam("asked_since", type_=UtcInstant())
    ended_at = func.coalesce(Assignment.told_ends_at, Shift.ends_at)
    return Assignment.told_at.is_not(None) & (
        is_begun()
        | (
            (Assignment.state == AssignmentState.CONFIRMED)
            & (Shift.state == ShiftState.PLANNED)
            & (ended_at <= now)
            & (ended_at > asked_since)
            & ~is_noted()
            & ~is_absent()
        )
    )


def summary(
    user_id: int, year: int, now: datetime, also: ScalarSelect[int] | None = None
) -> Summary | None:
    """Return who signs in as a user, as a volunteer; None for someone who is none.

    `also` counts what a feature to the right has for them, in the same statement; it may bind
    `now`.
    """
    values = {"user_id": user_id, "now": now, "asked_since": now - ASKED_FOR, **days_of(year)}
    asked = _summary() if also is None else _summary().add_columns(also)
    row = db.session.execute(asked, values).one_or_none()
    if row is None:
        return None
    minutes, *counts = row[2:]
    return Summary(row[0], row[1], round(minutes or 0), *(count or 0 for count in counts))


@cache
def _summary() -> Select[Any]:
    unfinished = (
        select(func.count())
        .select_from(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.volunteer_id == Volunteer.id, _is_unfinished())
    )
    is_own = Volunteer.user_id == bindparam("user_id", type_=Integer())
    now = bindparam("now", type_=UtcInstant())
    # A subquery in FROM cannot refer to the row outside it: it would add up everybody's hours.
    own = select(Volunteer.id).where(is_own).scalar_subquery()
    return select(
        Volunteer.id,
        Volunteer.preferred_name,
        minutes_given_select(own).scalar_subquery(),
        unfinished.correlate(Volunteer).scalar_subquery(),
        kept_count(Volunteer.id, now).correlate(Volunteer).scalar_subquery(),
        to_answer_count(Volunteer.id, now).correlate(Volunteer).scalar_subquery(),
    ).where(is_own)


def my_shifts(volunteer_id: int, *, since: datetime) -> list[MyShift]:
    """Return a volunteer's shifts, and whether the note of each is sent."""
    return mine.my_shifts(volunteer_id, since=since, noted=is_noted(), came=came_columns())


def my_shift(volunteer_id: int, shift_id: int) -> MyShift:
    """Return one shift of a volunteer's, and whether its note is sent; raise Missing."""
    return mine.my_shift(volunteer_id, shift_id, noted=is_noted(), came=came_columns())


def visit(volunteer_id: int, shift_id: int, now: datetime) -> Visit:
    """Return a visit to write about; raise Missing when it is not this volunteer's."""
    row = db.session.execute(
        select(
            Assignment.id.label("assignment_id"),
            Assignment.shift_id,
            Assignment.volunteer_id,
            Assignment.state,
            func.coalesce(Assignment.told_starts_at, Shift.starts_at).label("starts_at"),
            func.coalesce(Assignment.told_ends_at, Shift.ends_at).label("ends_at"),
            Place.name.label("place_name"),
            Place.phone,
            Place.timezone.label("zone"),
            (Place.kind == PlaceKind.HOME).label("is_home"),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == func.coalesce(Assignment.told_place_id, Shift.place_id))
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.shift_id == shift_id,
            Assignment.told_at.is_not(None),
        )
    ).one_or_none()
    if row is None:
        raise Missing
    return Visit(
        **row._mapping,
        is_seen=is_visit_seen(row.assignment_id, now),
        is_asked=row.ends_at > now - ASKED_FOR,
    )


def subjects(visit: Visit, notes: Sequence[VisitNote]) -> list[Subject]:
    """Return what the notes of a visit can be about, named as far as its author may see names.

    Someone who is off the shift finds the notes they began, and nobody's name.
    """
    states = {note.patient_id: note.state for note in notes}
    if not may_name_patients(visit.state):
        return [Subject(patient_id, None, state) for patient_id, state in states.items()]
    return subjects_of(visit, states)


def subjects_of(visit: Visit, states: Mapping[int | None, NoteState]) -> list[Subject]:
    """Return what the notes of a visit can be about: those named for it, else the ward's round
    and everyone on the ward; and whoever a note was begun about (`states`).

    Someone named stays, whatever became of them since: the note is about the visit that was. When
    the time for seeing names is over, only those remain whose note is begun or still asked for: the
    ward's list is gone, and so is the name of whoever a note was sent about.
    """
    named = (
        select(AssignmentPatient.patient_id)
        .where(AssignmentPatient.assignment_id == visit.assignment_id)
        .union(
            select(Shift.patient_id).where(
                Shift.id == visit.shift_id, Shift.patient_id.is_not(None)
            )
        )
    )
    known = set(db.session.scalars(named))
    begun = {patient_id for patient_id in states if patient_id is not None}
    people = people_by_id(known | begun)
    if not known and visit.is_seen:
        cards = patients_of_assignment([visit.assignment_id]).get(visit.assignment_id, [])
        people += [Seen(card.id, card.name, card.bed) for card in cards if card.id not in begun]
    found = []
    for one in people:
        state = states.get(one.id)
        is_owed = state is NoteState.DRAFT or (state is None and visit.is_asked)
        is_named = visit.is_seen or is_owed
        found.append(Subject(one.id, one if is_named else None, state))
    if visit.is_home and None not in states:
        return found
    the_round = Subject(None, None, states.get(None))
    return [*found, the_round] if known else [the_round, *found]


def people_by_id(ids: Collection[int]) -> list[Seen]:
    """Return patients as a note names them, by bed."""
    if not ids:
        return []
    rows = db.session.execute(
        select(Patient.id, Patient.preferred_name, Patient.bed)
        .where(Patient.id.in_(ids))
        .order_by(func.length(Patient.bed), Patient.bed, Patient.sort_key, Patient.id)
    )
    return [Seen(*row) for row in rows]


def notes_on(visit: Visit) -> Sequence[VisitNote]:
    """Return the notes on one visit, in the order they were begun, but those entered in error."""
    return db.session.scalars(
        select(VisitNote)
        .where(_is_on(visit), VisitNote.state != NoteState.IN_ERROR)
        .order_by(VisitNote.id)
        .execution_options(populate_existing=True)
    ).all()


def _is_on(visit: Visit) -> ColumnElement[bool]:
    return and_(
        VisitNote.shift_id == visit.shift_id, VisitNote.assignment_id == visit.assignment_id
    )


def reflection_on(note_id: int, volunteer_id: int) -> str:
    """Return what a volunteer wrote for themselves beside their own note; empty for any other."""
    found = reflection_of(note_id, volunteer_id)
    return found.words if found is not None else ""


def reflection_of(note_id: int, volunteer_id: int) -> Reflection | None:
    """Return the reflection beside a note, only to the volunteer who wrote it."""
    return db.session.scalar(
        select(Reflection).where(
            Reflection.note_id == note_id, Reflection.volunteer_id == volunteer_id
        )
    )


def notes_to_write(visit: Visit, uuid: str) -> Sequence[VisitNote]:
    """Return and hold the notes on a visit, and the note of a form page, whosever it is.

    One statement: between two, the same page sent twice at once could slip through.
    """
    return db.session.scalars(
        select(VisitNote)
        .where(or_(_is_on(visit), VisitNote.uuid == uuid))
        .order_by(VisitNote.id)
        .execution_options(populate_existing=True)
        .with_for_update()
    ).all()


def to_finish(volunteer_id: int, now: datetime, *, limit: int = 30) -> list[ToFinish]:
    """Return the visits that ended and whose note is not sent, the latest first."""
    starts_at: Any = func.coalesce(Assignment.told_starts_at, Shift.starts_at)
    rows = db.session.execute(
        select(
            Assignment.shift_id,
            starts_at.label("starts_at"),
            func.coalesce(Assignment.told_ends_at, Shift.ends_at).label("ends_at"),
            Place.name.label("place_name"),
            Place.timezone.label("zone"),
            case((is_begun(), 1), else_=0).label("is_begun"),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == func.coalesce(Assignment.told_place_id, Shift.place_id))
        .where(Assignment.volunteer_id == volunteer_id, _is_unfinished())
        .order_by(starts_at.desc())
        .limit(limit),
        {"now": now, "asked_since": now - ASKED_FOR},
    )
    return [ToFinish(**{**row._mapping, "is_begun": bool(row.is_begun)}) for row in rows]


def sent_notes(volunteer_id: int, *, limit: int, offset: int) -> Sequence[VisitNote]:
    """Return the notes a volunteer sent, the latest first, with shift, place and patient."""
    return db.session.scalars(
        select(VisitNote)
        .where(VisitNote.volunteer_id == volunteer_id, VisitNote.state.in_(STANDING))
        .options(joinedload(VisitNote.shift).joinedload(Shift.place), joinedload(VisitNote.patient))
        .order_by(VisitNote.sent_at.desc(), VisitNote.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def sent_count(volunteer_id: int) -> int:
    """Return how many notes a volunteer sent."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(VisitNote)
            .where(VisitNote.volunteer_id == volunteer_id, VisitNote.state.in_(STANDING))
        )
        or 0
    )
