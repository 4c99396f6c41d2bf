"""Telling whoever follows a bereaved person that a follow-up is due; for whom stays on its page."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.core import clock
from hospice.grief_support.queries import calls as queries
from hospice.grief_support.queries.calls import Owned
from hospice.reminders.queries import saying
from hospice.reminders.rules import Kind, Notice

_ABOUT = "follow_up"
_BEFORE = timedelta(days=2)  # time enough to find a good hour
_FROM = time(5)  # it leaves at the end of the quiet hours


def due(now: datetime) -> Iterator[Notice]:
    """Return what is to be said now and no message says yet."""
    zone = accounts.hospice_zone()
    today = clock.local(now, zone).date()
    owned = queries.owned(today, today + _BEFORE, now)
    return saying.unsaid_at((_due(one, zone) for one in owned), now)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    asked = list(queued)
    numbers = saying.ids_about(_ABOUT, asked)
    if not numbers:
        return {}
    zone = accounts.hospice_zone()
    today = clock.local(now, zone).date()
    found = (_due(one, zone) for one in queries.owned_among(numbers, today))
    return saying.still_true(found, asked, now)


def _due(one: Owned, zone: str) -> Notice:
    return Notice(
        kind=Kind.FOLLOW_UP_DUE,
        # given to someone else, or put off, it is said anew
        key=f"follow_up:{one.follow_up_id}:{one.due_on:%Y%m%d}:{one.user_id}",
        about=f"{_ABOUT}:{one.follow_up_id}",
        recipient=f"user:{one.user_id}",
        name=one.name,
        address=one.address,
        locale=one.locale,
        send_after=clock.instant(max(one.due_on - _BEFORE, one.opens_on), _FROM, zone),
        send_before=clock.instant(one.due_on, time(20), zone),
        facts={
            "name": one.name,
            "day": one.due_on.isoformat(),
            "path": f"/grief-support/calls/{one.follow_up_id}",
        },
        quiet_zone=zone,
    )


__all__ = ["due", "still_due_of"]
