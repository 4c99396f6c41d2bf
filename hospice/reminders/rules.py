"""What a notice is, when it may go out, and the states of a message."""

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from hospice.core import clock


class Kind(StrEnum):
    """What a message says; each has its template under `templates/messages/`."""

    PUBLISHED = "published"  # a new shift to answer
    CHANGED = "changed"  # its day, time or place changed
    CANCELLED = "cancelled"  # it will not take place, or goes on without this volunteer
    TWO_DAYS = "two_days"  # two days before
    MORNING = "morning"  # on the morning of the shift
    NOT_CONFIRMED = "not_confirmed"  # no answer yet, three days before
    ASKED = "asked"  # can you take an open place?
    FILLED = "filled"  # someone else took it
    CANT_COME = "cant_come"  # to coordinators: a volunteer cannot come
    CLAIM_GRANTED = "claim_granted"  # they asked for a place, and may come
    CLAIM_DECLINED = "claim_declined"  # they asked for a place: not this time
    WAITING_OFFERED = "waiting_offered"  # the first of the waiting list can have the place
    WAITING_GONE = "waiting_gone"  # the office gave it to someone else after all
    SWAP_ASKED = "swap_asked"  # someone would give you their place
    SWAP_PROPOSED = "swap_proposed"  # someone would take yours for one of theirs
    SWAP_DONE = "swap_done"  # someone has taken your place
    SWAP_GONE = "swap_gone"  # the place is not to be had any more
    LONE_ARRIVAL = "lone_arrival"  # at a home visit: are you there?
    LONE_OUT = "lone_out"  # after it: are you out again?
    LONE_ALARM = "lone_alarm"  # to the leader, then on call: someone has not checked out
    SHORT = "short"  # to coordinators: a shift lacks people, a leader, experience
    NOTE_MISSING = "note_missing"  # the note of a visit is not here yet
    INVITATION = "invitation"  # to someone who may sign in for the first time
    RESET = "reset"  # a link to choose a new password
    TEST = "test"  # to oneself, to see that messages leave


# What a publish says; the rest follows from the calendar, a question or an answer.
TOLD_KINDS = frozenset({Kind.PUBLISHED, Kind.CHANGED, Kind.CANCELLED, Kind.CLAIM_GRANTED})
# Their link opens the page with the two big buttons.
ANSWERED_BY_LINK = frozenset(
    {
        Kind.PUBLISHED,
        Kind.CHANGED,
        Kind.TWO_DAYS,
        Kind.MORNING,
        Kind.NOT_CONFIRMED,
        Kind.ASKED,
        Kind.CLAIM_GRANTED,
    }
)


# Their link opens a page of one's own, named in the facts, after signing in.
LED_BY_PATH = frozenset(
    {
        Kind.WAITING_OFFERED,
        Kind.SWAP_ASKED,
        Kind.SWAP_PROPOSED,
        Kind.SWAP_DONE,
        Kind.SHORT,
        Kind.NOTE_MISSING,
        Kind.LONE_ARRIVAL,
        Kind.LONE_OUT,
        Kind.LONE_ALARM,
    }
)


class MessageState(StrEnum):
    """Where a message stands; all but the first two are final."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"  # it could not leave while it was still of use
    WITHDRAWN = "withdrawn"  # no longer true, so never said; becomes waiting if true again
    PHONED = "phoned"  # a person was told by phone instead


class Reason(StrEnum):
    """Why a message did not leave, or not yet; `message.reason` is this, then `: ` and details."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    PHONE_ONLY = "phone_only"  # the patient died: a person says it, not a machine
    REFUSED = "refused"  # the mail server will never take it
    LATER = "later"  # the mail server asks to try again
    UNREACHABLE = "unreachable"  # the mail server does not serve us at all now
    UNKNOWN = "unknown"  # the line was cut after the handing over: it may have arrived
    UNREADABLE = "unreadable"  # its words could not be put together
    STOPPED = "stopped"  # the process that was sending it ended


