"""What the pages cost: statements, CPU and bytes at three sizes, beside a bare Flask page.

    python3 app.py bench board [--sizes 1,10,100] [--requests 40]

The bare page is one SQLAlchemy query of 60 rows and a Jinja table, asked for in turn with each of
ours, so that whatever else the machine does slows both; the ratios say how much of our cost is
ours. Growth is looked at with equal rows: the board of one ward at every size. The whole board
stands beside it; it has three rows at 1x and a page of thirty from 10x on, so it grows with what it
shows. My shifts is that of one busy volunteer, with a team and patients, and assign fills a place
that is the last, each the same at every size (see `situations`): a volunteer's next shift and the
shifts with gaps differ from one made-up hospice to another.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hospice import create_app, demo
from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.migrate import upgrade
from tests.bench import ground, situations

# Claim: statements at most, times the bare page at most, growth from the smallest to the largest.
LIMITS = {"board": (8, 8.0), "my shifts": (6, 4.0), "assign": (14, 6.0)}
GROWTH = 1.2
MEMORY_MB = 150


@dataclass
class Figure:
    """What one page cost."""

    statements: int
    milliseconds: float
    bytes: int
    bare: float  # milliseconds of the bare page, asked for in turn with this one

    @property
    def times(self) -> float:
        """Return how many bare pages it costs."""
        return self.milliseconds / self.bare


@dataclass
class Counter:
    """Counts the statements that run."""

    seen: list[str] = field(default_factory=list)

    def note(self, _c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        """Count what is neither BEGIN nor COMMIT."""
        if statement.lstrip()[:5].upper() not in {"BEGIN", "PRAGM"}:
            self.seen.append(statement)


def main(argv: list[str]) -> int:
    """Print the table; return 1 when a claim does not hold."""
    parser = argparse.ArgumentParser(prog="board", description=__doc__)
    parser.add_argument("--sizes", default="1,10,100")
    parser.add_argument("--requests", type=int, default=40)
    asked = parser.parse_args(argv)
    counter = Counter()
    event.listen(Engine, "before_cursor_execute", counter.note)
    memory = None
    sizes = [int(size) for size in asked.sizes.split(",")]
    found: dict[int, dict[str, Figure]] = {}
    for size in sizes:
        with ground.folder() as folder:
            app = _demo(folder, size)
            found[size] = _pages(app, _bare(folder), counter, asked.requests)
            _print(size, found[size])
            if size == sizes[0]:
                memory = _memory(app, folder)
    good = _claims(found)
    if memory is not None:
        print(f"web and jobs together after every page: {memory} MB (claim {MEMORY_MB})")
        good = good and memory <= MEMORY_MB
    return 0 if good else 1


def _memory(app: Flask, folder: Path) -> int | None:
    """Return the megabytes that `python3 app.py` holds once every page was opened (Linux)."""
    port = ground.free_port()
    serving = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port)],
        cwd=ground.TOP,
        env={**os.environ, **ground.environ(folder, None)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ground.wait_for(port)
        cookie = _signed_in(app, "coordinator@example.org").get_cookie("alongside")
        pages = ("/today", "/roster", "/volunteers", "/volunteers/1/edit", "/patients", "/holidays")
        for page in (*pages, "/visit-notes", "/messages", "/roster?view=month", "/search?q=lin"):
            request = urllib.request.Request(f"http://127.0.0.1:{port}{page}")
            request.add_header("Cookie", f"alongside={cookie.value if cookie else ''}")
            urllib.request.urlopen(request, timeout=60).read()
        rollup = Path(f"/proc/{serving.pid}/smaps_rollup")
        if not rollup.exists():
            return None
        line = next(line for line in rollup.read_text().splitlines() if line.startswith("Pss:"))
        return round(int(line.split()[1]) / 1024)
    finally:
        serving.terminate()
        serving.wait(30)


def _demo(folder: Path, size: int) -> Flask:
    app = create_app(ground.environ(folder, None))
    app.config["WTF_CSRF_ENABLED"] = False
    upgrade(app)
    demo.create(app, size)
    return app


def _bare(folder: Path) -> FlaskClient:
    """Return a client of a Flask page as small as one can be written."""

    class Base(DeclarativeBase):
        pass

    plain = SQLAlchemy(model_class=Base)

    class Row(plain.Model):  # type: ignore[name-defined]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(80))
        place: Mapped[str] = mapped_column(String(80))
        state: Mapped[str] = mapped_column(String(20))

    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'bare.sqlite3'}"
    plain.init_app(app)
    page = (
        "<!doctype html><title>Rows</title><table>{% for row in rows %}<tr><td>{{ row.id }}</td>"
        "<td>{{ row.name }}</td><td>{{ row.place }}</td><td>{{ row.state }}</td></tr>{% endfor %}"
        "</table>"
    )

    @app.get("/")
    def rows() -> str:
        return render_template_string(page, rows=plain.session.scalars(select(Row)).all())

    with app.app_context():
        plain.create_all()
        plain.session.add_all(
            Row(name=f"Name {n}", place="Ward 1", state="confirmed") for n in range(60)
        )
        plain.session.commit()
    return app.test_client()


def _pages(app: Flask, bare: FlaskClient, counter: Counter, requests: int) -> dict[str, Figure]:
    coordinator = _signed_in(app, "coordinator@example.org")
    with app.app_context():
        situations.add_busy_volunteer()
        pairs = situations.last_places(requests)
    volunteer = _signed_in(app, situations.EMAIL)
    mine = "place=1"

    def get(url: str) -> Callable[[FlaskClient, int], Any]:
        return lambda client, _n: client.get(url)

    found = {
        "board": _time(coordinator, bare, counter, requests, get(f"/roster?{mine}")),
        "board, every place": _time(coordinator, bare, counter, requests, get("/roster")),
        "week": _time(coordinator, bare, counter, requests, get(f"/roster?view=week&{mine}")),
        "today": _time(coordinator, bare, counter, requests, get("/today")),
        "volunteers": _time(coordinator, bare, counter, requests, get("/volunteers")),
        "patients": _time(coordinator, bare, counter, requests, get("/patients")),
        "notes": _time(coordinator, bare, counter, requests, get("/visit-notes")),
        "messages": _time(coordinator, bare, counter, requests, get("/messages")),
        "tasks": _time(coordinator, bare, counter, requests, get("/tasks")),
        "who came": _time(coordinator, bare, counter, requests, get("/attendance")),
        "hours": _time(coordinator, bare, counter, requests, get("/hours")),
        "open shifts": _time(volunteer, bare, counter, requests, get("/open-shifts")),
        "my hours": _time(volunteer, bare, counter, requests, get("/me/hours")),
        "my shifts": _time(volunteer, bare, counter, requests, get("/me")),
    }

    def assign(client: FlaskClient, number: int) -> Any:
        shift_id, volunteer_id = pairs[number % len(pairs)]
        return client.post(
            f"/shifts/{shift_id}/assign", data={"volunteer_id": volunteer_id, "place": volunteer_id}
        )

    found["assign"] = _time(
        coordinator, bare, counter, len(pairs), assign, status=302, warm=2, then=_follow
    )
    return found


def _follow(client: FlaskClient, response: Any) -> None:
    """Open the page that an answer leads to: it takes what is to be said out of the cookie."""
    client.get(response.location)


def _signed_in(app: Flask, email: str) -> FlaskClient:
    with app.app_context():
        user = account_queries.user_by_email(email)
        if user is None:
            raise LookupError(email)
        with transaction():
            token = accounts.sign_in(user, is_kept=False, device="bench", now=clock.now())
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def _time(
    client: FlaskClient,
    bare: FlaskClient,
    counter: Counter,
    requests: int,
    call: Callable[[FlaskClient, int], Any],
    *,
    status: int = 200,
    warm: int = 5,
    then: Callable[[FlaskClient, Any], None] | None = None,
) -> Figure:
    """Return the median CPU time of many requests, and the statements of the last."""
    spent, beside, statements, size = [], [], 0, 0
    for number in range(requests):
        counter.seen.clear()
        began = time.process_time()
        response = call(client, number)
        body = response.get_data()
        seconds = time.process_time() - began
        if response.status_code != status:
            raise RuntimeError(f"{response.request.path} answered {response.status_code}")
        statements, size = len(counter.seen), len(body)
        if then is not None:
            then(client, response)
        began = time.process_time()
        bare.get("/").get_data()
        if number >= warm:
            spent.append(seconds)
            beside.append(time.process_time() - began)
    milliseconds, as_bare = (statistics.median(one) * 1000 for one in (spent, beside))
    return Figure(statements, milliseconds, size, as_bare)


def _print(size: int, found: dict[str, Figure]) -> None:
    bare = statistics.median(figure.bare for figure in found.values())
    print(f"\n{size}x data (bare Flask page: {bare:.2f} ms CPU)")
    print(f"{'page':<20}{'statements':>11}{'CPU ms':>9}{'x bare':>8}{'bytes':>9}")
    for name, figure in found.items():
        print(
            f"{name:<20}{figure.statements:>11}{figure.milliseconds:>9.2f}"
            f"{figure.times:>8.1f}{figure.bytes:>9}"
        )


def _claims(found: dict[int, dict[str, Figure]]) -> bool:
    good = True
    print()
    for name, (statements, times) in LIMITS.items():
        worst = max(pages[name].statements for pages in found.values())
        ratio = max(pages[name].times for pages in found.values())
        first, last = min(found), max(found)
        growth = found[last][name].times / found[first][name].times
        holds = worst <= statements and ratio <= times and growth <= GROWTH
        good &= holds
        print(
            f"{name}: {worst} statements (claim {statements}), {ratio:.1f} x bare (claim "
            f"{times:.0f}), growth {first}x to {last}x {growth:.2f} (claim {GROWTH}): "
            + ("holds" if holds else "DOES NOT HOLD")
        )
    return good
