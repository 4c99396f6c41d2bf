"""Planning a gathering, changing it, calling it off, and bringing it to its end."""

from datetime import date, datetime

from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.gatherings.models import Gathering
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.rules import (
    GatheringFacts,
    GatheringKind,
    asked_by,
    facts_objections,
)
from hospice.grief_support.rules.plans import TO_DO, FollowUpState
from hospice.journal import actions as journal

_RECORDS = {GatheringKind.MEMORIAL: "gathering", GatheringKind.SHARING: "debrief"}


def plan(facts: GatheringFacts, *, zone: str, by: User, now: datetime) -> Gathering:
    """Plan a gathering or a debrief; raise Refused."""
    _check(facts, zone=zone, now=now)
    made = Gathering(
        kind=facts.kind,
        timezone=zone,
        created_at=now,
        cancel_reason="",
        **_columns(facts, zone),
    )
    db.session.add(made)
    db.session.flush()
    journal.record("gathering.planned", about=about(made), by=by, now=now, title=made.title)
    return made


def change(
    gathering: Gathering,
    facts: GatheringFacts,
    *,
    seen_version: int,
    by: User,
    now: datetime,
) -> None:
    """Change a gathering; raise Refused, also when someone else saved first.

    Invitations that nobody has passed on yet follow a new day.
    """
    if gathering.version != seen_version:
        raise Refused([Objection("stale")])
    _refuse_if_over(gathering)
    _check(facts, zone=gathering.timezone, now=now)
    new = _columns(facts, gathering.timezone)
    changed = journal.changes(gathering, new)
    if not changed:
        return
    is_moved = "starts_at" in changed or "ends_at" in changed
    is_another_day = "local_day" in changed
    for name, value in new.items():
        setattr(gathering, name, value)
    if is_moved:
        gathering.moved_at = now
    _flush()
    if is_another_day:
        _redate(gathering, clock.local(now, gathering.timezone).date())
    told = {name: pair for name, pair in changed.items() if not name.endswith("_id")}
    journal.record("gathering.changed", about=about(gathering), by=by, now=now, changed=told)


def cancel(gathering: Gathering, reason: str, *, by: User, now: datetime) -> None:
    """Call a gathering off; invitations that are still to be passed on are left out.

    Whoever has heard of it already has to be told by a person: the page lists them.
    """
    _refuse_if_over(gathering)
    if not reason.strip():
        raise Refused([Objection("no_reason", field="reason")])
    gathering.cancelled_at, gathering.cancel_reason = now, reason.strip()
    _flush()
    for guest in queries.guests_of(gathering.id):
        invitation = guest.follow_up
        if invitation is not None and invitation.state in TO_DO:
            invitation.state, invitation.words = FollowUpState.SKIPPED, reason.strip()
            invitation.ended_at, invitation.ended_by_id = now, by.id
    db.session.flush()
    journal.record(
        "gathering.cancelled", about=about(gathering), by=by, now=now, reason=reason.strip()
    )


def tick(gathering: Gathering, came: frozenset[int], *, by: User, now: datetime) -> None:
    """Write down quietly who came; `came` are the ids of guests."""
    if gathering.cancelled_at is not None:
        raise Refused([Objection("over")])
    changed = 0
    for guest in queries.guests_of(gathering.id):
        if guest.came != (guest.id in came):
            guest.came = guest.id in came
            changed += 1
    if changed:
        db.session.flush()
        journal.record("gathering.ticked", about=about(gathering), by=by, now=now)


def close(gathering: Gathering, *, by: User, now: datetime) -> None:
    """Say that a debrief was held: whoever died until then was remembered in it.

    From then on their names are no longer among those "since the last one". Raise Refused.
    """
    _refuse_if_over(gathering)
    if now < gathering.starts_at:
        raise Refused([Objection("not_yet")])
    gathering.closed_at, gathering.remembered_until = now, min(now, gathering.ends_at)
    _flush()
    journal.record("gathering.closed", about=about(gathering), by=by, now=now)


def about(gathering: Gathering) -> list[tuple[str, int]]:
    """Return the record that the journal keeps a gathering under."""
    return [(_RECORDS[gathering.kind], gathering.id)]


def _refuse_if_over(gathering: Gathering) -> None:
    if gathering.cancelled_at is not None or gathering.closed_at is not None:
        raise Refused([Objection("over")])


def _check(facts: GatheringFacts, *, zone: str, now: datetime) -> None:
    found = facts_objections(facts, clock.local(now, zone).date())
    if found:
        raise Refused(found)


def _columns(facts: GatheringFacts, zone: str) -> dict[str, object]:
    starts_at, ends_at = clock.span(facts.day, facts.starts, facts.ends, zone)
    return {
        "title": facts.title.strip(),
        "local_day": facts.day,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place_id": facts.place_id,
        "where_words": facts.where_words.strip(),
        "languages": list(facts.languages),
        "for_words": facts.for_words.strip(),
        "is_religious": facts.is_religious,
        "about": facts.about.strip(),
        "period_from": facts.period_from,
        "period_until": facts.period_until,
        "lead_id": facts.lead_id,
    }


def _redate(gathering: Gathering, today: date) -> None:
    for guest in queries.guests_of(gathering.id):
        invitation = guest.follow_up
        if invitation is not None and invitation.state in TO_DO and not invitation.tries:
            invitation.due_on = max(asked_by(gathering.local_day, today), invitation.opens_on)
    db.session.flush()


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error


__all__ = ["about", "cancel", "change", "close", "plan", "tick"]
