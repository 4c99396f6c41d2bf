"""Families as staff keep them: whom they may reach and how, and who may read it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.grief_support.models import ContactStop, Kin, Kinship, SupportPlan, WayOf
from hospice.grief_support.queries import kin as queries
from hospice.grief_support.rules.kin import Consent, KinWay
from hospice.grief_support.rules.plans import PlanState
from tests import builders
from tests.conftest import Browser, Statements
from tests.grief_support.families import confirmed, kinship

Open = Callable[[User | None], Browser]
WAYS = {f"consent_{way}": "unasked" for way in KinWay}


def typed(name: str = "陈丽", **values: Any) -> dict[str, Any]:
    return {
        "name": name,
        "relation": "daughter",
        "roles": ["is_key_contact"],
        "timezone": "Asia/Shanghai",
        "phone": "130 5555 0198",
        **WAYS,
        "consent_letter": "yes",
        "best_way": "letter",
        **values,
    }


def family_of(patient_id: int, who: User) -> list[str]:
    found = queries.family_of(who, patient_id, date(2026, 11, 25))
    return [one.kin.name for one in found]


def test_one_person_grieves_for_two_and_each_loss_has_its_own(app: Flask, browser: Open) -> None:
    cora, wang, zhu = builders.cora(), builders.patient(), builders.patient("Mr Zhu")
    desk = browser(cora)
    desk.post(f"/patients/{wang.id}/family/new", typed(name_for_patient="Mum"))
    li = db.session.scalars(select(Kin)).one()
    for words in ("chenli", "cl", "0198"):
        assert "陈丽" in desk.get(f"/patients/{zhu.id}/family/new?q={words}"), words
    assert "It is this person" not in desk.get(f"/patients/{wang.id}/family/new?q=chenli")
    found = desk.get("/search?q=chenli")
    assert f"/family/{li.id}" in found
    assert "0198" not in found  # whom not to call is seen on the person's page
    again = desk.get(f"/patients/{zhu.id}/family/new?kin={li.id}")
    assert "130 5555 0198" in again
    desk.post(
        f"/patients/{zhu.id}/family/new",
        typed(
            kin_id=str(li.id),
            version=str(li.version),
            relation="friend",
            words_to_avoid="the hospital",
        ),
    )
    links = db.session.scalars(select(Kinship).order_by(Kinship.id)).all()
    assert [(one.kin_id, one.relation, one.name_for_patient) for one in links] == [
        (li.id, "daughter", "Mum"),
        (li.id, "friend", ""),
    ]
    page = desk.get(f"/family/{li.id}")
    assert "Mrs Wang" in page
    assert "Mr Zhu" in page
    assert "the hospital" in page
    (letter,) = [one for one in queries.ways_of(li.id) if one.rank == 1]
    assert (letter.way, letter.consent, letter.noted_by_id) == (
        KinWay.LETTER,
        Consent.YES,
        cora.id,
    )


def test_do_not_contact_is_two_clicks_and_holds_at_once(app: Flask, browser: Open) -> None:
    cora, wang = builders.cora(), builders.patient()
    desk = browser(cora)
    desk.post(f"/patients/{wang.id}/family/new", typed())
    li = db.session.scalars(select(Kin)).one()
    where = f"/patients/{wang.id}/family/{li.id}/stop"
    assert where in desk.get(f"/family/{li.id}")
    desk.post(where, {"scope": "everything"})
    page = desk.get(f"/family/{li.id}")
    assert "No contact at all" in page
    assert "They said so themselves." in page
    assert "No contact at all" in desk.get(f"/patients/{wang.id}")
    (stop,) = db.session.scalars(select(ContactStop)).all()
    other = builders.patient("Mr Zhu")
    desk.post(f"/patients/{other.id}/family/stops/{stop.id}/lift", status=404)
    desk.post(f"/patients/{wang.id}/family/stops/{stop.id}/lift")
    assert "They said so themselves." not in desk.get(f"/family/{li.id}")
    assert desk.post(where, {"scope": "way"}, status=422).count("Choose the way that is") == 2


def test_whoever_saved_first_is_not_overwritten(app: Flask, browser: Open) -> None:
    cora, wang = builders.cora(), builders.patient()
    desk = browser(cora)
    desk.post(f"/patients/{wang.id}/family/new", typed())
    li = db.session.scalars(select(Kin)).one()
    edit = f"/patients/{wang.id}/family/{li.id}/edit"
    version = str(li.version)
    desk.post(edit, typed(version=version, reach_words="in the evening"))
    late = desk.post(edit, typed(version=version, reach_words="at noon"), status=422)
    assert "at noon" in late
    assert db.session.get_one(Kin, li.id, populate_existing=True).reach_words == "in the evening"


def test_a_no_is_not_lost_to_a_form_from_before(app: Flask, browser: Open) -> None:
    cora, wang, zhu = builders.cora(), builders.patient(), builders.patient("Mr Zhu")
    desk = browser(cora)
    desk.post(f"/patients/{wang.id}/family/new", typed(consent_call="yes"))
    li = db.session.scalars(select(Kin)).one()
    edit, version = f"/patients/{wang.id}/family/{li.id}/edit", str(li.version)
    desk.post(edit, typed(version=version, consent_call="no"))
    desk.post(edit, typed(version=version, consent_call="yes", phone="1"), status=422)
    known = typed(version=version, kin_id=str(li.id), consent_call="yes")
    desk.post(f"/patients/{zhu.id}/family/new", known, status=422)
    assert {one.way: one.consent for one in queries.ways_of(li.id)}[KinWay.CALL] is Consent.NO


def test_whoever_is_added_after_a_death_has_a_plan_too(app: Flask, browser: Open) -> None:
    cora, wang = builders.cora(), builders.patient()
    confirmed(wang, by=cora)
    desk = browser(cora)
    desk.post(f"/patients/{wang.id}/family/new", typed())
    (plan,) = db.session.scalars(select(SupportPlan)).all()
    assert plan.state is PlanState.DRAFT
    other = kinship(wang, "Chen Guang")
    desk.post(f"/patients/{wang.id}/family/{other.kin_id}/stop", {"scope": "everything"})
    (stop,) = db.session.scalars(select(ContactStop)).all()
    desk.post(f"/patients/{wang.id}/family/new", typed("Chen An"))
    assert other.id not in set(db.session.scalars(select(SupportPlan.kinship_id)))
    desk.post(f"/patients/{wang.id}/family/stops/{stop.id}/lift")
    assert other.id in set(db.session.scalars(select(SupportPlan.kinship_id)))


def test_who_reads_of_families(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    wang = builders.patient(at=ward)
    browser(builders.cora()).post(
        f"/patients/{wang.id}/family/new", typed(safety_note="The dog bites")
    )
    li = db.session.scalars(select(Kin)).one()
    grief = browser(builders.user("Greta Grey", Role.GRIEF_SUPPORT))
    assert "The dog bites" in grief.get(f"/family/{li.id}")
    auditor = browser(builders.user("Otis Orr", Role.AUDITOR))
    page = auditor.get(f"/family/{li.id}")
    assert "陈丽" in page
    assert "The dog bites" not in page
    assert "The dog bites" not in auditor.get(f"/history/kin/{li.id}")
    auditor.post(f"/patients/{wang.id}/family/new", typed("Someone"), status=404)
    account, vera = builders.vera(places=[ward])
    shift = builders.shift(ward)
    builders.assignment(shift, vera, told_at=builders.NOW)
    for path in (f"/patients/{wang.id}/family", f"/family/{li.id}"):
        browser(account).get(path, status=404)
    assert family_of(wang.id, builders.cora()) == ["陈丽"]


def test_a_family_is_two_statements_however_large(app: Flask, statements: Statements) -> None:
    cora, wang = builders.cora(), builders.patient()
    with transaction():
        for number in range(12):
            person = Kin(name=f"Kin {number}", timezone="Asia/Shanghai", created_at=builders.NOW)
            db.session.add(person)
            db.session.flush()
            db.session.add(
                Kinship(
                    patient_id=wang.id,
                    kin_id=person.id,
                    relation="relative",
                    created_at=builders.NOW,
                )
            )
            db.session.add(WayOf(kin_id=person.id, way=KinWay.CALL, rank=1))
    patient_id = wang.id
    statements.seen.clear()
    assert len(family_of(patient_id, cora)) == 12
    assert len(statements) <= 4  # two, and two rows that the commit let go of
