"""An invitation is a follow-up of one person's plan; nobody is asked who must not be."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.gatherings.actions import gatherings as actions
from hospice.gatherings.actions import guests
from hospice.gatherings.models import Gathering, Guest
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.queries import mourners
from hospice.gatherings.rules import Answer
from hospice.grief_support.actions import deaths, kin, plans
from hospice.grief_support.actions.plans import PlanFacts
from hospice.grief_support.models import (
    CareCall,
    Death,
    Estranged,
    FollowUp,
    KeyDay,
    Kin,
    Letter,
    WayOf,
)
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.dates import DateKind
from hospice.grief_support.rules.kin import Consent, KinWay, StopFacts, StopScope
from hospice.grief_support.rules.letters import LetterKind
from hospice.grief_support.rules.plans import FollowUpState, Way
from tests import builders
from tests.builders import NOW
from tests.conftest import Browser, Statements
from tests.gatherings.ground import IN_THREE_WEEKS, TODAY, facts, fresh, memorial, told
from tests.grief_support.families import confirmed, greta, kinship, opened

TOLD = guests.Told("Winter tea", {"en": "on Sunday in the hall", "zh_Hans": "周日在大厅"})
Open = Callable[[User | None], Browser]


def invite(gathering: Gathering, *kin_ids: int, by: User, note: str = "") -> int:
    with transaction():
        again = queries.gathering_for(by, gathering.id)
        return guests.invite(
            again, kin_ids, quiet_note=note, told=TOLD, by=by, now=NOW, today=TODAY
        )


def guest_of(gathering: Gathering, by: User) -> Guest:
    db.session.rollback()
    row = db.session.query(Guest.id).filter_by(gathering_id=gathering.id).one()
    return queries.guest_for(by, gathering.id, row[0])


def refused(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.kind for one in error.value.objections]


def test_an_invitation_is_a_follow_up_of_their_own_plan(either_app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    tea = memorial(cora)
    assert invite(tea, link.kin_id, by=cora) == 1
    assert invite(tea, link.kin_id, by=cora) == 0, "asked once, not twice"
    one = guest_of(tea, cora)
    asked = one.follow_up
    assert asked is not None
    assert (asked.plan_id, asked.way, asked.state) == (plan.id, Way.CALL, FollowUpState.PLANNED)
    assert asked.due_on == IN_THREE_WEEKS - timedelta(days=7)
    # Another tier drops what nobody touched; whoever was asked by a person stays asked.
    with transaction():
        more = PlanFacts(2, "Lives alone", "", "", None, None)
        again = plan_queries.plan_for(cora, plan.id)
        plans.change(again, more, seen_version=again.version, by=cora, now=NOW)
    assert db.session.get(FollowUp, asked.id) is not None
    with transaction():
        one = queries.guest_for(cora, tea.id, one.id, locking=True)
        guests.answer(one, Answer.COMES, others=2, by=cora, now=NOW, today=TODAY)
    one = guest_of(tea, cora)
    assert (one.answer, one.others, one.follow_up and one.follow_up.state) == (
        Answer.COMES,
        2,
        FollowUpState.DONE,
    )
    assert db.session.query(CareCall).filter_by(follow_up_id=asked.id).count() == 1


def test_an_invitation_that_waits_says_the_day_and_place_as_they_are_now(
    app: Flask, browser: Open
) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    opened(link.id, cora)
    tea = memorial(cora)
    desk = browser(cora)
    where = f"/grief-support/gatherings/{tea.id}"
    desk.post(f"{where}/invite", {"kin": [str(link.kin_id)]})
    asked = guest_of(tea, cora).follow_up
    assert asked is not None
    assert "Wednesday 16 December" in asked.purpose
    moved = {
        "title": "Advent tea",
        "day": "2026-12-18",
        "starts": "14:00",
        "ends": "16:00",
        "where_words": "Chapel",
        "religious": "no",
        "version": str(tea.version),
    }
    desk.post(f"{where}/edit", moved)
    asked = guest_of(tea, cora).follow_up
    assert asked is not None
    assert "Friday 18 December" in asked.purpose
    assert "Chapel" in asked.purpose
    assert "16 December" not in asked.purpose
    named = {**moved, "title": "New Year tea", "version": str(fresh(tea.id, cora).version)}
    desk.post(f"{where}/edit", named)
    asked = guest_of(tea, cora).follow_up
    assert asked is not None
    assert "New Year tea" in asked.purpose


def test_nobody_is_asked_who_must_not_be_however_the_form_comes(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    stopped, child, draft = (kinship(patient, name) for name in ("Li One", "Li Two", "Li Three"))
    confirmed(patient, by=cora)
    with transaction():
        db.session.get_one(Kin, child.kin_id).is_minor = True
        facts_ = StopFacts(StopScope.EVERYTHING)
        db.session.refresh(stopped, ["kin"])
        kin.stop(stopped, facts_, by=cora, now=NOW, today=TODAY)
    opened(child.id, cora)
    tea = memorial(cora)
    db.session.rollback()
    found = {one.kin.id: one for one in mourners.of_period(fresh(tea.id, cora), TODAY)}
    reasons = {kin_id: [why.kind for why in one.reasons] for kin_id, one in found.items()}
    assert reasons[stopped.kin_id] == ["stopped"]
    assert reasons[child.kin_id] == ["needs_guardian"]
    assert reasons[draft.kin_id] == ["plan"]
    for link in (stopped, child, draft):
        with pytest.raises(Refused) as error:
            invite(tea, link.kin_id, by=cora)
        assert refused(error) == ["left_out"]
    assert db.session.query(Guest).count() == 0


def test_a_day_that_a_family_keeps_quiet_needs_a_note(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    builders.save(KeyDay(plan_id=plan.id, kind=DateKind.BIRTHDAY, day=IN_THREE_WEEKS))
    tea = memorial(cora)
    with pytest.raises(Refused) as error:
        invite(tea, link.kin_id, by=cora)
    assert refused(error) == ["quiet"]
    assert invite(tea, link.kin_id, by=cora, note="She asked for it") == 1
    assert guest_of(tea, cora).quiet_note == "She asked for it"


def test_staff_see_who_does_not_speak_to_whom_and_who_changed_their_mind(
    app: Flask, browser: Open
) -> None:
    patient, cora = builders.patient(), builders.cora()
    first, second = kinship(patient, "Chen Li"), kinship(patient, "Chen Guang")
    builders.save(Estranged(first_id=first.kin_id, second_id=second.kin_id))
    confirmed(patient, by=cora)
    for link in (first, second):
        opened(link.id, cora)
    tea = memorial(cora)
    page = browser(greta()).get(f"/grief-support/gatherings/{tea.id}/invite")
    assert "Not on speaking terms with Chen Guang" in page
    invite(tea, first.kin_id, second.kin_id, by=cora)
    with transaction():
        db.session.refresh(second, ["kin"])
        kin.stop(second, StopFacts(StopScope.EVERYTHING), by=cora, now=NOW, today=TODAY)
    page = browser(greta()).get(f"/grief-support/gatherings/{tea.id}")
    assert "Not on speaking terms with Chen Li" in page
    assert page.count("Do not ask any more: Wants no contact") == 1


def test_a_death_taken_back_asks_nobody(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    death = confirmed(patient, by=cora)
    opened(link.id, cora)
    tea = memorial(cora)
    invite(tea, link.kin_id, by=cora)
    with transaction():
        found = db.session.get_one(Death, death.id)
        db.session.refresh(found, ["patient"])
        db.session.refresh(found.patient, ["place"])
        deaths.undo(found, reason="Another Mrs Wang", apology=str, by=cora, now=NOW)
    found_now = mourners.among([link.kin_id], fresh(tea.id, cora), TODAY)
    assert [why.kind for why in found_now[link.kin_id].reasons] == ["unconfirmed"]
    assert mourners.of_period(fresh(tea.id, cora), TODAY) == []


def test_an_invitation_by_letter_says_when_and_goes_back_when_that_moves(
    app: Flask, browser: Open
) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient, post_address="12 Willow Road, Shanghai", languages=["english"])
    builders.save(WayOf(kin_id=link.kin_id, way=KinWay.LETTER, rank=1, consent=Consent.YES))
    confirmed(patient, by=cora)
    opened(link.id, cora)
    tea, page = memorial(cora), browser(cora)
    page.post(f"/grief-support/gatherings/{tea.id}/invite", {"kin": str(link.kin_id)})
    row = guest_of(tea, cora).follow_up
    assert row is not None
    assert (row.way, row.state) == (Way.GATHERING, FollowUpState.PLANNED), "it goes by post"
    said = "Wednesday 16 December, 14:00–16:00, Garden hall"
    assert said in page.get(f"/grief-support/calls/{row.id}/letter"), "what a letter begins with"
    kept = {"kind": LetterKind.INVITATION, "language": "en", "changed_at": NOW}
    builders.save(Letter(follow_up_id=row.id, text=f"Dear Li,\n\n{said}", is_ready=True, **kept))
    moved = {"title": "Winter tea", "day": "2026-12-23", "starts": "14:00", "ends": "16:00"}
    rest = {"place": "0", "where_words": "Garden hall", "religious": "no", "lead": "0"}
    version = str(fresh(tea.id, cora).version)
    page.post(f"/grief-support/gatherings/{tea.id}/edit", {**moved, **rest, "version": version})
    again = guest_of(tea, cora).follow_up
    assert again is not None
    assert "Wednesday 23 December, 14:00–16:00, Garden hall" in again.purpose
    assert again.occasion["zh_Hans"].startswith("12月23日")
    (letter,) = db.session.query(Letter).all()
    assert not letter.is_ready, "it names the day that it was"


def test_a_gathering_called_off_leaves_out_what_is_still_to_be_said(
    app: Flask, browser: Open
) -> None:
    patient, cora = builders.patient(), builders.cora()
    link, written = kinship(patient), kinship(patient, "Chen Guang")
    confirmed(patient, by=cora)
    for each in (link, written):
        opened(each.id, cora)
    tea = memorial(cora)
    invite(tea, written.kin_id, by=cora)
    with transaction():  # the letter went out, and nobody has answered it
        sent = guest_of(tea, cora).follow_up
        assert sent is not None
        sent.tries, sent.state = 1, FollowUpState.DONE
    invite(tea, link.kin_id, by=cora)
    with transaction():
        actions.cancel(queries.gathering_for(cora, tea.id), "Snow", by=cora, now=NOW)
    page = browser(cora).get(f"/grief-support/gatherings/{tea.id}")
    told = page.partition("Tell these people too, they had the invitation:")[2]
    assert "Chen Guang" in told.partition("</ul>")[0]
    assert "tel:" in told.partition("</ul>")[0]
    with transaction():
        db.session.get_one(Kin, written.kin_id).is_minor = True
    page = browser(cora).get(f"/grief-support/gatherings/{tea.id}")
    told = page.partition("Tell these people too, they had the invitation:")[2]
    assert "tel:" not in told.partition("</ul>")[0], "nobody rings a child"
    assert "Chen Li" not in told.partition("</ul>")[0]
    by_name = queries.guests_of(tea.id)
    (one_id,) = (one.id for one in by_name if one.kin_id == link.kin_id)
    one = queries.guest_for(cora, tea.id, one_id)
    assert one.follow_up is not None
    assert one.follow_up.state is FollowUpState.SKIPPED
    with pytest.raises(Refused):
        guests.answer(one, Answer.COMES, by=cora, now=NOW, today=TODAY)


def test_another_time_marks_whoever_answered_before(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    opened(link.id, cora)
    tea = memorial(cora)
    invite(tea, link.kin_id, by=cora)
    with transaction():
        guests.answer(guest_of(tea, cora), Answer.COMES, by=cora, now=NOW, today=TODAY)
    with transaction():
        again = queries.gathering_for(cora, tea.id)
        later = facts(day=IN_THREE_WEEKS + timedelta(days=7))
        seen = again.version
        after = NOW + timedelta(hours=1)
        actions.change(again, later, seen_version=seen, by=cora, now=after)
    page = browser(greta()).get(f"/grief-support/gatherings/{tea.id}")
    assert "Answered before the time was changed" in page


def test_volunteers_are_asked_once_they_have_heard(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    account, vera = builders.vera()
    bo = builders.volunteer("Bo Berg")
    death = confirmed(patient, by=cora)
    told(death.id, vera.id, yes=True)
    told(death.id, bo.id, yes=False)
    tea = memorial(cora)
    found = {
        one.volunteer.id: [why.kind for why in one.reasons]
        for one in mourners.companions(fresh(tea.id, cora))
    }
    assert found == {vera.id: [], bo.id: ["not_told"]}
    staff = browser(cora)
    address = f"/grief-support/gatherings/{tea.id}/invite-volunteers"
    staff.post(address, {"volunteers": [str(bo.id)]}, status=422)
    staff.post(address, {"volunteers": [str(vera.id)]})
    asked = db.session.query(Guest).one()
    phone = browser(account)
    assert "You are invited to come together" in phone.get("/me")
    assert "Winter tea" in phone.get("/me/gatherings")
    phone.post(f"/me/gatherings/{asked.id}/answer", {"answer": "comes"})
    assert db.session.query(Guest.answer).scalar() is Answer.COMES
    assert "You are invited to come together" not in phone.get("/me")
    otto = browser(builders.otto())
    assert "Winter tea" not in otto.get("/me/gatherings")
    otto.post(f"/me/gatherings/{asked.id}/answer", {"answer": "not"}, status=404)


def test_the_page_asks_no_more_often_for_more_guests(
    app: Flask, browser: Open, statements: Statements
) -> None:
    cora = builders.cora()
    tea = memorial(cora)
    page = browser(greta())

    def ask(number: int) -> int:
        patient = builders.patient(f"Mrs {number}")
        link = kinship(patient, f"Guest {number}")
        confirmed(patient, by=cora)
        opened(link.id, cora)
        invite(tea, link.kin_id, by=cora)
        page.get(f"/grief-support/gatherings/{tea.id}")
        statements.seen.clear()
        page.get(f"/grief-support/gatherings/{tea.id}")
        return len(statements)

    ask(0)
    few = ask(1)
    for number in range(2, 6):
        many = ask(number)
    assert many == few
