"""What people say is kept as they said it, and nobody whom it is about sees, owns or closes it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from hospice import jobs
from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.cases import actions, queries
from hospice.cases.actions import Said
from hospice.cases.models import Case, CaseStep
from hospice.cases.rules import MOST_A_DAY, CaseKind, CaseState, Channel
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import family_pages
from hospice.grief_support.models import Kin
from hospice.grief_support.rules.kin import KinWay
from tests import builders
from tests.conftest import Browser, Statements
from tests.grief_support.families import greta, kinship

TODAY = date(2026, 11, 25)
Open = Callable[[User | None], Browser]
PRAISE = "Thank you for everything. Only once he shouted at her, and she was afraid."


def said(words: str = "It was loud at night", **values: Any) -> Case:
    """Something that was said, written down by nobody but the family."""
    plain: dict[str, Any] = {"kind": CaseKind.CONCERN, "channel": Channel.PAGE, "words": words}
    with transaction():
        made = actions.receive(Said(**{**plain, **values}), by=None, now=builders.NOW, today=TODAY)
        case_id = made.id
    return db.session.get_one(Case, case_id)


def about(case_id: int, by: User, **values: Any) -> None:
    """Say whom a case is about."""
    with transaction():
        found = queries.case_for(by, case_id, locking=True)
        new: dict[str, Any] = {
            "owner_id": found.owner_id,
            "about_user_id": found.about_user_id,
            "about_volunteer_id": found.about_volunteer_id,
            **values,
        }
        actions.change(found, **new, seen_version=found.version, by=by, now=builders.NOW)


def go(case_id: int, by: User, *states: CaseState, words: str = "Done so") -> None:
    for state in states:
        with transaction():
            found = queries.case_for(by, case_id, locking=True)
            actions.step(found, state, words, by=by, now=builders.NOW)


def reload(case_id: int) -> Case:
    db.session.rollback()
    return db.session.get_one(Case, case_id, populate_existing=True)


def family_link(kin_id: int, by: User) -> str:
    with transaction():
        person = db.session.get_one(Kin, kin_id)
        token = family_pages.make(person, greets=False, by=by, now=builders.real_now())
    return f"/f/{token}"


# --- the words ------------------------------------------------------------------------------------


def test_words_by_their_own_page_become_a_case_with_its_days(app: Flask, browser: Open) -> None:
    who, tie = greta(), kinship(builders.patient(), "Chen Li")
    where, phone = family_link(tie.kin_id, who), browser(None)
    assert "Choose what it is" in phone.post(f"{where}/words", {"words": "x"}, status=422)
    for _twice in range(2):  # a form that is sent again says it once
        phone.post(
            f"{where}/words",
            {"kind": "suggestion", "words": "A bench\nby the lift", "answer": "letter"},
        )
    made = db.session.scalars(select(Case)).one()
    assert (made.kind, made.words, made.channel, made.kin_id) == (
        CaseKind.SUGGESTION,
        "A bench\nby the lift",
        Channel.PAGE,
        tie.kin_id,
    )
    assert (made.answer_way, made.owner_id, made.is_urgent) == (KinWay.LETTER, None, False)
    assert (made.acknowledge_by, made.answer_by) == (date(2026, 11, 30), date(2026, 12, 25))
    desk = browser(who)
    assert "A suggestion from Chen Li" in desk.get("/cases")
    assert "by the lift" in desk.get(f"/cases/{made.id}")
    for number in range(MOST_A_DAY - 1):
        said(f"More {number}", kin_id=tie.kin_id)
    full = phone.post(f"{where}/words", {"kind": "thanks", "words": "and"}, status=422)
    assert "Ring us" in full


def test_staff_write_down_what_was_said_by_phone(app: Flask, browser: Open) -> None:
    cora, tie = builders.cora(), kinship(builders.patient(), "Chen Li")
    where = browser(cora).post(
        f"/cases/new?kin={tie.kin_id}",
        {"kind": "concern", "channel": "phone", "words": "Nobody rang back", "answer": "call"},
    )
    made = db.session.scalars(select(Case)).one()
    assert where == f"/cases/{made.id}"
    assert (made.kin_id, made.owner_id, made.received_by_id) == (tie.kin_id, cora.id, cora.id)


def test_a_case_is_carried_to_its_end_by_people(app: Flask, browser: Open) -> None:
    cora = builders.cora()
    made = said(answer_way=KinWay.CALL)
    desk = browser(cora)
    at = f"/cases/{made.id}"
    desk.post(f"{at}/take")
    for state, words in (
        ("acknowledged", "Rang her"),
        ("looking", "I ask the ward"),
        ("answered", "The door is mended"),
    ):
        assert f"{at}/step/{state}" in desk.get(at)
        desk.post(f"{at}/step/{state}", {"words": words})
    again = desk.post(f"{at}/step/closed", {"words": ""}, status=422)
    assert "Write what we changed" in again
    desk.post(f"{at}/step/closed", {"words": "Doors are oiled every month"})
    assert reload(made.id).lesson == "Doors are oiled every month"
    steps = db.session.scalars(select(CaseStep.state).order_by(CaseStep.id)).all()
    assert steps == ["received", "acknowledged", "looking", "answered", "closed"]
    assert "Doors are oiled" in desk.get(at)
    assert "A concern" in desk.get("/cases?show=closed")
    desk.get(f"{at}/step/gone", status=404)
    desk.post(f"{at}/step/received", status=404)


def test_what_two_write_at_the_same_step_is_not_lost(app: Flask, browser: Open) -> None:
    made, desk = said(), browser(builders.cora())
    at = f"/cases/{made.id}/step/acknowledged"
    for _twice in range(2):
        desk.post(at, {"words": "Rang her"})
    other = desk.post(at, {"words": "Wrote to her"}, status=422)
    assert "Someone else took it further" in other
    assert "Wrote to her" in other, "nothing typed is lost"
    assert db.session.scalars(select(CaseStep.words)).all() == ["", "Rang her"]


def test_only_the_team_is_offered_and_whoever_is_named_stays(app: Flask, browser: Open) -> None:
    cora, made = builders.cora(), said()
    left = builders.user("Lena Left", Role.LEADER)
    builders.vera()
    about(made.id, cora, about_user_id=left.id)
    with transaction():
        db.session.get_one(User, left.id).is_enabled = False
    page = browser(cora).get(f"/cases/{made.id}/about")
    offered = page.split('name="about_user_id"')[1].split("</select>")[0]
    assert "Lena Left" in offered
    assert "Vera" not in offered


def test_thanks_are_passed_on_to_whom_they_are_about(app: Flask, browser: Open) -> None:
    cora = builders.cora()
    user, vera = builders.vera()
    made = said("Thank you, Vera. Mrs Wang of ward 2 loved the songs.", kind=CaseKind.THANKS)
    desk, at = browser(cora), f"/cases/{made.id}"
    refused = desk.post(f"{at}/share", {"words": "Thank you"}, status=422)
    assert "First say which volunteer" in refused
    found = desk.get(f"{at}/about?q=vera")
    assert vera.preferred_name in found
    choice = {"about_volunteer_id": str(vera.id), "about_user_id": "0", "owner_id": "0"}
    stale = desk.post(f"{at}/about?q=vera", {**choice, "version": "99"}, status=422)
    assert "Someone else changed this" in stale
    desk.post(f"{at}/about?q=vera", {**choice, "version": str(reload(made.id).version)})
    unseen = desk.post(f"{at}/share", {"words": "For another", "version": "1"}, status=422)
    assert "Someone else changed this" in unseen, "what is for one is not for the other"
    now = str(reload(made.id).version)
    desk.post(f"{at}/share", {"words": "Thank you, Vera, for the songs.", "version": now})
    mine = browser(user).get("/me/thanks")
    assert "Thank you, Vera, for the songs." in mine
    assert "Mrs Wang" not in mine
    assert "for the songs" in desk.get(f"/volunteers/{vera.id}")
    about(made.id, cora, about_volunteer_id=None)
    assert "songs" not in browser(user).get("/me/thanks"), "what one may read is not another's"


# --- trap 20 --------------------------------------------------------------------------------------


def test_trap_20_whom_it_is_about_neither_sees_nor_owns_nor_closes_it(
    either_app: Flask,
) -> None:
    app, cora = either_app, builders.cora()
    accused = builders.user("Carl Carer", Role.COORDINATOR)
    visits = builders.user("Vic Visits", Role.COORDINATOR)
    volunteer = builders.volunteer("Vic Visits", user_id=visits.id)
    by_staff, by_volunteer = said("He was short with us"), said("He came late")
    with transaction():
        actions.take(queries.case_for(accused, by_staff.id), by=accused, now=builders.NOW)
    with pytest.raises(Refused):
        about(by_staff.id, cora, about_user_id=accused.id, owner_id=accused.id)
    about(by_staff.id, cora, about_user_id=accused.id, owner_id=None)
    about(by_volunteer.id, cora, about_volunteer_id=volunteer.id)
    for made, person in ((by_staff, accused), (by_volunteer, visits)):
        case_id, at = made.id, f"/cases/{made.id}"
        with pytest.raises(Missing):
            queries.case_for(person, case_id)
        whole = queries.case_for(cora, case_id)
        for act in (
            lambda one, by: actions.take(one, by=by, now=builders.NOW),
            lambda one, by: actions.look_into(one, by=by, now=builders.NOW),
            lambda one, by: actions.step(one, CaseState.ACKNOWLEDGED, "", by=by, now=builders.NOW),
        ):
            with pytest.raises(Missing):
                act(whole, person)
        desk = Browser(app).sign_in(person)
        assert at not in desk.get("/cases")
        assert at not in desk.get("/today")
        for way in ("", "/about", "/share", "/step/acknowledged", "/step/closed"):
            desk.get(at + way, status=404)
        for way in ("/take", "/read", "/look-into", "/about", "/share", "/step/acknowledged"):
            desk.post(at + way, status=404)
        options = Browser(app).sign_in(cora).get(f"{at}/about").split('name="owner_id"')[1]
        assert person.name not in options.split("</select>")[0]
        assert at in Browser(app).sign_in(cora).get("/cases")
        assert reload(case_id).state is CaseState.RECEIVED


def test_trap_20_the_journal_protects_whoever_said_it(app: Flask, browser: Open) -> None:
    """It says that something came: not from whom, nor what it is, nor whom it is about."""
    cora, tie = builders.cora(), kinship(builders.patient(), "Chen Li")
    accused = builders.user("Carl Carer", Role.COORDINATOR)
    made = said(kin_id=tie.kin_id)
    about(made.id, cora, about_user_id=accused.id)
    desk = browser(accused)
    assert "concern" not in desk.get(f"/family/{tie.kin_id}")
    told = desk.get(f"/history/case/{made.id}") + desk.get("/journal")
    assert "took in what somebody wrote" in told
    for canary in ("Chen Li", "concern", "loud at night"):
        assert canary not in told, canary


def test_trap_20_nothing_is_closed_by_silence(app: Flask, browser: Open) -> None:
    cora = builders.cora()
    made = said()
    two_years_on = datetime(2028, 12, 1, 4, tzinfo=UTC)
    with time_machine.travel(two_years_on, tick=False):
        jobs.send_reminders(two_years_on)
        desk = browser(cora)
        assert reload(made.id).state is CaseState.RECEIVED
        assert "Overdue" in desk.get("/cases")
        assert f"/cases/{made.id}" in desk.get("/today")


def test_trap_20_words_are_never_changed_merged_or_deleted(app: Flask) -> None:
    made = said("In my own words")
    with pytest.raises(ValueError, match="never changed"):
        made.words = "In better words"
    db.session.rollback()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("cases.")]
    names = {rule.endpoint.partition(".")[2] for rule in rules}
    assert not {name for name in names if re_named(name)}, names
    assert all("DELETE" not in (rule.methods or ()) for rule in rules)


def re_named(name: str) -> bool:
    """Tell whether a page sounds as if it made something vanish."""
    return any(word in name for word in ("delete", "merge", "remove", "discard", "edit"))


def test_trap_20_a_thank_you_that_hides_a_concern_reaches_a_person_first(
    app: Flask, browser: Open
) -> None:
    cora = builders.cora()
    made = said(PRAISE, kind=CaseKind.THANKS)
    said("An older one")
    desk, at = browser(cora), f"/cases/{made.id}"
    today = desk.get("/today")
    assert "Read this now" in today
    listed = desk.get("/cases")
    assert listed.index("A thank-you") < listed.index("A concern"), "unread comes first"
    page = desk.get(at)
    assert "shouted, afraid" in page
    unread = desk.post(f"{at}/step/acknowledged", status=422)
    assert "First say that you have read it" in unread
    desk.post(f"{at}/read", {"looks_into": "y"})
    found = reload(made.id)
    assert (found.read_by_id, found.looks_into, found.owner_id) == (cora.id, True, cora.id)
    assert "Read this now" not in desk.get("/today")
    desk.post(f"{at}/step/acknowledged")
    assert "Look into it first" in desk.post(f"{at}/step/closed", {"words": "x"}, status=422)
    go(made.id, cora, CaseState.LOOKING, CaseState.CLOSED)
    assert reload(made.id).lesson == "Done so"


def test_trap_20_staff_may_find_a_concern_in_praise_that_no_list_finds(
    app: Flask, browser: Open
) -> None:
    cora = builders.cora()
    made = said("Lovely people, and the new one will surely learn.", kind=CaseKind.THANKS)
    assert not made.is_urgent
    go(made.id, cora, CaseState.ACKNOWLEDGED, words="")
    browser(cora).post(f"/cases/{made.id}/look-into")
    assert reload(made.id).looks_into
    with pytest.raises(Refused), transaction():
        actions.step(
            queries.case_for(cora, made.id), CaseState.CLOSED, "x", by=cora, now=builders.NOW
        )


# --- lists ----------------------------------------------------------------------------------------


def test_lists_cost_the_same_for_one_and_for_thirty(
    app: Flask, browser: Open, statements: Statements
) -> None:
    tie, cora = kinship(builders.patient()), builders.cora()
    desk = browser(cora)
    said(kin_id=tie.kin_id)

    def cost() -> int:
        statements.seen.clear()
        desk.get("/cases")
        return len(statements)

    desk.get("/cases")
    once = cost()
    for number in range(29):
        said(f"Number {number}", said_by="Somebody")
    assert cost() == once
    with transaction():
        for one in db.session.scalars(select(Case)):
            one.received_at = one.received_at - timedelta(days=1)
    assert len(queries.needing(cora, TODAY)) == 6


def test_auditors_read_and_volunteers_do_not(app: Flask, browser: Open) -> None:
    made = said()
    reader = browser(builders.user("Aud Itor", Role.AUDITOR))
    assert "Acknowledge it" not in reader.get(f"/cases/{made.id}")
    reader.post(f"/cases/{made.id}/take", status=404)
    user, _record = builders.vera()
    browser(user).get("/cases", status=404)
