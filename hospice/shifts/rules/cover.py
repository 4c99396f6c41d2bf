"""How many people are asked at once when someone can't come."""

from collections.abc import Iterable
from datetime import datetime, timedelta

# Enough that one of them can, few enough that no Sunday becomes a circular.
FEW = 4
# Whoever has not answered for a day does not keep the next from being asked.
SILENT_AFTER = timedelta(hours=24)


def how_many(asked_at: Iterable[datetime], now: datetime) -> int:
    """Return how many more may be asked, while some questions have no answer yet."""
    return FEW - sum(now - moment < SILENT_AFTER for moment in asked_at)
