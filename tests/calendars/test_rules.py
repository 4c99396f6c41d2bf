"""What stands in a calendar."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hospice.calendars.rules import CANCELLED_FOR, Item, Status, is_listed, status_of
from hospice.patients.rules import PatientState
from hospice.shifts.rules.states import AssignmentState, ShiftState
from tests.builders import NOW, ZONE

ITEM = Item(
    shift_id=1,
    status=Status.CONFIRMED,
    starts_at=NOW + timedelta(days=2),
    ends_at=NOW + timedelta(days=2, hours=3),
    zone=ZONE,
    place_name="Ward 1",
    place_second_name="",
    address="",
    phone="",
    changed_at=NOW - timedelta(days=1),
    version=3,
)


@pytest.mark.parametrize(
    ("state", "shift_state", "status"),
    [
        (AssignmentState.WAITING, ShiftState.PLANNED, Status.TENTATIVE),
        (AssignmentState.CONFIRMED, ShiftState.PLANNED, Status.CONFIRMED),
        (AssignmentState.CONFIRMED, ShiftState.CANCELLED, Status.CANCELLED),
        (AssignmentState.DECLINED, ShiftState.PLANNED, Status.CANCELLED),
        (AssignmentState.REMOVED, ShiftState.PLANNED, Status.CANCELLED),
        (AssignmentState.CANCELLED, ShiftState.CANCELLED, Status.CANCELLED),
    ],
)
def test_the_status_of_ones_own_shift(
    state: AssignmentState, shift_state: ShiftState, status: Status
) -> None:
    assert status_of(state, shift_state) is status


def test_a_death_is_not_told_by_a_calendar() -> None:
    died, coming = PatientState.DIED, AssignmentState.CONFIRMED
    assert not is_listed(ITEM, coming, died, NOW)
    assert not is_listed(ITEM, AssignmentState.CANCELLED, died, NOW)
    assert is_listed(ITEM, coming, died, ITEM.ends_at)  # what was before stays
    assert is_listed(ITEM, coming, PatientState.ACTIVE, NOW)
    assert is_listed(ITEM, coming, None, NOW)


def test_what_is_off_is_forgotten_after_a_while() -> None:
    old = replace(ITEM, changed_at=NOW - CANCELLED_FOR)
    assert is_listed(ITEM, AssignmentState.REMOVED, None, NOW)
    assert not is_listed(old, AssignmentState.REMOVED, None, NOW)
    assert is_listed(old, AssignmentState.CONFIRMED, None, NOW)


def test_the_number_grows_with_each_change() -> None:
    later = replace(ITEM, changed_at=NOW)
    assert ITEM.sequence < replace(ITEM, version=4).sequence
    assert ITEM.sequence < later.sequence < 2**31
