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
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from hospice import create_app, demo
from hospice.migrate import upgrade
from tests.bench import ground, situations
from tests.bench.pages import Counter, Figure, bare_page, print_table, signed_in, time_page

# Claim: statements at most, times the bare page at most, growth from the smallest to the largest.
LIMITS = {"board": (8, 8.0), "my shifts": (6, 4.0), "assign": (14, 6.0)}
GROWTH = 1.2
MEMORY_MB = 150


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
            found[size] = _pages(app, bare_page(folder), counter, asked.requests)
            print_table(f"{size}x data", found[size])
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
        cookie = signed_in(app, "coordinator@example.org").get_cookie("alongside")
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


def _pages(app: Flask, bare: FlaskClient, counter: Counter, requests: int) -> dict[str, Figure]:
    coordinator = signed_in(app, "coordinator@example.org")
    with app.app_context():
        situations.add_busy_volunteer()
        pairs = situations.last_places(requests)
    volunteer = signed_in(app, situations.EMAIL)
    mine = "place=1"

    def get(url: str) -> Callable[[FlaskClient, int], Any]:
        return lambda client, _n: client.get(url)

    found = {
        "board": time_page(coordinator, bare, counter, requests, get(f"/roster?{mine}")),
        "board, every place": time_page(coordinator, bare, counter, requests, get("/roster")),
        "week": time_page(coordinator, bare, counter, requests, get(f"/roster?view=week&{mine}")),
        "today": time_page(coordinator, bare, counter, requests, get("/today")),
        "volunteers": time_page(coordinator, bare, counter, requests, get("/volunteers")),
        "patients": time_page(coordinator, bare, counter, requests, get("/patients")),
        "notes": time_page(coordinator, bare, counter, requests, get("/visit-notes")),
        "messages": time_page(coordinator, bare, counter, requests, get("/messages")),
        "tasks": time_page(coordinator, bare, counter, requests, get("/tasks")),
        "who came": time_page(coordinator, bare, counter, requests, get("/attendance")),
        "hours": time_page(coordinator, bare, counter, requests, get("/hours")),
        "open shifts": time_page(volunteer, bare, counter, requests, get("/open-shifts")),
        "my hours": time_page(volunteer, bare, counter, requests, get("/me/hours")),
        "my shifts": time_page(volunteer, bare, counter, requests, get("/me")),
    }

    def assign(client: FlaskClient, number: int) -> Any:
        shift_id, volunteer_id = pairs[number % len(pairs)]
        return client.post(
            f"/shifts/{shift_id}/assign", data={"volunteer_id": volunteer_id, "place": volunteer_id}
        )

    found["assign"] = time_page(
        coordinator, bare, counter, len(pairs), assign, status=302, warm=2, then=_follow
    )
    return found


def _follow(client: FlaskClient, response: Any) -> None:
    """Open the page that an answer leads to: it takes what is to be said out of the cookie."""
    client.get(response.location)


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
