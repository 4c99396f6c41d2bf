"""Planning weekly shifts: making, changing, ending, and letting them go on."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import cancelling
from hospice.shifts.actions.changing import (
    Changed,
    change_all,
    change_following,
    first_open,
    to_change,
)
from hospice.shifts.actions.generating import generate
from hospice.shifts.actions.snapshots import Watch
from hospice.shifts.models import WeeklyShift
from hospice.shifts.queries import planning
from hospice.shifts.queries.weekly import series_of, terms_of
from hospice.shifts.rules.pattern import first_on
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.rules.telling import USUAL_LEADS, Leads, lead_objections
from hospice.shifts.rules.terms import Terms, objections


def create(
    terms: Terms,
    *,
    place_ids: Sequence[int],
    weekday: int,
    starts_on: date,
    ends_on: date | None,
    leads: Leads = USUAL_LEADS,
    by: User | None,
    now: datetime,
) -> list[WeeklyShift]:
    """Plan a weekly shift at each of several places and make its dates; raise Refused.

    The place of `terms` does not count; `place_ids` do.
    """
    places = planning.locked_places(place_ids)
    if not places or set(places) != set(place_ids):
        raise Missing
    today = min(clock.local(now, place.timezone).date() for place in places.values())
    found = [*_span_objections(weekday, starts_on, ends_on, today), *lead_objections(leads)]
    if terms.patient_id is not None and len(places) > 1:
        found.append(Objection("one_place_for_patient", field="places"))
    first_place = min(places)
    patient_at = planning.visited_at(terms.patient_id, holding=True)
    found += objections(replace(terms, place_id=first_place), patient_at=patient_at)
    for place in places.values():
        here = replace(terms, place_id=place.id)
        if planning.is_planned_already(here, weekday=weekday, starts_on=starts_on, ends_on=ends_on):
            facts: dict[str, object] = {"place": place.full_name}
            found.append(Objection("already_weekly", facts=facts, field="places"))
    if found:
        raise Refused(found)
    made = [
        WeeklyShift(
            place_id=place.id,
            weekday=weekday,
            starts=terms.starts,
            ends=terms.ends,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=now,
            **asdict(leads),
            **terms.needs,
        )
        for place in places.values()
    ]
    db.session.add_all(made)
    db.session.flush()
    for weekly in made:
        count = generate(now, only=[weekly.id])
        journal.record(
            "weekly_shift.planned",
            about=[("weekly_shift", weekly.id), ("place", weekly.place_id)],
            by=by,
            now=now,
            place=places[weekly.place_id].full_name,
            series=series_of(weekly).slug,
            day=first_on(weekday, starts_on),
            count=count,
        )
    return made


def _span_objections(
    weekday: int, starts_on: date, ends_on: date | None, today: date
) -> list[Objection]:
    if ends_on is None:
        return []
    if ends_on < today:
        return [Objection("day_passed", field="ends_on")]
    if first_on(weekday, starts_on) > ends_on:
        return [Objection("no_such_day", facts={"weekday": weekday}, field="ends_on")]
    return []


def change_leads(
    weekly_id: int, leads: Leads, *, seen_version: int | None, by: User | None, now: datetime
) -> None:
    """Change when people hear of the dates of a weekly shift; raise Refused.

    Nothing is said twice by it: what went out has its key, whenever it would be due now.
    """
    weekly = to_change(weekly_id, seen_version)
    found = lead_objections(leads)
    if found:
        raise Refused(found)
    changed = journal.changes(weekly, asdict(leads))
    if not changed:
        return
    for name, value in asdict(leads).items():
        setattr(weekly, name, value)
    db.session.flush()
    journal.record(
        "weekly_shift.leads",
        about=[("weekly_shift", weekly.id), ("place", weekly.place_id)],
        by=by,
        now=now,
        changed=changed,
    )


def end(
    weekly_id: int,
    *,
    from_day: date,
    reason: str,
    seen_version: int | None,
    by: User | None,
    now: datetime,
) -> Changed:
    """End a weekly shift: from a day on there is none; dates already made are cancelled.

    Raise Refused when the day is over, or no earlier than the present end.
    """
    weekly = to_change(weekly_id, seen_version)
    if from_day < clock.local(now, weekly.place.timezone).date():
        raise Refused([Objection("day_passed", field="from_day")])
    if weekly.ends_on is not None and from_day > weekly.ends_on:
        raise Refused([Objection("ended_before", facts={"on": weekly.ends_on}, field="from_day")])
    dates = [
        one
        for one in planning.shifts_from(weekly.id, None, now)
        if one.local_day >= from_day and one.state is ShiftState.PLANNED
    ]
    told = planning.told_on([one.id for one in dates])
    weekly.ends_on = from_day - timedelta(days=1)
    db.session.flush()
    journal.record(
        "weekly_shift.ended",
        about=[("weekly_shift", weekly.id), ("place", weekly.place_id)],
        by=by,
        now=now,
        place=weekly.place.full_name,
        day=from_day,
        reason=reason,
    )
    watch = Watch()  # not a step on the board: nobody takes back half of an ending
    for one in dates:
        cancelling.cancel(one, reason=reason, by=by, now=now, watch=watch)
    return Changed(weekly, len(dates), told)


def go_on(weekly_id: int, *, seen_version: int | None, by: User | None, now: datetime) -> Changed:
    """Let a weekly shift go on without an end; dates that were cancelled stay cancelled."""
    weekly = to_change(weekly_id, seen_version)
    if planning.is_followed(weekly.id):
        raise Refused([Objection("followed")])
    if planning.is_planned_already(
        terms_of(weekly),
        weekday=weekly.weekday,
        starts_on=weekly.starts_on,
        ends_on=None,
        but=weekly.id,
    ):
        raise Refused([Objection("already_weekly", facts={"place": weekly.place.full_name})])
    weekly.ends_on = None
    db.session.flush()
    journal.record(
        "weekly_shift.went_on",
        about=[("weekly_shift", weekly.id), ("place", weekly.place_id)],
        by=by,
        now=now,
        place=weekly.place.full_name,
    )
    return Changed(weekly, generate(now, only=[weekly.id]))


__all__ = [
    "Changed",
    "change_all",
    "change_following",
    "create",
    "end",
    "first_open",
    "generate",
    "go_on",
]
