"""Eight people at once do to a few shifts whatever the app lets them: what must hold, holds.

Each step runs a batch of operations through the real actions, each in a thread, session and
transaction of its own. `STATEFUL_EXAMPLES=200` runs longer, and with other chances every time.
"""

import os
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal.models import Entry
from hospice.shifts.actions import (
    cancelling,
    editing,
    openings,
    placing,
    publishing,
    standing,
    swapping,
    waiting,
    weekly,
)
from hospice.shifts.actions.carrying import shown_terms
from hospice.shifts.models import (
    Assignment,
    Shift,
    Shortfall,
    Standing,
    Swap,
    SwapAsk,
    WaitingPlace,
)
from hospice.shifts.queries import candidates, swaps
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries import waiting as waiting_queries
from hospice.shifts.rules import placing as rules
from hospice.shifts.rules.composition import MINIMUM
from hospice.shifts.rules.states import (
    HOLDING,
    AnsweredBy,
    AssignmentState,
    Cadence,
    ShiftState,
    SwapAskState,
    SwapState,
    ToldKind,
    WaitingState,
)
from hospice.shifts.rules.waiting import bars
from hospice.volunteers import actions as volunteers
from hospice.volunteers.models import Away, Volunteer
from hospice.volunteers.rules import Span
from tests import builders
from tests.builders import NOW, SUNDAY

THREADS = 8
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "0"))
WEEK = timedelta(weeks=1)
PEOPLE, WEEKS = 7, 2

CHANGES = (
    "claim",
    "withdraw",
    "come",
    "join",
    "leave_list",
    "accept",
    "decline",
    "tend",
    "offer_swap",
    "take_swap",
    "propose",
    "agree",
    "take_back",
    "assign",
    "capacity",
    "stand",
    "stand_no_more",
    "away",
    "back",
)
SWAPS = ("offer_swap", "take_swap", "propose", "agree", "take_back")


SEEDS = st.integers(0, 2**32)
RUSH = ("claim", "accept", "assign", "join", "withdraw", "tend")
Step = tuple[str, int, int, int]


def batch_of(chance: Random, kinds: tuple[str, ...]) -> list[Step]:
    """Return what eight people do at once: a kind, who, where, and a number to choose by."""
    return [
        (
            chance.choice(kinds),
            chance.randrange(PEOPLE),
            chance.randrange(99),
            chance.randrange(1, 99),
        )
        for _thread in range(THREADS)
    ]


