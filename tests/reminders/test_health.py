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


def test_not_ready_without_its_tables(app: Flask, browser: Open) -> None:
    db.session.rollback()
    db.session.execute(db.text("DROP TABLE alembic_version"))
    db.session.commit()
    assert json.loads(browser(None).get("/readyz", status=503)) == {
        "ready": False,
        "database": "ok",
        "migrations": "not ok",
        "messages": "not ok",
    }


def test_before_the_hospice_is_founded_monitors_are_answered(app: Flask, browser: Open) -> None:
    with transaction():
        db.session.execute(db.text("DELETE FROM hospice"))
    assert browser(None).get("/healthz") == "ok\n"


def test_not_ready_without_a_database(app: Flask, browser: Open) -> None:
    stranger = browser(None)
    stranger.get("/healthz")
    folder = app.config["SETTINGS"].instance_dir
    db.session.remove()
    db.engine.dispose()
    for path in folder.glob("alongside.sqlite3*"):
        path.unlink()
    (folder / "alongside.sqlite3").mkdir()  # nothing that could be opened
    answer = stranger.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "not ok"
    assert stranger.client.get("/healthz").status_code == 200
