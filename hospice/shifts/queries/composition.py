"""Who holds places together on a shift, and which shifts were left short."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import contains_eager

from hospice.core.db import UtcInstant, db
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift, Shortfall
from hospice.shifts.queries.shifts import facts_of, member
from hospice.shifts.rules.composition import MINIMUM, Lack, shortfalls
from hospice.shifts.rules.placing import Member
from hospice.shifts.rules.states import HOLDING, ShiftState
from hospice.volunteers.models import Volunteer

SHOWN_WITHIN = timedelta(days=42)
MOST = 12


@dataclass(frozen=True)
class Short:
    """A shift to come that lacks something since a volunteer left it."""

    shift: Shift
    lacks: tuple[Lack, ...]
    since: datetime


def team(shift_id: int) -> list[Member]:
    """Return those who hold places on a shift now, as the rules want them."""
    return [
        member(one)
        for one in db.session.scalars(
            select(Volunteer)
            .join(Assignment, Assignment.volunteer_id == Volunteer.id)
            .where(Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING))
            .order_by(Assignment.placed_at, Assignment.id)
        )
    ]


def marks(shift_id: int) -> Sequence[Shortfall]:
    """Return what was written down about a shift."""
    return db.session.scalars(
        select(Shortfall)
        .where(Shortfall.shift_id == shift_id)
        .order_by(Shortfall.id)
        .execution_options(populate_existing=True)
    ).all()


def short(
    now: datetime,
    *,
    since: datetime | None = None,
    shift_ids: Sequence[int] | None = None,
    is_cover: bool = True,
    limit: int = MOST,
) -> list[Short]:
    """Return the shifts to come that still lack what they were left short of; one statement.

    Someone else may have come since: what the present people lack is looked at again. Without
    `is_cover` shifts that only lack people are left out: those who dropped out stand elsewhere.
    """
    values: dict[str, Any] = {"now": now, "until": now + SHOWN_WITHIN, "limit": limit * 20}
    if since is not None:
        values["since"] = since
    if shift_ids is not None:
        values["shift_ids"] = shift_ids
    wanted = _short(since is not None, shift_ids is not None, is_cover)
    shifts: dict[int, Shift] = {}
    kinds: dict[int, dict[str, datetime]] = defaultdict(dict)
    teams: dict[int, dict[int, Member]] = defaultdict(dict)
    for kind, noted_at, shift, volunteer in db.session.execute(wanted, values):
        shifts[shift.id] = shift
        kinds[shift.id][kind] = noted_at
        if volunteer is not None:
            teams[shift.id][volunteer.id] = member(volunteer)
    found = []
    for shift_id, shift in shifts.items():
        present = shortfalls(facts_of(shift), shift.minimum, list(teams[shift_id].values()))
        lacks = tuple(one for one in present if one.kind in kinds[shift_id])
        if lacks:
            latest = max(kinds[shift_id][one.kind] for one in lacks)
            found.append(Short(shift, lacks, latest))
    return found[:limit]


@cache
def _short(only_since: bool, only_some: bool, is_cover: bool) -> Select[*tuple[Any, ...]]:
    now, until, since = (bindparam(name, type_=UtcInstant()) for name in ("now", "until", "since"))
    marked = select(Shortfall.shift_id, Shortfall.kind, Shortfall.since)
    if only_since:
        marked = marked.where(Shortfall.since > since)
    if not is_cover:
        marked = marked.where(Shortfall.kind != MINIMUM)
    noted = marked.subquery()
    wanted = (
        select(noted.c.kind, noted.c.since, Shift, Volunteer)
        .join(Shift, Shift.id == noted.c.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .outerjoin(Assignment, and_(Assignment.shift_id == Shift.id, Assignment.state.in_(HOLDING)))
        .outerjoin(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(
            Shift.starts_at > now,
            Shift.starts_at < until,
            Shift.state == ShiftState.PLANNED,
            Shift.paused_at.is_(None),
        )
        .options(contains_eager(Shift.place))
        .order_by(Shift.starts_at, Shift.id)
        .limit(bindparam("limit"))
    )
    if only_some:
        wanted = wanted.where(Shift.id.in_(bindparam("shift_ids", expanding=True)))
    return wanted
