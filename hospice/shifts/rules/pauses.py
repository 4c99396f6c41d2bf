"""When a standing place is paused: days away leave it open without losing it."""

from collections.abc import Iterable
from datetime import date

from hospice.shifts.rules.pattern import first_on, stands_on
from hospice.shifts.rules.states import Cadence
from hospice.volunteers.rules import Span

_WEEKS = 60  # days away for longer than that are looked at no further


def pause_of(
    weekday: int, cadence: Cadence, starts_on: date, spans: Iterable[Span], today: date
) -> Span | None:
    """Return the next days away on which someone would have stood; the place comes back after."""
    for span in sorted(spans, key=lambda one: one.starts_on):
        day = first_on(weekday, max(span.starts_on, starts_on, today))
        for _week in range(_WEEKS):
            if day > span.ends_on:
                break
            if stands_on(cadence, starts_on, day):
                return span
            day = first_on(weekday, day.fromordinal(day.toordinal() + 1))
    return None
