"""What volunteers do not know yet: the changes that a publish would tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from hospice.core.db import db
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState, ToldKind


@dataclass(frozen=True)
class Change:
    """One thing to tell one volunteer; shift, place and volunteer are loaded."""

    assignment: Assignment
    kind: ToldKind


def _moved() -> ColumnElement[bool]:
    return or_(
        Assignment.told_starts_at != Shift.starts_at,
        Assignment.told_ends_at != Shift.ends_at,
        Assignment.told_place_id != Shift.place_id,
    )


def is_unpublished() -> ColumnElement[bool]:
    """Return the condition (assignment joined to its shift) of a change nobody was told.

    Of a paused visit nothing new is told: it may never take place.
    """
    return or_(
        and_(Assignment.state == AssignmentState.DRAFT, Shift.paused_at.is_(None)),
        and_(
            Assignment.state.in_([AssignmentState.WAITING, AssignmentState.CONFIRMED]),
            Shift.paused_at.is_(None),
            Assignment.told_at.is_not(None),
            _moved(),
        ),
        and_(
            Assignment.state.in_([AssignmentState.REMOVED, AssignmentState.CANCELLED]),
            Assignment.told_at.is_not(None),
            Assignment.told_kind != ToldKind.CANCELLED,
        ),
    )


def within(
    first: date,
    last: date,
    now: datetime,
    *,
    place_ids: Sequence[int] | None = None,
    shift_ids: Sequence[int] | None = None,
) -> list[ColumnElement[bool]]:
    """Return the conditions of shifts still to come within some days."""
    found: list[Any] = [Shift.local_day.between(first, last), Shift.starts_at > now]
    if place_ids is not None:
        found.append(Shift.place_id.in_(place_ids))
    if shift_ids is not None:
        found.append(Shift.id.in_(shift_ids))
    return found


def changes(conditions: Sequence[ColumnElement[bool]]) -> list[Change]:
    """Return what a publish would tell, by day and place; `conditions` as from `within`."""
    rows = db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(is_unpublished(), *conditions)
        .options(
            joinedload(Assignment.volunteer),
            joinedload(Assignment.shift).joinedload(Shift.place),
        )
        .order_by(Shift.starts_at, Shift.place_id, Assignment.id)
    ).all()
    return [Change(row, kind_of(row)) for row in rows]


def count(conditions: Sequence[ColumnElement[bool]]) -> int:
    """Return how many changes there are."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(is_unpublished(), *conditions)
        )
        or 0
    )


def kind_of(row: Assignment) -> ToldKind:
    """Return what a publish would say about an assignment that is unpublished."""
    if row.state in {AssignmentState.REMOVED, AssignmentState.CANCELLED}:
        return ToldKind.CANCELLED
    if row.told_at is None or row.told_kind is ToldKind.CANCELLED:
        return ToldKind.NEW
    return ToldKind.CHANGED
