"""Placing, answering, asking, publishing, copying and undoing, on both databases."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.places.models import Place
from hospice.shifts.actions import asking, cancelling, copying, placing, publishing, undoing
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.queries import candidates, undo, unpublished
from hospice.shifts.queries import copying as copy_queries
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.placing import Level
from hospice.shifts.rules.states import (
    HOLDING,
    AnsweredBy,
    AssignmentState,
    OfferState,
    ShiftState,
    ToldKind,
)
from hospice.volunteers.models import Availability, Away, KeptApart
from hospice.volunteers.rules import DayPart, Experience, VolunteerState
from tests import builders
from tests.builders import NOW, SUNDAY


def taken_is_true(shift_id: int) -> bool:
    """Tell whether the count equals the people; every test ends with it."""
    held = db.session.scalar(
        select(func.count())
        .where(Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING))
        .select_from(Assignment)
    )
    return held == db.session.scalar(select(Shift.taken).where(Shift.id == shift_id))


@pytest.fixture
def ward(either_app: Flask) -> Place:
    return builders.place("Ward 1")


@pytest.fixture
def cora(either_app: Flask) -> User:
    return builders.cora()


def kinds(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {objection.kind for objection in refused.value.objections}


def assign(shift_id: int, who: int, by: User, **kwargs: object) -> Assignment:
    with transaction():
        return placing.assign(queries.shift(shift_id), who, by=by, now=NOW, **kwargs)  # type: ignore[arg-type]


def test_assign_places_as_draft_and_counts(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    vera = builders.volunteer(places=[ward])
    made = assign(shift.id, vera.id, cora)
    assert made.state is AssignmentState.DRAFT
    assert made.told_at is None
    assert taken_is_true(shift.id)


def test_assign_refuses_the_third_of_two(ward: Place, cora: User) -> None:
    shift = builders.shift(ward, wanted=2)
    people = [builders.volunteer(f"P{n}", places=[ward]) for n in range(3)]
    assign(shift.id, people[0].id, cora)
    assign(shift.id, people[1].id, cora)
    with pytest.raises(Refused) as refused:
        assign(shift.id, people[2].id, cora)
    assert kinds(refused) == {"full"}
    assert taken_is_true(shift.id)


def test_assign_refuses_hard_objections(ward: Place, cora: User) -> None:
    other = builders.place("Ward 2")
    shift = builders.shift(ward, wanted=9)
    stranger = builders.volunteer("Stranger")
    resting = builders.volunteer("Resting", places=[ward], state=VolunteerState.ON_BREAK)
    gone = builders.volunteer("Gone", places=[ward], state=VolunteerState.LEFT)
    away = builders.volunteer("Away", places=[ward])
    builders.save(Away(volunteer_id=away.id, starts_on=SUNDAY, ends_on=SUNDAY, entered_at=NOW))
    busy = builders.volunteer("Busy", places=[ward, other])
    builders.assignment(builders.shift(other), busy)
    first = builders.volunteer("First", places=[ward])
    apart = builders.volunteer("Apart", places=[ward])
    builders.save(KeptApart(first_id=first.id, second_id=apart.id))
    assign(shift.id, first.id, cora)
    expected = {
        stranger.id: "not_cleared",
        resting.id: "on_break",
        gone.id: "left",
        away.id: "away",
        busy.id: "overlap",
        apart.id: "kept_apart",
        first.id: "already_here",
    }
    for volunteer_id, kind in expected.items():
        with pytest.raises(Refused) as refused:
            assign(shift.id, volunteer_id, cora, accepting="anyway")
        assert kind in kinds(refused)
    assert taken_is_true(shift.id)


def test_assign_records_the_reason_for_a_soft_objection(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    vera = builders.volunteer(places=[ward])
    builders.save(Availability(volunteer_id=vera.id, weekday=0, part=DayPart.MORNING))
    with pytest.raises(Refused) as refused:
        assign(shift.id, vera.id, cora)
    assert kinds(refused) == {"outside_availability"}
    made = assign(shift.id, vera.id, cora, accepting="She offered on the phone")
    assert made.accepted[0]["kind"] == "outside_availability"
    assert made.accepted[0]["reason"] == "She offered on the phone"


def test_two_trainees_alone_need_a_reason(ward: Place, cora: User) -> None:
    shift = builders.shift(ward, wanted=2)
    new = [
        builders.volunteer(f"T{n}", places=[ward], experience=Experience.TRAINEE) for n in range(2)
    ]
    assign(shift.id, new[0].id, cora)
    with pytest.raises(Refused) as refused:
        assign(shift.id, new[1].id, cora)
    assert kinds(refused) == {"trainee_alone"}


def test_cant_come_frees_the_place_and_the_next_covers_it(ward: Place, cora: User) -> None:
    shift = builders.shift(ward, wanted=1)
    vera = builders.volunteer(places=[ward])
    one = builders.assignment(shift, vera, told_at=NOW, told_kind=ToldKind.NEW)
    with transaction():
        placing.answer(
            queries.assignment(one.id),
            comes=False,
            how=AnsweredBy.APP,
            now=NOW,
            by=None,
            reason="Family visit",
        )
    assert taken_is_true(shift.id)
    next_one = builders.volunteer("Next", places=[ward])
    made = assign(shift.id, next_one.id, cora)
    assert queries.assignment(one.id).covered_by_id == made.id
    # Vera can come after all only while a place is free.
    with pytest.raises(Refused) as refused, transaction():
        placing.answer(
            queries.assignment(one.id), comes=True, how=AnsweredBy.LINK, now=NOW, by=None
        )
    assert kinds(refused) == {"full"}
    assert taken_is_true(shift.id)


def test_who_sat_down_by_another_way_meanwhile_does_not_sit_twice(ward: Place, cora: User) -> None:
    """Someone reads who is on the shift, and before they write, the same person comes to it."""
    shift = builders.shift(ward, wanted=3)
    vera = builders.volunteer(places=[ward])
    with transaction():
        here = queries.shift(shift.id)
        who, _found = placing.objections(here, [], vera.id, NOW)
        placing.claim(here, vera.id, now=NOW, by=None, how=AnsweredBy.APP)
        with pytest.raises(Refused) as refused:
            placing.seat_confirmed(here, [], who, now=NOW, by=None, how=AnsweredBy.APP, accepted=[])
        assert kinds(refused) == {"changed_meanwhile"}
        # what goes on in the same breath (a whole series) finds the place free and the work whole
        placing.assign(here, builders.volunteer("Otto", places=[ward]).id, by=cora, now=NOW)
    assert taken_is_true(shift.id)


def test_answer_twice_is_one_answer(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    one = builders.assignment(shift, builders.volunteer(places=[ward]), AssignmentState.WAITING)
    for _ in range(2):
        with transaction():
            placing.answer(
                queries.assignment(one.id), comes=False, how=AnsweredBy.LINK, now=NOW, by=None
            )
    assert taken_is_true(shift.id)
    assert queries.assignment(one.id).state is AssignmentState.DECLINED


def test_first_yes_gets_the_place_and_the_others_hear_it(ward: Place, cora: User) -> None:
    shift = builders.shift(ward, wanted=1)
    people = [builders.volunteer(f"P{n}", places=[ward]) for n in range(3)]
    with transaction():
        offers = asking.ask(queries.shift(shift.id), [p.id for p in people], by=cora, now=NOW)
        ids = [offer.id for offer in offers]
    with transaction():
        made = asking.answer_offer(queries.offer(ids[1]), comes=True, how=AnsweredBy.LINK, now=NOW)
        assert made is not None
        assert made.state is AssignmentState.CONFIRMED
    with pytest.raises(Refused) as refused, transaction():
        asking.answer_offer(queries.offer(ids[0]), comes=True, how=AnsweredBy.LINK, now=NOW)
    assert kinds(refused) == {"taken"}
    states = db.session.scalars(select(Offer.state).order_by(Offer.id)).all()
    assert states == [OfferState.FILLED, OfferState.ACCEPTED, OfferState.FILLED]
    assert taken_is_true(shift.id)


def test_publish_tells_once_and_a_moved_shift_again(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    vera = builders.volunteer(places=[ward])
    one = assign(shift.id, vera.id, cora)
    with transaction():
        assert publishing.publish([one.id, one.id], by=cora, now=NOW) == 1
    with transaction():
        assert publishing.publish([one.id], by=cora, now=NOW) == 0
    with transaction():
        moved = db.session.get(Shift, shift.id)
        assert moved is not None
        moved.starts_at += timedelta(minutes=30)
    conditions = unpublished.within(SUNDAY, SUNDAY, NOW)
    [change] = unpublished.changes(conditions)
    assert change.kind is ToldKind.CHANGED
    assert unpublished.count(conditions) == 1
    with transaction():
        publishing.publish([one.id], by=cora, now=NOW)
    told = queries.assignment(one.id)
    assert (told.told_times, told.told_kind, told.state) == (
        2,
        ToldKind.CHANGED,
        AssignmentState.WAITING,
    )


def test_removing_someone_told_is_a_change_to_publish(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    told = builders.assignment(
        shift,
        builders.volunteer(places=[ward]),
        told_at=NOW,
        told_kind=ToldKind.NEW,
        told_times=1,
    )
    untold = assign(shift.id, builders.volunteer("Untold", places=[ward]).id, cora)
    for one in (told, untold):
        with transaction():
            placing.remove(queries.assignment(one.id), by=cora, now=NOW)
    [change] = unpublished.changes(unpublished.within(SUNDAY, SUNDAY, NOW))
    assert (change.assignment.id, change.kind) == (told.id, ToldKind.CANCELLED)
    assert taken_is_true(shift.id)


def test_undo_of_every_step_restores_the_rows(ward: Place, cora: User) -> None:
    shift = builders.shift(ward, wanted=1)
    vera = builders.volunteer(places=[ward])
    one = assign(shift.id, vera.id, cora)

    def undo_last() -> None:
        with transaction():
            step = undo.latest(cora, NOW)
            assert step is not None
            undoing.undo(step.id, by=cora, now=NOW)
        assert taken_is_true(shift.id)

    undo_last()
    assert queries.assignment(one.id).state is AssignmentState.REMOVED
    one = assign(shift.id, vera.id, cora)
    with transaction():
        publishing.publish([one.id], by=cora, now=NOW)
    undo_last()
    again = queries.assignment(one.id)
    assert (again.state, again.told_at) == (AssignmentState.DRAFT, None)
    # What was told once is never told under the same key again.
    assert again.told_times == 1
    with transaction():
        cancelling.cancel(queries.shift(shift.id), reason="Ward closed", by=cora, now=NOW)
    assert queries.assignment(one.id).state is AssignmentState.CANCELLED
    assert taken_is_true(shift.id)
    undo_last()
    assert queries.shift(shift.id).state is ShiftState.PLANNED
    assert queries.assignment(one.id).state is AssignmentState.DRAFT
    with transaction():
        placing.remove(queries.assignment(one.id), by=cora, now=NOW)
    undo_last()
    assert queries.assignment(one.id).state is AssignmentState.DRAFT


def test_undo_refuses_what_changed_meanwhile(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    one = assign(shift.id, builders.volunteer(places=[ward]).id, cora)
    with transaction():
        publishing.publish([one.id], by=cora, now=NOW)
    with transaction():
        placing.answer(
            queries.assignment(one.id), comes=True, how=AnsweredBy.LINK, now=NOW, by=None
        )
    step = undo.latest(cora, NOW)
    assert step is not None
    with pytest.raises(Refused) as refused, transaction():
        undoing.undo(step.id, by=cora, now=NOW)
    assert kinds(refused) == {"changed_meanwhile"}
    assert queries.assignment(one.id).state is AssignmentState.CONFIRMED


def test_undo_ends_after_ten_minutes(ward: Place, cora: User) -> None:
    shift = builders.shift(ward)
    assign(shift.id, builders.volunteer(places=[ward]).id, cora)
    assert undo.latest(cora, NOW + timedelta(minutes=9)) is not None
    assert undo.latest(cora, NOW + timedelta(minutes=11)) is None


def test_copy_shows_differences_and_places_drafts(ward: Place, cora: User) -> None:
    weekly = builders.weekly_shift(ward)
    days = [date(2026, 11, 29), date(2026, 12, 6)]
    last, coming = (
        builders.shift(ward, day, weekly_shift_id=weekly.id, occurrence_on=day) for day in days
    )
    vera = builders.volunteer(places=[ward])
    resting = builders.volunteer(
        "Resting", places=[ward], state=VolunteerState.ON_BREAK, break_until=days[1]
    )
    builders.assignment(last, vera)
    builders.assignment(last, resting)
    pairs = copy_queries.pairs(*days, starts=weekly.starts, ends=weekly.ends)
    found = copying.differences(pairs, NOW)
    assert [(d.name, d.is_copied) for d in found] == [("Vera Vance", True), ("Resting", False)]
    with transaction():
        found = copying.differences(
            copy_queries.pairs(*days, starts=weekly.starts, ends=weekly.ends), NOW
        )
        placed, stopped = copying.copy(
            [(d.shift, d.volunteer_id) for d in found if d.is_copied],
            reason="As last week",
            by=cora,
            now=NOW,
        )
    assert (placed, stopped) == (1, [])
    assert taken_is_true(coming.id)
    assert (
        copying.differences(copy_queries.pairs(*days, starts=weekly.starts, ends=weekly.ends), NOW)[
            0
        ].name
        == "Resting"
    )


def test_people_who_fit_come_best_first_with_reasons(ward: Place, cora: User) -> None:
    shift = builders.shift(ward, needs_language="shanghainese")
    plain = builders.volunteer("Plain", places=[ward])
    speaks = builders.volunteer("Speaks", places=[ward], languages=["shanghainese"])
    builders.volunteer("Elsewhere")
    builders.volunteer("Resting", places=[ward], state=VolunteerState.ON_BREAK)
    knows = builders.volunteer("Knows", places=[ward])
    builders.assignment(builders.shift(ward, date(2026, 11, 15)), knows)
    found = candidates.people_who_fit(queries.shift(shift.id), NOW)
    assert [one.name for one in found] == ["Speaks", "Knows", "Plain", "Resting"]
    assert found[-1].verdict.level is Level.NO
    assert {r.kind for r in found[1].verdict.reasons} >= {"knows_place", "last_visit"}
    each = candidates.verdicts_for(speaks.id, [queries.shift(shift.id)], NOW)
    assert each[shift.id].level is Level.OK
    assert plain.id in {one.volunteer_id for one in found}


def test_away_frees_told_places_as_cant_come_and_drops_drafts(ward: Place, cora: User) -> None:
    first, second = builders.shift(ward), builders.shift(ward, date(2026, 12, 6))
    vera = builders.volunteer(places=[ward])
    told = builders.assignment(first, vera, told_at=NOW, told_kind=ToldKind.NEW)
    draft = builders.assignment(second, vera, AssignmentState.DRAFT)
    with transaction():
        freed = placing.free_for_away(
            vera.id, date(2026, 11, 28), date(2026, 12, 31), by=cora, now=NOW
        )
    assert freed == 2
    assert queries.assignment(told.id).state is AssignmentState.DECLINED
    assert queries.assignment(draft.id).state is AssignmentState.REMOVED
    assert taken_is_true(first.id)
    assert taken_is_true(second.id)
