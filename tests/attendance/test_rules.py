from datetime import UTC, datetime, time, timedelta

import pytest

from hospice.attendance.rules import (
    Came,
    How,
    Patience,
    Place,
    Presence,
    Step,
    is_check_in_open,
    is_check_out_open,
    objections,
    span,
    step_at,
)

START = datetime(2026, 11, 29, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai
END = START + timedelta(hours=3)
MINUTE = timedelta(minutes=1)
PLACE = Place(1, 1, 1, "Vera Vance", START, END, 1, "Ward 1", "Asia/Shanghai", False)
IN = Presence(Came.YES, START, None, How.SELF, None, START, None)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (START - 61 * MINUTE, False),
        (START - 60 * MINUTE, True),
        (END - MINUTE, True),
        (END, False),  # a tap would say nothing about when they came
    ],
)
def test_checking_in_is_open_from_an_hour_before_to_the_end(at: datetime, is_open: bool) -> None:
    assert is_check_in_open(PLACE, Patience(), at) is is_open


def test_checking_out_by_a_tap_ends_two_hours_after() -> None:
    assert is_check_out_open(PLACE, END + timedelta(hours=2))
    assert not is_check_out_open(PLACE, END + timedelta(hours=2, minutes=1))


def test_presence_is_open_until_both_times_are_known_or_nobody_came() -> None:
    assert Presence().is_open
    assert IN.is_open
    assert Presence(Came.YES).is_open  # ticked off a list: when is still to be asked
    assert not Presence(Came.YES, START, END).is_open
    assert not Presence(Came.NO).is_open
    assert not Presence(Came.EXCUSED).is_open


def test_only_ones_own_last_tap_is_taken_back_and_shortly() -> None:
    assert IN.may_take_back(START + 9 * MINUTE)
    assert not IN.may_take_back(START + 10 * MINUTE)
    by_leader = Presence(Came.YES, START, None, How.LEADER, None, START, None)
    assert not by_leader.may_take_back(START + MINUTE)
    left = Presence(Came.YES, START, END, How.SELF, How.DOOR, START, END)
    assert left.may_take_back(END + MINUTE)


def test_times_are_those_nearest_to_the_shift() -> None:
    night = Place(
        1,
        1,
        1,
        "Vera",
        START + timedelta(hours=8),
        START + timedelta(hours=16),
        1,
        "W",
        "Asia/Shanghai",
        False,
    )  # 22:00 to 06:00
    arrived, left = span(night, time(21, 50), time(6, 10))
    assert arrived == night.starts_at - 10 * MINUTE
    assert left == night.ends_at + 10 * MINUTE
    assert span(PLACE, None, None) == (None, None)


@pytest.mark.parametrize(
    ("came", "arrived", "left", "now", "kinds"),
    [
        (Came.YES, START, END, END, []),
        (Came.NO, None, None, END, []),
        (Came.NO, None, None, START - MINUTE, ["not_begun"]),
        (Came.YES, None, END, END, ["no_arrival"]),
        (Came.YES, START, None, END, ["no_leaving"]),
        (Came.YES, START, None, END - MINUTE, []),  # still there
        (Came.YES, END, START, END, ["left_too_early"]),
        (Came.YES, START, END, END - MINUTE, ["leaving_to_come"]),
        (Came.YES, START, None, START - MINUTE, ["arrival_to_come"]),
    ],
)
def test_what_cannot_be(
    came: Came,
    arrived: datetime | None,
    left: datetime | None,
    now: datetime,
    kinds: list[str],
) -> None:
    found = objections(PLACE, came, arrived, left, now=now)
    assert [one.kind for one in found] == kinds


def test_a_silence_reaches_one_after_the_other() -> None:
    steps = {step: step_at(PLACE, IN, Patience(), step) for step in Step}
    assert steps == {
        Step.ARRIVAL: None,
        Step.VOLUNTEER: END + 15 * MINUTE,
        Step.LEADER: END + 30 * MINUTE,
        Step.ON_CALL: END + 45 * MINUTE,
    }
    # Whoever never checked in may be in there all the same.
    nothing = {step: step_at(PLACE, Presence(), Patience(), step) for step in Step}
    assert nothing == {**steps, Step.ARRIVAL: START + 15 * MINUTE}
    for known in (Presence(Came.NO), Presence(Came.YES, START, END)):
        assert all(step_at(PLACE, known, Patience(), step) is None for step in Step)
