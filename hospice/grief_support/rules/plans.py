"""A support plan: its steps by tier, its states, and what a change of it leaves alone.

42 CFR 418.64(d): bereavement services for up to one year after the death, of a kind and frequency
that the plan states; what surveyors cite is the same plan for everyone. The thirteen months of the
last letter are custom, not the text. All of it is a template that a hospice may change.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from hospice.core import clock
from hospice.core.errors import Objection


class Way(StrEnum):
    """How someone is reached, or what else is done for them."""

    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    CARD = "card"
    MESSAGE = "message"
    GATHERING = "gathering"  # an invitation to remember together
    REVIEW = "review"  # the team looks at the plan; nobody is contacted
    REFERRAL = "referral"  # to someone who is trained for it


SPOKEN = frozenset({Way.CALL, Way.VISIT})
PRINTED = frozenset({Way.LETTER, Way.CARD, Way.GATHERING})


class PlanState(StrEnum):
    """Where a support plan stands."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"
    EXTENDED = "extended"
    DECLINED = "declined"
    TRANSFERRED = "transferred"
    UNREACHABLE = "unreachable"


# What may follow what; whatever ended may begin again, for grief does not keep to a plan.
_NEXT: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.OFFERED, PlanState.ACCEPTED, PlanState.DECLINED}),
    PlanState.OFFERED: frozenset({PlanState.ACCEPTED, PlanState.DECLINED, PlanState.UNREACHABLE}),
    PlanState.ACCEPTED: frozenset({PlanState.ACTIVE, PlanState.DECLINED}),
    PlanState.ACTIVE: frozenset(
        {
            PlanState.PAUSED,
            PlanState.CLOSING,
            PlanState.DECLINED,
            PlanState.TRANSFERRED,
            PlanState.UNREACHABLE,
        }
    ),
    PlanState.PAUSED: frozenset(
        {PlanState.ACTIVE, PlanState.CLOSING, PlanState.DECLINED, PlanState.TRANSFERRED}
    ),
    PlanState.CLOSING: frozenset({PlanState.CLOSED, PlanState.EXTENDED, PlanState.ACTIVE}),
    PlanState.CLOSED: frozenset({PlanState.ACTIVE}),
    PlanState.EXTENDED: frozenset({PlanState.PAUSED, PlanState.CLOSING, PlanState.DECLINED}),
    PlanState.DECLINED: frozenset({PlanState.OFFERED, PlanState.ACCEPTED}),
    PlanState.TRANSFERRED: frozenset({PlanState.ACTIVE}),
    PlanState.UNREACHABLE: frozenset({PlanState.ACTIVE}),
}
# Someone may be contacted under it: before it is accepted only to offer it.
OPEN_STATES = frozenset(
    {
        PlanState.OFFERED,
        PlanState.ACCEPTED,
        PlanState.ACTIVE,
        PlanState.CLOSING,
        PlanState.EXTENDED,
    }
)
ENDED_STATES = frozenset(
    {PlanState.CLOSED, PlanState.DECLINED, PlanState.TRANSFERRED, PlanState.UNREACHABLE}
)
LONGEST_DAYS = 396  # thirteen months; open for longer is reported
ASSESSED_BY_DAY = 35


def may_become(state: PlanState, wanted: PlanState) -> bool:
    """Tell whether a plan may go from one state to another."""
    return wanted in _NEXT[state]


def next_states(state: PlanState) -> frozenset[PlanState]:
    """Return the states that may follow."""
    return _NEXT[state]


