"""Invitations and new passwords, from the link to the first page."""

import re
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from hospice.accounts import actions, queries
from hospice.accounts.rules import PersonFacts, Role, TicketKind
from hospice.core import clock
from hospice.core.db import db, transaction
from tests import builders
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Visitor, with_password
from tests.conftest import KEY, make_app


def link(user: object, kind: TicketKind = TicketKind.RESET, minutes_ago: float = 0) -> str:
    """Return the path of a link that was made some time ago."""
    with transaction():
        ticket = actions.issue_ticket(
            kind,
            user=user,  # type: ignore[arg-type]
            now=clock.now() - timedelta(minutes=minutes_ago),
            secret_key=KEY,
        )
        return actions.ticket_link(ticket, base_url="", secret_key=KEY)


@pytest.mark.parametrize("kind", [TicketKind.RESET, TicketKind.INVITATION])
def test_link_lets_someone_choose_a_password_once(visitor: Visitor, kind: TicketKind):
    cora = builders.user(email="cora@example.org")
    path = link(cora, kind)
    for _ in range(3):  # a mail scanner opens links; opening does nothing
        assert visitor.get(path).status_code == 200
        visitor.client.head(path)
    assert visitor.send(path, {"password": PASSWORD}).status_code == 302
    assert visitor.get("/account").status_code == 200
    assert Visitor(visitor.app).get(path).status_code == 410
    assert "This link has ended" in visitor.get(path).text
    assert Visitor(visitor.app).sign_in(cora.email).status_code == 302


def test_link_ends_other_sign_ins(visitor: Visitor, app: Flask):
    cora = with_password(email="cora@example.org")
    elsewhere = Visitor(app)
    elsewhere.sign_in(cora.email)
    visitor.send(link(cora), {"password": OTHER_PASSWORD})
    assert elsewhere.get("/account").status_code == 302
    assert elsewhere.sign_in(cora.email, PASSWORD).status_code == 422


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("", "Enter a new password"),
        ("short", "Use at least 15 characters"),
        ("x" * 300, "Use at most 256 characters"),
        ("passwordpassword", "This one is easy to guess"),
        ("cora coates cora coates", "This one is easy to guess"),
        ("x" * 1_000_000, "Use at most 256 characters"),
    ],
)
def test_bad_password_is_refused_and_never_shown(visitor: Visitor, password: str, message: str):
    cora = builders.user(email="cora@example.org")
    path = link(cora)
    answer = visitor.send(path, {"password": password})
    assert answer.status_code == 422
    assert message in answer.text
    assert not password or password not in answer.text
    assert cora.password_hash is None
    assert visitor.send(path, {"password": PASSWORD}).status_code == 302  # still good


def test_link_of_one_kind_opens_no_other_page(visitor: Visitor):
    cora = builders.user(email="cora@example.org")
    token = link(cora, TicketKind.INVITATION).rpartition("/")[2]
    assert visitor.get(f"/reset-password/{token}").status_code == 410
    assert visitor.get(f"/first-run/{token}").status_code == 410


def test_link_runs_out(visitor: Visitor):
    cora = builders.user(email="cora@example.org")
    assert visitor.get(link(cora, minutes_ago=10.1)).status_code == 410
    assert visitor.get(link(cora, minutes_ago=9)).status_code == 200


def test_link_that_ends_while_typing_is_said(visitor: Visitor):
    cora = builders.user(email="cora@example.org")
    path = link(cora)
    token = visitor.token(path)
    link(cora)  # a newer one
    answer = visitor.post(path, {"csrf_token": token, "password": PASSWORD})
    assert answer.status_code == 410
    assert cora.password_hash is None


@pytest.mark.parametrize("token", ["x", "%00", "😀", "../..", "a" * 5000, "<script>", "%f0%28"])
def test_odd_tokens_are_just_ended(visitor: Visitor, token: str):
    for path in ("/reset-password/", "/invitation/", "/first-run/"):
        answer = visitor.get(path + token)
        assert answer.status_code in {404, 410}
        assert "<script>" not in answer.text


def test_page_speaks_the_persons_language(visitor: Visitor):
    wang = builders.user("王芳", locale="zh_Hans", email="wang@example.org")
    page = visitor.get(link(wang, TicketKind.INVITATION)).text
    assert '<html lang="zh-Hans"' in page
    assert "王芳，欢迎您" in page


