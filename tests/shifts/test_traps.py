"""Traps of the roster that cross its floors, each by its number."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.places.models import Place
from hospice.shifts.actions import placing, swapping, weekly
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import candidates
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries import swaps as swap_queries
from hospice.shifts.rules.placing import composition
from hospice.shifts.rules.states import HOLDING, AnsweredBy, Category
from hospice.volunteers.models import Clearance, Credential, Volunteer
from hospice.volunteers.rules import CredentialKind, Experience
from tests import builders
from tests.builders import NOW, SUNDAY

TODAY = date(2026, 11, 25)
WEEK = timedelta(weeks=1)


def paper(who: Volunteer, kind: CredentialKind, until: date, **values: Any) -> Credential:
    """A paper that someone needs."""
    made: Credential = builders.save(
        Credential(
            volunteer_id=who.id,
            kind=kind,
            valid_until=until,
            is_required=True,
            noted_at=NOW,
            **values,
        )
    )
    return made


def stops(who: Volunteer, on: Shift) -> list[str]:
    """Return what bars someone from a shift; each way of asking says the same."""
    shift = queries.shift(on.id)
    found = [one.kind for one in candidates.verdicts_for(who.id, [shift], NOW)[on.id].hard]
    for one in candidates.people_who_fit(shift, NOW):
        if one.volunteer_id == who.id:
            assert [objection.kind for objection in one.verdict.hard] == found
    if found:
        with pytest.raises(Refused) as refused, transaction():
            placing.assign(queries.shift(on.id), who.id, by=None, now=NOW, accepting="Asked")
        assert [one.kind for one in refused.value.objections if one.hard] == found
    return found


def test_trap_09_a_paper_is_judged_on_the_day_of_the_shift(either_app: Flask) -> None:
    """Valid today, and on the day itself; not on the next."""
    ward = builders.place("Ward 1")
    this, later = (builders.shift(ward, SUNDAY + weeks * WEEK) for weeks in (0, 1))
    checked, cleared = (builders.volunteer(name, places=[ward]) for name in ("Chen", "Bo"))
    paper(checked, CredentialKind.BACKGROUND, SUNDAY)
    (clearance,) = db.session.scalars(
        select(Clearance).where(Clearance.volunteer_id == cleared.id)
    ).all()
    clearance.expires_on = SUNDAY
    db.session.commit()
    assert TODAY < SUNDAY
    for who, kind in ((checked, "paper_needed"), (cleared, "clearance_expired")):
        assert stops(who, this) == []
        assert stops(who, later) == [kind]


def test_trap_09_who_only_telephones_needs_no_paper_about_health(either_app: Flask) -> None:
    """A TB test that ran out keeps nobody from an office or a telephone, only from a bedside."""
    ward = builders.place("Ward 1")
    vera = builders.volunteer("Vera", places=[ward])
    paper(vera, CredentialKind.HEALTH, TODAY - timedelta(days=1))
    bedside = builders.shift(ward)
    calls, office = (
        builders.shift(ward, SUNDAY + timedelta(days=days), category=category)
        for days, category in ((1, Category.GRIEF), (2, Category.ADMIN))
    )
    assert stops(vera, bedside) == ["paper_needed"]
    assert stops(vera, calls) == stops(vera, office) == []
    # Who they are is asked for everywhere.
    paper(vera, CredentialKind.BACKGROUND, TODAY - timedelta(days=1))
    assert stops(vera, office) == ["paper_needed"]


def test_trap_09_standing_places_are_filled_by_the_same_rule(either_app: Flask) -> None:
    ward = builders.place("Ward 1")
    vera = builders.volunteer("Vera", places=[ward])
    paper(vera, CredentialKind.HEALTH, SUNDAY + 2 * WEEK)
    for category in (Category.DIRECT, Category.GRIEF):
        pattern = builders.weekly_shift(
            ward, category=category, weekday=6 if category is Category.DIRECT else 0
        )
        builders.standing(pattern, vera)
    with transaction():
        weekly.generate(NOW, weeks=6)
    placed = db.session.scalars(
        select(Shift).join(Assignment, Assignment.shift_id == Shift.id).order_by(Shift.local_day)
    ).all()
    direct = [one.local_day for one in placed if one.category is Category.DIRECT]
    assert direct == [SUNDAY, SUNDAY + WEEK, SUNDAY + 2 * WEEK]
    assert len(placed) - len(direct) >= 5


def test_trap_10_a_pair_of_two_trainees_is_no_pair(either_app: Flask) -> None:
    """Asked for at the last place, and again when somebody leaves."""
    ward = builders.place("Ward 1")
    shift = builders.shift(ward, wanted=2, pairs_trainees=True)
    new, newer = (
        builders.volunteer(name, places=[ward], experience=Experience.TRAINEE)
        for name in ("New", "Newer")
    )
    builders.assignment(shift, new)
    assert soft(newer, shift) == ["trainee_alone"]
    old = builders.volunteer("Old", places=[ward])
    assert soft(old, shift) == []
    with transaction():
        coming = placing.assign(queries.shift(shift.id), old.id, by=None, now=NOW)
    assert lacking(shift) == []
    with transaction():  # whoever was experienced cannot come: looked at again
        placing.answer(
            queries.assignment(coming.id), comes=False, how=AnsweredBy.APP, now=NOW, by=None
        )
    assert lacking(shift) == ["trainee_alone"]


def soft(who: Volunteer, on: Shift) -> list[str]:
    found = candidates.verdicts_for(who.id, [queries.shift(on.id)], NOW)[on.id]
    return [one.kind for one in found.soft]


def lacking(shift: Shift) -> list[str]:
    db.session.rollback()
    facts = queries.facts_of(queries.shift(shift.id))
    team = queries.team_of(queries.assignments_on(shift.id))
    return [one.kind for one in composition(facts, team)]


@pytest.fixture
def ward(either_app: Flask) -> Place:
    return builders.place("Ward 1")


def test_trap_11_of_two_who_take_one_swap_one_does_and_the_minimum_holds(
    either_app: Flask, ward: Place
) -> None:
    shift = builders.shift(ward, minimum=1, wanted=1)
    vera, bo, una = (builders.volunteer(name, places=[ward]) for name in ("Vera", "Bo", "Una"))
    mine = builders.assignment(shift, vera, told_at=NOW - WEEK, told_times=1)
    with transaction():
        swap_id = swapping.offer(swap_queries.place_of(mine.id), to=None, by=None, now=NOW).id
    gate, refused = threading.Barrier(2), []

    def take(volunteer_id: int) -> None:
        with either_app.app_context():
            gate.wait()
            try:
                with transaction():
                    swapping.accept(
                        swap_queries.swap(swap_id), volunteer_id, in_return=None, by=None, now=NOW
                    )
            except Refused as refusal:
                refused.append([one.kind for one in refusal.objections])
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(one.id,)) for one in (bo, una)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    db.session.rollback()
    holders = db.session.scalars(
        select(Assignment.volunteer_id).where(
            Assignment.shift_id == shift.id, Assignment.state.in_(HOLDING)
        )
    ).all()
    assert len(holders) == 1
    assert holders[0] in {bo.id, una.id}
    assert db.session.get_one(Shift, shift.id).taken == shift.minimum == 1
