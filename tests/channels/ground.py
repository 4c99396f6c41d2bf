"""Channels of the tests: one that stands for text messages, paid or not, on loopback."""

from hospice.channels.models import Channel
from hospice.core.db import db, transaction
from hospice.reminders.models import ContactWay
from tests import builders


def channel(
    host: str, *, name: str = "Text messages", is_paid: bool = False, is_group: bool = False
) -> Channel:
    """A channel that an administrator allowed to stand on this machine."""
    person, group = f"ntfy://tk_hushhush@{host}/{{to}}", f"mmost://{host}/{'a' * 26}"
    with transaction():
        made = Channel(
            name=name,
            scheme="mmosts" if is_group else "ntfys",
            secret=group if is_group else person,
            is_paid=is_paid,
            is_own_host=True,
            created_at=builders.NOW,
            changed_at=builders.NOW,
        )
        db.session.add(made)
    return made


def ways(recipient: str, *named: tuple[str, str]) -> None:
    """How a person ranks their ways: (channel, address)."""
    with transaction():
        db.session.add_all(
            ContactWay(recipient=recipient, channel=way, address=address, rank=rank)
            for rank, (way, address) in enumerate(named)
        )
