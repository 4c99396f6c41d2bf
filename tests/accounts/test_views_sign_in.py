"""Signing in and out, as a browser does it."""

import re
import time
from datetime import timedelta

import pytest
from argon2.low_level import Type, hash_secret
from flask import Flask
from sqlalchemy import text

from hospice.accounts import actions, queries
from hospice.accounts.models import SignIn
from hospice.accounts.rules import PersonFacts, Role
from hospice.core import clock
from hospice.core.db import db, transaction
from tests import builders
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Visitor, with_password

WRONG = "This address and password do not fit together"


def visible(page: str) -> str:
    """Return a page without what differs by chance: the token and what was typed."""
    return re.sub(r'value="[^"]*"', "", page)


def test_signing_in_opens_the_asked_page(visitor: Visitor):
    with_password(email="cora@example.org")
    answer = visitor.sign_in(" Cora@Example.org ", next="/roster?view=week")
    assert answer.status_code == 302
    assert answer.location == "/roster?view=week"
    assert visitor.get("/account").status_code == 200


def test_closed_page_asks_to_sign_in_and_comes_back(visitor: Visitor):
    with_password(email="cora@example.org")
    asked = visitor.get("/account?a=b")
    assert asked.location == "/sign-in?next=%2Faccount%3Fa%3Db"
    page = visitor.get(asked.location).text
    assert 'name="next" type="hidden" value="/account?a=b"' in page


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("cora@example.org", "not the right one at all"),
        ("nobody@example.org", PASSWORD),
        ("closed@example.org", PASSWORD),
        ("invited@example.org", PASSWORD),
        ("cora@example.org", "x" * 1000),
        (
            "cora@example.org",
            "\x00\ud800😀".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        ),
    ],
)
def test_what_does_not_fit_reads_the_same(visitor: Visitor, email: str, password: str):
    with_password(email="cora@example.org")
    with_password(email="closed@example.org", is_enabled=False)
    builders.user(email="invited@example.org")
    answer = visitor.sign_in(email, password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert "<title>Error: Sign in" in answer.text
    assert f'value="{email}"' in answer.text  # nothing typed is lost
    assert password not in answer.text or len(password) < 3  # but never a password
    known = visitor.sign_in("cora@example.org", "not the right one at all").text
    assert visible(answer.text) == visible(known)
    assert visitor.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Enter your email address"),
        ({"email": "cora@example.org"}, "Enter your password"),
        ({"email": "not an address", "password": "x"}, "Enter an email address in the form"),
        ({"email": "a" * 300 + "@example.org", "password": "x"}, "Use at most 254 characters"),
        ({"email": "cora@example.org", "password": "x" * 1001}, "Use at most 1000 characters"),
        ({"email": "<b>@example.org", "password": "x"}, "Enter an email address in the form"),
    ],
)
def test_bad_form_says_what_to_do(visitor: Visitor, data: dict[str, str], message: str):
    answer = visitor.send("/sign-in", data)
    assert answer.status_code == 422
    assert message in answer.text
    assert "There is a problem" in answer.text
    assert "<b>@" not in answer.text


