import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.volunteers import queries
from hospice.volunteers.models import Clearance
from hospice.volunteers.rules import DayPart, VolunteerState
from tests import builders
from tests.conftest import Browser
from tests.volunteers.test_views import AWFUL

Open = Callable[[User | None], Browser]
PAGES = ("/me/profile", "/me/details", "/me/availability", "/me/away")


def version_on(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


def test_volunteers_see_their_own_record_and_no_secrets(app: Flask, browser: Open) -> None:
    account, vera = builders.vera(
        places=[builders.place("Ward 1")], restricted_notes="A secret", phone="130 5555 0100"
    )
    builders.save(vera)
    page = browser(account).get("/me/profile")
    for shown in ("Vera Vance", "130 5555 0100", "Ward 1", "tel:02155550142", "Sign out"):
        assert shown in page
    assert "A secret" not in page


@pytest.mark.parametrize("path", PAGES)
def test_without_a_record_there_is_no_page(app: Flask, browser: Open, path: str) -> None:
    browser(builders.cora()).get(path, status=404)
    browser(builders.user("Otto", Role.VOLUNTEER)).get(path, status=404)


@pytest.mark.parametrize("path", PAGES)
def test_a_coordinator_who_visits_has_them_too(app: Flask, browser: Open, path: str) -> None:
    cora = builders.cora()
    builders.volunteer("Cora Coates", user_id=cora.id)
    browser(cora).get(path)


def test_own_details_are_changed(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    mine = browser(account)
    typed = {"preferred_name": "Vee", "phone": "139 0000 1111", "locale": "zh_Hans"}
    page = mine.get("/me/details")
    there = mine.post("/me/details", {**typed, "version": version_on(page)})
    assert there == "/me/profile"
    assert (vera.preferred_name, vera.phone, vera.locale) == ("Vee", "139 0000 1111", "zh_Hans")
    assert vera.email == account.email


def test_nobody_clears_themselves(app: Flask, browser: Open) -> None:
    ward = builders.place()
    account, vera = builders.vera()
    mine = browser(account)
    sneaky = {
        "preferred_name": "Vee",
        "locale": "en",
        "version": "1",
        "email": "other@example.org",
        "is_leader": "y",
        "state": "left",
        f"cleared_{ward.id}": "y",
    }
    mine.post("/me/details", sneaky)
    assert queries.clearances(vera.id) == []
    assert not vera.is_leader
    assert vera.state is VolunteerState.ACTIVE
    assert vera.email == account.email


def test_own_details_that_the_office_changed_meanwhile_are_shown(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    mine = browser(account)
    version = version_on(mine.get("/me/details"))
    office = {"preferred_name": "Vera", "phone": "11111", "locale": "en", "version": version}
    mine.post("/me/details", office)
    late = {"preferred_name": "Vee", "phone": "22222", "locale": "en", "version": version}
    page = mine.post("/me/details", late, status=422)
    assert "11111" in page
    assert 'value="22222"' in page
    mine.post("/me/details", {**late, "version": version_on(page)})
    assert vera.phone == "22222"


def test_availability_is_ticked(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    mine = browser(account)
    page = mine.get("/me/availability")
    assert "Sunday, Afternoon" in page
    assert page.count('type="checkbox"') == 21
    typed = {"free": ["6-afternoon", "0-evening"], "version": version_on(page)}
    mine.post("/me/availability", typed)
    assert queries.availability(vera.id) == [(0, DayPart.EVENING), (6, DayPart.AFTERNOON)]
    page = mine.post("/me/availability", {"free": [], "version": "1"}, status=422)
    assert "Someone else changed this" in page
    mine.post("/me/availability", {"free": [], "version": version_on(page)})
    assert queries.availability(vera.id) == []


@pytest.mark.parametrize("awful", AWFUL)
def test_own_forms_bear_bad_input(app: Flask, browser: Open, awful: str) -> None:
    account, vera = builders.vera()
    mine = browser(account)
    plain = {"preferred_name": "Vee", "phone": "12345", "locale": "en"}
    worst = AWFUL[awful].encode("utf-8", "surrogatepass")
    for path, typed, names in (
        ("/me/details", plain, [*plain, "version"]),
        ("/me/availability", {"free": "6-afternoon"}, ["free", "version"]),
    ):
        for name in names:
            data = {**typed, "version": str(vera.version), name: worst}
            given = mine._open("POST", path, data=data)
            assert given.status_code in {302, 422}, name
            page = given.get_data(as_text=True)
            assert "<script>alert" not in page
            if given.status_code == 422:
                assert "There is a problem" in page


def test_a_clearance_that_ended_is_said_so(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    builders.save(
        Clearance(volunteer_id=vera.id, place_id=builders.place().id, expires_on=date(2020, 1, 31))
    )
    assert "Ended Fri 31 Jan 2020" in browser(account).get("/me/profile")
