"""After a shift: the talk, and how one is, which its author alone reads."""

import re
import threading

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.attendance import actions
from hospice.attendance.models import Debrief, Wellbeing
from hospice.attendance.queries import presence
from hospice.attendance.rules import Came, Feeling
from hospice.core.db import db, transaction
from hospice.journal.models import Entry
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState
from hospice.tasks.models import Task
from tests import builders
from tests.attendance.test_views import (
    Open,
    on_shift,
    one,
)
from tests.conftest import Browser
from tests.visits.stories import DAY, HOUR, now, shift_in, told

# --- afterwards -----------------------------------------------------------------------------------


def test_the_leader_writes_down_the_talk_and_a_follow_up_becomes_a_task(browser: Open) -> None:
    account = builders.user("Li Na", Role.VOLUNTEER)
    shift = shift_in(builders.place(), -4 * HOUR)
    told(shift, builders.volunteer("Li Na", user_id=account.id), is_leader=True)
    _account, vera = builders.vera()
    on_it = told(shift, vera)
    phone = browser(account)
    assert "The talk afterwards" in phone.get(f"/me/shifts/{shift.id}")
    address = f"/me/shifts/{shift.id}/debrief"
    page = phone.post(address, {"version": "0"}, status=422)
    assert "Write how the team is, or what should be followed up" in page
    page = phone.post(address, {"version": "0", "follow_up": "New aprons"}, status=422)
    assert "Enter the day by which it should be done" in page
    typed = {
        "version": "0",
        "came": [str(on_it.id)],
        "words": "Quiet and close.",
        "follow_up": "New aprons",
        "follow_up_on": "2030-01-31",
    }
    phone.post(address, typed)
    assert db.session.query(Debrief).one().written_by == "Li Na"
    assert one().came is Came.YES
    assert one().arrived_at is None  # when they came is still asked
    task = db.session.query(Task).one()
    assert (task.words, task.about_kind, task.about_id) == ("New aprons", "shift", shift.id)
    page = browser(builders.cora()).get(f"/shifts/{shift.id}")
    assert "Quiet and close." in page
    assert "New aprons" in page
    stranger = browser(builders.user("Somebody", Role.LEADER)).get(f"/shifts/{shift.id}")
    assert "Quiet and close." not in stranger
    assert "New aprons" not in stranger
    phone.post(address, typed)  # the same page, sent again
    page = phone.post(address, typed | {"words": "Other words."}, status=422)
    assert "Someone else has just changed this" in page
    assert "Other words." in page
    assert db.session.query(Task).count() == 1


def test_only_the_leader_and_the_coordinator_write_it_down(browser: Open) -> None:
    account, _on_it, shift = on_shift(-4 * HOUR)
    browser(account).get(f"/me/shifts/{shift.id}/debrief", status=404)
    cora = browser(builders.cora())
    cora.post(f"/shifts/{shift.id}/debrief", {"version": "0", "words": "Good."})
    assert db.session.query(Debrief).one().words == "Good."


CANARY = "osprey-over-the-water"


@pytest.fixture
def kept(browser: Open) -> tuple[User, Assignment, Shift]:
    """Vera wrote how she is, for herself alone."""
    account, on_it, shift = on_shift(-4 * HOUR)
    address = f"/me/shifts/{shift.id}/how-are-you"
    browser(account).post(address, {"feeling": "talk", "words": CANARY})
    return account, on_it, shift


def everything(someone: Browser, shift: Shift, volunteer_id: int) -> str:
    """Return every page on which it could stand."""
    paths = [
        "/today",
        f"/shifts/{shift.id}",
        f"/volunteers/{volunteer_id}",
        f"/history/volunteer/{volunteer_id}",
        f"/history/shift/{shift.id}",
        "/changes",
        "/visit-notes",
        "/hours",
        "/hours/export",
        "/roster/export",
        "/messages",
    ]
    found = []
    for path in paths:
        response = someone._open("GET", path)
        assert response.status_code in {200, 404}, path
        found.append(response.get_data(as_text=True))
    return "\n".join(found)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.LEADER])
