from datetime import UTC, datetime, timedelta

import pytest

from hospice.shifts.rules.claims import answer_by, undo_until

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 25, 4, 0, 30, tzinfo=UTC)  # Wednesday, noon in Shanghai


@pytest.mark.parametrize(
    ("claimed", "starts", "left"),
    [
        (None, timedelta(days=3), None),
        (timedelta(0), timedelta(days=3), timedelta(minutes=10)),
        (timedelta(minutes=9, seconds=59), timedelta(days=3), timedelta(seconds=1)),
        (timedelta(minutes=10), timedelta(days=3), None),
        (timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=4)),
        (timedelta(minutes=1), timedelta(0), None),
    ],
)
def test_a_tap_is_undone_within_ten_minutes_and_before_the_start(
    claimed: timedelta | None, starts: timedelta, left: timedelta | None
) -> None:
    until = undo_until(None if claimed is None else NOW - claimed, NOW + starts, NOW)
    assert until == (None if left is None else NOW + left)


@pytest.mark.parametrize(
    ("starts_at", "by"),
    [
        # by 18:00 of the next day
        (datetime(2026, 11, 29, 6, 0, tzinfo=UTC), datetime(2026, 11, 26, 10, 0, tzinfo=UTC)),
        # three hours before a shift that begins sooner
        (datetime(2026, 11, 26, 6, 0, tzinfo=UTC), datetime(2026, 11, 26, 3, 0, tzinfo=UTC)),
        # and never before now
        (datetime(2026, 11, 25, 6, 0, tzinfo=UTC), datetime(2026, 11, 25, 5, 0, tzinfo=UTC)),
    ],
)
def test_an_answer_is_promised_while_it_is_of_use(starts_at: datetime, by: datetime) -> None:
    assert answer_by(NOW, starts_at, ZONE) == by
    assert NOW < answer_by(NOW, starts_at, ZONE) < starts_at
