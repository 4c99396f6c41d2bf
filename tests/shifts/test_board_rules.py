from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from hospice.shifts.rules import roster
from hospice.shifts.rules.board import Slot
from hospice.shifts.rules.roster import Show, Totals, View
from hospice.shifts.rules.states import Display, ShiftState

SUNDAY = 6


def test_occurrences_begin_with_the_day_itself() -> None:
    days = roster.occurrences(SUNDAY, date(2026, 11, 29))
    assert days[0] == date(2026, 11, 29)
    assert days[-1] == date(2027, 1, 3)
    assert len(days) == 6
    assert roster.occurrences(SUNDAY, date(2026, 11, 23))[0] == date(2026, 11, 29)


def test_month_shows_whole_weeks() -> None:
    days = roster.month_of(date(2026, 11, 15))
    assert (days[0], days[-1]) == (date(2026, 10, 26), date(2026, 12, 6))
    assert len(days) % 7 == 0


@pytest.mark.parametrize(
    ("view", "before", "after"),
    [
        (View.SERIES, date(2026, 10, 14), date(2027, 1, 6)),
        (View.WEEK, date(2026, 11, 16), date(2026, 11, 30)),
        (View.MONTH, date(2026, 10, 1), date(2026, 12, 1)),
        (View.LIST, date(2026, 10, 28), date(2026, 12, 23)),
    ],
)
def test_steps_leave_no_day_out(view: View, before: date, after: date) -> None:
    day = date(2026, 11, 25)
    assert roster.earlier(view, day, 28) == before
    assert roster.later(view, day, 28) == after


def test_series_needs_a_weekday_and_a_list_a_length() -> None:
    day = date(2026, 11, 25)
    series = roster.days_of(View.SERIES, day, weekday=SUNDAY, length=28)
    assert [one.weekday() for one in series] == [SUNDAY] * 6
    assert len(roster.days_of(View.LIST, day, weekday=None, length=3)) == 3
    assert len(roster.days_of(View.WEEK, day, weekday=None, length=3)) == 7


@pytest.mark.parametrize(
    ("missing", "step"), [(-1, 0), (0, 0), (1, 1), (3, 1), (4, 2), (9, 3), (10, 4), (99, 4)]
)
def test_heat_grows_by_threes(missing: int, step: int) -> None:
    assert roster.heat(missing) == step


@dataclass
class Row:
    id: int
    day: date
    wanted: int
    taken: int
    state: ShiftState = ShiftState.PLANNED
    paused_at: datetime | None = None


def test_sum_counts_what_is_shown() -> None:
    day = date(2026, 11, 29)
    rows = [Row(1, day, 3, 1), Row(2, day, 2, 2), Row(3, day, 5, 0, ShiftState.CANCELLED)]
    rows.append(
        Row(4, day, 2, 1, paused_at=datetime(2026, 11, 25, 4, tzinfo=UTC))
    )  # it may never take place
    shown = {
        1: [Slot(Display.WAITING), Slot(Display.CANT), Slot(Display.COVER), Slot(Display.OPEN)],
        2: [Slot(Display.DRAFT), Slot(Display.CONFIRMED)],
        3: [],
        4: [Slot(Display.CONFIRMED)],
    }
    found = roster.summed(rows, shown, {2: 1, 3: 2})
    assert found == {
        day: Totals(
            day, wanted=5, taken=3, open=1, waiting=1, cover=1, draft=1, changes=3, shifts=3
        )
    }
    assert found[day].missing == 2
    assert roster.total(list(found.values()), Show.COVER) == 1
