"""A person's own account."""

import re

import pytest
from flask import Flask

from hospice.accounts import queries
from hospice.accounts.rules import Role, Theme
from hospice.core import clock
from tests import builders
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Visitor, with_password

LOOK = {"locale": "zh_Hans", "theme": "dark", "text_size": "3", "large_mode": "y"}


@pytest.mark.parametrize("role", list(Role))
def test_everyone_has_an_account_page(app: Flask, browser, role: Role):
    page = browser(builders.user("Somebody Else", role)).get("/account")
    assert "Somebody Else" in page
    assert "This device" in page
    assert 'action="/sign-out"' in page


def test_looks_are_kept_with_the_person_and_not_hidden_by_this_device(visitor: Visitor):
    vera = with_password("Vera Vance", Role.VOLUNTEER, email="vera@example.org")
    visitor.sign_in(vera.email)
    visitor.get("/show-as?size=1&theme=light&lang=en")
    answer = visitor.send("/account/look", LOOK, page="/account")
    assert answer.location == "/account"
    assert (vera.locale, vera.theme, vera.text_size, vera.large_mode) == (
        "zh_Hans",
        Theme.DARK,
        3,
        True,
    )
    page = visitor.get("/account").text
    (html,) = re.findall(r"<html[^>]*>", page)
    assert 'lang="zh-Hans"' in html
    assert 'class="volunteer size-3 large" data-bs-theme="dark"' in html
    assert "已保存。" in page
    visitor.send("/account/look", {**LOOK, "large_mode": ""}, page="/account")
    assert vera.large_mode is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("locale", "tlh"),
        ("locale", ""),
        ("theme", "pink"),
        ("text_size", "4"),
        ("text_size", "9" * 40),
        ("text_size", "\x00"),
    ],
)
def test_odd_looks_are_refused(visitor: Visitor, field: str, value: str):
    vera = with_password("Vera Vance", Role.VOLUNTEER, email="vera@example.org")
    visitor.sign_in(vera.email)
    answer = visitor.send("/account/look", {**LOOK, field: value}, page="/account")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert vera.locale == "en"


def test_looks_cannot_change_who_a_person_is(visitor: Visitor):
    vera = with_password("Vera Vance", Role.VOLUNTEER, email="vera@example.org")
    visitor.sign_in(vera.email)
    more = {"role": "administrator", "email": "x@example.org", "is_enabled": "", "id": "1"}
    visitor.send("/account/look", {**LOOK, **more}, page="/account")
    assert (vera.role, vera.email, vera.is_enabled) == (Role.VOLUNTEER, "vera@example.org", True)


def test_password_is_changed_by_who_knows_the_present_one(visitor: Visitor, app: Flask):
    cora = with_password(email="cora@example.org")
    visitor.sign_in(cora.email)
    elsewhere = Visitor(app)
    elsewhere.sign_in(cora.email)
    answer = visitor.send("/account/password", {"present": PASSWORD, "password": OTHER_PASSWORD})
    assert answer.location == "/account"
    assert "Your password is changed" in visitor.get("/account").text
    assert elsewhere.get("/account").status_code == 302
    assert elsewhere.sign_in(cora.email, PASSWORD).status_code == 422
    assert elsewhere.sign_in(cora.email, OTHER_PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("present", "password", "message"),
    [
        ("not this one", OTHER_PASSWORD, "This is not your present password"),
        ("", OTHER_PASSWORD, "Enter your present password"),
        (PASSWORD, "short", "Use at least 15 characters"),
        (PASSWORD, "coracoatescoracoates", "This one is easy to guess"),
    ],
)
def test_password_stays_when_something_is_wrong(
    visitor: Visitor, present: str, password: str, message: str
):
    cora = with_password(email="cora@example.org")
    visitor.sign_in(cora.email)
    kept = cora.password_hash
    answer = visitor.send("/account/password", {"present": present, "password": password})
    assert answer.status_code == 422
    assert message in answer.text
    assert f'value="{password}"' not in answer.text
    assert cora.password_hash == kept


def test_guessing_the_present_password_is_throttled(visitor: Visitor):
    cora = with_password(email="cora@example.org")
    visitor.sign_in(cora.email)
    data = {"present": "a wrong one", "password": OTHER_PASSWORD}
    codes = [visitor.send("/account/password", data).status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    right = {"present": PASSWORD, "password": OTHER_PASSWORD}
    assert visitor.send("/account/password", right).status_code == 429


def test_devices_are_signed_out_one_by_one_or_all_at_once(visitor: Visitor, app: Flask):
    cora, otto = with_password(email="cora@example.org"), builders.user("Otto Olsen")
    visitor.sign_in(cora.email)
    others = [Visitor(app, headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari"}) for _ in range(3)]
    for other in others:
        other.sign_in(cora.email)
    rows = queries.living_sign_ins(cora, clock.now())
    assert len(rows) == 4
    assert visitor.get("/account").text.count("Safari, iPhone") == 6  # shown, and on the button
    first = max(row.id for row in rows) - 2  # the first of the others
    answer = visitor.send(f"/account/sign-ins/{first}/end", page="/account")
    assert answer.status_code == 302
    assert [other.get("/account").status_code for other in others] == [302, 200, 200]
    visitor.send("/account/sign-ins/end-others", page="/account")
    assert [other.get("/account").status_code for other in others] == [302, 302, 302]
    assert visitor.get("/account").status_code == 200
    assert queries.living_sign_ins(otto, clock.now()) == []


def test_sign_ins_of_others_are_missing(visitor: Visitor, app: Flask):
    with_password(email="cora@example.org")
    with_password("Otto Olsen", Role.VOLUNTEER, email="otto@example.org")
    visitor.sign_in("cora@example.org")
    otto = Visitor(app)
    otto.sign_in("otto@example.org")
    user = queries.user_by_email("otto@example.org")
    assert user is not None
    (row,) = queries.living_sign_ins(user, clock.now())
    theirs = visitor.send(f"/account/sign-ins/{row.id}/end", page="/account")
    absent = visitor.send("/account/sign-ins/999999/end", page="/account")
    assert (theirs.status_code, absent.status_code) == (404, 404)
    assert otto.get("/account").status_code == 200
