"""What telling volunteers about shifts needs to know, within windows that history never widens."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.places.rules import full_name
from hospice.reminders.models import Message
from hospice.reminders.queries.states import is_in
from hospice.reminders.rules import TOLD_KINDS, UNDO_WINDOW, Kind, MessageState
from hospice.shifts.models import Assignment, Offer, Shift, WeeklyShift
from hospice.shifts.queries.stopping import is_said_off
from hospice.shifts.queries.unpublished import is_unpublished
from hospice.shifts.rules.states import AssignmentState, OfferState, ShiftState, ToldKind
from hospice.shifts.rules.telling import (
    COMING,
    LONGEST_LEAD,
    USUAL_LEADS,
    Asking,
    Leads,
    Occasion,
    Person,
    Telling,
)
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

# After a longer standstill than this, people had better look at the roster than read old mail.
LOOK_BACK = timedelta(days=14)
# Three days before, at 09:00, is at most so far from the start of a shift late in the evening.
AHEAD = timedelta(days=4)
USUAL_DAYS = 3
FARTHEST = timedelta(days=LONGEST_LEAD + 1)
AT_ONCE = 500  # ids in one statement
MOST = 2000  # told or asked in one round; the next round takes the rest

_GONE = [AssignmentState.REMOVED, AssignmentState.CANCELLED]


def untold(now: datetime) -> list[Telling]:
    """Return the assignments whose volunteers were told by a publish but not by a message yet."""
    return _tellings(
        _telling()
        .where(
            Assignment.told_at > now - LOOK_BACK,
            Assignment.told_at <= now - UNDO_WINDOW,
            or_(
                and_(
                    Assignment.state.in_(list(COMING)),
                    Assignment.told_kind.in_([ToldKind.NEW, ToldKind.CHANGED, ToldKind.GRANTED]),
                ),
                and_(
                    Assignment.state.in_(_GONE),
                    Assignment.told_kind == ToldKind.CANCELLED,
                ),
                and_(Assignment.state.in_(list(COMING)), is_said_off()),
            ),
            func.coalesce(Assignment.told_starts_at, Shift.starts_at) > now,
            Volunteer.state != VolunteerState.LEFT,
            ~_is_said(),
        )
        .order_by(Assignment.told_at)
        .limit(MOST)
    )


def _is_said() -> ColumnElement[bool]:
    """Return the condition that a message said it since; undoing a publish brings nothing back."""
    return (
        select(literal(1))
        .where(
            Message.about == literal("assignment:") + cast(Assignment.id, String),
            Message.kind.in_(list(TOLD_KINDS)),
            Message.state != MessageState.WITHDRAWN,
            Message.queued_at >= Assignment.told_at,
        )
        .exists()
    )


def coming(now: datetime) -> list[Telling]:
    """Return those who come, or may come, within the next days.

    Farther ahead only those of weekly shifts that speak of it sooner than usual.
    """
    return _tellings(
        _telling().where(
            Shift.starts_at > now,
            Shift.starts_at <= now + FARTHEST,
            or_(
                Shift.starts_at <= now + AHEAD,
                WeeklyShift.ask_days > USUAL_DAYS,
                WeeklyShift.remind_days > USUAL_DAYS,
            ),
            Shift.state == ShiftState.PLANNED,
            Assignment.state.in_(list(COMING)),
            Assignment.told_at.is_not(None),
            Volunteer.state != VolunteerState.LEFT,
        )
    )


def declined(now: datetime) -> list[Telling]:
    """Return those who were told and said of late that they cannot come; nobody covers them."""
    return _tellings(
        _telling().where(
            Assignment.answered_at > now - LOOK_BACK,
            Assignment.state == AssignmentState.DECLINED,
            Assignment.told_at.is_not(None),
            Assignment.covered_by_id.is_(None),
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
        )
    )


def tellings(assignment_ids: Sequence[int]) -> list[Telling]:
    """Return some assignments, whatever their state."""
    return [
        one
        for some in _chunks(assignment_ids)
        for one in _tellings(_telling().where(Assignment.id.in_(some)))
    ]


def asked(now: datetime) -> list[Asking]:
    """Return the open questions of late, and those that someone else was quicker to answer."""
    return _askings(
        _asking()
        .where(
            Offer.asked_at > now - LOOK_BACK,
            Offer.asked_at <= now - UNDO_WINDOW,
            or_(Offer.state == OfferState.OPEN, and_(Offer.state == OfferState.FILLED, _went())),
            Shift.starts_at > now,
            Shift.state == ShiftState.PLANNED,
            Volunteer.state != VolunteerState.LEFT,
        )
        .order_by(Offer.asked_at)
    )


def _went() -> ColumnElement[bool]:
    """Return the condition that the question itself reached the volunteer."""
    key = literal("asked:") + cast(Offer.id, String) + ":" + cast(Offer.asked_times, String)
    return (
        select(literal(1))
        .where(Message.key == key, is_in(MessageState.SENT, MessageState.PHONED))
        .exists()
    )


def askings(offer_ids: Sequence[int]) -> list[Asking]:
    """Return some questions, whatever their state."""
    return [
        one for some in _chunks(offer_ids) for one in _askings(_asking().where(Offer.id.in_(some)))
    ]


def heard(assignment_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what volunteers last heard of their assignments, as the facts of those messages."""
    found: dict[int, dict[str, Any]] = {}
    for some in _chunks(assignment_ids):
        rows = db.session.execute(
            select(Message.about, Message.facts)
            .where(
                Message.about.in_([f"assignment:{one}" for one in some]),
                Message.kind.in_([Kind.PUBLISHED, Kind.CHANGED, Kind.CLAIM_GRANTED]),
                is_in(MessageState.SENT, MessageState.PHONED),
            )
            .order_by(Message.id)
        )
        for about, facts in rows:
            found[int(about.partition(":")[2])] = facts
    return found


