"""What is asked about calendars: whose an address is, and what stands in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, type_coerce

from hospice.accounts.models import User
from hospice.accounts.queries import hashed
from hospice.accounts.rules import Permission
from hospice.calendars.models import CalendarFeed
from hospice.calendars.rules import AHEAD, BACK, Item, Status, is_listed, latest, status_of
from hospice.core.db import UtcInstant, db
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import ShiftState
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

_MOST = 1000


@dataclass(frozen=True)
class Feed:
    """Whose calendar an address opens; exactly one of the first two is there."""

    feed_id: int
    volunteer_id: int | None
    place_id: int | None
    place_name: str
    locale: str
    read_at: datetime | None


def feed(token: str) -> Feed | None:
    """Return whose calendar an address opens; None when it was ended, or they left."""
    row = db.session.execute(
        select(CalendarFeed, Volunteer.state, Volunteer.locale, User, Place.name)
        .outerjoin(Volunteer, Volunteer.id == CalendarFeed.volunteer_id)
        .outerjoin(User, User.id == func.coalesce(CalendarFeed.user_id, Volunteer.user_id))
        .outerjoin(Place, Place.id == CalendarFeed.place_id)
        .where(CalendarFeed.token_hash == hashed(token), CalendarFeed.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    found, state, locale, user, place_name = row
    if user is not None and not user.is_enabled:
        return None
    if found.volunteer_id is not None and state is VolunteerState.LEFT:
        return None
    if found.place_id is not None and (user is None or not user.may(Permission.PLAN_ROSTER)):
        return None
    return Feed(
        found.id,
        found.volunteer_id,
        found.place_id,
        place_name or "",
        locale or user.locale,
        found.read_at,
    )


def own_feed(volunteer_id: int) -> CalendarFeed | None:
    """Return the address of a volunteer's calendar, if there is a living one."""
    return db.session.scalar(
        select(CalendarFeed)
        .where(CalendarFeed.volunteer_id == volunteer_id, CalendarFeed.ended_at.is_(None))
        .order_by(CalendarFeed.id.desc())
        .limit(1)
    )


def place_feed(user_id: int, place_id: int) -> CalendarFeed | None:
    """Return someone's address of a place's calendar, if there is a living one."""
    return db.session.scalar(
        select(CalendarFeed)
        .where(
            CalendarFeed.user_id == user_id,
            CalendarFeed.place_id == place_id,
            CalendarFeed.ended_at.is_(None),
        )
        .order_by(CalendarFeed.id.desc())
        .limit(1)
    )


def own_items(volunteer_id: int, now: datetime) -> list[Item]:
    """Return a volunteer's shifts as they were told of them; one statement."""
    starts_at = func.coalesce(Assignment.told_starts_at, Shift.starts_at)
    rows = db.session.execute(
        select(
            Assignment.shift_id,
            Assignment.state,
            Assignment.told_at,
            Assignment.answered_at,
            Assignment.claimed_at,
            starts_at.label("starts_at"),
            func.coalesce(Assignment.told_ends_at, Shift.ends_at).label("ends_at"),
            Shift.state.label("shift_state"),
            Shift.version,
            Shift.paused_at.is_not(None).label("is_paused"),
            Patient.state.label("patient_state"),
            *_place_columns(),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == func.coalesce(Assignment.told_place_id, Shift.place_id))
        .outerjoin(Patient, Patient.id == Shift.patient_id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.told_at.is_not(None),
            starts_at > now - BACK,
            starts_at < now + AHEAD,
        )
        .order_by(starts_at, Assignment.shift_id)
        .limit(_MOST)
    )
    found = []
    for row in rows:
        changed_at = latest([row.answered_at, row.claimed_at], row.told_at)
        status = status_of(row.state, row.shift_state, is_paused=bool(row.is_paused))
        item = _item(row, status, changed_at)
        if is_listed(item, row.state, row.patient_state, now):
            found.append(item)
    return found


def place_items(place_id: int, now: datetime) -> list[Item]:
    """Return the shifts of a place, with how many come; one statement."""
    comes = case((Assignment.state.in_(COMING), 1), else_=0)
    people = (
        select(
            Assignment.shift_id,
            func.sum(comes).label("coming"),
            func.max(Assignment.placed_at).label("placed_at"),
            func.max(Assignment.told_at).label("told_at"),
            func.max(Assignment.answered_at).label("answered_at"),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Shift.place_id == place_id,
            Shift.starts_at > now - BACK,
            Shift.starts_at < now + AHEAD,
            Assignment.told_at.is_not(None),
        )
        .group_by(Assignment.shift_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Shift.id.label("shift_id"),
            Shift.starts_at,
            Shift.ends_at,
            Shift.state.label("shift_state"),
            Shift.version,
            Shift.created_at,
            Shift.minimum,
            Shift.wanted,
            func.coalesce(people.c.coming, 0).label("coming"),
            *(_instant(people.c[name]) for name in ("placed_at", "told_at", "answered_at")),
            *_place_columns(),
        )
        .join(Place, Place.id == Shift.place_id)
        .outerjoin(people, people.c.shift_id == Shift.id)
        .where(
            Shift.place_id == place_id,
            Shift.starts_at > now - BACK,
            Shift.starts_at < now + AHEAD,
            Shift.paused_at.is_(None),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(_MOST)
    )
    return [
        _item(
            row,
            _place_status(row),
            latest([row.placed_at, row.told_at, row.answered_at], row.created_at),
            coming=int(row.coming),
            wanted=row.wanted,
        )
        for row in rows
    ]


def _place_status(row: Any) -> Status:
    if row.shift_state is ShiftState.CANCELLED:
        return Status.CANCELLED
    return Status.CONFIRMED if row.coming >= row.minimum else Status.TENTATIVE


def _instant(column: Any) -> Any:
    # an aggregate within a subquery forgets on SQLite that it is an instant
    return type_coerce(column, UtcInstant()).label(column.name)


def _place_columns() -> list[Any]:
    return [
        Place.name.label("place_name"),
        Place.second_name.label("place_second_name"),
        Place.address,
        Place.phone,
        Place.timezone.label("zone"),
    ]


def _item(row: Any, status: Status, changed_at: datetime, **counts: int) -> Item:
    return Item(
        shift_id=row.shift_id,
        status=status,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        place_name=row.place_name,
        place_second_name=row.place_second_name,
        address=row.address,
        phone=row.phone,
        changed_at=changed_at,
        version=row.version,
        **counts,
    )


__all__ = ["Feed", "feed", "own_feed", "own_items", "place_feed", "place_items"]
