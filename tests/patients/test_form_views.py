import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.rules import PlaceKind
from tests import builders
from tests.conftest import Browser
from tests.patients.typed import AWFUL, SECRET, what_is_typed

Open = Callable[[User | None], Browser]


def _inputs(page: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<input[^>]+>", page):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' in tag:
            yield name[1], unescape(value[1]) if value else ""


def test_new_patient_is_saved_with_every_field(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    cora = browser(builders.cora())
    page = cora.get(cora.post("/patients/new", what_is_typed(ward)))
    for words in (
        "Mrs Wang was saved.",
        "Shanghainese, Mandarin, Wenzhounese",
        "Right ear.",
        "Yue opera.",
        "Read to her.",
        "Massage: hands, feet.",
        "Food and drink.",
        "王秀英",
        "1941",
        SECRET,
        "added this person",
    ):
        assert words in page


def test_new_patient_needs_only_a_name_and_a_place(app: Flask, browser: Open) -> None:
    ward = builders.place()
    cora = browser(builders.cora())
    page = cora.get(f"/patients/new?place={ward.id}")
    sent = dict(_inputs(page)) | {
        "preferred_name": "Mrs Wang",
        "place_id": str(ward.id),
        "spoken_of": "them",
        "massage": "ask_nurse",
        "diagnosis": "unknown",
    }
    cora.post("/patients/new", sent)
    assert db.session.query(Patient).one().preferred_name == "Mrs Wang"


@pytest.mark.parametrize("value", AWFUL.values(), ids=AWFUL.keys())
@pytest.mark.parametrize(
    "field",
    [
        "preferred_name",
        "legal_name",
        "spoken_of",
        "birth_year",
        "place_id",
        "bed",
        "address",
        "languages",
        "other_languages",
        "hearing_and_sight",
        "likes",
        "massage",
        "massage_areas",
        "avoid",
        "condition",
        "diagnosis",
        "another_than",
        "version",
    ],
)
def test_new_patient_takes_anything_without_falling(
    app: Flask, browser: Open, field: str, value: str
) -> None:
    cora = browser(builders.cora())
    typed = what_is_typed(builders.place(), likes="KEPT ONE", may_do="KEPT TWO") | {field: value}
    response = cora.client.post("/patients/new", data=typed)
    assert response.status_code in {302, 422}
    text = response.get_data(as_text=True)
    assert "<script>alert" not in text
    if response.status_code == 422:
        assert "There is a problem" in text
        assert "<title>Error: " in text
        assert "KEPT TWO" in text
        assert "KEPT ONE" in text or field == "likes"
        assert db.session.query(Patient).count() == 0
    else:
        assert "<script>alert" not in cora.get(response.headers["Location"])


def test_new_patient_takes_a_lone_surrogate_without_falling(app: Flask, browser: Open) -> None:
    ward = builders.place()
    body = (
        f"preferred_name=A%ED%A0%80&spoken_of=%ED%A0%80&languages=%ED%A0%80&place_id={ward.id}"
        "&massage=yes&diagnosis=unknown"
    )
    response = browser(builders.cora()).client.post(
        "/patients/new",
        data=body.encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"preferred_name": " "}, "Enter the name they like to be called"),
        ({"preferred_name": "x" * 121}, "Use at most 120 characters"),
        ({"spoken_of": ""}, "Choose her, him or them"),
        ({"birth_year": "40"}, "Enter a year from 1890 to"),
        ({"birth_year": "2099"}, "Enter a year from 1890 to"),
        ({"birth_year": "nineteen"}, "Enter a whole number"),
        ({"place_id": "0"}, "Choose a place"),
        ({"place_id": "999"}, 'href="#place_id"'),
        ({"bed": "x" * 21}, "Use at most 20 characters"),
        ({"languages": ["klingon"]}, 'href="#languages"'),
        ({"other_languages": "x" * 41}, 'href="#other_languages"'),
        ({"massage": "maybe"}, 'href="#massage"'),
        ({"massage_areas": ["heart"]}, 'href="#massage_areas"'),
        ({"likes": "x" * 4001}, "Use at most 4000 characters"),
        ({"diagnosis": ""}, "Choose one; “We do not know” is an answer too"),
    ],
)
def test_new_patient_says_beside_the_field_what_is_wrong(
    app: Flask, browser: Open, changes: dict[str, Any], message: str
) -> None:
    typed = what_is_typed(builders.place(), **changes)
    page = browser(builders.cora()).post("/patients/new", typed, status=422)
    assert message in page
    assert "There is a problem" in page
    assert "Read to her." in page
    assert SECRET in page


def test_new_patient_at_home_needs_the_address(app: Flask, browser: Open) -> None:
    home = builders.place("Home visits", kind=PlaceKind.HOME, second_name="")
    cora = browser(builders.cora())
    page = cora.post("/patients/new", what_is_typed(home), status=422)
    assert "Enter the address, so that the volunteer finds the way" in page
    page = cora.get(cora.post("/patients/new", what_is_typed(home, address="77 Plum Lane", bed="")))
    assert "Home visits, 77 Plum Lane" in page


