"""A round reads what is due and what is about it, not what lies behind it."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from hospice import jobs
from hospice.core.db import db
from tests import builders
from tests.bench.messages import fill
from tests.conftest import MailServer
from tests.reminders.servers import told
from tests.reminders.unsaid_stories import everything

NOW = builders.NOW


def effort(work: Callable[[], Any]) -> int:
    """Return how many hundred steps SQLite's machine takes: the same on every computer."""
    db.session.remove()
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    raw: Any = db.session.connection().connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.set_progress_handler(count, 100)
    db.session.rollback()
    work()
    raw.set_progress_handler(None, 0)
    return taken


def test_a_round_costs_the_same_whatever_lies_behind(
    posting_app: Flask, mail_server: MailServer
) -> None:
    later = iter(NOW + timedelta(seconds=second) for second in range(60))

    def a_round() -> None:
        jobs.send_reminders(next(later))
        jobs.tend_openings(next(later))

    # what was published a moment ago waits: it is looked at in every round
    told(
        builders.shift(builders.place("Willow")),
        builders.volunteer(),
        told_at=NOW - timedelta(seconds=30),
    )
    for make, stored in ((list, 0), (lambda: everything(posting_app), 5000)):
        make()
        a_round()
        a_round()
        before = effort(a_round)
        assert before > 5  # otherwise nothing was counted
        fill(stored, stored + 5000)
        assert effort(a_round) <= before * 1.1
    assert len(mail_server.mails) > 20
