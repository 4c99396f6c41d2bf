"""A night on which the computer was off, so that the pages show what that looks like."""

from datetime import timedelta

from hospice.demo.rows import Rows
from hospice.reminders.models import Message, Standstill
from hospice.reminders.rules import MessageState
from hospice.reminders.rules.standstill import Cause

_LATE = 3


def add(rows: Rows) -> None:
    """Make the last messages that were sent more than a day ago leave late."""
    until_at = rows.now.replace(minute=40, second=0, microsecond=0) - timedelta(hours=26)
    from_at = until_at - timedelta(hours=3, minutes=25)
    made = rows.add(
        Standstill,
        cause=Cause.GAP,
        from_at=from_at,
        until_at=until_at,
        listed_at=until_at,
        settled_at=None,
        settled_by_id=None,
    )
    for one in rows.of(Message):
        one |= {"standstill_id": None, "was_due_at": None}
    sent = [
        one
        for one in rows.of(Message)
        if one["state"] is MessageState.SENT and one["due_at"] < from_at
    ]
    sent.sort(key=lambda one: (one["due_at"], one["id"]))
    for number, one in enumerate(sent[-_LATE:]):
        one["standstill_id"] = made["id"]
        one["was_due_at"] = from_at + timedelta(minutes=35 * (number + 1))
        one["due_at"] = one["was_due_at"]
        one["settled_at"] = until_at + timedelta(minutes=number + 1)
