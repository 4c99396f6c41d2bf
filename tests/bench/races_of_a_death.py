"""A death is recorded while volunteers take places on visits to the patient: none does after it.

    python3 app.py bench races-of-a-death [--races 200] [--seed 1] [--planted]

In each race two volunteers take an open place on a home visit while a coordinator records that the
patient died, all at once, each after a seeded pause of up to some milliseconds; a third tries when
it is known to be recorded. A place counts as taken after the commit when the shift has more people
at the end than the recording saw inside its own transaction. Whoever was quicker must be on the
list of those to tell by phone. The same harness first meets a build that pauses nothing.
"""

import argparse
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from hospice.shifts.actions import pausing, placing
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.queries import shifts
from hospice.shifts.rules.states import HOLDING, AnsweredBy
from tests import builders
from tests.bench import ground, odds

DATABASES = ("SQLite", "PostgreSQL")
FACTS = DeathFacts(Known.NOTHING, None, None, "Nurse Hu", ToldHow.PHONE)
PAUSE = 0.012


@dataclass(eq=False)
class Race:
    """One patient, the visit on Sunday, and who would take a place on it."""

    patient_id: int
    shift_id: int
    volunteer_ids: tuple[int, ...]
    seen: int = 0  # how many were on it when the death was recorded
    errors: list[str] = field(default_factory=list)


def main(argv: list[str]) -> int:
    """Run on both databases; return 1 when anyone took a place after the commit."""
    parser = argparse.ArgumentParser(prog="races-of-a-death", description=__doc__)
    parser.add_argument("--races", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default=",".join(DATABASES))
    parser.add_argument("--planted", action="store_true", help="only the planted defect")
    asked = parser.parse_args(argv)
    good = True
    for name in asked.databases.split(","):
        caught = _run(name, 20, asked.seed, planted=True)
        if caught is None:
            continue
        good &= caught > 0
        print("  caught" if caught else "  NOT CAUGHT", flush=True)
        if good and not asked.planted:
            late = _run(name, asked.races, asked.seed, planted=False)
            good &= late == 0
            print("  holds" if not late else "  DOES NOT HOLD", flush=True)
    return 0 if good else 1


def _run(name: str, races: int, seed: int, *, planted: bool) -> int | None:
    with ground.folder() as folder:
        if name == "SQLite":
            return _on(name, folder, None, races, seed, planted=planted)
        with ground.postgres() as url:
            if url is None:
                print(f"{name}: left out, PostgreSQL is not installed")
                return None
            return _on(name, folder, url, races, seed, planted=planted)


def _on(name: str, folder: Path, url: str | None, races: int, seed: int, *, planted: bool) -> int:
    app = create_app(ground.environ(folder, url))
    upgrade(app)
    chance = random.Random(seed)
    with app.app_context():
        builders.hospice()
        home, cora = builders.place("Home visits", kind=PlaceKind.HOME), builders.cora()
        them = [_race(home) for _ in range(races)]
        cora_id = cora.id
        db.session.remove()
    with _pausing_nothing() if planted else _as_it_is():
        for race in them:
            _go(app, race, cora_id, [chance.uniform(0, PAUSE) for _ in range(3)])
    with app.app_context():
        after, untold, first = _count(them)
        db.session.remove()
        db.engine.dispose()
    errors = sorted({error for race in them for error in race.errors})
    build = "planted, " if planted else ""
    print(
        f"{build}{name}: {races} races, seed {seed}: {first} places were taken first; taken after"
        f" the commit {odds.in_words(after, races)}; not on the list to phone {untold}"
        + (f"; {', '.join(errors)}" if errors else ""),
        end=":",
    )
    return after + untold + len(errors)


def _race(home: Place) -> Race:
    patient = builders.patient(at=home, bed="", address="12 Willow Road")
    shift = builders.shift(home, patient_id=patient.id, wanted=3)
    them = [builders.volunteer(places=[home]).id for _ in range(3)]
    return Race(patient.id, shift.id, tuple(them))


def _go(app: Flask, race: Race, cora_id: int, pauses: list[float]) -> None:
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

    acts = [dies, *(_claim(race, one) for one in race.volunteer_ids[:2])]
    running = [threading.Thread(target=begin, args=pair) for pair in zip(pauses, acts, strict=True)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    with app.app_context():
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


def _count(them: list[Race]) -> tuple[int, int, int]:
    """Return who took a place after the commit, who is not on a list, and who was quicker."""
    after = untold = first = 0
    for race in them:
        on_it = set(
            db.session.scalars(
                select(Assignment.volunteer_id).where(
                    Assignment.shift_id == race.shift_id, Assignment.state.in_(HOLDING)
                )
            )
        )
        listed = set(
            db.session.scalars(
                select(Telling.volunteer_id).where(Telling.volunteer_id.in_(race.volunteer_ids))
            )
        )
        after += len(on_it) > race.seen
        untold += len(on_it - listed)
        first += race.seen
    return after, untold, first


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
