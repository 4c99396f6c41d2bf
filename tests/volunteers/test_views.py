import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.core.names import search_key, sort_key
from hospice.volunteers import actions, queries
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import DayPart, Span, VolunteerState
from tests import builders
from tests.conftest import Browser, Statements

Open = Callable[[User | None], Browser]

TYPED: dict[str, Any] = {
    "legal_name": "王秀英",
    "preferred_name": "秀英",
    "phone": "130 5555 0142",
    "email": "xiuying@example.org",
    "locale": "zh_Hans",
    "gender": "female",
    "spoken": ["mandarin", "shanghainese"],
    "other_languages": "Teochew",
    "can": ["music"],
    "other_skills": "",
    "experience": "experienced",
    "is_leader": "y",
    "preferred_a_month": "2",
    "maximum_a_month": "4",
    "joined_on": "2024-03-01",
    "restricted_notes": "Softly.",
    "free": ["6-afternoon", "2-morning"],
}
AWFUL = {
    "long": "x" * 5_000,
    "a million": "y" * 1_000_000,
    "emoji": "🌿🕊️" * 3_000,
    "html": "<script>alert(1)</script>" * 300,
    "nul": "\x00",
    "surrogate": "\ud800",
    "sign": "-",
    "number": "9" * 40,
    "date": "2026-02-31",
}


def today() -> date:
    return clock.today(builders.ZONE)


def person(name: str, **values: Any) -> Volunteer:
    keys = {"search_key": search_key(name), "sort_key": sort_key(name)}
    return builders.volunteer(name, **{**keys, **values})


def the_one() -> Volunteer:
    found = queries.people(queries.Filters(), today(), limit=2)
    assert len(found) == 1
    return found[0]


# --- the list -------------------------------------------------------------------------------------


def test_list_finds_by_pinyin_and_keeps_the_filters_in_the_address(
    app: Flask, browser: Open
) -> None:
    ward = builders.place("Ward 1")
    person("王秀英", places=[ward], languages=["hakka"])
    person("李建国")
    person("Gone Girl", state=VolunteerState.LEFT)
    cora = browser(builders.cora())
    page = cora.get("/volunteers")
    assert "王秀英" in page
    assert "李建国" in page
    assert "Gone Girl" not in page
    for asked in ("q=wxy", "q=wangxiuying", f"place={ward.id}", "language=hakka"):
        page = cora.get(f"/volunteers?{asked}")
        assert "王秀英" in page, asked
        assert "李建国" not in page, asked
    page = cora.get("/volunteers?state=left&q=gone")
    assert "Gone Girl" in page
    assert 'value="left" selected' in page
    assert 'value="gone"' in page


def test_list_says_what_to_do_when_it_is_empty(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    assert "There is no volunteer yet" in cora.get("/volunteers")
    assert "Nothing matches" in cora.get("/volunteers?q=nobody")


@pytest.mark.parametrize(
    "asked",
    [
        "q=%25",
        "q=_",
        "q=" + "x" * 3000,
        "q=%00",
        "q=%ed%a0%80",
        "q=😀",
        "page=99999",
        "page=-1",
        "page=x",
        "place=99999999999999999999",
        "place=%00",
        "state=nonsense",
        "experience=%ff",
        "language=" + "'" * 99,
        "skill=<script>alert(1)</script>",
        "_external=1",
    ],
)
def test_list_bears_any_address(app: Flask, browser: Open, asked: str) -> None:
    person("Vera Vance", places=[builders.place()])
    page = browser(builders.cora()).get(f"/volunteers?{asked}")
    assert "<script>alert" not in page


def test_list_asks_as_much_for_one_as_for_a_page_full(
    app: Flask, browser: Open, statements: Statements
) -> None:
    ward = builders.place()
    sunday = builders.shift(ward, wanted=40)

    def add(number: int) -> None:
        one = person(f"Vera {number}", places=[ward])
        builders.assignment(sunday, one)

    add(0)
    cora = browser(builders.cora())
    cora.get("/volunteers")
    statements.seen.clear()
    cora.get("/volunteers")
    few = len(statements)
    for number in range(1, 34):
        add(number)
    statements.seen.clear()
    page = cora.get("/volunteers")
    assert len(statements) == few
    assert page.count('<tr role="row">') == 31
    assert page.count("Vera ") >= 30
    assert "Page 1 of 2" in page
    assert cora.get("/volunteers?page=2").count('role="rowheader"') == 4


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.LEADER, Role.GRIEF_SUPPORT])
def test_volunteers_do_not_see_each_other(app: Flask, browser: Open, role: Role) -> None:
    vera = person("Vera Vance")
    outsider = browser(builders.user("Otto", role))
    outsider.get("/volunteers", status=404)
    outsider.get(f"/volunteers/{vera.id}", status=404)
    outsider.get("/volunteers/new", status=404)
    outsider.post(f"/volunteers/{vera.id}/break", status=404)
    outsider.post(f"/volunteers/{vera.id}/invite", status=404)
    outsider.get("/me/profile", status=404)  # no record of their own


