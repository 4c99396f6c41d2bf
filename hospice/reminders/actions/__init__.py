"""Queueing notices, claiming messages one by one, and settling what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Update, and_, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.reminders import queries
from hospice.reminders.models import Message, Tick
from hospice.reminders.rules import (
    LEASE,
    NOT_WANTED,
    MessageState,
    Notice,
    Reason,
    Result,
    after,
    is_address,
    reason_of,
)
from hospice.reminders.rules.standstill import Halt

_TOGETHER = 100  # rows in one statement


def queue(notices: Iterable[Notice], now: datetime, halt: Halt | None = None) -> int:
    """Keep the notices that no message says yet; return how many that were.

    One that was withdrawn and is true again waits again: nothing of it was handed over. Whoever
    cannot be written to is to be phoned, so theirs has failed from the start. What someone does
    not want is withdrawn, unless they must know of it: then they are to be phoned as well.
    After a restore what was due before it waits for a person; after a gap it leaves late.
    """
    rest = iter(notices)
    kept = 0
    while some := list(islice(rest, _TOGETHER)):
        kept += _keep([_row(notice, now, halt) for notice in queries.with_wishes(some)])
    return kept


def keep_stale(notices: Iterable[Notice], now: datetime, halt: Halt) -> int:
    """Write down what a gap swallowed: it is not of use any more; return how many that were."""
    rest = iter(notices)
    kept = 0
    while some := list(islice(rest, _TOGETHER)):
        rows = [_row(notice, now) for notice in queries.with_wishes(some)]
        for row, notice in zip(rows, some, strict=True):
            if row["state"] is MessageState.WAITING:
                row |= {"state": MessageState.EXPIRED, "reason": Reason.STOOD_STILL}
                row |= {"due_at": notice.send_after, "settled_at": now}
            row |= {"standstill_id": halt.id, "was_due_at": notice.send_after}
        kept += _keep(rows)
    return kept


def _keep(rows: list[dict[str, Any]]) -> int:
    adding = _insert(Message).values(list({row["key"]: row for row in rows}.values()))
    again = {name: adding.excluded[name] for name in rows[0] if name != "key"}
    kept = db.session.scalars(
        adding.on_conflict_do_update(
            index_elements=[Message.key],
            set_=again,
            where=and_(
                Message.state == MessageState.WITHDRAWN,
                # what is still not wanted stays as it is: an idle round writes nothing
                adding.excluded.state != MessageState.WITHDRAWN,
            ),
        ).returning(Message.id)
    )
    return len(kept.all())


def _insert(table: type[Any]) -> Any:
    """Return an INSERT that knows ON CONFLICT, which both databases say alike."""
    is_postgres = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)


def _row(notice: Notice, now: datetime, halt: Halt | None = None) -> dict[str, Any]:
    state, reason = _standing(notice)
    return {
        "key": notice.key,
        "kind": notice.kind,
        "about": notice.about,
        "recipient": notice.recipient,
        **_contents(notice),
        "state": state,
        "due_at": notice.goes_at(now),
        "send_before": notice.send_before,
        "tries": 0,
        "claimed_by": None,
        "claimed_until": None,
        "reason": reason,
        "queued_at": now,
        "settled_at": now if reason else None,
        "standstill_id": None,
        "was_due_at": None,
        **(_halted(notice, halt) if halt and state is MessageState.WAITING else {}),
    }


def _halted(notice: Notice, halt: Halt) -> dict[str, Any]:
    was_due_at = notice.goes_at(notice.send_after)
    late = {"standstill_id": halt.id, "was_due_at": was_due_at}
    if halt.holds_back(notice.send_after):
        return {"state": MessageState.HELD, **late}
    return late if halt.delays(was_due_at) else {}


def _contents(notice: Notice) -> dict[str, Any]:
    return {
        "name": _kept(notice.name, 120),
        "address": _kept(notice.address, 254),
        "locale": _kept(notice.locale, 16),
        "facts": _plain(notice.facts),
    }


def _standing(notice: Notice) -> tuple[MessageState, str]:
    """Return where a message stands before it is handed over, and why it may not be."""
    reason = _why_not(notice)
    if reason in NOT_WANTED and not notice.is_to_phone():
        return MessageState.WITHDRAWN, reason
    return (MessageState.FAILED, reason) if reason else (MessageState.WAITING, "")


def _why_not(notice: Notice) -> str:
    if notice.facts.get("phone_only"):
        return Reason.PHONE_ONLY
    unwanted = notice.unwanted()
    if unwanted is not None:
        return unwanted
    if not notice.address.strip():
        return Reason.NO_ADDRESS
    return "" if is_address(notice.address) else Reason.BAD_ADDRESS


def _kept(text: str, length: int) -> str:
    """Return text as every database takes it; one odd name must not stop a hundred rows."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return text[:length]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _kept(value, 1000)
    if isinstance(value, Mapping):
        return {_kept(str(key), 100): _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool | int) else _kept(str(value), 1000)


