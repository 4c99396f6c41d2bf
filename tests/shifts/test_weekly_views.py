from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.places.models import Place
from hospice.shifts.actions import weekly
from hospice.shifts.models import Shift, WeeklyShift
from hospice.shifts.rules.pattern import first_on
from hospice.shifts.rules.states import ShiftState
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
