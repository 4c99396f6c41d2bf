"""Telling whoever has a task that its day has come; what it is stays on its page."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.core import clock
from hospice.reminders import queries as messages
from hospice.reminders.rules import Kind, Notice
from hospice.tasks import queries
from hospice.tasks.queries import Owned

_ABOUT = "task"
_FROM = time(5)  # it leaves at the end of the quiet hours
# After a standstill, a task that was due so long ago is on the page Today anyway.
_OF_USE = timedelta(days=2)


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet."""
    zone = _zone()
    today = clock.local(now, zone).date()
    found = [_due(one, zone) for one in queries.owned(today - _OF_USE, today)]
    found = [one for one in found if one.send_after <= now < one.send_before]
    known = messages.queued([one.key for one in found]) if found else set()
    yield from (one for one in found if one.key not in known)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    ids = {about.partition(":")[2] for about, _key in wanted if about.startswith(f"{_ABOUT}:")}
    numbers = sorted(int(one) for one in ids if one.isascii() and one.isdigit())
    if not numbers:
        return {}
    zone = _zone()
    found = [_due(one, zone) for one in queries.owned_among(numbers)]
    return {
        one.key: one for one in found if (one.about, one.key) in wanted and now < one.send_before
    }


def _due(one: Owned, zone: str) -> Notice:
    return Notice(
        kind=Kind.TASK_DUE,
        # given to someone else, or put off, it is said anew
        key=f"task:{one.task_id}:{one.due_on:%Y%m%d}:{one.user_id}",
        about=f"{_ABOUT}:{one.task_id}",
        recipient=f"user:{one.user_id}",
        name=one.name,
        address=one.address,
        locale=one.locale,
        send_after=clock.instant(one.due_on, _FROM, zone),
        send_before=clock.instant(one.due_on + _OF_USE, time(20), zone),
        facts={
            "name": one.name,
            "day": one.due_on.isoformat(),
            "is_promise": one.is_promise,
            "path": f"/tasks/{one.task_id}",
        },
        quiet_zone=zone,
    )


def _zone() -> str:
    hospice = accounts.hospice()
    return hospice.timezone if hospice else "UTC"


__all__ = ["due", "still_due_of"]
