"""What stands in a calendar that people subscribe to: times and places, and nobody's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hospice.patients.rules import PatientState, has_died
from hospice.shifts.rules.states import AssignmentState, ShiftState

BACK = timedelta(days=30)
AHEAD = timedelta(days=180)
# So long a calendar still says that something is off; then it forgets it.
CANCELLED_FOR = timedelta(days=30)
ALARM_BEFORE = timedelta(hours=2)
# When an address was last used is written down no more often.
NOTED_EVERY = timedelta(hours=1)

_BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
_OFF = frozenset({AssignmentState.DECLINED, AssignmentState.CANCELLED, AssignmentState.REMOVED})


class Status(StrEnum):
    """What a calendar says of an event, in its own words (RFC 5545)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Item:
    """One event of a calendar."""

    shift_id: int
    status: Status
    starts_at: datetime
    ends_at: datetime
    zone: str
    place_name: str
    place_second_name: str
    address: str
    phone: str
    changed_at: datetime
    version: int
    coming: int = 0  # in the calendar of a place: how many come, of so many
    wanted: int = 0

    @property
    def full_place(self) -> str:
        """Return "Ward 1 · Garden"."""
        second = self.place_second_name
        return f"{self.place_name} · {second}" if second else self.place_name

    @property
    def sequence(self) -> int:
        """Return a number that grows with each change, for calendars to know the newest."""
        return max(int((self.changed_at - _BEGINNING).total_seconds()), 0) + self.version


def status_of(
    state: AssignmentState, shift_state: ShiftState, *, is_paused: bool = False
) -> Status:
    """Return how a volunteer's own shift stands."""
    if is_paused or shift_state is ShiftState.CANCELLED or state in _OFF:
        return Status.CANCELLED
    return Status.CONFIRMED if state is AssignmentState.CONFIRMED else Status.TENTATIVE


def is_listed(
    item: Item, state: AssignmentState, patient_state: PatientState | None, now: datetime
) -> bool:
    """Tell whether a volunteer's calendar shows a shift.

    A visit to someone who has died is silently gone: a person says it, not a calendar.
    """
    if has_died(patient_state) and (item.ends_at > now or item.status is Status.CANCELLED):
        return False
    return state not in _OFF or item.changed_at > now - CANCELLED_FOR


def latest(moments: Iterable[datetime | None], first: datetime) -> datetime:
    """Return the last of some moments, of which some are not known."""
    return max([first, *(one for one in moments if one is not None)])


def is_to_note(read_at: datetime | None, now: datetime) -> bool:
    """Tell whether it is worth writing down that a calendar was read."""
    return read_at is None or now - read_at >= NOTED_EVERY