def test_unknown_people_take_as_long(app: Flask):
    """Each try does one hash; compared by the middle of many, alternating."""
    actions.cheapen_hashing()
    with_password(email="cora@example.org")
    spent: dict[str, list[float]] = {"cora@example.org": [], "nobody@example.org": []}
    visitor = Visitor(app)
    token = visitor.token("/sign-in")
    for round_ in range(25):
        for email, times in spent.items():
            data = {"csrf_token": token, "email": email, "password": "a wrong one"}
            started = time.perf_counter()
            visitor.post("/sign-in", data, environ_base={"REMOTE_ADDR": f"10.0.1.{round_}"})
            times.append(time.perf_counter() - started)
            with transaction():
                db.session.execute(text("DELETE FROM attempt"))
    known, unknown = (sorted(times)[len(times) // 2] for times in spent.values())
    assert 0.6 < known / unknown < 1.6


def test_hashing_is_done_for_unknown_people_too(app: Flask, monkeypatch: pytest.MonkeyPatch):
    seen = []
    real = actions.check_password

    def watch(password: str, stored_hash: str | None) -> tuple[bool, str | None]:
        seen.append((password, stored_hash))
        return real(password, stored_hash)

    monkeypatch.setattr(actions, "check_password", watch)
    Visitor(app).sign_in("nobody@example.org", "whatever it is")
    assert seen == [("whatever it is", None)]


def test_too_many_tries_are_throttled_and_a_link_lets_the_owner_in(visitor: Visitor):
    cora = with_password(email="cora@example.org")
    for _ in range(10):
        assert visitor.sign_in(cora.email, "a wrong one").status_code == 422
    answer = visitor.sign_in(cora.email)  # even the right one
    assert answer.status_code == 429
    assert "Too many tries" in answer.text
    token = visitor.token("/sign-in")
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"):
        data = {"csrf_token": token, "email": cora.email, "password": PASSWORD}
        assert visitor.post("/sign-in", data, headers={header: "10.9.9.9"}).status_code == 429
    with transaction():
        actions.ask_reset(cora.email, now=clock.now(), secret_key=_key(visitor))
    ((ticket, _user),) = queries.tickets_to_send(clock.now())
    link = actions.ticket_link(ticket, base_url="", secret_key=_key(visitor))
    answer = visitor.send(link, {"password": OTHER_PASSWORD})
    assert answer.status_code == 302
    assert visitor.get("/account").status_code == 200
    other = Visitor(visitor.app)
    assert other.sign_in(cora.email, OTHER_PASSWORD).status_code == 302


def _key(visitor: Visitor) -> str:
    return str(visitor.app.config["SETTINGS"].secret_key)


def test_signed_out_session_cannot_be_replayed(visitor: Visitor, app: Flask):
    with_password(email="cora@example.org")
    visitor.sign_in("cora@example.org")
    cookie = visitor.client.get_cookie("alongside")
    assert cookie is not None
    thief = Visitor(app)
    thief.client.set_cookie("alongside", cookie.value)
    assert thief.get("/account").status_code == 200
    answer = visitor.send("/sign-out", page="/account")
    assert answer.location == "/sign-in"
    assert thief.get("/account").status_code == 302
    assert visitor.get("/account").status_code == 302
    assert "You are signed out" in visitor.get("/sign-in").text


def test_signing_out_needs_a_form(visitor: Visitor):
    with_password(email="cora@example.org")
    visitor.sign_in("cora@example.org")
    assert visitor.get("/sign-out").status_code == 405
    assert visitor.post("/sign-out").status_code == 400
    assert visitor.get("/account").status_code == 200


def test_planted_session_opens_nothing_after_signing_in(app: Flask):
    """Fixation: whoever gave the victim a cookie does not share their sign-in."""
    with_password(email="cora@example.org")
    attacker, victim = Visitor(app), Visitor(app)
    attacker.get("/sign-in")
    planted = attacker.client.get_cookie("alongside")
    assert planted is not None
    victim.client.set_cookie("alongside", planted.value)
    victim.sign_in("cora@example.org")
    after = victim.client.get_cookie("alongside")
    assert after is not None
    assert after.value != planted.value
    assert attacker.get("/account").status_code == 302
    with victim.client.session_transaction() as session:
        assert "_user_id" in session
    # the attacker's token for forms is of no use in the new session
    token = attacker.token("/sign-in")
    assert victim.post("/sign-out", {"csrf_token": token}).status_code == 400


def test_the_token_of_forms_is_made_with_the_sign_in(visitor: Visitor):
    """Made by the next page, two requests at once would each make one and refuse the other's."""
    with_password(email="cora@example.org")
    client = visitor.client
    visitor.get("/sign-in")
    with client.session_transaction() as before:
        old = before.get("csrf_token")
    visitor.sign_in("cora@example.org")
    with client.session_transaction() as after:
        made = after.get("csrf_token")
    assert made
    assert made != old


def test_second_person_on_the_same_browser_ends_the_first(visitor: Visitor):
    cora = with_password(email="cora@example.org")
    with_password("Ada Adler", Role.ADMINISTRATOR, email="ada@example.org")
    visitor.sign_in(cora.email)
    token = visitor.token("/account")
    data = {"csrf_token": token, "email": "ada@example.org", "password": PASSWORD}
    assert visitor.post("/sign-in", data).status_code == 302
    assert queries.living_sign_ins(cora, clock.now()) == []
    assert "Ada Adler" in visitor.get("/account").text


def test_phones_of_volunteers_stay_signed_in_but_those_of_staff_do_not(visitor: Visitor):
    with_password("Vera Vance", Role.VOLUNTEER, email="vera@example.org")
    with_password(email="cora@example.org")
    kept = visitor.sign_in("vera@example.org", is_kept="y").headers["Set-Cookie"]
    assert "Expires=" in kept
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    staff = Visitor(visitor.app).sign_in("cora@example.org", is_kept="y").headers["Set-Cookie"]
    assert "Expires=" not in staff


def test_idle_staff_are_signed_out_and_presence_is_noted(visitor: Visitor):
    cora = with_password(email="cora@example.org")
    visitor.sign_in(cora.email)
    age(minutes=20)
    assert visitor.get("/account").status_code == 200  # noted: the clock starts anew
    age(minutes=20)
    assert visitor.get("/account").status_code == 200
    age(minutes=31)
    assert visitor.get("/account").status_code == 302


def test_presence_is_noted_while_someone_else_writes(visitor: Visitor):
    """A read that turned into a write would fail on SQLite once another wrote in between."""
    cora = with_password(email="cora@example.org")
    visitor.sign_in(cora.email)
    for _ in range(5):
        age(minutes=5)
        assert visitor.get("/account").status_code == 200


def age(*, minutes: int) -> None:
    """Let time pass for every sign-in."""
    db.session.rollback()
    with transaction():
        for row in db.session.execute(text("SELECT id FROM sign_in")).scalars().all():
            found = db.session.get(SignIn, row)
            assert found is not None
            found.seen_at -= timedelta(minutes=minutes)
            found.started_at -= timedelta(minutes=minutes)


def test_role_change_and_closing_end_the_session(visitor: Visitor, app: Flask):
    ada = builders.ada()
    vera = with_password("Vera Vance", Role.LEADER, email="vera@example.org")
    visitor.sign_in(vera.email)
    assert visitor.get("/account").status_code == 200
    with transaction():
        facts = PersonFacts(vera.name, vera.email, Role.VOLUNTEER, "en")
        actions.change_person(vera, facts, seen_version=vera.version, by=ada, now=clock.now())
    assert visitor.get("/account").status_code == 302
    visitor.sign_in(vera.email)
    with transaction():
        actions.enable(vera, is_enabled=False, by=ada, now=clock.now())
    assert visitor.get("/account").status_code == 302


def test_after_half_a_day_a_kept_phone_asks_for_the_password_again(visitor: Visitor):
    vera = with_password("Vera Vance", Role.VOLUNTEER, email="vera@example.org")
    visitor.sign_in(vera.email, is_kept="y")
    age(minutes=13 * 60)
    assert visitor.get("/account").status_code == 200
    page = visitor.get("/sign-in?next=/account").text
    assert "You are still signed in here" in page
    assert 'value="vera@example.org"' in page
    old = queries.living_sign_ins(vera, clock.now())[0].id
    assert visitor.sign_in(vera.email, is_kept="y", next="/account").location == "/account"
    assert [row.id for row in queries.living_sign_ins(vera, clock.now())] != [old]
    assert visitor.get("/sign-in?next=/account").location == "/account"


def test_old_hash_is_replaced_at_the_next_sign_in(visitor: Visitor):
    weak = hash_secret(PASSWORD.encode(), b"somesaltsomesalt", 2, 8, 1, 32, Type.ID).decode()
    cora = with_password(email="cora@example.org", password_hash=weak)
    assert visitor.sign_in(cora.email).status_code == 302
    assert cora.password_hash != weak
    assert Visitor(visitor.app).sign_in(cora.email).status_code == 302


def test_the_office_is_named_for_trouble(visitor: Visitor):
    page = visitor.get("/sign-in").text
    assert 'href="tel:02155550142"' in page
    assert "/reset-password" in page
