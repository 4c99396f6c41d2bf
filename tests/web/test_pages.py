"""The frame of every page: language, look, addresses, times in words."""

from datetime import UTC, datetime

import pytest
from flask import Flask, g

from hospice.accounts.rules import Role
from hospice.web import pages
from tests import builders
from tests.accounts.conftest import Visitor, with_password


def test_addresses_keep_filters_but_take_no_orders(app: Flask):
    """`_external` and `_scheme` in an address would make links that lead away."""
    hostile = "/sign-in?a=1&_external=1&_scheme=javascript&_anchor=x&_method=POST"
    with app.test_request_context(hostile):
        assert pages.with_args(page=2) == "/sign-in?a=1&page=2"
        assert pages.other_language_url().startswith("?a=1&")


def test_addresses_keep_repeated_values(app: Flask):
    with app.test_request_context("/sign-in?place=1&place=2&page=3"):
        assert pages.with_args(page=None) == "/sign-in?place=1&place=2"


@pytest.mark.parametrize(
    ("query", "cookie", "profile", "browser", "spoken"),
    [
        ("?lang=zh", "en", "en", "en", "zh-Hans"),
        ("", "zh_Hans", "en", "en", "zh-Hans"),
        ("", "", "zh_Hans", "en", "zh-Hans"),
        ("", "", "", "zh-CN,zh;q=0.9", "zh-Hans"),
        ("", "", "", "fr", "en"),
        ("?lang=tlh", "tlh", "", "zh", "zh-Hans"),
    ],
)
def test_language_is_chosen_by_who_says_it_most_clearly(
    app: Flask, query: str, cookie: str, profile: str, browser: str, spoken: str
):
    visitor = Visitor(app, headers={"Accept-Language": browser})
    if profile:
        with_password(email="cora@example.org", locale=profile)
        visitor.sign_in("cora@example.org")
    if cookie:
        visitor.client.set_cookie("lang", cookie)
    page = visitor.get(f"/{'account' if profile else 'sign-in'}{query}").text
    assert f'<html lang="{spoken}"' in page


def test_moments_name_the_year_when_it_is_another(app: Flask):
    with app.test_request_context("/?lang=en"):
        past = datetime(2019, 11, 22, 12, 14, tzinfo=UTC)
        assert ">Fri 22 Nov 2019, 20:14</time>" in pages.moment_year(past)
        assert 'datetime="2019-11-22T20:14+08:00"' in pages.moment_year(past)
        today = builders.real_now()
        assert str(today.year) not in pages.moment_year(today).split(">")[1]
    with app.test_request_context("/?lang=zh"):
        g.pop("_flask_babel", None)
        assert ">2019年11月22日（周五）20:14</time>" in pages.moment_year(past)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Vera Vance", "VV"),
        ("Cher", "C"),
        ("王芳", "王芳"),
        ("欧阳修远", "修远"),
        ("", "–"),
        ("😀", "😀"),
    ],
)
def test_initials(name: str, short: str):
    assert pages.initials(name) == short


def test_looks_are_kept_on_the_device(app: Flask):
    visitor = Visitor(app)
    visitor.get("/show-as?size=3&theme=dark&large=1")
    page = visitor.get("/sign-in").text
    assert 'class="volunteer size-3 large"' in page
    assert 'data-bs-theme="dark"' in page
    visitor.get("/show-as?size=1&theme=system&large=0")
    page = visitor.get("/sign-in").text
    assert 'class="volunteer"' in page
    assert "data-bs-theme" not in page.split("<head>")[0]


@pytest.mark.parametrize("value", ["4", "0", "-1", "x", "", "1" * 3000, "²", "２"])
def test_odd_looks_change_nothing(app: Flask, value: str):
    visitor = Visitor(app)
    answer = visitor.get("/show-as", query_string={"size": value, "theme": value, "large": value})
    assert answer.status_code == 302
    assert answer.headers.getlist("Set-Cookie") == [] or value in {"0", "1"}
    visitor.client.set_cookie("size", value)
    visitor.client.set_cookie("theme", value)
    assert visitor.get("/sign-in").status_code == 200


def test_navigation_shows_what_a_role_may_open(app: Flask, browser):
    with_links = {role: browser(builders.user(f"{role} X", role)).get("/account") for role in Role}
    assert 'href="/settings"' in with_links[Role.ADMINISTRATOR]
    assert 'href="/settings"' not in with_links[Role.COORDINATOR]
    assert 'href="/journal"' in with_links[Role.AUDITOR]
    assert 'class="tabbar"' in with_links[Role.VOLUNTEER]
    assert 'href="/me"' in with_links[Role.LEADER]


@pytest.mark.parametrize(
    ("address", "lit"),
    [
        ("/roster", {"shifts.roster"}),
        ("/swaps/1", set()),  # one's own, which the roster is not
        ("/me/shifts/1/cant-come", set()),
        ("/tasks", {"visits.index"}),
        ("/hours", set()),
        ("/today", set()),
    ],
)
def test_the_navigation_shows_where_a_page_is(app: Flask, address: str, lit: set[str]):
    every = [pages.Link("", one) for one in ("shifts.roster", "visits.index", "volunteers.index")]
    with app.test_request_context(address):
        assert {one.endpoint for one in every if one.is_here} == lit
