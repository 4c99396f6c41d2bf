from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from hospice.accounts.models import SignIn, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.journal import queries as journal
from hospice.patients.models import Patient
from hospice.patients.rules import Address, Diagnosis, Massage, PatientState
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import Browser

Open = Callable[[User | None], Browser]


def _visit_now(who: Volunteer) -> tuple[Patient, Assignment]:
    """Return a patient whom someone visits just now."""
    now = builders.real_now()
    ward = builders.place("Ward 1")
    patient = builders.patient(
        at=ward,
        legal_name="王秀英",
        birth_year=1941,
        condition="a secret",
        diagnosis=Diagnosis.FAMILY_ASKED_NOT,
        spoken_of=Address.HER,
        languages=["shanghainese"],
        likes="Yue opera.",
        massage=Massage.ASK_NURSE,
        avoid="Food and drink.",
    )
    shift = builders.shift(
        ward, now.date(), starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)
    )
    return patient, builders.assignment(shift, who, told_at=now)


def test_trap_17_card_shows_what_the_visit_needs_and_nothing_more(
    app: Flask, browser: Open
) -> None:
    user, vera = builders.vera()
    patient, _ = _visit_now(vera)
    page = browser(user).get(f"/me/patients/{patient.id}")
    for words in (
        "Mrs Wang",
        "Ward 1 · Garden, bed 3",
        "Call her",
        "Shanghainese",
        "Yue opera.",
        "Ask the nurse before any massage.",
        "Food and drink.",
        "Her family asks that her illness is not talked about.",
        'href="tel:02155550161"',
    ):
        assert words in page
    for hidden in ("a secret", "王秀英", "1941", "/edit", "diagnosis"):
        assert hidden not in page


def test_every_look_is_written_down(app: Flask, browser: Open) -> None:
    user, vera = builders.vera()
    patient, _ = _visit_now(vera)
    phone = browser(user)
    phone.get(f"/me/patients/{patient.id}")
    phone.get(f"/me/patients/{patient.id}")
    entries = journal.history("patient", patient.id)
    assert [(entry.verb, entry.who) for entry in entries] == [("patient.opened", "Vera Vance")] * 2
    page = browser(builders.cora()).get(f"/patients/{patient.id}")
    assert "<b>Vera Vance</b> read what the visit needs to know." in page


def test_trap_18_whoever_is_taken_off_finds_nothing_from_then_on(app: Flask, browser: Open) -> None:
    user, vera = builders.vera()
    patient, assignment = _visit_now(vera)
    phone = browser(user)
    phone.get(f"/me/patients/{patient.id}")
    with transaction():
        assignment.state = AssignmentState.REMOVED
    phone.get(f"/me/patients/{patient.id}", status=404)
    assert journal.history_length("patient", patient.id) == 1


def test_an_outsider_finds_as_little_as_of_someone_who_is_not_there(
    app: Flask, browser: Open
) -> None:
    _, vera = builders.vera()
    patient, _ = _visit_now(vera)
    for person in (
        builders.otto(),
        builders.cora(),
        builders.user("Greta Green", Role.GRIEF_SUPPORT),
    ):
        outsider = browser(person)
        there = outsider.get(f"/me/patients/{patient.id}", status=404)
        absent = outsider.get("/me/patients/999", status=404)
        assert "Mrs Wang" not in there
        assert there.replace(f"patients/{patient.id}", "") == absent.replace("patients/999", "")
    browser(builders.user("Aud Itor", Role.AUDITOR)).get(f"/me/patients/{patient.id}", status=404)
    assert journal.history_length("patient", patient.id) == 0


def test_a_phone_that_stayed_signed_in_asks_again(app: Flask, browser: Open) -> None:
    user, vera = builders.vera()
    patient, _ = _visit_now(vera)
    phone = browser(user)
    with transaction():
        db.session.query(SignIn).update(
            {"is_kept": True, "started_at": builders.real_now() - timedelta(hours=13)}
        )
    response = phone.client.get(f"/me/patients/{patient.id}")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/sign-in?next=%2Fme%2Fpatients%2F{patient.id}"
    assert journal.history_length("patient", patient.id) == 0


def test_a_stranger_is_sent_to_sign_in(app: Flask, browser: Open) -> None:
    response = browser(None).client.get("/me/patients/1")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in?")


def test_page_of_the_patient_says_who_comes_next(app: Flask, browser: Open) -> None:
    _, vera = builders.vera()
    patient, _ = _visit_now(vera)
    page = browser(builders.cora()).get(f"/patients/{patient.id}")
    assert ": Vera Vance.</p>" in page
    card = page.split("Who comes next", 1)[1].split("</section>", 1)[0]
    assert "Vera Vance" in card
    assert "s-confirmed" in card


def test_nobody_is_said_to_come_next_to_someone_who_died(app: Flask, browser: Open) -> None:
    _, vera = builders.vera()
    patient, _ = _visit_now(vera)
    cora = browser(builders.cora())
    with transaction():
        db.session.get_one(Patient, patient.id).state = PatientState.DEATH_REPORTED
    page = cora.get(f"/patients/{patient.id}")
    assert "Who comes next" not in page
    assert "Next visit" not in page


def test_list_of_patients_says_when_each_is_visited_next(app: Flask, browser: Open) -> None:
    _, vera = builders.vera()
    _, assignment = _visit_now(vera)
    builders.patient("Ms Alone", at=builders.place())
    page = browser(builders.cora()).get("/patients")
    assert page.count('<span class="folds-label">Next visit</span>') == 1
    shift = db.session.get(Shift, assignment.shift_id)
    assert shift is not None
    assert clock.local(shift.starts_at, builders.ZONE).isoformat("T", "minutes") in page
