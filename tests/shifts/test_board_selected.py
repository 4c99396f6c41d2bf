import re
from collections.abc import Callable
from datetime import time

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.volunteers.models import Availability
from hospice.volunteers.rules import DayPart
from tests import builders
from tests.conftest import Browser
from tests.shifts.sundays import fresh, series, sunday, told

Open = Callable[[User | None], Browser]
S = AssignmentState


@pytest.fixture
def ward(app: Flask) -> Place:
    return builders.place("Ward 1")


@pytest.fixture
def dates(ward: Place) -> list[Shift]:
    _weekly, found = series(ward, weeks=3)
    return found


def both(dates: list[Shift], **values: object) -> dict[str, object]:
    return {"shift": [dates[0].id, dates[1].id], "back": "/roster?view=list", **values}


def test_nothing_ticked_leads_back(browser: Open, app: Flask) -> None:
    cora = browser(builders.cora())
    back = cora.get("/roster/selected?back=/roster?view=list", status=302)
    assert "/roster?view=list" in back
    assert "Tick at least one shift." in cora.get("/roster?view=list")
    cora.get("/roster/selected?shift=x&shift=99999&shift=" + "9" * 30, status=302)


def test_one_person_is_placed_wherever_nothing_bars_it(
    browser: Open, ward: Place, dates: list[Shift]
) -> None:
    vera = builders.volunteer("Vera Vance", places=[ward])
    for name in ("Will", "Xu"):
        told(dates[1], builders.volunteer(name))  # full
    cora = browser(builders.cora())
    found = cora.get(f"/roster/selected?shift={dates[0].id}&shift={dates[1].id}&q=vera")
    assert "Can be placed on 1 of 2" in found
    back = cora.post("/roster/selected", both(dates, do="place", volunteer=vera.id))
    assert back == "/roster?view=list"
    assert "1 person was placed as a draft." in cora.get(back)
    rows = db.session.scalars(select(Assignment.shift_id).filter_by(volunteer_id=vera.id)).all()
    assert rows == [dates[0].id]


def test_hint_needs_a_reason_here_too(browser: Open, ward: Place, dates: list[Shift]) -> None:
    will = builders.volunteer("Will Wood", places=[ward])
    builders.save(Availability(volunteer_id=will.id, weekday=2, part=DayPart.MORNING))
    cora = browser(builders.cora())
    page = cora.post("/roster/selected", both(dates, do="place", volunteer=will.id), status=422)
    assert "Not usually free at this time." in page
    cora.post("/roster/selected", both(dates, do="place", volunteer=will.id, reason="He offered"))
    assert fresh(dates[0]).taken == 1


def test_one_person_is_asked_for_all(browser: Open, ward: Place, dates: list[Shift]) -> None:
    vera = builders.volunteer("Vera Vance", places=[ward])
    cora = browser(builders.cora())
    cora.post("/roster/selected", both(dates, do="ask", volunteer=vera.id))
    db.session.rollback()
    assert set(db.session.scalars(select(Offer.shift_id))) == {dates[0].id, dates[1].id}


def test_all_are_cancelled_with_a_reason(browser: Open, dates: list[Shift]) -> None:
    cora = browser(builders.cora())
    page = cora.post("/roster/selected", both(dates, do="cancel"), status=422)
    assert "Enter the reason; the people on this shift read it" in page
    cora.post("/roster/selected", both(dates, do="cancel", **{"cancel-reason": "Painting"}))
    assert [fresh(one).state for one in dates] == [
        ShiftState.CANCELLED,
        ShiftState.CANCELLED,
        ShiftState.PLANNED,
    ]


def test_all_are_moved_or_none(browser: Open, dates: list[Shift]) -> None:
    cora = browser(builders.cora())
    times = {"move-starts": "15:00", "move-ends": "18:30"}
    cora.post("/roster/selected", both(dates, do="move", **times))
    spans = [clock.span(sunday(week), time(15), time(18, 30), builders.ZONE) for week in (1, 2)]
    assert [(fresh(one).starts_at, fresh(one).ends_at) for one in dates[:2]] == spans
    wrong = {"move-starts": "18:00", "move-ends": "17:00"}
    page = cora.post("/roster/selected", both(dates, do="move", **wrong), status=422)
    assert 'value="18:00"' in page  # nothing typed is lost
    assert fresh(dates[0]).starts_at == spans[0][0]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"do": "nothing"},
        {"do": "move", "move-starts": "25:99", "move-ends": "\x00"},
        {"do": "move", "move-starts": "", "move-ends": ""},
        {"do": "cancel", "cancel-reason": "x" * 1_000_000},
    ],
)
def test_bad_input_says_what_is_wrong(
    browser: Open, dates: list[Shift], data: dict[str, str]
) -> None:
    page = browser(builders.cora()).post("/roster/selected", both(dates, **data), status=422)
    assert "There is a problem" in page
    assert re.search("<title>\\s*Error: ", page)


def test_unknown_person_is_not_found(browser: Open, dates: list[Shift]) -> None:
    cora = browser(builders.cora())
    for do in ("place", "ask"):
        cora.post("/roster/selected", both(dates, do=do, volunteer="77777"), status=404)
