from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.places.models import Place
from hospice.shifts.actions import weekly
from hospice.shifts.models import Shift, Standing, WeeklyShift
from hospice.shifts.rules.pattern import first_on
from hospice.shifts.rules.states import Cadence, ShiftState
from tests import builders
from tests.conftest import Browser, Statements

Open = Callable[[User | None], Browser]

WEEK = timedelta(days=7)
AWFUL = {
    "long": "x" * 5_000,
    "a million": "y" * 1_000_000,
    "emoji": "🌿🕊️" * 3_000,
    "html": "<script>alert(1)</script>" * 20,
    "nul": "\x00",
    "sign": "-",
    "number": "9" * 40,
    "negative": "-1",
    "date": "2026-02-31",
    "time": "25:61",
}


def sunday() -> date:
    """The first Sunday from tomorrow on, in Shanghai."""
    return first_on(6, clock.today(builders.ZONE) + timedelta(days=1))


def typed(*places: Place, **changes: Any) -> dict[str, Any]:
    return {
        "places": [str(place.id) for place in places],
        "patient_id": "0",
        "weekday": "6",
        "starts": "14:00",
        "ends": "17:00",
        "starts_on": clock.today(builders.ZONE).isoformat(),
        "ends_on": "",
        "minimum": "1",
        "wanted": "2",
        "pairs_trainees": "y",
        "needs_language": "",
        "needs_skill": "",
        "needs_gender": "",
        "briefing": "Meet at the desk.",
        **changes,
    }


def one_field(**changes: Any) -> dict[str, Any]:
    """What the form of one place sends: a weekly shift that is changed, or one date."""
    return {key: value for key, value in typed(**changes).items() if key != "places"}


def a_pattern(ward: Place | None = None, **values: Any) -> WeeklyShift:
    made = builders.weekly_shift(ward or builders.place(), **values)
    with transaction():
        weekly.generate(clock.now())
    return made


def dates() -> list[Shift]:
    return list(
        db.session.scalars(
            select(Shift).order_by(Shift.starts_at).execution_options(populate_existing=True)
        )
    )


# --- who may --------------------------------------------------------------------------------------

PAGES = ["/weekly-shifts", "/weekly-shifts/{id}", "/holidays"]
FORMS = [
    "/weekly-shifts/new",
    "/weekly-shifts/{id}/edit",
    "/weekly-shifts/{id}/end",
    "/weekly-shifts/{id}/standing/new",
    "/weekly-shifts/{id}/standing/{standing}",
    "/shifts/new",
    "/shifts/{shift}/edit",
]
BUTTONS = [
    "/weekly-shifts/{id}/go-on",
    "/weekly-shifts/{id}/standing/{standing}/remove",
    "/holidays",
]


@pytest.fixture
def addresses(app: Flask) -> Callable[[str], str]:
    ward = builders.place()
    pattern = a_pattern(ward)
    stands = builders.standing(pattern, builders.volunteer(places=[ward]))
    keys = {"id": pattern.id, "standing": stands.id, "shift": dates()[0].id}
    return lambda page: page.format(**keys)


def test_who_plans_sees_every_page(browser: Open, addresses) -> None:
    cora = browser(builders.cora())
    for page in PAGES + FORMS:
        assert "<h1>" in cora.get(addresses(page))


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR])
def test_who_only_reads_gets_no_form(browser: Open, addresses, role: Role) -> None:
    reader = browser(builders.user("Rita Reads", role))
    for page in PAGES:
        text = reader.get(addresses(page))
        assert "/edit" not in text
        assert 'method="post"' not in text
    for page in FORMS:
        reader.get(addresses(page), status=404)
        reader.post(addresses(page), status=404)
    for button in BUTTONS:
        reader.post(addresses(button), status=404)


def test_an_outsider_gets_nothing(browser: Open, addresses) -> None:
    otto = browser(builders.otto())
    for page in PAGES + FORMS:
        otto.get(addresses(page), status=404)
    for button in BUTTONS:
        otto.post(addresses(button), status=404)
    stranger = browser(None)
    assert "/sign-in" in stranger.client.get(addresses(PAGES[0])).headers["Location"]


def test_a_patient_is_named_only_to_those_who_see_patients(app: Flask, browser: Open) -> None:
    home = builders.place()
    patient = builders.patient("Mrs Wang", at=home)
    pattern = a_pattern(home, patient_id=patient.id)
    leader = browser(builders.user("Leo Leads", Role.LEADER))
    cora = browser(builders.cora())
    for page in ("/weekly-shifts", f"/weekly-shifts/{pattern.id}"):
        assert "Mrs Wang" not in leader.get(page)
        assert "one patient" in leader.get(page)
        assert "Mrs Wang" in cora.get(page)
    assert "Nothing matches" in leader.get("/weekly-shifts?q=wang")
    assert "Mrs Wang" in cora.get("/weekly-shifts?q=wang")


