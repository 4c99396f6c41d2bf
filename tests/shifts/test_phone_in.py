"""On the phone with a volunteer: written down on their behalf, and the record says so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.journal.models import Entry
from hospice.shifts.models import Assignment, Claim, Offer, Shift, Swap, WaitingPlace
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    ClaimState,
    OfferState,
    SwapState,
    WaitingState,
)
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import Browser, Statements
from tests.visits.stories import DAY, now, shift_in, told

Open = Callable[[User | None], Browser]


class Call:
    """Cora is on the phone with Vera."""

    def __init__(self, browser: Open) -> None:
        self.ward = builders.place("Ward 1")
        self.cora = builders.cora()
        self.vera: Volunteer = builders.volunteer("Vera Vance", places=[self.ward])
        self.desk = browser(self.cora)
        self.url = f"/volunteers/{self.vera.id}/on-the-phone"

    def page(self) -> str:
        return self.desk.get(self.url)

    def write(self, what: str, shift: Shift, status: int = 302, **more: object) -> str:
        data = {"do": what, "shift_id": shift.id, **more}
        return self.desk.post(self.url, data, status=status)

    def place_on(self, shift: Shift) -> Assignment:
        db.session.rollback()
        return db.session.scalars(
            select(Assignment).where(
                Assignment.shift_id == shift.id, Assignment.volunteer_id == self.vera.id
            )
        ).one()

    def last_entry(self) -> Entry:
        return db.session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()


@pytest.fixture
def call(app: Flask, browser: Open) -> Call:
    return Call(browser)


def test_yes_and_no_are_written_down_as_said_by_phone(call: Call) -> None:
    shift = shift_in(call.ward, 3 * DAY)
    told(shift, call.vera, AssignmentState.WAITING)
    assert "They will come" in call.page()
    assert call.write("come", shift) == call.url
    one = call.place_on(shift)
    assert (one.state, one.answered_by) == (AssignmentState.CONFIRMED, AnsweredBy.COORDINATOR)
    entry = call.last_entry()
    assert (entry.verb, entry.user_id, entry.facts["how"]) == (
        "shift.confirmed",
        call.cora.id,
        "coordinator",
    )
    assert "Undo" in call.page()
    call.write("cant", shift, reason="My sister is ill.")
    one = call.place_on(shift)
    assert (one.state, one.reason) == (AssignmentState.DECLINED, "My sister is ill.")
    assert "They can come after all" in call.page()


def test_a_reason_too_long_stays_in_its_own_row(call: Call) -> None:
    first, second = shift_in(call.ward, 3 * DAY), shift_in(call.ward, 5 * DAY)
    for shift in (first, second):
        told(shift, call.vera, AssignmentState.WAITING)
    page = call.write("cant", second, status=422, reason="x" * 301)
    assert "Use at most 300 characters" in page
    assert "<title>Error: " in page
    assert page.count("x" * 301) == 1
    assert f'id="reason-{second.id}"' in page
    assert call.place_on(second).state is AssignmentState.WAITING


def test_a_question_is_answered_for_them(call: Call) -> None:
    first, second = shift_in(call.ward, 3 * DAY), shift_in(call.ward, 5 * DAY)
    for shift in (first, second):
        builders.save(
            Offer(shift_id=shift.id, volunteer_id=call.vera.id, asked_at=now(), accepted=[])
        )
    assert "Could they take this?" in call.page()
    call.write("yes", first)
    assert call.place_on(first).answered_by is AnsweredBy.COORDINATOR
    call.write("no", second)
    states = db.session.scalars(select(Offer.state).order_by(Offer.id)).all()
    assert list(states) == [OfferState.ACCEPTED, OfferState.DECLINED]
    assert call.last_entry().user_id == call.cora.id


def test_an_open_place_is_taken_for_them_and_needs_no_further_yes(call: Call) -> None:
    shift = shift_in(call.ward, 3 * DAY, needs_approval=True)
    builders.save(
        Claim(shift_id=shift.id, volunteer_id=call.vera.id, asked_at=now(), answer_by=now() + DAY)
    )
    page = call.page()
    assert "Say yes to it" in page
    call.write("claim", shift)
    one = call.place_on(shift)
    assert (one.state, one.answered_by, one.placed_by_id) == (
        AssignmentState.CONFIRMED,
        AnsweredBy.COORDINATOR,
        call.cora.id,
    )
    assert db.session.scalar(select(Claim.state)) is ClaimState.GRANTED


def test_a_wish_is_taken_back_for_them(call: Call) -> None:
    shift = shift_in(call.ward, 3 * DAY, needs_approval=True)
    builders.save(
        Claim(shift_id=shift.id, volunteer_id=call.vera.id, asked_at=now(), answer_by=now() + DAY)
    )
    call.write("unwish", shift)
    assert db.session.scalar(select(Claim.state)) is ClaimState.WITHDRAWN


def test_a_swap_is_offered_taken_back_and_taken(call: Call, browser: Open) -> None:
    shift = shift_in(call.ward, 3 * DAY, wanted=1)
    told(shift, call.vera)
    lin = builders.volunteer("Lin", places=[call.ward])
    call.write("swap", shift)
    swap = db.session.scalars(select(Swap)).one()
    assert (swap.state, swap.made_by_id) == (SwapState.OPEN, call.cora.id)
    assert "Offered as a swap" in call.page()
    call.write("keep", shift, swap_id=swap.id)
    db.session.rollback()
    assert db.session.get_one(Swap, swap.id).state is SwapState.TAKEN_BACK
    call.write("swap", shift)
    swap = db.session.scalars(select(Swap).where(Swap.state == SwapState.OPEN)).one()
    # Of somebody else's swap nothing is kept or taken on Vera's page.
    theirs = f"/volunteers/{lin.id}/on-the-phone"
    call.desk.post(theirs, {"do": "keep", "shift_id": shift.id, "swap_id": swap.id}, status=404)
    assert "would like to give this place away" in call.desk.get(theirs)
    call.desk.post(theirs, {"do": "take", "shift_id": shift.id, "swap_id": swap.id})
    db.session.rollback()
    holders = db.session.scalars(
        select(Assignment.volunteer_id).where(Assignment.state == AssignmentState.CONFIRMED)
    ).all()
    assert list(holders) == [lin.id]


def test_the_waiting_list_is_joined_and_left_for_them(call: Call) -> None:
    shift = shift_in(call.ward, 3 * DAY, wanted=1)
    told(shift, builders.volunteer("Lin", places=[call.ward]))
    assert "Put on the list" in call.page()
    call.write("join", shift)
    assert db.session.scalar(select(WaitingPlace.state)) is WaitingState.WAITING
    assert "Number 1 on the list." in call.page()
    call.write("leave", shift)
    db.session.rollback()
    assert db.session.scalar(select(WaitingPlace.state)) is WaitingState.LEFT


def test_what_cannot_be_is_said_and_nothing_changes(call: Call) -> None:
    full = shift_in(call.ward, 3 * DAY, wanted=1)
    told(full, builders.volunteer("Lin", places=[call.ward]))
    page = call.write("claim", full, status=422)
    assert "There is a problem" in page
    assert "<b>Every place is taken.</b>" in page
    page = call.write("dance", full, status=422)
    assert "Choose what to write down" in page
    for what in ("come", "cant", "yes", "swap", "leave", "unwish", "accept"):
        call.write(what, full, status=404)
    call.desk.post(call.url, {"do": "keep", "swap_id": "²"}, status=404)
    call.desk.get("/volunteers/99999/on-the-phone", status=404)


def test_only_a_coordinator_is_on_the_phone(call: Call, browser: Open) -> None:
    account, _own = builders.vera(places=[call.ward])
    browser(account).get(call.url, status=404)


def test_the_page_costs_the_same_for_one_and_for_many(call: Call, statements: Statements) -> None:
    def add(first: int, count: int) -> None:
        for number in range(first, first + count):
            told(shift_in(call.ward, number * DAY + timedelta(hours=1)), call.vera)
            shift = shift_in(call.ward, number * DAY + timedelta(hours=9), needs_approval=True)
            builders.save(
                Offer(shift_id=shift.id, volunteer_id=call.vera.id, asked_at=now(), accepted=[])
            )

    def cost() -> int:
        statements.seen.clear()
        call.page()
        return len(statements)

    add(2, 1)
    call.page()
    few = cost()
    add(4, 5)
    assert cost() == few
