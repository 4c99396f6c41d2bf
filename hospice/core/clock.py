"""The only place that reads the time, and the way between a local day and an instant."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from time import monotonic as _monotonic
from zoneinfo import ZoneInfo, available_timezones


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds on a clock that never jumps."""
    return _monotonic()


def today(zone: str) -> date:
    """Return the present day in a zone."""
    return local(now(), zone).date()


def local(instant: datetime, zone: str) -> datetime:
    """Return an instant as the wall clock of a zone shows it."""
    return instant.astimezone(ZoneInfo(zone))


def instant(day: date, at: time, zone: str) -> datetime:
    """Return the instant of a wall-clock time.

    A time that a daylight-saving change skips moves forward by the gap; one that comes twice
    means the first, so that a weekly shift never starts an hour late (PEP 495, fold=0).
    """
    wall = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    return wall.astimezone(UTC)


def span(day: date, starts: time, ends: time, zone: str) -> tuple[datetime, datetime]:
    """Return the instants of a shift; one that ends at or before its start ends the next day."""
    last = day if ends > starts else day + timedelta(days=1)
    starts_at, ends_at = instant(day, starts, zone), instant(last, ends, zone)
    if ends_at <= starts_at:
        # The hour that the clocks skip held all of it: it keeps its length after the change.
        ends_at = starts_at + (datetime.combine(last, ends) - datetime.combine(day, starts))
    return starts_at, ends_at


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the first instant of a local day and of the day after."""
    return instant(day, time(), zone), instant(day + timedelta(days=1), time(), zone)


def is_zone(name: str) -> bool:
    """Tell whether a name is a time zone of the IANA database."""
    return name in zones()


@cache
def zones() -> frozenset[str]:
    """Return the names of the IANA database; looked up once, for it reads many folders."""
    return frozenset(available_timezones())
