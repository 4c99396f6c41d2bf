"""The history of a record, and everything that changed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from hospice.accounts.rules import Role
from hospice.core.db import transaction
from hospice.journal import actions
from tests import builders
from tests.builders import NOW


def write(count: int = 1, *, by: Any = None, kind: str = "place", hours: int = 0) -> None:
    with transaction():
        for number in range(count):
            actions.record(
                f"{kind}.changed",
                about=[(kind, 1)],
                by=by,
                now=NOW + timedelta(hours=hours),
                changed={"number": [number, number + 1]},
            )


def test_history_shows_who_when_and_what(app: Flask, browser: Any):
    cora = builders.cora()
    builders.place()
    write(by=cora)
    page = browser(cora).get("/history/place/1")
    assert "<b>Cora Coates</b> changed number: from 0 to 1." in page
    assert "Wed 25 Nov, 12:00</time>" in page
    assert "One change." in page
    assert 'href="/places/1"' in page


def test_names_in_the_history_are_only_text(app: Flask, browser: Any):
    write(by=builders.user("<script>alert(1)</script>", email="x@example.org"))
    page = browser(builders.cora()).get("/history/place/1")
    assert "<script>alert" not in page
    assert "<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>" in page


@pytest.mark.parametrize("url", ["/history/table/1", "/history/entry/1", "/history/%00/1"])
def test_only_known_kinds_have_a_history(app: Flask, browser: Any, url: str):
    browser(builders.cora()).get(url, status=404)


def test_history_is_paged_and_asks_as_much_for_any_length(
    app: Flask, browser: Any, statements: Any
):
    cora = browser(builders.cora())
    write(1)
    cora.get("/history/place/1")
    statements.seen.clear()
    cora.get("/history/place/1")
    few = len(statements)
    write(120)
    statements.seen.clear()
    page = cora.get("/history/place/1")
    assert len(statements) == few
    assert page.count("<time") == 50
    assert "Page 1 of 3" in page
    assert cora.get("/history/place/1?page=3").count("<time") == 21
    assert cora.get("/history/place/1?page=99999999999").count("<time") == 50


def test_changes_are_filtered_by_the_address(app: Flask, browser: Any, statements: Any):
    cora, ada = builders.cora(), builders.ada()
    write(2, by=cora)
    write(3, by=ada, kind="user", hours=30)
    opened = browser(cora)
    assert "5 changes." in opened.get("/journal")
    assert "2 changes." in opened.get(f"/journal?who={cora.id}")
    assert "3 changes." in opened.get("/journal?kind=user")
    assert "2 changes." in opened.get("/journal?to=2026-11-25")
    assert "3 changes." in opened.get("/journal?from=2026-11-26&to=2026-11-26")
    page = opened.get("/journal?who=999")
    assert "Nothing matches." in page
    assert "Clear filters" in page
    assert f'<option value="{ada.id}" selected>' in opened.get(f"/journal?who={ada.id}")


@pytest.mark.parametrize(
    "query", ["who=x&kind=%00&from=31/02&to=9999-99-99&page=-1", "who=" + "9" * 40, "page=²"]
)
def test_odd_filters_are_no_filters(app: Flask, browser: Any, query: str):
    write(2)
    assert "2 changes." in browser(builders.cora()).get(f"/journal?{query}")


def test_changes_ask_as_much_for_few_as_for_many(app: Flask, browser: Any, statements: Any):
    cora = browser(builders.cora())
    write(1)
    cora.get("/journal")
    statements.seen.clear()
    cora.get("/journal")
    few = len(statements)
    write(60)
    statements.seen.clear()
    cora.get("/journal")
    assert len(statements) == few


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.LEADER, Role.GRIEF_SUPPORT])
def test_the_journal_is_not_for_everyone(app: Flask, browser: Any, role: Role):
    opened = browser(builders.user("Somebody Else", role))
    opened.get("/journal", status=404)
    opened.get("/history/place/1", status=404)
