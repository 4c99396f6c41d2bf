"""What a patient's page says of the visits to come."""

from dataclasses import dataclass, field
from datetime import date, datetime

from hospice.core import clock
from hospice.shifts.rules.states import AssignmentState, Display

_DISPLAYS = {
    AssignmentState.DRAFT: Display.DRAFT,
    AssignmentState.WAITING: Display.WAITING,
    AssignmentState.CONFIRMED: Display.CONFIRMED,
}


@dataclass(frozen=True)
class Visitor:
    """Someone who holds a place on the visit."""

    volunteer_id: int
    name: str
    state: AssignmentState

    @property
    def display(self) -> Display:
        """Return the state as pages show it."""
        return _DISPLAYS[self.state]


@dataclass(frozen=True)
class NextVisit:
    """A visit to come, with those who come; nobody while its places are open."""

    shift_id: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    is_round: bool
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def day(self) -> date:
        """Return the day on which it begins, where it takes place."""
        return clock.local(self.starts_at, self.zone).date()

    @property
    def names(self) -> list[str]:
        """Return the names of those who come."""
        return [visitor.name for visitor in self.visitors]
