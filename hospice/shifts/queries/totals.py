"""The totals of the roster's days over all its pages, when not all of them are on the page."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, case, distinct, func, select

from hospice.core.db import db
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries.board import (
    PLANNED,
    TAKES_PLACE,
    Scope,
    is_uncovered,
    key_day,
    now_value,
    others,
    within,
)
from hospice.shifts.queries.unpublished import is_unpublished
from hospice.shifts.rules.roster import Show, Totals
from hospice.shifts.rules.states import AssignmentState


@dataclass(frozen=True)
class Summary:
    """The totals of each day, and how much there is around them."""

    days: dict[date, Totals]
    places: int  # rows of the board, over all its pages
    shifts: int  # rows of the list, over all its pages
    others: int  # shifts of these days outside the series


def summary(scope: Scope) -> Summary:
    """Return the totals of the days asked for; places and shifts are those of the counter."""
    statement = _summary(scope.is_series, scope.place_id is not None, scope.show)
    rows = db.session.execute(statement, scope.values()).all()
    found = {
        row.day: Totals(
            day=row.day,
            wanted=row.wanted,
            taken=row.taken,
            open=row.missing - row.cover,
            waiting=row.waiting,
            cover=row.cover,
            draft=row.draft,
            changes=row.changes,
            shifts=row.shifts,
        )
        for row in rows
    }
    if not rows:
        return Summary(found, 0, 0, 0)
    return Summary(found, rows[0].places, rows[0].matching, rows[0].others)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@cache
def _summary(is_series: bool, one_place: bool, show: Show | None) -> Select[Any]:
    here = (
        select(
            key_day(is_series).label("day"),
            Shift.place_id,
            case((TAKES_PLACE, Shift.wanted), else_=0).label("wanted"),
            case((TAKES_PLACE, Shift.taken), else_=0).label("taken"),
            case((PLANNED, 1), else_=0).label("planned"),
            case(
                (and_(TAKES_PLACE, Shift.ends_at > now_value()), Shift.wanted - Shift.taken),
                else_=0,
            ).label("missing"),
            _count(Assignment.state == AssignmentState.WAITING).label("waiting"),
            _count(Assignment.state == AssignmentState.DRAFT).label("draft"),
            _count(is_uncovered()).label("uncovered"),
            _count(and_(is_unpublished(), Shift.starts_at > now_value())).label("changes"),
        )
        .select_from(Shift)
        .outerjoin(Assignment, Assignment.shift_id == Shift.id)
        .where(within(is_series, one_place))
        .group_by(Shift.id)
        .cte("counted")
    )
    row = here.c
    cover = case((row.missing < row.uncovered, row.missing), else_=row.uncovered)
    wanted: dict[Show | None, Any] = {
        None: row.planned == 1,
        Show.OPEN: row.missing > row.uncovered,
        Show.COVER: and_(row.missing > 0, row.uncovered > 0),
        Show.WAITING: row.waiting > 0,
        Show.DRAFT: row.draft > 0,
    }
    matching = wanted[show]
    places = select(func.count(distinct(row.place_id))).where(matching).correlate(None)
    count = select(func.count()).select_from(here).where(matching).correlate(None)
    return select(
        row.day,
        func.sum(row.wanted).label("wanted"),
        func.sum(row.taken).label("taken"),
        func.sum(row.missing).label("missing"),
        func.sum(cover).label("cover"),
        func.sum(row.waiting).label("waiting"),
        func.sum(row.draft).label("draft"),
        func.sum(row.changes).label("changes"),
        func.sum(row.planned).label("shifts"),
        places.scalar_subquery().label("places"),
        count.scalar_subquery().label("matching"),
        others(is_series, one_place).label("others"),
    ).group_by(row.day)
