"""What a notice is, when it may go out, and the states of a message."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a message says; each has its templates under `templates/messages/`."""

    PUBLISHED = "published"  # a new shift to answer
    CHANGED = "changed"  # its day, time or place changed
    CANCELLED = "cancelled"  # it will not take place, or goes on without this volunteer
    TWO_DAYS = "two_days"  # two days before
    MORNING = "morning"  # on the morning of the shift
    NOT_CONFIRMED = "not_confirmed"  # no answer yet, three days before
    ASKED = "asked"  # can you take an open place?
    FILLED = "filled"  # someone else took it
    CANT_COME = "cant_come"  # to coordinators: a volunteer cannot come
    INVITATION = "invitation"  # to someone who may sign in for the first time
    RESET = "reset"  # a link to choose a new password


class MessageState(StrEnum):
    """Where a message stands; the last four are final."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Notice:
    """Something that is due to be said now.

    `key` is unique for ever: the same thing is said once. `about` names the record it follows
    ("assignment:12"), which is looked at again at the moment of sending. `facts` fill the
    template: times, places and names of wards; never a patient's name or illness.
    """

    kind: Kind
    key: str
    about: str
    recipient: str  # "volunteer:5" or "user:3"
    name: str
    address: str
    locale: str
    send_after: datetime
    send_before: datetime
    facts: dict[str, object] = field(default_factory=dict)


# Long enough to undo a publish before anything left; short enough not to be noticed.
UNDO_WINDOW = timedelta(minutes=2)
LEASE = timedelta(minutes=2)
MAXIMUM_TRIES = 8


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries: 1, 2, 4 … 64 minutes."""
    return timedelta(minutes=2 ** min(max(tries - 1, 0), 6))
