"""Errors have plain pages, and never tell a stranger what is inside."""

from pathlib import Path

import pytest
from flask import Flask

from hospice.core.db import db
from hospice.web.guard import public
from tests.accounts.conftest import Visitor


@pytest.fixture
def broken(app: Flask) -> Flask:
    """The app as it is in real life, with one page that fails."""
    app.testing = False

    @public
    def fail() -> str:
        db.session.execute(db.text("SELECT secret_column FROM place"))
        return ""

    app.add_url_rule("/broken", "fail", fail)
    return app


def test_failure_names_a_number_and_nothing_else(broken: Flask, caplog: pytest.LogCaptureFixture):
    answer = Visitor(broken).get("/broken")
    assert answer.status_code == 500
    assert "There is a problem with the service" in answer.text
    for inside in ("Traceback", "secret_column", "SELECT", "sqlite", str(Path(__file__).parent)):
        assert inside not in answer.text
    number = caplog.records[-1].args[0]  # type: ignore[index]
    assert str(number) in answer.text


def test_failure_without_a_database_still_has_a_page(broken: Flask, tmp_path: Path):
    db.session.remove()
    db.engine.dispose()
    for path in tmp_path.glob("alongside.sqlite3*"):
        path.unlink()
    (tmp_path / "alongside.sqlite3").mkdir()
    answer = Visitor(broken).get("/sign-in")
    assert answer.status_code == 500
    assert "What you saved is kept" in answer.text
    assert "系统出现问题" in answer.text


@pytest.mark.parametrize(
    ("method", "url", "status", "words"),
    [
        ("GET", "/nothing", 404, "We could not find that page"),
        ("POST", "/nothing", 404, "We could not find that page"),
        ("DELETE", "/sign-in", 405, "We could not find that page"),
        ("GET", "/sign-out", 405, "We could not find that page"),
        ("POST", "/sign-in", 400, "We could not read that"),
    ],
)
def test_pages_for_what_is_not_there(app: Flask, method: str, url: str, status: int, words: str):
    answer = Visitor(app)._open(method, url)
    assert answer.status_code == status
    assert words in answer.text


def test_too_much_is_refused_with_a_page(app: Flask):
    visitor = Visitor(app)
    token = visitor.token("/sign-in")
    data = {"csrf_token": token, "email": "x" * (5 * 1024 * 1024)}
    answer = visitor.post("/sign-in", data)
    assert answer.status_code == 413
    assert "That is too much to send at once" in answer.text
