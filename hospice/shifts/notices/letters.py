"""What every letter about a shift carries, and how many of them are put together."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from hospice.accounts import queries as accounts
from hospice.accounts.rules import Role
from hospice.channels import queries as channels
from hospice.reminders.rules import Kind, Notice
from hospice.shifts.rules.telling import Occasion, Person

log = logging.getLogger("hospice.shifts.notices")

One = TypeVar("One")

COORDINATING = (Role.COORDINATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Reader:
    """Whoever reads what goes to the office: a coordinator, or the office's group in a chat."""

    recipient: str
    key: str  # the end of the key of what they are told
    name: str
    address: str
    locale: str


def office() -> list[Reader]:
    """Return whom the office's notices are for, in two statements."""
    people = [
        Reader(f"user:{one.id}", str(one.id), one.name, one.email, one.locale)
        for one in accounts.users_with_role(*COORDINATING)
    ]
    hospice = accounts.hospice()
    locale = hospice.locale if hospice else "en"
    groups = [
        Reader(one.way, one.way, one.name, one.service.label, locale) for one in channels.groups()
    ]
    return people + groups


def notice(
    kind: Kind,
    key: str,
    about: str,
    person: Person,
    occasion: Occasion,
    *,
    send_after: datetime,
    facts: dict[str, object],
    send_before: datetime | None = None,
    is_quiet: bool = True,
) -> Notice:
    """Return a letter to a volunteer; silent in the quiet hours unless it cannot wait."""
    return Notice(
        kind=kind,
        key=key,
        about=about,
        recipient=f"volunteer:{person.volunteer_id}",
        name=person.name,
        address=person.address,
        locale=person.locale,
        send_after=send_after,
        send_before=send_before or occasion.starts_at,
        facts=facts | {"phone": person.phone},
        quiet_zone=occasion.zone if is_quiet else "",
    )


def facts_of(person: Person, occasion: Occasion) -> dict[str, object]:
    """Return who, when and where."""
    return {
        "name": person.name,
        "volunteer_id": person.volunteer_id,
        "shift_id": occasion.shift_id,
        "starts_at": occasion.starts_at.isoformat(),
        "ends_at": occasion.ends_at.isoformat(),
        "zone": occasion.zone,
        "place": occasion.place,
    }


def when(facts: dict[str, Any]) -> dict[str, object]:
    """Return the when and where of other facts."""
    return {name: facts[name] for name in ("starts_at", "ends_at", "zone", "place")}


def each(
    records: Iterable[One], derive: Callable[[One], Iterator[Notice]], name: Callable[[One], str]
) -> Iterator[Notice]:
    """Yield the notices of many records; one that cannot be understood stops none of the others."""
    for record in records:
        try:
            found = list(derive(record))
        except Exception:
            log.exception("nothing can be said about %s", name(record))
        else:
            yield from found


__all__ = ["Reader", "each", "facts_of", "notice", "office", "when"]
