"""Carrying the dates of a weekly shift over to what it has become."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.shifts.actions import holds, seats
from hospice.shifts.models import Assignment, AssignmentPatient, Shift, WeeklyShift
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.rules.terms import NEEDS, Terms, follow


@dataclass
class Carried:
    """What became of the dates."""

    changed: list[Shift] = field(default_factory=list)
    moved: list[Shift] = field(default_factory=list)  # of those, with another time or place
    stayed: list[date] = field(default_factory=list)  # their new time would have passed


def carry(
    dates: Sequence[Shift],
    *,
    to: WeeklyShift,
    old: Terms,
    new: Terms,
    days: int,
    weekday: int,
    zones: Mapping[int, str],
    now: datetime,
    occupied: Collection[date] = frozenset(),
) -> Carried:
    """Let dates follow a change of their weekly shift from `old` to `new`, moved by some days.

    What was changed for one date alone stays, and so does everything about a date that has
    started or is cancelled; only the pattern's day that it stands for moves along. `weekday` is
    the old one, `occupied` the days of the pattern that have their dates already. Raise Refused
    when more people hold places on some date than would be wanted.
    """
    carried = Carried()
    full: list[Shift] = []
    relocated: list[int] = []
    movable = {one.occurrence_on for one in dates if _is_on(one.occurrence_on, weekday)}
    taken_days = set(occupied) - movable
    for one in dates:
        was = becomes = one.occurrence_on
        if was in movable and was is not None and was + timedelta(days=days) not in taken_days:
            becomes = was + timedelta(days=days)
        one.weekly_shift_id = to.id
        one.occurrence_on = becomes
        if one.starts_at <= now or one.state is ShiftState.CANCELLED:
            continue
        shown = shown_terms(one, old)
        then = follow(shown, old, new)
        if then.wanted < one.taken:
            full.append(one)
            continue
        follows_day = becomes is not None and one.local_day == was
        day = becomes if follows_day and becomes is not None else one.local_day
        zone = zones.get(then.place_id, one.place.timezone)
        is_moved = (day, then.starts, then.ends, zone) != (
            one.local_day,
            shown.starts,
            shown.ends,
            one.place.timezone,
        )
        if is_moved and clock.span(day, then.starts, then.ends, zone)[0] <= now:
            carried.stayed.append(one.local_day)
            continue
        if write(one, then, day, zone, is_moved=is_moved, now=now):
            carried.changed.append(one)
            if is_moved or then.place_id != shown.place_id:
                carried.moved.append(one)
            if (then.place_id, then.patient_id) != (shown.place_id, shown.patient_id):
                relocated.append(one.id)
    if full:
        raise Refused([too_few(full)])
    db.session.flush()
    forget_patients(relocated)
    return carried


def _is_on(day: date | None, weekday: int) -> bool:
    return day is not None and day.weekday() == weekday


def too_few(full: Sequence[Shift]) -> Objection:
    """Return the objection against wanting fewer people than hold places."""
    return Objection(
        "wanted_below_taken",
        facts={
            "days": sorted(one.local_day for one in full),
            "taken": max(one.taken for one in full),
        },
        field="wanted",
    )


def shown_terms(shift: Shift, pattern: Terms | None = None) -> Terms:
    """Return what a dated shift asks for, in local times; its place is loaded.

    A time equal to the pattern's is given as the pattern's, also on a day on which a change of
    the clock shows it otherwise.
    """
    zone = shift.place.timezone
    starts = clock.local(shift.starts_at, zone).time()
    ends = clock.local(shift.ends_at, zone).time()
    if pattern is not None:
        as_planned = clock.span(shift.local_day, pattern.starts, pattern.ends, zone)
        if as_planned == (shift.starts_at, shift.ends_at):
            starts, ends = pattern.starts, pattern.ends
    return Terms(
        place_id=shift.place_id,
        starts=starts,
        ends=ends,
        **{name: getattr(shift, name) for name in NEEDS},
    )


def write(
    shift: Shift, terms: Terms, day: date, zone: str, *, is_moved: bool, now: datetime
) -> bool:
    """Write terms to a dated shift and tell whether anything changed.

    The people on it keep their places; who was told something else is told anew by publishing.
    """
    values = {"place_id": terms.place_id, **terms.needs}
    if is_moved:
        starts_at, ends_at = clock.span(day, terms.starts, terms.ends, zone)
        values.update(local_day=day, starts_at=starts_at, ends_at=ends_at)
    differs = {name: value for name, value in values.items() if getattr(shift, name) != value}
    if terms.wanted < shift.taken + shift.held:
        holds.make_room(shift, terms.wanted, by=None, now=now)
    for name, value in differs.items():
        setattr(shift, name, value)
    if "wanted" in differs and shift.taken >= shift.wanted:
        seats.close_offers(shift.id, now)
    return bool(differs)


def forget_patients(shift_ids: Sequence[int]) -> None:
    """Forget whom volunteers were to see on shifts that went to another place.

    Otherwise their pages would go on showing a patient of the place they no longer visit.
    """
    if not shift_ids:
        return
    on_them = select(Assignment.id).where(Assignment.shift_id.in_(shift_ids))
    db.session.execute(
        delete(AssignmentPatient)
        .where(AssignmentPatient.assignment_id.in_(on_them))
        .execution_options(synchronize_session=False)
    )
