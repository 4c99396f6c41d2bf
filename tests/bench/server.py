"""One web process of a measurement; `--planted` builds the defect that a harness must catch."""

import argparse
import sqlite3
import time
from typing import Any

import waitress
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from hospice import create_app, jobs
from hospice.core import db as ground
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.reminders.post import Post
from hospice.reminders.rules import Result
from hospice.shifts.actions import seats
from hospice.shifts.models import Shift

POST: Any = Post


def plant() -> None:
    """Win places by check-then-act, under the transactions that most programs use."""

    def take(shift_id: int) -> seats.Seat:
        row = db.session.execute(
            select(Shift.taken, Shift.wanted).where(Shift.id == shift_id)
        ).one()
        if row.taken >= row.wanted:
            raise Refused([Objection("full")])
        time.sleep(0.003)
        db.session.execute(
            update(Shift)
            .where(Shift.id == shift_id)
            .values(taken=row.taken + 1)
            .execution_options(synchronize_session=False)
        )
        return seats.Seat(row.taken + 1, row.wanted)

    seats.take = take
    # sqlite3 as it comes: reads take no transaction, a write begins one.
    event.remove(Engine, "begin", ground._begin)

    @event.listens_for(Engine, "connect")
    def as_it_comes(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.isolation_level = "DEFERRED"


def plant_impatience() -> None:
    """Ask again and again whether the mail server says something, instead of waiting for it."""
    reach = Post.reach

    def reaching(post: Post) -> Result | None:
        until = time.monotonic() + 2
        while time.monotonic() < until:
            pass
        return reach(post)

    POST.reach = reaching


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--jobs", action="store_true", help="go round every second beside it")
    asked = parser.parse_args()
    if asked.planted and not asked.jobs:
        plant()
    app = create_app()
    app.config["WTF_CSRF_ENABLED"] = False  # the callers are not browsers
    if asked.jobs and asked.planted:
        plant_impatience()
    if asked.jobs:
        jobs.ROUND = 1
        POST.__init__.__kwdefaults__.update(timeout=2.0, limit=5.0)  # so that turns can be short
        jobs.start(app)
    waitress.serve(app, host="127.0.0.1", port=asked.port, threads=8, _quiet=True)


if __name__ == "__main__":
    main()
