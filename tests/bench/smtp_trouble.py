"""What the pages feel of a mail server that misbehaves: their p95 beside that of a good one.

    python3 app.py bench smtp-trouble [--seconds 3] [--turns 6] [--due 200] [--rate 12]

One process serves the demo's pages and sends beside them, going round every second, with so many
messages due at the beginning of every turn. For each misbehaviour the good server and the bad one
take turns, so that whatever else the machine does falls on both; where the good turns
differ that much among themselves, nothing is concluded. The server waits 2 seconds for a word
instead of 20, and 5 for a message instead of 60, so that a turn does not reach into the next. Printed: the p95 of either, their
ratio, and where the messages stood at the end of a turn. First a
build that spins while it waits for the mail server is measured beside one that has nothing to do,
which has to be seen.
"""

import argparse
import statistics
import threading
import time
from collections import Counter
from datetime import timedelta
from http.client import HTTPConnection

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select, update

from hospice import create_app, demo
from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.core import clock
from hospice.core.db import db, release, transaction
from hospice.migrate import upgrade
from hospice.reminders.models import Message
from hospice.reminders.rules import MessageState
from tests import builders
from tests.bench import ground, sink
from tests.reminders.servers import tell_many

MORE = 1.2  # the most that p95 may be of what it is with a good server
PAGES = ("/today", "/roster", "/messages", "/volunteers", "/patients")
BAD = [manner for manner in sink.MANNERS if manner != "good"]


def main(argv: list[str]) -> int:
    """Print a line for each misbehaviour; return 1 when the pages feel one of them."""
    parser = argparse.ArgumentParser(prog="smtp-trouble", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--due", type=int, default=200)
    parser.add_argument("--rate", type=float, default=12, help="pages a second")
    parser.add_argument("--manners", default=",".join(BAD))
    asked = parser.parse_args(argv)
    good = True
    with ground.folder() as folder, sink.running() as server:
        settings = ground.environ(folder, None) | {
            "SMTP_URL": server.url,
            "MAIL_FROM": "roster@example.org",
        }
        app = create_app(settings)
        upgrade(app)
        demo.create(app, 1)
        with app.app_context():
            cookie = _prepare(app, asked.due)
        with ground.servers(settings, 1, jobs=True, planted=True) as (port,), app.app_context():
            visitor = Visitor(port, cookie, asked.rate)
            visitor.visit(3)
            spinning = _p95(visitor.visit(asked.seconds * asked.turns))
        with ground.servers(settings, 1, jobs=True) as (port,):
            visitor = Visitor(port, cookie, asked.rate)
            visitor.visit(3)  # what is compiled once
            with app.app_context():
                idle = _p95(visitor.visit(asked.seconds * asked.turns))
                print(f"nothing due: p95 {idle * 1000:.0f} ms", flush=True)
                is_caught = spinning > MORE * idle
                print(
                    f"planted, spinning, a message due: p95 {spinning * 1000:.0f} ms: "
                    + ("caught" if is_caught else "NOT CAUGHT"),
                    flush=True,
                )
                good &= is_caught
                for manner in asked.manners.split(","):
                    good &= _turns(server, visitor, manner, asked.seconds, asked.turns)
    return 0 if good else 1


def _turns(server: sink.Sink, visitor: "Visitor", manner: str, seconds: float, turns: int) -> bool:
    spent: dict[str, list[float]] = {"good": [], manner: []}
    stood: Counter[str] = Counter()
    left = 0
    halves: list[list[float]] = [[], []]
    for turn in range(turns):
        for each in ("good", manner):
            server.behave(each)
            _due_again()
            before = len(server.dots)
            took = visitor.visit(seconds)
            spent[each] += took
            if each == "good":
                halves[turn % 2] += took
                left += len(server.dots) - before
            else:
                stood = _standing()
    server.behave("good")
    fine, rude = _p95(spent["good"]), _p95(spent[manner])
    holds = rude <= MORE * fine and visitor.wrong == 0
    among = max(map(_p95, halves)) / min(map(_p95, halves)) if all(halves) else 1.0
    verdict = "holds" if holds else "inconclusive" if among > MORE else "DOES NOT HOLD"
    print(
        f"{manner}: p95 {rude * 1000:.0f} ms, with a good server {fine * 1000:.0f} ms: "
        f"{rude / fine:.2f} times ({len(spent[manner])} pages each, {visitor.wrong} errors, "
        f"{left} messages left the good way): {verdict} (the good turns among themselves {among:.2f})\n    "
        + ", ".join(f"{where} {count}" for where, count in sorted(stood.items())),
        flush=True,
    )
    return verdict != "DOES NOT HOLD"


def _standing() -> Counter[str]:
    """Return where the messages stand, and why."""
    release()
    rows = db.session.execute(
        select(Message.state, Message.reason, func.count())
        .where(Message.key.startswith("told:"), Message.address.startswith("many"))
        .group_by(Message.state, Message.reason)
    )
    found: Counter[str] = Counter()
    for state, reason, count in rows:
        found[f"{state} ({reason.partition(':')[0] or 'not tried yet'})"] += count
    release()
    return found


def _due_again() -> None:
    """Let everything that was due be due once more."""
    with transaction():
        db.session.execute(
            update(Message)
            .where(Message.key.startswith("told:"), Message.address.startswith("many"))
            .values(
                state=MessageState.WAITING,
                tries=0,
                reason="",
                due_at=clock.now(),
                claimed_by=None,
                claimed_until=None,
                settled_at=None,
            )
        )


def _prepare(app: Flask, due: int) -> str:
    """Tell many people of a shift where it is noon now; return a coordinator's cookie."""
    now = clock.now()
    ahead = 12 - now.hour  # POSIX signs are the other way round
    ward = builders.place("Noon", timezone=f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC")
    day = clock.local(now, ward.timezone).date() + timedelta(days=9)
    tell_many(builders.shift(ward, day, wanted=due), due, now - timedelta(hours=1))
    user = account_queries.user_by_email("coordinator@example.org")
    assert user is not None
    with transaction():
        token = accounts.sign_in(user, is_kept=False, device="bench", now=now)
    sign = SecureCookieSessionInterface().get_signing_serializer(app)
    assert sign is not None
    db.session.remove()
    return "alongside=" + str(sign.dumps({"_user_id": token, "_fresh": True}))


class Visitor:
    """Someone who opens one page after the other, so many a second."""

    def __init__(self, port: int, cookie: str, rate: float) -> None:
        self.port = port
        self.headers = {"Cookie": cookie}
        self.rate = rate
        self.wrong = 0

    def visit(self, seconds: float) -> list[float]:
        """Open pages for a while; return how long each took from when it was wanted."""
        wanted = int(seconds * self.rate)
        spent: list[float] = []
        began = time.monotonic()
        lanes = [
            threading.Thread(target=self._lane, args=(began, range(lane, wanted, 4), spent))
            for lane in range(4)
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        return spent

    def _lane(self, began: float, numbers: range, spent: list[float]) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        for number in numbers:
            at = began + number / self.rate
            time.sleep(max(0.0, at - time.monotonic()))
            asked_at = time.monotonic()
            connection.request("GET", PAGES[number % len(PAGES)], headers=self.headers)
            answer = connection.getresponse()
            answer.read()
            spent.append(time.monotonic() - asked_at)
            self.wrong += answer.status != 200
        connection.close()


def _p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[-1]
