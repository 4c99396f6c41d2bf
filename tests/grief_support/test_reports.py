"""What the reports of grief support count, case by case, on both databases."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.grief_support.actions import calls, kin, plans
from hospice.grief_support.actions.calls import Talk
from hospice.grief_support.models import Screen, SupportPlan
from hospice.grief_support.queries import calls as queue
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.queries import report_plans, reports
from hospice.grief_support.queries.report_days import Period
from hospice.grief_support.rules.kin import KinWay, StopFacts, StopScope
from hospice.grief_support.rules.plans import Outcome, PlanState, Way
from hospice.grief_support.rules.reports import Due, Planned
from hospice.grief_support.rules.screens import Band
from tests import builders
from tests.conftest import Browser, Statements
from tests.grief_support.families import confirmed, follow_up, greta, kinship, opened, plan_of

NOW = builders.NOW  # Wednesday 25 November 2026, noon in Shanghai
TODAY = date(2026, 11, 25)
DIED = date(2026, 11, 18)  # the condolence call had its last day on the 21st
DAYS = "from=2026-11-01&to=2026-11-30"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), TODAY, builders.ZONE)
Open = Callable[[User | None], Browser]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.instant(day, time(hour, minute), builders.ZONE)


def tried(plan: SupportPlan, outcome: Outcome, when: datetime, by: User, **values: Any) -> None:
    with transaction():
        row = queue.follow_up_for(by, follow_up(plan, "condolence").id)
        day = clock.local(when, builders.ZONE).date()
        calls.record(row, Talk(outcome, **values), by=by, now=when, today=day)


def became(plan: SupportPlan, state: PlanState, when: datetime, by: User) -> None:
    with transaction():
        found = plan_queries.plan_for(by, plan.id)
        plans.become(found, state, reason="They said so", by=by, now=when, zone=builders.ZONE)


def test_every_follow_up_is_counted_as_what_it_was(either_app: Flask) -> None:
    cora, patient = builders.cora(), builders.patient()
    names = ("in time", "late", "undone", "put off", "paused", "resumed", "declined", "stopped")
    links = {name: kinship(patient, name.title()) for name in (*names, "named", "draft")}
    confirmed(patient, DIED, by=cora)
    plan = {name: opened(link.id, cora) for name, link in links.items() if name != "draft"}
    last = date(2026, 11, 21)
    # one minute before the day was over where the hospice is, and one minute after
    tried(plan["in time"], Outcome.TALKED, at(last, 23, 59), cora)
    tried(plan["late"], Outcome.NO_ANSWER, at(last, 12), cora)
    tried(plan["late"], Outcome.TALKED, at(last + timedelta(days=1), 0, 1), cora)
    # they named another time in time, and it was kept; or it is still to come
    for name, later in (("put off", at(last, 20)), ("named", at(TODAY, 20))):
        tried(plan[name], Outcome.NOT_NOW, at(last, 10), cora, callback_at=later)
    tried(plan["put off"], Outcome.TALKED, at(TODAY, 9), cora)
    became(plan["paused"], PlanState.PAUSED, at(last, 9), cora)
    became(plan["resumed"], PlanState.PAUSED, at(last - timedelta(days=2), 9), cora)
    became(plan["resumed"], PlanState.ACTIVE, at(last - timedelta(days=1), 9), cora)
    became(plan["declined"], PlanState.DECLINED, at(last, 9), cora)
    with transaction():
        stop = StopFacts(StopScope.WAY, way=KinWay.CALL)
        kin.stop(links["stopped"], stop, by=cora, now=at(DIED, 9), today=DIED)
    calls_due = next(row for row in reports.due(NOVEMBER) if row.way is Way.CALL)
    assert calls_due == Due(
        Way.CALL,
        due=6,
        in_time=2,  # and "put off": whoever names another time was rung in time
        late=1,
        undone=3,  # "undone", the pause that was over by then, and the draft
        left_out=4,  # paused, declined, stopped, and the time that is still to come
        drafts=1,
        talked=1,
        named_time=1,
        no_answer=1,
    )
    assert reports.due(Period(TODAY, TODAY, TODAY, builders.ZONE)) == [], "today is not over"


def test_calls_on_either_side_of_a_clock_change_are_counted_by_the_wall(either_app: Flask) -> None:
    """The day the clocks went back had 25 hours in New York: 23:30 of it is 04:30 of the next."""
    zone, cora, patient = "America/New_York", builders.cora(), builders.patient()
    links = [kinship(patient, name) for name in ("Before", "After")]
    confirmed(patient, date(2026, 10, 29), by=cora)  # the last day is Sunday 1 November
    rows = [follow_up(opened(link.id, cora), "condolence") for link in links]
    for row, hour in zip(rows, ((4, 30), (5, 30)), strict=True):
        with transaction():
            one = queue.follow_up_for(cora, row.id)
            when = datetime(2026, 11, 2, *hour, tzinfo=NOW.tzinfo)
            calls.record(one, Talk(Outcome.TALKED), by=cora, now=when, today=TODAY)
    (found,) = reports.due(Period(date(2026, 10, 1), date(2026, 11, 5), TODAY, zone))
    assert (found.due, found.in_time, found.late) == (2, 1, 1)


def test_the_first_long_call_has_thirty_five_days(either_app: Flask) -> None:
    cora, patient = builders.cora(), builders.patient()
    links = [kinship(patient, name) for name in ("Soon", "Late", "Never", "Declined", "Screened")]
    died = TODAY - timedelta(days=50)
    confirmed(patient, died, by=cora)
    found = [opened(link.id, cora) for link in links]
    with transaction():
        for plan, days in zip(found[:2], (35, 36), strict=True):
            db.session.get_one(SupportPlan, plan.id).assessed_on = died + timedelta(days=days)
    builders.save(
        Screen(
            plan_id=found[4].id,
            screened_on=died + timedelta(days=30),
            band=Band.LOW,
            scorer="Greta Grey",
            made_at=NOW,
        )
    )
    became(found[3], PlanState.DECLINED, at(died + timedelta(days=35), 12), cora)
    (row,) = reports.assessed(NOVEMBER)
    assert (row.tier, row.due, row.left_out) == (1, 4, 1)
    assert (row.in_time, row.late, row.undone) == (2, 1, 1), "by a call or by a screen"
    early = Period(died, died + timedelta(days=34), TODAY, builders.ZONE)
    assert reports.assessed(early) == []


def test_deaths_without_a_plan_and_plans_open_for_long(either_app: Flask) -> None:
    cora, ward, other = builders.cora(), builders.place(), builders.place()
    alone = builders.patient("Mr Alone", at=ward)
    unwanted, planned, long = (
        builders.patient(name, at=other) for name in ("Mr U", "Mr P", "Mr L")
    )
    no_contact = kinship(unwanted)
    with transaction():
        stop = StopFacts(StopScope.EVERYTHING)
        kin.stop(no_contact, stop, by=cora, now=NOW, today=TODAY)
    kept, waiting = kinship(planned, "Kept"), kinship(long, "Long")
    for one in (alone, unwanted, planned):
        confirmed(one, DIED, by=cora)
    confirmed(long, DIED, by=cora)
    opened(waiting.id, cora)
    with transaction():
        found = db.session.query(SupportPlan).filter_by(kinship_id=waiting.id).one()
        found.died_on = TODAY - timedelta(days=397)
    assert report_plans.planned(NOVEMBER) == Planned(4, no_family=1, no_plan=1, draft_waits=1)
    here = Period(NOVEMBER.first, NOVEMBER.last, TODAY, builders.ZONE, ward.id)
    assert report_plans.planned(here) == Planned(1, no_family=1)
    assert [one.patient for one in report_plans.unplanned(NOVEMBER)] == ["Mr Alone", "Mr U"]
    assert report_plans.open_long(NOVEMBER) == {PlanState.ACTIVE: 1}
    assert report_plans.open_long(here) == {}
    assert [one.kin for one in report_plans.longest_open(NOVEMBER)] == ["Long"]
    drafts = report_plans.drafts()
    assert drafts.count == 1
    assert [one.plan_id for one in drafts.oldest] == [plan_of(kept.id, cora).id]


def test_callers_stand_in_the_order_of_the_alphabet(either_app: Flask) -> None:
    patient = builders.patient()
    zoe, abel = builders.user("Zoe Zhu"), builders.user("Abel An")
    plan = opened(_confirmed_link(patient, zoe), zoe)
    for number in range(3):
        tried(plan, Outcome.NO_ANSWER, at(date(2026, 11, 20 + number), 10), zoe)
    later = at(TODAY, 20)
    tried(plan, Outcome.NOT_NOW, at(date(2026, 11, 23), 10), abel, callback_at=later)
    found = reports.callers(NOVEMBER)
    assert [(one.name, one.tries, one.talked, one.named_time) for one in found] == [
        ("Abel An", 1, 0, 1),
        ("Zoe Zhu", 3, 0, 0),
    ]


def _confirmed_link(patient: Any, by: User) -> int:
    link = kinship(patient)
    confirmed(patient, DIED, by=by)
    return link.id


def test_the_page_says_nothing_was_due_and_never_nought_per_cent(app: Flask, browser: Open) -> None:
    auditor = browser(builders.user("Ada Audits", Role.AUDITOR))
    page = auditor.get("/grief-support/reports")
    assert page.count("Nothing was due.") == 3
    assert "0 %" not in page
    assert "No plan is open for more than 396 days." in page
    browser(builders.vera()[0]).get("/grief-support/reports", status=404)
    auditor.get("/grief-support/reports/no-such/export", status=404)
    auditor.get("/grief-support/reports?from=x&to=0001-01-01&ward=%F0%9F%98%80&share=%00")


def test_a_name_never_runs_in_a_spreadsheet_and_is_not_shared(app: Flask, browser: Open) -> None:
    cora, patient = builders.cora(), builders.patient("=HYPERLINK(0)")
    confirmed(patient, DIED, by=cora)
    desk = browser(greta())
    table = desk.get(f"/grief-support/reports/unplanned/export?{DAYS}")
    assert "'=HYPERLINK(0)," in table
    shared = desk.get(f"/grief-support/reports/unplanned/export?{DAYS}&share=yes")
    assert "HYPERLINK" not in shared
    assert "–,0,0,0,–" in shared, "one death is a small number"
    assert "HYPERLINK" not in desk.get(f"/grief-support/reports?{DAYS}&share=yes")


def test_the_reports_ask_the_same_number_of_times(
    app: Flask, browser: Open, statements: Statements
) -> None:
    cora = builders.cora()
    desk, asked = browser(cora), []
    for number in (1, 9):
        patient = builders.patient(f"Mrs {number}")
        links = [kinship(patient, f"Kin {number} {one}") for one in range(number)]
        confirmed(patient, DIED, by=cora)
        for link in links:
            opened(link.id, cora)
        db.session.rollback()
        desk.get("/settings", status=404)  # the first page of a day is counted as one
        statements.seen.clear()
        desk.get(f"/grief-support/reports?{DAYS}")
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 12


def test_drafts_wait_on_the_first_pages_until_somebody_has_looked(
    app: Flask, browser: Open
) -> None:
    cora, patient = builders.cora(), builders.patient("Mrs Wang")
    first, second = kinship(patient, "Chen Li"), kinship(patient, "Chen Guang")
    confirmed(patient, DIED, by=cora)
    desk = browser(cora)
    for address in ("/today", "/grief-support"):
        assert "2 draft plans wait for somebody to look at them" in desk.get(address)
    opened(first.id, cora)
    assert "The oldest is for Chen Guang, about Mrs Wang" in desk.get("/today")
    opened(second.id, cora)
    for address in ("/today", "/grief-support"):
        assert "draft plan" not in desk.get(address)
