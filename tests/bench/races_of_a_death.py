"""A death is recorded while messages about the visits leave and volunteers take places on them.

    python3 app.py bench races-of-a-death [--races 200] [--seed 1] [--planted]

Several processes send what is due, through a mail server that takes its time at every step. In each
race one of these messages tells of a home visit; about when it leaves, each time a little
sooner or later, a coordinator records that the patient died, while two volunteers take open places on that visit; a
third tries when it is known to be recorded, and at the end the processes go round once more. The
moment at which the text of a message was given to the line is compared with the moment at which the
death was known to be committed, on the same clock. A place counts as taken after the commit when
the shift has more people at the end than the recording saw inside its own transaction. Whoever was
quicker must be on the list of those to tell by phone. The same harness first meets two builds: one
pauses nothing, one looks for the last time before it speaks to the mail server.
"""

import argparse
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from hospice import create_app
from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import deaths
from hospice.grief_support.models import Telling
from hospice.grief_support.rules.deaths import DeathFacts, Known, ToldHow
from hospice.migrate import upgrade
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.reminders.models import Message
from hospice.reminders.rules import message_id
from hospice.shifts.actions import pausing, placing
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import shifts
from hospice.shifts.rules.states import HOLDING, AnsweredBy
from hospice.shifts.rules.telling import told_key
from tests import builders
from tests.bench import ground, odds, sender, sink
from tests.reminders.servers import told

DATABASES = ("SQLite", "PostgreSQL")
FACTS = DeathFacts(Known.NOTHING, None, None, "Nurse Hu", ToldHow.PHONE)
PROCESSES = 2
HOLD = 0.05
# What is planted meets a slower server, so that a few races show it.
SLOWER = 0.15
PAUSE = 0.012
AIM = 0.12  # how long to wait for a message to be about to leave, to begin with
# Messages that only leave, between those that are raced.
BETWEEN = 2
PAUSES_NOTHING = "pauses nothing"
PLANTED_RACES = 40
PLANTS = (PAUSES_NOTHING, "look early")


