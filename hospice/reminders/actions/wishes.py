"""Keeping how a person wants to be written to."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.reminders import queries
from hospice.reminders.models import ContactWay, ContactWishes, Message
from hospice.reminders.queries import wishes as asked
from hospice.reminders.rules import EMAIL, Hours, MessageState, Way, Wishes

Changed = dict[str, list[object]]


def say_wishes(
    recipient: str,
    wishes: Wishes,
    *,
    offered: Collection[str],
    seen_version: int,
    by: User,
    now: datetime,
) -> bool:
    """Keep how a person ("volunteer:5") wants to be written to; tell whether that is new.

    Ways through channels that are not `offered` now stay as they were: whoever switches one on
    again finds them. Messages that wait are looked at anew with the next round. Raise Refused
    when someone else saved first.
    """
    row = asked.said(recipient)
    if (row.version if row else 0) != seen_version:
        raise Refused([Objection("stale_wishes")])
    before = queries.wishes_of([recipient])[recipient]
    changed = _changes(before, wishes, offered)
    if not changed:
        return False
    row = row or ContactWishes(recipient=recipient)
    row.zone, row.is_silent, row.said_at = wishes.zone, wishes.is_silent, now
    row.quiet_until = wishes.hours.quiet_until if wishes.hours else None
    row.quiet_from = wishes.hours.quiet_from if wishes.hours else None
    row.topics_off = sorted(wishes.topics_off)
    db.session.add(row)
    _keep_ways(recipient, wishes.ways, offered)
    try:
        db.session.flush()
    except (StaleDataError, IntegrityError) as error:
        raise Refused([Objection("stale_wishes")]) from error
    _look_at_waiting(recipient, now)
    kind, _, number = recipient.partition(":")
    journal.record("wishes.changed", about=[(kind, int(number))], by=by, now=now, changed=changed)
    return True


def _changes(before: Wishes, after: Wishes, offered: Collection[str]) -> Changed:
    found: Changed = {
        "is_silent": [before.is_silent, after.is_silent],
        "hours": [_hours(before.hours), _hours(after.hours)],
        "zone": [before.zone, after.zone],
        "topics_off": [sorted(before.topics_off), sorted(after.topics_off)],
        "ways": [_ways(before.ways, offered), _ways(after.ways, offered)],
    }
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def _hours(hours: Hours | None) -> list[str]:
    return [f"{at:%H:%M}" for at in (hours.quiet_until, hours.quiet_from)] if hours else []


def _ways(ways: Collection[Way], offered: Collection[str]) -> list[object]:
    """Return the ways as the journal keeps them: no whole address."""
    shown = [one for one in ways if one.channel == EMAIL or one.channel in offered]
    return [[one.channel, one.address[-4:]] for one in shown or [Way(EMAIL)]]


def _keep_ways(recipient: str, ways: Collection[Way], offered: Collection[str]) -> None:
    kept = {row.channel: row for row in asked.ways(recipient)}
    gone = {*offered} - {one.channel for one in ways}
    db.session.execute(
        delete(ContactWay)
        .where(ContactWay.recipient == recipient, ContactWay.channel.in_(sorted(gone)))
        .execution_options(synchronize_session="fetch")
    )
    for rank, one in enumerate(ways):
        row = kept.get(one.channel)
        if row is None:
            row = ContactWay(recipient=recipient, channel=one.channel, address=one.address)
        elif one.channel != EMAIL and row.address != one.address:
            row.address, row.failed_at, row.failed_reason = one.address, None, ""
        row.rank = rank
        db.session.add(row)


def _look_at_waiting(recipient: str, now: datetime) -> None:
    """Let what waits for a better hour be looked at with the next round, by the new wishes."""
    db.session.execute(
        update(Message)
        .where(
            Message.recipient == recipient,
            Message.state == MessageState.WAITING,
            Message.due_at > now,
            Message.reason == "",
        )
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )
