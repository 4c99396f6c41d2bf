"""Thanking volunteers, quietly and once: after a year with us, and for each hundred hours."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.core import clock
from hospice.reminders.queries import saying
from hospice.reminders.rules import Kind, Notice
from hospice.today.queries import thanks as queries
from hospice.today.queries.thanks import Thanked

# Looked at for a quarter of an hour a day, for what happened in the last days: that is enough,
# and costs an idle round nothing.
_FROM, _UNTIL, _ENDS = time(10), time(10, 15), time(18)
_LATE = timedelta(days=3)
_EACH = 100  # hours


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet."""
    zone = accounts.hospice_zone()
    there = clock.local(now, zone)
    if not _FROM <= there.time() < _UNTIL:
        return
    today = there.date()
    yield from saying.unsaid(_notice(one, today, zone) for one in _thanked(today, now))


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = {key for _about, key in queued if key.startswith("thanks:")}
    if not wanted:
        return {}
    zone = accounts.hospice_zone()
    today = clock.local(now, zone).date()
    found = {one.key: one for one in (_notice(who, today, zone) for who in _thanked(today, now))}
    return {key: one for key, one in found.items() if key in wanted and now < one.send_before}


def _thanked(today: date, now: datetime) -> list[Thanked]:
    return [
        *queries.joined_a_year_ago(today - _LATE, today),
        *queries.passed_hours(today - _LATE, today, now, each=_EACH),
    ]


def _notice(one: Thanked, today: date, zone: str) -> Notice:
    what = f"hours:{one.hours}" if one.hours else "year"
    return Notice(
        kind=Kind.THANKS,
        key=f"thanks:{one.volunteer_id}:{what}",
        about=f"volunteer:{one.volunteer_id}",
        recipient=f"volunteer:{one.volunteer_id}",
        name=one.name,
        address=one.address,
        locale=one.locale,
        send_after=clock.instant(today, _FROM, zone),
        send_before=clock.instant(today, _ENDS, zone),
        facts={"name": one.name, "hours": one.hours},
        quiet_zone=zone,
    )


__all__ = ["due", "still_due_of"]
