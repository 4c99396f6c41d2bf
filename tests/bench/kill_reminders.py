"""`kill -9` in the middle of sending: nothing lost, nothing stuck, at most one repeat a kill.

    python3 app.py bench kill-reminders [--kills 200] [--due 1000] [--seed 1] [--planted]

One, two and four processes send what is due, on both databases, to a real mail server in a process
of its own that tells every final dot. At seeded moments one of them is killed and another begins.
Nine kills of ten come at a random moment after a random message; one of ten at a random moment
after its victim began. The clock of a round stands still; once nobody has anything to do, it moves
on by a lease, and the next round takes up what the dead left. The same harness first meets four
builds with a planted defect and must catch each of them.
"""

import argparse
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from hospice import create_app
from hospice.core.db import db
from hospice.migrate import upgrade
from hospice.reminders.models import Message
from hospice.reminders.rules import LEASE, MessageState, message_id
from tests import builders
from tests.bench import ground, odds, sender, sink
from tests.reminders.servers import tell_many

HOLD = 0.02  # most seconds before the server's answers: kills shall fall between them as well
DATABASES = ("SQLite", "PostgreSQL")
# Planted defect -> processes and kills; who claims nothing repeats without any.
GATE = {"settle first": (1, 40), "never again": (1, 10), "no claim": (4, 0), "new number": (2, 10)}


@dataclass
class Outcome:
    """What became of everything that was due."""

    due: int
    kills: int
    in_flight: int  # kills that hit a message on its way
    lost: int
    repeated: int
    strange: int  # dots with a number that nothing due has
    stuck: int
    failed: int  # processes that ended badly by themselves
    states: dict[str, int]
    seconds: float

    @property
    def is_good(self) -> bool:
        """Tell whether the claim holds."""
        wrong = self.lost + self.strange + self.stuck + self.failed
        return wrong == 0 and self.repeated <= self.in_flight

    @property
    def words(self) -> str:
        """Say it in one line."""
        states = ", ".join(f"{name} {n}" for name, n in sorted(self.states.items()))
        return (
            f"{self.kills} kills ({self.in_flight} hit a message on its way), lost "
            f"{odds.in_words(self.lost, self.due)}, repeated {self.repeated}, other numbers "
            f"{self.strange}, stuck {self.stuck}, ended badly {self.failed}; rows: {states}; "
            f"{self.seconds:.0f} s"
        )


def main(argv: list[str]) -> int:
    """Run every configuration; return 1 when the claim holds in one of them no more."""
    parser = argparse.ArgumentParser(prog="kill-reminders", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--due", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", default="1,2,4")
    parser.add_argument("--databases", default=",".join(DATABASES))
    parser.add_argument("--planted", action="store_true", help="only the planted defects")
    parser.add_argument("--ungated", action="store_true", help="the defects were caught just now")
    asked = parser.parse_args(argv)
    names = asked.databases.split(",")
    print(f"{asked.due} messages due, {asked.kills} kills, seed {asked.seed}", flush=True)
    verdicts = [] if asked.ungated else [_caught(name, asked.seed) for name in names]
    caught = all(verdicts)
    if asked.planted or not caught:
        return 0 if caught else 1
    good = True
    kills = repeated = lost = due = 0
    for name in names:
        for processes in (int(number) for number in asked.processes.split(",")):
            found = _run(name, processes, asked.due, asked.kills, asked.seed)
            if found is None:
                print(f"{name}: left out, PostgreSQL is not installed")
                break
            good &= found.is_good
            verdict = "holds" if found.is_good else "DOES NOT HOLD"
            print(f"{name}, {processes} process(es): {found.words}: {verdict}", flush=True)
            kills, repeated = kills + found.kills, repeated + found.repeated
            lost, due = lost + found.lost, due + found.due
    print(
        f"in all: lost {odds.in_words(lost, due)}; repeats for each kill "
        f"{odds.in_words(repeated, kills) if kills else 'none'}, at most one each"
    )
    return 0 if good else 1


