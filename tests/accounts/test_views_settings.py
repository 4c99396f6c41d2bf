"""The administrator's settings: the hospice, and the people who sign in."""

import re
from typing import Any

import pytest
from flask import Flask

from hospice.accounts import actions, queries
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import transaction
from hospice.journal import queries as journal
from tests import builders
from tests.accounts.conftest import PASSWORD, Visitor

HOSPICE = {
    "name": "Osmanthus House",
    "timezone": "Europe/London",
    "locale": "en",
    "country": "GB",
    "office_phone": "020 5555 0142",
    "office_hours": "09:00–17:00",
}
GRETA = {
    "name": "Greta Gale",
    "email": "Greta@Example.org",
    "role": "grief_support",
    "locale": "zh_Hans",
}


def version(page: str) -> str:
    found = re.search(r'name="version" type="hidden" value="(\d+)"', page)
    assert found
    return found[1]


@pytest.fixture
def ada(app: Flask, browser: Any) -> Any:
    return browser(builders.ada())


def test_settings_are_saved_and_enter_the_history(ada: Any):
    page = ada.get("/settings")
    assert ada.post("/settings", {**HOSPICE, "version": version(page)}) == "/settings"
    hospice = queries.hospice()
    assert hospice is not None
    assert {name: getattr(hospice, name) for name in HOSPICE} == HOSPICE
    page = ada.get("/settings")
    assert "Saved." in page
    assert "time zone: from “Asia/Shanghai” to “Europe/London”" in page or (
        "time zone: from Asia/Shanghai to Europe/London" in page
    )
    assert "country: from China to United Kingdom" in page


def test_second_editor_is_told_and_loses_nothing(ada: Any):
    old = version(ada.get("/settings"))
    ada.post("/settings", {**HOSPICE, "version": old})
    mine = {**HOSPICE, "name": "My own name", "version": old}
    page = ada.post("/settings", mine, status=422)
    assert "This was changed at" in page
    assert 'value="My own name"' in page
    assert "Someone else changed this while you were writing" in page
    assert "Osmanthus House" in page
    assert ada.post("/settings", {**mine, "version": version(page)}) == "/settings"
    hospice = queries.hospice()
    assert hospice is not None
    assert hospice.name == "My own name"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter the name of the hospice"),
        ("name", "x" * 1_000_000, "Use at most 120 characters"),
        ("timezone", "Moon", "Choose from what is offered"),
        ("country", "ZZ", "Choose from what is offered"),
        ("country", "<b>", "Choose from what is offered"),
        ("office_phone", "<b>12345</b>", "Enter a telephone number"),
        ("office_hours", "😀" * 81, "Use at most 80 characters"),
    ],
)
def test_bad_settings_are_said_and_kept_in_the_form(ada: Any, field: str, value: str, message: str):
    sent = {**HOSPICE, field: value, "version": version(ada.get("/settings"))}
    page = ada.post("/settings", sent, status=422)
    assert page.count(message) == 2
    assert "Error: Settings" in page
    assert "<b>12345" not in page
    hospice = queries.hospice()
    assert hospice is not None
    assert hospice.name == "Osmanthus House Hospice"


def test_settings_take_no_other_columns(ada: Any):
    more = {"id": "2", "created_at": "2001-01-01", "version": version(ada.get("/settings"))}
    ada.post("/settings", {**HOSPICE, **more})
    hospice = queries.hospice()
    assert hospice is not None
    assert hospice.created_at.year != 2001


# --- people ---------------------------------------------------------------------------------------


def test_inviting_shows_the_link_once(ada: Any, app: Flask):
    where = ada.post("/settings/people/invite", GRETA)
    page = ada.get(where)
    link = re.search(r'id="link"[^>]*value="http://localhost(/invitation/[^"]+)"', page)
    assert link
    assert "Greta Gale is invited." in page
    assert "invited Greta Gale to sign in as Grief support" in page
    assert "/invitation/" not in ada.get(where)
    greta = queries.user_by_email("greta@example.org")
    assert greta is not None
    assert (greta.role, greta.locale, greta.password_hash) == (
        Role.GRIEF_SUPPORT,
        "zh_Hans",
        None,
    )
    assert [user.id for _, user in queries.tickets_to_send(clock.now())] == [greta.id]
    visitor = Visitor(app)
    app.config["WTF_CSRF_ENABLED"] = True
    assert visitor.send(link[1], {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter a name"),
        ("email", "", "Enter an email address"),
        ("email", "ADA@example.org", "Someone signs in with this address already"),
        ("role", "", "Choose a role"),
        ("role", "volunteer", "Choose from what is offered"),
        ("role", "emperor", "Choose from what is offered"),
        ("locale", "", "Choose a language"),
    ],
)
def test_bad_invitation_is_said(browser: Any, app: Flask, field: str, value: str, message: str):
    ada = browser(builders.ada(email="ada@example.org"))
    page = ada.post("/settings/people/invite", {**GRETA, field: value}, status=422)
    assert page.count(message) == 2
    assert len(queries.users()) == 1
    if field != "name":
        assert 'value="Greta Gale"' in page


