"""Somebody's own page by link: whom it lets in, what it tells, and that what is said there holds."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import calls, kin
from hospice.grief_support.actions import family_pages as actions
from hospice.grief_support.models import ContactStop, FamilyPage, KeyDay, Kin
from hospice.grief_support.queries import calls as queue_queries
from hospice.grief_support.queries import family_pages as queries
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.dates import DateKind
from hospice.grief_support.rules.family_pages import (
    Part,
    Wishes,
    hours_of,
    page_language,
    part_of,
    pause_objections,
    spoken_first,
    wishes_objections,
)
from hospice.grief_support.rules.kin import Consent, KinWay, StopFacts, StopScope
from hospice.grief_support.rules.plans import Way
from hospice.tasks.queries import tasks_from
from tests import builders
from tests.conftest import Browser
from tests.grief_support.families import confirmed, greta, kinship, opened

TODAY = date(2026, 11, 25)
CARDS_ARE_DUE = date(2026, 11, 28)
Open = Callable[[User | None], Browser]


def link(kin_id: int, by: User, *, greets: bool = False) -> str:
    with transaction():
        person = db.session.get_one(Kin, kin_id)
        token = actions.make(person, greets=greets, by=by, now=builders.real_now())
    return f"/f/{token}"


def version(kin_id: int) -> str:
    return str(db.session.get_one(Kin, kin_id, populate_existing=True).version)


def due_names(today: date = CARDS_ARE_DUE) -> set[str]:
    """Return whose calls and letters wait, of whoever may be reached."""
    found = set()
    for tab in ("overdue", "week", "post"):
        queue = queue_queries.queue(tab, builders.NOW, today)
        found |= {f"{row.plan.kinship.kin.name}: {row.way.value}" for row in queue.rows}
    return found


# --- rules ----------------------------------------------------------------------------------------


def test_parts_of_the_day_are_hours_and_own_hours_stay_their_own() -> None:
    for part in (Part.ANY, Part.MORNING, Part.AFTERNOON, Part.EVENING):
        assert part_of(*hours_of(part, (time(1), time(2)))) is part
    own = (time(18, 30), time(20, 30))
    assert part_of(*own) is Part.OWN
    assert hours_of(Part.OWN, own) == own
    assert wishes_objections(Wishes(reach_from=time(20), reach_until=time(18)))


def test_a_rest_ends_on_a_day_to_come() -> None:
    assert [one.kind for one in pause_objections(None, TODAY)] == ["pause_over"]
    assert [one.kind for one in pause_objections(TODAY - timedelta(1), TODAY)] == ["pause_over"]
    assert pause_objections(TODAY, TODAY) == []
    assert [one.kind for one in pause_objections(date(2199, 1, 1), TODAY)] == ["pause_long"]


def test_the_page_speaks_what_they_speak_best() -> None:
    assert page_language(["shanghainese", "english"], "en") == "zh_Hans"
    assert page_language(["english", "mandarin"], "zh_Hans") == "en"
    assert page_language(["Wenzhounese"], "zh_Hans") == "zh_Hans"
    assert spoken_first("english", ["mandarin", "english"]) == ["english", "mandarin"]


# --- who gets in, and what they learn -------------------------------------------------------------


def test_a_link_tells_nothing_but_the_hospice(app: Flask, browser: Open) -> None:
    who = greta()
    tie = kinship(builders.patient("Mrs Wang"), "Chen Li", called="Ms Chen")
    page = browser(None).get(link(tie.kin_id, who))
    assert "Osmanthus House" in page
    for canary in ("Chen Li", "Ms Chen", "Mrs Wang", "5555 0173", "daughter", "Ward"):
        assert canary not in page, canary
    greeting = browser(None).get(link(tie.kin_id, who, greets=True))
    assert "Ms Chen" in greeting
    assert "Mrs Wang" not in greeting


def test_a_link_is_kept_as_its_hash_and_ends_with_the_next_or_by_hand(
    app: Flask, browser: Open
) -> None:
    who = greta()
    tie = kinship(builders.patient())
    desk, phone = browser(who), browser(None)
    made = desk.post(f"/family/{tie.kin_id}/page/new", status=200)
    first = re.search(r"/f/[\w-]{32}", made)
    assert first is not None
    phone.get(first.group(0))
    assert first.group(0) not in desk.get(f"/family/{tie.kin_id}/page"), "shown once"
    kept = db.session.scalars(select(FamilyPage)).one()
    assert first.group(0)[3:] not in kept.token_hash
    assert kept.opened_at is not None
    second = link(tie.kin_id, who)
    gone = phone.get(first.group(0), status=404)
    nobody = phone.get("/f/nobody-has-this", status=404)
    assert gone.replace(first.group(0)[3:], "") == nobody.replace("nobody-has-this", "")
    assert "This link no longer opens" in gone
    desk.post(f"/family/{tie.kin_id}/page/end")
    for where in ("", "/words", "/no-contact"):
        phone.get(second + where, status=404)
    for where in ("", "/pause", "/again", "/no-contact", "/words"):
        phone.post(second + where, {"until": "2026-12-24"}, status=404)
    assert db.session.scalars(select(ContactStop)).all() == []


def test_guessing_links_is_throttled(app: Flask, browser: Open) -> None:
    stranger = browser(None)
    for number in range(50):
        stranger.get(f"/f/guess-{number}", status=404)
    stranger.get("/f/guess-again", status=429)


def test_a_child_has_no_page_and_the_guardians_no_holds_for_it(app: Flask, browser: Open) -> None:
    who, patient = greta(), builders.patient()
    mother = kinship(patient, "Chen Li")
    child = kinship(patient, "Chen Xiao", is_minor=True, guardian_id=mother.kin_id)
    confirmed(patient, by=who)
    opened(child.id, who)
    person = db.session.get_one(Kin, child.kin_id)
    with transaction(), pytest.raises(Refused) as error:
        actions.make(person, greets=False, by=who, now=builders.NOW)
    assert [one.kind for one in error.value.objections] == ["is_minor"]
    assert due_names() == {"Chen Xiao: call", "Chen Xiao: card"}
    where = link(mother.kin_id, who)
    browser(None).post(where, {"way_call": "no", "version": version(mother.kin_id)})
    assert due_names() == {"Chen Xiao: card"}
    person = db.session.get_one(Kin, mother.kin_id)
    with transaction():
        person.is_minor = True
    browser(None).get(where, status=404)


# --- what they say holds --------------------------------------------------------------------------


def test_wishes_hold_at_once_and_staff_see_who_said_so(app: Flask, browser: Open) -> None:
    who = greta()
    tie = kinship(builders.patient(), "Chen Li", languages=["mandarin"])
    where = link(tie.kin_id, who)
    phone = browser(None)
    answers = {
        "way_call": "yes",
        "way_letter": "no",
        "part": "evening",
        "days": ["5", "6"],
        "language": "english",
        "topics": ["religion"],
        "version": version(tie.kin_id),
    }
    phone.post(where, answers)
    person = db.session.get_one(Kin, tie.kin_id, populate_existing=True)
    assert (person.reach_from, person.reach_until) == (time(18), time(20))
    assert (person.reach_days, person.languages) == ([5, 6], ["english", "mandarin"])
    ways = {one.way: (one.consent, one.noted_by_id) for one in kin_queries.ways_of(person.id)}
    assert ways == {KinWay.CALL: (Consent.YES, None), KinWay.LETTER: (Consent.NO, None)}
    page = browser(who).get(f"/family/{person.id}")
    assert "on their own page" in page
    assert "Not about this: Religious words" in page
    assert "chose on their own page" in page
    late = phone.post(where, {**answers, "part": "morning"}, status=422)
    assert "We wrote something down for you in the meantime" in late, "nobody is overwritten"
    phone.post(where, {**answers, "topics": [], "version": version(tie.kin_id)})
    assert queries.said(person.id, TODAY).topics == frozenset()


def test_hard_days_are_left_quiet_from_then_on(app: Flask, browser: Open) -> None:
    who, patient = greta(), builders.patient()
    tie = kinship(patient)
    confirmed(patient, by=who)
    plan = opened(tie.id, who)
    later = TODAY + timedelta(days=30)
    with transaction():
        db.session.add(
            KeyDay(
                plan_id=plan.id,
                kind=DateKind.BIRTHDAY,
                day=later,
                nth=0,
                label="",
                stance=Stance.REACH_OUT,
            )
        )
    assert [one.day for one, _kin in plan_queries.key_days_ahead(later, later)] == [later]
    where = link(tie.kin_id, who)
    browser(None).post(where, {"topics": ["days"], "version": version(tie.kin_id)})
    day = db.session.scalars(select(KeyDay).where(KeyDay.day == later)).one()
    assert day.stance is Stance.QUIET
    assert plan_queries.key_days_ahead(later, later) == [], "nobody has to decide"
    for wanted, found in (("reach_out", Stance.QUIET), ("undecided", Stance.UNDECIDED)):
        browser(who).post(f"/grief-support/plans/{plan.id}/decide", {f"day-{day.id}": wanted})
        db.session.refresh(day)
        assert day.stance is found, "nobody reaches out on a day they want to be left alone"


def test_what_they_said_by_phone_stands_on_their_page_and_they_may_take_it_back(
    app: Flask, browser: Open
) -> None:
    who, patient = greta(), builders.patient()
    tie = kinship(patient, "Chen Li")
    confirmed(patient, by=who)
    plan = opened(tie.id, who)
    with transaction():
        found = plan_queries.plan_for(who, plan.id)
        calls.stop(found, reason="Not any more", by=who, now=builders.NOW, today=TODAY)
        kin.stop(
            kin_queries.kinship_for(who, patient.id, tie.kin_id),
            StopFacts(StopScope.WAY, way=KinWay.VISIT, asked_by="Her brother"),
            by=who,
            now=builders.NOW,
            today=TODAY,
        )
    where, phone = link(tie.kin_id, who), browser(None)
    assert "We do not contact you" in phone.get(where)
    for _twice in range(2):
        phone.post(f"{where}/again")
    left = kin_queries.standing_stops([tie.kin_id], TODAY)[tie.kin_id]
    assert [stop.asked_by for stop in left] == ["Her brother"], "only their own word is theirs"
    (task,) = tasks_from("support_plan", plan.id)
    assert "Chen Li would like to hear from us again" in task.words
    db.session.refresh(plan)
    assert plan.state == "declined", "nothing begins by itself"


def test_a_rest_holds_until_its_day_and_can_be_ended(app: Flask, browser: Open) -> None:
    who, patient = greta(), builders.patient()
    tie = kinship(patient)
    confirmed(patient, by=who)
    opened(tie.id, who)
    where, phone = link(tie.kin_id, who), browser(None)
    assert "Choose the last day" in phone.post(f"{where}/pause", status=422)
    phone.post(f"{where}/pause", {"until": "2026-12-20"})
    phone.post(f"{where}/pause", {"until": "2026-12-24"})
    assert "24 Dec 2026" in phone.get(where)
    assert due_names() == set()
    assert due_names(date(2026, 12, 25)), "the day after, they are there again"
    phone.post(f"{where}/again")
    assert due_names()
    assert len(queries.own_stops(tie.kin_id, TODAY)) == 0


def test_trap_07_who_wants_no_contact_says_it_for_themselves_alone(
    app: Flask, browser: Open
) -> None:
    who, patient = greta(), builders.patient()
    daughter, son = kinship(patient, "Chen Li"), kinship(patient, "Chen Guang")
    confirmed(patient, by=who)
    for one in (daughter, son):
        opened(one.id, who)
    both = due_names()
    assert both == {
        f"{name}: {way}" for name in ("Chen Li", "Chen Guang") for way in ("call", "card")
    }
    where, phone = link(son.kin_id, who), browser(None)
    assert "nobody asks why" in phone.get(f"{where}/no-contact")
    assert due_names() == both, "opening a page says nothing"
    phone.post(f"{where}/no-contact")
    phone.post(f"{where}/no-contact")  # the button pressed twice
    assert due_names() == {"Chen Li: call", "Chen Li: card"}
    (stop,) = queries.own_stops(son.kin_id, TODAY)
    assert (stop.kin_id, stop.asked_by, stop.set_by_id) == (son.kin_id, "", None)
    assert "We do not contact you" in phone.get(where)
    desk = browser(who)
    assert "On their own page" in desk.get(f"/family/{son.kin_id}")
    assert "No contact at all" not in desk.get(f"/family/{daughter.kin_id}")
    phone.post(f"{where}/again")
    assert due_names() == both


def test_trap_19_no_texts_by_their_own_page_is_not_refusing_care(app: Flask, browser: Open) -> None:
    who, patient = greta(), builders.patient()
    tie = kinship(patient, "Chen Li")
    confirmed(patient, by=who)
    plan = opened(tie.id, who)
    before = due_names()
    where = link(tie.kin_id, who)
    browser(None).post(where, {"way_text": "no", "version": version(tie.kin_id)})
    assert due_names() == before == {"Chen Li: call", "Chen Li: card"}
    with transaction():
        row = db.session.merge(queue_queries.queue("post", builders.NOW, CARDS_ARE_DUE).rows[0])
        row.way = Way.MESSAGE
    assert due_names() == {"Chen Li: call"}, "a text is what they do not want"
    db.session.refresh(plan)
    assert plan.state == "active"


def test_auditors_read_and_make_no_link(app: Flask, browser: Open) -> None:
    tie = kinship(builders.patient())
    desk = browser(builders.user("Aud Itor", Role.AUDITOR))
    page = desk.get(f"/family/{tie.kin_id}/page")
    assert "Make the link" not in page
    desk.post(f"/family/{tie.kin_id}/page/new", status=404)
