"""Making the dated shifts of weekly shifts, once each, and seating their standing volunteers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from hospice.core import clock
from hospice.core.db import db
from hospice.journal.models import Entry, EntryAbout
from hospice.shifts.models import Assignment, Shift, Standing, WeeklyShift
from hospice.shifts.queries import planning, stopping
from hospice.shifts.queries import standing as standing_queries
from hospice.shifts.rules import placing
from hospice.shifts.rules.pattern import occurrences, stands_on
from hospice.shifts.rules.placing import Held, Member, ShiftFacts
from hospice.shifts.rules.states import AssignmentState, Category, ShiftState
from hospice.shifts.rules.terms import NEEDS

WEEKS_AHEAD = 26

_SHIFT: Table = Shift.__table__  # type: ignore[assignment]
_ASSIGNMENT: Table = Assignment.__table__  # type: ignore[assignment]
_ENTRY: Table = Entry.__table__  # type: ignore[assignment]
_ABOUT: Table = EntryAbout.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class _Made:
    """A dated shift that this run made."""

    weekly_id: int
    occurrence_on: date
    facts: ShiftFacts


def generate(now: datetime, *, weeks: int = WEEKS_AHEAD, only: Sequence[int] | None = None) -> int:
    """Make the missing dates of every weekly shift and return how many were made.

    However often it runs, and in however many processes, a day of the pattern becomes a dated
    shift once: what was cancelled or moved stays as it is, because its row is still there.
    """
    since = now.date() - timedelta(days=1)  # yesterday in UTC may still be today somewhere
    growing = _of_visited(planning.growing(since, only))
    if not growing:
        return 0
    there = planning.made_since(since, only)
    no_visits = planning.days_without_visits(since)
    rows = [
        row
        for weekly in growing
        for row in _missing(weekly, there, no_visits, now=now, weeks=weeks)
    ]
    if not rows:
        return 0
    made = _insert(rows, {weekly.id: weekly for weekly in growing})
    planned = [one for one in made if one.facts.state is ShiftState.PLANNED]
    _seat_standing(planned, now)
    return len(made)


def _of_visited(growing: Sequence[WeeklyShift]) -> list[WeeklyShift]:
    """Leave out those whose patient is no longer visited, and keep the others so until the end.

    Otherwise a date made beside the record of a death would be neither seen nor paused by it.
    """
    ids = [one.patient_id for one in growing if one.patient_id is not None]
    visited = stopping.still_visited(ids)
    return [
        one
        for one in growing
        if one.patient_id is None or visited.get(one.patient_id) == one.place_id
    ]


def _missing(
    weekly: WeeklyShift,
    there: set[tuple[int, date]],
    no_visits: dict[date, str],
    *,
    now: datetime,
    weeks: int,
) -> list[dict[str, Any]]:
    zone = weekly.place.timezone
    today = clock.local(now, zone).date()
    days = occurrences(
        weekly.weekday,
        today,
        today + timedelta(weeks=weeks),
        starts_on=weekly.starts_on,
        ends_on=weekly.ends_on,
    )
    rows = []
    for day in days:
        starts_at, ends_at = clock.span(day, weekly.starts, weekly.ends, zone)
        if (weekly.id, day) in there or starts_at <= now:
            continue
        cancelled = day in no_visits
        rows.append(
            {
                "weekly_shift_id": weekly.id,
                "occurrence_on": day,
                "local_day": day,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "place_id": weekly.place_id,
                "state": ShiftState.CANCELLED if cancelled else ShiftState.PLANNED,
                "cancel_reason": no_visits.get(day, ""),
                "created_at": now,
                "taken": 0,
                **{name: getattr(weekly, name) for name in NEEDS},
            }
        )
    return rows


def _insert(rows: list[dict[str, Any]], patterns: dict[int, WeeklyShift]) -> list[_Made]:
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    adding = (
        dialect.insert(_SHIFT)
        .on_conflict_do_nothing(index_elements=["weekly_shift_id", "occurrence_on"])
        .returning(
            _SHIFT.c.id,
            _SHIFT.c.weekly_shift_id,
            _SHIFT.c.occurrence_on,
            _SHIFT.c.starts_at,
            _SHIFT.c.ends_at,
            _SHIFT.c.state,
        )
    )
    return [
        _Made(
            row.weekly_shift_id,
            row.occurrence_on,
            _facts(row, patterns[row.weekly_shift_id]),
        )
        for row in db.session.execute(adding, rows)
    ]


def _facts(row: Any, weekly: WeeklyShift) -> ShiftFacts:
    return ShiftFacts(
        id=row.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        local_day=row.occurrence_on,
        place_id=weekly.place_id,
        place_name=weekly.place.name,
        state=row.state,
        wanted=weekly.wanted,
        taken=0,
        needs_gender=weekly.needs_gender,
        patient_id=weekly.patient_id,
        is_at_bedside=weekly.category is Category.DIRECT,
    )


# --- standing volunteers --------------------------------------------------------------------------


def _seat_standing(made: list[_Made], now: datetime) -> None:
    """Place the standing volunteers of new dates as drafts, never more than are wanted.

    Nobody is placed against a hard objection; the coordinator sees the open place instead.
    """
    weekly_ids = sorted({one.weekly_id for one in made})
    if not weekly_ids:
        return
    days = [one.occurrence_on for one in made]
    standing = standing_queries.standing_in(weekly_ids, min(days))
    if not standing:
        return
    by_weekly: dict[int, list[Standing]] = defaultdict(list)
    for one in standing:
        by_weekly[one.weekly_shift_id].append(one)
    people = standing_queries.people([one.volunteer for one in standing], min(days), max(days))
    seats: list[tuple[_Made, Standing, bool]] = []
    for date_made in sorted(made, key=lambda one: (one.facts.starts_at, one.facts.id)):
        in_order = sorted(
            by_weekly[date_made.weekly_id], key=lambda one: (not one.is_leader, one.id)
        )
        for one, is_leader in _willing(date_made, in_order, people, now):
            seats.append((date_made, one, is_leader))
    _write_seats(seats, now)


def _willing(
    made: _Made, standing: Sequence[Standing], people: standing_queries.People, now: datetime
) -> list[tuple[Standing, bool]]:
    team: list[Member] = []
    found: list[tuple[Standing, bool]] = []
    for one in standing:
        day = made.occurrence_on
        if one.ends_on is not None and day > one.ends_on:
            continue
        if not stands_on(one.cadence, one.starts_on, day):
            continue
        shift = replace(made.facts, taken=len(team))
        who = people.facts(one.volunteer_id, shift, team)
        if any(objection.hard for objection in placing.objections(shift, who, team, now)):
            continue
        has_leader = any(is_leader for _, is_leader in found)
        found.append((one, one.is_leader and not has_leader))
        team.append(people.member(one.volunteer_id))
        people.held[one.volunteer_id].append(
            Held(shift.id, shift.starts_at, shift.ends_at, shift.local_day, shift.place_name)
        )
    return found


def _write_seats(seats: list[tuple[_Made, Standing, bool]], now: datetime) -> None:
    if not seats:
        return
    db.session.execute(
        insert(_ASSIGNMENT),
        [
            {
                "shift_id": made.facts.id,
                "volunteer_id": one.volunteer_id,
                "state": AssignmentState.DRAFT,
                "is_leader": is_leader,
                "placed_at": now,
            }
            for made, one, is_leader in seats
        ],
    )
    taken: dict[int, int] = defaultdict(int)
    for made, _one, _is_leader in seats:
        taken[made.facts.id] += 1
    by_count: dict[int, list[int]] = defaultdict(list)
    for shift_id, count in taken.items():
        by_count[count].append(shift_id)
    for count, ids in by_count.items():
        # Nobody else can see these rows yet; the condition and the constraint stand all the same.
        db.session.execute(
            update(Shift)
            .where(Shift.id.in_(ids), Shift.taken + count <= Shift.wanted)
            .values(taken=Shift.taken + count)
            .execution_options(synchronize_session=False)
        )
    _write_journal(seats, now)


def _write_journal(seats: list[tuple[_Made, Standing, bool]], now: datetime) -> None:
    """Write one entry a standing place; two statements, however many there are."""
    dates: dict[int, list[_Made]] = defaultdict(list)
    standing = {one.id: one for _made, one, _is_leader in seats}
    for made, one, _is_leader in seats:
        dates[one.id].append(made)
    entries = [
        {
            "happened_at": now,
            "verb": "weekly_shift.seated",
            "facts": {
                "standing_id": key,
                "name": standing[key].volunteer.preferred_name,
                "place": made[0].facts.place_name,
                "count": len(made),
                "day": made[0].occurrence_on.isoformat(),
            },
        }
        for key, made in dates.items()
    ]
    written = db.session.execute(insert(_ENTRY).returning(_ENTRY.c.id, _ENTRY.c.facts), entries)
    about = []
    for entry_id, facts in written:
        one = standing[facts["standing_id"]]
        records = [
            ("volunteer", one.volunteer_id),
            ("weekly_shift", one.weekly_shift_id),
            *(("shift", made.facts.id) for made in dates[one.id]),
        ]
        about += [
            {"entry_id": entry_id, "record_kind": kind, "record_id": key} for kind, key in records
        ]
    db.session.execute(insert(_ABOUT), about)
