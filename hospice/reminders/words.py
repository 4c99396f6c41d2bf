"""Words for messages: what each says, where it stands, and why it has not left."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from hospice.core import clock
from hospice.core.errors import Objection
from hospice.reminders.models import Message
from hospice.reminders.rules import EMAIL, NOT_WANTED, Kind, MessageState, Reason, reason_of
from hospice.reminders.rules.standstill import Delay
from hospice.web import pages

KIND_LABELS: dict[Kind, Any] = {
    Kind.PUBLISHED: _l("New shift"),
    Kind.CHANGED: _l("Changed shift"),
    Kind.CANCELLED: _l("Not needed after all"),
    Kind.TWO_DAYS: _l("Reminder, some days before"),
    Kind.MORNING: _l("Reminder, the same day"),
    Kind.NOT_CONFIRMED: _l("No answer yet"),
    Kind.ASKED: _l("Asked to help"),
    Kind.FILLED: _l("Place has been filled"),
    Kind.CANT_COME: _l("Someone can’t come"),
    Kind.CLAIM_GRANTED: _l("May come"),
    Kind.CLAIM_DECLINED: _l("Not this time"),
    Kind.WAITING_OFFERED: _l("A place from the waiting list"),
    Kind.WAITING_GONE: _l("Place given to someone else"),
    Kind.SWAP_ASKED: _l("Asked to swap"),
    Kind.SWAP_PROPOSED: _l("Swap for another shift"),
    Kind.SWAP_DONE: _l("Swap agreed"),
    Kind.SWAP_GONE: _l("Swap no longer open"),
    Kind.SHORT: _l("Shift is short"),
    Kind.LONE_ARRIVAL: _l("Have you arrived?"),
    Kind.LONE_OUT: _l("Are you out again?"),
    Kind.LONE_ALARM: _l("Someone has not checked out"),
    Kind.RED_FLAG: _l("Someone may be in danger"),
    Kind.NOTE_MISSING: _l("Note not here yet"),
    Kind.DIGEST: _l("How the day looks"),
    Kind.WEEKLY: _l("How the week looks"),
    Kind.TASK_DUE: _l("Task is due"),
    Kind.FOLLOW_UP_DUE: _l("Follow-up is due"),
    Kind.CASE_UNREAD: _l("Words that may speak of harm"),
    Kind.CASE_DUE: _l("Somebody waits for an answer"),
    Kind.PAPER: _l("Paper that runs out"),
    Kind.THANKS: _l("Thank you"),
    Kind.INVITATION: _l("Invitation"),
    Kind.RESET: _l("New password"),
    Kind.TEST: _l("Test message"),
}

# What there is to say on the phone, to someone whom the message did not reach.
CALL_WORDS: dict[Kind, Any] = {
    Kind.PUBLISHED: _l("Ask whether they can come"),
    Kind.CHANGED: _l("Tell them the new time and place, and ask whether they can come"),
    Kind.CANCELLED: _l("Tell them they do not need to come"),
    Kind.TWO_DAYS: _l("Remind them of the shift"),
    Kind.MORNING: _l("Remind them of the shift"),
    Kind.NOT_CONFIRMED: _l("Ask whether they can come"),
    Kind.ASKED: _l("Ask whether they could take this place"),
    Kind.CLAIM_GRANTED: _l("Tell them that they may come"),
    Kind.CLAIM_DECLINED: _l("Tell them that it does not work out this time"),
    Kind.WAITING_OFFERED: _l("Ask whether they take the place they waited for"),
    Kind.WAITING_GONE: _l("Tell them that the place is not free after all"),
    Kind.SWAP_ASKED: _l("Ask whether they could take this place"),
    Kind.SWAP_PROPOSED: _l("Ask whether they would swap for the other shift"),
    Kind.SWAP_DONE: _l("Tell them that someone has taken their place"),
    Kind.SWAP_GONE: _l("Tell them that the swap is no longer open"),
    Kind.NOTE_MISSING: _l("Ask how the visit was, and write the note for them"),
    Kind.PAPER: _l("Ask for the newer paper"),
    Kind.LONE_ARRIVAL: _l("Ask whether they have arrived"),
    Kind.LONE_OUT: _l("Ask whether they are out again and all is well"),
    Kind.LONE_ALARM: _l("Tell them that someone of their shift has not checked out"),
}

STATE_LABELS: dict[MessageState, Any] = {
    MessageState.WAITING: _l("Waiting to leave"),
    MessageState.SENDING: _l("Leaving now"),
    MessageState.SENT: _l("Sent"),
    MessageState.FAILED: _l("Not sent"),
    MessageState.EXPIRED: _l("Too late"),
    MessageState.WITHDRAWN: _l("No longer needed"),
    MessageState.PHONED: _l("Told by phone"),
    MessageState.UNCLEAR: _l("Did it arrive?"),
    MessageState.HELD: _l("Waits for you"),
}
# The look of each: the marks of places, so that nothing is said by colour alone.
STATE_LOOKS: dict[MessageState, tuple[str, str]] = {
    MessageState.WAITING: ("waiting", "dots"),
    MessageState.SENDING: ("waiting", "dots"),
    MessageState.SENT: ("confirmed", "check"),
    MessageState.FAILED: ("cover", "alert"),
    MessageState.EXPIRED: ("open", "alert"),
    MessageState.WITHDRAWN: ("cant", "cross"),
    MessageState.PHONED: ("confirmed", "phone"),
    MessageState.UNCLEAR: ("open", "alert"),
    MessageState.HELD: ("open", "alert"),
}

REASONS: dict[Reason, Any] = {
    Reason.NO_ADDRESS: _l("There is no email address"),
    Reason.BAD_ADDRESS: _l("The email address cannot be used"),
    Reason.PHONE_ONLY: _l("Better said by a person than by a message"),
    Reason.REFUSED: _l("The mail server refused it"),
    Reason.LATER: _l("The mail server asked us to try again later"),
    Reason.UNREACHABLE: _l("The mail server could not be used"),
    Reason.UNKNOWN: _l("The line was cut at the end, so it may have arrived"),
    Reason.UNREADABLE: _l("Its words could not be put together"),
    Reason.STOPPED: _l("It was interrupted, and is sent once more"),
    Reason.DENIED: _l("The service does not accept us"),
    Reason.NO_CHANNEL: _l("This way was switched off"),
    Reason.SILENT: _l("They want no messages"),
    Reason.TOPIC_OFF: _l("They want no messages about this"),
    Reason.STOOD_STILL: _l("Our computer was off while it was of use"),
    Reason.HELD: _l("Nobody said in time that it may leave"),
    Reason.SAID_BEFORE: _l("It went out before the copy was put back"),
}

# The same where a service beside the mail server was asked.
SERVICE_REASONS: dict[Reason, Any] = {
    Reason.REFUSED: _l("The service refused it"),
    Reason.LATER: _l("The service asked us to try again later"),
    Reason.UNREACHABLE: _l("The service could not be reached"),
    Reason.UNKNOWN: _l("It did not answer to the end, so it may have arrived"),
}

GROUP_LABELS: dict[str, Any] = {
    "all": _l("All"),
    "waiting": _l("Waiting to leave"),
    "sent": _l("Sent"),
    "failed": _l("Not sent"),
    "other": _l("Told by phone or not needed"),
}

_OBJECTIONS: dict[str, Any] = {
    "not_to_phone": _l("This has been settled meanwhile."),
    "not_unclear": _l("This has been settled meanwhile."),
    "not_again": _l(
        "This message cannot be sent again. Its time has passed, or there is no address."
    ),
    "not_held": _l("This has been settled meanwhile."),
}


_LACKS: dict[str, Any] = {
    "minimum": _l("It has fewer people than it needs at least."),
    "needs_leader": _l("Nobody on it leads."),
    "trainee_alone": _l("Someone new would have nobody experienced beside them."),
    "needs_language": _l("Nobody on it speaks the language that was asked for."),
}


def lack_words(lacks: Sequence[object]) -> str:
    """Return what a shift lacks, a line each."""
    other = _l("Nobody on it brings the skill that was asked for.")
    return "\n".join(str(_LACKS.get(str(one), other)) for one in lacks)


def button_words(kind: Kind) -> str:
    """Return what the button of a letter says."""
    if kind in {Kind.CANT_COME, Kind.SHORT, Kind.LONE_ALARM}:
        return gettext("Open the shift")
    if kind is Kind.DIGEST:
        return gettext("Open Today")
    if kind is Kind.WEEKLY:
        return gettext("Open the roster")
    if kind is Kind.TASK_DUE:
        return gettext("Open the task")
    if kind is Kind.FOLLOW_UP_DUE:
        return gettext("Open the follow-up")
    if kind in {Kind.RED_FLAG, Kind.CASE_UNREAD, Kind.CASE_DUE}:
        return gettext("Open the page")
    if kind is Kind.NOTE_MISSING:
        return gettext("Write the note")
    if kind in {Kind.INVITATION, Kind.RESET}:
        return gettext("Choose a password")
    if kind in {Kind.MORNING, Kind.CLAIM_GRANTED}:
        return gettext("Open my shift")
    if kind is Kind.SWAP_DONE:
        return gettext("Open the swap")
    return gettext("Open the page to answer")


def message_kind(kind: str) -> str:
    """Return what a message is about, in two or three words."""
    return str(KIND_LABELS[Kind(kind)])


def message_call(kind: str) -> str:
    """Return what to say on the phone."""
    return str(CALL_WORDS.get(Kind(kind), KIND_LABELS[Kind(kind)]))


def message_call_reason(words: str, channel: str = EMAIL) -> str:
    """Return as a sentence why someone must be phoned, without the server's own words."""
    reason, _detail = reason_of(words)
    if reason is None:
        return gettext("The message has not left yet.")
    return gettext("%(reason)s.", reason=_reason_label(reason, channel))


