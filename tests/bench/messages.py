"""How many messages leave a minute, and what a round costs in which nothing is due.

    python3 app.py bench messages [--sizes 100,10000,1000000] [--due 600] [--processes 1,2]

The first table is a hospice with so many due, on both databases, through a real mail server on
loopback. The second is the demo's hospice with so many messages stored, the oldest three years
old: the statements and milliseconds of a round, and of the pages that show messages. A round must
cost the same whatever lies behind it; where a statement grows, its plan is printed. At the largest
size the same round is measured once more without the indexes, which has to be seen.
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Engine

from hospice import create_app, demo, jobs
from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.migrate import upgrade
from tests import builders
from tests.bench import ground, sender, sink
from tests.reminders.servers import tell_many

GROWTH = 1.5  # the most that a round may cost at the largest size, in rounds of the smallest
DATABASES = ("SQLite", "PostgreSQL")
PAGES = ("/messages", "/today")


@dataclass
class Cost:
    """What something cost: statements, milliseconds, and the milliseconds of each statement."""

    statements: int
    milliseconds: float
    of_each: dict[str, float] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)  # parameters, for the plan


def main(argv: list[str]) -> int:
    """Print both tables; return 1 when a round grows with history."""
    parser = argparse.ArgumentParser(prog="messages", description=__doc__)
    parser.add_argument("--sizes", default="100,10000,1000000")
    parser.add_argument("--due", type=int, default=600)
    parser.add_argument("--processes", default="1,2")
    parser.add_argument("--databases", default=",".join(DATABASES))
    asked = parser.parse_args(argv)
    sizes = [int(size) for size in asked.sizes.split(",")]
    counts = [int(count) for count in asked.processes.split(",") if count]
    good = True
    for name in asked.databases.split(","):
        with _database(name) as url:
            if url == "":
                print(f"{name}: left out, PostgreSQL is not installed")
                continue
            for count in counts:
                _rate(name, url, asked.due, count)
    for name in asked.databases.split(","):
        with _database(name) as url, ground.folder() as folder:
            if url != "":
                good &= _history(name, folder, url, sizes)
    return 0 if good else 1


@contextmanager
def _database(name: str) -> Iterator[str | None]:
    """Give the URL of a database, None for SQLite, nothing where there is none."""
    if name == "SQLite":
        yield None
        return
    with ground.postgres() as url:
        yield url or ""


# --- how many a minute ----------------------------------------------------------------------------


def _rate(name: str, url: str | None, due: int, processes: int) -> None:
    with ground.folder() as folder, sink.running() as server:
        settings = ground.environ(folder, url) | {
            "SMTP_URL": server.url,
            "MAIL_FROM": "roster@example.org",
        }
        app = create_app(settings)
        upgrade(app)
        with app.app_context():
            if account_queries.hospice() is None:
                builders.hospice()
            tell_many(builders.shift(wanted=due), due, builders.NOW - timedelta(hours=1))
            db.session.remove()
            db.engine.dispose()
        with sender.senders(settings) as senders:
            began = time.monotonic()
            for _ in range(processes):
                senders.begin(builders.NOW)
            senders.wait()
            seconds = time.monotonic() - began
        server.close()
        print(
            f"{name}, {processes} process(es): {len(server.dots)} of {due} messages in "
            f"{seconds:.1f} s, {len(server.dots) / seconds * 60:.0f} a minute",
            flush=True,
        )


# --- what a round costs ---------------------------------------------------------------------------


def _history(name: str, folder: Path, url: str | None, sizes: list[int]) -> bool:
    with sink.running() as server:
        settings = ground.environ(folder, url) | {
            "SMTP_URL": server.url,
            "MAIL_FROM": "roster@example.org",
        }
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        upgrade(app)
        demo.create(app, 1)
        with app.app_context():
            while jobs.send_reminders(clock.now()):
                pass  # whatever the demo has due leaves first
        found: dict[int, dict[str, Cost]] = {}
        stored = 0
        for size in sizes:
            with app.app_context():
                fill(stored, size)
            stored = size
            found[size] = _costs(app)
            _print(name, size, found[size])
        good = _claims(name, app, found[sizes[0]], found[sizes[-1]])
        with app.app_context():
            indexes = inspect(db.engine).get_indexes("message")
            for index in (one["name"] for one in indexes if not one["unique"]):
                with transaction():
                    db.session.execute(text(f"DROP INDEX {index}"))
        planted = _costs(app)["round"].milliseconds / found[sizes[0]]["round"].milliseconds
        is_caught = planted > GROWTH
        print(
            f"{name}, planted, no indexes: a round takes {planted:.1f} times as long: "
            + ("caught" if is_caught else "NOT CAUGHT (too few messages to tell)")
        )
        return good and (is_caught or sizes[-1] < 1_000_000)


def _costs(app: Flask) -> dict[str, Cost]:
    def a_round() -> None:
        with app.app_context():
            jobs.send_reminders(clock.now())
            jobs.tend_openings(clock.now())
            db.session.remove()

    found = {"round": _measure(app, a_round)}
    client = _signed_in(app)
    for page in PAGES:
        found[page] = _measure(app, lambda page=page: _open(client, page))  # type: ignore[misc]
    return found


def _open(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page} answered {answer.status_code}")


def _signed_in(app: Flask) -> FlaskClient:
    with app.app_context():
        user = account_queries.user_by_email("coordinator@example.org")
        assert user is not None
        with transaction():
            token = accounts.sign_in(user, is_kept=False, device="bench", now=clock.now())
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def _measure(app: Flask, work: Callable[[], None], *, times: int = 9, warm: int = 2) -> Cost:
    """Return the median of several, with what each statement took in the last."""
    spent: list[float] = []
    cost = Cost(0, 0.0)
    began: dict[int, float] = {}

    def before(_c: Any, cursor: Any, _s: str, _p: Any, _x: Any, _many: bool) -> None:
        began[id(cursor)] = time.perf_counter()

    def after(_c: Any, cursor: Any, statement: str, given: Any, _x: Any, _many: bool) -> None:
        if statement.lstrip()[:5].upper() in {"BEGIN", "PRAGM"}:
            return
        cost.statements += 1
        took = (time.perf_counter() - began[id(cursor)]) * 1000
        cost.of_each[statement] = cost.of_each.get(statement, 0.0) + took
        cost.given[statement] = given

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        for number in range(times):
            cost.statements, cost.of_each, cost.given = 0, defaultdict(float), {}
            started = time.perf_counter()
            work()
            if number >= warm:
                spent.append((time.perf_counter() - started) * 1000)
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)
    cost.milliseconds = statistics.median(spent)
    return cost


def _print(name: str, size: int, found: dict[str, Cost]) -> None:
    words = "; ".join(
        f"{what} {cost.statements} statements, {cost.milliseconds:.1f} ms"
        for what, cost in found.items()
    )
    print(f"{name}, {size:,} messages stored: {words}", flush=True)


def _claims(name: str, app: Flask, small: dict[str, Cost], large: dict[str, Cost]) -> bool:
    good = True
    for what, cost in large.items():
        growth = cost.milliseconds / small[what].milliseconds
        holds = cost.statements <= small[what].statements and growth <= GROWTH
        good &= holds
        print(
            f"{name}, {what}: {growth:.2f} times the milliseconds, "
            f"{cost.statements - small[what].statements:+d} statements: "
            + ("holds" if holds else "GROWS")
        )
        if not holds:
            _explain(app, small[what], cost)
    return good


def _explain(app: Flask, small: Cost, large: Cost) -> None:
    """Print the plans of the statements that grew."""
    worst = sorted(large.of_each.items(), key=lambda item: -item[1])
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        for statement, took in worst[:4]:
            before = small.of_each.get(statement, 0.0)
            if took < 2 * before + 1 or not statement.lstrip().upper().startswith("SELECT"):
                continue
            print(f"  {before:.1f} -> {took:.1f} ms: {' '.join(statement.split())[:400]}")
            how = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            rows = db.session.connection().exec_driver_sql(how + statement, large.given[statement])
            for row in rows:
                print("   ", *(row[3:] if is_sqlite else row))
        db.session.remove()


# --- many rows, quickly ---------------------------------------------------------------------------

_COLUMNS = (
    "key",
    "kind",
    "about",
    "recipient",
    "name",
    "address",
    "locale",
    "facts",
    "state",
    "due_at",
    "send_before",
    "tries",
    "reason",
    "queued_at",
    "settled_at",
    "channel",
)
_STATES = ["sent"] * 94 + ["failed"] * 2 + ["expired"] + ["withdrawn"] * 2 + ["phoned"]


def fill(stored: int, size: int) -> None:
    """Store messages up to a number, as three years would have left them."""
    now = clock.now().replace(microsecond=0)
    rows = (_row(number, size, now) for number in range(stored, size))
    if db.engine.dialect.name == "sqlite":
        marks = ", ".join("?" * len(_COLUMNS))
        with db.engine.connect() as link:
            raw: Any = link.connection.driver_connection
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(
                f"INSERT INTO message ({', '.join(_COLUMNS)}) VALUES ({marks})",
                ([_plain(value) for value in row] for row in rows),
            )
            raw.execute("COMMIT")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        with db.engine.connect() as link:
            raw = link.connection.driver_connection
            with raw.cursor().copy(f"COPY message ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            raw.commit()
            raw.autocommit = True
            raw.execute("VACUUM ANALYZE message")  # as it does by itself within a minute
            raw.autocommit = False
    db.session.remove()


def _plain(value: Any) -> Any:
    """Return a value as our SQLite columns hold it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


def _row(number: int, size: int, now: datetime) -> tuple[Any, ...]:
    due_at = now - timedelta(minutes=5) - timedelta(days=1095) * (number / size)
    volunteer, shift = number % 500 + 1, number // 8 + 1
    facts = {
        "name": f"Volunteer {volunteer}",
        "volunteer_id": volunteer,
        "shift_id": shift,
        "starts_at": (due_at + timedelta(minutes=4)).isoformat(),
        "ends_at": (due_at + timedelta(hours=3)).isoformat(),
        "zone": "Asia/Shanghai",
        "place": "Ward 3 Willow",
        "phone": "130 5555 0100",
    }
    return (
        f"stored:{number}",
        "two_days" if number % 2 else "morning",
        f"assignment:{1_000_000 + number // 2}",
        f"volunteer:{volunteer}",
        f"Volunteer {volunteer}",
        f"v{volunteer}@example.org",
        "en",
        json.dumps(facts),
        _STATES[number % 100],
        due_at,
        due_at + timedelta(minutes=4),
        1,
        "refused: 550 no such user" if number % 100 in {94, 95} else "",
        due_at - timedelta(minutes=1),
        due_at,
        "email",
    )
