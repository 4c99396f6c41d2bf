"""Tables of weekly shifts, shifts, places on them, questions, answer links and undo steps."""

from datetime import date, time
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hospice.core.db import Facts, Id, Instant, Model, stored
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    Cadence,
    Category,
    ClaimState,
    OfferState,
    ShiftState,
    SwapAskState,
    SwapState,
    ToldKind,
    WaitingState,
)
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import Gender


def _where(condition: str) -> dict[str, Any]:
    """Return what makes an index hold only some rows, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Needs:
    """What a shift needs of the people on it; the same on the weekly shift and the dated one."""

    minimum: Mapped[int] = mapped_column(default=1)
    wanted: Mapped[int] = mapped_column(default=1)
    needs_leader: Mapped[bool] = mapped_column(default=False)
    needs_language: Mapped[str] = mapped_column(String(60), default="")
    needs_gender: Mapped[Gender | None] = mapped_column(stored(Gender))
    needs_skill: Mapped[str] = mapped_column(String(60), default="")
    pairs_trainees: Mapped[bool] = mapped_column(default=True)
    # Whoever wants to come asks first; a coordinator says yes.
    needs_approval: Mapped[bool] = mapped_column(default=False)
    briefing: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[Category] = mapped_column(stored(Category), default=Category.DIRECT)


class WeeklyShift(Needs, Model):
    """A standing pattern: weekday, local time and place; dated shifts are made from it."""

    __tablename__ = "weekly_shift"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("minimum >= 0 AND wanted >= minimum AND wanted >= 1", name="people"),
    )

    id: Mapped[Id]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), index=True)
    weekday: Mapped[int]  # Monday is 0
    starts: Mapped[time]
    ends: Mapped[time]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    # A change to "this and following" ends one pattern and starts another from it.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("weekly_shift.id"), index=True)
    ask_days: Mapped[int] = mapped_column(default=3)  # asked for an answer so long before; 0: never
    remind_days: Mapped[int] = mapped_column(default=2)  # reminded so long before; 0: never
    morning_at: Mapped[time | None] = mapped_column(Time().evaluates_none(), default=time(8))
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    place: Mapped[Place] = relationship(lazy="raise")
    patient: Mapped[Patient | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class Standing(Model):
    """A volunteer's own standing place in a weekly shift."""

    __tablename__ = "standing"
    __table_args__ = (Index(None, "weekly_shift_id"), Index(None, "volunteer_id"))

    id: Mapped[Id]
    weekly_shift_id: Mapped[int] = mapped_column(ForeignKey("weekly_shift.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    cadence: Mapped[Cadence] = mapped_column(stored(Cadence), default=Cadence.EVERY)
    is_leader: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    volunteer: Mapped[Volunteer] = relationship(lazy="raise")


class Shift(Needs, Model):
    """A dated shift; one made from a weekly shift is unique by (weekly shift, occurrence)."""

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("weekly_shift_id", "occurrence_on"),
        Index(None, "local_day", "place_id"),
        Index(None, "occurrence_on", "place_id"),
        Index(None, "place_id", "starts_at"),
        Index(None, "starts_at"),
        # Without the empty ones: SQLite takes "IS NULL" for the narrowest question there is, and
        # would read every shift of a ward that there ever was.
        Index(None, "patient_id", **_where("patient_id IS NOT NULL")),
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("minimum >= 0 AND wanted >= minimum AND wanted >= 1", name="people"),
        # The last place is won by one conditional UPDATE; this stands behind it.
        CheckConstraint("taken >= 0 AND taken <= wanted", name="taken"),
        CheckConstraint("held >= 0 AND taken + held <= wanted", name="held"),
    )

    id: Mapped[Id]
    weekly_shift_id: Mapped[int | None] = mapped_column(ForeignKey("weekly_shift.id"))
    occurrence_on: Mapped[date | None]  # the pattern's day, which stays when this one is moved
    local_day: Mapped[date]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    taken: Mapped[int] = mapped_column(default=0)
    # Free places kept for people of the waiting list until they answer.
    held: Mapped[int] = mapped_column(default=0)
    state: Mapped[ShiftState] = mapped_column(stored(ShiftState), default=ShiftState.PLANNED)
    # Since when nobody may take a place on it, because its patient has died; it stays planned, so
    # that undoing a mistake restores exactly these.
    paused_at: Mapped[Instant | None]
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    place: Mapped[Place] = relationship(lazy="raise")
    patient: Mapped[Patient | None] = relationship(lazy="raise")
    weekly_shift: Mapped[WeeklyShift | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class Assignment(Model):
    """A volunteer on a shift."""

    __tablename__ = "assignment"
    __table_args__ = (
        # One row a volunteer and shift: someone taken off and placed again is the same row.
        UniqueConstraint("shift_id", "volunteer_id"),
        Index(None, "volunteer_id", "state"),
        Index("ix_assignment_unpublished", "state", **_where("state = 'draft'")),
        Index(None, "told_at"),
        Index(None, "answered_at"),
        Index(None, "covered_by_id", **_where("covered_by_id IS NOT NULL")),
    )

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    state: Mapped[AssignmentState] = mapped_column(stored(AssignmentState))
    is_leader: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[Instant]
    placed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    # What was objected to and accepted: [{"kind": …, "facts": …, "reason": …}]
    accepted: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[AnsweredBy | None] = mapped_column(stored(AnsweredBy))
    reason: Mapped[str] = mapped_column(String(300), default="")
    # When the volunteer took the place themselves; for some minutes that can be taken back.
    claimed_at: Mapped[Instant | None]
    # The assignment that took over the place of one who cannot come.
    covered_by_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    # What the volunteer was last told by a publish; empty until then.
    told_kind: Mapped[ToldKind | None] = mapped_column(stored(ToldKind))
    told_at: Mapped[Instant | None]
    told_times: Mapped[int] = mapped_column(default=0)
    told_starts_at: Mapped[Instant | None]
    told_ends_at: Mapped[Instant | None]
    told_place_id: Mapped[int | None]

    shift: Mapped[Shift] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")


class AssignmentPatient(Model):
    """Whom a volunteer will see on a shift; none means the ward's round."""

    __tablename__ = "assignment_patient"
    __table_args__ = (Index(None, "patient_id"),)

    assignment_id: Mapped[int] = mapped_column(
        ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True
    )
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)


class Offer(Model):
    """A volunteer asked to take an open place; the first yes gets it."""

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("shift_id", "volunteer_id"),
        Index(None, "volunteer_id", "state"),
        Index(None, "asked_at"),
    )

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    state: Mapped[OfferState] = mapped_column(stored(OfferState), default=OfferState.OPEN)
    asked_at: Mapped[Instant]
    asked_times: Mapped[int] = mapped_column(default=1)
    asked_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    answered_at: Mapped[Instant | None]
    accepted: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    # Asked by the app itself, when someone could not come and nobody was at the desk.
    is_automatic: Mapped[bool] = mapped_column(default=False)
    # The volunteer who could not come and said that this one would.
    suggested_by_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))

    shift: Mapped[Shift] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise", foreign_keys=[volunteer_id])