def message_state(state: str) -> str:
    """Return where a message stands."""
    return str(STATE_LABELS[MessageState(state)])


def message_look(state: str) -> str:
    """Return the class of a state's tag."""
    return STATE_LOOKS[MessageState(state)][0]


def message_icon(state: str) -> str:
    """Return the icon of a state's tag."""
    return STATE_LOOKS[MessageState(state)][1]


def message_reason(words: str, channel: str = EMAIL) -> str:
    """Return why a message did not leave: "The mail server refused it (550 no such user)"."""
    reason, detail = reason_of(words)
    if reason is None:
        return detail
    label = _reason_label(reason, channel)
    return gettext("%(reason)s (%(detail)s)", reason=label, detail=detail) if detail else label


def _reason_label(reason: Reason, channel: str) -> str:
    label = REASONS[reason]
    return str(label if channel == EMAIL else SERVICE_REASONS.get(reason, label))


def message_occasion(facts: Mapping[str, Any]) -> str:
    """Return the shift that a message is about: "Sun 29 Nov, 14:00–17:00, Ward 1"; else nothing."""
    try:
        zone = str(facts["zone"])
        starts_at = datetime.fromisoformat(facts["starts_at"])
        ends_at = datetime.fromisoformat(facts["ends_at"])
        return message_shift(starts_at, ends_at, zone, str(facts["place"]))
    except (KeyError, TypeError, ValueError, OSError, OverflowError):
        return ""


