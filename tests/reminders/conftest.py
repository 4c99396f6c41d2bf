"""An app that sends: real databases, a real mail server."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from tests.conftest import MailServer


@pytest.fixture
def posting(either_app: Flask, mail_server: MailServer) -> Flask:
    """The app on either database, with a mail server."""
    use(either_app, mail_server.url)
    return either_app


@pytest.fixture
def posting_app(app: Flask, mail_server: MailServer) -> Flask:
    """The app on SQLite, with a mail server."""
    use(app, mail_server.url)
    return app


@pytest.fixture
def through(app: Flask) -> Callable[[str], None]:
    """Return a function that sets the mail server."""
    return lambda url: use(app, url)


def use(app: Flask, url: str | None) -> None:
    """Set the mail server of an app."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(
        settings, smtp_url=url, mail_from="Osmanthus House <roster@example.org>"
    )
