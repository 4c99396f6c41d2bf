"""What stands before every page: sign-in, forms of other sites, ways back, headers."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask

from hospice.accounts.rules import Role
from hospice.web.guard import CSP, safe_next
from tests import builders
from tests.accounts.conftest import Visitor, with_password

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "//\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "//evil.example/account",
    "///evil.example/account",
    "http://evil.example",
    "https://evil.example",
    "http:evil.example",
    "https:evil.example",
    "http:/evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "HTTP://evil.example",
    "//evil.example@localhost/account",
    "http://localhost@evil.example/account",
    "http://localhost/account",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,hello",
    "vbscript:x",
    "evil.example",
    "account",
    "./account",
    "../account",
    "?next=//evil.example",
    "#account",
    "",
    "/",
    "/account\r\nSet-Cookie: a=b",
    "/account\x00",
    "/account\\",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "/%09/evil.example",
    "/.evil.example",
    "/..//evil.example",
    "/account/..//evil.example",
    "/;@evil.example",
    "/@evil.example",
    "/account@evil.example",
    "//[::1]/account",
    "//[evil.example",
    "//evil%E3%80%82example",
    "/nothing-of-ours",
    "/sign-in",
    "/sign-in?next=/account",
    "/sign-out",
    "/assets/abcdefabcdef/alongside.css",
    "/account?" + "x" * 600,
    "／／evil.example",
    "/／evil.example",
    "ｈttps://evil.example",
]


def test_there_are_vectors_enough():
    assert len(set(ELSEWHERE)) >= 60


@pytest.mark.parametrize("target", [t for t in ELSEWHERE if t != "/"])
def test_no_way_leads_elsewhere(app: Flask, target: str):
    with app.test_request_context():
        assert safe_next(target) is None


@pytest.mark.parametrize(
    "target",
    ["/", "/account", "/roster?view=week&q=王", "/settings/people/7", "/me", "/show-as?size=2"],
)
def test_own_pages_are_a_way_back(app: Flask, target: str):
    with app.test_request_context():
        assert safe_next(target) == target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_neither_signing_in_nor_looks_lead_elsewhere(app: Flask, target: str):
    with_password(email="cora@example.org")
    visitor = Visitor(app)
    ways = [
        visitor.sign_in("cora@example.org", next=target),
        visitor.get("/sign-in", query_string={"next": target}),
        visitor.get("/show-as", query_string={"size": "2", "back": target}),
    ]
    with app.test_request_context():
        for way in ways:
            assert way.status_code == 302
            assert safe_next(way.location) == way.location


def test_the_vectors_would_pass_a_careless_check():
    """The check that most apps have lets through what browsers take for another site."""
    careless = [target for target in ELSEWHERE if not has_other_host(target)]
    assert {"/\\evil.example", "///evil.example", "https:evil.example"} <= set(careless)


def has_other_host(target: str) -> bool:
    """Tell whether urlsplit sees another host."""
    try:
        return bool(urlsplit(target).netloc)
    except ValueError:
        return True


# --- forms ----------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(app: Flask) -> Visitor:
    with_password("Ada Adler", Role.ADMINISTRATOR, email="ada@example.org")
    visitor = Visitor(app)
    visitor.sign_in("ada@example.org")
    return visitor


PAGES_WITH_FORMS = [
    "/sign-in",
    "/reset-password",
    "/account/look",
    "/account/password",
    "/settings",
]


@pytest.mark.parametrize("url", PAGES_WITH_FORMS)
@pytest.mark.parametrize("token", ["", "x", "IjEi.aaaa.bbbb", "stolen"])
def test_form_without_its_token_is_refused(app: Flask, signed_in: Visitor, url: str, token: str):
    if token == "stolen":
        token = Visitor(app).token("/sign-in")
    answer = signed_in.post(url, {"csrf_token": token, "name": "Changed", "locale": "en"})
    assert answer.status_code == 400
    assert "We could not read that" in answer.text


def test_token_in_the_address_is_no_token(signed_in: Visitor):
    token = signed_in.token("/account")
    assert signed_in.post(f"/sign-out?csrf_token={token}").status_code == 400
    assert signed_in.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example:80"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_form_of_another_site_is_refused_even_with_a_token(
    signed_in: Visitor, headers: dict[str, str]
):
    token = signed_in.token("/account")
    assert signed_in.post("/sign-out", {"csrf_token": token}, headers=headers).status_code == 400
    assert signed_in.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}],
)
def test_own_form_is_taken(signed_in: Visitor, headers: dict[str, str]):
    token = signed_in.token("/account")
    answer = signed_in.post("/sign-out", {"csrf_token": token}, headers=headers)
    assert answer.location == "/sign-in"


def test_https_behind_a_proxy_needs_no_referrer(app: Flask):
    with_password(email="cora@example.org")
    visitor = Visitor(app, base_url="https://localhost")
    app.config["SESSION_COOKIE_SECURE"] = True
    assert visitor.sign_in("cora@example.org").status_code == 302


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["/sign-in", "/account", "/nothing", "/settings/people", "/first-run"]
)
def test_every_page_is_kept_to_itself(signed_in: Visitor, url: str):
    headers = signed_in.get(url).headers
    assert headers["Content-Security-Policy"] == CSP
    assert "unsafe" not in CSP
    assert "*" not in CSP
    for rule in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert rule in CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Vary"] == "Cookie"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_hold_nothing_inline(signed_in: Visitor):
    for url in ("/sign-in", "/account", "/settings", "/settings/people", "/journal"):
        page = signed_in.get(url, follow_redirects=True).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"<[^>]+\s(on\w+|style)=", page)
        assert "<style" not in page


def test_files_may_be_kept_for_a_year(signed_in: Visitor):
    style = signed_in.get("/sign-in", follow_redirects=True).text
    url = re.search(r'href="(/assets/[^"]+alongside\.css)"', style)
    assert url
    headers = signed_in.get(url[1]).headers
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in headers.get("Vary", "")
    assert "Set-Cookie" not in headers


def test_numbers_that_no_column_holds_are_not_found(signed_in: Visitor):
    for number in ("2147483648", "99999999999999999999", "-1", "1e3", "١", "0x1", "%00"):
        assert signed_in.get(f"/settings/people/{number}").status_code == 404


def test_who_may_not_hears_that_there_is_nothing(app: Flask, browser):
    cora = browser(builders.cora())
    missing = cora.get("/settings/nothing-here", status=404)
    closed = cora.get("/settings/people", status=404)
    assert re.sub(r"/settings/[a-z-]+", "", closed) == re.sub(r"/settings/[a-z-]+", "", missing)
