"""Writing the journal; called by every action that changes something."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Protocol

from hospice.core.db import db
from hospice.journal.models import Entry, EntryAbout


class Author(Protocol):
    """Whoever did it: a user. The journal is written from every feature, so it imports none."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


def record(
    verb: str,
    *,
    about: Iterable[tuple[str, int]],
    by: Author | None,
    now: datetime,
    who: str | None = None,
    **facts: object,
) -> Entry:
    """Add an entry: what happened (`verb`, e.g. "shift.assigned"), to which records, by whom.

    `by` None with `who` empty means the app itself. `facts` are plain values; a change is
    `changed={"field": [old, new]}`.
    """
    entry = Entry(
        happened_at=now,
        user_id=by.id if by else None,
        who=who if who is not None else (by.name if by else ""),
        verb=verb,
        facts={name: _plain(value) for name, value in facts.items()},
        about=[
            EntryAbout(record_kind=kind, record_id=record_id)
            for kind, record_id in dict.fromkeys(about)
        ],
    )
    # Written with whatever is flushed next, at the latest by the commit: every change has an
    # entry, and a flush of its own would cost as much as the change.
    db.session.add(entry)
    return entry


def changes(record: object, new: Mapping[str, object]) -> dict[str, list[object]]:
    """Return {field: [old, new]} for the values that differ from a record's present ones."""
    return {
        name: [_plain(getattr(record, name)), _plain(value)]
        for name, value in new.items()
        if getattr(record, name) != value
    }


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value
