"""Lead times of a weekly shift: how long before its dates people hear of them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.reminders.rules import Kind
from hospice.shifts.actions.changing import change_following
from hospice.shifts.models import WeeklyShift
from hospice.shifts.queries import mine
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.states import AssignmentState, ShiftState, ToldKind
from hospice.shifts.rules.telling import (
    Leads,
    Occasion,
    Person,
    Telling,
    Window,
    lead_objections,
    morning_window,
    not_confirmed_window,
    two_days_window,
)
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.reminders.test_views import Open
from tests.shifts.due import at, change, kinds, say, told


def telling(leads: Leads) -> Telling:
    """Someone who was told long ago of a shift on Sunday the 29th at 14:00."""
    return Telling(
        assignment_id=1,
        person=Person(1, "Vera", "v@example.org", "en", "", VolunteerState.ACTIVE),
        occasion=Occasion(
            1, at(29, 14), at(29, 17), "Ward 1", "", "Asia/Shanghai", ShiftState.PLANNED, True, None
        ),
        state=AssignmentState.WAITING,
        told_kind=ToldKind.NEW,
        told_at=datetime(2026, 10, 1, tzinfo=UTC),
        told_times=1,
        is_moved=False,
        answered_at=None,
        answered_by=None,
        is_covered=False,
        leads=leads,
    )


@pytest.mark.parametrize(
    ("leads", "asks", "reminds", "morning"),
    [
        (Leads(), (at(26, 9), at(27, 9)), (at(27, 9), at(29, 8)), at(29, 8)),
        (Leads(7, 1), (at(22, 9), at(28, 9)), (at(28, 9), at(29, 8)), at(29, 8)),
        # reminded early, asked late: both until the morning
        (Leads(1, 5), (at(28, 9), at(29, 8)), (at(24, 9), at(29, 8)), at(29, 8)),
        (Leads(0, 0, None), None, None, None),
        (Leads(3, 0), (at(26, 9), at(29, 8)), None, at(29, 8)),
        (Leads(3, 2, time(13)), (at(26, 9), at(27, 9)), (at(27, 9), at(29, 12)), at(29, 12)),
        (Leads(3, 2, time(6, 30)), (at(26, 9), at(27, 9)), (at(27, 9), at(29, 6, 30)), at(29, 6, 30)),
    ],
)  # fmt: skip
def test_each_lead_has_its_window(
    leads: Leads,
    asks: tuple[datetime, datetime] | None,
    reminds: tuple[datetime, datetime] | None,
    morning: datetime | None,
) -> None:
    one = telling(leads)
    assert not_confirmed_window(one) == (Window(*asks) if asks else None)
    assert two_days_window(one) == (Window(*reminds) if reminds else None)
    assert morning_window(one) == (Window(morning, at(29, 14)) if morning else None)


def test_asking_and_reminding_on_one_day_is_refused() -> None:
    assert [one.kind for one in lead_objections(Leads(2, 2))] == ["same_day"]
    assert lead_objections(Leads(0, 0)) == []


def test_a_long_lead_is_found_and_a_change_says_nothing_twice(either_app: Flask) -> None:
    ward = builders.place()
    weekly = builders.weekly_shift(ward, remind_days=10)
    shift = builders.shift(ward, weekly_shift_id=weekly.id, occurrence_on=at(29, 0).date())
    told(shift, builders.volunteer(), at(2, 12), state=AssignmentState.CONFIRMED)
    told(builders.shift(ward), builders.volunteer(), at(2, 12), state=AssignmentState.CONFIRMED)
    say(at(2, 12, 2))
    assert kinds(at(19, 8, 59)) == []
    assert kinds(at(19, 9)) == [Kind.TWO_DAYS]
    say(at(19, 9))
    change(weekly, remind_days=1)
    assert kinds(at(27, 9)) == [Kind.TWO_DAYS]  # the single shift's; the other heard of it
    say(at(27, 9))
    assert kinds(at(28, 9)) == []
    change(weekly, morning_at=None)
    assert kinds(at(29, 9)) == [Kind.MORNING]


def test_leads_are_changed_on_a_page_of_their_own(app: Flask, browser: Open) -> None:
    weekly = builders.weekly_shift()
    url = f"/weekly-shifts/{weekly.id}"
    cora = browser(builders.cora())
    assert "3 days before" in cora.get(url)
    typed = {"version": 1, "ask_days": "5", "remind_days": "5", "morning_at": "07:30"}
    page = cora.post(f"{url}/reminders", typed, status=422)
    assert "The reminder of that day asks already" in page
    cora.post(f"{url}/reminders", {**typed, "ask_days": "99"}, status=422)
    cora.post(f"{url}/reminders", {**typed, "remind_days": "0"})
    page = cora.get(url)
    for words in ("5 days before", "Not at all", "At 07:30", "changed when people hear of it"):
        assert words in page
    page = cora.post(f"{url}/reminders", {**typed, "ask_days": "2", "version": 1}, status=422)
    assert "Someone else changed this while you were writing" in page
    db.session.expire_all()
    kept = db.session.get_one(WeeklyShift, weekly.id)
    assert (kept.ask_days, kept.remind_days, kept.morning_at) == (5, 0, time(7, 30))


def test_what_follows_a_change_keeps_its_leads(app: Flask) -> None:
    weekly = builders.weekly_shift(ask_days=6, remind_days=5, morning_at=None)
    terms = replace(terms_of(weekly), wanted=3)
    with transaction():
        changed = change_following(
            weekly.id,
            occurrence_on=date(2026, 12, 6),
            terms=terms,
            days=0,
            seen_version=None,
            by=None,
            now=builders.NOW,
        )
        new = changed.weekly
        assert new is not None
        assert new.id != weekly.id
        assert (new.ask_days, new.remind_days, new.morning_at) == (6, 5, None)


def test_leads_are_said_where_a_weekly_shift_is_planned(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    cora = browser(builders.cora())
    page = cora.get("/weekly-shifts/new")
    for name, value in (("ask_days", "3"), ("remind_days", "2"), ("morning_at", "08:00")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    form = {
        "places": str(ward.id),
        "weekday": "6",
        "starts": "14:00",
        "ends": "17:00",
        "starts_on": "2026-11-29",
        "minimum": "1",
        "wanted": "2",
        "category": "direct",
    }
    same = {**form, "ask_days": "2", "remind_days": "2", "morning_at": "08:00"}
    assert 'id="ask_days-error"' in cora.post("/weekly-shifts/new", same, status=422)
    cora.post("/weekly-shifts/new", {**form, "ask_days": "5", "remind_days": "0", "morning_at": ""})
    made = db.session.scalars(select(WeeklyShift)).one()
    assert (made.ask_days, made.remind_days, made.morning_at) == (5, 0, None)


def test_open_shifts_are_those_where_a_volunteer_is_cleared(app: Flask) -> None:
    one, two = builders.place("Ward 1"), builders.place("Ward 2")
    vera = builders.volunteer(places=[one])
    here, _there = builders.shift(one, builders.SUNDAY), builders.shift(two, builders.SUNDAY)
    assert [found.id for found in mine.open_shifts(vera.id, builders.NOW)] == [here.id]
    nobody = builders.volunteer("Nora", places=[])
    assert mine.open_shifts(nobody.id, builders.NOW) == []
