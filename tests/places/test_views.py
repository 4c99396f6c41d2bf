from collections.abc import Callable

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from tests import builders
from tests.conftest import Browser, Statements

Open = Callable[[User | None], Browser]

TYPED = {
    "name": "Ward 5",
    "second_name": "Lake",
    "kind": "ward",
    "address": "5 Lake Road",
    "directions": "Second door.",
    "phone": "021 5555 0105",
    "timezone": "Asia/Shanghai",
    "position": "5",
}
AWFUL = {
    "long": "x" * 5_000,
    "a million": "y" * 1_000_000,
    "emoji": "🌿🕊️" * 3_000,
    "html": "<script>alert(1)</script>" * 300,
    "nul": "\x00",
    "sign": "-",
    "number": "9" * 40,
}


def test_list_hides_closed_places_behind_a_filter(app: Flask, browser: Open) -> None:
    builders.place("Ward 1")
    builders.place("Annex", is_open=False)
    cora = browser(builders.cora())
    assert "Annex" not in cora.get("/places")
    assert "Annex" in cora.get("/places?show=closed")
    assert "Ward 1" not in cora.get("/places?show=closed")
    assert "Ward 1" in cora.get("/places?show=%00nonsense")


def test_list_asks_as_much_for_one_place_as_for_thirty(
    app: Flask, browser: Open, statements: Statements
) -> None:
    cora = browser(builders.cora())
    builders.place()
    cora.get("/places")
    statements.seen.clear()
    cora.get("/places")
    few = len(statements)
    for _ in range(29):
        builders.place()
    statements.seen.clear()
    cora.get("/places")
    assert len(statements) == few


def test_new_place_is_added_and_shown(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    assert 'value="Asia/Shanghai"' in cora.get("/places/new")
    page = cora.get(cora.post("/places/new", TYPED))
    assert "Ward 5 · Lake was added." in page
    assert "Second door." in page
    assert "added this place" in page


def test_new_place_offers_the_next_position(app: Flask, browser: Open) -> None:
    builders.place(position=41)
    assert 'value="42"' in browser(builders.cora()).get("/places/new")


@pytest.mark.parametrize("field", [name for name in TYPED if name not in {"kind", "timezone"}])
@pytest.mark.parametrize("value", AWFUL.values(), ids=AWFUL.keys())
def test_new_place_takes_anything_without_falling(
    app: Flask, browser: Open, field: str, value: str
) -> None:
    cora = browser(builders.cora())
    response = cora.client.post("/places/new", data={**TYPED, field: value})
    assert response.status_code in {302, 422}
    if response.status_code == 422:
        text = response.get_data(as_text=True)
        assert "There is a problem" in text
        assert "<title>Error: " in text
        assert "5 Lake Road" in text or field == "address"
        assert "<script>alert" not in text
    else:
        assert "<script>alert" not in cora.get(response.headers["Location"])


def test_new_place_takes_a_lone_surrogate_without_falling(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    response = cora.client.post(
        "/places/new",
        data=b"name=%ED%A0%80&kind=%ED%A0%80&timezone=Asia%2FShanghai&position=1",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "  "}, "Enter the name of the place"),
        ({"kind": "castle"}, "What is it"),
        ({"kind": ""}, "Choose a ward or home visits"),
        ({"timezone": "Mars/Olympus"}, "Time zone"),
        ({"position": "1.5"}, "Enter a whole number"),
        ({"position": ""}, "Enter a number; the smallest comes first"),
        ({"position": "-3"}, "Enter a number from 0 to 9999"),
        ({"phone": "call me"}, "Enter a telephone number"),
        ({"name": "x" * 81}, "Use at most 80 characters"),
    ],
)
def test_new_place_says_beside_the_field_what_is_wrong(
    app: Flask, browser: Open, changes: dict[str, str], message: str
) -> None:
    page = browser(builders.cora()).post("/places/new", {**TYPED, **changes}, status=422)
    assert message in page
    assert "There is a problem" in page
    assert "Second door." in page
    assert db.session.query(Place).count() == 0


