"""Changing a weekly shift: this and following, or all; the past never changes."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions.carrying import Carried, carry
from hospice.shifts.actions.generating import generate
from hospice.shifts.models import Standing, WeeklyShift
from hospice.shifts.queries import planning
from hospice.shifts.queries import standing as standing_queries
from hospice.shifts.queries.clashes import Clash, clashes
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.pattern import WEEK, first_on, moved_anchor
from hospice.shifts.rules.terms import Terms, differences, objections


@dataclass(frozen=True)
class Changed:
    """What a change of a weekly shift came to."""

    weekly: WeeklyShift | None
    dates: int = 0
    told: int = 0  # places on those dates whose people know of them
    stayed: tuple[date, ...] = ()  # dates whose new time would have passed
    clashes: tuple[Clash, ...] = ()  # who no longer fits where they are


def change_following(
    weekly_id: int,
    *,
    occurrence_on: date,
    terms: Terms,
    days: int = 0,
    seen_version: int | None,
    by: User | None,
    now: datetime,
) -> Changed:
    """Change a weekly shift from one of its days on; what lies before stays with the old one.

    `days` moves every date by as many days. Raise Refused, also when someone else saved since
    `seen_version`.
    """
    weekly = to_change(weekly_id, seen_version)
    # Someone may have moved the weekday since the day was chosen: the next one is meant then.
    occurrence_on = first_on(weekly.weekday, occurrence_on)
    _refuse_day(weekly, occurrence_on, now)
    if terms == terms_of(weekly) and days == 0:
        return Changed(weekly)
    _refuse_terms(weekly, occurrence_on, terms, days=days)
    if _is_the_first(weekly, occurrence_on, now):
        return _change_in_place(weekly, occurrence_on, terms, days=days, by=by, now=now)
    old_terms = terms_of(weekly)
    new = _split(weekly, occurrence_on, terms, days=days, now=now)
    carried = carry(
        planning.shifts_from(weekly.id, occurrence_on, now),
        to=new,
        old=old_terms,
        new=terms,
        days=days,
        weekday=weekly.weekday,
        zones=planning.zones([weekly.place_id, terms.place_id]),
        now=now,
    )
    _move_standing(weekly, occurrence_on, days=days, to=new)
    weekly.ends_on = occurrence_on - timedelta(days=1)
    db.session.flush()
    _record(weekly, new, old_terms, carried, days=days, since=occurrence_on, by=by, now=now)
    generate(now, only=[new.id])
    return _changed(new, carried, now)


def change_all(
    weekly_id: int,
    *,
    terms: Terms,
    days: int = 0,
    seen_version: int | None,
    by: User | None,
    now: datetime,
) -> Changed:
    """Change a weekly shift and all its dates that have not started; raise Refused."""
    weekly = to_change(weekly_id, seen_version)
    if terms == terms_of(weekly) and days == 0:
        return Changed(weekly)
    ahead = planning.days_ahead(weekly.id, now)
    first = min(ahead, default=first_open(weekly, now))
    _refuse_terms(weekly, first, terms, days=days)
    return _change_in_place(weekly, first, terms, days=days, by=by, now=now)


def first_open(weekly: WeeklyShift, now: datetime, since: date | None = None) -> date:
    """Return the first day of a pattern, from a day on, that has not started; place is loaded."""
    zone = weekly.place.timezone
    today = clock.local(now, zone).date()
    day = first_on(weekly.weekday, max(since or today, today, weekly.starts_on))
    return day if clock.instant(day, weekly.starts, zone) > now else day + WEEK


def to_change(weekly_id: int, seen_version: int | None) -> WeeklyShift:
    """Return a weekly shift, locked; raise Refused when someone else saved since a version."""
    weekly = planning.locked(weekly_id)
    if seen_version is not None and weekly.version != seen_version:
        raise Refused([Objection("stale")])
    return weekly


def _refuse_day(weekly: WeeklyShift, day: date, now: datetime) -> None:
    if weekly.ends_on is not None and day > weekly.ends_on:
        raise Refused([Objection("ended_before", facts={"on": weekly.ends_on}, field="from_day")])
    if day < first_open(weekly, now) and day not in planning.days_ahead(weekly.id, now):
        raise Refused([Objection("day_passed", field="from_day")])


def _is_the_first(weekly: WeeklyShift, day: date, now: datetime) -> bool:
    """Tell whether nothing of a weekly shift lies before a day: then there is nothing to split."""
    if day <= first_on(weekly.weekday, weekly.starts_on):
        return True
    return day <= first_open(weekly, now) and not planning.has_dates_before(weekly.id, day)


def _refuse_terms(weekly: WeeklyShift, first: date, terms: Terms, *, days: int) -> None:
    patient_at = planning.visited_at(terms.patient_id, holding=True)
    if terms.patient_id is not None and terms.patient_id == weekly.patient_id:
        # A weekly visit to someone on hold may be changed all the same; it makes no new dates.
        patient_at.setdefault(terms.patient_id, terms.place_id)
    found = objections(terms, patient_at=patient_at)
    weekday = (weekly.weekday + days) % 7
    was = (weekly.weekday, weekly.place_id, weekly.starts, weekly.ends, weekly.patient_id)
    becomes = (weekday, terms.place_id, terms.starts, terms.ends, terms.patient_id)
    if was != becomes and planning.is_planned_already(
        terms, weekday=weekday, starts_on=first, ends_on=weekly.ends_on, but=weekly.id
    ):
        facts: dict[str, object] = {"place": planning.place_name(terms.place_id)}
        found.append(Objection("already_weekly", facts=facts, field="place_id"))
    if found:
        raise Refused(found)


def _change_in_place(
    weekly: WeeklyShift,
    first: date,
    terms: Terms,
    *,
    days: int,
    by: User | None,
    now: datetime,
) -> Changed:
    old_terms = terms_of(weekly)
    carried = carry(
        planning.shifts_from(weekly.id, first if days else None, now),
        to=weekly,
        old=old_terms,
        new=terms,
        days=days,
        weekday=weekly.weekday,
        zones=planning.zones([weekly.place_id, terms.place_id]),
        now=now,
        occupied=planning.occurrence_days(weekly.id) if days else frozenset(),
    )
    for name, value in asdict(terms).items():
        setattr(weekly, name, value)
    if days:
        _move_standing(weekly, first, days=days, to=weekly)
        _move_span(weekly, first, days)
    db.session.flush()
    _record(weekly, weekly, old_terms, carried, days=days, since=None, by=by, now=now)
    generate(now, only=[weekly.id])
    return _changed(weekly, carried, now)


def _move_span(weekly: WeeklyShift, first: date, days: int) -> None:
    """Let a pattern that changed its weekday begin with the first date it moved.

    Otherwise generation would find the new weekday of a week that was held already, and make it.
    """
    shift_by = timedelta(days=days)
    weekly.weekday = (weekly.weekday + days) % 7
    weekly.starts_on = max(weekly.starts_on, first) + shift_by
    if weekly.ends_on is not None:
        weekly.ends_on += shift_by


def _split(
    weekly: WeeklyShift, first: date, terms: Terms, *, days: int, now: datetime
) -> WeeklyShift:
    shift_by = timedelta(days=days)
    new = WeeklyShift(
        place_id=terms.place_id,
        weekday=(first + shift_by).weekday(),
        starts=terms.starts,
        ends=terms.ends,
        starts_on=first + shift_by,
        ends_on=weekly.ends_on + shift_by if weekly.ends_on else None,
        follows_id=weekly.id,
        ask_days=weekly.ask_days,
        remind_days=weekly.remind_days,
        morning_at=weekly.morning_at,
        created_at=now,
        **terms.needs,
    )
    db.session.add(new)
    db.session.flush()
    return new


def _move_standing(weekly: WeeklyShift, first: date, *, days: int, to: WeeklyShift) -> None:
    """Let the standing places move along with the dates from `first` on."""
    shift_by = timedelta(days=days)
    for one in standing_queries.standing_of(weekly.id, since=first):
        ends_on = one.ends_on + shift_by if one.ends_on else None
        if to is weekly or one.starts_on >= first:
            one.weekly_shift_id = to.id
            one.starts_on += shift_by
            one.ends_on = ends_on
            continue
        starts_on = moved_anchor(one.cadence, one.starts_on, first)
        if one.ends_on is None or starts_on <= one.ends_on:
            db.session.add(
                Standing(
                    weekly_shift_id=to.id,
                    volunteer_id=one.volunteer_id,
                    cadence=one.cadence,
                    is_leader=one.is_leader,
                    starts_on=starts_on + shift_by,
                    ends_on=ends_on,
                )
            )
        one.ends_on = first - timedelta(days=1)
    db.session.flush()


def _record(
    weekly: WeeklyShift,
    to: WeeklyShift,
    old: Terms,
    carried: Carried,
    *,
    days: int,
    since: date | None,
    by: User | None,
    now: datetime,
) -> None:
    changed = changes_in_words(old, terms_of(to))
    if days:
        changed = {"weekday": [(to.weekday - days) % 7, to.weekday], **changed}
    patterns = [("weekly_shift", key) for key in sorted({weekly.id, to.id})]
    journal.record(
        "weekly_shift.changed",
        about=[*patterns, *(("shift", one.id) for one in carried.changed)],
        by=by,
        now=now,
        changed=changed,
        since=since,
        place=planning.place_name(to.place_id),
    )


def changes_in_words(old: Terms, new: Terms) -> dict[str, list[object]]:
    """Return {field: [old, new]} for the journal: a place by its name, a patient unnamed."""
    changed = differences(old, new)
    if "place_id" in changed:
        names = [planning.place_name(place_id) for place_id in (old.place_id, new.place_id)]
        changed["place"] = [*names]
        del changed["place_id"]
    if "patient_id" in changed:
        # The journal outlives what is kept of a patient; it says only that it was someone.
        del changed["patient_id"]
        was = "someone" if old.patient_id is not None else ""
        now = "someone_else" if was else "someone"
        changed["patient"] = [was, now if new.patient_id is not None else ""]
    return changed


def _changed(weekly: WeeklyShift, carried: Carried, now: datetime) -> Changed:
    moved = [one.id for one in carried.moved]
    return Changed(
        weekly,
        len(carried.changed),
        planning.told_on(moved),
        tuple(carried.stayed),
        tuple(clashes(moved, now)),
    )
