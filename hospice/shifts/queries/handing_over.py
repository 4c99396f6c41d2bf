"""What telling about kept places and swaps needs to know, within windows that never widen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.places.rules import full_name
from hospice.reminders.models import Message
from hospice.reminders.queries.states import is_in
from hospice.reminders.rules import UNDO_WINDOW, MessageState
from hospice.shifts.models import Assignment, Shift, Swap, SwapAsk, WaitingPlace
from hospice.shifts.queries.notices import (
    LOOK_BACK,
    occasion_columns,
    occasion_in,
    person_columns,
    person_in,
)
from hospice.shifts.rules.states import (
    AssignmentState,
    ShiftState,
    SwapAskState,
    SwapState,
    WaitingState,
)
from hospice.shifts.rules.telling import Occasion, Person
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState

MOST = 500


@dataclass(frozen=True)
class Kept:
    """Someone of a waiting list for whom a place is kept, or was."""

    entry_id: int
    state: WaitingState
    offered_at: datetime | None
    offered_times: int
    answer_by: datetime | None
    settled_at: datetime | None
    person: Person
    occasion: Occasion


@dataclass(frozen=True)
class Turn:
    """One question of a swap: to whom it is put, and whose place it is about."""

    ask_id: int
    swap_id: int
    state: SwapState
    ask_state: SwapAskState
    assignment_state: AssignmentState
    made_at: datetime
    settled_at: datetime | None
    answered_at: datetime | None
    in_return_id: int | None
    taker: Person
    giver: Person
    occasion: Occasion
    other: dict[str, object] | None  # when and where of what would be given in return


def kept(now: datetime) -> list[Kept]:
    """Return the offers of late, and those that the office took back after they were told."""
    key = (
        literal("waiting_offered:")
        + cast(WaitingPlace.id, String)
        + ":"
        + cast(WaitingPlace.offered_times, String)
    )
    return _kept(
        or_(
            and_(
                WaitingPlace.state == WaitingState.OFFERED,
                WaitingPlace.offered_at <= now - UNDO_WINDOW,
            ),
            and_(
                WaitingPlace.state == WaitingState.WITHDRAWN,
                WaitingPlace.settled_at > now - LOOK_BACK,
                WaitingPlace.offered_times > 0,
                _went(key),
            ),
        ),
        Shift.starts_at > now,
    )


def kept_entries(entry_ids: Sequence[int]) -> list[Kept]:
    """Return some entries, whatever their state."""
    return _kept(WaitingPlace.id.in_(entry_ids)) if entry_ids else []


def _went(key: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a letter reached the volunteer."""
    return (
        select(literal(1))
        .where(Message.key == key, is_in(MessageState.SENT, MessageState.PHONED))
        .exists()
    )