# --- steps ----------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Span:
    """Time since the death: whole months, then days, which may be taken off."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """Return the day so long after; the last of a month stays in its month."""
        number = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(number, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)


@dataclass(frozen=True)
class Step:
    """One line of the template: what is done for whoever is of that tier or a higher one.

    `words` say it in the hospice's own way; empty for the built-in words.
    """

    key: str
    way: Way
    tier: int
    opens: Span
    closes: Span
    words: str = ""


def _step(key: str, way: Way, tier: int, opens: tuple[int, int], closes: tuple[int, int]) -> Step:
    return Step(key, way, tier, Span(*opens), Span(*closes))


# Domain, *Bereavement schedule template*; a window rather than a day, since a person is at its end.
DEFAULT_STEPS: tuple[Step, ...] = (
    _step("clinician", Way.CALL, 3, (0, 0), (0, 1)),
    _step("condolence", Way.CALL, 1, (0, 1), (0, 3)),
    _step("two_weeks_card", Way.CARD, 1, (0, 7), (0, 14)),
    _step("two_weeks_call", Way.CALL, 2, (0, 10), (0, 14)),
    _step("assessment", Way.CALL, 1, (0, 21), (0, ASSESSED_BY_DAY)),
    _step("visit_offer", Way.VISIT, 2, (0, 21), (0, ASSESSED_BY_DAY)),
    _step("referral", Way.REFERRAL, 3, (0, 21), (0, ASSESSED_BY_DAY)),
    _step("two_months_call", Way.CALL, 3, (2, -7), (2, 7)),
    _step("three_months_letter", Way.LETTER, 1, (3, -7), (3, 7)),
    _step("three_months_call", Way.CALL, 2, (3, -7), (3, 14)),
    _step("four_months_call", Way.CALL, 3, (4, -7), (4, 7)),
    _step("five_months_call", Way.CALL, 3, (5, -7), (5, 7)),
    _step("six_months_letter", Way.LETTER, 1, (6, -7), (6, 7)),
    _step("six_months_review", Way.REVIEW, 1, (6, -7), (6, 14)),
    _step("six_months_call", Way.CALL, 2, (6, -7), (6, 14)),
    _step("seven_months_call", Way.CALL, 3, (7, -7), (7, 7)),
    _step("eight_months_call", Way.CALL, 3, (8, -7), (8, 7)),
    _step("nine_months_letter", Way.LETTER, 1, (9, -7), (9, 7)),
    _step("nine_months_call", Way.CALL, 2, (9, -7), (9, 14)),
    _step("ten_months_call", Way.CALL, 3, (10, -7), (10, 7)),
    _step("memorial", Way.GATHERING, 1, (11, 0), (12, -14)),
    _step("before_anniversary", Way.CALL, 2, (12, -14), (12, -4)),
    _step("year_review", Way.REVIEW, 3, (11, 0), (12, 0)),
    _step("closing_letter", Way.LETTER, 1, (12, 14), (13, 0)),
    _step("handover", Way.REFERRAL, 3, (12, 14), (13, 0)),
)
TIERS = (1, 2, 3)


@dataclass(frozen=True)
class Planned:
    """A follow-up as the template gives it: may be done from one day to another."""

    key: str
    way: Way
    opens_on: date
    due_on: date
    words: str = ""


def follow_ups(died_on: date, steps: Iterable[Step], tier: int) -> list[Planned]:
    """Return the follow-ups of a tier, the earliest due first; `died_on` is a confirmed day."""
    found = [
        Planned(
            step.key, step.way, step.opens.after(died_on), step.closes.after(died_on), step.words
        )
        for step in steps
        if step.tier <= tier
    ]
    return sorted(found, key=lambda one: (one.due_on, one.opens_on, one.key))


def step_objections(step: Step) -> list[Objection]:
    """Return what is wrong with a line of the template."""
    found = []
    day = date(2025, 1, 31)
    if step.closes.after(day) < step.opens.after(day):
        found.append(Objection("closes_before_opens", field="closes_days"))
    if (step.closes.after(day) - day).days > 2 * LONGEST_DAYS:
        found.append(Objection("too_late", field="closes_months"))
    if step.opens.after(day) < day:
        found.append(Objection("before_death", field="opens_days"))
    return found


# --- follow-ups -----------------------------------------------------------------------------------


class FollowUpState(StrEnum):
    """Where a follow-up stands."""

    PLANNED = "planned"
    ATTEMPTED = "attempted"  # tried, not reached
    CALLBACK = "callback"  # it was not convenient: they named another time
    DONE = "done"
    SKIPPED = "skipped"  # left out on purpose, with a reason
    DECLINED = "declined"  # they do not want it
    ESCALATED = "escalated"  # a counsellor has taken it over


TO_DO = frozenset({FollowUpState.PLANNED, FollowUpState.ATTEMPTED, FollowUpState.CALLBACK})


@dataclass(frozen=True)
class Kept:
    """A follow-up as it stands; touched ones are moved by people only."""

    id: int
    key: str
    way: Way
    opens_on: date
    due_on: date
    state: FollowUpState
    is_moved: bool  # someone gave it another day
    tries: int
    is_written: bool = False  # there is a letter for it, a draft at least

    @property
    def is_touched(self) -> bool:
        """Tell whether someone has done anything with it."""
        return self.is_moved or self.tries > 0 or self.state is not FollowUpState.PLANNED


@dataclass(frozen=True)
class Changes:
    """What a change of the plan does to its follow-ups."""

    add: tuple[Planned, ...]
    move: tuple[tuple[int, Planned], ...]
    drop: tuple[int, ...]


def changes(kept: Sequence[Kept], wanted: Sequence[Planned]) -> Changes:
    """Return how follow-ups become what is wanted, those that someone touched left as they are.

    What is written already moves with its day, and is never thrown away with it.
    """
    by_key = {one.key: one for one in kept}
    keys = {one.key for one in wanted}
    move = tuple(
        (by_key[one.key].id, one)
        for one in wanted
        if one.key in by_key and _may_move(by_key[one.key], one)
    )
    drop = tuple(
        one.id for one in kept if one.key not in keys and not one.is_touched and not one.is_written
    )
    add = tuple(one for one in wanted if one.key not in by_key)
    return Changes(add, move, drop)


def _may_move(kept: Kept, wanted: Planned) -> bool:
    is_same = (kept.way, kept.opens_on, kept.due_on) == (
        wanted.way,
        wanted.opens_on,
        wanted.due_on,
    )
    return not is_same and not kept.is_touched


# --- tries ----------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of a try to reach someone."""

    TALKED = "talked"
    NOT_NOW = "not_now"  # a respectful outcome, never a failure
    NO_ANSWER = "no_answer"
    LEFT_MESSAGE = "left_message"
    WRONG_NUMBER = "wrong_number"
    SENT = "sent"  # a letter or card, which nobody answers
    STOP = "stop"  # "please don't call again"


