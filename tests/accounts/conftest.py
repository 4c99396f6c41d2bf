"""What tests of accounts share: an app nobody has founded, and a client that keeps CSRF on."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hospice.accounts import actions
from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from tests import builders
from tests.conftest import make_app

PASSWORD = "tea at four on the terrace"
OTHER_PASSWORD = "a quiet boat under the willow"


class Visitor:
    """A browser as it is: cookies, CSRF tokens out of the pages, no shortcuts."""

    def __init__(self, app: Flask, **kwargs: Any) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.kwargs = kwargs

    def get(self, url: str, **kwargs: Any) -> TestResponse:
        """Open a page."""
        return self._open("GET", url, **kwargs)

    def post(self, url: str, data: Any = None, **kwargs: Any) -> TestResponse:
        """Send a form as it is given, without a token."""
        return self._open("POST", url, data=data or {}, **kwargs)

    def send(self, url: str, data: Any = None, *, page: str = "", **kwargs: Any) -> TestResponse:
        """Open a page and send its form: the token comes out of the page."""
        return self.post(url, {"csrf_token": self.token(page or url), **(data or {})}, **kwargs)

    def token(self, url: str) -> str:
        """Return the CSRF token of a page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(url).text)
        assert found, f"{url} has no form"
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD, **data: Any) -> TestResponse:
        """Sign in with a password."""
        return self.send("/sign-in", {"email": email, "password": password, **data})

    def _open(self, method: str, url: str, **kwargs: Any) -> TestResponse:
        db.session.rollback()
        with self.app.app_context():
            response = self.client.open(url, method=method, **{**self.kwargs, **kwargs})
        db.session.rollback()
        return response


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def unfounded(tmp_path: Path, migrated: Path) -> Iterator[Flask]:
    """The app on a migrated database that holds nothing."""
    shutil.copy(migrated, tmp_path / "alongside.sqlite3")
    app = make_app(tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def with_password(name: str = "Cora Coates", role: Role = Role.COORDINATOR, **values: Any) -> User:
    """Someone who can sign in with PASSWORD."""
    return builders.user(name, role, **{"password_hash": actions.hash_password(PASSWORD), **values})
