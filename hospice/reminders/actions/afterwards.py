"""What becomes of messages that did not leave, or may not have: looked at again, phoned, repeated."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from hospice.accounts.models import User
from hospice.channels import queries as channels
from hospice.channels.rules import masked
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.reminders.actions import ways
from hospice.reminders.actions.rows import changed, contents, standing
from hospice.reminders.models import Message
from hospice.reminders.queries import ways as asked
from hospice.reminders.rules import (
    EMAIL,
    NOT_WANTED,
    MessageState,
    Notice,
    Reason,
    Way,
    is_address,
    reason_of,
)


def look_again(failed: Sequence[Message], notices: Mapping[str, Notice], now: datetime) -> int:
    """Look again at messages that failed; `notices` are those still true, by key.

    What is no longer true is withdrawn, so that nobody is phoned about it. Someone who has another
    address now, or another way, is written to; so is whoever a service would not serve that accepts
    us again. Return how many messages changed.
    """
    tried = asked.tried(message.id for message in failed)
    refused = {one for one in failed if reason_of(one.reason)[0] in _OURS}
    accepted = channels.accepted() if refused else set()
    count = 0
    for message in failed:
        is_mended = message in refused and message.channel in accepted
        values = _seen_again(
            message, notices.get(message.key), tried[message.id], now, is_mended=is_mended
        )
        if values:
            count += changed(
                update(Message)
                .where(Message.id == message.id, Message.state == MessageState.FAILED)
                .values(**values)
            )
    return count


def _seen_again(
    message: Message,
    notice: Notice | None,
    tried: set[tuple[str, str]],
    now: datetime,
    *,
    is_mended: bool,
) -> dict[str, Any]:
    if notice is None or notice.send_before <= now:
        return {"state": MessageState.WITHDRAWN, "settled_at": now}
    state, why_not = standing(notice)
    if state is MessageState.WITHDRAWN:
        return {"state": state, "reason": why_not, "settled_at": now}
    choice = ways.usable(notice)
    new = [way for way in choice if _is_new(way, message, tried)]
    same = [way for way in choice if way.channel == message.channel]
    way = next(iter(new or same or choice), ways.first(notice))
    values: dict[str, Any] = {
        name: value
        for name, value in contents(notice, way).items()
        if value != getattr(message, name)
    }
    before, detail = reason_of(message.reason)
    # with details it is what the mail server said of it: it would say so again, every minute
    could_not = before in _COULD_NOT and not detail
    if not why_not and (could_not or new or is_mended):
        values |= {"state": MessageState.WAITING, "tries": 0, "reason": "", "settled_at": None}
        values |= {"due_at": notice.goes_at(now)}
    elif why_not and why_not != message.reason:
        values |= {"reason": why_not}
    return values


def _is_new(way: Way, message: Message, tried: set[tuple[str, str]]) -> bool:
    if way.channel == message.channel:  # whose whole address is known
        return way.address != message.address
    return (way.channel, masked(way.address)) not in tried


# Neither the person nor the message is to blame: it leaves once the service accepts us again.
_OURS = {Reason.DENIED, Reason.NO_CHANNEL}
# Failed before anything was handed over: it leaves once this is no longer so.
_COULD_NOT = {Reason.NO_ADDRESS, Reason.BAD_ADDRESS, Reason.PHONE_ONLY, *NOT_WANTED}
_UNREACHED = [
    MessageState.FAILED,
    MessageState.WAITING,
    MessageState.EXPIRED,
    MessageState.HELD,
    MessageState.UNCLEAR,
]


def can_be_phoned(message: Message) -> bool:
    """Tell whether telling the person by phone would settle a message."""
    return message.recipient.startswith("volunteer:") and message.state in _UNREACHED


def can_try_again(message: Message, now: datetime) -> bool:
    """Tell whether a message that failed could still be sent."""
    is_failed = message.state is MessageState.FAILED and message.reason not in NOT_WANTED
    is_usable = message.channel != EMAIL or is_address(message.address)
    return is_failed and message.send_before > now and is_usable


def told_by_phone(message: Message, *, by: User, now: datetime) -> int:
    """Note that a person was told by phone what a message should have said; raise Refused.

    Everything that still waits or failed for the same person about the same thing is done with.
    """
    done = changed(
        update(Message)
        .where(
            Message.about == message.about,
            Message.recipient == message.recipient,
            Message.state.in_(_UNREACHED),
        )
        .values(state=MessageState.PHONED, settled_at=now)
    )
    if not done or not message.recipient.startswith("volunteer:"):
        raise Refused([Objection("not_to_phone")])
    kind, _, number = message.recipient.partition(":")
    journal.record(
        "message.phoned",
        about=[("message", message.id), (kind, int(number))],
        by=by,
        now=now,
        name=message.name,
        kind=message.kind,
    )
    return done


def try_again(message: Message, *, now: datetime) -> None:
    """Let a message that failed wait once more; raise Refused."""
    if not can_try_again(message, now):
        raise Refused([Objection("not_again")])
    changed(
        update(Message)
        .where(Message.id == message.id, Message.state == MessageState.FAILED)
        .values(state=MessageState.WAITING, due_at=now, tries=0, reason="", settled_at=None)
    )


def arrived(message: Message, *, by: User, now: datetime) -> None:
    """Note that a message which may have arrived did; raise Refused."""
    done = {"state": MessageState.SENT, "settled_at": now, "reason": ""}
    _clear(message, "message.arrived", done, by, now)


def send_once_more(message: Message, *, by: User, now: datetime) -> None:
    """Let a message that may have arrived, and costs each time, leave again; raise Refused."""
    if message.send_before <= now:
        raise Refused([Objection("not_again")])
    # its reason stays: by it the message goes the same way again
    again = {"state": MessageState.WAITING, "due_at": now, "tries": 0, "settled_at": None}
    _clear(message, "message.repeated", again, by, now)


def _clear(message: Message, verb: str, values: dict[str, Any], by: User, now: datetime) -> None:
    done = changed(
        update(Message)
        .where(Message.id == message.id, Message.state == MessageState.UNCLEAR)
        .values(**values)
    )
    if not done:
        raise Refused([Objection("not_unclear")])
    journal.record(
        verb,
        about=[("message", message.id)],
        by=by,
        now=now,
        name=message.name,
        kind=message.kind,
    )
