import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.shifts.models import Assignment
from hospice.shifts.rules.states import AssignmentState, ShiftState, ToldKind
from tests import builders
from tests.conftest import Browser, Statements
from tests.shifts.sundays import change, series, sunday, told

Open = Callable[[User | None], Browser]
S = AssignmentState


def state_of(row: Assignment) -> tuple[AssignmentState, ToldKind | None]:
    db.session.rollback()
    found = db.session.get(Assignment, row.id)
    assert found is not None
    return found.state, found.told_kind


def test_check_page_says_who_is_told_what_and_how(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=4, wanted=4)
    vera = builders.volunteer("Vera Vance", email="vera@example.org")
    chen = builders.volunteer("陈佳", email="", phone="130 5555 0177", locale="zh_Hans")
    quiet = builders.volunteer("Will Wood")
    builders.assignment(dates[0], vera, S.DRAFT)
    told(dates[1], vera, told_starts_at=dates[1].starts_at - timedelta(hours=1))
    told(dates[2], vera, S.REMOVED)
    builders.assignment(dates[0], chen, S.DRAFT)
    told(dates[0], quiet)  # knows already
    page = browser(builders.cora()).get("/roster/publish")
    assert re.findall(r"<b>([^<]+)</b></span></label>", page) == ["Vera Vance", "陈佳"]
    assert re.findall(r"</svg>(New|Changed|Cancelled)<", page) == [
        "New",
        "Changed",
        "Cancelled",
        "New",
    ]
    assert "Email to vera@example.org" in page
    assert "no address, call" in page
    assert "130 5555 0177" in page
    assert "1 person is told by message; 1 is told by phone." in page
    chinese = page[page.index('lang="zh-Hans">') :]
    assert "病区" in chinese or "Ward 1" in chinese
    assert "Publish 4 changes" in page
    assert "Will Wood" not in page


def test_publishing_tells_those_ticked_and_leaves_the_others(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1, wanted=4)
    one = builders.assignment(dates[0], builders.volunteer("Vera Vance"), S.DRAFT)
    two = builders.assignment(dates[0], builders.volunteer("Will Wood"), S.DRAFT)
    cora = browser(builders.cora())
    back = cora.post("/roster/publish", {"tell": str(one.id), "back": "/roster"})
    assert state_of(one) == (S.WAITING, ToldKind.NEW)
    assert state_of(two) == (S.DRAFT, None)
    page = cora.get(back)
    assert "1 change was published. Messages leave in two minutes." in page
    assert "Publish 1 change" in page
    cora.post("/roster/undo", {"step": re.findall(r'name="step" value="(\d+)"', page)[0]})
    assert state_of(one) == (S.DRAFT, None)


def test_sending_the_form_twice_tells_nobody_twice(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    one = builders.assignment(dates[0], builders.volunteer(), S.DRAFT)
    cora = browser(builders.cora())
    for words in ("1 change was published", "Nothing was left to publish."):
        assert words in cora.get(cora.post("/roster/publish", {"tell": str(one.id)}))
    db.session.rollback()
    assert db.session.scalar(select(Assignment.told_times)) == 1


def test_filters_of_the_board_keep_to_what_it_shows(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    _weekly, dates = series(ward, weeks=1)
    builders.assignment(dates[0], builders.volunteer("Vera Vance"), S.DRAFT)
    other = builders.shift(builders.place("Ward 2"), sunday(1) - timedelta(days=1))
    builders.assignment(other, builders.volunteer("Will Wood"), S.DRAFT)
    cora = browser(builders.cora())
    page = cora.get("/roster/publish")
    assert ("Vera Vance" in page, "Will Wood" in page) == (True, False)
    assert "1 change on other days is not published." in page
    week = cora.get(f"/roster/publish?view=week&from={sunday(1)}")
    assert ("Vera Vance" in week, "Will Wood" in week) == (True, True)
    one = cora.get(f"/roster/publish?view=week&from={sunday(1)}&place={ward.id}")
    assert ("Vera Vance" in one, "Will Wood" in one) == (True, False)


def test_one_shift_can_be_published_from_its_page(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=2, wanted=1)
    vera = builders.volunteer("Vera Vance")
    builders.assignment(dates[0], vera, S.DRAFT)
    later = builders.assignment(dates[1], vera, S.DRAFT)
    cora = browser(builders.cora())
    assert f"/roster/publish?shift={dates[0].id}" in cora.get(f"/shifts/{dates[0].id}")
    page = cora.get(f"/roster/publish?shift={dates[0].id}")
    assert "Publish 1 change" in page
    assert f'value="{later.id}"' not in page
    cora.get("/roster/publish?shift=99999", status=404)


def test_cancelled_shift_is_told(app: Flask, browser: Open) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    row = told(dates[0], builders.volunteer("Vera Vance"), S.CANCELLED)
    change(dates[0], state=ShiftState.CANCELLED)
    cora = browser(builders.cora())
    assert "Cancelled<" in cora.get("/roster/publish")
    cora.post("/roster/publish", {"tell": str(row.id)})
    assert state_of(row) == (S.CANCELLED, ToldKind.CANCELLED)


@pytest.mark.parametrize("tell", ["", "x", "-", "0", "9" * 400, "1-x-\x00", "😀"])
def test_nobody_ticked_is_said_beside_the_list(app: Flask, browser: Open, tell: str) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1)
    row = builders.assignment(dates[0], builders.volunteer(), S.DRAFT)
    cora = browser(builders.cora())
    if tell == "1-x-\x00":
        tell = "x-\x00"
    page = cora.post("/roster/publish", {"tell": tell}, status=422)
    assert "Choose at least one person" in page
    assert state_of(row) == (S.DRAFT, None)


def test_statements_do_not_grow_with_the_people(
    app: Flask, browser: Open, statements: Statements
) -> None:
    _weekly, dates = series(builders.place("Ward 1"), weeks=1, wanted=40)
    cora = browser(builders.cora())

    def count() -> int:
        statements.seen.clear()
        cora.get("/roster/publish")
        return len(statements)

    builders.assignment(dates[0], builders.volunteer("Vera 0"), S.DRAFT)
    count()
    one = count()
    for number in range(1, 30):
        builders.assignment(dates[0], builders.volunteer(f"Vera {number}"), S.DRAFT)
    assert count() == one


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (4, "Messages leave two minutes after you publish; until then you can undo."),  # 12:00
        (15, "These are quiet hours: messages leave Thu 26 Nov, 09:00."),  # 23:00 there
    ],
)
def test_the_page_says_when_messages_leave(
    app: Flask, browser: Open, hour: int, words: str
) -> None:
    at = builders.NOW.replace(hour=hour)
    with time_machine.travel(at, tick=True):
        shift = builders.shift(builders.place("Ward 1"), builders.SUNDAY)
        builders.assignment(shift, builders.volunteer(), S.DRAFT)
        page = browser(builders.cora()).get(f"/roster/publish?shift={shift.id}")
    assert words in page.replace("\n", " ")
