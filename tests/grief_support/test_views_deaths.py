"""Recording a death in the browser: two steps, a list to phone, and whom it concerns."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.grief_support.models import Death, FollowUp, Telling
from hospice.patients.rules import PatientState
from hospice.volunteers import queries as volunteers
from tests import builders
from tests.builders import NOW
from tests.conftest import Browser
from tests.grief_support import families
from tests.grief_support.stories import Home, mrs_wang

Open = Callable[[User | None], Browser]
TOLD = {
    "known": "time",
    "died_on": "2026-11-25",
    "died_at": "04:20",
    "told_by": "Nurse Hu",
    "told_how": "phone",
}


def state_of(home: Home) -> PatientState:
    """Return the patient's state as it is kept now."""
    db.session.refresh(home.patient)
    return home.patient.state


@pytest.fixture
def home(app: Flask) -> Home:
    return mrs_wang(birth_year=1941)


def test_two_steps_and_nothing_before_the_second(app: Flask, browser: Open, home: Home) -> None:
    with time_machine.travel(NOW, tick=False):
        desk = browser(home.cora)
        where = f"/patients/{home.patient.id}/death"
        assert where in desk.get(f"/patients/{home.patient.id}")
        check = desk.post(where, TOLD, status=200)
        for words in (
            "Step 2 of 2",
            "born 1941",
            "12 Willow Road",
            "04:20",
            "visit is paused.",
            "Sun 29 Nov",
            "Vera Vance, Bo Berg",
        ):
            assert words in check, words
        assert db.session.scalar(select(func.count()).select_from(Death)) == 0
        assert 'value="Nurse Hu"' in desk.post(where, {**TOLD, "back": "1"}, status=200)
        empty = desk.post(where, {"known": "time", "died_on": "2026-11-26"}, status=422)
        for words in ("Enter who told us", "Choose how we were told", "Enter the time"):
            assert words in empty, words
        page = desk.post(where, {**TOLD, "record": "1"})
        death = db.session.scalars(select(Death)).one()
        assert page == f"/deaths/{death.id}"
        # Sent twice, or by a colleague at the same moment: the same page, and one death.
        assert desk.post(where, {**TOLD, "record": "1"}) == page
        shown = desk.get(page)
        assert "2 have yet to hear" in shown
        assert "130 5555 0100" in shown
        assert "Visited 3 times, last on Sunday 15 November." in shown
        assert "2 people to tell by phone." in desk.get("/today")
        assert desk.get(f"/patients/{home.patient.id}/state", status=404)


def test_the_list_is_ticked_off_and_what_they_said_is_private(
    app: Flask, browser: Open, home: Home
) -> None:
    with time_machine.travel(NOW, tick=False):
        desk = browser(home.cora)
        desk.post(f"/patients/{home.patient.id}/death", {**TOLD, "record": "1"})
        death_id = db.session.scalars(select(Death.id)).one()
        for one in db.session.scalars(select(Telling)).all():
            tell = f"/deaths/{death_id}/people/{one.id}"
            assert "“Is this a good time to talk?”" in desk.get(tell)
            desk.post(tell, {"told_by": "Cora", "took_it": "She wept", "pause": "no"})
        assert "Everyone has heard it from a person" in desk.get(f"/deaths/{death_id}")
        assert "She wept" in desk.get(f"/deaths/{death_id}")
        refused = desk.post(f"/deaths/{death_id}/confirm", {}, status=422)
        assert "You wrote this down yourself." in refused
        for role in (Role.AUDITOR, Role.GRIEF_SUPPORT):
            assert "She wept" not in browser(builders.user("Rea", role)).get(f"/deaths/{death_id}")
        assert "She wept" not in desk.get(f"/history/death/{death_id}")
        greta = browser(builders.user("Greta Grey", Role.GRIEF_SUPPORT))
        greta.get(f"/deaths/{death_id}/undo", status=404)
        greta.post(f"/deaths/{death_id}/confirm", {})
        assert state_of(home) is PatientState.DIED
        assert "has died" not in desk.get("/today")
        told = desk.post(f"/deaths/{death_id}/undo", {"reason": "The wrong ward"})
        shown = desk.get(told)
        assert "Call Vera Vance again: we were wrong about Mrs Wang." in shown
        assert state_of(home) is PatientState.ACTIVE


def test_the_plans_that_a_death_began_are_a_tap_away(app: Flask, browser: Open, home: Home) -> None:
    link = families.kinship(home.patient)
    death = families.confirmed(home.patient)
    plan = families.plan_of(link.id, home.cora)
    desk = browser(home.cora)
    for page in (f"/deaths/{death.id}", f"/family/{link.kin_id}"):
        assert f'href="/grief-support/plans/{plan.id}"' in desk.get(page)
    call = families.follow_up(plan, "condolence")
    with transaction():
        db.session.get_one(FollowUp, call.id).is_moved = True  # so that it stays written
    assert "How did it go?" in desk.get(f"/grief-support/calls/{call.id}")
    desk.post(f"/deaths/{death.id}/undo", {"reason": "The wrong ward"})
    assert "How did it go?" not in desk.get(f"/grief-support/calls/{call.id}")
    shown = desk.get(f"/grief-support/plans/{plan.id}")
    assert "The record that Mrs Wang died was taken back." in shown
    assert "Anniversary" not in shown
    assert "Chen Li" not in desk.get("/grief-support/plans?show=over")
    for change in ("state", "worried"):  # nobody calls about someone who lives
        desk.post(f"/grief-support/plans/{plan.id}/{change}", {"state": "active"}, status=404)


def test_a_page_never_tells_a_volunteer_of_a_death(app: Flask, browser: Open, home: Home) -> None:
    una, bo, vera = (
        builders.user(name, Role.VOLUNTEER) for name in ("Una Ulm", "Bo Berg", "Vera Vance")
    )
    open_shift = builders.shift(home.place, builders.SUNDAY)
    with transaction():
        for who, account in ((home.una, una), (home.bo, bo), (home.vera, vera)):
            volunteers.volunteer(who.id).user_id = account.id
    with time_machine.travel(NOW, tick=False):
        phone = browser(una)
        assert f'action="/open-shifts/{home.sunday.id}"' in phone.get("/open-shifts")
        browser(home.cora).post(f"/patients/{home.patient.id}/death", {**TOLD, "record": "1"})
        assert f'action="/open-shifts/{home.sunday.id}"' not in phone.get("/open-shifts")
        said = phone.post(f"/open-shifts/{home.sunday.id}", status=422)
        assert "Call us, please." in said
        # Bo knew her well: a person has a word with him first.
        asked = browser(bo).post(f"/open-shifts/{open_shift.id}", status=422)
        assert "We would like a word with you first." in asked
        # Vera is on her way on Sunday, and has not been reached by phone.
        hers = browser(vera).get("/me")
        assert "Please call us before you set out." in hers
        assert "29 November" in hers
        for page in (said, asked, hers):
            assert "died" not in page
            assert "Wang" not in page
