"""Queueing notices, claiming messages one by one, and settling what became of them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ScalarSelect, and_, case, select, update

from hospice.channels import actions as channels
from hospice.core.db import db
from hospice.reminders import queries
from hospice.reminders.actions import ways
from hospice.reminders.actions.afterwards import (
    arrived,
    can_be_phoned,
    can_try_again,
    look_again,
    send_once_more,
    told_by_phone,
    try_again,
)
from hospice.reminders.actions.rows import changed, contents, kept, standing
from hospice.reminders.actions.ways import inserting
from hospice.reminders.models import Message, Tick
from hospice.reminders.rules import (
    EMAIL,
    LEASE,
    Kind,
    MessageState,
    Notice,
    Reason,
    Result,
    Way,
    after,
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
    count = 0
    while some := list(islice(rest, _TOGETHER)):
        count += _keep([_row(notice, now, halt) for notice in queries.with_wishes(some)])
    return count


def keep_stale(notices: Iterable[Notice], now: datetime, halt: Halt) -> int:
    """Write down what a gap swallowed: it is not of use any more; return how many that were."""
    rest = iter(notices)
    count = 0
    while some := list(islice(rest, _TOGETHER)):
        rows = [_row(notice, now) for notice in queries.with_wishes(some)]
        for row, notice in zip(rows, some, strict=True):
            if row["state"] is MessageState.WAITING:
                row |= {"state": MessageState.EXPIRED, "reason": Reason.STOOD_STILL}
                row |= {"due_at": notice.send_after, "settled_at": now}
            row |= {"standstill_id": halt.id, "was_due_at": notice.send_after}
        count += _keep(rows)
    return count


def _keep(rows: list[dict[str, Any]]) -> int:
    adding = inserting(Message).values(list({row["key"]: row for row in rows}.values()))
    again = {name: adding.excluded[name] for name in rows[0] if name != "key"}
    found = db.session.scalars(
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
    return len(found.all())


def _row(notice: Notice, now: datetime, halt: Halt | None = None) -> dict[str, Any]:
    state, reason = standing(notice)
    return {
        "key": notice.key,
        "kind": notice.kind,
        "about": notice.about,
        "recipient": notice.recipient,
        **contents(notice, ways.first(notice)),
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


# --- sending --------------------------------------------------------------------------------------


def take_again(now: datetime, *, paid: Collection[str] = ()) -> int:
    """Let messages wait again whose sender ended in the middle; return how many.

    Whether those were handed over nobody knows: they are repeated, with the same Message-ID. By a
    way that costs each time they are not: a person says whether they arrived.
    """
    lost = (Message.state == MessageState.SENDING, Message.claimed_until <= now)
    nobodys = {"claimed_by": None, "claimed_until": None}
    asked = 0
    if paid:
        asked = changed(
            update(Message)
            .where(*lost, Message.channel.in_(sorted(paid)))
            .values(
                state=MessageState.UNCLEAR,
                settled_at=now,
                reason=Reason.UNKNOWN,
                **nobodys,
            )
        )
    return asked + changed(
        update(Message)
        .where(*lost)
        .values(
            state=MessageState.WAITING,
            reason=case(
                (Message.reason.startswith(Reason.UNKNOWN), Message.reason), else_=Reason.STOPPED
            ),
            **nobodys,
        )
    )


def expire(now: datetime) -> int:
    """Give up the messages whose time has passed; return how many."""
    return changed(
        update(Message)
        .where(Message.state == MessageState.WAITING, Message.send_before <= now)
        .values(state=MessageState.EXPIRED, settled_at=now)
    )


def _first(now: datetime, without: Collection[str]) -> ScalarSelect[int]:
    others = [Message.channel.not_in(sorted(without))] if without else []
    return (
        select(Message.id)
        .where(
            Message.state == MessageState.WAITING,
            Message.due_at <= now,
            Message.kind.in_(list(Kind)),  # others a newer version knows, beside this one
            *others,
        )
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def set_aside_next(now: datetime, *, without: Collection[str] = ()) -> int:
    """Fail the next message without reading it, for what it holds cannot be read.

    It shows among those that failed, emptied of its facts; the ones behind it go on.
    """
    return changed(
        update(Message)
        .where(Message.id == _first(now, without))
        .values(state=MessageState.FAILED, reason=Reason.UNREADABLE, facts={}, settled_at=now)
    )


def claim_next(now: datetime, worker: str, *, without: Collection[str] = ()) -> Message | None:
    """Take the next message that is due, for this worker alone, as long as the lease lasts.

    Those of a way that serves nobody in this round (`without`) are left for the next.

    One conditional UPDATE: on PostgreSQL others skip the locked row, on SQLite the write lock is
    held from the start of the transaction. What is returned stays readable after the commit.
    """
    first = _first(now, without)
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


def settle(
    message: Message,
    result: Result,
    now: datetime,
    *,
    choice: Sequence[Way] = (),
    is_paid: bool = False,
) -> bool:
    """Write down what became of a claimed message; False when the lease has gone to another.

    `choice` are the ways of its person: where this one fails for good, the next is taken at once.
    """
    is_mail = message.channel == EMAIL
    following = None if result.reason is None else ways.following(message, choice)
    step = after(
        result,
        tries=message.tries,
        reason=message.reason,
        send_before=message.send_before,
        now=now,
        is_paid=is_paid,
        is_mail=is_mail,
        has_next=following is not None,
    )
    values: dict[str, Any] = {"state": step.state, "reason": kept(step.reason, 400)}
    if step.due_at is not None:
        values |= {"due_at": step.due_at}
    else:
        values |= {"settled_at": now}
    if step.goes_on and following is not None:
        values |= {"channel": following.channel, "address": kept(following.address, 254)}
        values |= {"tries": 0}
    elif not step.counts:
        values |= {"tries": message.tries - 1}
    if not _settle(message, values):
        return False
    ways.note_try(message, result, now)
    if not is_mail and result.reason in {None, Reason.DENIED}:
        channels.note_trouble(message.channel, result.words, now)
    return True


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

    So for its way: `message` has that of its person's present wishes afterwards. False when it
    cannot leave: the lease has gone to another, or there is no address any more.
    """
    state, reason = standing(notice)
    if state is not MessageState.WAITING:
        _settle(message, {"state": state, "reason": reason, "settled_at": now})
        return False
    way = ways.present(message, notice)
    if not _settle(
        message, contents(notice, way) | {"send_before": notice.send_before}, keeps=True
    ):
        return False
    message.channel, message.address = way.channel, kept(way.address, 254)
    return True


def is_ours_still(message: Message, now: datetime) -> bool:
    """Take the lease anew; False when it has gone to another, who will say it."""
    return _settle(message, {"claimed_until": now + LEASE}, keeps=True)


def _settle(message: Message, values: dict[str, Any], *, keeps: bool = False) -> bool:
    released = {} if keeps else {"claimed_by": None, "claimed_until": None}
    return (
        changed(
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


def beat(job: str, now: datetime) -> None:
    """Note that a job ran to its end."""
    adding = inserting(Tick).values(job=job, ran_at=now)
    db.session.execute(
        adding.on_conflict_do_update(
            index_elements=[Tick.job], set_={"ran_at": adding.excluded.ran_at}
        )
    )


__all__ = [
    "arrived",
    "beat",
    "can_be_phoned",
    "can_try_again",
    "claim_next",
    "expire",
    "is_ours_still",
    "keep_stale",
    "look_again",
    "postpone",
    "queue",
    "refresh",
    "send_once_more",
    "set_aside_next",
    "settle",
    "take_again",
    "told_by_phone",
    "try_again",
    "withdraw",
]
