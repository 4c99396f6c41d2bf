"""Writing a volunteer down, changing what is written, and keeping two apart."""

import re

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.volunteers import queries
from hospice.volunteers.rules import DayPart
from tests import builders
from tests.volunteers.test_views import (
    AWFUL,
    TYPED,
    Open,
    person,
    the_one,
    today,
)

# --- new and edit ---------------------------------------------------------------------------------


def test_a_volunteer_is_written_down(app: Flask, browser: Open) -> None:
    ward, river = builders.place("Ward 1").id, builders.place("Ward 2").id
    cora = browser(builders.cora())
    assert "Ward 1" in cora.get("/volunteers/new")
    typed = {
        **TYPED,
        f"cleared_{ward}": "y",
        f"distance_{ward}": "4",
        f"expires_{ward}": "2030-01-31",
        f"distance_{river}": "9",  # not ticked: not cleared
    }
    cora.post("/volunteers/new", typed)
    made = the_one()
    assert made.preferred_name == "秀英"
    assert made.languages == ["mandarin", "shanghainese", "teochew"]
    assert (made.preferred_a_month, made.maximum_a_month, made.is_leader) == (2, 4, True)
    assert queries.availability(made.id) == [(2, DayPart.MORNING), (6, DayPart.AFTERNOON)]
    [cleared] = queries.clearances(made.id)
    assert (cleared.name, cleared.distance_km) == ("Ward 1 · Garden", 4)
    page = cora.get(f"/volunteers/{made.id}/edit")
    for shown in ('value="王秀英"', 'value="teochew"', "Softly.", 'value="4"', "2030-01-31"):
        assert shown in page


def test_only_the_name_is_needed(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    least = {"locale": "en", "gender": "unsaid", "experience": "trainee"}
    page = cora.post("/volunteers/new", least, status=422)
    assert "Enter the name" in page
    assert "<title>Error:" in page
    cora.post("/volunteers/new", {**least, "legal_name": "Vera"})
    assert the_one().preferred_name == "Vera"


def test_words_that_are_known_become_the_known_ones(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    cora.post(
        "/volunteers/new", {**TYPED, "spoken": [], "other_languages": "English, sign language, Wu"}
    )
    assert the_one().languages == ["english", "sign", "wu"]


def test_a_namesake_is_asked_about_first(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    cora.post("/volunteers/new", TYPED)
    page = cora.post("/volunteers/new", TYPED, status=422)
    assert "is written down already" in page
    assert f"/volunteers/{the_one().id}" in page
    cora.post("/volunteers/new", {**TYPED, "is_someone_else": "y"})
    assert queries.people_count(queries.Filters(), today()) == 2


def test_the_second_editor_sees_both_and_loses_nothing(app: Flask, browser: Open) -> None:
    vera = person("Vera Vance", phone="11111")
    cora, ada = browser(builders.cora()), browser(builders.ada())
    path = f"/volunteers/{vera.id}/edit"
    version = re.search(r'name="version"[^>]*value="(\d+)"', cora.get(path))
    assert version
    mine = {**TYPED, "version": version[1], "phone": "22222"}
    ada.post(path, {**TYPED, "version": version[1], "phone": "33333", "free": []})
    page = cora.post(path, mine, status=422)
    assert "Someone else changed this" in page
    assert "33333" in page
    assert 'value="22222"' in page
    again = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert again
    assert again[1] != version[1]
    cora.post(path, {**mine, "version": again[1]})
    assert the_one().phone == "22222"
    for nonsense in ("", "-1", "9" * 30, "x", "\x00"):
        cora.post(path, {**mine, "version": nonsense}, status=422)


@pytest.mark.parametrize("awful", AWFUL)
def test_bad_input_is_said_and_nothing_typed_is_lost(app: Flask, browser: Open, awful: str) -> None:
    ward, vera = builders.place().id, person("Vera Vance")
    cora = browser(builders.cora())
    names = [*TYPED, "version", "is_someone_else"]
    names += [f"{name}_{ward}" for name in ("cleared", "distance", "expires")]
    for name in names:
        version = str(vera.version)
        worst = AWFUL[awful].encode("utf-8", "surrogatepass")
        typed = {**TYPED, "version": version, name: worst}
        given = cora._open("POST", f"/volunteers/{vera.id}/edit", data=typed)
        assert given.status_code in {302, 422}, name
        page = given.get_data(as_text=True)
        assert "<script>alert" not in page, name
        if given.status_code == 422:
            assert "There is a problem" in page, name
            assert 'value="xiuying@example.org"' in page or name == "email", name


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "nobody", "Enter an email address in the form"),
        ("phone", "call me", "Enter a telephone number"),
        ("preferred_a_month", "5", "Enter a number up to 4"),
        ("maximum_a_month", "99", "Enter a number from 0 to 62"),
        ("joined_on", "31/02/2026", "Enter a date that exists"),
        ("joined_on", "0001-01-01", "Enter a year between"),
        ("other_languages", ",".join(f"word {n}" for n in range(20)), "Enter at most 12"),
        ("other_skills", "x" * 41, "Use at most 40 characters for each"),
        ("legal_name", "x" * 121, "Use at most 120 characters"),
        ("gender", "robot", "There is a problem"),
        ("locale", "fr", "There is a problem"),
        ("free", "9-night", "There is a problem"),
        ("spoken", "klingon", "There is a problem"),
    ],
)
def test_each_problem_has_its_words(
    app: Flask, browser: Open, field: str, value: str, says: str
) -> None:
    cora = browser(builders.cora())
    page = cora.post("/volunteers/new", {**TYPED, field: value}, status=422)
    assert says in page
    assert "130 5555 0142" in page or field == "phone"
    assert queries.people_count(queries.Filters(), today()) == 0


