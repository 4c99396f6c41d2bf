"""Plans are drafted by a confirmed death, follow its date, and are carried out call by call."""

import threading
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import calls, deaths, kin, plans
from hospice.grief_support.actions.calls import Talk
from hospice.grief_support.actions.days import decide
from hospice.grief_support.actions.plans import Customs, PlanFacts
from hospice.grief_support.models import CareCall, Death, FollowUp, KeyDay, SupportPlan
from hospice.grief_support.queries import calls as queue_queries
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.rules.calling import Hours, Stance, is_good, next_good
from hospice.grief_support.rules.dates import DateKind
from hospice.grief_support.rules.deaths import DeathFacts, Known, ToldHow
from hospice.grief_support.rules.kin import KinWay, StopFacts, StopScope
from hospice.grief_support.rules.plans import FollowUpState, Outcome, PlanState
from hospice.tasks.models import Task
from tests import builders
from tests.conftest import Browser, Statements
from tests.grief_support.families import DIED, confirmed, follow_up, greta, kinship, opened, plan_of

NOW = builders.NOW  # Wednesday 25 November 2026, noon in Shanghai
TODAY = date(2026, 11, 25)
Open = Callable[[User | None], Browser]


def refused(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.kind for one in error.value.objections]


def facts(**values: object) -> PlanFacts:
    plain: dict[str, object] = {
        "tier": 1,
        "basis": "",
        "kinds_and_frequency": "",
        "goals": "",
        "owner_id": None,
        "review_on": None,
    }
    return PlanFacts(**{**plain, **values})  # type: ignore[arg-type]