def test_auditors_read_but_never_what_is_restricted(app: Flask, browser: Open) -> None:
    cora = builders.cora()
    vera = person("Vera Vance", restricted_notes="A secret of hers")
    other = person("Will Wong")
    with transaction():
        actions.keep_apart(vera, other, "A quarrel", by=cora, now=builders.NOW)
    see_all = browser(cora)
    auditor = browser(builders.user("Audrey", Role.AUDITOR))
    page = auditor.get(f"/volunteers/{vera.id}")
    for hidden in ("A secret of hers", "Will Wong", "A quarrel", "Add days away", "Start a break"):
        assert hidden not in page
    auditor.get(f"/volunteers/{vera.id}/edit", status=404)
    auditor.get(f"/volunteers/{vera.id}/kept-apart", status=404)
    page = see_all.get(f"/volunteers/{vera.id}")
    for shown in ("A secret of hers", "Will Wong", "A quarrel"):
        assert shown in page


def test_what_is_not_there_is_404(app: Flask, browser: Open) -> None:
    cora = browser(builders.cora())
    for path in ("", "/edit", "/leave", "/kept-apart", "/away", "/free-shifts"):
        cora.get(f"/volunteers/4711{path}", status=404)
    for path in ("/break", "/back", "/leave", "/invite", "/kept-apart/1/end", "/away/1/cancel"):
        cora.post(f"/volunteers/4711{path}", status=404)


# --- one volunteer --------------------------------------------------------------------------------


def test_page_shows_what_a_coordinator_needs(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    account, vera = builders.vera(places=[ward])
    with transaction():
        actions.change_availability(
            vera, [(6, DayPart.AFTERNOON)], seen_version=1, by=account, now=builders.NOW
        )
        span = Span(today() + timedelta(days=9), today() + timedelta(days=9))
        actions.add_away(vera, span, "Moon", by=account, now=builders.NOW, today=today())
        vera_id = vera.id
    page = browser(builders.cora()).get(f"/volunteers/{vera_id}")
    for shown in ("tel:13055550100", "Ward 1 · Garden", "Moon", "noted days away", "Usually free"):
        assert shown in page
    assert page.count('class="is-free"') == 1


def test_page_asks_as_much_for_little_as_for_much(
    app: Flask, browser: Open, statements: Statements
) -> None:
    cora_user = builders.cora()
    cora, wards = browser(cora_user), [builders.place() for _ in range(6)]
    idle = person("Idle")
    busy = person("Busy", places=wards)
    for ward in wards:
        builders.assignment(builders.shift(ward, today() + timedelta(days=3)), busy)
        builders.standing(builders.weekly_shift(ward), busy)
        with transaction():
            other = actions_free_person()
            actions.keep_apart(busy, other, "", by=cora_user, now=builders.NOW)
    cora.get(f"/volunteers/{idle.id}")
    statements.seen.clear()
    cora.get(f"/volunteers/{idle.id}")
    little = len(statements)
    statements.seen.clear()
    cora.get(f"/volunteers/{busy.id}")
    assert len(statements) == little


def actions_free_person() -> Volunteer:
    made = Volunteer(
        legal_name="Will",
        preferred_name="Will",
        locale="en",
        languages=[],
        skills=[],
        created_at=builders.NOW,
    )
    db.session.add(made)
    db.session.flush()
    return made


def test_break_takes_one_click_and_no_reason(app: Flask, browser: Open) -> None:
    vera = person("Vera Vance")
    cora = browser(builders.cora())
    there = cora.post(f"/volunteers/{vera.id}/break")
    assert "Vera Vance is on a break." in cora.get(there)
    assert the_one().state is VolunteerState.ON_BREAK
    cora.post(f"/volunteers/{vera.id}/back")
    assert the_one().state is VolunteerState.ACTIVE
    until = today() + timedelta(days=30)
    cora.post(f"/volunteers/{vera.id}/break", {"until": until.isoformat()})
    assert the_one().break_until == until


@pytest.mark.parametrize("until", ["2020-01-01", "never", "2026-02-31", "9" * 400, "\x00"])
def test_a_break_that_makes_no_sense_is_said_so(app: Flask, browser: Open, until: str) -> None:
    vera = person("Vera Vance")
    cora = browser(builders.cora())
    given = cora._open("POST", f"/volunteers/{vera.id}/break", data={"until": until})
    if until == "\x00":
        assert given.status_code in {302, 422}
        return
    page = given.get_data(as_text=True)
    assert given.status_code == 422
    assert "There is a problem" in page
    assert '<a href="#until">' in page
    assert the_one().state is VolunteerState.ACTIVE


def test_leaving_is_looked_at_first_and_keeps_the_record(app: Flask, browser: Open) -> None:
    vera = person("Vera Vance")
    cora = browser(builders.cora())
    assert "kept" in cora.get(f"/volunteers/{vera.id}/leave")
    assert the_one().state is VolunteerState.ACTIVE
    cora.post(f"/volunteers/{vera.id}/leave")
    page = cora.get(f"/volunteers/{vera.id}")
    assert "Has left" in page
    problem = cora.post(f"/volunteers/{vera.id}/break", status=422)
    assert "has left" in problem


def test_an_invitation_shows_its_link_once(app: Flask, browser: Open) -> None:
    vera = person("Vera Vance", email="vera@example.org")
    cora = browser(builders.cora())
    page = cora.post(f"/volunteers/{vera.id}/invite", status=200)
    [link] = re.findall(r'readonly value="(http://localhost/[^"]+)"', page)
    assert "vera@example.org" in page
    assert link not in cora.get(f"/volunteers/{vera.id}")
    browser(None).get(link.removeprefix("http://localhost"))
    nobody = person("No Mail", email="")
    assert "Enter an email address first" in cora.post(
        f"/volunteers/{nobody.id}/invite", status=422
    )
