"""Giving volunteers a standing place in a weekly shift, changing it, and taking it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import placing
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import Assignment, Shift, Standing, WeeklyShift
from hospice.shifts.queries import planning
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries import standing as queries
from hospice.shifts.rules.pattern import stands_on
from hospice.shifts.rules.states import HOLDING, AnsweredBy, AssignmentState, Cadence


@dataclass(frozen=True)
class Place:
    """How a standing place is asked for."""

    cadence: Cadence
    starts_on: date
    ends_on: date | None = None
    is_leader: bool = False

    def holds(self, day: date | None) -> bool:
        """Tell whether it covers a day of the weekly shift."""
        if day is None or (self.ends_on is not None and day > self.ends_on):
            return False
        return stands_on(self.cadence, self.starts_on, day)


@dataclass
class Filled:
    """What a standing place came to on the dates that were there already."""

    placed: list[date] = field(default_factory=list)
    removed: list[date] = field(default_factory=list)
    left_out: list[tuple[date, Objection]] = field(default_factory=list)
    told: list[date] = field(default_factory=list)  # stays: they know of it


def add(
    weekly_id: int,
    volunteer_id: int,
    place: Place,
    *,
    fill: bool,
    reason: str,
    by: User | None,
    now: datetime,
) -> Filled:
    """Give a volunteer a standing place; with `fill` also on the dates made already, as drafts.

    `reason` is kept with what was softly objected to. Raise Refused, or Missing for someone who
    may not visit there.
    """
    weekly = planning.locked(weekly_id)
    if volunteer_id not in {one.id for one in queries.volunteers_to_choose(weekly.place_id)}:
        raise Missing
    _refuse(weekly, volunteer_id, place, now)
    made = Standing(weekly_shift_id=weekly.id, volunteer_id=volunteer_id)
    _write(made, place)
    db.session.add(made)
    db.session.flush()
    db.session.refresh(made, ["volunteer"])
    _record("weekly_shift.stands", weekly, made, by=by, now=now)
    filled = Filled()
    if fill:
        _fill(weekly, made, filled, reason=reason, by=by, now=now)
    return filled


def change(
    standing_id: int,
    weekly_id: int,
    place: Place,
    *,
    fill: bool,
    reason: str,
    by: User | None,
    now: datetime,
) -> Filled:
    """Change how often and how long someone stands.

    Drafts on days that they no longer stand are taken back; who was told keeps the place.
    """
    weekly = planning.locked(weekly_id)
    standing = queries.standing(standing_id, weekly_id)
    was = place_of(standing)
    if place == was and not fill:
        return Filled()
    _refuse(weekly, standing.volunteer_id, place, now, but=standing.id)
    _write(standing, place)
    db.session.flush()
    if place != was:
        _record("weekly_shift.stands", weekly, standing, by=by, now=now)
    filled = Filled()
    drafts = queries.drafts_of(weekly.id, standing.volunteer_id, _today(weekly, now))
    _take_back(
        [
            one
            for one in drafts
            if was.holds(one.shift.occurrence_on) and not place.holds(one.shift.occurrence_on)
        ],
        filled,
        by=by,
        now=now,
    )
    if fill:
        _fill(weekly, standing, filled, reason=reason, by=by, now=now)
    return filled


def remove(standing_id: int, weekly_id: int, *, by: User | None, now: datetime) -> Filled:
    """End a standing place: drafts are taken back, dates they were told of stay as they are."""
    weekly = planning.locked(weekly_id)
    standing = queries.standing(standing_id, weekly_id)
    was = place_of(standing)
    today = _today(weekly, now)
    standing.ends_on = today - timedelta(days=1)
    db.session.flush()
    _record("weekly_shift.stands_no_more", weekly, standing, by=by, now=now)
    filled = Filled()
    drafts = queries.drafts_of(weekly.id, standing.volunteer_id, today)
    _take_back(
        [one for one in drafts if was.holds(one.shift.occurrence_on)], filled, by=by, now=now
    )
    dates = [one for one in queries.dates_of(weekly.id, today) if one.starts_at > now]
    rows = queries.rows_of(standing.volunteer_id, [one.id for one in dates])
    filled.told = [one.local_day for one in dates if rows.get(one.id) in HOLDING]
    return filled


def come_back(volunteer_id: int, first: date, last: date, *, since: datetime, now: datetime) -> int:
    """Take up the standing places of some days again, where they are free; return how many.

    For days away that are taken back: what was given up for them (`since` they were entered) is
    theirs again as before; what nobody had told them of is a draft again.
    """
    back = 0
    for standing in queries.standing_by(volunteer_id, first):
        place = place_of(standing)
        dates = [
            one
            for one in queries.dates_of(standing.weekly_shift_id, first)
            if one.starts_at > now
            and first <= one.local_day <= last
            and place.holds(one.occurrence_on)
        ]
        for one in dates:
            row = queries.row_on(volunteer_id, one.id)
            try:
                if row is None or (row.told_at is None and row.state not in HOLDING):
                    placing.assign(
                        one,
                        volunteer_id,
                        by=None,
                        now=now,
                        accepting="standing",
                        is_leader=place.is_leader and not _has_leader(one),
                        watch=Watch(),
                    )
                elif row.state is AssignmentState.DECLINED and _gave_up(row, since):
                    placing.answer(row, comes=True, how=AnsweredBy.APP, now=now, by=None)
                else:
                    continue
            except Refused:
                continue  # someone else has it now, or something stands against it
            back += 1
    return back


def _gave_up(row: Assignment, since: datetime) -> bool:
    """Tell whether a place was given up for days away, not by an answer of its own."""
    return row.answered_at is not None and row.answered_at >= since and not row.reason


def place_of(standing: Standing) -> Place:
    """Return a standing place as it was asked for."""
    return Place(standing.cadence, standing.starts_on, standing.ends_on, standing.is_leader)


def _write(standing: Standing, place: Place) -> None:
    standing.cadence = place.cadence
    standing.starts_on = place.starts_on
    standing.ends_on = place.ends_on
    standing.is_leader = place.is_leader


def _refuse(
    weekly: WeeklyShift,
    volunteer_id: int,
    place: Place,
    now: datetime,
    *,
    but: int | None = None,
) -> None:
    found = []
    if place.ends_on is not None and place.ends_on < place.starts_on:
        facts: dict[str, object] = {"day": place.starts_on}
        found.append(Objection("ends_before_start", facts=facts, field="ends_on"))
    elif place.ends_on is not None and place.ends_on < _today(weekly, now):
        found.append(Objection("day_passed", field="ends_on"))
    for other in queries.standing_of(weekly.id, since=place.starts_on):
        if other.volunteer_id != volunteer_id or other.id == but:
            continue
        if place.ends_on is None or other.starts_on <= place.ends_on:
            found.append(
                Objection(
                    "already_standing",
                    facts={"who": other.volunteer.preferred_name},
                    field="volunteer_id",
                )
            )
            break
    if found:
        raise Refused(found)


def _fill(
    weekly: WeeklyShift,
    standing: Standing,
    filled: Filled,
    *,
    reason: str,
    by: User | None,
    now: datetime,
) -> None:
    place = place_of(standing)
    since = max(place.starts_on, _today(weekly, now))
    dates = [
        one
        for one in queries.dates_of(weekly.id, since)
        if one.starts_at > now and place.holds(one.occurrence_on)
    ]
    rows = queries.rows_of(standing.volunteer_id, [one.id for one in dates])
    watch = Watch()  # not a step on the board: the standing place itself would stay
    for one in dates:
        if rows.get(one.id) in HOLDING:
            continue
        if rows.get(one.id) is AssignmentState.DECLINED:
            filled.left_out.append((one.local_day, Objection("said_no")))
            continue
        try:
            placing.assign(
                one,
                standing.volunteer_id,
                by=by,
                now=now,
                accepting=reason,
                is_leader=place.is_leader and not _has_leader(one),
                watch=watch,
            )
        except Refused as refusal:
            filled.left_out.append((one.local_day, refusal.objections[0]))
        else:
            filled.placed.append(one.local_day)


def _has_leader(shift: Shift) -> bool:
    return any(
        one.is_leader and one.state in HOLDING for one in shift_queries.assignments_on(shift.id)
    )


def _take_back(
    drafts: Iterable[Assignment], filled: Filled, *, by: User | None, now: datetime
) -> None:
    watch = Watch()
    for one in drafts:
        if one.shift.starts_at > now:
            placing.remove(one, by=by, now=now, watch=watch)
            filled.removed.append(one.shift.local_day)


def _today(weekly: WeeklyShift, now: datetime) -> date:
    return clock.local(now, weekly.place.timezone).date()


def _record(
    verb: str, weekly: WeeklyShift, standing: Standing, *, by: User | None, now: datetime
) -> None:
    about: Sequence[tuple[str, int]] = [
        ("weekly_shift", weekly.id),
        ("volunteer", standing.volunteer_id),
    ]
    journal.record(
        verb,
        about=about,
        by=by,
        now=now,
        name=standing.volunteer.preferred_name,
        place=weekly.place.name,
        cadence=standing.cadence,
        day=standing.starts_on,
        until=standing.ends_on,
    )


__all__ = ["Filled", "Place", "add", "change", "place_of", "remove"]
