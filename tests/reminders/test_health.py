"""What monitors ask."""

import json
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.reminders import actions
from tests.conftest import Browser, Statements

Open = Callable[[User | None], Browser]


def test_alive_and_ready(app: Flask, browser: Open, statements: Statements) -> None:
    stranger = browser(None)
    statements.seen.clear()
    assert stranger.get("/healthz") == "ok\n"
    assert len(statements) == 0
    assert json.loads(stranger.get("/readyz", status=503)) == {
        "ready": False,
        "database": "ok",
        "migrations": "ok",
        "messages": "not ok",
    }
    with transaction():
        actions.beat("send_reminders", clock.now())
    assert json.loads(stranger.get("/readyz"))["ready"] is True
    with transaction():
        actions.beat("send_reminders", clock.now() - timedelta(minutes=4))
    stranger.get("/readyz", status=503)
    with transaction():
        actions.beat("send_reminders", clock.now())
        db.session.execute(db.text("UPDATE alembic_version SET version_num = 'older'"))
    assert json.loads(stranger.get("/readyz", status=503))["migrations"] == "not ok"


def test_not_ready_without_a_database(app: Flask, browser: Open) -> None:
    db.session.rollback()
    db.session.execute(db.text("DROP TABLE alembic_version"))
    db.session.commit()
    assert json.loads(browser(None).get("/readyz", status=503))["ready"] is False


def test_before_the_hospice_is_founded_monitors_are_answered(app: Flask, browser: Open) -> None:
    with transaction():
        db.session.execute(db.text("DELETE FROM hospice"))
    assert browser(None).get("/healthz") == "ok\n"
