"""What is due to be said in grief support: a follow-up to its caller, an alarm to a clinician."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from hospice.grief_support.notices import follow_ups, red_flags
from hospice.reminders.rules import Notice

# An alarm first: nothing stands before it in the queue of the same minute.
SOURCES: Sequence[Any] = (red_flags, follow_ups)


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet."""
    for source in SOURCES:
        yield from source.due(now)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    return {key: one for source in SOURCES for key, one in source.still_due_of(wanted, now).items()}


__all__ = ["due", "still_due_of"]
