"""The pages that change a weekly shift, its people and its dates; single shifts and holidays."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import Hospice
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.shifts.models import Shift, Standing, WeeklyShift
from hospice.shifts.rules.states import Cadence, ShiftState
from tests import builders
from tests.shifts.test_weekly_views import (
    WEEK,
    Open,
    a_pattern,
    dates,
    one_field,
    sunday,
)

# --- changing -------------------------------------------------------------------------------------


def test_changing_from_a_day_on_leads_to_what_follows(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    pattern = a_pattern(ward)
    cora = browser(builders.cora())
    from_day = sunday() + 2 * WEEK
    back = cora.post(
        f"/weekly-shifts/{pattern.id}/edit",
        one_field(
            place_id=str(ward.id),
            scope="following",
            from_day=from_day.isoformat(),
            starts="15:00",
            ends="18:00",
            version=str(pattern.version),
        ),
    )
    new = db.session.scalars(select(WeeklyShift).where(WeeklyShift.follows_id == pattern.id)).one()
    assert back == f"/weekly-shifts/{new.id}"
    assert "see what was before" in cora.get(back)
    text = cora.get(f"/weekly-shifts/{pattern.id}")
    assert "see what follows" in text
    assert "End this weekly shift" not in text
    assert {clock.local(one.starts_at, builders.ZONE).hour for one in dates()[:2]} == {14}
    assert clock.local(dates()[2].starts_at, builders.ZONE).hour == 15


def test_changing_all_and_the_weekday(app: Flask, browser: Open) -> None:
    ward = builders.place()
    pattern = a_pattern(ward)
    before = [one.local_day for one in dates()]
    cora = browser(builders.cora())
    back = cora.post(
        f"/weekly-shifts/{pattern.id}/edit",
        one_field(place_id=str(ward.id), scope="all", weekday="0", version=str(pattern.version)),
    )
    assert "Saved. " in cora.get(back)
    after = [one.local_day for one in dates()]
    assert after[: len(before) - 1] == [day + timedelta(1) for day in before[: len(before) - 1]]


def test_changing_asks_from_when_and_never_from_the_past(app: Flask, browser: Open) -> None:
    pattern = a_pattern()
    cora = browser(builders.cora())
    given = one_field(
        place_id=str(pattern.place_id), scope="following", version=str(pattern.version)
    )
    text = cora.post(f"/weekly-shifts/{pattern.id}/edit", given, status=422)
    assert "Enter the day from which it changes" in text
    given["from_day"] = "2020-01-05"
    text = cora.post(f"/weekly-shifts/{pattern.id}/edit", given, status=422)
    assert "This day has passed. Enter today or a later day" in text


def test_too_few_wanted_names_the_days(app: Flask, browser: Open) -> None:
    pattern = a_pattern(wanted=3)
    for name in ("A", "B"):
        builders.assignment(dates()[1], builders.volunteer(name))
    text = browser(builders.cora()).post(
        f"/weekly-shifts/{pattern.id}/edit",
        one_field(
            place_id=str(pattern.place_id), scope="all", wanted="1", version=str(pattern.version)
        ),
        status=422,
    )
    day = sunday() + WEEK
    assert f"2 people are on {day.day} {day:%b}. Take someone off first" in text


def test_a_second_editor_loses_nothing(app: Flask, browser: Open) -> None:
    pattern = a_pattern()
    cora, ada = browser(builders.cora()), browser(builders.ada())
    page = f"/weekly-shifts/{pattern.id}/edit"

    def given(**changes: Any) -> dict[str, Any]:
        return one_field(place_id=str(pattern.place_id), scope="all", **changes)

    cora.post(page, given(version="1", wanted="4", briefing="Cora’s words"))
    text = ada.post(page, given(version="1", wanted="5", briefing="Ada’s words"), status=422)
    assert "Your version is below; choose which to keep" in text
    assert "Ada’s words</textarea>" in text
    assert "<dd>Cora’s words</dd>" in text
    version = db.session.get_one(WeeklyShift, pattern.id).version
    assert f'name="version" type="hidden" value="{version}"' in text
    ada.post(page, given(version=str(version), wanted="5", briefing="Ada’s words"))
    assert db.session.get_one(WeeklyShift, pattern.id, populate_existing=True).wanted == 5


def test_ending_and_going_on(app: Flask, browser: Open) -> None:
    pattern = a_pattern()
    cora = browser(builders.cora())
    page = f"/weekly-shifts/{pattern.id}"
    text = cora.post(f"{page}/end", {"from_day": sunday().isoformat(), "version": "1"}, status=422)
    assert "Enter the reason; the people on these dates read it" in text
    from_day = (sunday() + WEEK).isoformat()
    cora.post(f"{page}/end", {"from_day": from_day, "reason": "The ward moves", "version": "1"})
    assert {one.state for one in dates()[1:]} == {ShiftState.CANCELLED}
    assert "dates are cancelled" in (text := cora.get(page))
    assert "Let it go on" in text
    cora.post(f"{page}/go-on")
    assert db.session.get_one(WeeklyShift, pattern.id, populate_existing=True).ends_on is None


# --- standing -------------------------------------------------------------------------------------


def test_adding_changing_and_ending_a_standing_volunteer(app: Flask, browser: Open) -> None:
    ward = builders.place()
    pattern = a_pattern(ward)
    vera = builders.volunteer("Vera Vance", places=[ward])
    cora = browser(builders.cora())
    page = f"/weekly-shifts/{pattern.id}"
    given = {
        "volunteer_id": str(vera.id),
        "cadence": "alternate",
        "starts_on": sunday().isoformat(),
        "fill": "y",
    }
    cora.post(f"{page}/standing/new", given)
    text = cora.get(page)
    assert "Vera Vance is a standing volunteer now." in text
    assert "Placed on 13 dates as drafts." in text
    stands = db.session.scalars(select(Standing)).one()
    cora.post(
        f"{page}/standing/{stands.id}", {"cadence": "last", "starts_on": sunday().isoformat()}
    )
    assert "drafts were taken back" in cora.get(page)
    assert db.session.get_one(Standing, stands.id, populate_existing=True).cadence is Cadence.LAST
    cora.post(f"{page}/standing/{stands.id}/remove")
    assert "no longer a standing volunteer here" in cora.get(page)
    text = cora.post(f"{page}/standing/new", {**given, "volunteer_id": "0"}, status=422)
    assert '<a href="#volunteer_id">Choose a volunteer</a>' in text
    cora.get(f"{page}/standing/99999", status=404)
    cora.post(f"{page}/standing/99999/remove", status=404)


def test_nobody_cleared_leads_to_the_volunteers(app: Flask, browser: Open) -> None:
    pattern = a_pattern(builders.place("Ward 9", second_name=""))
    text = browser(builders.cora()).get(f"/weekly-shifts/{pattern.id}/standing/new")
    assert "Nobody is cleared for Ward 9 yet." in text


# --- one date -------------------------------------------------------------------------------------


def test_one_form_changes_one_following_or_all(app: Flask, browser: Open) -> None:
    pattern = a_pattern()
    third = dates()[2]
    cora = browser(builders.cora())
    text = cora.get(f"/shifts/{third.id}/edit")
    for words in ("Only this one", "This one and those that follow", "All that have not started"):
        assert words in text
    for scope, changed in (("one", 1), ("following", 24), ("all", 26)):
        shift = db.session.get_one(Shift, third.id, populate_existing=True)
        given = one_field(
            place_id=str(pattern.place_id),
            scope=scope,
            day=shift.local_day.isoformat(),
            briefing=f"Words for {scope}",
            version=str(shift.version),
        )
        assert cora.post(f"/shifts/{third.id}/edit", given) == f"/shifts/{third.id}"
        said = [one for one in dates() if one.briefing == f"Words for {scope}"]
        if scope == "one":
            assert len(said) == changed
        else:
            assert len(said) >= changed - 2
    text = cora.post(
        f"/shifts/{third.id}/edit",
        one_field(place_id=str(pattern.place_id), day=third.local_day.isoformat()),
        status=422,
    )
    assert "Choose what changes" in text


def test_a_single_shift_offers_no_scope(app: Flask, browser: Open) -> None:
    shift = builders.shift(day=sunday())
    cora = browser(builders.cora())
    assert "Only this one" not in cora.get(f"/shifts/{shift.id}/edit")
    given = one_field(
        place_id=str(shift.place_id), day=shift.local_day.isoformat(), version="1", wanted="5"
    )
    cora.post(f"/shifts/{shift.id}/edit", given)
    assert db.session.get_one(Shift, shift.id, populate_existing=True).wanted == 5


def test_a_second_editor_of_a_date_loses_nothing(app: Flask, browser: Open) -> None:
    shift = builders.shift(day=sunday())
    cora = browser(builders.cora())
    given = one_field(place_id=str(shift.place_id), day=shift.local_day.isoformat(), version="1")
    cora.post(f"/shifts/{shift.id}/edit", {**given, "briefing": "First"})
    text = cora.post(f"/shifts/{shift.id}/edit", {**given, "briefing": "Second"}, status=422)
    assert "<dd>First</dd>" in text
    assert "Second</textarea>" in text


def test_what_has_started_is_not_offered_for_change(app: Flask, browser: Open) -> None:
    yesterday = clock.today(builders.ZONE) - timedelta(days=1)
    over = builders.shift(day=yesterday)
    cora = browser(builders.cora())
    back = cora.get(f"/shifts/{over.id}/edit", status=302)
    assert back
    given = one_field(place_id=str(over.place_id), day=sunday().isoformat(), version="1")
    text = cora.post(f"/shifts/{over.id}/edit", given, status=422)
    assert "This shift has started." in text
    assert "Meet at the desk." in text
    cora.get("/shifts/99999/edit", status=404)


# --- single shifts --------------------------------------------------------------------------------


def test_planning_a_single_shift(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    cora = browser(builders.cora())
    text = cora.get(f"/shifts/new?place={ward.id}&day={sunday().isoformat()}")
    assert f'value="{sunday().isoformat()}"' in text
    assert f'<option selected value="{ward.id}">' in text
    back = cora.post("/shifts/new", one_field(place_id=str(ward.id), day=sunday().isoformat()))
    (made,) = dates()
    assert back == f"/shifts/{made.id}"
    assert (made.local_day, made.weekly_shift_id) == (sunday(), None)


def test_planning_a_visit_needs_only_the_patient(app: Flask, browser: Open) -> None:
    home = builders.place("Home visits", kind="home")
    patient = builders.patient("Mrs Wang", at=home, address="12 Wuyi Road")
    cora = browser(builders.cora())
    text = cora.get(f"/shifts/new?patient={patient.id}")
    assert f'<option selected value="{patient.id}">Mrs Wang' in text
    assert f'<option selected value="{home.id}">' in text
    given = one_field(place_id="0", patient_id=str(patient.id), day=sunday().isoformat())
    cora.post("/shifts/new", given)
    assert [(one.place_id, one.patient_id) for one in dates()] == [(home.id, patient.id)]
    for nonsense in ("patient=99999", "place=x", "day=2026-02-31", "like=0", "patient=%00"):
        cora.get(f"/shifts/new?{nonsense}")
    cora.get("/shifts/new?like=99999", status=404)


def test_duplicating_fills_in_all_but_the_day(app: Flask, browser: Open) -> None:
    shift = builders.shift(day=sunday(), briefing="Tea at three", wanted=4)
    text = browser(builders.cora()).get(f"/shifts/new?like={shift.id}")
    assert "Tea at three" in text
    assert 'value="14:00"' in text
    assert 'name="day" type="date" value=""' in text


def test_a_place_must_be_chosen(app: Flask, browser: Open) -> None:
    builders.place()
    text = browser(builders.cora()).post(
        "/shifts/new", one_field(place_id="0", day=sunday().isoformat()), status=422
    )
    assert '<a href="#place_id">Choose a place</a>' in text


# --- holidays -------------------------------------------------------------------------------------


def a_holiday() -> date:
    """The next 1 January that lies within half a year, or the next 1 May or 1 October."""
    today = clock.today(builders.ZONE)
    days = [date(today.year + plus, *day) for plus in (0, 1) for day in ((1, 1), (5, 1), (10, 1))]
    return min(day for day in days if day > today)


def test_a_holiday_is_decided_and_decided_anew(app: Flask, browser: Open) -> None:
    day = a_holiday()
    shift = builders.shift(builders.place("Ward 1"), day)
    cora = browser(builders.cora())
    text = cora.get("/holidays")
    assert "1 day with shifts is not decided yet." in text
    assert "Nobody is placed yet." in text
    back = cora.post("/holidays", {"day": day.isoformat(), "answer": "cancel"})
    assert back == f"/holidays#d{day.isoformat()}"
    assert db.session.get_one(Shift, shift.id, populate_existing=True).state is ShiftState.CANCELLED
    assert "Nobody visits" in cora.get("/holidays")
    cora.post("/holidays", {"day": day.isoformat(), "answer": "go_ahead"})
    assert db.session.get_one(Shift, shift.id, populate_existing=True).state is ShiftState.PLANNED
    assert "Nothing waits for a decision." in cora.get("/holidays")


@pytest.mark.parametrize(
    "given",
    [{}, {"day": "x", "answer": "cancel"}, {"day": "2027-01-01", "answer": "x"}, {"day": ""}],
)
def test_a_holiday_that_is_none_is_not_found(app: Flask, browser: Open, given: dict) -> None:
    browser(builders.cora()).post("/holidays", given, status=404)


def test_without_a_country_the_page_says_so(app: Flask, browser: Open) -> None:
    with transaction():
        db.session.get_one(Hospice, 1).country = ""
    assert "Open settings" in browser(builders.ada()).get("/holidays")
    assert "An administrator says in the settings" in browser(builders.cora()).get("/holidays")
