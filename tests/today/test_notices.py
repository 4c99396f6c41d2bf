"""Summaries for the office and thanks: once, at their hours, and only with something to say."""

from datetime import date, timedelta
from typing import Any

from flask import Flask

from hospice.attendance.models import Attendance
from hospice.attendance.rules import Came
from hospice.core.db import transaction
from hospice.reminders import actions as messages
from hospice.shifts.rules.states import AssignmentState
from hospice.today import notices
from hospice.today.notices import summaries
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.conftest import Statements
from tests.shifts.due import at


def given(who: Volunteer, day: date, hours: int) -> None:
    """A visit of some hours."""
    shift = builders.shift(day=day)
    one = builders.assignment(shift, who, AssignmentState.CONFIRMED, told_at=shift.starts_at)
    builders.save(
        Attendance(
            assignment_id=one.id,
            shift_id=shift.id,
            came=Came.YES,
            arrived_at=shift.starts_at,
            left_at=shift.starts_at + timedelta(hours=hours),
        )
    )


def keys(*moment: int) -> list[str]:
    """What is due at a moment, and from then on said."""
    now = at(*moment)
    found = list(notices.due(now))
    with transaction():
        messages.queue(found, now)
    return [one.key for one in found]


def test_a_hundred_hours_and_a_year_are_thanked_for_once(either_app: Flask) -> None:
    vera, otto, newer = (builders.volunteer(name) for name in ("Vera", "Otto", "New"))
    builders.volunteer("Year", joined_on=date(2025, 11, 24))
    builders.volunteer("Gone", joined_on=date(2025, 11, 24), state=VolunteerState.LEFT)
    given(vera, date(2026, 6, 7), 198)
    given(vera, date(2026, 11, 23), 3)
    given(otto, date(2026, 6, 7), 150)  # past a hundred for long
    given(otto, date(2026, 11, 23), 3)
    given(newer, date(2026, 11, 23), 3)
    assert keys(25, 9, 59) == []
    assert keys(25, 10) == [f"thanks:{newer.id + 1}:year", f"thanks:{vera.id}:hours:200"]
    assert keys(25, 10, 1) == []
    assert keys(26, 10) == []
    still = notices.still_due_of(
        [(f"volunteer:{vera.id}", f"thanks:{vera.id}:hours:200")], at(25, 11)
    )
    assert [one.facts["hours"] for one in still.values()] == [200]


def test_the_office_hears_of_a_day_only_where_there_is_something_to_say(
    either_app: Flask,
) -> None:
    cora = builders.cora()
    assert keys(25, 9) == []
    given(builders.volunteer(), date(2026, 11, 22), 3)
    builders.shift()  # on Sunday, with two open places
    assert keys(26, 4, 59) == []
    assert keys(26, 6) == [f"digest:{cora.id}:20261126"]
    assert keys(26, 9) == []
    assert keys(27, 11) == []  # the morning is over
    assert keys(27, 14) == [f"weekly:{cora.id}:20261127"]
    (week,) = summaries.still_due_of([("", f"weekly:{cora.id}:20261127")], at(27, 15)).values()
    assert week.facts["lines"] == [
        {"kind": "day", "day": "2026-11-29", "shifts": 1, "taken": 0, "wanted": 2},
        {"kind": "open", "count": 2, "first": "2026-11-29"},
        {"kind": "given", "count": 3},
    ]
    assert summaries.still_due_of([("", f"weekly:{cora.id}:20261127")], at(27, 20)) == {}


def test_an_idle_round_costs_almost_nothing(app: Flask, statements: Statements) -> None:
    builders.cora()
    statements.seen.clear()
    found: list[Any] = list(notices.due(at(25, 12)))
    assert found == []
    assert len(statements) <= 2