# --- the list and the page ------------------------------------------------------------------------


def test_the_list_groups_by_series_and_names_the_next_gap(app: Flask, browser: Open) -> None:
    ward, other = builders.place("Ward 1"), builders.place("Ward 2")
    pattern = a_pattern(ward)
    a_pattern(other, starts=time(9), ends=time(11), weekday=2)
    builders.standing(pattern, builders.volunteer("Lin Yue", places=[ward]))
    text = browser(builders.cora()).get("/weekly-shifts")
    assert text.index("Wednesday mornings") < text.index("Sunday afternoons")
    assert "14:00–17:00" in text
    assert "2 open" in text


def test_the_list_can_be_searched_and_narrowed(app: Flask, browser: Open) -> None:
    ward, other = builders.place("Ward 1"), builders.place("Ward 2", second_name="River")
    pattern = a_pattern(ward)
    a_pattern(other)
    builders.standing(pattern, builders.volunteer("Lin Yue", places=[ward]))
    cora = browser(builders.cora())

    def found(query: str) -> tuple[bool, bool]:
        table = cora.get(f"/weekly-shifts?{query}").partition("<table")[2]
        return "Ward 1" in table, "Ward 2" in table

    assert found("") == (True, True)
    assert found("q=garden") == found("q=lin") == (True, False)
    assert found(f"place={other.id}") == (False, True)
    assert found("q=%25") == (False, False)
    assert found("show=ended") == (False, False)
    for nonsense in (
        "q=%00",
        "place=x",
        "place=99999999999999",
        "q=%E2%80%8B",
        "page=-1",
        "show=%F0%9F%8C%BF",
    ):
        cora.get(f"/weekly-shifts?{nonsense}")


def test_the_list_and_the_page_ask_as_much_for_one_as_for_many(
    app: Flask, browser: Open, statements: Statements
) -> None:
    cora = browser(builders.cora())
    ward = builders.place()
    pattern = a_pattern(ward)
    pages = ["/weekly-shifts", f"/weekly-shifts/{pattern.id}", "/holidays"]
    few = []
    for page in pages:
        cora.get(page)
        statements.seen.clear()
        cora.get(page)
        few.append(len(statements))
    for number in range(12):
        who = builders.volunteer(f"V{number}", places=[ward])
        builders.standing(pattern, who)
        builders.assignment(dates()[number % 4], who) if number < 8 else None
    for hour in range(6, 12):
        a_pattern(ward, starts=time(hour), ends=time(hour + 1))
    for page, before in zip(pages, few, strict=True):
        statements.seen.clear()
        cora.get(page)
        assert len(statements) == before, page
    assert few[0] <= 8
    assert few[1] <= 11


