"""Choosing the way of a message, and keeping what each try by it came to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from hospice.channels.rules import masked
from hospice.core.db import db
from hospice.reminders.models import ContactWay, Message, MessageTry
from hospice.reminders.queries import ways as asked
from hospice.reminders.rules import (
    EMAIL,
    Notice,
    Reason,
    Result,
    Way,
    is_address,
)

# What is wrong with the person's address, and not with us, the hour or the message.
_OF_THE_PERSON = {Reason.REFUSED, Reason.BAD_ADDRESS}


def usable(notice: Notice) -> list[Way]:
    """Return the ways by which a notice can leave, the best first."""
    return [way for way in notice.wishes.ways_for(notice.address) if _is_usable(way)]


def why_none(notice: Notice) -> Reason:
    """Return why there is no way at all."""
    named = notice.wishes.ways_for(notice.address)
    return Reason.BAD_ADDRESS if named else Reason.NO_ADDRESS


def first(notice: Notice) -> Way:
    """Return the way that a notice takes; where there is none, the one that its record names."""
    return next(iter(usable(notice)), Way(EMAIL, notice.address))


def present(message: Message, notice: Notice) -> Way:
    """Return the way of a claimed message as its person wishes now.

    One that was begun is gone on with; otherwise it is the best that was not tried in vain.
    """
    choice = usable(notice)
    if len(choice) < 2:
        return first(notice)
    same = [way for way in choice if way.channel == message.channel]
    if same and (message.tries > 1 or message.reason):
        return same[0]
    return next(iter(untried(message, choice)), choice[0])


def untried(message: Message, choice: Sequence[Way]) -> list[Way]:
    """Return those of some ways that a message was not tried by."""
    known = asked.tried([message.id])[message.id]
    return [way for way in choice if (way.channel, masked(way.address)) not in known]


def following(message: Message, choice: Sequence[Way]) -> Way | None:
    """Return the way to take when that of a message failed; None when it was the last."""
    others = [way for way in choice if way.channel != message.channel]
    return next(iter(untried(message, others)), None) if others else None


def note_try(message: Message, result: Result, now: datetime) -> None:
    """Keep a try, and what it says of the way to its person."""
    db.session.add(
        MessageTry(
            message_id=message.id,
            channel=message.channel,
            address="" if message.recipient == message.channel else masked(message.address),
            tried_at=now,
            reason=result.reason,
            detail=result.detail[:400],
        )
    )
    db.session.flush()
    if result.reason is None:
        _reached(message)
    elif result.reason in _OF_THE_PERSON:
        _unreached(message, result, now)


def _reached(message: Message) -> None:
    db.session.execute(
        update(ContactWay)
        .where(
            ContactWay.recipient == message.recipient,
            ContactWay.channel == message.channel,
            ContactWay.failed_at.is_not(None),
        )
        .values(failed_at=None, failed_reason="")
        .execution_options(synchronize_session=False)
    )


def _unreached(message: Message, result: Result, now: datetime) -> None:
    values: dict[str, Any] = {
        "address": message.address,
        "failed_at": now,
        "failed_reason": result.words[:400],
    }
    if message.channel != EMAIL:
        # not where they have another address by now: that one has not failed
        db.session.execute(
            update(ContactWay)
            .where(
                ContactWay.recipient == message.recipient,
                ContactWay.channel == message.channel,
                ContactWay.address == message.address,
            )
            .values(values)
            .execution_options(synchronize_session=False)
        )
        return
    row = {"recipient": message.recipient, "channel": EMAIL, "rank": 0, **values}
    db.session.execute(
        inserting(ContactWay)
        .values(row)
        .on_conflict_do_update(index_elements=["recipient", "channel"], set_=values)
    )


def _is_usable(way: Way) -> bool:
    return is_address(way.address) if way.channel == EMAIL else bool(way.address.strip())


def inserting(table: type[Any]) -> Any:
    """Return an INSERT that knows ON CONFLICT, which both databases say alike."""
    is_postgres = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)