def _kept(*conditions: ColumnElement[bool]) -> list[Kept]:
    rows = db.session.execute(
        select(
            WaitingPlace.id.label("entry_id"),
            WaitingPlace.state,
            WaitingPlace.offered_at,
            WaitingPlace.offered_times,
            WaitingPlace.answer_by,
            WaitingPlace.settled_at,
            Shift.starts_at,
            Shift.ends_at,
            *person_columns(),
            *occasion_columns(),
        )
        .join(Shift, Shift.id == WaitingPlace.shift_id)
        .join(Volunteer, Volunteer.id == WaitingPlace.volunteer_id)
        .join(Place, Place.id == Shift.place_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
        .where(*conditions)
        .order_by(WaitingPlace.id)
        .limit(MOST)
    )
    return [
        Kept(
            row.entry_id,
            row.state,
            row.offered_at,
            row.offered_times,
            row.answer_by,
            row.settled_at,
            person_in(row),
            occasion_in(row),
        )
        for row in rows
    ]


def turns(now: datetime) -> list[Turn]:
    """Return the open swaps of late, and those that ended within the last days."""
    return _turns(
        or_(
            and_(Swap.state == SwapState.OPEN, Swap.made_at > now - LOOK_BACK),
            Swap.settled_at > now - LOOK_BACK,
        ),
        Shift.starts_at > now,
        Shift.state == ShiftState.PLANNED,
        Volunteer.state != VolunteerState.LEFT,
    )


def turns_of(ask_ids: Sequence[int]) -> list[Turn]:
    """Return some questions, whatever became of them."""
    return _turns(SwapAsk.id.in_(ask_ids)) if ask_ids else []


def told(ask_ids: Sequence[int]) -> set[int]:
    """Return those of some questions that reached whom they were put to."""
    keys = {f"swap_asked:{one}": one for one in ask_ids}
    found = db.session.scalars(
        select(Message.key).where(
            Message.key.in_(list(keys)),
            is_in(MessageState.SENT, MessageState.PHONED),
        )
    )
    return {keys[key] for key in found}


def _turns(*conditions: ColumnElement[bool]) -> list[Turn]:
    giver, giver_user = aliased(Volunteer), aliased(User)
    back, back_shift, back_place = aliased(Assignment), aliased(Shift), aliased(Place)
    statement = (
        select(
            SwapAsk.id.label("ask_id"),
            Swap.id.label("swap_id"),
            Swap.state,
            SwapAsk.state.label("ask_state"),
            Assignment.state.label("assignment_state"),
            Swap.made_at,
            Swap.settled_at,
            SwapAsk.answered_at,
            SwapAsk.in_return_id,
            Shift.starts_at,
            Shift.ends_at,
            *person_columns(),
            *occasion_columns(),
            giver.id.label("giver_id"),
            giver.preferred_name.label("giver_name"),
            func.coalesce(func.nullif(giver.email, ""), giver_user.email, "").label(
                "giver_address"
            ),
            giver.locale.label("giver_locale"),
            giver.phone.label("giver_phone"),
            giver.state.label("giver_state"),
            back_shift.starts_at.label("back_starts_at"),
            back_shift.ends_at.label("back_ends_at"),
            back_place.name.label("back_name"),
            back_place.second_name.label("back_second"),
            back_place.timezone.label("back_zone"),
        )
        .select_from(SwapAsk)
        .join(Swap, Swap.id == SwapAsk.swap_id)
        .join(Assignment, Assignment.id == Swap.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == SwapAsk.volunteer_id)
        .join(giver, giver.id == Assignment.volunteer_id)
        .outerjoin(User, User.id == Volunteer.user_id)
        .outerjoin(giver_user, giver_user.id == giver.user_id)
        .outerjoin(Patient, Patient.id == Shift.patient_id)
        .outerjoin(back, back.id == SwapAsk.in_return_id)
        .outerjoin(back_shift, back_shift.id == back.shift_id)
        .outerjoin(back_place, back_place.id == back_shift.place_id)
        .where(*conditions)
        .order_by(SwapAsk.id)
        .limit(MOST)
    )
    return [_turn(row) for row in db.session.execute(statement)]


def _turn(row: Any) -> Turn:
    other: dict[str, object] | None = None
    if row.back_starts_at is not None:
        other = {
            "starts_at": row.back_starts_at.isoformat(),
            "ends_at": row.back_ends_at.isoformat(),
            "zone": row.back_zone,
            "place": full_name(row.back_name, row.back_second),
        }
    return Turn(
        ask_id=row.ask_id,
        swap_id=row.swap_id,
        state=row.state,
        ask_state=row.ask_state,
        assignment_state=row.assignment_state,
        made_at=row.made_at,
        settled_at=row.settled_at,
        answered_at=row.answered_at,
        in_return_id=row.in_return_id,
        taker=person_in(row),
        giver=Person(
            volunteer_id=row.giver_id,
            name=row.giver_name,
            address=row.giver_address,
            locale=row.giver_locale,
            phone=row.giver_phone,
            state=row.giver_state,
        ),
        occasion=occasion_in(row),
        other=other,
    )