def test_a_confirmed_death_drafts_a_plan_for_each_who_wants_one(either_app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    daughter, son = kinship(patient, "Chen Li"), kinship(patient, "Chen Guang")
    with transaction():
        kin.stop(son, StopFacts(StopScope.EVERYTHING), by=cora, now=NOW, today=TODAY)
    death = confirmed(patient, by=cora)
    made = queries.of_death(death.id)
    assert [(one.kinship_id, one.state, one.died_on) for one in made] == [
        (daughter.id, PlanState.DRAFT, DIED)
    ]
    rows = queries.follow_ups_of(made[0].id)
    assert [row.key for row in rows][:3] == ["condolence", "two_weeks_card", "assessment"]
    assert {day.kind for day in queries.key_days_of(made[0].id)} == {DateKind.ANNIVERSARY}


def test_trap_03_no_date_no_calendar(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, None, by=cora)
    plan = plan_of(link.id, cora)
    assert plan.died_on is None
    assert queries.follow_ups_of(plan.id) == []
    assert queries.key_days_of(plan.id) == []


def test_trap_04_a_corrected_date_moves_what_nobody_touched_and_says_so(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    death = confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    with transaction():
        row = queue_queries.follow_up_for(cora, follow_up(plan, "condolence").id)
        calls.record(row, Talk(Outcome.TALKED), by=cora, now=NOW, today=TODAY)
    before = {row.key: row.due_on for row in queries.follow_ups_of(plan.id)}
    with transaction():
        found = db.session.get_one(Death, death.id)
        db.session.refresh(found, ["patient"])
        db.session.refresh(found.patient, ["place"])
        again = DeathFacts(Known.DAY, DIED - timedelta(days=2), None, "Nurse Hu", ToldHow.PHONE)
        deaths.correct(found, again, reason="The ward looked again", by=cora, now=NOW)
    db.session.rollback()
    after = {row.key: row.due_on for row in queries.follow_ups_of(plan.id)}
    assert after.pop("condolence") == before.pop("condolence"), "what is done stays"
    assert {key: day + timedelta(days=2) for key, day in after.items()} == before
    assert plan_of(link.id, cora).died_on == DIED - timedelta(days=2)


def test_trap_05_a_mistaken_death_puts_its_plans_away(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    death = confirmed(patient, by=cora)
    with transaction():
        found = db.session.get_one(Death, death.id)
        db.session.refresh(found, ["patient"])
        db.session.refresh(found.patient, ["place"])
        deaths.undo(found, reason="Another Mrs Wang", apology=str, by=cora, now=NOW)
    plan = plan_of(link.id, cora)
    assert plan.state is PlanState.CLOSED
    assert queries.follow_ups_of(plan.id) == []
    assert queue_queries.queue("week", NOW, TODAY).counts["week"] == 0


def test_a_higher_tier_wants_its_reason_and_adds_calls(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = plan_of(link.id, cora)
    with transaction(), pytest.raises(Refused) as error:
        plans.change(plan, facts(tier=3), seen_version=plan.version, by=cora, now=NOW)
    assert refused(error) == ["no_basis"]
    plan = plan_of(link.id, cora)
    version = plan.version
    with transaction():
        more = facts(tier=3, basis="Lives alone, does not sleep")
        plans.change(plan, more, seen_version=version, by=cora, now=NOW)
    assert "clinician" in {row.key for row in queries.follow_ups_of(plan.id)}
    again = queries.plan_for(cora, plan.id)
    with transaction(), pytest.raises(Refused) as error:
        plans.change(again, facts(), seen_version=version, by=cora, now=NOW)
    assert refused(error) == ["stale"]


def test_the_days_of_a_family_need_their_word(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = plan_of(link.id, cora)
    kept = Customs(frozenset({DateKind.FIRST_SEVENTH, DateKind.ANNIVERSARY}))
    with transaction(), pytest.raises(Refused) as error:
        plans.keep_days(plan, kept, by=cora, now=NOW)
    assert refused(error) == ["not_agreed"]
    agreed = Customs(kept.kinds, birth_month=2, birth_day=30, agreed_words="Ms Chen, by phone")
    with transaction(), pytest.raises(Refused) as error:
        plans.keep_days(plan_of(link.id, cora), agreed, by=cora, now=NOW)
    assert refused(error) == ["birthday"]
    with transaction():
        plans.keep_days(
            plan_of(link.id, cora),
            Customs(kept.kinds, agreed_words="Ms Chen, by phone"),
            by=cora,
            now=NOW,
        )
    days = queries.key_days_of(plan.id)
    assert [(day.kind, day.day) for day in days] == [
        (DateKind.FIRST_SEVENTH, DIED + timedelta(days=6)),
        (DateKind.ANNIVERSARY, date(2027, 11, 20)),
    ]
    with transaction():
        found = queries.plan_for(cora, plan.id)
        assert decide(found, {days[0].id: Stance.QUIET}, by=cora, now=NOW, today=TODAY) == 1
    with transaction():  # another way of counting moves the day, and keeps what was decided
        exclusive = Customs(
            frozenset(DateKind), agreed_words="Ms Chen, by phone", counts_next_day=True
        )
        plans.keep_days(queries.plan_for(cora, plan.id), exclusive, by=cora, now=NOW)
    first = queries.key_days_of(plan.id)[0]
    assert (first.day, first.stance) == (DIED + timedelta(days=7), Stance.QUIET)


def test_trap_07_two_of_one_family_may_want_opposite_things(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    daughter, son = kinship(patient, "Chen Li"), kinship(patient, "Chen Guang")
    confirmed(patient, by=cora)
    for link in (daughter, son):
        opened(link.id, cora)
    assert queue_queries.queue("week", NOW, TODAY).counts["overdue"] == 2
    row = follow_up(plan_of(son.id, cora), "condolence")
    with transaction():
        again = queue_queries.follow_up_for(cora, row.id)
        calls.record(again, Talk(Outcome.STOP, words="Leave us"), by=cora, now=NOW, today=TODAY)
    found = queue_queries.queue("overdue", NOW, TODAY)
    assert [one.plan.kinship.kin.name for one in found.rows] == ["Chen Li"]
    assert plan_of(son.id, cora).state is PlanState.DECLINED
    assert plan_of(daughter.id, cora).state is PlanState.ACTIVE


def test_not_now_keeps_the_time_they_named(either_app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    later = NOW + timedelta(hours=3)
    with transaction():
        row = queue_queries.follow_up_for(cora, follow_up(plan, "condolence").id)
        talk = Talk(Outcome.NOT_NOW, callback_at=later)
        calls.record(row, talk, by=cora, now=NOW, today=TODAY)
    row = follow_up(plan, "condolence")
    assert (row.state, row.callback_at, row.ended_at) == (FollowUpState.CALLBACK, later, None)
    counts = queue_queries.queue("now", NOW, TODAY).counts
    assert (counts["now"], counts["callback"], counts["overdue"]) == (0, 1, 0)
    counts = queue_queries.queue("now", later, TODAY).counts
    assert (counts["now"], counts["callback"]) == (1, 0)


def test_two_taps_on_one_outcome_are_one_call(either_app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    number, who = follow_up(opened(link.id, cora), "condolence").id, cora.id
    db.session.rollback()
    refusals = []

    def tap() -> None:
        found = queue_queries.follow_up_for(db.session.get_one(User, who), number, locking=True)
        talk = Talk(Outcome.TALKED, words="Well")
        calls.record(found, talk, by=db.session.get_one(User, who), now=NOW, today=TODAY)

    def second() -> None:
        with either_app.app_context():
            try:
                with transaction():
                    tap()
            except Refused as refusal:
                refusals.append([one.kind for one in refusal.objections])
            db.session.remove()

    racing = threading.Thread(target=second)
    with transaction():
        tap()
        racing.start()
        racing.join(0.4)
    racing.join()
    assert refusals == [["settled"]]
    assert db.session.query(CareCall).count() == 1


def test_a_promise_is_a_task_that_closes_with_what_was_done(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    row = follow_up(plan, "condolence")
    talk = Talk(Outcome.TALKED, promise="Send the photograph")
    with transaction(), pytest.raises(Refused) as error:
        calls.record(queue_queries.follow_up_for(cora, row.id), talk, by=cora, now=NOW, today=TODAY)
    assert refused(error) == ["no_promise_day"]
    with transaction():
        talk = Talk(
            Outcome.TALKED, promise="Send the photograph", promise_on=TODAY + timedelta(days=2)
        )
        calls.record(queue_queries.follow_up_for(cora, row.id), talk, by=cora, now=NOW, today=TODAY)
    task = db.session.query(Task).one()
    assert (task.words, task.is_promise, task.about_kind) == (
        "Send the photograph",
        True,
        "support_plan",
    )
    with transaction(), pytest.raises(Refused) as error:  # the button pressed twice
        calls.record(queue_queries.follow_up_for(cora, row.id), talk, by=cora, now=NOW, today=TODAY)
    assert refused(error) == ["settled"]


def test_trap_13_good_to_call_goes_by_their_clock_and_their_days(either_app: Flask) -> None:
    cora, patient = builders.cora(), builders.patient()
    near = kinship(patient, "Zhou Min", reach_from=time(10), reach_until=time(13))
    late = kinship(patient, "Guo Jun", reach_from=time(14))
    away = kinship(patient, "Ellen Park", timezone="America/Toronto")  # 23:00 there
    quiet = kinship(patient, "Shi Yuan")
    weekend = kinship(patient, "Tan Wei", reach_days=[5, 6])
    child = kinship(patient, "Little Wang", is_minor=True)
    confirmed(patient, by=cora)
    for link in (near, late, away, quiet, weekend, child):
        opened(link.id, cora)
    with transaction():
        plan = plan_of(quiet.id, cora)
        db.session.add(KeyDay(plan_id=plan.id, kind=DateKind.BIRTHDAY, day=TODAY, nth=0, label=""))
    found = queue_queries.queue("now", NOW, TODAY)
    assert [row.plan.kinship.kin.name for row in found.rows] == ["Zhou Min"]
    assert [row.plan.kinship.kin.name for row in found.later] == ["Guo Jun"]
    names = {row.plan.kinship.kin.name for row in queue_queries.queue("overdue", NOW, TODAY).rows}
    assert names == {"Zhou Min", "Guo Jun", "Ellen Park", "Shi Yuan", "Tan Wei"}, (
        "a child without a guardian is not called at all"
    )


def test_hours_are_theirs() -> None:
    toronto = Hours("America/Toronto", days=[0, 1, 2, 3, 4], starts=time(18), ends=time(20))
    monday = clock.instant(date(2026, 11, 23), time(18, 30), "America/Toronto")
    assert is_good(toronto, monday, frozenset())
    assert not is_good(toronto, monday, frozenset({date(2026, 11, 23)}))
    assert not is_good(toronto, monday - timedelta(days=1), frozenset())
    friday = clock.instant(date(2026, 11, 27), time(21), "America/Toronto")
    expected = clock.instant(date(2026, 11, 30), time(18), "America/Toronto")
    assert next_good(toronto, friday, frozenset()) == expected
    always = frozenset(date(2026, 11, 1) + timedelta(days=number) for number in range(90))
    assert next_good(toronto, friday, always) is None


def test_trap_19_a_plan_is_not_closed_after_one_unanswered_call(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    with transaction():
        row = queue_queries.follow_up_for(cora, follow_up(plan, "condolence").id)
        calls.record(row, Talk(Outcome.NO_ANSWER), by=cora, now=NOW, today=TODAY)
    with transaction(), pytest.raises(Refused) as error:
        plans.become(
            queries.plan_for(cora, plan.id),
            PlanState.UNREACHABLE,
            reason="One call",
            by=cora,
            now=NOW,
            zone=builders.ZONE,
        )
    assert refused(error) == ["too_few_tries", "one_way_only", "same_time_only"]
    assert plan_of(link.id, cora).state is PlanState.ACTIVE


def test_who_wants_no_texts_is_still_called(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan, desk = opened(link.id, cora), browser(cora)
    call = f"/grief-support/calls/{follow_up(plan, 'condolence').id}"
    no_texts = StopFacts(StopScope.WAY, way=KinWay.TEXT)
    with transaction():
        kin.stop(link, no_texts, by=cora, now=clock.now(), today=TODAY)
    page = desk.get(call)
    assert "Not in this way" in page
    assert f"{call}/talked" in page
    assert queries.key_days_ahead(DIED, DIED + timedelta(days=400))
    no_calls = StopFacts(StopScope.EVERYTHING)
    with transaction():
        kin.stop(link, no_calls, by=cora, now=clock.now(), today=TODAY)
    page = desk.get(call)
    assert f"{call}/talked" not in page
    assert "First ask" not in page
    assert queries.key_days_ahead(DIED, DIED + timedelta(days=400)) == []


def test_a_child_is_reached_through_the_guardian_alone(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    mother = kinship(patient, "Chen Li", phone="130 5555 0111")
    child = kinship(
        patient, "Chen Xiao", is_minor=True, guardian_id=mother.kin_id, phone="130 5555 0222"
    )
    confirmed(patient, by=cora)
    plan = opened(child.id, cora)
    page = browser(cora).get(f"/grief-support/calls/{follow_up(plan, 'condolence').id}")
    assert "tel:13055550111" in page
    assert "0222" not in page
    with transaction():
        kin.stop(mother, StopFacts(StopScope.EVERYTHING), by=cora, now=NOW, today=TODAY)
    assert queue_queries.queue("overdue", NOW, TODAY).rows == []


def test_a_worry_stands_in_the_queue_until_someone_has_looked_after_them(app: Flask) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    for _again in range(2):
        with transaction():
            calls.worry(
                queries.plan_for(cora, plan.id),
                "Does not eat",
                task_words="Call Chen Li today",
                by=cora,
                now=NOW,
                today=TODAY,
            )
    assert db.session.query(Task).count() == 1
    found = queue_queries.queue("counsellor", NOW, TODAY)
    assert [row.plan_id for row in found.rows] == [plan.id]
    with transaction():
        calls.look_after(queries.plan_for(cora, plan.id), "Talked for an hour", by=cora, now=NOW)
    assert queue_queries.queue("counsellor", NOW, TODAY).rows == []


def test_the_queue_asks_the_same_number_of_times(app: Flask, statements: Statements) -> None:
    cora = builders.cora()
    asked = []
    for number in (1, 12):
        patient = builders.patient(f"Mrs {number}")
        links = [kinship(patient, f"Kin {number} {one}") for one in range(number)]
        confirmed(patient, by=builders.user(f"Author {number}"))
        for link in links:
            opened(link.id, cora)
        db.session.rollback()
        statements.seen.clear()
        queue_queries.queue("overdue", NOW, TODAY)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_greta_follows_a_daughter_from_the_queue(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient, reach_from=time(0), reach_until=time(23, 59))
    today = clock.local(clock.now(), builders.ZONE).date()
    confirmed(patient, today - timedelta(days=2), by=cora)
    plan = plan_of(link.id, cora)
    page = browser(greta())
    page.post(f"/grief-support/plans/{plan.id}/state", {"state": "accepted"})
    assert "Chen Li" in page.get("/grief-support/plans")
    row = follow_up(plan, "condolence")
    call = f"/grief-support/calls/{row.id}"
    assert "“Is this a good time to talk?”" in page.get(call)
    assert "Chen Li" in page.get("/grief-support?show=week")
    refused_page = page.post(f"{call}/not-now", {"day": "2020-01-01", "time": "10:00"}, status=422)
    assert "Choose a day and time to come" in refused_page
    page.post(f"{call}/talked", {"words": "She sleeps a little", "minutes": "12"})
    shown = page.get(f"/grief-support/plans/{plan.id}")
    assert "She sleeps a little" in shown
    assert plan_of(link.id, cora).state is PlanState.ACTIVE, "the first talk begins it"
    page.post(f"/grief-support/plans/{plan.id}/state", {"state": "paused"}, status=422)
    page.post(f"/grief-support/plans/{plan.id}/state", {"state": "paused", "reason": "Travels"})
    assert plan_of(link.id, cora).state is PlanState.PAUSED


def test_plans_are_not_everybodys(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = plan_of(link.id, cora)
    vera, _volunteer = builders.vera()
    page = browser(vera)
    for address in ("/grief-support", "/grief-support/plans", f"/grief-support/plans/{plan.id}"):
        page.get(address, status=404)
    assert db.session.query(SupportPlan).count() == 1
    assert db.session.query(FollowUp).filter(FollowUp.tries > 0).count() == 0