def test_what_is_not_shared_is_read_by_its_author_alone(
    browser: Open, kept: tuple[User, Assignment, Shift], role: Role
) -> None:
    account, on_it, shift = kept
    pages = everything(browser(builders.user("Somebody", role)), shift, on_it.volunteer_id)
    assert CANARY not in pages
    assert "would like to talk" not in pages.lower()
    assert "shared how they are" not in pages
    facts = " ".join(str(entry.facts) + entry.verb for entry in db.session.query(Entry))
    assert CANARY not in facts
    assert "volunteer.shared" not in facts
    assert CANARY in browser(account).get(f"/me/shifts/{shift.id}/how-are-you")
    feeling = db.session.query(Wellbeing).one()
    browser(builders.cora()).post(f"/how-are-you/{feeling.id}/talked", status=404)


def test_what_is_shared_reaches_the_coordinator_and_nobody_else(
    browser: Open, kept: tuple[User, Assignment, Shift]
) -> None:
    account, on_it, shift = kept
    address = f"/me/shifts/{shift.id}/how-are-you"
    phone = browser(account)
    phone.post(address, {"feeling": "talk", "words": CANARY, "share": "y"})
    cora = browser(builders.cora())
    assert "Vera Vance would like to talk" in cora.get("/today")
    assert CANARY in cora.get(f"/volunteers/{on_it.volunteer_id}")
    for role in (Role.AUDITOR, Role.LEADER, Role.GRIEF_SUPPORT):
        someone = browser(builders.user("Somebody", role))
        pages = everything(someone, shift, on_it.volunteer_id)
        assert CANARY not in pages
        assert "would like to talk" not in pages.lower()
    feeling = db.session.query(Wellbeing).one()
    cora.post(f"/how-are-you/{feeling.id}/talked")
    assert "would like to talk" not in cora.get("/today")
    # taken back: it is theirs again
    phone.post(address, {"feeling": "fine", "words": CANARY})
    assert db.session.query(Wellbeing).one().shared_at is None
    assert CANARY not in cora.get(f"/volunteers/{on_it.volunteer_id}")


def test_how_one_is_may_be_left_open_but_not_odd(browser: Open) -> None:
    account, _on_it, shift = on_shift(-4 * HOUR)
    phone = browser(account)
    address = f"/me/shifts/{shift.id}/how-are-you"
    assert "Choose how you are" in phone.post(address, {"words": "x"}, status=422)
    phone.post(address, {"feeling": "splendid"}, status=422)
    phone.post(address, {"feeling": "fine"})
    assert db.session.query(Wellbeing).one().feeling is Feeling.FINE


def test_nothing_is_asked_of_whoever_is_off_the_shift(app: Flask, browser: Open) -> None:
    account, _on_it, shift = on_shift(-4 * HOUR, state=AssignmentState.REMOVED)
    browser(account).get(f"/me/shifts/{shift.id}/how-are-you", status=404)
    assert not re.search("Check in", browser(account).get("/me"))
    assert shift.starts_at < now() + DAY


def test_how_one_is_said_twice_at_once_is_said_once(either_app: Flask) -> None:
    account, on_it, _shift = on_shift(-4 * HOUR)
    on_it_id, account_id = on_it.id, account.id
    db.session.rollback()
    barrier, wrong = threading.Barrier(6), []

    def run() -> None:
        with either_app.app_context():
            barrier.wait()
            try:
                with transaction():
                    by = db.session.get_one(User, account_id)
                    one = presence.member(on_it_id)
                    actions.feel(one, Feeling.HEAVY, "x", is_shared=True, by=by, now=now())
            except Exception as error:  # noqa: BLE001 - whatever it is, it is wrong
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert db.session.query(Wellbeing).count() == 1
    assert db.session.query(Entry).filter_by(verb="volunteer.shared").count() == 1
