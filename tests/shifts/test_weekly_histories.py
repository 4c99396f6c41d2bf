"""Whatever is done to a weekly shift, in whatever order: what must never happen does not."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.shifts.actions import cancelling, editing, placing, standing, weekly
from hospice.shifts.actions.carrying import shown_terms
from hospice.shifts.models import Assignment, Shift, WeeklyShift
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.states import HOLDING, AssignmentState, Cadence, ShiftState
from hospice.shifts.rules.terms import Terms
from tests import builders
from tests.builders import NOW, SUNDAY

WEEK = timedelta(days=7)
HOURS = st.sampled_from([(14, 17), (15, 18), (9, 12), (16, 19), (22, 6)])
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "hours": HOURS,
        "wanted": st.integers(1, 4),
        "briefing": st.sampled_from(["", "Tea", "Music"]),
        "needs_leader": st.booleans(),
        "place_id": st.integers(0, 1),
    },
)
DAYS = st.sampled_from([0, 1, -1, 3, -3, 5, -5])


class Histories(RuleBasedStateMachine):
    """One weekly shift and those that follow it, some volunteers, and the time that passes."""

    @initialize()
    def begin(self):
        db.session.rollback()
        self.now: datetime = NOW
        self.places = [builders.place(), builders.place(timezone="Europe/London")]
        self.people = [builders.volunteer(f"V{n}", places=self.places).id for n in range(3)]
        self.place_ids = [place.id for place in self.places]
        with transaction():
            (made,) = weekly.create(
                Terms(place_id=0, starts=time(14), ends=time(17), wanted=2),
                place_ids=self.place_ids[:1],
                weekday=6,
                starts_on=SUNDAY,
                ends_on=None,
                by=None,
                now=self.now,
            )
            self.chain = [made.id]
        self.before: dict[int, tuple] = {}
        self.occurrences: dict[int, date] = {}
        self.states: dict[int, AssignmentState] = {}
        self.look()

    # --- what is there ------------------------------------------------------------------------

    def shifts(self) -> list[Shift]:
        db.session.rollback()
        return list(
            db.session.scalars(
                select(Shift)
                .where(Shift.weekly_shift_id.in_(self.chain))
                .order_by(Shift.id)
                .execution_options(populate_existing=True)
            )
        )

    def on_them(self) -> list[Assignment]:
        return list(
            db.session.scalars(
                select(Assignment)
                .join(Shift, Shift.id == Assignment.shift_id)
                .where(Shift.weekly_shift_id.in_(self.chain))
                .execution_options(populate_existing=True)
            )
        )

    def leaf(self) -> WeeklyShift:
        return db.session.get_one(WeeklyShift, self.chain[-1], populate_existing=True)

    def look(self) -> None:
        rows = self.shifts()
        people: dict[int, list] = {}
        for one in self.on_them():
            people.setdefault(one.shift_id, []).append((one.volunteer_id, one.state))
        self.before = {
            one.id: (
                one.local_day,
                one.starts_at,
                one.ends_at,
                one.place_id,
                one.minimum,
                one.wanted,
                one.taken,
                one.state,
                one.cancel_reason,
                one.briefing,
                one.needs_leader,
                sorted(people.get(one.id, [])),
            )
            for one in rows
        }
        self.occurrences = {one.id: one.occurrence_on for one in rows if one.occurrence_on}
        self.states = {one.id: one.state for one in self.on_them()}

    @contextmanager
    def step(self, *, may_cancel: bool = False):
        """Run one step and compare what must not have changed."""
        before, states = self.before, self.states
        try:
            yield
        except Refused:
            self.look()
            assert self.before == before, "a refused change left something behind"
            return
        self.look()
        assert before.keys() <= self.before.keys(), "a date was deleted"
        for key, was in before.items():
            if was[1] <= self.now:
                assert self.before[key] == was, "the past changed"
            if was[7] is ShiftState.CANCELLED:
                assert self.before[key][7] is ShiftState.CANCELLED, "a date was resurrected"
        made = sorted(self.occurrences[key] for key in self.before.keys() - before.keys())
        there = [self.occurrences[key] for key in before]
        for earlier, later in zip([max(there), *made], made, strict=False):
            assert later - earlier >= WEEK, "a date was doubled"
        assert states.keys() <= self.states.keys(), "someone was dropped"
        for key, was_then in states.items():
            becomes = self.states[key]
            allowed = {was_then, AssignmentState.CANCELLED} if may_cancel else {was_then}
            assert becomes in allowed, "someone was dropped silently"

    @invariant()
    def taken_is_who_is_there(self):
        if not hasattr(self, "chain"):
            return
        held = Counter(one.shift_id for one in self.on_them() if one.state in HOLDING)
        for one in self.shifts():
            assert one.taken == held[one.id] <= one.wanted
            assert one.starts_at < one.ends_at

    @invariant()
    def only_the_last_pattern_is_without_an_end(self):
        if not hasattr(self, "chain"):
            return
        for key in self.chain[:-1]:
            assert db.session.get_one(WeeklyShift, key, populate_existing=True).ends_on is not None

    # --- what is done -------------------------------------------------------------------------

    @rule(days=st.sampled_from([1, 2, 4, 8, 15, 40]))
    def time_passes(self, days):
        self.now += timedelta(days=days, hours=3)
        with self.step(), transaction():
            weekly.generate(self.now)

    @rule(changes=CHANGES, days=DAYS)
    def change_all(self, changes, days):
        with self.step(), transaction():
            weekly.change_all(
                self.chain[-1],
                terms=self.terms(changes),
                days=days,
                seen_version=None,
                by=None,
                now=self.now,
            )

    @rule(changes=CHANGES, days=DAYS, weeks=st.integers(0, 8))
    def change_following(self, changes, days, weeks):
        leaf = db.session.scalars(select(WeeklyShift).where(WeeklyShift.id == self.chain[-1])).one()
        day = self.first_open(leaf) + weeks * WEEK
        with self.step():
            with transaction():
                outcome = weekly.change_following(
                    leaf.id,
                    occurrence_on=day,
                    terms=self.terms(changes),
                    days=days,
                    seen_version=None,
                    by=None,
                    now=self.now,
                )
                assert outcome.weekly is not None
                new_id = outcome.weekly.id
            if new_id not in self.chain:
                self.chain.append(new_id)

    @rule(days=st.integers(0, 60))
    def end(self, days):
        with self.step(may_cancel=True), transaction():
            weekly.end(
                self.chain[-1],
                from_day=self.today() + timedelta(days=days),
                reason="It ends",
                seen_version=None,
                by=None,
                now=self.now,
            )

    @precondition(lambda self: self.leaf().ends_on is not None)
    @rule()
    def go_on(self):
        with self.step(), transaction():
            weekly.go_on(self.chain[-1], seen_version=None, by=None, now=self.now)

    @rule(
        data=st.data(),
        changes=CHANGES,
        days=st.integers(-9, 9),
        scope=st.sampled_from(list(editing.Scope)),
    )
    def edit_a_date(self, data, changes, days, scope):
        shift = self.a_shift(data)
        if shift.weekly_shift_id != self.chain[-1]:
            scope = editing.Scope.ONE
        shift = shift_queries.shift(shift.id)
        assert shift.weekly_shift is not None
        shown = shown_terms(shift, terms_of(shift.weekly_shift))
        with self.step():
            with transaction():
                outcome = editing.change(
                    shift.id,
                    scope,
                    self.terms(changes, shown),
                    shift.local_day + timedelta(days=days),
                    seen_version=None,
                    by=None,
                    now=self.now,
                )
                new_id = outcome.weekly.id if outcome and outcome.weekly else self.chain[-1]
            if new_id not in self.chain:
                self.chain.append(new_id)

    @rule(data=st.data())
    def cancel_a_date(self, data):
        shift = self.a_shift(data)
        with self.step(may_cancel=True), transaction():
            cancelling.cancel(shift_queries.shift(shift.id), reason="Ill", by=None, now=self.now)

    @precondition(lambda self: len(getattr(self, "states", ())) < 40)
    @rule(data=st.data(), who=st.integers(0, 2))
    def place_someone(self, data, who):
        shift = self.a_shift(data)
        try:
            with transaction():
                placing.assign(
                    shift_queries.shift(shift.id),
                    self.people[who],
                    by=None,
                    now=self.now,
                    accepting="agreed",
                )
        except Refused:
            pass
        self.look()

    @rule(who=st.integers(0, 2), cadence=st.sampled_from(list(Cadence)), fill=st.booleans())
    def let_stand(self, who, cadence, fill):
        try:
            with transaction():
                standing.add(
                    self.chain[-1],
                    self.people[who],
                    standing.Place(cadence, self.today()),
                    fill=fill,
                    reason="agreed",
                    by=None,
                    now=self.now,
                )
        except Refused:
            pass
        self.look()

    # --- help ---------------------------------------------------------------------------------

    def today(self) -> date:
        return clock.local(self.now, builders.ZONE).date()

    def first_open(self, pattern: WeeklyShift) -> date:
        today = max(self.today(), pattern.starts_on)
        return today + timedelta(days=(pattern.weekday - today.weekday()) % 7)

    def terms(self, changes: dict, base: Terms | None = None) -> Terms:
        changes = dict(changes)
        if "hours" in changes:
            starts, ends = changes.pop("hours")
            changes.update(starts=time(starts), ends=time(ends))
        if "place_id" in changes:
            changes["place_id"] = self.place_ids[changes["place_id"]]
        return replace(base or terms_of(self.leaf()), **changes)

    def a_shift(self, data) -> Shift:
        return data.draw(st.sampled_from(self.shifts()), label="shift")


@pytest.mark.slow
def test_no_history_of_a_weekly_shift_goes_wrong(app):
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=20,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