class Ward(RuleBasedStateMachine):
    """A few shifts, at some of which people would be twice at the same time."""

    app: Flask  # given by the test
    done: Counter[str]  # what was not refused
    broken: list[str]

    @initialize()
    def begin(self) -> None:
        with self.app.app_context():
            here, there = builders.place(), builders.place()
            self.people = [builders.volunteer(places=[here, there]).id for _number in range(PEOPLE)]
            self.patterns = [
                builders.weekly_shift(here, wanted=2).id,
                builders.weekly_shift(there, wanted=2).id,
            ]
            user = db.session.scalar(select(User.id))
            self.cora = user if user is not None else builders.cora().id
            self.now = NOW
            with transaction():
                weekly.generate(self.now, weeks=WEEKS + 1, only=self.patterns)
            self.shifts = list(
                db.session.scalars(
                    select(Shift.id)
                    .where(
                        Shift.weekly_shift_id.in_(self.patterns), Shift.local_day <= SUNDAY + WEEK
                    )
                    .order_by(Shift.starts_at, Shift.id)
                )
            )
            # Everyone who is on a shift at the start was told, and enough are on each.
            for number, shift_id in enumerate(self.shifts):
                for volunteer_id in (self.people[number % 2 * 2 + side] for side in (0, 1)):
                    shift = db.session.get_one(Shift, shift_id)
                    builders.assignment(
                        shift,
                        builders_volunteer(volunteer_id),
                        told_kind=ToldKind.NEW,
                        told_at=self.now - timedelta(days=2),
                        told_times=1,
                        told_starts_at=shift.starts_at,
                        told_ends_at=shift.ends_at,
                        told_place_id=shift.place_id,
                    )
            db.session.remove()

    @rule(seed=SEEDS)
    def something_happens(self, seed: int) -> None:
        """Let chance say what: mostly anything at all, sometimes one kind of thing."""
        chance = Random(f"{seed} {self.now} {self.shifts[0]}")
        happens = chance.choice(
            [
                self._anything,
                self._anything,
                self._anything,
                self._only_swaps,
                self._only_swaps,
                self._a_rush,
                self._the_line_moves,
                self._the_line_moves,
                self._a_day_passes,
                self._one_is_cancelled,
            ]
        )
        happens(chance)

    def _anything(self, chance: Random) -> None:
        for _time in range(2):
            self._run(batch_of(chance, CHANGES))
        self._line_moves_in_order()

    def _only_swaps(self, chance: Random) -> None:
        """However many swap, as many people come to each shift as before."""
        before = self._taken()
        for _time in range(3):
            self._run(batch_of(chance, SWAPS))
        after = self._taken()
        with self.app.app_context(), self._told():
            assert after == before

    def _a_rush(self, chance: Random) -> None:
        """Everyone wants the same shift."""
        batch = batch_of(chance, RUSH)
        self._run([(kind, who, batch[0][2], number) for kind, who, _shift, number in batch])

    def _the_line_moves(self, chance: Random) -> None:
        """Many wait for one shift, some leave it, and whoever is offered a place answers."""
        where = chance.randrange(len(self.shifts))
        self._run([("join", who, where, 1) for who in range(PEOPLE)])
        self._run([("leave_it", who, where, 1) for who in chance.sample(range(PEOPLE), 4)])
        self._line_moves_in_order()
        answers = batch_of(chance, ("accept", "accept", "decline", "claim", "leave_list", "tend"))
        self._run([(kind, who, where, number) for kind, who, _where, number in answers])

    def _a_day_passes(self, chance: Random) -> None:
        self.now += timedelta(hours=25)
        self._run(batch_of(chance, ("tend", "accept", "decline", "leave_list")))
        self._line_moves_in_order()

    def _one_is_cancelled(self, chance: Random) -> None:
        """Only the last one, so that there is always something left."""
        rest = batch_of(chance, CHANGES)[1:]
        self._run([("cancel", 0, len(self.shifts) - 1, 1), *rest])

    def _line_moves_in_order(self) -> None:
        """Nobody is offered a place before someone who could come and has waited longer."""
        self.now += timedelta(minutes=1)
        with self.app.app_context(), self._told():
            with transaction():
                openings.tend(self.now, shift_ids=self.shifts)
            for shift_id in self.shifts:
                shift = queries.shift(shift_id)
                line = waiting_queries.waiting_on(shift_id)
                team = queries.team_of(queries.assignments_on(shift_id))
                facts = queries.facts_of(shift)
                passed = []
                for entry in line:
                    if entry.state is WaitingState.WAITING:
                        passed.append(entry.volunteer_id)
                    elif entry.offered_at == self.now:
                        for volunteer_id in passed:
                            who = candidates.facts_for(
                                facts, shift.place.timezone, volunteer_id, team, self.now
                            )
                            assert who is not None
                            assert bars(rules.objections(facts, who, team, self.now)), (
                                f"{entry.volunteer_id} came before {volunteer_id}"
                            )

    @invariant()
    def everything_is_whole(self) -> None:
        if not hasattr(self, "shifts"):
            return
        with self.app.app_context(), self._told():
            self._counts()
            self._nobody_twice()
            self._never_silently_short()
            self._swapped_once()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Keep what was broken first: threads do not do the same again when it is replayed."""
        try:
            yield
        except BaseException:
            self.broken.append(traceback.format_exc())
            raise
        finally:
            db.session.remove()

    # --- what must hold -------------------------------------------------------------------------

    def _counts(self) -> None:
        held = dict(
            db.session.execute(
                select(WaitingPlace.shift_id, func.count())
                .where(WaitingPlace.state == WaitingState.OFFERED)
                .group_by(WaitingPlace.shift_id)
            ).all()
        )
        taken = dict(
            db.session.execute(
                select(Assignment.shift_id, func.count())
                .where(Assignment.state.in_(HOLDING))
                .group_by(Assignment.shift_id)
            ).all()
        )
        for shift in self._all_shifts():
            found = (shift.taken, shift.held)
            assert found == (taken.get(shift.id, 0), held.get(shift.id, 0)), shift.id
            assert shift.taken + shift.held <= shift.wanted

    def _nobody_twice(self) -> None:
        rows = db.session.execute(
            select(Assignment.volunteer_id, Shift.starts_at, Shift.ends_at)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(Assignment.volunteer_id.in_(self.people), Assignment.state.in_(HOLDING))
            .order_by(Assignment.volunteer_id, Shift.starts_at)
        ).all()
        for one, other in pairwise(rows):
            assert one[0] != other[0] or one[2] <= other[1], f"{one[0]} is in two places"

    def _never_silently_short(self) -> None:
        marked = set(
            db.session.scalars(select(Shortfall.shift_id).where(Shortfall.kind == MINIMUM))
        )
        written = {
            entry.facts["shift_id"]
            for entry in db.session.scalars(select(Entry).where(Entry.verb == "shift.short"))
        }
        for shift in self._all_shifts():
            if shift.id in self.shifts and shift.state is ShiftState.PLANNED:
                is_short = shift.taken < shift.minimum
                assert not is_short or shift.id in marked & written, shift.id

    def _swapped_once(self) -> None:
        took = db.session.execute(
            select(SwapAsk.swap_id, func.count())
            .where(SwapAsk.state == SwapAskState.TOOK)
            .group_by(SwapAsk.swap_id)
        ).all()
        done = set(db.session.scalars(select(Swap.id).where(Swap.state == SwapState.DONE)))
        assert {swap_id for swap_id, _count in took} == done
        assert all(count == 1 for _swap_id, count in took)

    def _all_shifts(self) -> list[Shift]:
        return list(
            db.session.scalars(
                select(Shift)
                .where(Shift.weekly_shift_id.in_(self.patterns))
                .execution_options(populate_existing=True)
            )
        )

    def _taken(self) -> dict[int, int]:
        with self.app.app_context():
            found = {one.id: one.taken for one in self._all_shifts()}
            db.session.remove()
        return found

    # --- several at once ------------------------------------------------------------------------

    def _run(self, batch: list[Step]) -> None:
        self.now += timedelta(minutes=1)
        self.done["batches"] += 1
        barrier = threading.Barrier(len(batch))
        broken: list[tuple[str, BaseException]] = []

        def work(kind: str, who: int, where: int, number: int) -> None:
            with self.app.app_context():
                shift_id = self.shifts[where % len(self.shifts)]
                operation: Callable[..., Any] = getattr(self, f"_{kind}")
                barrier.wait(60)
                try:
                    with transaction():
                        operation(self.people[who], shift_id, number)
                    self.done[kind] += 1
                except (Refused, Missing):
                    pass
                except BaseException as error:  # noqa: BLE001 - told below
                    broken.append((kind, error))
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=work, args=one) for one in batch]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with self.app.app_context(), self._told():
            assert broken == []

    # Most take aim at something that is there; some at anything, to be refused.

    def _theirs(self, number: int, *states: AssignmentState) -> Assignment:
        found = db.session.scalars(
            select(Assignment.id)
            .where(
                Assignment.shift_id.in_(self.shifts),
                Assignment.told_at.is_not(None),
                Assignment.state.in_(states),
            )
            .order_by(Assignment.id)
        ).all()
        if not found:
            raise Missing
        return queries.assignment(found[number % len(found)])

    def _entry(self, number: int, *states: WaitingState) -> WaitingPlace:
        found = db.session.execute(
            select(WaitingPlace.volunteer_id, WaitingPlace.shift_id)
            .where(WaitingPlace.shift_id.in_(self.shifts), WaitingPlace.state.in_(states))
            .order_by(WaitingPlace.id)
        ).all()
        if not found:
            raise Missing
        return waiting_queries.entry(*found[number % len(found)])

    def _ask(self, number: int, *states: SwapAskState) -> tuple[Swap, SwapAsk]:
        found = db.session.scalars(
            select(SwapAsk)
            .join(Swap, Swap.id == SwapAsk.swap_id)
            .join(Assignment, Assignment.id == Swap.assignment_id)
            .where(
                Swap.state == SwapState.OPEN,
                SwapAsk.state.in_(states),
                Assignment.shift_id.in_(self.shifts),
            )
            .order_by(SwapAsk.id)
        ).all()
        if not found:
            raise Missing
        ask = found[number % len(found)]
        return swaps.swap(ask.swap_id), ask

    def _claim(self, who: int, shift_id: int, _number: int) -> None:
        placing.claim(queries.shift(shift_id), who, now=self.now, by=None, how=AnsweredBy.APP)

    def _withdraw(self, _who: int, _shift_id: int, number: int) -> None:
        place = self._theirs(number, AssignmentState.CONFIRMED, AssignmentState.WAITING)
        placing.answer(place, comes=False, how=AnsweredBy.APP, now=self.now, by=None)

    def _leave_it(self, who: int, shift_id: int, _number: int) -> None:
        for one in queries.assignments_on(shift_id):
            if one.volunteer_id == who and one.state in HOLDING:
                place = queries.assignment(one.id)
                placing.answer(place, comes=False, how=AnsweredBy.APP, now=self.now, by=None)

    def _come(self, _who: int, _shift_id: int, number: int) -> None:
        place = self._theirs(number, AssignmentState.DECLINED, AssignmentState.WAITING)
        placing.answer(place, comes=True, how=AnsweredBy.APP, now=self.now, by=None)

    def _join(self, who: int, shift_id: int, _number: int) -> None:
        waiting.join(queries.shift(shift_id), who, by=None, now=self.now)

    def _leave_list(self, _who: int, _shift_id: int, number: int) -> None:
        entry = self._entry(number, WaitingState.WAITING, WaitingState.OFFERED)
        waiting.leave(entry, by=None, now=self.now)

    def _accept(self, _who: int, _shift_id: int, number: int) -> None:
        waiting.accept(self._entry(number, WaitingState.OFFERED), by=None, now=self.now)

    def _decline(self, _who: int, _shift_id: int, number: int) -> None:
        waiting.decline(self._entry(number, WaitingState.OFFERED), by=None, now=self.now)

    def _tend(self, _who: int, shift_id: int, _number: int) -> None:
        openings.tend(self.now, shift_ids=[shift_id])

    def _offer_swap(self, _who: int, _shift_id: int, number: int) -> None:
        place = self._theirs(number, AssignmentState.CONFIRMED)
        swapping.offer(place, to=None, by=None, now=self.now)

    def _take_swap(self, _who: int, _shift_id: int, number: int) -> None:
        swap, ask = self._ask(number, SwapAskState.ASKED, SwapAskState.PROPOSED)
        swapping.accept(swap, ask.volunteer_id, in_return=None, by=None, now=self.now)

    def _propose(self, _who: int, _shift_id: int, number: int) -> None:
        swap, ask = self._ask(number, SwapAskState.ASKED)
        mine = swaps.places_to_give(ask.volunteer_id, self.now, but=swap.assignment.shift_id)
        if not mine:
            raise Missing
        back = mine[number % len(mine)].id
        swap = swaps.swap(swap.id)
        swapping.accept(swap, ask.volunteer_id, in_return=back, by=None, now=self.now)

    def _agree(self, _who: int, _shift_id: int, number: int) -> None:
        swap, ask = self._ask(number, SwapAskState.PROPOSED)
        swapping.agree(swap, ask.volunteer_id, by=None, now=self.now)

    def _take_back(self, _who: int, _shift_id: int, number: int) -> None:
        swap, _ask = self._ask(number, *SwapAskState)
        swapping.take_back(swap, by=None, now=self.now)

    def _assign(self, who: int, shift_id: int, _number: int) -> None:
        """The coordinator places someone, and publishes it at once."""
        cora = db.session.get_one(User, self.cora)
        made = placing.assign(
            queries.shift(shift_id), who, by=cora, now=self.now, accepting="agreed"
        )
        publishing.publish([made.id], by=cora, now=self.now)

    def _capacity(self, _who: int, shift_id: int, number: int) -> None:
        shift = queries.shift(shift_id)
        terms = replace(shown_terms(shift), wanted=number % 4 + 1, minimum=1)
        editing.change_one(
            shift_id, terms, shift.local_day, seen_version=None, by=None, now=self.now
        )

    def _stand(self, who: int, shift_id: int, _number: int) -> None:
        pattern = queries.shift(shift_id).weekly_shift_id
        place = standing.Place(Cadence.EVERY, SUNDAY)
        assert pattern is not None
        standing.add(pattern, who, place, fill=True, reason="agreed", by=None, now=self.now)

    def _stand_no_more(self, who: int, shift_id: int, _number: int) -> None:
        pattern = queries.shift(shift_id).weekly_shift_id
        found = db.session.scalar(
            select(Standing.id).where(
                Standing.weekly_shift_id == pattern,
                Standing.volunteer_id == who,
                Standing.ends_on.is_(None),
            )
        )
        if found is not None and pattern is not None:
            standing.remove(found, pattern, by=None, now=self.now)

    def _away(self, who: int, shift_id: int, _number: int) -> None:
        day = queries.shift(shift_id).local_day
        person = builders_volunteer(who)
        cora = db.session.get_one(User, self.cora)
        volunteers.add_away(
            person, Span(day, day), "", by=cora, now=self.now, today=self.now.date()
        )
        placing.free_for_away(who, day, day, by=None, now=self.now)

    def _back(self, who: int, _shift_id: int, _number: int) -> None:
        cora = db.session.get_one(User, self.cora)
        found = db.session.scalar(
            select(Away).where(Away.volunteer_id == who, Away.cancelled_at.is_(None)).limit(1)
        )
        if found is not None:
            volunteers.cancel_away(found, by=cora, now=self.now)
            standing.come_back(
                who, found.starts_on, found.ends_on, since=found.entered_at, now=self.now
            )

    def _cancel(self, _who: int, shift_id: int, _number: int) -> None:
        cancelling.cancel(queries.shift(shift_id), reason="", by=None, now=self.now)


def builders_volunteer(volunteer_id: int) -> Any:
    """Return a volunteer by id."""
    return db.session.get_one(Volunteer, volunteer_id)


def test_what_must_hold_holds_whatever_eight_people_do(either_app: Flask):
    class Here(Ward):
        app = either_app
        done: Counter[str] = Counter()
        broken: list[str] = []

    try:
        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=EXAMPLES or 5,
                stateful_step_count=10,
                deadline=None,
                derandomize=not EXAMPLES,
                database=None,
                phases=[Phase.generate],  # threads decide too: there is nothing to shrink
                suppress_health_check=list(HealthCheck),
            ),
        )
    except BaseException:
        if Here.broken:
            pytest.fail(Here.broken[0], pytrace=False)
        raise
    assert len(Here.done) > len(CHANGES) // 2, Here.done  # or it proved nothing
