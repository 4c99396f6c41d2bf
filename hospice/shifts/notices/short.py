"""What is due to be said to coordinators about shifts that were left short."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from hospice.accounts import queries as accounts
from hospice.reminders.queries.saying import ids_about, unsaid
from hospice.reminders.rules import Kind, Notice
from hospice.shifts.notices.letters import Reader, each, office
from hospice.shifts.queries import composition as queries
from hospice.shifts.queries.composition import Short
from hospice.shifts.queries.notices import LOOK_BACK
from hospice.shifts.rules.telling import URGENT

MOST = 200


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet: once for each thing that is lacking."""
    found = queries.short(now, since=now - LOOK_BACK, limit=MOST)
    if found:
        yield from unsaid(each(found, _derive(now), _name))


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = {(about, key) for about, key in queued if key.startswith(f"{Kind.SHORT}:")}
    if not wanted:
        return {}
    found = queries.short(now, shift_ids=ids_about("shift", wanted), limit=MOST)
    made = each(found, _derive(now), _name)
    return {one.key: one for one in made if (one.about, one.key) in wanted}


def _derive(now: datetime) -> "partial[Iterator[Notice]]":
    readers = office()
    return partial(_short, readers=readers, zone=accounts.hospice_zone(), now=now)


def _short(one: Short, *, readers: Sequence[Reader], zone: str, now: datetime) -> Iterator[Notice]:
    shift = one.shift
    is_urgent = shift.starts_at - now <= URGENT
    for reader in readers:
        yield Notice(
            kind=Kind.SHORT,
            key=f"{Kind.SHORT}:{shift.id}:{one.since:%Y%m%dT%H%M%S%fZ}:{reader.key}",
            about=f"shift:{shift.id}",
            recipient=reader.recipient,
            name=reader.name,
            address=reader.address,
            locale=reader.locale,
            send_after=one.since,
            send_before=shift.starts_at,
            facts={
                "name": reader.name,
                "shift_id": shift.id,
                "starts_at": shift.starts_at.isoformat(),
                "ends_at": shift.ends_at.isoformat(),
                "zone": shift.place.timezone,
                "place": shift.place.full_name,
                "lacks": [lack.kind for lack in one.lacks],
                "path": f"/shifts/{shift.id}",
            },
            quiet_zone="" if is_urgent else zone,
        )


def _name(one: Short) -> str:
    return f"shift {one.shift.id}"


__all__ = ["due", "still_due_of"]