@dataclass(eq=False)
class Race:
    """One patient, the visit on Sunday, the message about it, and who would take a place."""

    number: str  # the Message-ID
    patient_id: int
    shift_id: int
    volunteer_ids: tuple[int, ...] = ()
    seen: int = 0  # how many were on it when the death was recorded
    known_at: float = 0.0  # when the death was known to be committed
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What came of all races."""

    late: int  # messages about the visit that left after the commit
    after: int  # places taken after the commit
    untold: int  # who was quicker, and is not on the list to phone
    errors: int

    @property
    def holds(self) -> bool:
        """Tell whether nothing went wrong."""
        return not (self.late or self.after or self.untold or self.errors)


def main(argv: list[str]) -> int:
    """Run on both databases; return 1 when anything left, or was taken, after the commit."""
    parser = argparse.ArgumentParser(prog="races-of-a-death", description=__doc__)
    parser.add_argument("--races", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default=",".join(DATABASES))
    parser.add_argument("--planted", action="store_true", help="only the planted defects")
    asked = parser.parse_args(argv)
    good = True
    for name in asked.databases.split(","):
        for planted in PLANTS:
            found = run(name, PLANTED_RACES, asked.seed, planted)
            if found is not None:
                caught = found.after if planted == PAUSES_NOTHING else found.late
                good &= caught > 0
                print("  caught" if caught else "  NOT CAUGHT", flush=True)
        if good and not asked.planted:
            found = run(name, asked.races, asked.seed)
            if found is not None:
                good &= found.holds
                print("  holds" if found.holds else "  DOES NOT HOLD", flush=True)
    return 0 if good else 1


def run(name: str, races: int, seed: int, planted: str = "") -> Outcome | None:
    """Run races on a database of its own; None where it is not installed."""
    hold = SLOWER if planted else HOLD
    with ground.folder() as folder, sink.running(hold=hold) as server:
        if name == "SQLite":
            return _on(name, folder, None, server, races, seed, planted)
        with ground.postgres() as url:
            if url is None:
                print(f"{name}: left out, PostgreSQL is not installed")
                return None
            return _on(name, folder, url, server, races, seed, planted)


def _on(
    name: str,
    folder: Path,
    url: str | None,
    server: sink.Sink,
    races: int,
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
        home, cora_id = builders.place("Home visits", kind=PlaceKind.HOME), builders.cora().id
        them = [_race(home, is_raced=not n % (BETWEEN + 1)) for n in range(races * (BETWEEN + 1))]
        db.session.remove()
        gate = "" if planted == PAUSES_NOTHING else planted
        with (
            _pausing_nothing() if planted == PAUSES_NOTHING else _as_it_is(),
            sender.senders(settings, gate) as senders,
        ):
            _go(app, them, senders, cora_id, random.Random(seed))
            left = list(senders.left)
        server.close()
        raced = [race for race in them if race.volunteer_ids]
        found = _count(raced, left)
        first = sum(any(number == race.number for number, _at in left) for race in raced)
        quicker = sum(race.seen - 1 for race in raced)
        db.session.remove()
        db.engine.dispose()
    errors = sorted({error for race in raced for error in race.errors})
    build = f"planted, {planted}, " if planted else ""
    print(
        f"{build}{name}: {races} races, seed {seed}, {PROCESSES} processes: the message was first"
        f" in {first}, {quicker} places were taken first; left after the commit"
        f" {odds.in_words(min(found.late, races), races)}; taken after it"
        f" {odds.in_words(min(found.after, races), races)}; not on the list to phone {found.untold}"
        + (f"; {', '.join(errors)}" if errors else ""),
        end=":",
    )
    return found


def _race(home: Place, *, is_raced: bool) -> Race:
    patient = builders.patient(at=home, bed="", address="12 Willow Road")
    shift = builders.shift(home, patient_id=patient.id, wanted=4)
    one = told(shift, builders.volunteer())
    number = message_id(told_key(one.id, 1), "localhost")
    them = [builders.volunteer(places=[home]).id for _ in range(3)] if is_raced else []
    return Race(number, patient.id, shift.id, tuple(them))


def _go(
    app: Flask, them: list[Race], senders: sender.Senders, cora_id: int, chance: random.Random
) -> None:
    """Let all messages leave, and let every few somebody die about when one does."""
    places = {race.number: place for place, race in enumerate(them)}
    for _ in range(PROCESSES):
        senders.begin(builders.NOW)
    seen, furthest, aim = 0, -1, AIM
    before: Race | None = None
    for place, race in enumerate(them):
        if not race.volunteer_ids:
            continue
        while senders.living and furthest < place - PROCESSES - 2:
            news, seen = senders.left[seen:], len(senders.left)
            furthest = max([furthest, *(places.get(number, -1) for number, _at in news)])
            time.sleep(0.0005)
        if before is not None:  # whoever came second is a little quicker the next time
            came_second = any(number == before.number for number, _at in senders.left)
            aim = max(0.0, aim - AIM / 4 if came_second else aim + AIM / 4)
        time.sleep(aim + chance.uniform(0, AIM / 2))
        _die(app, race, cora_id, [chance.uniform(0, PAUSE) for _ in range(3)])
        before = race
    senders.wait()
    # Nothing of it may leave later either, nor tell of a place that was taken in between.
    senders.begin(builders.NOW + timedelta(minutes=30))
    senders.wait()


def _die(app: Flask, race: Race, cora_id: int, pauses: list[float]) -> None:
    line = threading.Barrier(3)

    def begin(pause: float, act: Callable[[], None]) -> None:
        with app.app_context():
            line.wait()
            time.sleep(pause)
            try:
                act()
            except Refused:
                pass
            except DBAPIError as error:
                race.errors.append(type(error.orig).__name__)
            finally:
                db.session.remove()

    def dies() -> None:
        with transaction():
            by = db.session.get_one(User, cora_id)
            deaths.report(race.patient_id, FACTS, by=by, now=builders.NOW)
            seen = select(Shift.taken).where(Shift.id == race.shift_id)
            race.seen = db.session.scalars(seen).one()
        race.known_at = time.monotonic()

    acts = [dies, *(_claim(race, one) for one in race.volunteer_ids[:2])]
    running = [threading.Thread(target=begin, args=pair) for pair in zip(pauses, acts, strict=True)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    try:
        _claim(race, race.volunteer_ids[2])()
    except Refused:
        pass
    finally:
        db.session.remove()


def _claim(race: Race, volunteer_id: int) -> Callable[[], None]:
    def claim() -> None:
        with transaction():
            shift, how = shifts.shift(race.shift_id), AnsweredBy.APP
            placing.claim(shift, volunteer_id, now=builders.NOW, by=None, how=how)

    return claim


def _count(raced: list[Race], left: list[tuple[str, float]]) -> Outcome:
    """Compare every message about the visits, and everyone who has a place on them."""
    late = after = untold = 0
    keys: dict[str, list[str]] = {}
    for about, key in db.session.execute(select(Message.about, Message.key)):
        keys.setdefault(about, []).append(key)
    for race in raced:
        held = select(Assignment.id, Assignment.volunteer_id).where(
            Assignment.shift_id == race.shift_id
        )
        numbers = {
            message_id(key, "localhost")
            for row in db.session.execute(held)
            for key in keys.get(f"assignment:{row.id}", ())
        }
        late += sum(number in numbers and at > race.known_at for number, at in left)
        on_it = set(
            db.session.scalars(
                held.with_only_columns(Assignment.volunteer_id).where(Assignment.state.in_(HOLDING))
            )
        )
        listed = set(
            db.session.scalars(select(Telling.volunteer_id).where(Telling.volunteer_id.in_(on_it)))
        )
        after += len(on_it) > race.seen
        untold += len(on_it - listed)
    return Outcome(late, after, untold, sum(len(race.errors) for race in raced))


@contextmanager
def _pausing_nothing() -> Iterator[None]:
    kept, pausing.pause_visits = pausing.pause_visits, lambda patient_id, *, now: 0
    try:
        yield
    finally:
        pausing.pause_visits = kept


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield
