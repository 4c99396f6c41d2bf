"""What every source of notices asks: which nobody has heard yet, and which are still true."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hospice.reminders.queries import queued
from hospice.reminders.rules import Notice


def unsaid(notices: Iterable[Notice]) -> Iterator[Notice]:
    """Yield those that no message says yet; one statement, none where there are none."""
    found = list(notices)
    known = queued([one.key for one in found]) if found else set()
    yield from (one for one in found if one.key not in known)


def unsaid_at(notices: Iterable[Notice], now: datetime) -> Iterator[Notice]:
    """Yield those that may be said now and that no message says yet."""
    return unsaid(one for one in notices if one.send_after <= now < one.send_before)


def still_true(
    notices: Iterable[Notice], wanted: Iterable[tuple[str, str]], now: datetime
) -> dict[str, Notice]:
    """Return, by key, those of several messages (about, key) that are true and of use still."""
    asked = set(wanted)
    return {
        one.key: one for one in notices if (one.about, one.key) in asked and now < one.send_before
    }


def ids_about(record: str, wanted: Iterable[tuple[str, str]]) -> list[int]:
    """Return the ids of one kind of record that messages (about, key) are about."""
    found = {about.partition(":")[2] for about, _key in wanted if about.startswith(f"{record}:")}
    return sorted(int(number) for number in found if number.isascii() and number.isdigit())
