"""What a volunteer sees of a shift of their own: only what they were told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    CHECK_IN = "check_in"  # about to begin, or begun: they may say that they are there
    HERE = "here"  # they are there before it begins
    NOTE = "note"  # it has begun, and the note is not sent
    CHECK_OUT = "check_out"  # the note is sent, and they have not said that they leave
    NOTED = "noted"
    ABSENT = "absent"  # they were not there
    CANT = "cant"  # said no; may come after all while a place is free
    TAKEN = "taken"  # someone else has the place
    OFF = "off"  # the shift will not take place
    PAUSED = "paused"  # it may not: they had better call before they set out
    OVER = "over"  # too late to answer


DISPLAYS = {
    Phase.ASKED: Display.OPEN,
    Phase.WISHED: Display.WAITING,
    Phase.ANSWER: Display.WAITING,
    Phase.COMING: Display.CONFIRMED,
    Phase.CHECK_IN: Display.CONFIRMED,
    Phase.HERE: Display.CONFIRMED,
    Phase.NOTE: Display.CONFIRMED,
    Phase.CHECK_OUT: Display.CONFIRMED,
    Phase.ABSENT: Display.CANT,
    Phase.NOTED: Display.DONE,
    Phase.CANT: Display.CANT,
    Phase.TAKEN: Display.DONE,
    Phase.OFF: Display.CANT,
    Phase.PAUSED: Display.WAITING,
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
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    tapped_at: datetime | None = None  # when they last tapped that they came or left
    is_absent: bool = False
    is_paused: bool = False
    is_said_off: bool = False  # paused, and a message said that it will not take place
    opens_before: timedelta = timedelta(minutes=60)  # how early they may check in

    @property
    def day(self) -> date:
        """Return the day on which it begins, where it takes place."""
        return clock.local(self.starts_at, self.zone).date()

    @property
    def full_place(self) -> str:
        """Return "Ward 1 · Garden"."""
        second = self.place_second_name
        return f"{self.place_name} · {second}" if second else self.place_name

    @property
    def is_in(self) -> bool:
        """Tell whether they came and have not said that they left."""
        return self.arrived_at is not None and self.left_at is None

    def undo_until(self, now: datetime) -> datetime | None:
        """Return until when the tap that took the place can be undone; None when it cannot."""
        if self.state is not AssignmentState.CONFIRMED:
            return None
        return undo_until(self.claimed_at, self.starts_at, now)

    def phase(self, now: datetime) -> Phase:
        """Return what can be done about it now."""
        if self.shift_state is ShiftState.CANCELLED or self.state is AssignmentState.CANCELLED:
            return Phase.OFF
        if self.is_said_off and self.arrived_at is None:
            return Phase.OFF
        if self.is_paused and self.arrived_at is None and now < self.ends_at:
            # A person tells them why; a page asks them to call.
            return Phase.PAUSED if self.state in COMING else Phase.OVER
        if self.state in COMING:
            return self._coming(now)
        if now >= self.starts_at:
            return Phase.OVER
        if self.answer_by is not None:
            return Phase.WISHED
        if self.state is AssignmentState.DECLINED:
            return Phase.CANT
        if self.offer_state is OfferState.DECLINED:
            return Phase.CANT
        return Phase.ASKED if self.has_room else Phase.TAKEN

    def _coming(self, now: datetime) -> Phase:
        """Return what someone on the shift can do: confirm, check in, write, check out."""
        has_begun = now >= self.starts_at
        if self.is_absent:
            return Phase.ABSENT
        if has_begun and self.is_noted:
            return Phase.CHECK_OUT if self.is_in else Phase.NOTED
        if self.arrived_at is not None:
            return Phase.NOTE if has_begun else Phase.HERE
        if has_begun:
            return Phase.CHECK_IN if now < self.ends_at else Phase.NOTE
        if self.state is AssignmentState.WAITING:
            return Phase.ANSWER
        return Phase.CHECK_IN if now >= self.starts_at - self.opens_before else Phase.COMING


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