def test_same_name_is_asked_about_and_nothing_is_lost(app: Flask, browser: Open) -> None:
    ward = builders.place()
    other = builders.patient(at=ward, bed="3", birth_year=1941, legal_name="王丽华")
    cora = browser(builders.cora())
    typed = what_is_typed(ward, bed="7", birth_year="1952", likes='"Quotes" & <tags>\nand lines')
    asked = cora.post("/patients/new", typed, status=422)
    assert "Is this the same person?" in asked
    assert "王丽华" in asked
    assert "bed 3, born 1941" in asked
    assert "bed 7, born 1952" in asked
    assert db.session.query(Patient).count() == 1

    kept = list(_inputs(asked))
    assert ("another_than", str(other.id)) in kept
    sent: dict[str, list[str]] = {}
    for name, value in kept:
        sent.setdefault(name, []).append(value)

    back = cora.post("/patients/new", sent | {"back": "yes"}, status=200)
    assert "Add a patient" in back
    assert "&#34;Quotes&#34; &amp; &lt;tags&gt;\nand lines" in back
    assert 'value="mandarin" checked' in back
    assert db.session.query(Patient).count() == 1

    cora.post("/patients/new", sent)
    added = db.session.query(Patient).filter(Patient.id != other.id).one()
    assert (added.bed, added.languages) == ("7", ["shanghainese", "mandarin", "wenzhounese"])
    assert added.likes == '"Quotes" & <tags>\nand lines'


@pytest.mark.parametrize("given", ["", "x", "0", "-1", "9" * 40, "1.5", ",,,", "1," * 5000])
def test_same_name_is_not_passed_by_guessing(app: Flask, browser: Open, given: str) -> None:
    ward = builders.place()
    builders.patient("Someone else", at=ward)
    builders.patient(at=ward)
    page = browser(builders.cora()).post(
        "/patients/new", what_is_typed(ward, another_than=given), status=422
    )
    assert "Is this the same person?" in page


def test_edit_shows_what_is_kept_and_saves_the_change(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    ward = builders.place("Ward 1")
    where = cora.post("/patients/new", what_is_typed(ward))
    page = cora.get(f"{where}/edit")
    assert 'value="shanghainese" checked' in page
    assert 'name="other_languages" type="text" value="wenzhounese"' in page
    typed = what_is_typed(ward, bed="9", massage="no", condition="something else", version="1")
    page = cora.get(cora.post(f"{where}/edit", typed))
    assert "bed: from “3” to “9”" in page
    assert "massage: from Yes to No" in page
    assert "No massage." in page


def test_edit_conflict_loses_neither_text(app: Flask, browser: Open) -> None:
    cora, ada = browser(builders.cora()), browser(builders.ada())
    ward = builders.place()
    where = cora.post("/patients/new", what_is_typed(ward))
    ada.post(f"{where}/edit", what_is_typed(ward, likes="Hers", version="1"))
    page = cora.post(f"{where}/edit", what_is_typed(ward, likes="Mine", version="1"), status=422)
    assert "Someone else changed this while you were writing" in page
    assert "<dt>Likes</dt><dd>Hers</dd>" in page
    assert ">\r\nMine</textarea>" in page
    assert "<dt>Bed</dt>" not in page
    cora.post(f"{where}/edit", what_is_typed(ward, likes="Mine", version="2"))
    assert db.session.query(Patient).one().likes == "Mine"


def test_edit_refusal_after_a_rollback_still_shows_the_page(app: Flask, browser: Open) -> None:
    ward = builders.place()
    patient = builders.patient(at=ward)
    page = browser(builders.cora()).post(
        f"/patients/{patient.id}/edit",
        what_is_typed(ward, birth_year="2099", version="1"),
        status=422,
    )
    assert "Enter a year from 1890 to" in page
    assert "Change Mrs Wang" in page


# --- when things change ---------------------------------------------------------------------------


def test_state_is_changed_with_a_reason(app: Flask, browser: Open) -> None:
    patient = builders.patient()
    cora = browser(builders.cora())
    page = cora.get(f"/patients/{patient.id}/state")
    assert 'value="died"' not in page
    url = f"/patients/{patient.id}/state"
    page = cora.get(cora.post(url, {"state": "on_hold", "reason": "In hospital"}))
    assert "On hold: In hospital." in page
    assert "changed the state from “Visited” to “On hold”: In hospital" in page
    assert "Plan a visit" not in page


@pytest.mark.parametrize("state", ["", "died", "nonsense", "🌿", "x" * 100_000])
def test_state_refuses_anything_else_and_keeps_the_reason(
    app: Flask, browser: Open, state: str
) -> None:
    patient = builders.patient()
    page = browser(builders.cora()).post(
        f"/patients/{patient.id}/state", {"state": state, "reason": "Kept words"}, status=422
    )
    assert "Kept words" in page
    assert "There is a problem" in page
    db.session.refresh(patient)
    assert patient.state is PatientState.ACTIVE


def test_history_hides_the_condition_from_those_who_may_not_see_it(
    app: Flask, browser: Open
) -> None:
    ward = builders.place()
    cora = browser(builders.cora())
    where = cora.post("/patients/new", what_is_typed(ward))
    cora.post(f"{where}/edit", what_is_typed(ward, condition="another secret", version="1"))
    greta = browser(builders.user("Greta Green", Role.GRIEF_SUPPORT))
    assert "condition: from" in cora.get(where)
    history = greta.get(where).split('id="hist-h"')[1]
    assert "condition (not shown)" in history
    assert SECRET not in history