# Nobody was reached by these.
UNREACHED = frozenset({Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE, Outcome.WRONG_NUMBER, Outcome.SENT})
LEAST_TRIES = 3
LEAST_WAYS = 2


@dataclass(frozen=True)
class Try:
    """One try to reach someone."""

    at: datetime
    way: Way
    outcome: Outcome


def follow_up_state(outcome: Outcome) -> FollowUpState:
    """Return where a follow-up stands after a try."""
    return {
        Outcome.TALKED: FollowUpState.DONE,
        Outcome.SENT: FollowUpState.DONE,
        Outcome.NOT_NOW: FollowUpState.CALLBACK,
        Outcome.STOP: FollowUpState.DECLINED,
    }.get(outcome, FollowUpState.ATTEMPTED)


def unreachable_objections(tries: Sequence[Try], zone: str) -> list[Objection]:
    """Return why a plan may not be closed as unreachable yet.

    Three tries in two ways at varied times, since whoever was last reached; one call that nobody
    answered says nothing (trap 19).
    """
    since = _since_reached(tries)
    found = []
    if len(since) < LEAST_TRIES:
        found.append(Objection("too_few_tries", facts={"tries": len(since), "least": LEAST_TRIES}))
    if len({one.way for one in since}) < LEAST_WAYS:
        found.append(Objection("one_way_only", facts={"least": LEAST_WAYS}))
    if len({_part_of_week(one.at, zone) for one in since}) < LEAST_WAYS:
        found.append(Objection("same_time_only"))
    return found


def _since_reached(tries: Sequence[Try]) -> list[Try]:
    ordered = sorted(tries, key=lambda one: one.at)
    last = max(
        (number for number, one in enumerate(ordered) if one.outcome not in UNREACHED), default=-1
    )
    return ordered[last + 1 :]


def _part_of_week(at: datetime, zone: str) -> tuple[bool, int]:
    there = clock.local(at, zone)
    part = 0 if there.hour < 12 else 1 if there.hour < 18 else 2
    return there.weekday() >= 5, part
