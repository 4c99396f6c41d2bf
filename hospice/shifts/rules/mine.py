"""What a volunteer sees of a shift of their own: only what they were told."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hospice.core import clock
from hospice.shifts.rules.claims import undo_until
from hospice.shifts.rules.states import AssignmentState, Display, OfferState, ShiftState

# On the phone stand the places a volunteer was told of, and for information those that ended.
SEEN = frozenset(
    {
        AssignmentState.WAITING,
        AssignmentState.CONFIRMED,
        AssignmentState.DECLINED,
        AssignmentState.CANCELLED,
    }
)
COMING = frozenset({AssignmentState.WAITING, AssignmentState.CONFIRMED})
ASKABLE = frozenset({OfferState.OPEN, OfferState.DECLINED, OfferState.FILLED})


class Phase(StrEnum):
    """What a volunteer can do about a shift now; each has one button at most."""

    ASKED = "asked"  # can you take this place?
    WISHED = "wished"  # they asked for it; a coordinator answers
    ANSWER = "answer"  # told, and not answered yet
    COMING = "coming"  # said yes
    NOTE = "note"  # it has begun, and the note is not sent
    NOTED = "noted"
    CANT = "cant"  # said no; may come after all while a place is free
    TAKEN = "taken"  # someone else has the place
    OFF = "off"  # the shift will not take place
    OVER = "over"  # too late to answer


DISPLAYS = {
    Phase.ASKED: Display.OPEN,
    Phase.WISHED: Display.WAITING,
    Phase.ANSWER: Display.WAITING,
    Phase.COMING: Display.CONFIRMED,
    Phase.NOTE: Display.CONFIRMED,
    Phase.NOTED: Display.DONE,
    Phase.CANT: Display.CANT,
    Phase.TAKEN: Display.DONE,
    Phase.OFF: Display.CANT,
    Phase.OVER: Display.DONE,
}


@dataclass(frozen=True)
class MyShift:
    """A shift as its volunteer was told of it, or is asked to take it."""

    shift_id: int
    assignment_id: int | None  # none while they are only asked
    state: AssignmentState | None
    offer_state: OfferState | None
    shift_state: ShiftState
    starts_at: datetime
    ends_at: datetime
    has_room: bool
    is_leader: bool
    is_noted: bool
    briefing: str
    cancel_reason: str
    version: int
    place_name: str
    place_second_name: str
    address: str
    directions: str
    phone: str
    zone: str
    claimed_at: datetime | None = None  # when they took the place themselves
    answer_by: datetime | None = None  # when they asked for it: by when we answer

    @property
    def day(self) -> date:
        """Return the day on which it begins, where it takes place."""
        return clock.local(self.starts_at, self.zone).date()

    @property
    def full_place(self) -> str:
        """Return "Ward 1 · Garden"."""
        second = self.place_second_name
        return f"{self.place_name} · {second}" if second else self.place_name

    def undo_until(self, now: datetime) -> datetime | None:
        """Return until when the tap that took the place can be undone; None when it cannot."""
        if self.state is not AssignmentState.CONFIRMED:
            return None
        return undo_until(self.claimed_at, self.starts_at, now)

    def phase(self, now: datetime) -> Phase:
        """Return what can be done about it now."""
        if self.shift_state is ShiftState.CANCELLED or self.state is AssignmentState.CANCELLED:
            return Phase.OFF
        if self.state in COMING:
            if now >= self.starts_at:
                return Phase.NOTED if self.is_noted else Phase.NOTE
            return Phase.ANSWER if self.state is AssignmentState.WAITING else Phase.COMING
        if now >= self.starts_at:
            return Phase.OVER
        if self.answer_by is not None:
            return Phase.WISHED
        if self.state is AssignmentState.DECLINED:
            return Phase.CANT
        if self.offer_state is OfferState.DECLINED:
            return Phase.CANT
        return Phase.ASKED if self.has_room else Phase.TAKEN


@dataclass(frozen=True)
class Companion:
    """Someone else on the same shift."""

    name: str
    is_leader: bool


@dataclass(frozen=True)
class Answerer:
    """The one whom an answer link belongs to, and the shift as they know it, if they still do."""

    volunteer_id: int
    shift_id: int
    locale: str
    mine: MyShift | None
