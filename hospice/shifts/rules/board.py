"""What the places of one shift show: who is on it, what is open, what needs cover."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hospice.shifts.rules.states import AssignmentState, Display, ShiftState


@dataclass(frozen=True)
class Person:
    """A volunteer on a shift, as the board needs to know."""

    assignment_id: int
    volunteer_id: int
    name: str
    state: AssignmentState
    is_leader: bool = False
    is_covered: bool = False
    is_unreached: bool = False  # a message was refused; someone had better phone


@dataclass(frozen=True)
class Slot:
    """One place as it is shown."""

    state: Display
    assignment_id: int | None = None
    volunteer_id: int | None = None
    name: str = ""
    is_leader: bool = False
    asked: int = 0  # how many people were asked to take an open place
    is_unreached: bool = False


_SHOWN = {
    AssignmentState.DRAFT: Display.DRAFT,
    AssignmentState.WAITING: Display.WAITING,
    AssignmentState.CONFIRMED: Display.CONFIRMED,
}


def slots(
    *,
    wanted: int,
    taken: int,
    state: ShiftState,
    ends_at: datetime,
    people: Iterable[Person],
    asked: int,
    now: datetime,
    is_paused: bool = False,
) -> list[Slot]:
    """Return the places of a shift: people, those who can't come, needs cover, open.

    While it is paused nobody is looked for. Someone who can't come is shown until their place is covered; after the shift only those who
    held a place are, as done or as they were.
    """
    if state is ShiftState.CANCELLED:
        return []
    over = is_paused or ends_at <= now
    shown: list[Slot] = []
    uncovered: list[Slot] = []
    for person in people:
        if person.state is AssignmentState.DECLINED:
            if not person.is_covered and not over:
                uncovered.append(_slot(person, Display.CANT))
        elif person.state in _SHOWN:
            look = _SHOWN[person.state]
            if ends_at <= now and person.state is AssignmentState.CONFIRMED:
                look = Display.DONE
            shown.append(_slot(person, look))
    missing = max(wanted - taken, 0)
    cover = 0 if over else min(missing, len(uncovered))
    if missing == 0:
        uncovered = []
    rest = 0 if over else missing - cover
    gaps = [Slot(Display.COVER, asked=asked)] * cover + [Slot(Display.OPEN, asked=asked)] * rest
    return [*shown, *uncovered[: max(cover, 0)], *gaps]


def _slot(person: Person, look: Display) -> Slot:
    return Slot(
        look,
        person.assignment_id,
        person.volunteer_id,
        person.name,
        person.is_leader,
        is_unreached=person.is_unreached and look in _TO_COME,
    )


_TO_COME = {Display.DRAFT, Display.WAITING, Display.CONFIRMED}