def _chunks(items: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), AT_ONCE):
        yield list(items[start : start + AT_ONCE])


def person_columns() -> list[Any]:
    """Return the columns of whoever is told, for `person_in`."""
    return [
        Volunteer.id.label("volunteer_id"),
        Volunteer.preferred_name,
        # a volunteer who signs in can be reached where they sign in
        func.coalesce(func.nullif(Volunteer.email, ""), User.email, "").label("address"),
        Volunteer.locale,
        Volunteer.phone,
        Volunteer.state.label("volunteer_state"),
    ]


def occasion_columns() -> list[Any]:
    """Return the columns of when and where, for `occasion_in`, without the times."""
    return [
        Shift.id.label("shift_id"),
        Shift.state.label("shift_state"),
        (Shift.taken + Shift.held < Shift.wanted).label("has_room"),
        Place.name.label("place_name"),
        Place.second_name,
        Place.phone.label("ward_phone"),
        Place.timezone.label("zone"),
        Patient.state.label("patient_state"),
    ]


def _telling() -> Select[*tuple[Any, ...]]:
    """Return the statement of assignments with the time and place that the volunteer was told."""
    return (
        select(
            Assignment.id.label("assignment_id"),
            Assignment.state,
            Assignment.told_kind,
            Assignment.told_at,
            Assignment.told_times,
            is_unpublished().label("is_moved"),
            Assignment.answered_at,
            Assignment.answered_by,
            Assignment.covered_by_id,
            is_said_off().label("is_said_off"),
            WeeklyShift.id.label("weekly_shift_id"),
            WeeklyShift.ask_days,
            WeeklyShift.remind_days,
            WeeklyShift.morning_at,
            func.coalesce(Assignment.told_starts_at, Shift.starts_at).label("starts_at"),
            func.coalesce(Assignment.told_ends_at, Shift.ends_at).label("ends_at"),
            *person_columns(),
            *occasion_columns(),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .join(Place, Place.id == func.coalesce(Assignment.told_place_id, Shift.place_id))
        .outerjoin(WeeklyShift, WeeklyShift.id == Shift.weekly_shift_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
    )


def _asking() -> Select[*tuple[Any, ...]]:
    giver = aliased(Volunteer)
    return (
        select(
            Offer.id.label("offer_id"),
            giver.preferred_name.label("named_by"),
            Offer.state,
            Offer.asked_at,
            Offer.asked_times,
            Shift.starts_at,
            Shift.ends_at,
            *person_columns(),
            *occasion_columns(),
        )
        .join(Shift, Shift.id == Offer.shift_id)
        .join(Volunteer, Volunteer.id == Offer.volunteer_id)
        .outerjoin(giver, giver.id == Offer.suggested_by_id)
        .join(Place, Place.id == Shift.place_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
    )


def _tellings(statement: Select[*tuple[Any, ...]]) -> list[Telling]:
    return [
        Telling(
            assignment_id=row.assignment_id,
            person=person_in(row),
            occasion=occasion_in(row),
            state=row.state,
            told_kind=row.told_kind,
            told_at=row.told_at,
            told_times=row.told_times,
            is_moved=bool(row.is_moved),
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            is_covered=row.covered_by_id is not None,
            is_said_off=bool(row.is_said_off),
            leads=Leads(row.ask_days, row.remind_days, row.morning_at)
            if row.weekly_shift_id
            else USUAL_LEADS,
        )
        for row in db.session.execute(statement)
    ]


def _askings(statement: Select[*tuple[Any, ...]]) -> list[Asking]:
    return [
        Asking(
            offer_id=row.offer_id,
            person=person_in(row),
            occasion=occasion_in(row),
            state=row.state,
            asked_at=row.asked_at,
            asked_times=row.asked_times,
            named_by=row.named_by or "",
        )
        for row in db.session.execute(statement)
    ]


def person_in(row: Any) -> Person:
    """Return whoever is told."""
    return Person(
        volunteer_id=row.volunteer_id,
        name=row.preferred_name,
        address=row.address,
        locale=row.locale,
        phone=row.phone,
        state=row.volunteer_state,
    )


def occasion_in(row: Any) -> Occasion:
    """Return when and where; `starts_at` and `ends_at` are in the row too."""
    return Occasion(
        shift_id=row.shift_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=full_name(row.place_name, row.second_name),
        ward_phone=row.ward_phone,
        zone=_known_zone(row.zone),
        shift_state=row.shift_state,
        has_room=bool(row.has_room),
        patient_state=PatientState(row.patient_state) if row.patient_state else None,
    )


@lru_cache(maxsize=256)
def _known_zone(name: str) -> str:
    """Return a zone, or UTC for one that this machine has never heard of: better late than never."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return "UTC"
    return name


__all__ = [
    "asked",
    "askings",
    "coming",
    "declined",
    "heard",
    "occasion_columns",
    "occasion_in",
    "person_columns",
    "person_in",
    "tellings",
    "untold",
]
