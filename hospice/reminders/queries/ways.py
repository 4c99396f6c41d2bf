"""What is asked about the ways of messages: which were tried, and which do not reach a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select

from hospice.core.db import db
from hospice.reminders.models import ContactWay, MessageTry
from hospice.reminders.rules import EMAIL


@dataclass(frozen=True)
class Unreached:
    """A way that does not reach a person: the service said that it will not."""

    channel: str
    address: str
    reason: str
    failed_at: datetime


def tries(message_id: int, *, limit: int = 50) -> Sequence[MessageTry]:
    """Return the tries of a message, the newest first."""
    return db.session.scalars(
        select(MessageTry)
        .where(MessageTry.message_id == message_id)
        .order_by(MessageTry.id.desc())
        .limit(limit)
    ).all()


def tried(message_ids: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """Return the ways that some messages were tried by: channel and masked address."""
    asked = sorted(set(message_ids))
    found: dict[int, set[tuple[str, str]]] = {one: set() for one in asked}
    if not asked:
        return found
    for message_id, channel, address in db.session.execute(
        select(MessageTry.message_id, MessageTry.channel, MessageTry.address)
        .where(MessageTry.message_id.in_(asked))
        .distinct()
    ):
        found[message_id].add((channel, address))
    return found


def unreached(recipients: Iterable[str]) -> dict[str, list[Unreached]]:
    """Return the ways that do not reach some people ("volunteer:5"), in one statement.

    Of email the address that failed is returned: it is over once the record has another.
    """
    found: dict[str, list[Unreached]] = {}
    asked = sorted(set(recipients))
    if not asked:
        return found
    for row in db.session.scalars(
        select(ContactWay)
        .where(ContactWay.recipient.in_(asked), ContactWay.failed_at.is_not(None))
        .order_by(ContactWay.rank, ContactWay.id)
    ):
        if row.failed_at is not None:
            found.setdefault(row.recipient, []).append(
                Unreached(row.channel, row.address, row.failed_reason, row.failed_at)
            )
    return found


def does_not_reach(
    recipient: SQLColumnExpression[str], email: SQLColumnExpression[str]
) -> ColumnElement[bool]:
    """Return the condition that a way refused a person whose record has this email address."""
    return exists().where(
        ContactWay.recipient == recipient,
        ContactWay.failed_at.is_not(None),
        or_(ContactWay.channel != EMAIL, ContactWay.address == email),
    )
