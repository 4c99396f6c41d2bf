"""Nobody is called or written to at a bad time: by their clock, their zone and their days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from flask import Flask

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.grief_support.actions import plans
from hospice.grief_support.actions.plans import Customs
from hospice.grief_support.models import Death, KeyDay, SupportPlan, WayOf
from hospice.grief_support.notices import follow_ups as notices
from hospice.grief_support.queries import calls as queue
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.queries.quiet import quiet_days
from hospice.grief_support.rules.calling import Hours, Stance, next_call, next_good
from hospice.grief_support.rules.dates import DateKind
from hospice.grief_support.rules.kin import Consent, KinWay
from hospice.grief_support.words.plans import call_hours, missed_words, next_call_words
from hospice.reminders.rules.wishes import Wishes
from tests import builders
from tests.conftest import Browser
from tests.grief_support.families import DIED, confirmed, follow_up, greta, kinship, opened

NOW = builders.NOW  # Wednesday 25 November 2026, noon in Shanghai
TODAY = date(2026, 11, 25)
TORONTO = "America/Toronto"
SEVENTH = date(2026, 11, 26)  # 头七 of someone who died on the 20th
Open = Callable[[User | None], Browser]


def names(tab: str, now: datetime) -> list[str]:
    day = clock.local(now, builders.ZONE).date()
    return [row.plan.kinship.kin.name for row in queue.queue(tab, now, day).rows]


def test_trap_13_not_at_three_in_the_morning_where_they_live(either_app: Flask) -> None:
    cora, patient = builders.cora(), builders.patient()
    away = kinship(patient, "Ellen Park", timezone=TORONTO)
    confirmed(patient, by=cora)
    plan = opened(away.id, cora)
    night = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai, 03:00 in Toronto
    assert names("now", night) == []
    assert names("overdue", night) == ["Ellen Park"]
    there = Hours(TORONTO)
    morning = next_call(there, night, frozenset(), opens_on=DIED)
    assert morning is not None
    assert morning == datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
    assert names("now", morning) == ["Ellen Park"]
    with either_app.test_request_context():
        assert call_hours(there, night) == "It is outside their hours."
        words = next_call_words(plan.kinship.kin, morning, night, builders.ZONE)
        assert words == "today 22:00 · 09:00, Toronto time"
        later = next_call_words(plan.kinship.kin, morning, night - timedelta(days=3), builders.ZONE)
        assert later.startswith("Wed 25 Nov 22:00")
    # before the first of its days nobody calls, and the time they named goes before all hours
    tomorrow = next_call(there, morning, frozenset(), opens_on=date(2026, 11, 27))
    assert tomorrow == datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
    named = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    assert next_call(there, night, frozenset(), opens_on=DIED, callback_at=named) == named


def test_trap_13_a_child_is_called_in_the_hours_of_the_guardian(either_app: Flask) -> None:
    cora, patient = builders.cora(), builders.patient()
    mother = kinship(patient, "Ellen Park", timezone=TORONTO)
    child = kinship(patient, "Bo Park", is_minor=True, guardian_id=mother.kin_id)
    confirmed(patient, by=cora)
    plan = opened(child.id, cora)
    night = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai, 03:00 in Toronto
    assert names("now", night) == []
    assert names("now", datetime(2026, 11, 25, 14, 0, tzinfo=UTC)) == ["Bo Park"]
    with transaction():
        db.session.add(WayOf(kin_id=mother.kin_id, way=KinWay.CALL, rank=1, consent=Consent.NO))
    row = follow_up(plan, "assessment")
    page = Browser(either_app).sign_in(cora).get(f"/grief-support/calls/{row.id}")
    assert "How did it go?" not in page, "the guardian wants no calls"


def test_trap_13_not_on_the_seventh_day_in_the_queue_nor_by_message(either_app: Flask) -> None:
    cora, patient, who = builders.cora(), builders.patient(), greta()
    link = kinship(patient, "Zhou Min")
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    with transaction():
        found = queries.plan_for(cora, plan.id)
        kept = Customs(frozenset({DateKind.FIRST_SEVENTH}), agreed_words="By phone")
        plans.keep_days(found, kept, by=cora, now=NOW)
        found.owner_id = who.id
    noon = clock.instant(SEVENTH, time(12), builders.ZONE)
    assert names("now", NOW) == ["Zhou Min"]
    assert names("now", noon) == [], "their 头七"
    quiet = quiet_days([link.kin_id], TODAY, SEVENTH + timedelta(days=5))[link.kin_id]
    assert quiet == {SEVENTH}
    with either_app.test_request_context():
        assert call_hours(Hours(builders.ZONE), noon, quiet) == "Today is a day to leave quiet."
    morning = next_call(Hours(builders.ZONE), noon, quiet, opens_on=DIED)
    assert morning == clock.instant(SEVENTH + timedelta(days=1), time(9), builders.ZONE)
    # a follow-up whose last day is the day after: nobody is asked to call on the day itself
    row = follow_up(plan, "two_weeks_card")
    with transaction():
        again = queue.follow_up_for(cora, row.id)
        again.opens_on, again.due_on = SEVENTH, SEVENTH + timedelta(days=1)
    about = f"follow_up:{row.id}"
    assert about not in {one.about for one in notices.due(noon)}
    after = [one for one in notices.due(noon + timedelta(hours=22)) if one.about == about]
    assert len(after) == 1
    # and whoever is asked is not woken where they are
    abroad = replace(after[0], wishes=Wishes(zone=TORONTO), send_before=noon + timedelta(days=9))
    night = clock.instant(date(2026, 11, 28), time(3), TORONTO)
    assert abroad.goes_at(night) == clock.instant(date(2026, 11, 28), time(9), TORONTO)
    # the family would like to hear from us on that day: then it is as any other
    with transaction():
        day = db.session.query(KeyDay).filter_by(day=SEVENTH).one()
        day.stance = Stance.REACH_OUT
    assert names("now", noon) == ["Zhou Min"]
    assert about in {one.about for one in notices.due(noon)}


def test_trap_12_hours_of_families_abroad_keep_to_their_wall_clock(either_app: Flask) -> None:
    """New York leaves daylight saving on 1 November 2026; Shanghai has none."""
    cora, patient = builders.cora(), builders.patient()
    york = kinship(patient, "Ann York", timezone="America/New_York", reach_from=time(9))
    sunday = kinship(patient, "Sun Day", timezone="America/New_York", reach_days=[6])
    confirmed(patient, date(2026, 10, 29), by=cora)
    for link in (york, sunday):
        opened(link.id, cora)
    assert "Ann York" in names("now", datetime(2026, 10, 31, 13, 30, tzinfo=UTC)), "09:30 there"
    assert "Ann York" not in names("now", datetime(2026, 11, 1, 13, 30, tzinfo=UTC)), "08:30 there"
    assert "Ann York" in names("now", datetime(2026, 11, 1, 14, 0, tzinfo=UTC)), "09:00 there"
    # Monday 08:00 in Shanghai is still Sunday evening there
    assert "Sun Day" in names("now", datetime(2026, 11, 2, 0, 0, tzinfo=UTC))
    assert "Sun Day" not in names("now", datetime(2026, 10, 31, 14, 0, tzinfo=UTC)), "Saturday"


def test_trap_12_the_next_good_time_over_both_changes() -> None:
    evening = Hours("America/New_York", starts=time(18), ends=time(20))
    before = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)  # 19:00: good; an hour later no more
    assert next_good(evening, before, frozenset()) == before
    late = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)  # 20:30 of the 31st
    assert next_good(evening, late, frozenset()) == datetime(2026, 11, 1, 23, 0, tzinfo=UTC)
    spring = datetime(2027, 3, 14, 1, 0, tzinfo=UTC)  # 20:00 of the 13th, the last winter evening
    assert next_good(evening, spring, frozenset()) == datetime(2027, 3, 14, 22, 0, tzinfo=UTC)
    # an hour that the clocks skip: it opens when they have moved on
    early = Hours("America/New_York", starts=time(2, 30), ends=time(4))
    night = datetime(2027, 3, 14, 5, 0, tzinfo=UTC)
    assert next_good(early, night, frozenset()) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)


def test_an_empty_queue_says_who_is_next(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    # never today, whatever the hour: tomorrow, or the day after
    soon = clock.local(clock.now(), builders.ZONE) + timedelta(hours=26)
    link = kinship(patient, "Chen Li", reach_days=[soon.weekday()])
    confirmed(patient, by=cora)
    opened(link.id, cora)
    page = browser(cora).get("/grief-support")
    assert "No calls are good right now." in page
    assert "Next: <a" in page
    assert "Chen Li</a>, " in page


def test_what_was_missed_is_marked_while_the_plan_is_open(app: Flask, browser: Open) -> None:
    patient, cora = builders.patient(), builders.cora()
    link = kinship(patient)
    death = confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    row = follow_up(plan, "six_months_review")
    with app.test_request_context():
        assert missed_words(row, plan, row.due_on) == ""
        assert missed_words(row, plan, row.due_on + timedelta(days=1)) == "Missed"
    with transaction():
        db.session.get_one(SupportPlan, plan.id).review_on = date(2026, 11, 21)
    desk = browser(cora)
    assert "Missed. Look at the plan together" in desk.get(f"/grief-support/plans/{plan.id}")
    with transaction():
        db.session.get_one(Death, death.id).undone_at = NOW
    for name in ("edit", "days"):
        desk.get(f"/grief-support/plans/{plan.id}/{name}", status=302)
    assert "can only be read" in desk.get(f"/grief-support/plans/{plan.id}")


def test_a_loss_of_ones_own_stands_under_volunteers(app: Flask, browser: Open) -> None:
    vera = builders.volunteer("Vera Vance")
    page = browser(builders.cora()).get(f"/volunteers/{vera.id}/loss")
    assert 'href="/volunteers" aria-current="page"' in page
