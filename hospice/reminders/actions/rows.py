"""The columns of a message, as its notice fills them, and writing them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Update

from hospice.core.db import db
from hospice.reminders.actions import ways
from hospice.reminders.rules import NOT_WANTED, MessageState, Notice, Reason, Way


def contents(notice: Notice, way: Way) -> dict[str, Any]:
    """Return what a message says, to whom, and by which way."""
    return {
        "name": kept(notice.name, 120),
        "channel": way.channel,
        "address": kept(way.address, 254),
        "locale": kept(notice.locale, 16),
        "facts": plain(notice.facts),
    }


def standing(notice: Notice) -> tuple[MessageState, str]:
    """Return where a message stands before it is handed over, and why it may not be."""
    reason = _why_not(notice)
    if reason in NOT_WANTED and not notice.is_to_phone():
        return MessageState.WITHDRAWN, reason
    return (MessageState.FAILED, reason) if reason else (MessageState.WAITING, "")


def _why_not(notice: Notice) -> str:
    if notice.facts.get("phone_only"):
        return Reason.PHONE_ONLY
    unwanted = notice.unwanted()
    if unwanted is not None:
        return unwanted
    return "" if ways.usable(notice) else ways.why_none(notice)


def kept(text: str, length: int) -> str:
    """Return text as every database takes it; one odd name must not stop a hundred rows."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return text[:length]


def plain(value: Any) -> Any:
    """Return facts as JSON holds them."""
    if isinstance(value, str):
        return kept(value, 1000)
    if isinstance(value, Mapping):
        return {kept(str(key), 100): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int) else kept(str(value), 1000)


def changed(statement: Update) -> int:
    """Run an UPDATE; return how many rows it changed."""
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