class Claim(Model):
    """A volunteer who would like an open place where a coordinator says yes; it holds none."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("shift_id", "volunteer_id"),
        Index(None, "volunteer_id", "state"),
        Index(None, "state", "answered_at"),
    )

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    state: Mapped[ClaimState] = mapped_column(stored(ClaimState), default=ClaimState.ASKED)
    asked_at: Mapped[Instant]
    asked_times: Mapped[int] = mapped_column(default=1)
    answer_by: Mapped[Instant]  # what the volunteer was promised
    answered_at: Mapped[Instant | None]
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )

    shift: Mapped[Shift] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")


class WaitingPlace(Model):
    """A volunteer on the waiting list of a full shift; the first is offered a place that frees."""

    __tablename__ = "waiting_place"
    __table_args__ = (
        UniqueConstraint("shift_id", "volunteer_id"),
        Index(None, "volunteer_id", "state"),
        Index(None, "state", "answer_by"),
    )

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    state: Mapped[WaitingState] = mapped_column(stored(WaitingState))
    joined_at: Mapped[Instant]
    offered_at: Mapped[Instant | None]
    offered_times: Mapped[int] = mapped_column(default=0)
    answer_by: Mapped[Instant | None]  # until then the place is kept for them
    settled_at: Mapped[Instant | None]

    shift: Mapped[Shift] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")


class Swap(Model):
    """A place that its volunteer would give to someone else; it stays theirs until then."""

    __tablename__ = "swap"
    __table_args__ = (
        Index("uq_swap_open", "assignment_id", unique=True, **_where("state = 'open'")),
    )

    id: Mapped[Id]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    state: Mapped[SwapState] = mapped_column(stored(SwapState))
    is_for_all: Mapped[bool]
    made_at: Mapped[Instant]
    made_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    settled_at: Mapped[Instant | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise")


class SwapAsk(Model):
    """Someone who could take the place, and the place of their own they would give for it."""

    __tablename__ = "swap_ask"
    __table_args__ = (UniqueConstraint("swap_id", "volunteer_id"), Index(None, "volunteer_id"))

    id: Mapped[Id]
    swap_id: Mapped[int] = mapped_column(ForeignKey("swap.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    state: Mapped[SwapAskState] = mapped_column(stored(SwapAskState))
    in_return_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    answered_at: Mapped[Instant | None]

    swap: Mapped[Swap] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
    in_return: Mapped[Assignment | None] = relationship(lazy="raise")


class Shortfall(Model):
    """What a shift lacks since a volunteer left it: written down so that it is never silent."""

    __tablename__ = "shortfall"
    __table_args__ = (UniqueConstraint("shift_id", "kind"), Index(None, "since"))

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    kind: Mapped[str] = mapped_column(String(32))  # of rules.composition
    since: Mapped[Instant]


class AnswerLink(Model):
    """A link in a message that lets one volunteer answer for one shift without signing in."""

    __tablename__ = "answer_link"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    made_at: Mapped[Instant]


class UndoStep(Model):
    """One step on the board that can be taken back: the rows as they were and as it left them."""

    __tablename__ = "undo_step"
    __table_args__ = (Index(None, "user_id", "made_at"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    made_at: Mapped[Instant]
    undone_at: Mapped[Instant | None]
    verb: Mapped[str] = mapped_column(String(60))
    facts: Mapped[Facts]
    before: Mapped[Facts]
    after: Mapped[Facts]


class HolidayChoice(Model):
    """What a coordinator decided about a public holiday."""

    __tablename__ = "holiday_choice"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    goes_ahead: Mapped[bool]
    decided_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )


__all__ = [
    "AnswerLink",
    "Assignment",
    "AssignmentPatient",
    "Claim",
    "HolidayChoice",
    "Needs",
    "Offer",
    "Shift",
    "Shortfall",
    "Standing",
    "Swap",
    "SwapAsk",
    "UndoStep",
    "WaitingPlace",
    "WeeklyShift",
]
