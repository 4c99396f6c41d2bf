from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.patients.models import Patient
from hospice.patients.rules import Address, Diagnosis, Massage, PatientState
from hospice.places.models import Place
from tests import builders
from tests.conftest import Browser, Statements
from tests.patients.typed import SECRET, what_is_typed

Open = Callable[[User | None], Browser]


def _secret_patient(at: Place, **values: Any) -> Patient:
    return builders.patient(at=at, condition=SECRET, diagnosis=Diagnosis.FAMILY_ASKED_NOT, **values)


# --- the list -------------------------------------------------------------------------------------


def test_trap_17_list_never_shows_what_someone_lives_with(app: Flask, browser: Open) -> None:
    _secret_patient(builders.place(), avoid="Food and drink.")
    page = browser(builders.cora()).get("/patients")
    assert "Food and drink." in page
    assert SECRET not in page
    assert "illness" not in page
    assert "diagnosis" not in page.casefold()


def test_list_is_not_searched_by_what_someone_lives_with(app: Flask, browser: Open) -> None:
    ward = builders.place()
    cora = browser(builders.cora())
    cora.post("/patients/new", what_is_typed(ward))
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


def test_trap_17_what_must_not_lie_at_the_bedside_never_prints(app: Flask, browser: Open) -> None:
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


def test_page_escapes_what_wastyped(app: Flask, browser: Open) -> None:
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
        reader.post(
            f"/patients/{patient.id}/edit", what_is_typed(patient_place(patient)), status=404
        )
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
