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
from hospice.patients.rules import Address, Diagnosis, Massage, PatientState
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from tests import builders
from tests.conftest import Browser, Statements

Open = Callable[[User | None], Browser]

SECRET = "pancreatic tumour"
AWFUL = {
    "long": "x" * 5_000,
    "a million": "y" * 1_000_000,
    "emoji": "🌿🕊️" * 3_000,
    "html": "<script>alert(1)</script>",
    "nul": "\x00",
    "sign": "-",
    "number": "9" * 40,
    "list": "a,b;c、d" * 40,
}


def _typed(place: Place, **changes: Any) -> dict[str, Any]:
    return {
        "preferred_name": "Mrs Wang",
        "legal_name": "王秀英",
        "spoken_of": "her",
        "birth_year": "1941",
        "place_id": str(place.id),
        "bed": "3",
        "address": "",
        "languages": ["shanghainese", "mandarin"],
        "other_languages": "Wenzhounese",
        "hearing_and_sight": "Right ear.",
        "likes": "Yue opera.",
        "may_do": "Read to her.",
        "massage": "yes",
        "massage_areas": ["hands", "feet"],
        "avoid": "Food and drink.",
        "condition": SECRET,
        "diagnosis": "family_asked_not",
        **changes,
    }


def _inputs(page: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<input[^>]+>", page):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' in tag:
            yield name[1], unescape(value[1]) if value else ""


def _secret_patient(at: Place, **values: Any) -> Patient:
    return builders.patient(at=at, condition=SECRET, diagnosis=Diagnosis.FAMILY_ASKED_NOT, **values)


# --- the list -------------------------------------------------------------------------------------


def test_list_never_shows_what_someone_lives_with(app: Flask, browser: Open) -> None:
    _secret_patient(builders.place(), avoid="Food and drink.")
    page = browser(builders.cora()).get("/patients")
    assert "Food and drink." in page
    assert SECRET not in page
    assert "illness" not in page
    assert "diagnosis" not in page.casefold()


def test_list_is_not_searched_by_what_someone_lives_with(app: Flask, browser: Open) -> None:
    ward = builders.place()
    cora = browser(builders.cora())
    cora.post("/patients/new", _typed(ward))
    assert "Mrs Wang" in cora.get("/patients?q=wxy")
    assert "Mrs Wang" not in cora.get("/patients?q=pancreatic")


def test_list_tells_two_of_one_name_apart(app: Flask, browser: Open) -> None:
    ward = builders.place()
    builders.patient(at=ward, bed="3", birth_year=1941)
    builders.patient(at=ward, bed="7", birth_year=None)
    builders.patient("Mr Zhu", at=ward, bed="8", birth_year=1950)
    page = browser(builders.cora()).get("/patients")
    assert "bed 3, born 1941" in page
    assert "bed 7, birth year not written down" in page
    assert "born 1950" not in page


def test_list_filters_stand_in_the_address(app: Flask, browser: Open) -> None:
    one, two = builders.place("Ward 1"), builders.place("Ward 2")
    builders.patient("Mrs Ann", at=one, languages=["english"], massage=Massage.NO)
    builders.patient("Mr Bob", at=two, languages=["mandarin"])
    builders.patient("Ms Gone", at=two, state=PatientState.MOVED)
    cora = browser(builders.cora())
    for query, shown in {
        "": {"Ann", "Bob"},
        f"place={one.id}": {"Ann"},
        "language=mandarin": {"Bob"},
        "massage=no": {"Ann"},
        "state=moved": {"Gone"},
        "state=all": {"Ann", "Bob", "Gone"},
        "q=mr+bob": {"Bob"},
        f"place={one.id}&language=mandarin": set(),
        "state=nonsense&massage=%F0%9F%8C%BF&place=x&page=-4&q=%00": {"Ann", "Bob"},
        "page=99": set(),
        "place=99999999999999999999": {"Ann", "Bob"},
    }.items():
        page = cora.get(f"/patients?{query}")
        assert {name for name in ("Ann", "Bob", "Gone") if f" {name}</a>" in page} == shown, query
        if not shown:
            assert "Nothing matches." in page


def test_list_pages_keep_the_filter(app: Flask, browser: Open) -> None:
    ward = builders.place()
    for number in range(31):
        builders.patient(f"Person {number:02}", at=ward)
    cora = browser(builders.cora())
    first = cora.get(f"/patients?place={ward.id}")
    assert "31 people." in first
    assert "Person 29" in first
    assert "Person 30" not in first
    assert f"place={ward.id}&amp;page=2" in first or f"page=2&amp;place={ward.id}" in first
    assert "Person 30" in cora.get(f"/patients?place={ward.id}&page=2")


def test_list_asks_as_much_for_one_patient_as_for_thirty(
    app: Flask, browser: Open, statements: Statements
) -> None:
    ward = builders.place()
    builders.patient(at=ward)
    cora = browser(builders.cora())
    cora.get("/patients")
    statements.seen.clear()
    cora.get("/patients")
    few = len(statements)
    for number in range(29):
        builders.patient(f"Person {number}", at=builders.place() if number % 9 == 0 else ward)
    statements.seen.clear()
    assert "Person 28" in cora.get("/patients")
    assert len(statements) == few
    assert few <= 8


# --- one patient ----------------------------------------------------------------------------------


def test_page_says_what_visitors_need_apart_from_what_staff_need(app: Flask, browser: Open) -> None:
    patient = _secret_patient(
        builders.place("Ward 1"),
        spoken_of=Address.HER,
        massage=Massage.YES,
        massage_areas=["hands"],
        avoid="Food and drink.",
        likes="Yue opera.",
        may_do="Read to her.",
        languages=["english"],
        hearing_and_sight="Right ear.",
    )
    page = browser(builders.cora()).get(f"/patients/{patient.id}")
    for_visit, staff = page.split("For staff only", 1)
    assert "Call her" in for_visit
    assert "Massage: hands." in for_visit
    assert "Her family asks that her illness is not talked about." in for_visit
    assert "Ward 1 · Garden, bed 3." in for_visit
    assert SECRET not in for_visit
    assert SECRET in staff


def test_what_must_not_lie_at_the_bedside_never_prints(app: Flask, browser: Open) -> None:
    patient = _secret_patient(builders.place())
    page = browser(builders.cora()).get(f"/patients/{patient.id}")
    assert '<span class="never-prints">Their family asks' in page
    assert '<section class="card never-prints" aria-labelledby="staff-h">' in page
    assert '<section class="card never-prints" aria-labelledby="hist-h">' in page


def test_page_names_the_namesake(app: Flask, browser: Open) -> None:
    ward = builders.place()
    one = builders.patient(at=ward, bed="3", birth_year=1941)
    other = builders.patient(at=ward, bed="7", birth_year=1952)
    page = browser(builders.cora()).get(f"/patients/{one.id}")
    assert "This is Mrs Wang, bed 3, born 1941." in page
    assert f'<a href="/patients/{other.id}">Mrs Wang, bed 7, born 1952</a>' in page


def test_page_escapes_what_was_typed(app: Flask, browser: Open) -> None:
    awful = "<img src=x onerror=alert(1)>"
    patient = builders.patient(awful, likes=awful, avoid=awful, state_reason=awful)
    cora = browser(builders.cora())
    for url in ("/patients", f"/patients/{patient.id}", f"/patients/{patient.id}/edit"):
        assert "<img" not in cora.get(url)


def test_page_of_someone_who_died_offers_nothing(app: Flask, browser: Open) -> None:
    patient = builders.patient(state=PatientState.DIED)
    cora = browser(builders.cora())
    page = cora.get(f"/patients/{patient.id}")
    assert "When things change" not in page
    assert "Plan a visit" not in page
    cora.get(f"/patients/{patient.id}/state", status=404)
    cora.post(f"/patients/{patient.id}/state", {"state": "active"}, status=404)


@pytest.mark.parametrize("what", ["", "/edit", "/state"])
@pytest.mark.parametrize("number", ["999", "99999999999999999999", "-1", "x"])
def test_a_patient_who_is_not_there_is_not_found(
    app: Flask, browser: Open, number: str, what: str
) -> None:
    browser(builders.cora()).get(f"/patients/{number}{what}", status=404)


def test_who_may_read_may_not_change(app: Flask, browser: Open) -> None:
    patient = builders.patient()
    for role in (Role.AUDITOR, Role.GRIEF_SUPPORT):
        reader = browser(builders.user("Reader One", role))
        page = reader.get(f"/patients/{patient.id}")
        assert "/edit" not in page
        assert "When things change" not in page
        reader.get("/patients/new", status=404)
        reader.post(f"/patients/{patient.id}/edit", _typed(patient_place(patient)), status=404)
        reader.post(f"/patients/{patient.id}/state", {"state": "moved"}, status=404)


def patient_place(patient: Patient) -> Place:
    found = db.session.get(Place, patient.place_id)
    assert found is not None
    return found


def test_those_without_the_right_find_nothing(app: Flask, browser: Open) -> None:
    patient = builders.patient()
    for person in (builders.otto(), builders.user("Leo Lee", Role.LEADER)):
        outsider = browser(person)
        outsider.get("/patients", status=404)
        there = outsider.get(f"/patients/{patient.id}", status=404)
        absent = outsider.get("/patients/999", status=404)
        assert there.replace(f"/patients/{patient.id}", "") == absent.replace("/patients/999", "")


# --- adding and changing --------------------------------------------------------------------------


def test_new_patient_is_saved_with_every_field(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    cora = browser(builders.cora())
    page = cora.get(cora.post("/patients/new", _typed(ward)))
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
    typed = _typed(builders.place(), likes="KEPT ONE", may_do="KEPT TWO") | {field: value}
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
    typed = _typed(builders.place(), **changes)
    page = browser(builders.cora()).post("/patients/new", typed, status=422)
    assert message in page
    assert "There is a problem" in page
    assert "Read to her." in page
    assert SECRET in page


def test_new_patient_at_home_needs_the_address(app: Flask, browser: Open) -> None:
    home = builders.place("Home visits", kind=PlaceKind.HOME, second_name="")
    cora = browser(builders.cora())
    page = cora.post("/patients/new", _typed(home), status=422)
    assert "Enter the address, so that the volunteer finds the way" in page
    page = cora.get(cora.post("/patients/new", _typed(home, address="77 Plum Lane", bed="")))
    assert "Home visits, 77 Plum Lane" in page


def test_same_name_is_asked_about_and_nothing_is_lost(app: Flask, browser: Open) -> None:
    ward = builders.place()
    other = builders.patient(at=ward, bed="3", birth_year=1941, legal_name="王丽华")
    cora = browser(builders.cora())
    typed = _typed(ward, bed="7", birth_year="1952", likes='"Quotes" & <tags>\nand lines')
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
        "/patients/new", _typed(ward, another_than=given), status=422
    )
    assert "Is this the same person?" in page


def test_edit_shows_what_is_kept_and_saves_the_change(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    ward = builders.place("Ward 1")
    where = cora.post("/patients/new", _typed(ward))
    page = cora.get(f"{where}/edit")
    assert 'value="shanghainese" checked' in page
    assert 'name="other_languages" type="text" value="wenzhounese"' in page
    typed = _typed(ward, bed="9", massage="no", condition="something else", version="1")
    page = cora.get(cora.post(f"{where}/edit", typed))
    assert "bed: from “3” to “9”" in page
    assert "massage: from Yes to No" in page
    assert "No massage." in page


def test_edit_conflict_loses_neither_text(app: Flask, browser: Open) -> None:
    cora, ada = browser(builders.cora()), browser(builders.ada())
    ward = builders.place()
    where = cora.post("/patients/new", _typed(ward))
    ada.post(f"{where}/edit", _typed(ward, likes="Hers", version="1"))
    page = cora.post(f"{where}/edit", _typed(ward, likes="Mine", version="1"), status=422)
    assert "Someone else changed this while you were writing" in page
    assert "<dt>Likes</dt><dd>Hers</dd>" in page
    assert ">\r\nMine</textarea>" in page
    assert "<dt>Bed</dt>" not in page
    cora.post(f"{where}/edit", _typed(ward, likes="Mine", version="2"))
    assert db.session.query(Patient).one().likes == "Mine"


def test_edit_refusal_after_a_rollback_still_shows_the_page(app: Flask, browser: Open) -> None:
    ward = builders.place()
    patient = builders.patient(at=ward)
    page = browser(builders.cora()).post(
        f"/patients/{patient.id}/edit", _typed(ward, birth_year="2099", version="1"), status=422
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
    where = cora.post("/patients/new", _typed(ward))
    cora.post(f"{where}/edit", _typed(ward, condition="another secret", version="1"))
    greta = browser(builders.user("Greta Green", Role.GRIEF_SUPPORT))
    assert "condition: from" in cora.get(where)
    history = greta.get(where).split('id="hist-h"')[1]
    assert "condition (not shown)" in history
    assert SECRET not in history
