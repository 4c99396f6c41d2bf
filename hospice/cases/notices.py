"""Telling the team that words of harm wait to be read, and that a day has come; never what was said.

Whoever looks after a case hears of its day; where nobody does, everyone who could. A day later
administrators hear of it as well. Nobody is told of what is about them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta

from hospice.accounts import queries as accounts
from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.cases import queries
from hospice.cases.queries import Waiting
from hospice.core import clock
from hospice.reminders.queries import saying
from hospice.reminders.rules import Kind, Notice

_ABOUT = "case"
_FROM = time(5)  # it leaves at the end of the quiet hours
_DAY = timedelta(days=1)
_READ_WITHIN = timedelta(days=3)  # after that it is on the page Today anyway
_TEAM = (Role.GRIEF_SUPPORT, Role.COORDINATOR)


def due(now: datetime) -> Iterator[Notice]:
    """Return what is to be said now and no message says yet."""
    zone = accounts.hospice_zone()
    today = clock.local(now, zone).date()
    return saying.unsaid_at(_all(queries.waiting(today - 2 * _DAY, today), zone), now)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    asked = list(queued)
    numbers = saying.ids_about(_ABOUT, asked)
    if not numbers:
        return {}
    found = _all(queries.waiting_among(numbers), accounts.hospice_zone())
    return saying.still_true(found, asked, now)


def _all(found: Sequence[Waiting], zone: str) -> Iterator[Notice]:
    if not found:
        return
    people = accounts.users_with_role(*_TEAM, Role.ADMINISTRATOR)
    for one in found:
        told = [person for person in people if person.id not in one.subjects]
        # An owner who left, or whom it turned out to be about, is as good as none.
        has_owner = any(person.id == one.owner_id for person in told)
        for person in told:
            yield from _to(person, one, zone, has_owner=has_owner)


def _to(person: User, one: Waiting, zone: str, *, has_owner: bool) -> Iterator[Notice]:
    if one.is_unread and person.role in _TEAM:
        yield _notice(
            Kind.CASE_UNREAD,
            f"case-unread:{one.case_id}:{person.id}",
            person,
            one,
            zone,
            one.received_at,
            one.received_at + _READ_WITHIN,
        )
    if one.due_on is None or one.is_unread:
        return
    is_theirs = person.id == one.owner_id or (not has_owner and person.role in _TEAM)
    day = one.due_on if is_theirs else one.due_on + _DAY
    if is_theirs or person.role is Role.ADMINISTRATOR:
        yield _notice(
            Kind.CASE_DUE,
            f"case-due:{one.case_id}:{one.due_on:%Y%m%d}:{person.id}",
            person,
            one,
            zone,
            clock.instant(day, _FROM, zone),
            clock.instant(day + _DAY, time(20), zone),
        )


def _notice(
    kind: Kind,
    key: str,
    person: User,
    one: Waiting,
    zone: str,
    send_after: datetime,
    send_before: datetime,
) -> Notice:
    return Notice(
        kind=kind,
        key=key,
        about=f"{_ABOUT}:{one.case_id}",
        recipient=f"user:{person.id}",
        name=person.name,
        address=person.email,
        locale=person.locale,
        send_after=send_after,
        send_before=send_before,
        facts={
            "name": person.name,
            "path": f"/cases/{one.case_id}",
            **({"day": one.due_on.isoformat()} if kind is Kind.CASE_DUE and one.due_on else {}),
        },
        quiet_zone=zone,
    )


__all__ = ["due", "still_due_of"]
