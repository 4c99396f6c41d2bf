"""Calendars as programs read them, and the pages that give out their addresses."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from werkzeug.http import http_date

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.calendars import actions, queries
from hospice.calendars.models import CalendarFeed
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.patients.rules import PatientState
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.conftest import Browser
from tests.reminders.servers import change, told

Open = Callable[[User | None], Browser]
_ADDRESS = re.compile(r'value="http://localhost(/calendar/[\w-]+\.ics)"')


def day(ahead: int) -> date:
    """A day from today on."""
    return clock.today("UTC") + timedelta(days=ahead)


def events(text: str) -> list[Any]:
    """The events of a calendar."""
    return list(Calendar.from_ical(text).walk("VEVENT"))


def own_address(page: Browser) -> str:
    """A new address of one's own."""
    found = _ADDRESS.search(page.post("/me/calendar/new", status=200))
    assert found is not None
    return found[1]


def test_a_calendar_says_when_and_where_and_nobodys_name(app: Flask, browser: Open) -> None:
    account, vera = builders.vera(locale="zh_Hans")
    name = "安宁疗护中心志愿者服务部西区二号楼" * 4
    lisbon = builders.place(
        "Ward 1\r\nSUMMARY:no", address=f"{name}\u2028x", timezone="Europe/Lisbon"
    )
    patient = builders.patient("Canary-Wang", at=lisbon, condition="Canary-illness")
    made = {
        state: told(
            builders.shift(lisbon, day(number), patient_id=patient.id, briefing="Canary-briefing"),
            vera,
            told_at=clock.now() - timedelta(days=1),
        )
        for number, state in enumerate(
            (AssignmentState.WAITING, AssignmentState.CONFIRMED, AssignmentState.REMOVED), start=2
        )
    }
    for state, one in made.items():
        change(one, state=state)
    builders.shift(lisbon, day(3))  # of others
    page = browser(account)
    address = own_address(page)
    stranger = browser(None)
    answer = stranger.client.get(address)
    text = answer.get_data(as_text=True)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, max-age=600"
    assert "Canary" not in text
    assert max(len(line) for line in answer.data.split(b"\r\n")) <= 75
    found = events(text)
    assert [str(one["status"]) for one in found] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert [len(one.walk("VALARM")) for one in found] == [1, 1, 0]
    first = found[0]
    assert first["dtstart"].dt.hour == 14  # as the clocks there show it
    assert first["dtstart"].params["TZID"] == "Europe/Lisbon"
    assert name in str(first["location"])
    assert str(first["summary"]) == "您能来吗？Ward 1 SUMMARY:no"
    assert first.walk("VALARM")[0]["trigger"].dt == timedelta(hours=-2)
    assert len(Calendar.from_ical(text).walk("VTIMEZONE")) == 1
    file = page.get(f"/me/shifts/{made[AssignmentState.WAITING].shift_id}/calendar.ics")
    assert events(file)[0]["uid"] == first["uid"]


