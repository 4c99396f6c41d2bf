"""Conditions on where a message stands."""

from sqlalchemy import ColumnElement, func

from hospice.reminders.models import Message
from hospice.reminders.rules import MessageState


def is_in(*states: MessageState) -> ColumnElement[bool]:
    """Return the condition that a message stands in one of some states, beside others that name it.

    No index serves it, on purpose: SQLite keeps no statistics, and would look through all that was
    ever sent (137 ms at 100,000 messages) rather than at the few whose key or record is named.
    """
    return func.lower(Message.state).in_([str(state) for state in states])
