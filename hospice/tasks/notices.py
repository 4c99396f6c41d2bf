"""Telling whoever has a task that its day has come; what it is stays on its page."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.core import clock
from hospice.reminders.queries import saying
from hospice.reminders.rules import Kind, Notice
from hospice.tasks import queries
from hospice.tasks.queries import Owned

_ABOUT = "task"
_FROM = time(5)  # it leaves at the end of the quiet hours
# After a standstill, a task that was due so long ago is on the page Today anyway.
_OF_USE = timedelta(days=2)


def due(now: datetime) -> Iterator[Notice]:
    """Return what is to be said now and no message says yet."""
    zone = accounts.hospice_zone()
    today = clock.local(now, zone).date()
    owned = queries.owned(today - _OF_USE, today)
    return saying.unsaid_at((_due(one, zone) for one in owned), now)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    asked = list(queued)
    numbers = saying.ids_about(_ABOUT, asked)
    if not numbers:
        return {}
    zone = accounts.hospice_zone()
    found = (_due(one, zone) for one in queries.owned_among(numbers))
    return saying.still_true(found, asked, now)


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


__all__ = ["due", "still_due_of"]
