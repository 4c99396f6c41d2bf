from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState, ToldKind
from hospice.volunteers import queries
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.conftest import Browser
from tests.volunteers.test_views import AWFUL

Open = Callable[[User | None], Browser]
TOLD = {"told_at": builders.NOW, "told_kind": ToldKind.NEW, "told_times": 1}


def day(ahead: int) -> date:
    return clock.today(builders.ZONE) + timedelta(days=ahead)


def days(first: int, last: int, **values: str) -> dict[str, str]:
    return {"starts_on": day(first).isoformat(), "ends_on": day(last).isoformat(), **values}


def place_on(
    volunteer: Volunteer, ahead: int, state: str, **values: Any
) -> tuple[Shift, Assignment]:
    shift = builders.shift(day=day(ahead))
    return shift, builders.assignment(shift, volunteer, AssignmentState(state), **values)


def state_of(assignment: Assignment) -> AssignmentState:
    """Return the state as the database has it after the last request."""
    return assignment.state


def test_days_without_a_shift_are_saved_at_once(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    place_on(vera, 5, "confirmed", **TOLD)
    mine = browser(account)
    there = mine.post("/me/away", days(6, 9, reason="Grandchild"))
    assert there == "/me/profile"
    [away] = queries.aways(vera.id, day(0))
    assert (away.starts_on, away.ends_on, away.reason) == (day(6), day(9), "Grandchild")
    assert away.entered_by_id == account.id
    assert "The days away are saved." in mine.get(there)


def test_a_shift_in_these_days_is_shown_before_anything_is_saved(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    shift, held = place_on(vera, 5, "confirmed", **TOLD)
    mine = browser(account)
    page = mine.post("/me/away", days(5, 5, reason="Tea"), status=200)
    assert "You are on 1 shift then." in page
    assert 'value="Tea"' in page
    assert queries.aways(vera.id, day(0)) == []
    assert state_of(held) is AssignmentState.CONFIRMED
    mine.post("/me/away", days(5, 5, reason="Tea", seen=str(shift.id)))
    assert len(queries.aways(vera.id, day(0))) == 1
    assert state_of(held) is AssignmentState.DECLINED
    assert shift.taken == 0


def test_a_shift_that_came_meanwhile_is_shown_too(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    first, _held = place_on(vera, 5, "confirmed", **TOLD)
    second, late = place_on(vera, 6, "waiting", **TOLD)
    mine = browser(account)
    page = mine.post("/me/away", days(5, 6, seen=str(first.id)), status=200)
    assert "You are on 2 shifts then." in page
    assert state_of(late) is AssignmentState.WAITING
    mine.post("/me/away", days(5, 6, seen=f"{first.id},{second.id}"))
    assert state_of(late) is AssignmentState.DECLINED


def test_volunteers_hear_of_no_draft_but_it_is_freed(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    shift, draft = place_on(vera, 5, "draft")
    mine = browser(account)
    there = mine.post("/me/away", days(5, 5))
    assert "place is free" not in mine.get(there)
    assert state_of(draft) is AssignmentState.REMOVED
    assert shift.taken == 0


def test_coordinators_see_drafts_too(app: Flask, browser: Open) -> None:
    _account, vera = builders.vera()
    shift, draft = place_on(vera, 5, "draft")
    cora = browser(builders.cora())
    page = cora.post(f"/volunteers/{vera.id}/away", days(5, 5), status=200)
    assert f"/shifts/{shift.id}" in page
    there = cora.post(f"/volunteers/{vera.id}/away", days(5, 5, seen=str(shift.id)))
    assert "1 place is free again." in cora.get(there)
    assert state_of(draft) is AssignmentState.REMOVED


def test_days_away_are_taken_back_by_state(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    other_account, other = builders.vera()
    mine = browser(account)
    mine.post("/me/away", days(6, 9))
    [away] = queries.aways(vera.id, day(0))
    browser(other_account).post(f"/me/away/{away.id}/cancel", status=404)
    cora = browser(builders.cora())
    cora.post(f"/volunteers/{other.id}/away/{away.id}/cancel", status=404)
    assert "Take back" in mine.get("/me/away")
    mine.post(f"/me/away/{away.id}/cancel")
    assert away.cancelled_at is not None
    assert "Take back" not in mine.get("/me/away")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Enter the first day"),
        (days(5, 4), "The last day must not be before"),
        (days(-9, -2), "These days are over"),
        (days(1, 1000), "at most two years"),
        (days(1, 1, reason="x" * 201), "Use at most 200 characters"),
        ({"starts_on": "2026-02-31", "ends_on": "2026-03-01"}, "Enter a date that exists"),
    ],
)
def test_each_problem_has_its_words(
    app: Flask, browser: Open, typed: dict[str, str], says: str
) -> None:
    account, vera = builders.vera()
    page = browser(account).post("/me/away", typed, status=422)
    assert says in page
    for name in ("starts_on", "ends_on"):
        if typed.get(name, "2026-02-31") != "2026-02-31":
            assert typed[name] in page
    assert queries.aways(vera.id, day(0)) == []


def test_the_same_days_are_said_once(app: Flask, browser: Open) -> None:
    account, _vera = builders.vera()
    mine = browser(account)
    mine.post("/me/away", days(6, 9))
    assert "is written down already" in mine.post("/me/away", days(9, 12), status=422)


@pytest.mark.parametrize("awful", AWFUL)
def test_away_bears_bad_input(app: Flask, browser: Open, awful: str) -> None:
    account, vera = builders.vera()
    place_on(vera, 5, "confirmed", **TOLD)
    mine = browser(account)
    worst = AWFUL[awful].encode("utf-8", "surrogatepass")
    for name in ("starts_on", "ends_on", "reason", "seen"):
        given = mine._open("POST", "/me/away", data={**days(5, 5), name: worst})
        assert given.status_code in {200, 302, 422}, name
        assert "<script>alert" not in given.get_data(as_text=True)


def test_places_held_during_a_break_are_freed_after_a_look(app: Flask, browser: Open) -> None:
    _account, vera = builders.vera()
    _before, first = place_on(vera, 2, "confirmed", **TOLD)
    _within, second = place_on(vera, 9, "draft")
    _after, third = place_on(vera, 30, "confirmed", **TOLD)
    cora = browser(builders.cora())
    path = f"/volunteers/{vera.id}/free-shifts"
    assert "holds no place then" in cora.get(cora.client.get(path).headers["Location"])
    cora.post(f"/volunteers/{vera.id}/break", {"until": day(20).isoformat()})
    assert "still holds 2 places then" in cora.get(f"/volunteers/{vera.id}")
    assert cora.get(path).count("<li><b>") == 2
    assert state_of(first) is AssignmentState.CONFIRMED
    there = cora.post(path)
    assert "2 places are free again." in cora.get(there)
    states = [one.state for one in (first, second, third)]
    assert states == [
        AssignmentState.DECLINED,
        AssignmentState.REMOVED,
        AssignmentState.CONFIRMED,
    ]
    cora.post(f"/volunteers/{vera.id}/leave")
    cora.post(path)
    assert state_of(third) is AssignmentState.DECLINED
    assert db.session.get_one(Volunteer, vera.id).state is VolunteerState.LEFT


def test_volunteers_cannot_enter_days_for_others(app: Flask, browser: Open) -> None:
    account, _vera = builders.vera()
    _other_account, other = builders.vera()
    mine = browser(account)
    mine.get(f"/volunteers/{other.id}/away", status=404)
    mine.post(f"/volunteers/{other.id}/away", days(1, 2), status=404)
    mine.post(f"/volunteers/{other.id}/free-shifts", status=404)
