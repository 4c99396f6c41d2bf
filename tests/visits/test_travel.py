"""Travel is in neither part of a ratio: no hour of it is kept, summed or shown."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from hospice.accounts.models import User
from hospice.attendance.rules import Came, objections
from hospice.core import clock
from hospice.core.db import db
from hospice.shifts.rules.states import Category
from hospice.visits.queries.hours import counted_minutes, hours_by_person, minutes_given
from tests import builders
from tests.attendance.test_rules import END, MINUTE, PLACE, START
from tests.conftest import Browser
from tests.visits.stories import DAY, HOUR, now, shift_in, told
from tests.visits.test_hours import came

Open = Callable[[User | None], Browser]
TRAVEL = ("travel", "mileage", "drive", "driving", "journey", "commute")


def test_trap_16_the_way_there_is_refused_where_hours_are_entered() -> None:
    def entered(arrived_before: timedelta) -> list[str]:
        arrived = START - arrived_before
        return [one.kind for one in objections(PLACE, Came.YES, arrived, END, now=END + MINUTE)]

    assert entered(timedelta(hours=2)) == [], "whoever comes early to sit with someone is there"
    assert entered(timedelta(hours=2, minutes=1)) == ["on_the_way"]


def test_trap_16_hours_are_presence_alone_in_every_sum(either_app: Flask) -> None:
    """A certificate counts minutes of service alone, and paid hours hold no travel either."""
    vera, ward = builders.volunteer(), builders.place()
    shift = shift_in(ward, -5 * HOUR)
    came(told(shift, vera), shift, -10, 20)  # ten minutes early, twenty minutes longer
    meeting = shift_in(ward, -9 * HOUR, HOUR, category=Category.NOT_COUNTED)
    came(told(meeting, vera), meeting)
    day = now() - DAY
    first, last = day.date() - DAY, day.date() + 3 * DAY
    (person,) = hours_by_person(first, last, now())
    assert (person.direct, person.counted, person.not_counted) == (210, 210, 60)
    assert counted_minutes(first, last) == 210
    assert minutes_given(vera.id, shift.local_day.year) == 210
    kept = {column.name for table in db.metadata.tables.values() for column in table.columns}
    assert not [name for name in kept if any(word in name for word in TRAVEL)], (
        "a column that holds travel must be kept out of both parts, and of certificates"
    )


def test_whoever_enters_the_way_there_is_asked_again(app: Flask, browser: Open) -> None:
    cora, ward = builders.cora(), builders.place()
    shift = shift_in(ward, -30 * HOUR)
    one = told(shift, builders.volunteer(places=[ward]))
    desk = browser(cora)
    page = desk.get(f"/attendance/{one.id}")
    assert "The way there and back is not counted." in page
    times = [clock.local(at, ward.timezone) for at in (shift.starts_at - 3 * HOUR, shift.ends_at)]
    entered = {"came": "yes", "arrived": f"{times[0]:%H:%M}", "left": f"{times[1]:%H:%M}"}
    refused = desk.post(f"/attendance/{one.id}", entered, status=422)
    assert "Enter when they were there. The way there is not counted" in refused
