"""A volunteer's own shifts, the questions put to them, and the open places they could take."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import contains_eager, joinedload

from hospice.accounts import queries as accounts
from hospice.accounts.queries import hashed
from hospice.core.db import UtcInstant, db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.shifts.models import AnswerLink, Assignment, Claim, Offer, Shift
from hospice.shifts.queries.stopping import is_said_off
from hospice.shifts.rules.mine import ASKABLE, COMING, SEEN, Answerer, Companion, MyShift
from hospice.shifts.rules.states import AssignmentState, ClaimState, OfferState, ShiftState
from hospice.volunteers.models import Clearance, Volunteer

MOST = 40
OPEN_AHEAD = timedelta(weeks=8)


class Came(NamedTuple):
    """What is known of someone's coming, as columns beside their assignment."""

    arrived_at: Any
    left_at: Any
    tapped_at: Any  # when they tapped last, which may have been a slip
    is_absent: Any


def volunteer_id_of(user_id: int) -> int:
    """Return the volunteer who signs in as a user; raise Missing."""
    found = db.session.scalar(select(Volunteer.id).where(Volunteer.user_id == user_id))
    if found is None:
        raise Missing
    return found


def my_shifts(
    volunteer_id: int,
    *,
    since: datetime,
    noted: ColumnElement[bool] | None = None,
    came: Came | None = None,
) -> list[MyShift]:
    """Return what a volunteer was told of or is asked, from a moment on, soonest first.

    Times and place are those they were told: nothing reaches a volunteer until it is published.
    `noted` is the condition, on Assignment, that its visit note is sent, and `came` what is known
    of their coming. One statement.
    """
    return _found(_all(noted, came), {"volunteer_id": volunteer_id, "since": since})


def my_shift(
    volunteer_id: int,
    shift_id: int,
    *,
    noted: ColumnElement[bool] | None = None,
    came: Came | None = None,
) -> MyShift:
    """Return one shift as its volunteer knows it; raise Missing."""
    found = _found(_one(noted, came), {"volunteer_id": volunteer_id, "shift_id": shift_id})
    if not found:
        raise Missing
    return found[0]


def _found(statement: CompoundSelect[Any], values: dict[str, object]) -> list[MyShift]:
    found: dict[int, MyShift] = {}
    hospice = accounts.hospice()
    opens_before = timedelta(minutes=hospice.check_in_before_minutes if hospice else 60)
    for row in db.session.execute(statement, values):
        made = _mine(row, opens_before)
        # Someone who took the place they were asked for is on the shift: that is what counts.
        # A question can be answered at once, a wish of their own only by a coordinator.
        if made.shift_id not in found or _weight(made) > _weight(found[made.shift_id]):
            found[made.shift_id] = made
    return list(found.values())


def _weight(one: MyShift) -> int:
    return 2 if one.assignment_id is not None else 1 if one.answer_by is None else 0


# Putting these statements together costs more than running them; they never change.
@cache
def _all(noted: ColumnElement[bool] | None, came: Came | None) -> CompoundSelect[Any]:
    since = bindparam("since", type_=UtcInstant())
    told = _told(noted, came).where(_told_ends_at() > since)
    asked = _asked().where(Shift.starts_at > since)
    wished = _wished().where(Shift.starts_at > since)
    return told.union_all(asked, wished).order_by("starts_at", "shift_id").limit(MOST)


@cache
def _one(noted: ColumnElement[bool] | None, came: Came | None) -> CompoundSelect[Any]:
    shift_id = bindparam("shift_id", type_=Integer())
    told = _told(noted, came).where(Assignment.shift_id == shift_id)
    asked = _asked().where(Offer.shift_id == shift_id)
    wished = _wished().where(Claim.shift_id == shift_id)
    return told.union_all(asked, wished).order_by("starts_at", "shift_id").limit(MOST)


def _told_ends_at() -> ColumnElement[datetime]:
    return func.coalesce(Assignment.told_ends_at, Shift.ends_at)