def test_the_page_shows_the_next_dates_and_who_is_on_them(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    pattern = a_pattern(ward)
    first, second = dates()[:2]
    builders.assignment(first, builders.volunteer("Lin Yue"))
    with transaction():
        second.state, second.cancel_reason = ShiftState.CANCELLED, "The ward is painted"
    text = browser(builders.cora()).get(f"/weekly-shifts/{pattern.id}")
    assert "Lin Yue" in text
    assert "1 of 2" in text
    assert "The ward is painted" in text
    assert text.count('class="rows dates"') == 1


# --- planning -------------------------------------------------------------------------------------


def test_planning_at_two_places_at_once(app: Flask, browser: Open) -> None:
    first, second = builders.place(), builders.place()
    cora = browser(builders.cora())
    form = cora.get("/weekly-shifts/new")
    assert 'value="2"' in form
    back = cora.post("/weekly-shifts/new", typed(first, second, needs_leader="y", wanted="3"))
    assert back == "/weekly-shifts"
    made = db.session.scalars(select(WeeklyShift).order_by(WeeklyShift.place_id)).all()
    assert [one.place_id for one in made] == [first.id, second.id]
    assert {(one.wanted, one.needs_leader, one.pairs_trainees) for one in made} == {(3, True, True)}
    assert len(dates()) == 2 * 26 or len(dates()) == 2 * 27
    assert "2 weekly shifts are planned" in cora.get(back)


def test_planning_a_visit_to_one_patient_goes_where_the_patient_is(
    app: Flask, browser: Open
) -> None:
    home = builders.place("Home visits", kind="home")
    patient = builders.patient("Mrs Wang", at=home)
    cora = browser(builders.cora())
    assert "Mrs Wang" in cora.get(f"/weekly-shifts/new?patient={patient.id}")
    cora.post("/weekly-shifts/new", typed(patient_id=str(patient.id), wanted="1"))
    made = db.session.scalars(select(WeeklyShift)).one()
    assert (made.place_id, made.patient_id) == (home.id, patient.id)


EMPTY = {
    "starts": "Enter the start time",
    "ends": "Enter the end time",
    "starts_on": "Enter the first day",
    "minimum": "Enter how many people must come at least",
    "wanted": "Enter how many people are wanted",
}


@pytest.mark.parametrize(("field", "words"), EMPTY.items())
def test_an_empty_field_is_named(app: Flask, browser: Open, field: str, words: str) -> None:
    ward = builders.place()
    text = browser(builders.cora()).post(
        "/weekly-shifts/new", typed(ward, **{field: ""}), status=422
    )
    assert f'<a href="#{field}">{words}</a>' in text
    assert "<title>Error: " in text
    assert "Meet at the desk." in text


REFUSED = [
    ({"places": []}, "Choose at least one place"),
    ({"starts": "17:00", "ends": "14:00"}, "End time must be after 17:00"),
    ({"minimum": "3"}, "Enter a number up to 2, the people wanted"),
    ({"wanted": "0"}, "Enter a number from 1 to 60"),
    ({"ends_on": "2001-01-01"}, "This day has passed"),
    ({"weekday": "9"}, "Choose from what is offered"),
    ({"places": ["99999"]}, "Choose from what is offered"),
    ({"patient_id": "99999"}, "Choose from what is offered"),
    ({"needs_language": "<b>"}, "Choose from what is offered"),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    app: Flask, browser: Open, changes: dict[str, Any], words: str
) -> None:
    ward = builders.place()
    text = browser(builders.cora()).post("/weekly-shifts/new", typed(ward, **changes), status=422)
    assert words in text
    assert "Meet at the desk." in text
    assert db.session.scalars(select(WeeklyShift)).all() == []


def test_every_mistake_is_named_at_once(app: Flask, browser: Open) -> None:
    builders.place()
    cora = browser(builders.cora())
    wrong = {"starts": "17:00", "ends": "14:00", "minimum": "3", "starts_on": ""}
    text = cora.post("/weekly-shifts/new", typed(**wrong), status=422)
    for words in (
        "Choose at least one place",
        "End time must be after 17:00",
        "Enter a number up to 2, the people wanted",
        "Enter the first day",
    ):
        assert text.count(words) == 2, words  # in the summary and beside the field
    text = cora.post("/shifts/new", one_field(**wrong, place_id="0", day=""), status=422)
    for words in ("Choose a place", "End time must be after 17:00", "Enter the date"):
        assert words in text


def test_the_same_words_in_chinese(app: Flask, browser: Open) -> None:
    ward = builders.place()
    cora = browser(builders.cora())
    cora.get("/weekly-shifts/new?lang=zh")
    text = cora.post("/weekly-shifts/new", typed(ward, starts="17:00", ends="14:00"), status=422)
    assert "结束时间要晚于 17:00" in text


@pytest.mark.parametrize("awful", AWFUL.values(), ids=AWFUL.keys())
def test_no_field_of_any_form_falls_over(app: Flask, browser: Open, addresses, awful: str) -> None:
    cora = browser(builders.cora())
    ward = builders.place()
    answers = {
        "/weekly-shifts/new": typed(ward),
        "/weekly-shifts/{id}/edit": one_field(
            place_id=str(ward.id), scope="all", from_day="", version="1"
        ),
        "/weekly-shifts/{id}/end": {"from_day": sunday().isoformat(), "reason": "x"},
        "/weekly-shifts/{id}/standing/new": {
            "volunteer_id": "1",
            "cadence": "every",
            "starts_on": sunday().isoformat(),
        },
        "/shifts/new": one_field(place_id=str(ward.id), day=sunday().isoformat()),
        "/shifts/{shift}/edit": one_field(
            place_id=str(ward.id), scope="one", day=sunday().isoformat(), version="1"
        ),
        "/holidays": {"day": "2027-01-01", "answer": "cancel"},
    }
    for page, given in answers.items():
        for field in given:
            db.session.remove()
            response = cora.client.post(addresses(page), data={**given, field: awful})
            assert response.status_code < 500, (page, field)
            assert "<script>alert" not in response.get_data(as_text=True)


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
