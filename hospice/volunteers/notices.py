"""Telling volunteers that a paper of theirs runs out: 60, 30 and 7 days before, each once."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.core import clock
from hospice.reminders.queries import saying
from hospice.reminders.rules import Kind, Notice
from hospice.volunteers.queries import credentials
from hospice.volunteers.queries.credentials import Held
from hospice.volunteers.rules import WARNED_DAYS

_ABOUT = "credential"
_FROM = time(9)
# Later than this it is not said any more: the next warning says it.
_OF_USE = timedelta(days=3)


def due(now: datetime) -> Iterator[Notice]:
    """Return what is to be said now and no message says yet."""
    zone = accounts.hospice_zone()
    today = clock.local(now, zone).date()
    days = [
        today + timedelta(days=before - late)
        for before in WARNED_DAYS
        for late in range(_OF_USE.days + 1)
    ]
    found = (notice for one in credentials.ending_on(days) for notice in _of(one, zone))
    return saying.unsaid_at(found, now)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    asked = list(queued)
    numbers = saying.ids_about(_ABOUT, asked)
    if not numbers:
        return {}
    zone = accounts.hospice_zone()
    found = (notice for one in credentials.held_among(numbers) for notice in _of(one, zone))
    return saying.still_true(found, asked, now)


def _of(one: Held, zone: str) -> Iterator[Notice]:
    for before in WARNED_DAYS:
        day = one.valid_until - timedelta(days=before)
        yield Notice(
            kind=Kind.PAPER,
            key=f"paper:{one.credential_id}:{one.valid_until:%Y%m%d}:{before}",
            about=f"{_ABOUT}:{one.credential_id}",
            recipient=f"volunteer:{one.volunteer_id}",
            name=one.name,
            address=one.address,
            locale=one.locale,
            send_after=clock.instant(day, _FROM, zone),
            send_before=clock.instant(_last(day), time(20), zone),
            facts={
                "name": one.name,
                "day": one.valid_until.isoformat(),
                "paper": one.kind.value,
                "is_needed": one.is_required,
                "phone": one.phone,
            },
            quiet_zone=zone,
        )


def _last(day: date) -> date:
    return day + _OF_USE


__all__ = ["due", "still_due_of"]
