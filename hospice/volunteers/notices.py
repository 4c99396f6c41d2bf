"""Telling volunteers that a paper of theirs runs out: 60, 30 and 7 days before, each once."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.core import clock
from hospice.reminders import queries as messages
from hospice.reminders.rules import Kind, Notice
from hospice.volunteers.queries import credentials
from hospice.volunteers.queries.credentials import Held
from hospice.volunteers.rules import WARNED_DAYS

_ABOUT = "credential"
_FROM = time(9)
# Later than this it is not said any more: the next warning says it.
_OF_USE = timedelta(days=3)


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet."""
    zone = _zone()
    today = clock.local(now, zone).date()
    days = [
        today + timedelta(days=before - late)
        for before in WARNED_DAYS
        for late in range(_OF_USE.days + 1)
    ]
    found = [
        notice
        for one in credentials.ending_on(days)
        for notice in _of(one, zone)
        if notice.send_after <= now < notice.send_before
    ]
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
    return {
        notice.key: notice
        for one in credentials.held_among(numbers)
        for notice in _of(one, zone)
        if (notice.about, notice.key) in wanted and now < notice.send_before
    }


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


def _zone() -> str:
    hospice = accounts.hospice()
    return hospice.timezone if hospice else "UTC"


__all__ = ["due", "still_due_of"]
