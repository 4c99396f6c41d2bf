"""Telling whoever follows a bereaved person that a follow-up is due; for whom stays on its page."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.core import clock
from hospice.grief_support.queries import calls as queries
from hospice.grief_support.queries.calls import Owned
from hospice.reminders import queries as messages
from hospice.reminders.rules import Kind, Notice

_ABOUT = "follow_up"
_BEFORE = timedelta(days=2)  # time enough to find a good hour
_FROM = time(5)  # it leaves at the end of the quiet hours


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet."""
    zone = _zone()
    today = clock.local(now, zone).date()
    found = [_due(one, zone) for one in queries.owned(today, today + _BEFORE, now)]
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
    today = clock.local(now, zone).date()
    found = [_due(one, zone) for one in queries.owned_among(numbers, today)]
    return {
        one.key: one for one in found if (one.about, one.key) in wanted and now < one.send_before
    }


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


def _zone() -> str:
    hospice = accounts.hospice()
    return hospice.timezone if hospice else "UTC"


__all__ = ["due", "still_due_of"]