def message_shift_id(facts: Mapping[str, Any]) -> int | None:
    """Return the shift that a message is about, for a link to it."""
    found = facts.get("shift_id")
    return found if isinstance(found, int) and found > 0 else None


def message_shift(starts_at: datetime, ends_at: datetime, zone: str, place: str) -> str:
    """Return "Sun 29 Nov, 14:00–17:00, Ward 1"."""
    return gettext(
        "%(day)s, %(hours)s, %(place)s",
        day=pages.short_day(clock.local(starts_at, zone).date(), week=True),
        hours=pages.hours(starts_at, ends_at, zone),
        place=place,
    )


def message_moment(message: Message) -> datetime:
    """Return when a message was settled, or else when it is due."""
    return message.settled_at or message.due_at


_UNSAID = {MessageState.FAILED, MessageState.EXPIRED, MessageState.UNCLEAR}


def message_why(message: Message, now: datetime, has_server: bool) -> str:
    """Return why a message has not left yet, or did not leave."""
    if message.state is not MessageState.WAITING:
        is_unsaid = message.state in _UNSAID
        is_unsaid = is_unsaid or message.reason in {*NOT_WANTED, Reason.SAID_BEFORE}
        return message_reason(message.reason, message.channel) if is_unsaid else ""
    if not has_server and message.channel == EMAIL:
        return gettext("No mail server is set")
    if message.tries and message.reason:
        return gettext(
            "%(reason)s. Next try at %(time)s",
            reason=message_reason(message.reason, message.channel),
            time=pages.clock_time(message.due_at),
        )
    if message.due_at > now:
        return gettext(
            "Leaves at %(time)s, outside the quiet hours", time=pages.clock_time(message.due_at)
        )
    return (
        message_reason(message.reason, message.channel)
        if message.reason
        else gettext("Leaves within a minute")
    )


