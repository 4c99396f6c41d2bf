"""Noticing that messages stood still or the database went back, and letting them leave again."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Update, update
from sqlalchemy.dialects import postgresql, sqlite

from hospice.accounts.models import Hospice, User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.reminders.models import Installation, Message, Standstill
from hospice.reminders.queries import SENDING_JOB, standstill
from hospice.reminders.rules import MessageState, Reason
from hospice.reminders.rules.standstill import PATIENCE, Cause, Halt, Mark, cause_of


def look(mark: Mark | None, now: datetime) -> Halt | None:
    """Return what stands in the way of sending as usual: a restore, or a gap just over.

    The first process that notices writes it down, under a lock; the others find it there.
    """
    held = standstill.hold()
    if held is not None:
        return held
    here = standstill.mark()
    ran_at = standstill.ran_at(SENDING_JOB)
    if here is not None and _cause(mark, here, ran_at, now) is None:
        return standstill.unlisted(now)
    one = _installation()
    held = standstill.hold()
    if held is not None:
        return held
    cause = _cause(mark, Mark(one.database, one.rounds), ran_at, now)
    if cause is None:
        return None
    from_at = ran_at or now
    if cause is Cause.GAP:
        return standstill.gap_from(from_at) or _begin_gap(from_at, now)
    return _begin_hold(one, cause, from_at, now)


def _cause(mark: Mark | None, here: Mark, ran_at: datetime | None, now: datetime) -> Cause | None:
    found = cause_of(mark, here, ran_at=ran_at, has_sent=True, now=now)
    # asked only where it decides: an idle round asks nothing about what was sent
    if found is Cause.UNKNOWN and not standstill.has_sent():
        return cause_of(mark, here, ran_at=ran_at, has_sent=False, now=now)
    return found


def _installation() -> Installation:
    found = standstill.installation(lock=True)
    if found is None:
        is_postgres = db.session.get_bind().dialect.name == "postgresql"
        adding: Any = (
            postgresql.insert(Installation) if is_postgres else sqlite.insert(Installation)
        )
        values = {"id": 1, "database": secrets.token_hex(16), "rounds": 0}
        db.session.execute(adding.values(values).on_conflict_do_nothing())
        found = standstill.installation(lock=True)
    if found is None:
        raise RuntimeError("the row that names this database is gone")
    return found


def _begin_gap(from_at: datetime, now: datetime) -> Halt:
    made = _add(Cause.GAP, from_at, now)
    # What waited in the gap leaves late; its letter says so.
    _run(
        update(Message)
        .where(
            Message.state == MessageState.WAITING,
            Message.due_at > from_at,
            Message.due_at <= now - PATIENCE,
        )
        .values(standstill_id=made.id, was_due_at=Message.due_at)
    )
    return made


def _begin_hold(one: Installation, cause: Cause, from_at: datetime, now: datetime) -> Halt:
    made = _add(cause, from_at, now)
    # From here on it is another database than the one that went on elsewhere: what is ahead of
    # this one later on was not written by it.
    one.database, one.rounds = secrets.token_hex(16), 0
    db.session.flush()
    _run(
        update(Message)
        .where(
            Message.state.in_([MessageState.WAITING, MessageState.SENDING]), Message.due_at <= now
        )
        .values(
            state=MessageState.HELD,
            standstill_id=made.id,
            was_due_at=Message.due_at,
            claimed_by=None,
            claimed_until=None,
        )
    )
    _run(update(Hospice).values(messages_held_at=now))
    journal.record(
        "message.held", about=[("hospice", 1)], by=None, who="", now=now, since=from_at.isoformat()
    )
    return made


def _add(cause: Cause, from_at: datetime, now: datetime) -> Halt:
    row = Standstill(cause=cause, from_at=from_at, until_at=now)
    db.session.add(row)
    db.session.flush()
    return Halt(row.id, cause, from_at, now)


def count_round() -> Mark:
    """Count a round that came to its end, and return what the mark beside the database is."""
    one = _installation()
    one.rounds += 1
    db.session.flush()
    return Mark(one.database, one.rounds)


def listed(halt: Halt, now: datetime) -> None:
    """Note that everything that came too late by a gap is written down."""
    _run(
        update(Standstill)
        .where(Standstill.id == halt.id, Standstill.listed_at.is_(None))
        .values(listed_at=now)
    )


def expire(now: datetime) -> int:
    """Give up what waited for a person until its time had passed; return how many."""
    return _run(
        update(Message)
        .where(Message.state == MessageState.HELD, Message.send_before <= now)
        .values(state=MessageState.EXPIRED, settled_at=now, reason=Reason.HELD)
    )


def settle(message_ids: Sequence[int], *, sends: bool, by: User, now: datetime) -> int:
    """Send what waits after a restore, or note that it was said before; raise Refused.

    Once nothing waits any more, messages leave as usual again.
    """
    values: dict[str, Any] = {
        "state": MessageState.WAITING,
        "due_at": now,
        "tries": 0,
        "reason": "",
    }
    if not sends:
        values = {"state": MessageState.SENT, "reason": Reason.SAID_BEFORE, "settled_at": now}
    done = 0
    if message_ids:
        done = _run(
            update(Message)
            .where(Message.state == MessageState.HELD, Message.id.in_(message_ids))
            .values(**values)
        )
        if not done:
            raise Refused([Objection("not_held")])
        journal.record(
            "message.let_go" if sends else "message.said_before",
            about=[("hospice", 1), *(("message", one) for one in message_ids[:_REMEMBERED])],
            by=by,
            now=now,
            count=done,
        )
    return done


_REMEMBERED = 200  # messages that one answer is written down with


def lift(*, by: User, now: datetime) -> bool:
    """Let messages leave as usual again, where none waits and a whole round has looked."""
    halt = standstill.hold()
    ran_at = standstill.ran_at(SENDING_JOB)
    if halt is None or ran_at is None or ran_at < halt.until_at or standstill.count_held():
        return False
    _run(
        update(Standstill)
        .where(Standstill.cause == halt.cause, Standstill.settled_at.is_(None))
        .values(settled_at=now, settled_by_id=by.id)
    )
    _run(update(Hospice).values(messages_held_at=None))
    journal.record("message.lifted", about=[("hospice", 1)], by=by, now=now)
    return True


def _run(statement: Update) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


__all__ = ["count_round", "expire", "lift", "listed", "look", "settle"]
