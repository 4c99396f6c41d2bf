"""From an empty database to the first administrator."""

import threading

import pytest
from flask import Flask

from hospice.accounts import actions, queries
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.journal import queries as journal
from tests import builders
from tests.accounts.conftest import PASSWORD, Visitor
from tests.conftest import KEY

TYPED = {
    "hospice_name": "Osmanthus House",
    "timezone": "Asia/Shanghai",
    "locale": "zh_Hans",
    "office_phone": "021 5555 0142",
    "name": "Ada Adler",
    "email": "Ada@example.org",
    "password": PASSWORD,
}


def first_link() -> str:
    with transaction():
        link = actions.first_run_link("", clock.now(), secret_key=KEY)
    assert link is not None
    return link


@pytest.mark.parametrize("path", ["/", "/sign-in", "/roster", "/account", "/settings", "/me"])
def test_before_founding_every_page_says_where_to_begin(unfounded: Flask, path: str):
    visitor = Visitor(unfounded)
    answer = visitor.get(path)
    assert (answer.status_code, answer.location) == (302, "/first-run")
    assert "Open the link printed on the console" in visitor.get("/first-run").text


def test_files_and_looks_are_served_before_founding(unfounded: Flask):
    visitor = Visitor(unfounded)
    page = visitor.get("/first-run").text
    style = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert visitor.get(style).status_code == 200
    assert visitor.get("/show-as?size=2&back=/first-run").location == "/first-run"


def test_the_link_founds_the_hospice_once(unfounded: Flask):
    visitor, link = Visitor(unfounded), first_link()
    assert visitor.get(link).status_code == 200
    answer = visitor.send(link, TYPED)
    assert (answer.status_code, answer.location) == (302, "/")
    hospice, ada = queries.hospice(), queries.user_by_email("ada@example.org")
    assert hospice is not None
    assert ada is not None
    assert (hospice.name, hospice.timezone) == ("Osmanthus House", "Asia/Shanghai")
    assert (hospice.locale, hospice.office_phone) == ("zh_Hans", "021 5555 0142")
    assert (ada.role, ada.name) == (Role.ADMINISTRATOR, "Ada Adler")
    assert [entry.verb for entry in journal.history("hospice", 1)] == ["hospice.founded"]
    assert visitor.get("/account").status_code == 200  # signed in already
    assert visitor.get(link).status_code == 410
    assert Visitor(unfounded).get("/first-run").location == "/"
    assert Visitor(unfounded).sign_in("ada@example.org").status_code == 302


def test_printing_again_ends_the_older_link(unfounded: Flask):
    older, newer = first_link(), first_link()
    visitor = Visitor(unfounded)
    assert visitor.get(older).status_code == 410
    assert "flask first-run-link" in visitor.get(older).text
    assert visitor.get(newer).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("hospice_name", "", "Enter the name of the hospice"),
        ("hospice_name", "x" * 121, "Use at most 120 characters"),
        ("timezone", "Mars/Olympus", "Choose from what is offered"),
        ("locale", "tlh", "Choose from what is offered"),
        ("locale", "", "Choose a language"),
        ("office_phone", "call me", "Enter a telephone number"),
        ("name", " \x00 ", "Enter your name"),
        ("email", "", "Enter your email address"),
        ("email", "ada at example", "Enter an email address in the form"),
        ("password", "", "Enter a new password"),
        ("password", "short", "Use at least 15 characters"),
        ("password", "Ada Adler ada@example.org", "This one is easy to guess"),
    ],
)
def test_bad_input_is_said_beside_the_field(unfounded: Flask, field: str, value: str, message: str):
    visitor, link = Visitor(unfounded), first_link()
    answer = visitor.send(link, {**TYPED, field: value})
    assert answer.status_code == 422
    assert answer.text.count(message) == 2  # on top and beside the field
    assert queries.hospice() is None
    kept = {k: v for k, v in TYPED.items() if k in {"hospice_name", "name", "email"} - {field}}
    for typed in kept.values():
        assert f'value="{typed}"' in answer.text
    assert PASSWORD not in answer.text
    assert visitor.send(link, TYPED).status_code == 302


def test_two_who_found_at_once_make_one_hospice(unfounded: Flask):
    link = first_link()
    visitors = [Visitor(unfounded) for _ in range(4)]
    tokens = [visitor.token(link) for visitor in visitors]
    codes: list[int] = []

    def send(visitor: Visitor, token: str, number: int) -> None:
        data = {**TYPED, "csrf_token": token, "email": f"ada{number}@example.org"}
        codes.append(visitor.client.post(link, data=data).status_code)

    racers = [
        threading.Thread(target=send, args=(visitor, token, number))
        for number, (visitor, token) in enumerate(zip(visitors, tokens, strict=True))
    ]
    db.session.remove()
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert sorted(codes) == [302, 410, 410, 410]
    assert len(queries.users()) == 1


def test_the_console_command_prints_the_link(unfounded: Flask):
    run = unfounded.test_cli_runner().invoke(args=["first-run-link"])
    assert run.exit_code == 0, run.output
    link = run.output.strip()
    assert link.startswith("http://localhost/first-run/")
    visitor = Visitor(unfounded)
    assert visitor.get(link.removeprefix("http://localhost")).status_code == 200
    builders.hospice()
    again = unfounded.test_cli_runner().invoke(args=["first-run-link"])
    assert again.output == "There is a hospice already. Sign in: http://localhost/sign-in\n"


def test_the_console_lets_an_administrator_in_who_has_no_mail(app: Flask):
    builders.user("Ada Adler", Role.ADMINISTRATOR, email="ada@example.org")
    run = app.test_cli_runner().invoke(args=["password-link", "ada@example.org"])
    path = run.output.split("http://localhost")[1].strip()
    assert Visitor(app).send(path, {"password": PASSWORD}).status_code == 302
    unknown = app.test_cli_runner().invoke(args=["password-link", "nobody@example.org"])
    assert unknown.exit_code == 1
    assert "Nobody signs in with nobody@example.org." in unknown.output