def test_a_sign_in_address_that_is_taken_stays(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    cora_user = builders.cora()
    old, taken, account_id, vera_id = account.email, cora_user.email, account.id, vera.id
    cora = browser(cora_user)
    cora.post(
        f"/volunteers/{vera_id}/edit",
        {**TYPED, "version": "1", "email": taken},
    )
    kept = db.session.get(User, account_id)
    assert kept is not None
    assert kept.email == old
    assert the_one().email == taken


# --- kept apart -----------------------------------------------------------------------------------


def test_someone_is_chosen_to_be_kept_apart(app: Flask, browser: Open) -> None:
    vera, will = person("Vera Vance"), person("王秀英")
    for number in range(30):
        person(f"Ann {number:02d}")
    cora = browser(builders.cora())
    path = f"/volunteers/{vera.id}/kept-apart"
    assert "There are more" in cora.get(path)
    assert "王秀英" in cora.get(f"{path}?q=wxy")
    typed = {"q": "wxy", "other_id": str(will.id), "reason": "They asked."}
    cora.post(path, typed)
    page = cora.get(path)
    assert "They asked." in page
    assert "Nothing matches" in cora.get(f"{path}?q=wxy")  # chosen already
    assert "Vera Vance" in cora.get(f"/volunteers/{will.id}")
    cora.post(f"{path}/{will.id}/end")
    assert queries.kept_apart(vera.id) == []
    cora.post(f"{path}/{will.id}/end", status=404)


@pytest.mark.parametrize("other", ["", "0", "4711", "x", "9" * 40, "\x00", "self"])
def test_choosing_nobody_is_said_so(app: Flask, browser: Open, other: str) -> None:
    vera = person("Vera Vance")
    person("Will Wong")
    cora = browser(builders.cora())
    chosen = str(vera.id) if other == "self" else other
    page = cora.post(
        f"/volunteers/{vera.id}/kept-apart", {"other_id": chosen, "reason": "kept"}, status=422
    )
    assert "There is a problem" in page
    assert 'value="kept"' in page
