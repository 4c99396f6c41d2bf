"""What is asked about the ways beside email."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, Text, cast, literal, select, type_coerce

from hospice.channels.models import Channel
from hospice.channels.rules import Addressed, Scheme
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.core.sealing import MARK

# What a message and a person's ways call a channel: "channel:3".
WAY = literal("channel:") + cast(Channel.id, String)


@dataclass(frozen=True)
class Usable:
    """A channel that is switched on, as a message needs it; readable after the transaction."""

    channel_id: int
    scheme: Scheme
    secret: str
    is_paid: bool
    is_own_host: bool


def channels() -> Sequence[Channel]:
    """Return every channel, those in use first."""
    return db.session.scalars(
        select(Channel).order_by(Channel.is_enabled.desc(), Channel.name, Channel.id)
    ).all()


def channel(channel_id: int) -> Channel:
    """Return a channel; raise Missing."""
    found = db.session.get(Channel, channel_id)
    if found is None:
        raise Missing
    return found


def lying_open() -> dict[int, str]:
    """Return the secrets, by channel, that were kept before anything was sealed."""
    rows = db.session.execute(
        select(Channel.id, type_coerce(Channel.secret, Text)).where(
            type_coerce(Channel.secret, Text).not_like(f"{MARK}%")
        )
    )
    return dict(rows.all())


def channel_named(name: str) -> Channel | None:
    """Return the channel of exactly this name."""
    return db.session.scalar(select(Channel).where(Channel.name == name))


def usable(way: str) -> Usable | None:
    """Return the channel that a message goes through; None when it is off, or cannot be read."""
    number = way.removeprefix("channel:")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    found = db.session.get(Channel, int(number))
    if found is None or not found.is_enabled or found.is_unreadable:
        return None
    return Usable(found.id, found.service, found.secret, found.is_paid, found.is_own_host)


def groups() -> Sequence[Channel]:
    """Return the groups of the office that are switched on."""
    found = db.session.scalars(select(Channel).where(Channel.is_enabled).order_by(Channel.id))
    return [
        one for one in found if one.service.addressed is Addressed.GROUP and not one.is_unreadable
    ]


def paid_ways() -> list[str]:
    """Return the channels where each message costs, as messages call them."""
    return [
        f"channel:{found}"
        for found in db.session.scalars(select(Channel.id).where(Channel.is_paid))
    ]


def in_trouble() -> Sequence[Channel]:
    """Return the channels in use whose service does not accept us, or that cannot be read."""
    found = db.session.scalars(select(Channel).where(Channel.is_enabled).order_by(Channel.name))
    return [one for one in found if one.failed_at is not None or one.is_unreadable]


def accepted() -> set[str]:
    """Return the channels in use whose service accepts us, as messages call them."""
    rows = db.session.scalars(
        select(Channel).where(Channel.is_enabled, Channel.failed_at.is_(None))
    )
    return {row.way for row in rows if not row.is_unreadable}


def names() -> dict[str, str]:
    """Return what people call each channel, by what messages call it."""
    rows = db.session.execute(select(Channel.id, Channel.name))
    return {f"channel:{channel_id}": name for channel_id, name in rows}
