"""The ways beside email of the made-up hospice; none of them reaches anybody."""

from datetime import timedelta
from typing import Any

from hospice.channels.models import Channel
from hospice.demo.rows import Rows
from hospice.reminders.models import ContactWay, Message, MessageTry
from hospice.reminders.rules import EMAIL, MessageState, Reason
from hospice.shifts.models import Assignment, Shift
from hospice.volunteers.models import Volunteer

_ADMINISTRATOR = 1
_LATE = "it did not answer in time"
_REFUSED = "550 5.1.1 no such user here"


def add(rows: Rows) -> None:
    """Add a gateway of its own, text messages that ran out of money, and a group."""
    # a port that nobody listens on: whatever is sent in a demo stays there
    _channel(
        rows, "Signal", "signals", "signal://localhost:1/+8602155550100/{to}", is_own_host=True
    )
    texts = _channel(
        rows,
        rows.say("Text messages", "短信"),
        "twilio",
        f"twilio://AC{'0' * 32}:{'0' * 28}4f2a@+15005550006/{{to}}",
        is_paid=True,
        is_enabled=False,
        failed_at=rows.now - timedelta(days=6),
        failed_reason="denied: "
        + rows.say("402 the account has no money left", "402 账户余额不足"),
    )
    _channel(
        rows,
        rows.say("The office’s group", "办公室群"),
        "wecombot",
        "wecombot://00000000-0000-0000-0000-00000000b71e",
        is_enabled=False,
    )
    for row in rows.of(Message):
        row["channel"] = EMAIL
    _leave_unclear(rows, texts)
    _fail_one(rows)


def _channel(rows: Rows, name: str, scheme: str, secret: str, **values: Any) -> int:
    at = rows.now - timedelta(days=200)
    made = rows.add(
        Channel,
        **{
            "name": name,
            "scheme": scheme,
            "secret": secret,
            "is_paid": False,
            "is_own_host": False,
            "is_enabled": True,
            "failed_at": None,
            "failed_reason": "",
            "created_at": at,
            "created_by_id": _ADMINISTRATOR,
            "changed_at": at,
            "changed_by_id": _ADMINISTRATOR,
            "version": 1,
            **values,
        },
    )
    return int(made["id"])


def _leave_unclear(rows: Rows, channel_id: int) -> None:
    """Let nobody know whether one text message arrived."""
    phones = {f"volunteer:{one['id']}": one["phone"] for one in rows.of(Volunteer)}
    for row in rows.of(Message):
        if (
            row["state"] is MessageState.SENT
            and row["send_before"] > rows.now
            and phones.get(row["recipient"])
        ):
            row["state"] = MessageState.UNCLEAR
            row["channel"] = f"channel:{channel_id}"
            row["address"] = "+86" + phones[row["recipient"]].replace(" ", "").lstrip("0")
            row["reason"] = f"{Reason.UNKNOWN}: {_LATE}"
            rows.add(
                MessageTry,
                message_id=row["id"],
                channel=row["channel"],
                address=f"…{row['address'][-4:]}",
                tried_at=row["due_at"],
                reason=Reason.UNKNOWN,
                detail=_LATE,
            )
            return


def _fail_one(rows: Rows) -> None:
    """Let the mail server know nothing of somebody who comes soon."""
    emails = {one["id"]: one["email"] for one in rows.of(Volunteer) if one["id"] > 5}
    coming = {one["id"] for one in rows.of(Shift) if one["starts_at"] > rows.now}
    found = next(
        (
            one["volunteer_id"]
            for one in rows.of(Assignment)
            if one["shift_id"] in coming and emails.get(one["volunteer_id"])
        ),
        None,
    )
    if found is not None:
        rows.add(
            ContactWay,
            recipient=f"volunteer:{found}",
            channel=EMAIL,
            address=emails[found],
            rank=0,
            failed_at=rows.now - timedelta(days=3),
            failed_reason=f"{Reason.REFUSED}: {_REFUSED}",
        )