def _told(noted: ColumnElement[bool] | None, came: Came | None) -> Select[Any]:
    return (
        select(
            Shift.id.label("shift_id"),
            Assignment.id.label("assignment_id"),
            type_coerce(Assignment.state, String).label("state"),
            type_coerce(null(), String).label("offer_state"),
            func.coalesce(Assignment.told_starts_at, Shift.starts_at).label("starts_at"),
            _told_ends_at().label("ends_at"),
            Assignment.is_leader.label("is_leader"),
            (false() if noted is None else noted).label("is_noted"),
            *_shift_columns(claimed_at=Assignment.claimed_at, came=came, said_off=is_said_off()),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == func.coalesce(Assignment.told_place_id, Shift.place_id))
        .where(
            Assignment.volunteer_id == bindparam("volunteer_id", type_=Integer()),
            Assignment.told_at.is_not(None),
            Assignment.state.in_(SEEN),
        )
    )


def _asked() -> Select[Any]:
    return (
        select(
            Shift.id.label("shift_id"),
            type_coerce(null(), Integer).label("assignment_id"),
            type_coerce(null(), String).label("state"),
            type_coerce(Offer.state, String).label("offer_state"),
            type_coerce(Shift.starts_at, UtcInstant()).label("starts_at"),
            type_coerce(Shift.ends_at, UtcInstant()).label("ends_at"),
            false().label("is_leader"),
            false().label("is_noted"),
            *_shift_columns(),
        )
        .join(Shift, Shift.id == Offer.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Offer.volunteer_id == bindparam("volunteer_id", type_=Integer()),
            Offer.state.in_(ASKABLE),
        )
    )


def _wished() -> Select[Any]:
    return (
        select(
            Shift.id.label("shift_id"),
            type_coerce(null(), Integer).label("assignment_id"),
            type_coerce(null(), String).label("state"),
            type_coerce(null(), String).label("offer_state"),
            type_coerce(Shift.starts_at, UtcInstant()).label("starts_at"),
            type_coerce(Shift.ends_at, UtcInstant()).label("ends_at"),
            false().label("is_leader"),
            false().label("is_noted"),
            *_shift_columns(answer_by=Claim.answer_by),
        )
        .join(Shift, Shift.id == Claim.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Claim.volunteer_id == bindparam("volunteer_id", type_=Integer()),
            Claim.state == ClaimState.ASKED,
        )
    )


def _shift_columns(
    *,
    claimed_at: Any = None,
    answer_by: Any = None,
    came: Came | None = None,
    said_off: ColumnElement[bool] | None = None,
) -> list[Any]:
    # Cast: PostgreSQL takes an empty column of two joined selects for text.
    nothing = cast(null(), UtcInstant())
    return [
        (nothing if claimed_at is None else claimed_at).label("claimed_at"),
        (nothing if answer_by is None else answer_by).label("answer_by"),
        (nothing if came is None else came.arrived_at).label("arrived_at"),
        (nothing if came is None else came.left_at).label("left_at"),
        (nothing if came is None else came.tapped_at).label("tapped_at"),
        (false() if came is None else came.is_absent).label("is_absent"),
        (Shift.taken + Shift.held < Shift.wanted).label("has_room"),
        Shift.state.label("shift_state"),
        Shift.paused_at.is_not(None).label("is_paused"),
        (false() if said_off is None else said_off).label("is_said_off"),
        Shift.briefing,
        Shift.cancel_reason,
        Shift.version,
        Place.name.label("place_name"),
        Place.second_name.label("place_second_name"),
        Place.address,
        Place.directions,
        Place.phone,
        Place.timezone.label("zone"),
    ]


def _mine(row: Any, opens_before: timedelta) -> MyShift:
    values = dict(row._mapping)
    values["state"] = AssignmentState(row.state) if row.state else None
    values["offer_state"] = OfferState(row.offer_state) if row.offer_state else None
    for name in ("has_room", "is_leader", "is_noted", "is_absent", "is_paused", "is_said_off"):
        values[name] = bool(values[name])
    return MyShift(**values, opens_before=opens_before)


def companions(shift_id: int, *, but: int) -> list[Companion]:
    """Return who else comes to a shift and knows it, the leader first."""
    rows = db.session.execute(_companions(), {"shift_id": shift_id, "but": but})
    return [Companion(name, is_leader) for name, is_leader in rows]