def test_names_are_shown_as_they_are_typed(ada: Any):
    name = "<script>alert('王')</script> & “Greta”"
    where = ada.post("/settings/people/invite", {**GRETA, "name": name})
    for url in (where, "/settings/people", "/journal", where + "/edit"):
        page = ada.get(url)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&#39;王&#39;)&lt;/script&gt; &amp; “Greta”" in page


def test_role_is_changed_with_its_history(ada: Any):
    cora = builders.cora()
    url = f"/settings/people/{cora.id}"
    sent = {"name": cora.name, "email": cora.email, "role": "auditor", "locale": "en"}
    sent["version"] = version(ada.get(f"{url}/edit"))
    assert ada.post(f"{url}/edit", sent) == url
    assert cora.role is Role.AUDITOR
    assert "changed role: from Coordinator to Auditor" in ada.get(url)
    page = ada.post(f"{url}/edit", {**sent, "name": "Cora Second"}, status=422)
    assert "This was changed at" in page
    assert 'value="Cora Second"' in page


def test_own_role_and_own_account_are_for_others_to_change(app: Flask, browser: Any):
    user = builders.ada()
    ada = browser(user)
    url = f"/settings/people/{user.id}"
    sent = {"name": user.name, "email": user.email, "role": "volunteer", "locale": "en"}
    sent["version"] = version(ada.get(f"{url}/edit"))
    page = ada.post(f"{url}/edit", sent, status=422)
    assert page.count("You cannot change your own role") == 2
    assert "Close this account" not in ada.get(url)
    ada.post(f"{url}/disable")
    assert "You cannot change your own role" in ada.get(url)
    assert user.is_enabled


def test_closing_and_opening_an_account(ada: Any, browser: Any):
    user = builders.cora()
    cora = browser(user)
    cora.get("/account")
    url = f"/settings/people/{user.id}"
    ada.post(f"{url}/disable")
    cora.get("/account", status=302)
    page = ada.get(url)
    assert "Account closed." in page
    assert "closed the account of Cora Coates" in page
    ada.post(f"{url}/link")
    assert "This account is closed" in ada.get(url)
    ada.post(f"{url}/enable")
    ada.post(f"{url}/enable")  # a second tap says the same
    assert user.is_enabled
    assert [e.verb for e in journal.history("user", user.id)] == ["user.enabled", "user.disabled"]


def test_link_again_is_the_one_that_works(ada: Any, app: Flask):
    user = builders.cora()
    url = f"/settings/people/{user.id}"
    links = []
    for _ in range(2):
        ada.post(f"{url}/link")
        found = re.search(r'value="http://localhost(/invitation/[^"]+)"', ada.get(url))
        assert found
        links.append(found[1])
    assert [Visitor(app).get(link).status_code for link in links] == [410, 200]


def test_link_of_one_person_is_never_shown_on_the_page_of_another(ada: Any):
    cora, otto = builders.cora(), builders.user("Otto Olsen")
    ada.post(f"/settings/people/{cora.id}/link")
    assert "/invitation/" not in ada.get(f"/settings/people/{otto.id}")


def test_list_finds_names_and_addresses(ada: Any):
    builders.user("王芳", email="wang@example.org")
    builders.user("Percent %", email="under_score@example.org", is_enabled=False)
    assert "王芳" in ada.get("/settings/people?q=王")
    assert "王芳" in ada.get("/settings/people?q=WANG@")
    assert "王芳" not in ada.get("/settings/people?q=%25")
    page = ada.get("/settings/people?q=_score")
    assert "Percent %" in page
    assert "Account closed" in page
    assert "Nothing matches" in ada.get("/settings/people?q=" + "x" * 500)


def test_list_asks_as_much_for_one_as_for_many(ada: Any, statements: Any):
    ada.get("/settings/people")
    statements.seen.clear()
    ada.get("/settings/people")
    few = len(statements)
    for number in range(29):
        builders.user(f"Person {number}")
    with transaction():
        for user in queries.users():
            actions.sign_in(user, is_kept=False, device="", now=clock.now())
    statements.seen.clear()
    ada.get("/settings/people")
    assert len(statements) == few


@pytest.mark.parametrize("url", ["/settings/people/999999", "/settings/people/999999/edit"])
def test_nobody_there_is_not_found(ada: Any, url: str):
    ada.get(url, status=404)