def _caught(name: str, seed: int) -> bool:
    """Show that this harness catches what it looks for, or its results mean nothing."""
    everything = True
    for planted, (processes, kills) in GATE.items():
        found = _run(name, processes, 100, kills, seed, planted=planted)
        if found is None:
            return True
        everything &= not found.is_good
        verdict = "NOT CAUGHT" if found.is_good else "caught"
        print(f"planted, {planted}, {name}, {processes} process(es): {found.words}: {verdict}")
    return everything


def _run(
    name: str, processes: int, due: int, kills: int, seed: int, *, planted: str = ""
) -> Outcome | None:
    with ground.folder() as folder, sink.running(hold=HOLD) as server:
        if name == "SQLite":
            return _on(folder, None, server, processes, due, kills, seed, planted)
        with ground.postgres() as url:
            if url is None:
                return None
            return _on(folder, url, server, processes, due, kills, seed, planted)


def _on(
    folder: Path,
    url: str | None,
    server: sink.Sink,
    processes: int,
    due: int,
    kills: int,
    seed: int,
    planted: str,
) -> Outcome:
    settings = ground.environ(folder, url) | {
        "SMTP_URL": server.url,
        "MAIL_FROM": "roster@example.org",
    }
    app = create_app(settings)
    upgrade(app)
    with app.app_context():
        builders.hospice()
        tell_many(builders.shift(wanted=due), due, builders.NOW - timedelta(hours=1))
        db.session.remove()
        db.engine.dispose()
    began = time.monotonic()
    with sender.senders(settings, planted) as senders:
        struck, in_flight = _strike(app, server, senders, processes, due, kills, seed)
        failed = senders.failed
    seconds = time.monotonic() - began
    server.close()
    with app.app_context():
        rows = db.session.execute(select(Message.key, Message.state)).tuples().all()
        db.session.remove()
        db.engine.dispose()
    wanted = {message_id(key, "localhost") for key, _state in rows}
    dots = Counter(server.dots)
    return Outcome(
        due=due,
        kills=struck,
        in_flight=in_flight,
        lost=due - len(wanted & set(dots)),
        repeated=sum(dots.values()) - len(dots),
        strange=len(set(dots) - wanted),
        stuck=due - sum(state is MessageState.SENT for _key, state in rows),
        failed=failed,
        states=dict(Counter(str(state) for _key, state in rows)),
        seconds=seconds,
    )


def _strike(
    app: object,
    server: sink.Sink,
    senders: sender.Senders,
    processes: int,
    due: int,
    kills: int,
    seed: int,
) -> tuple[int, int]:
    """Send all that is due, and kill meanwhile; return how often, and how often it hit."""
    chance = random.Random(seed)
    # after which message each kill falls; the last of them early enough to be missed by none
    moments = sorted(chance.randrange(0, max(1, int(due * 0.97))) for _ in range(kills))
    struck = in_flight = 0
    now = builders.NOW
    idle = 0
    while idle < 2:  # a round in which nobody found anything to do, and one more
        before, began = len(server.dots), time.monotonic()
        for _ in range(processes):
            senders.begin(now)
        while senders.living:
            if struck < kills and (
                chance.random() < 0.1 or _reached(server, senders, moments[struck])
            ):
                pace = (time.monotonic() - began) / max(1, len(server.dots) - before)
                time.sleep(chance.uniform(0, min(0.3, 2 * pace)))
                if senders.kill(chance.randrange(1000)):
                    struck += 1
                    senders.begin(now)
            else:
                time.sleep(0.002)
        in_flight += _on_its_way(app, now)
        idle = idle + 1 if len(server.dots) == before else 0
        now += LEASE + timedelta(seconds=1)
    return struck, in_flight


def _reached(server: sink.Sink, senders: sender.Senders, wanted: int) -> bool:
    """Wait for a message; False when those who send have ended before it."""
    while len(set(server.dots)) < wanted:
        if not senders.living:
            return False
        time.sleep(0.002)
    return True


def _on_its_way(app: object, now: datetime) -> int:
    """Return how many messages those who were killed in this round left lying."""
    with app.app_context():  # type: ignore[attr-defined]
        found = db.session.scalars(
            select(Message.id).where(
                Message.state == MessageState.SENDING, Message.claimed_until == now + LEASE
            )
        ).all()
        db.session.remove()
        db.engine.dispose()
    return len(found)