def late_words(late: Delay) -> str:
    """Return why a letter comes late, in the zone of the hospice."""
    return gettext(
        "This message comes late: our computer was off from %(begin)s to %(end)s.",
        begin=_moment(late.from_at),
        end=_moment(late.until_at),
    )


def _moment(value: datetime) -> str:
    there = clock.local(value, pages.present_zone())
    day, time = pages.short_day(there.date(), week=True), pages.clock_time(there.time())
    return gettext("%(day)s, %(time)s", day=day, time=time)


def objection_words(objection: Objection) -> str:
    """Return the words of a refusal."""
    return str(_OBJECTIONS[objection.kind])


def _phoned(facts: Mapping[str, Any]) -> str:
    return gettext(
        "told %(name)s by phone: %(what)s", name=facts["name"], what=message_kind(facts["kind"])
    )


def _held(_facts: Mapping[str, Any]) -> str:
    return gettext("saw that an older copy of the data was put back, and holds messages")


def _let_go(facts: Mapping[str, Any]) -> str:
    count = int(facts["count"])
    return ngettext("let one message leave", "let %(num)d messages leave", count)


def _said_before(facts: Mapping[str, Any]) -> str:
    count = int(facts["count"])
    return ngettext(
        "noted that one message went out before the copy was put back",
        "noted that %(num)d messages went out before the copy was put back",
        count,
    )


def _lifted(_facts: Mapping[str, Any]) -> str:
    return gettext("let messages leave as usual again")


VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "message.phoned": _phoned,
    "message.arrived": lambda _facts: gettext("said that it had arrived"),
    "message.repeated": lambda _facts: gettext("let it be sent once more"),
    "message.held": _held,
    "message.let_go": _let_go,
    "message.said_before": _said_before,
    "message.lifted": _lifted,
}

GLOBALS: dict[str, Callable[..., Any]] = {
    "message_kind": message_kind,
    "message_call": message_call,
    "message_call_reason": message_call_reason,
    "message_state": message_state,
    "message_look": message_look,
    "message_icon": message_icon,
    "message_reason": message_reason,
    "message_occasion": message_occasion,
    "message_shift": message_shift,
    "message_shift_id": message_shift_id,
    "message_why": message_why,
    "message_moment": message_moment,
}
