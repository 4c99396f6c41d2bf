"""The office's summaries: how the day looks, each morning; how the week looks, on Fridays."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from hospice.accounts import queries as accounts
from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.reminders import queries as messages
from hospice.reminders.rules import Kind, Notice
from hospice.tasks import queries as tasks
from hospice.today.queries import summaries as queries
from hospice.visits.queries import hours
from hospice.visits.queries import staff as notes
from hospice.volunteers.queries import credentials

COORDINATING = (Role.COORDINATOR, Role.ADMINISTRATOR)
_FRIDAY = 4
# From when it may be queued, until when a silent day may still become one with something to say,
# and until when it is of use. It leaves at the end of the person's quiet hours.
_DAY = (time(5), time(10), time(16))
_WEEK = (time(14), time(16), time(20))
_PATHS = {Kind.DIGEST: "/today", Kind.WEEKLY: "/roster"}

Line = dict[str, Any]


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet; nothing where there is nothing."""
    zone = accounts.hospice_zone()
    there = clock.local(now, zone)
    for kind, (begins, decides, _ends) in _times(there.date()).items():
        if not begins <= there.time() < decides:
            continue
        users = accounts.users_with_role(*COORDINATING)
        keys = {_key(kind, user.id, there.date()): user for user in users}
        known = messages.queued(list(keys)) if keys else set()
        fresh = [user for key, user in keys.items() if key not in known]
        if fresh:
            yield from _all(kind, fresh, there.date(), zone, now)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = {key for _about, key in queued if key.startswith(("digest:", "weekly:"))}
    if not wanted:
        return {}
    zone = accounts.hospice_zone()
    today = clock.local(now, zone).date()
    found: dict[str, Notice] = {}
    for kind in _times(today):
        if any(key.startswith(f"{kind}:") for key in wanted):
            users = accounts.users_with_role(*COORDINATING)
            found |= {one.key: one for one in _all(kind, users, today, zone, now)}
    return {key: one for key, one in found.items() if key in wanted and now < one.send_before}


def _times(day: date) -> dict[Kind, tuple[time, time, time]]:
    weekly = {Kind.WEEKLY: _WEEK} if day.weekday() == _FRIDAY else {}
    return {Kind.DIGEST: _DAY, **weekly}


def _key(kind: Kind, user_id: int, day: date) -> str:
    return f"{kind}:{user_id}:{day:%Y%m%d}"


def _all(
    kind: Kind, users: Sequence[User], today: date, zone: str, now: datetime
) -> Iterator[Notice]:
    lines = _day_lines(today, now) if kind is Kind.DIGEST else _week_lines(today, now)
    if not lines:
        return
    begins, _decides, ends = _times(today)[kind]
    day = today if kind is Kind.DIGEST else today + queries.WITHIN
    for user in users:
        yield Notice(
            kind=kind,
            key=_key(kind, user.id, today),
            about=f"user:{user.id}",
            recipient=f"user:{user.id}",
            name=user.name,
            address=user.email,
            locale=user.locale,
            send_after=clock.instant(today, begins, zone),
            send_before=clock.instant(today, ends, zone),
            facts={
                "name": user.name,
                "day": day.isoformat(),
                "lines": lines,
                "path": _PATHS[kind],
            },
            quiet_zone=zone,
        )


def _day_lines(today: date, now: datetime) -> list[Line]:
    shifts = queries.shifts_on(today)
    shown = shifts[: queries.MOST_SHIFTS]
    unread = notes.counts()
    return [
        *(
            {
                "kind": "comes",
                "starts_at": one.starts_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "zone": one.zone,
                "place": one.place,
                "taken": one.taken,
                "wanted": one.wanted,
            }
            for one in shown
        ),
        *_counted("more", len(shifts) - len(shown)),
        *_open_places(now),
        *_counted("phone", len(messages.people_to_phone(now))),
        *_counted("worrying", unread.urgent + unread.nurse + unread.uneasy),
        *_counted("tasks", tasks.totals(today).due),
        *_counted("papers", credentials.running_out(today)),
    ]


def _week_lines(today: date, now: datetime) -> list[Line]:
    ahead = queries.days(today + timedelta(days=1), today + queries.WITHIN)
    given = hours.counted_minutes(today - queries.WITHIN, today) // 60
    lines: list[Line] = [
        {
            "kind": "day",
            "day": one.day.isoformat(),
            "shifts": one.shifts,
            "taken": one.taken,
            "wanted": one.wanted,
        }
        for one in ahead
    ]
    return [
        *lines,
        *_open_places(now),
        *_counted("unanswered", queries.unanswered(now)),
        *_counted("given", given),
    ]


def _open_places(now: datetime) -> list[Line]:
    found = queries.open_places(now)
    if not found.count or found.first is None:
        return []
    return [{"kind": "open", "count": found.count, "first": found.first.isoformat()}]


def _counted(kind: str, count: int) -> list[Line]:
    return [{"kind": kind, "count": count}] if count > 0 else []


__all__ = ["due", "still_due_of"]