@cache
def _companions() -> Select[str, bool]:
    return (
        select(Volunteer.preferred_name, Assignment.is_leader)
        .join(Assignment, Assignment.volunteer_id == Volunteer.id)
        .where(
            Assignment.shift_id == bindparam("shift_id", type_=Integer()),
            Assignment.volunteer_id != bindparam("but", type_=Integer()),
            Assignment.told_at.is_not(None),
            Assignment.state.in_(COMING),
        )
        .order_by(Assignment.is_leader.desc(), Volunteer.sort_key, Volunteer.id)
    )


def told_assignment(volunteer_id: int, shift_id: int) -> Assignment:
    """Return a volunteer's own assignment they were told of, to act on; raise Missing."""
    found = db.session.scalar(
        select(Assignment)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.shift_id == shift_id,
            Assignment.told_at.is_not(None),
            Assignment.state.in_(SEEN),
        )
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def asked_offer(volunteer_id: int, shift_id: int) -> Offer:
    """Return the question put to a volunteer about a shift, to act on; raise Missing."""
    found = db.session.scalar(
        select(Offer)
        .where(Offer.volunteer_id == volunteer_id, Offer.shift_id == shift_id)
        .options(joinedload(Offer.volunteer), joinedload(Offer.shift).joinedload(Shift.place))
        .execution_options(populate_existing=True)
    )
    if found is None or found.state is OfferState.WITHDRAWN:
        raise Missing
    return found


def open_shifts(volunteer_id: int, now: datetime, *, limit: int = 60) -> Sequence[Shift]:
    """Return shifts with a free place in the coming weeks that a volunteer could be on.

    Where they are cleared; not those they are on, said that they can't come to, or asked for.
    """
    is_cleared = Shift.place_id.in_(
        select(Clearance.place_id).where(Clearance.volunteer_id == volunteer_id)
    )
    on_it = and_(
        Assignment.shift_id == Shift.id,
        Assignment.volunteer_id == volunteer_id,
        or_(
            Assignment.state.in_(COMING),
            Assignment.state.in_([AssignmentState.DRAFT, AssignmentState.DECLINED]),
        ),
    )
    wished = and_(
        Claim.shift_id == Shift.id,
        Claim.volunteer_id == volunteer_id,
        Claim.state == ClaimState.ASKED,
    )
    return db.session.scalars(
        select(Shift)
        .join(Place, Place.id == Shift.place_id)
        .where(
            Shift.starts_at > now,
            Shift.starts_at < now + OPEN_AHEAD,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
            or_(Shift.patient_id.is_(None), _is_visited()),
            Shift.taken + Shift.held < Shift.wanted,
            is_cleared,
            ~select(literal(1)).where(on_it).exists(),
            ~select(literal(1)).where(wished).exists(),
        )
        .options(contains_eager(Shift.place))
        .order_by(Shift.starts_at, Place.position, Place.name, Shift.id)
        .limit(limit)
    ).all()


def _is_visited() -> ColumnElement[bool]:
    """Return the condition that the one a visit is planned for is still visited."""
    return (
        select(literal(1))
        .where(Patient.id == Shift.patient_id, Patient.state == PatientState.ACTIVE)
        .exists()
    )


def open_shift_exists(shift_id: int) -> bool:
    """Tell whether there is a shift of this number."""
    return db.session.get(Shift, shift_id) is not None


def is_issued(token: str) -> bool:
    """Tell whether an answer link works already."""
    return bool(
        db.session.scalar(
            select(func.count())
            .select_from(AnswerLink)
            .where(AnswerLink.token_hash == hashed(token))
        )
    )


def answerer(token: str) -> Answerer | None:
    """Return whom an answer link belongs to; None when there is no such link."""
    row = db.session.execute(
        select(AnswerLink.shift_id, AnswerLink.volunteer_id, Volunteer.locale)
        .join(Volunteer, Volunteer.id == AnswerLink.volunteer_id)
        .where(AnswerLink.token_hash == hashed(token))
    ).one_or_none()
    if row is None:
        return None
    try:
        mine = my_shift(row.volunteer_id, row.shift_id)
    except Missing:
        mine = None
    return Answerer(row.volunteer_id, row.shift_id, row.locale, mine)


__all__ = [
    "answerer",
    "asked_offer",
    "companions",
    "is_issued",
    "my_shift",
    "my_shifts",
    "open_shift_exists",
    "open_shifts",
    "told_assignment",
    "volunteer_id_of",
]