def test_name_that_is_taken_is_said_beside_it(app: Flask, browser: Open) -> None:
    builders.place("Ward 5")
    page = browser(builders.cora()).post("/places/new", TYPED, status=422)
    assert "There is already a place called Ward 5." in page
    assert "Second door." in page


def test_edit_conflict_loses_neither_text(app: Flask, browser: Open) -> None:
    place = builders.place("Ward 5")
    cora, ada = browser(builders.cora()), browser(builders.ada())
    cora.get(f"/places/{place.id}/edit")
    ada.post(f"/places/{place.id}/edit", {**TYPED, "version": "1", "address": "Hers"})
    page = cora.post(
        f"/places/{place.id}/edit", {**TYPED, "version": "1", "address": "Mine"}, status=422
    )
    assert "Someone else changed this while you were writing" in page
    assert "<dd>Hers</dd>" in page
    assert 'value="Mine"' in page
    assert 'name="version" type="hidden" value="2"' in page
    cora.post(f"/places/{place.id}/edit", {**TYPED, "version": "2", "address": "Mine"})
    db.session.refresh(place)
    assert place.address == "Mine"


@pytest.mark.parametrize("version", ["", "abc", "9" * 30, "-1", "²"])
def test_edit_without_a_version_is_a_conflict(app: Flask, browser: Open, version: str) -> None:
    place = builders.place("Ward 5")
    page = browser(builders.cora()).post(
        f"/places/{place.id}/edit", {**TYPED, "version": version}, status=422
    )
    assert "Someone else changed this" in page


def test_edit_shows_the_change_in_the_history(app: Flask, browser: Open) -> None:
    place = builders.place("Ward 5", kind=PlaceKind.HOME)
    cora = browser(builders.cora())
    page = cora.get(cora.post(f"/places/{place.id}/edit", {**TYPED, "version": "1"}))
    assert "<b>Cora Coates</b> changed" in page
    assert "what is it: from Home visits to Ward" in page


def test_close_and_reopen(app: Flask, browser: Open) -> None:
    place = builders.place("Ward 5", second_name="")
    cora = browser(builders.cora())
    page = cora.get(cora.post(f"/places/{place.id}/close"))
    assert "Ward 5 is closed." in page
    assert "not offered in new choices" in page
    page = cora.get(cora.post(f"/places/{place.id}/reopen"))
    assert "Ward 5 is open again." in page


def test_reading_never_closes(app: Flask, browser: Open) -> None:
    place = builders.place("Ward 5")
    cora = browser(builders.cora())
    cora.get(f"/places/{place.id}/close", status=405)
    db.session.refresh(place)
    assert place.is_open


@pytest.mark.parametrize(
    "url", ["/places/999", "/places/999/edit", "/places/99999999999999999999", "/places/-1"]
)
def test_a_place_that_is_not_there_is_not_found(app: Flask, browser: Open, url: str) -> None:
    browser(builders.cora()).get(url, status=404)


def test_who_may_read_may_not_change(app: Flask, browser: Open) -> None:
    place = builders.place("Ward 5")
    for role in (Role.AUDITOR, Role.LEADER, Role.GRIEF_SUPPORT):
        reader = browser(builders.user("Reader One", role))
        page = reader.get(f"/places/{place.id}")
        assert "Close this place" not in page
        assert "/edit" not in page
        reader.get("/places/new", status=404)
        reader.post(f"/places/{place.id}/edit", TYPED, status=404)
        reader.post(f"/places/{place.id}/close", status=404)


def test_volunteers_have_no_list_of_places(app: Flask, browser: Open) -> None:
    otto = browser(builders.otto())
    otto.get("/places", status=404)
    otto.get(f"/places/{builders.place().id}", status=404)
