"""A name is read where the hospice wishes it, the death is confirmed, and nobody refused."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from hospice.accounts.models import Hospice, User
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.gatherings.actions import gatherings as actions
from hospice.gatherings.actions import guests, remembrance
from hospice.gatherings.queries import gatherings as gathering_queries
from hospice.gatherings.queries import remembered
from hospice.gatherings.rules import Remembrance
from hospice.grief_support.actions import deaths
from hospice.grief_support.models import Death
from hospice.grief_support.rules.kin import Consent
from hospice.patients.models import Patient
from hospice.reminders.rules import Kind
from tests import builders
from tests.builders import NOW, SUNDAY
from tests.conftest import Browser
from tests.gatherings.ground import debrief, fresh, told
from tests.grief_support.families import confirm, confirmed, greta
from tests.grief_support.stories import DIED
from tests.shifts.test_weekly_races import at_once

Open = Callable[[User | None], Browser]
LATER = NOW + timedelta(hours=2)
ALL, VISITED = Remembrance.ALL, Remembrance.VISITED


def names(volunteer_id: int, mode: Remembrance = ALL) -> list[str]:
    db.session.rollback()
    return [one.name for one in remembered.for_volunteer(volunteer_id, mode, LATER)]


def set_mode(mode: Remembrance) -> None:
    with transaction():
        db.session.get_one(Hospice, 1).remembrance = mode.value


def undo(death_id: int, by: User) -> None:
    with transaction():
        found = db.session.get_one(Death, death_id)
        db.session.refresh(found, ["patient"])
        db.session.refresh(found.patient, ["place"])
        deaths.undo(found, reason="Another Mrs Wang", apology=str, by=by, now=LATER)


def test_reported_never_confirmed_yes_undone_at_once_no_more(either_app: Flask) -> None:
    patient, cora = builders.patient("Mrs Wang"), builders.cora()
    vera = builders.volunteer()
    with transaction():
        death_id = deaths.report(patient.id, DIED, by=cora, now=NOW).id
    assert names(vera.id) == []
    confirm(death_id, by=cora)
    assert names(vera.id) == ["Mrs Wang"]
    assert names(vera.id, Remembrance.OFF) == []
    undo(death_id, cora)
    assert names(vera.id) == []


def test_one_no_of_the_family_is_enough(app: Flask) -> None:
    patient, cora = builders.patient("Mrs Wang"), builders.cora()
    vera = builders.volunteer()
    confirmed(patient, by=cora)
    for wish, shown in ((Consent.NO, []), (Consent.UNASKED, ["Mrs Wang"]), (Consent.YES, None)):
        with transaction():
            remembrance.set_wish(patient.id, wish, "Chen Li", by=cora, now=NOW)
        assert names(vera.id) == (shown if shown is not None else ["Mrs Wang"])


def test_only_those_whom_they_visited(app: Flask) -> None:
    ward, cora = builders.place(), builders.cora()
    visited, other = builders.patient("Mrs Wang", at=ward), builders.patient("Mr Li", at=ward)
    vera, bo = builders.volunteer(), builders.volunteer("Bo Berg")
    was = builders.shift(ward, SUNDAY - timedelta(weeks=2), patient_id=visited.id)
    builders.assignment(was, vera)
    to_come = builders.shift(ward, SUNDAY, patient_id=other.id)
    builders.assignment(to_come, vera)
    for patient in (visited, other):
        death = confirmed(patient, by=cora)
        told(death.id, vera.id, yes=True)
    assert names(vera.id, VISITED) == ["Mrs Wang"]
    assert names(bo.id, VISITED) == []
    assert sorted(names(bo.id)) == ["Mr Li", "Mrs Wang"]


def test_a_volunteer_hears_it_from_a_person_before_a_page_says_it(app: Flask) -> None:
    patient, cora = builders.patient("Mrs Wang"), builders.cora()
    vera, bo = builders.volunteer(), builders.volunteer("Bo Berg")
    death = confirmed(patient, by=cora)
    told(death.id, vera.id, yes=False)
    assert names(vera.id) == []
    assert names(bo.id) == ["Mrs Wang"]
    told(death.id, vera.id, yes=True)
    assert names(vera.id) == ["Mrs Wang"]


def test_closing_a_debrief_moves_the_since(either_app: Flask) -> None:
    garden, terrace = builders.place("Ward 1"), builders.place("Ward 2")
    cora, vera = builders.cora(), builders.volunteer()
    confirmed(builders.patient("Mrs Wang", at=garden), by=cora)
    confirmed(builders.patient("Mr Li", at=terrace), by=cora)
    here = debrief(cora, place_id=garden.id)
    listed = [one.name for one in remembered.at_debrief(fresh(here.id, cora), LATER)]
    assert listed == ["Mrs Wang"]
    assert sorted(names(vera.id)) == ["Mr Li", "Mrs Wang"]
    with transaction():
        found = gathering_queries.gathering_for(cora, here.id, locking=True)
        actions.close(found, by=cora, now=LATER)
    assert names(vera.id) == ["Mr Li"], "only the ward whose people met"
    closed = fresh(here.id, cora)
    assert [one.name for one in remembered.at_debrief(closed, LATER)] == ["Mrs Wang"]
    everyone = debrief(cora)
    assert [one.name for one in remembered.at_debrief(everyone, LATER)] == ["Mr Li"]
    closed = fresh(here.id, cora)
    with pytest.raises(Refused):
        actions.close(closed, by=cora, now=LATER)


def test_whoever_leads_knows_which_names_not_to_read_and_whom_to_call(
    app: Flask, browser: Open
) -> None:
    cora, vera = builders.cora(), builders.volunteer("Vera Vance")
    wang, li = builders.patient("Mrs Wang"), builders.patient("Mr Li")
    death = confirmed(wang, by=cora)
    confirmed(li, by=cora)
    told(death.id, vera.id, yes=False)
    with transaction():
        remembrance.set_wish(li.id, Consent.NO, "", by=cora, now=NOW)
    here = debrief(cora)
    staff = browser(cora)
    with transaction():
        again = gathering_queries.gathering_for(cora, here.id)
        guests.ask(again, volunteer_ids=[vera.id], by=cora, now=NOW - timedelta(hours=1))
    page = staff.get(f"/debriefs/{here.id}")
    assert "The family does not wish these names to be read: Mr Li." in page
    assert "Has not heard of a death from a person yet: Vera Vance." in page
    # who is asked to a debrief is for those who know the volunteers, whatever the address
    desk = browser(greta())
    for path in (f"/debriefs/{here.id}", f"/grief-support/gatherings/{here.id}/sheet"):
        desk.get(path, status=404)
    assert "Vera Vance" in staff.get(f"/grief-support/gatherings/{here.id}/sheet")


def test_two_taps_at_once_write_one_wish_and_one_memory(either_app: Flask, tmp_path: Path) -> None:
    patient_id, cora_id = builders.patient().id, builders.cora().id
    vera_id = builders.volunteer().id
    db.session.rollback()

    def wish() -> object:
        by = db.session.get_one(User, cora_id)
        remembrance.set_wish(patient_id, Consent.NO, "", by=by, now=NOW)
        return True

    def write() -> object:
        remembrance.write(vera_id, patient_id, "Cranes", now=NOW)
        return True

    found = at_once(either_app, tmp_path, wish, wish, wish, write, write, write)
    assert found == [True] * 6


def test_own_words_are_readable_by_their_author_alone(app: Flask, browser: Open) -> None:
    set_mode(ALL)
    patient, cora = builders.patient("Mrs Wang"), builders.cora()
    account, vera = builders.vera()
    confirmed(patient, by=cora)
    phone = browser(account)
    secret = "She taught me to fold cranes"
    phone.post(f"/me/remembrance/{patient.id}", {"words": secret})
    assert secret in phone.get("/me/remembrance")
    otto = browser(builders.otto())
    assert secret not in otto.get("/me/remembrance")
    assert secret not in otto.get(f"/me/remembrance/{patient.id}")
    for user in (cora, greta(), builders.ada()):
        staff = browser(user)
        for path in (f"/patients/{patient.id}", f"/history/patient/{patient.id}"):
            assert secret not in staff.client.get(path).get_data(as_text=True)
    kept = db.session.execute(text("SELECT facts FROM journal_entry")).scalars().all()
    assert secret not in str(kept), "no journal either"
    phone.post(f"/me/remembrance/{patient.id}", {"words": " "})
    assert remembered.memories_of(vera.id, [patient.id]) == {}


def test_where_the_hospice_wishes_none_there_is_no_page(app: Flask, browser: Open) -> None:
    patient = builders.patient("Mrs Wang")
    account, _vera = builders.vera()
    confirmed(patient, by=builders.cora())
    phone = browser(account)
    phone.get("/me/remembrance", status=404)
    phone.post(f"/me/remembrance/{patient.id}", {"words": "x"}, status=404)
    assert "/me/remembrance" not in phone.get("/me/profile")
    ada = browser(builders.ada())
    seen = db.session.get_one(Hospice, 1).version
    data = {"remembrance": "visited", "talk_name": "Pei", "talk_phone": "021 555", "version": seen}
    ada.post("/settings/grief-support/remembrance", data)
    assert "Mrs Wang" not in phone.get("/me/remembrance"), "not one whom Vera visited"
    data["version"] = str(seen)
    ada.post("/settings/grief-support/remembrance", data | {"remembrance": "all"}, status=422)


def test_nobody_writes_about_whom_they_do_not_remember(app: Flask) -> None:
    patient, vera = builders.patient("Mrs Wang"), builders.volunteer()
    with pytest.raises(Missing):
        remembered.remembered_one(vera.id, patient.id, ALL, LATER)


def test_also_nothing_is_planned_for_the_dead(app: Flask, browser: Open) -> None:
    """No birthday of someone who died is ever to come, and no letter asks for a donation."""
    columns = set(Patient.__table__.columns.keys())
    assert {one for one in columns if "birth" in one} == {"birth_year"}, "a year has no next day"
    patient, cora = builders.patient("Mrs Wang", birth_year=1940), builders.cora()
    confirmed(patient, by=cora)
    staff = browser(cora)
    for path in ("/today", "/patients", f"/patients/{patient.id}", "/debriefs", "/roster"):
        page = staff.get(path).casefold()
        assert "birthday" not in page, path
    for kind in Kind:
        for word in ("birthday", "donat", "newsletter", "appeal", "gift"):
            assert word not in kind.value
