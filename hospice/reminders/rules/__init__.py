"""What a notice is, when it may go out, and the states of a message."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from hospice.reminders.rules.kinds import (
    ALWAYS_SAID,
    ANSWERED_BY_LINK,
    LED_BY_PATH,
    MUST_KNOW,
    TOLD_KINDS,
    TOPIC_OF,
    Kind,
    Topic,
)
from hospice.reminders.rules.wishes import (
    DEFAULT_WISHES,
    EMAIL,
    LEAST_WARNING,
    QUIET_FROM,
    QUIET_UNTIL,
    USUAL_HOURS,
    Hours,
    Way,
    Wishes,
    earliest,
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
    UNCLEAR = "unclear"  # it costs each time and may have arrived: a person says whether it did
    HELD = "held"  # after a restore: waits until a person says whether it was said already


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
    DENIED = "denied"  # the service does not accept us: a wrong key, an account without money
    NO_CHANNEL = "no_channel"  # its channel was switched off
    SILENT = "silent"  # the person wants no messages
    TOPIC_OFF = "topic_off"  # the person wants none about this
    STOOD_STILL = "stood_still"  # nothing went round while it was of use
    HELD = "held"  # after a restore nobody said in time that it may leave
    SAID_BEFORE = "said_before"  # a person says that it left before the restore


NOT_WANTED = frozenset({Reason.SILENT, Reason.TOPIC_OFF})


@dataclass(frozen=True)
class Notice:
    """Something that is due to be said now.

    `key` is unique for ever: the same thing is said once. `about` names the record it follows
    ("assignment:12"), which is looked at again at the moment of sending. `facts` fill the
    template: times, places and names of wards; never a patient's name or illness. With
    `quiet_zone` it goes out between 09:00 and 20:00 there, or in the person's own hours; empty
    means at any hour. `wishes` are read anew whenever it is looked at.
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
    wishes: Wishes = DEFAULT_WISHES

    @property
    def topic(self) -> Topic:
        """Return what it is about, as a person chooses."""
        return TOPIC_OF[self.kind]

    def goes_at(self, now: datetime) -> datetime:
        """Return the first moment from now on at which it may go out."""
        moment = max(now, self.send_after)
        hours = self.wishes.hours
        zone = self.wishes.zone or self.quiet_zone
        if not self.quiet_zone:
            # The morning of a shift is told early, unless the person chose their own hours.
            if self.kind is not Kind.MORNING or hours is None:
                return moment
            zone = zone or str(self.facts.get("zone", "UTC"))
        return earliest(moment, zone=zone, before=self.send_before, hours=hours or USUAL_HOURS)

    def unwanted(self) -> Reason | None:
        """Return why the person does not want it; None when it may be said."""
        if self.topic in ALWAYS_SAID:
            return None
        if self.wishes.is_silent:
            return Reason.SILENT
        return Reason.TOPIC_OFF if self.topic in self.wishes.topics_off else None

    def is_to_phone(self) -> bool:
        """Tell whether the office phones instead, where the person does not want it written.

        Who said yes to a shift and wants no reminders knows of it. A question is somebody's wish to
        know: it never ends unsaid. Who wants no messages at all is phoned about all of these.
        """
        if not self.recipient.startswith("volunteer:"):
            return False  # staff see the same on their pages
        if self.kind is Kind.ASKED or (self.kind is Kind.SWAP_ASKED and self.wishes.is_silent):
            return True
        if self.wishes.is_silent:
            return self.topic in MUST_KNOW
        answered = self.topic is Topic.REMINDERS and bool(self.facts.get("is_answered"))
        return self.topic in MUST_KNOW and not answered


# Long enough to undo a publish before anything left; short enough not to be noticed.
UNDO_WINDOW = timedelta(minutes=2)
LEASE = timedelta(minutes=2)
MAXIMUM_TRIES = 12  # with the pauses below: a whole working day
LATE_AFTER = timedelta(minutes=3)  # the heartbeat's patience: three missed rounds
# A message this late for a shift this near: someone had better phone.
OVERDUE = timedelta(minutes=10)
NEAR = timedelta(hours=12)


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
    goes_on: bool = False  # by the person's next way


# No other try by the same way will do better: the next one is taken at once.
HARD = frozenset(
    {
        Reason.REFUSED,
        Reason.BAD_ADDRESS,
        Reason.NO_ADDRESS,
        Reason.DENIED,
        Reason.NO_CHANNEL,
    }
)
PATIENCE = 5  # tries by a way while there is another: a quarter of an hour


def after(
    result: Result,
    *,
    tries: int,
    reason: str,
    send_before: datetime,
    now: datetime,
    is_paid: bool = False,
    is_mail: bool = True,
    has_next: bool = False,
) -> Step:
    """Decide what follows a try; `tries` includes it, `reason` is what stood there before it.

    Where the mail server serves nobody, the message is not to blame: it waits for as long as it
    is of use. Where the line was cut after the handing over, it is repeated once, with the same
    Message-ID, and never more; where each message costs, a person is asked instead.
    """
    if result.reason is None:
        return Step(MessageState.SENT, "")
    if result.reason is Reason.UNKNOWN and is_paid:
        return Step(MessageState.UNCLEAR, result.words)
    was_unknown = reason.startswith(Reason.UNKNOWN)
    words = reason if was_unknown else result.words
    if has_next and result.reason in HARD:
        return Step(MessageState.WAITING, words, now, goes_on=True)
    if result.reason in {Reason.UNREACHABLE, Reason.LATER, Reason.UNKNOWN}:
        is_ours = result.reason is not Reason.UNREACHABLE or not is_mail
        again = now + (pause(tries) if is_ours else pause(1))
        is_over = again >= send_before or (is_ours and tries >= MAXIMUM_TRIES)
        if result.reason is not Reason.UNKNOWN and has_next and (is_over or tries >= PATIENCE):
            return Step(MessageState.WAITING, words, now, goes_on=True)
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


__all__ = [
    "ALWAYS_SAID",
    "ANSWERED_BY_LINK",
    "DEFAULT_WISHES",
    "EMAIL",
    "HARD",
    "LATE_AFTER",
    "LEASE",
    "LEAST_WARNING",
    "LED_BY_PATH",
    "MAXIMUM_TRIES",
    "MUST_KNOW",
    "NEAR",
    "NOT_WANTED",
    "OVERDUE",
    "PATIENCE",
    "QUIET_FROM",
    "QUIET_UNTIL",
    "TOLD_KINDS",
    "TOPIC_OF",
    "UNDO_WINDOW",
    "USUAL_HOURS",
    "Heartbeat",
    "Hours",
    "Kind",
    "MessageState",
    "Notice",
    "Reason",
    "Result",
    "Step",
    "Topic",
    "Way",
    "Wishes",
    "after",
    "earliest",
    "is_address",
    "message_id",
    "pause",
    "reason_of",
]
