"""How long a place one took can be given back, and by when a wish to come is answered."""

from datetime import datetime, time, timedelta

from hospice.core import clock

# Long enough to see that it was the wrong Sunday, short enough that nobody relied on it.
UNDO_WITHIN = timedelta(minutes=10)
ANSWERED_AT = time(18)
# Whoever waits for an answer has to get ready and travel.
LEAST_BEFORE = timedelta(hours=3)


def undo_until(claimed_at: datetime | None, starts_at: datetime, now: datetime) -> datetime | None:
    """Return until when a place that a volunteer took can be given back without a word.

    None when nobody took it by themselves, or when that moment has passed.
    """
    if claimed_at is None:
        return None
    until = min(claimed_at + UNDO_WITHIN, starts_at)
    return until if now < until else None


def answer_by(now: datetime, starts_at: datetime, zone: str) -> datetime:
    """Return by when a wish to come is answered: 18:00 of the next day, where the shift is.

    Three hours before a nearer shift; half of the time left when even that is over.
    """
    evening = clock.instant(clock.local(now, zone).date() + timedelta(days=1), ANSWERED_AT, zone)
    half = now + (starts_at - now) / 2
    return min(evening, max(starts_at - LEAST_BEFORE, half)).replace(second=0, microsecond=0)
