"""Changing one dated shift, alone or with those that follow, and planning single ones."""

from datetime import date, datetime
from enum import StrEnum

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import changing
from hospice.shifts.actions.carrying import forget_patients, shown_terms, too_few, write
from hospice.shifts.actions.changing import Changed
from hospice.shifts.models import Shift
from hospice.shifts.queries import planning
from hospice.shifts.queries.clashes import clashes
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.rules.terms import Terms, objections, wider

# A move by a week or more would land on another date of the same weekly shift.
FARTHEST = 6


class Scope(StrEnum):
    """How far a change on the page of one date reaches."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


def change_one(
    shift_id: int,
    terms: Terms,
    day: date,
    *,
    seen_version: int | None,
    by: User | None,
    now: datetime,
) -> Changed | None:
    """Change one dated shift and nothing else; raise Refused.

    Whoever was told something else is told anew by the next publish. Return None for a single
    shift or when nothing differs, else what it came to.
    """
    shift = _to_change(shift_id, seen_version, now)
    zone = planning.zones([terms.place_id]).get(terms.place_id)
    if zone is None:
        raise Missing
    shown = shown_terms(shift, terms)
    found = objections(terms, patient_at=_patient_at(terms, shown))
    starts_at, _ends_at = clock.span(day, terms.starts, terms.ends, zone)
    if starts_at <= now:
        found.append(Objection("time_passed", field="day"))
    if terms.wanted < shift.taken:
        found.append(too_few([shift]))
    if found:
        raise Refused(found)
    was_on = shift.local_day
    is_moved = (day, terms.starts, terms.ends, zone) != (
        was_on,
        shown.starts,
        shown.ends,
        shift.place.timezone,
    )
    changed = changing.changes_in_words(shown, terms)
    if was_on != day:
        changed = {"day": [was_on, day], **changed}
    moved = [shift.id] if is_moved or terms.place_id != shown.place_id else []
    told = planning.told_on(moved)
    if not write(shift, terms, day, zone, is_moved=is_moved, now=now):
        return None
    db.session.flush()
    if (terms.place_id, terms.patient_id) != (shown.place_id, shown.patient_id):
        forget_patients([shift.id])
    journal.record("shift.changed", about=[("shift", shift.id)], by=by, now=now, changed=changed)
    return Changed(None, 1, told, clashes=tuple(clashes(moved, now)))


def change(
    shift_id: int,
    scope: Scope,
    terms: Terms,
    day: date,
    *,
    seen_version: int | None,
    by: User | None,
    now: datetime,
) -> Changed | None:
    """Change a date alone, with those that follow, or all of its weekly shift; raise Refused.

    Only what was changed here goes into the weekly shift; what this date had of its own stays
    its own.
    """
    if scope is Scope.ONE:
        return change_one(shift_id, terms, day, seen_version=seen_version, by=by, now=now)
    weekly = planning.locked_of(shift_id)  # before its dates: whoever generates takes it first
    shift = _to_change(shift_id, seen_version, now)
    if shift.weekly_shift_id != weekly.id or shift.occurrence_on is None:
        raise Refused([Objection("stale")])
    days = (day - shift.local_day).days
    if abs(days) > FARTHEST:
        raise Refused([Objection("too_far", field="day")])
    pattern = terms_of(weekly)
    becomes = wider(pattern, shown_terms(shift, pattern), terms)
    if scope is Scope.FOLLOWING:
        changed = changing.change_following(
            weekly.id,
            occurrence_on=shift.occurrence_on,
            terms=becomes,
            days=days,
            seen_version=None,
            by=by,
            now=now,
        )
    else:
        changed = changing.change_all(
            weekly.id, terms=becomes, days=days, seen_version=None, by=by, now=now
        )
    change_one(shift_id, terms, day, seen_version=None, by=by, now=now)
    return changed


def create_single(terms: Terms, day: date, *, by: User | None, now: datetime) -> Shift:
    """Plan a shift of its own, on a ward or for one patient; raise Refused."""
    place = planning.locked_places([terms.place_id]).get(terms.place_id)
    if place is None:
        raise Missing
    found = objections(terms, patient_at=planning.visited_at(terms.patient_id))
    starts_at, ends_at = clock.span(day, terms.starts, terms.ends, place.timezone)
    if starts_at <= now:
        found.append(Objection("time_passed", field="day"))
    if planning.is_there_already(place.id, terms.patient_id, starts_at, ends_at):
        # Sending the form twice must not plan it twice; more people are "wanted" instead.
        found.append(
            Objection("already_there", facts={"place": place.full_name, "day": day}, field="day")
        )
    if found:
        raise Refused(found)
    made = Shift(
        place_id=place.id,
        local_day=day,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=now,
        **terms.needs,
    )
    db.session.add(made)
    db.session.flush()
    journal.record(
        "shift.planned",
        about=[("shift", made.id), ("place", place.id)],
        by=by,
        now=now,
        place=place.full_name,
        day=day,
    )
    return made


def _to_change(shift_id: int, seen_version: int | None, now: datetime) -> Shift:
    shift = planning.locked_shift(shift_id)
    if shift.starts_at <= now:
        raise Refused([Objection("started")])
    if shift.state is ShiftState.CANCELLED:
        raise Refused([Objection("cancelled_shift")])
    if seen_version is not None and shift.version != seen_version:
        raise Refused([Objection("stale")])
    return shift


def _patient_at(terms: Terms, shown: Terms) -> dict[int, int]:
    patient_at = planning.visited_at(terms.patient_id)
    if terms.patient_id is not None and terms.patient_id == shown.patient_id:
        patient_at.setdefault(terms.patient_id, terms.place_id)  # it was chosen before
    return patient_at