# --- sending --------------------------------------------------------------------------------------


def take_again(now: datetime) -> int:
    """Let messages wait again whose sender ended in the middle; return how many.

    Whether those were handed over nobody knows: they are repeated, with the same Message-ID.
    """
    return _changed(
        update(Message)
        .where(Message.state == MessageState.SENDING, Message.claimed_until <= now)
        .values(
            state=MessageState.WAITING,
            claimed_by=None,
            claimed_until=None,
            reason=case(
                (Message.reason.startswith(Reason.UNKNOWN), Message.reason), else_=Reason.STOPPED
            ),
        )
    )


def expire(now: datetime) -> int:
    """Give up the messages whose time has passed; return how many."""
    return _changed(
        update(Message)
        .where(Message.state == MessageState.WAITING, Message.send_before <= now)
        .values(state=MessageState.EXPIRED, settled_at=now)
    )


def claim_next(now: datetime, worker: str) -> Message | None:
    """Take the next message that is due, for this worker alone, as long as the lease lasts.

    One conditional UPDATE: on PostgreSQL others skip the locked row, on SQLite the write lock is
    held from the start of the transaction. What is returned stays readable after the commit.
    """
    first = (
        select(Message.id)
        .where(Message.state == MessageState.WAITING, Message.due_at <= now)
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = db.session.scalars(
        update(Message)
        .where(Message.id == first, Message.state == MessageState.WAITING)
        .values(
            state=MessageState.SENDING,
            claimed_by=worker,
            claimed_until=now + LEASE,
            tries=Message.tries + 1,
        )
        .returning(Message)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if claimed is not None:
        db.session.expunge(claimed)
    return claimed


def settle(message: Message, result: Result, now: datetime) -> bool:
    """Write down what became of a claimed message; False when the lease has gone to another."""
    step = after(
        result,
        tries=message.tries,
        reason=message.reason,
        send_before=message.send_before,
        now=now,
    )
    values: dict[str, Any] = {"state": step.state, "reason": _kept(step.reason, 400)}
    if step.due_at is not None:
        values |= {"due_at": step.due_at}
    else:
        values |= {"settled_at": now}
    if not step.counts:
        values |= {"tries": message.tries - 1}
    return _settle(message, values)


def withdraw(message: Message, now: datetime) -> bool:
    """Put away a claimed message that is not true any more."""
    return _settle(message, {"state": MessageState.WITHDRAWN, "settled_at": now, "reason": ""})


def postpone(message: Message, notice: Notice, until: datetime) -> bool:
    """Let a claimed message wait until a better hour; that was no try."""
    return _settle(
        message,
        {
            "state": MessageState.WAITING,
            "due_at": until,
            "send_before": notice.send_before,
            "tries": message.tries - 1,
        },
    )


def refresh(message: Message, notice: Notice, now: datetime) -> bool:
    """Write down what a claimed message says now, which may not be what it said when queued.

    False when it cannot leave: the lease has gone to another, or there is no address any more.
    """
    state, reason = _standing(notice)
    if state is not MessageState.WAITING:
        _settle(message, {"state": state, "reason": reason, "settled_at": now})
        return False
    return _settle(message, _contents(notice) | {"send_before": notice.send_before}, keeps=True)


def _settle(message: Message, values: dict[str, Any], *, keeps: bool = False) -> bool:
    released = {} if keeps else {"claimed_by": None, "claimed_until": None}
    return (
        _changed(
            update(Message)
            .where(
                Message.id == message.id,
                Message.state == MessageState.SENDING,
                Message.claimed_by == message.claimed_by,
            )
            .values(**values, **released)
        )
        == 1
    )


def _changed(statement: Update) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


# --- what failed, and people ----------------------------------------------------------------------


def look_again(failed: Sequence[Message], notices: Mapping[str, Notice], now: datetime) -> int:
    """Look again at messages that failed; `notices` are those still true, by key.

    What is no longer true is withdrawn, so that nobody is phoned about it. Someone who has an
    address now is written to. Return how many messages changed.
    """
    changed = 0
    for message in failed:
        values = _seen_again(message, notices.get(message.key), now)
        if values:
            changed += _changed(
                update(Message)
                .where(Message.id == message.id, Message.state == MessageState.FAILED)
                .values(**values)
            )
    return changed


def _seen_again(message: Message, notice: Notice | None, now: datetime) -> dict[str, Any]:
    if notice is None or notice.send_before <= now:
        return {"state": MessageState.WITHDRAWN, "settled_at": now}
    values: dict[str, Any] = {
        name: value for name, value in _contents(notice).items() if value != getattr(message, name)
    }
    before, _detail = reason_of(message.reason)
    could_not = before in _COULD_NOT
    state, why_not = _standing(notice)
    if state is MessageState.WITHDRAWN:
        return {"state": state, "reason": why_not, "settled_at": now}
    if not why_not and (could_not or "address" in values):
        values |= {"state": MessageState.WAITING, "tries": 0, "reason": "", "settled_at": None}
        values |= {"due_at": notice.goes_at(now)}
    elif why_not and why_not != message.reason:
        values |= {"reason": why_not}
    return values


# Failed before anything was handed over: it leaves once this is no longer so.
_COULD_NOT = {Reason.NO_ADDRESS, Reason.BAD_ADDRESS, Reason.PHONE_ONLY, *NOT_WANTED}
_UNREACHED = [
    MessageState.FAILED,
    MessageState.WAITING,
    MessageState.EXPIRED,
    MessageState.HELD,
]


def can_be_phoned(message: Message) -> bool:
    """Tell whether telling the person by phone would settle a message."""
    return message.recipient.startswith("volunteer:") and message.state in _UNREACHED


def can_try_again(message: Message, now: datetime) -> bool:
    """Tell whether a message that failed could still be sent."""
    is_failed = message.state is MessageState.FAILED and message.reason not in NOT_WANTED
    return is_failed and message.send_before > now and is_address(message.address)


def told_by_phone(message: Message, *, by: User, now: datetime) -> int:
    """Note that a person was told by phone what a message should have said; raise Refused.

    Everything that still waits or failed for the same person about the same thing is done with.
    """
    done = _changed(
        update(Message)
        .where(
            Message.about == message.about,
            Message.recipient == message.recipient,
            Message.state.in_(_UNREACHED),
        )
        .values(state=MessageState.PHONED, settled_at=now)
    )
    if not done or not message.recipient.startswith("volunteer:"):
        raise Refused([Objection("not_to_phone")])
    kind, _, number = message.recipient.partition(":")
    journal.record(
        "message.phoned",
        about=[("message", message.id), (kind, int(number))],
        by=by,
        now=now,
        name=message.name,
        kind=message.kind,
    )
    return done


def try_again(message: Message, *, now: datetime) -> None:
    """Let a message that failed wait once more; raise Refused."""
    if not can_try_again(message, now):
        raise Refused([Objection("not_again")])
    _changed(
        update(Message)
        .where(Message.id == message.id, Message.state == MessageState.FAILED)
        .values(state=MessageState.WAITING, due_at=now, tries=0, reason="", settled_at=None)
    )


def beat(job: str, now: datetime) -> None:
    """Note that a job ran to its end."""
    adding = _insert(Tick).values(job=job, ran_at=now)
    db.session.execute(
        adding.on_conflict_do_update(
            index_elements=[Tick.job], set_={"ran_at": adding.excluded.ran_at}
        )
    )