def test_each_change_shows_and_keeps_the_uid(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    shift = builders.shift(day=day(5))
    one = told(shift, vera, told_at=clock.now() - timedelta(days=2))
    address = own_address(browser(account))
    stranger = browser(None)

    def seen() -> tuple[str, str, int]:
        (event,) = events(stranger.get(address))
        return str(event["uid"]), str(event["status"]), int(event["sequence"])

    first = seen()
    answer = stranger.client.get(address)
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert stranger.client.get(address, headers=tag).status_code == 304
    change(one, state=AssignmentState.CONFIRMED, answered_at=clock.now() - timedelta(days=1))
    second = seen()
    assert stranger.client.get(address, headers=tag).status_code == 200
    later = shift.starts_at + timedelta(hours=1)
    change(shift, starts_at=later, ends_at=later + timedelta(hours=3))
    assert seen() == (second[0], second[1], second[2] + 1)  # not told yet: only the count moves
    (event,) = events(stranger.get(address))
    assert event["dtstart"].dt == later - timedelta(hours=1)
    change(one, told_starts_at=later, told_ends_at=shift.ends_at, told_at=clock.now())
    third = seen()
    change(shift, state=ShiftState.CANCELLED)
    fourth = seen()
    assert {one[0] for one in (first, second, third, fourth)} == {first[0]}
    assert [one[1] for one in (first, second, third, fourth)] == [
        "TENTATIVE",
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert first[2] < second[2] < third[2] < fourth[2]


def test_a_visit_to_someone_who_died_is_silently_gone(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    patient = builders.patient()
    told(builders.shift(day=day(5), patient_id=patient.id), vera)
    address = own_address(browser(account))
    answer = browser(None).client.get(address)
    assert len(events(answer.get_data(as_text=True))) == 1
    known = {"If-Modified-Since": answer.headers.get("Last-Modified") or http_date(clock.now())}
    change(patient, state=PatientState.DIED)
    # also for a program that asks only for what is newer: nothing in it is
    answer = browser(None).client.get(address, headers=known)
    assert answer.status_code == 200
    assert events(answer.get_data(as_text=True)) == []


def test_an_address_opens_nothing_once_it_ended_or_they_left(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    page, stranger = browser(account), browser(None)
    old = own_address(page)
    stranger.get(old)
    assert "A calendar last read it on" in page.get("/me/calendar")
    new = own_address(page)
    assert new != old
    stranger.get(old, status=404)
    assert new not in page.get("/me/calendar")  # it was shown once
    assert new.split("/")[-1][:-4] not in str(
        [one.token_hash for one in db.session.query(CalendarFeed)]
    )
    change(account, is_enabled=False)
    stranger.get(new, status=404)
    change(account, is_enabled=True)
    change(vera, state=VolunteerState.LEFT)
    stranger.get(new, status=404)
    change(vera, state=VolunteerState.ACTIVE)
    stranger.get(new)
    browser(account).post("/me/calendar/stop")
    stranger.get(new, status=404)
    stranger.client.post(new)
    for odd in ("x" * 200, "%00", "..%2f", "😀"):
        assert stranger.client.get(f"/calendar/{odd}.ics").status_code in {404, 400}


def test_whoever_guesses_is_stopped(app: Flask, browser: Open) -> None:
    stranger = browser(None)
    found = {stranger.client.get(f"/calendar/guess{n}.ics").status_code for n in range(52)}
    assert found == {404, 429}


def test_a_place_shows_how_many_come_and_names_nobody(either_app: Flask) -> None:
    cora = builders.cora()
    ward = builders.place("Ward 1")
    shift = builders.shift(ward, day(5), wanted=3)
    change(
        told(shift, builders.volunteer("Canary-Vera")),
        state=AssignmentState.CONFIRMED,
        answered_at=clock.now(),
    )
    told(shift, builders.volunteer("Canary-Otto"))
    builders.shift(builders.place("Ward 2"), day(5))
    with transaction():
        token = actions.renew_place(ward.id, by=cora, now=clock.now())
    page = Browser(either_app)
    text = page.get(f"/calendar/{token}.ics")
    (event,) = events(text)
    assert str(event["summary"]) == "Ward 1: 2 of 3 come"
    assert str(event["status"]) == "CONFIRMED"
    assert "Canary" not in text
    found = queries.place_feed(cora.id, ward.id)
    assert found is not None
    assert found.read_at is not None
    change(cora, role="auditor")
    page.get(f"/calendar/{token}.ics", status=404)


@pytest.mark.parametrize("path", ["/me/calendar", "/places/1/calendar"])
def test_the_pages_are_closed_to_others(app: Flask, browser: Open, path: str) -> None:
    builders.place()
    grief = builders.user("Greta", Role.GRIEF_SUPPORT)
    for what in ("", "/new", "/stop"):
        send = browser(grief).get if not what else browser(grief).post
        send(path + what, status=404)


def test_the_clocks_of_each_place_are_told(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    zones = ("Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai")
    starts = []
    for zone in zones:
        there = builders.place(timezone=zone)
        for ahead in (10, 170):  # in both halves of the year
            shift = builders.shift(there, day(ahead))
            told(shift, vera, told_at=clock.now())
            starts.append((shift.starts_at, zone))
    text = browser(None).get(own_address(browser(account)))
    found = [(one["dtstart"].dt, one["dtstart"].params["TZID"]) for one in events(text)]
    assert sorted(found) == sorted(starts)
    told_of = {str(one["tzid"]): len(one.walk("DAYLIGHT")) for one in _zones(text)}
    assert set(told_of) == set(zones)
    assert all((count > 0) is (zone != "Asia/Shanghai") for zone, count in told_of.items())


def _zones(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VTIMEZONE"))