# --- asking for a link ----------------------------------------------------------------------------


def test_asking_never_tells_whether_the_address_is_known(visitor: Visitor):
    with_password(email="cora@example.org")
    with_password(email="closed@example.org", is_enabled=False)
    answers = [
        visitor.send("/reset-password", {"email": email})
        for email in ("cora@example.org", "nobody@example.org", "closed@example.org")
    ]
    assert {(a.status_code, a.location, a.text) for a in answers} == {
        (302, "/reset-password/asked", answers[0].text)
    }
    wanted = [user.email for _, user in queries.tickets_to_send(clock.now())]
    assert wanted == ["cora@example.org"]
    assert "If this address belongs to someone here" in visitor.get("/reset-password/asked").text


def test_asking_takes_as_long_for_nobody(visitor: Visitor):
    with_password(email="cora@example.org")
    token = visitor.token("/reset-password")
    spent: dict[str, list[float]] = {"cora@example.org": [], "nobody@example.org": []}
    for _ in range(25):
        for email, times in spent.items():
            started = time.perf_counter()
            visitor.post("/reset-password", {"csrf_token": token, "email": email})
            times.append(time.perf_counter() - started)
            with transaction():
                db.session.execute(text("DELETE FROM attempt"))
    known, unknown = (sorted(times)[len(times) // 2] for times in spent.values())
    assert 0.6 < known / unknown < 1.6


def test_asking_again_and_again_sends_three_letters(visitor: Visitor):
    with_password(email="cora@example.org")
    numbers = []
    for _ in range(6):
        assert visitor.send("/reset-password", {"email": "cora@example.org"}).status_code == 302
        numbers += [ticket.id for ticket, _ in queries.tickets_to_send(clock.now())]
    assert len(set(numbers)) == 3


def test_bad_address_is_said(visitor: Visitor):
    answer = visitor.send("/reset-password", {"email": "no address"})
    assert answer.status_code == 422
    assert "Enter an email address in the form name@example.org" in answer.text
    assert 'value="no address"' in answer.text


def test_links_are_built_from_the_configured_address_alone(tmp_path: Path, migrated: Path):
    """Whatever a browser or proxy says the host is: a forged one would send people elsewhere."""
    shutil.copy(migrated, tmp_path / "alongside.sqlite3")
    app = make_app(tmp_path, BASE_URL="https://roster.example.org")
    forged = [
        {"Host": "evil.example"},
        {"Host": "roster.example.org@evil.example"},
        {"Host": "roster.example.org.evil.example"},
        {"Host": "evil.example:443"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Server": "evil.example"},
        {"X-Host": "evil.example"},
        {"X-Original-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Forwarded-Proto": "gopher"},
        {"X-Original-URL": "//evil.example/"},
        {"X-Rewrite-URL": "//evil.example/"},
    ]
    with app.app_context():
        builders.hospice()
        ada = with_password("Ada Adler", Role.ADMINISTRATOR, email="ada@example.org")
        for headers in forged:
            visitor = Visitor(app, base_url="https://localhost", headers=headers)
            assert visitor.sign_in(ada.email).status_code in {302, 400}
            answer = visitor.get("/settings/people/invite")
            if answer.status_code != 200:
                continue
            answer = visitor.send(
                "/settings/people/invite",
                {
                    "name": "Greta",
                    "email": f"g{forged.index(headers)}@example.org",
                    "role": "grief_support",
                    "locale": "en",
                },
            )
            assert "evil" not in answer.headers.get("Location", "")
            page = visitor.get(answer.location).text
            links = re.findall(r'id="link"[^>]*value="([^"]+)"', page)
            assert [found.rpartition("/")[0] for found in links] == [
                "https://roster.example.org/invitation"
            ]
            assert "evil.example" not in page
        db.session.remove()
        db.engine.dispose()


def test_invitation_through_actions_is_that_of_the_page(visitor: Visitor):
    ada = builders.ada()
    facts = PersonFacts("Greta", "greta@example.org", Role.GRIEF_SUPPORT, "en")
    with transaction():
        _user, ticket = actions.invite(facts, by=ada, now=clock.now(), secret_key=KEY)
        path = actions.ticket_link(ticket, base_url="", secret_key=KEY)
    assert "Welcome, Greta" in visitor.get(path).text
