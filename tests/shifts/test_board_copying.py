import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.shifts.models import Assignment
from hospice.shifts.rules.states import AssignmentState
from hospice.volunteers.models import Availability
from hospice.volunteers.rules import DayPart
from tests import builders
from tests.conftest import Browser
from tests.shifts.sundays import fresh, series, sunday, told

Open = Callable[[User | None], Browser]
S = AssignmentState


def url(weeks: int) -> str:
    return f"/roster/copy?series=sun-1400-1700&to={sunday(weeks)}"


def test_preview_shows_who_would_come_and_who_would_not(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=2, wanted=3)
    stays, comes, hint, bars = (
        builders.volunteer(name, places=[] if name == "Ann" else [ward])
        for name in ("Vera", "Will", "Xu", "Ann")
    )
    builders.save(Availability(volunteer_id=hint.id, weekday=2, part=DayPart.MORNING))
    for who in (stays, comes, hint):
        told(dates[0], who)
    told(dates[1], stays)
    _weekly, others = series(builders.place("Ward 2"), weeks=2)
    told(others[0], bars)
    page = browser(builders.cora()).get(url(2))
    assert f"Copy Sunday {sunday(1).day}" in page
    assert "2 people would be placed, as drafts." in page
    assert "Vera" not in page  # placed already
    assert f'value="{dates[1].id}-{comes.id}" checked' in page
    assert "Not usually free at this time." in page
    assert "Not copied: Not cleared for Ward 2." in page


def test_copy_places_those_ticked_as_drafts_in_one_step(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=2, wanted=3)
    people = [builders.volunteer(f"Vera {number}", places=[ward]) for number in range(3)]
    for who in people:
        told(dates[0], who)
    cora = browser(builders.cora())
    ticked = {"place": [f"{dates[1].id}-{who.id}" for who in people[:2]]}
    back = cora.post(url(2), ticked)
    page = cora.get(back)
    assert "2 people were placed as drafts." in page
    db.session.rollback()
    found = db.session.execute(
        select(Assignment.volunteer_id, Assignment.state).where(Assignment.shift_id == dates[1].id)
    )
    assert {tuple(row) for row in found} == {(who.id, S.DRAFT) for who in people[:2]}
    cora.post("/roster/undo", {"step": re.findall(r'name="step" value="(\d+)"', page)[0]})
    assert fresh(dates[1]).taken == 0


def test_hint_is_copied_only_with_a_reason(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=2)
    will = builders.volunteer("Will", places=[ward])
    builders.save(Availability(volunteer_id=will.id, weekday=2, part=DayPart.MORNING))
    told(dates[0], will)
    cora = browser(builders.cora())
    ticked = {"place": f"{dates[1].id}-{will.id}"}
    assert "Enter the reason" in cora.post(url(2), ticked, status=422)
    cora.post(url(2), {**ticked, "reason": "He said so."})
    db.session.rollback()
    row = db.session.scalar(select(Assignment).where(Assignment.shift_id == dates[1].id))
    assert row is not None
    assert row.accepted[0]["reason"] == "He said so."


def test_only_what_was_shown_is_copied(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=3)
    vera = builders.volunteer("Vera", places=[ward])
    told(dates[0], vera)
    cora = browser(builders.cora())
    for value in (f"{dates[2].id}-{vera.id}", f"{dates[1].id}-9999", "x", "", "1-", "-", "9" * 99):
        page = cora.post(url(2), {"place": value}, status=422)
        assert "Choose at least one person" in page


def test_odd_days_and_series_show_a_page(app: Flask, browser: Open) -> None:
    series(builders.place("Ward 1"), weeks=1)
    cora = browser(builders.cora())
    for query in ("", "?to=2026-99-99", "?series=x&to=1900-01-01", "?series=mon-0000-0100"):
        cora.get(f"/roster/copy{query}")


def test_without_a_series_there_is_nothing_to_copy(app: Flask, browser: Open) -> None:
    browser(builders.cora()).get("/roster/copy", status=404)
