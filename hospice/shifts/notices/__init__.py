"""What is due to be said about shifts now: derived from their present state, never kept."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from hospice.reminders.rules import Notice
from hospice.shifts.notices import claims, handing_over, short, told
from hospice.shifts.notices.told import facts_before

Source = Any  # a module with due(now) and still_due_of(queued, now)
SOURCES: Sequence[Source] = (told, claims, handing_over, short)


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet.

    What waits for the end of the quiet hours is among it, so that people can see it waiting;
    `Notice.goes_at` says when it may leave.
    """
    for source in SOURCES:
        yield from source.due(now)


def still_due(about: str, key: str, now: datetime) -> Notice | None:
    """Return the notice of a message as it is true now, or None when it no longer is."""
    return still_due_of([(about, key)], now).get(key)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    return {key: one for source in SOURCES for key, one in source.still_due_of(wanted, now).items()}


__all__ = ["due", "facts_before", "still_due", "still_due_of"]