@dataclass(frozen=True)
class Notice:
    """Something that is due to be said now.

    `key` is unique for ever: the same thing is said once. `about` names the record it follows
    ("assignment:12"), which is looked at again at the moment of sending. `facts` fill the
    template: times, places and names of wards; never a patient's name or illness. With
    `quiet_zone` it goes out between 09:00 and 20:00 there; empty means at any hour.
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
    quiet_zone: str = ""

    def goes_at(self, now: datetime) -> datetime:
        """Return the first moment from now on at which it may go out."""
        moment = max(now, self.send_after)
        if not self.quiet_zone:
            return moment
        return earliest(moment, zone=self.quiet_zone, before=self.send_before)


# Long enough to undo a publish before anything left; short enough not to be noticed.
UNDO_WINDOW = timedelta(minutes=2)
LEASE = timedelta(minutes=2)
MAXIMUM_TRIES = 12  # with the pauses below: a whole working day
LATE_AFTER = timedelta(minutes=3)  # the heartbeat's patience: three missed rounds
# A message this late for a shift this near: someone had better phone.
OVERDUE = timedelta(minutes=10)
NEAR = timedelta(hours=12)

QUIET_UNTIL = time(9)
QUIET_FROM = time(20)
LEAST_WARNING = timedelta(hours=2)


def earliest(moment: datetime, *, zone: str, before: datetime) -> datetime:
    """Return the first moment from `moment` on that disturbs nobody's night.

    In quiet hours that is the next 09:00, unless waiting for it would leave less than two hours
    before what it is about: then it goes at once.
    """
    there = clock.local(moment, zone)
    if QUIET_UNTIL <= there.time() < QUIET_FROM:
        return moment
    day = there.date() if there.time() < QUIET_UNTIL else there.date() + timedelta(days=1)
    morning = clock.instant(day, QUIET_UNTIL, zone)
    return moment if before - morning < LEAST_WARNING else morning


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries: 1, 2, 4 … 64 minutes."""
    return timedelta(minutes=2 ** min(max(tries - 1, 0), 6))


@dataclass(frozen=True)
class Result:
    """What became of handing a message over; no reason means that the mail server took it."""

    reason: Reason | None = None
    detail: str = ""

    @property
    def words(self) -> str:
        """Return the reason as a message keeps it."""
        if self.reason is None:
            return ""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


@dataclass(frozen=True)
class Step:
    """Where a message goes after a try."""

    state: MessageState
    reason: str
    due_at: datetime | None = None  # when it is tried again
    counts: bool = True  # whether the try counts towards the most there may be


def after(result: Result, *, tries: int, reason: str, send_before: datetime, now: datetime) -> Step:
    """Decide what follows a try; `tries` includes it, `reason` is what stood there before it.

    Where the mail server serves nobody, the message is not to blame: it waits for as long as it
    is of use. Where the line was cut after the handing over, it is repeated once, with the same
    Message-ID, and never more.
    """
    if result.reason is None:
        return Step(MessageState.SENT, "")
    was_unknown = reason.startswith(Reason.UNKNOWN)
    words = reason if was_unknown else result.words
    if result.reason in {Reason.UNREACHABLE, Reason.LATER, Reason.UNKNOWN}:
        is_ours = result.reason is not Reason.UNREACHABLE
        again = now + (pause(tries) if is_ours else pause(1))
        is_over = again >= send_before or (is_ours and tries >= MAXIMUM_TRIES)
        if not is_over and not (was_unknown and result.reason is Reason.UNKNOWN):
            return Step(MessageState.WAITING, words, again, counts=is_ours)
    return Step(MessageState.FAILED, words)


_ADDRESS = re.compile(r"""[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f]+@[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f]+""")


def is_address(address: str) -> bool:
    """Tell whether mail can be addressed to it; nothing that could break out of a header is."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def message_id(key: str, host: str) -> str:
    """Return the Message-ID of a message: the same however often it is handed over."""
    return f"<{sha256(key.encode('utf-8', 'replace')).hexdigest()[:32]}@{host}>"


def reason_of(words: str) -> tuple[Reason | None, str]:
    """Return the reason that a message keeps, and its details."""
    name, _, detail = words.partition(": ")
    try:
        return Reason(name), detail
    except ValueError:
        return None, words


@dataclass(frozen=True)
class Heartbeat:
    """When messages last went round."""

    ran_at: datetime | None
    is_late: bool
