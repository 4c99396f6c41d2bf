"""A death, a cancellation, a no while the message about it is leaving: nothing leaves after it.

    python3 app.py bench races-while-sending [--races 200] [--seed 1] [--planted]

Messages leave one after the other through a mail server that takes its time at every step. At a
seeded moment around the leaving of each second one, what it says stops being true: the patient
died, the shift is cancelled, the volunteer declined, left, or wants no messages. The moment at
which the text was given to the line is compared with the moment at which the change was known to
be committed, on the same clock: none may come after. The same harness first meets two builds: one
looks for the last time before it speaks to the mail server, one lets others write while it looks.
"""

import argparse
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hospice import create_app
from hospice.core.db import db, transaction
from hospice.migrate import upgrade
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.reminders.models import ContactWishes, Message
from hospice.reminders.rules import message_id
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from hospice.shifts.rules.telling import told_key
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState
from tests import builders
from tests.bench import ground, odds, sender, sink
from tests.reminders.servers import told

HOLD = 0.02
DATABASES = ("SQLite", "PostgreSQL")
GATE = ("look early", "no lock")
CHANGES = ("death", "cancelled", "declined", "volunteer left", "wants no messages")


@dataclass(eq=False)
class Race:
    """One message and what it is about."""

    number: str  # its Message-ID
    assignment_id: int
    shift_id: int
    patient_id: int
    volunteer_id: int
    change: str = ""
    known_at: float = 0.0  # when the change was known to be committed


def main(argv: list[str]) -> int:
    """Run on both databases; return 1 when anything left after it was not true."""
    parser = argparse.ArgumentParser(prog="races-while-sending", description=__doc__)
    parser.add_argument("--races", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default=",".join(DATABASES))
    parser.add_argument("--planted", action="store_true", help="only the planted defects")
    asked = parser.parse_args(argv)
    good = True
    for name in asked.databases.split(","):
        for planted in GATE:
            after = _run(name, 60, asked.seed, planted)
            if after is not None:
                good &= after > 0
                print("  caught" if after else "  NOT CAUGHT", flush=True)
        if good and not asked.planted:
            after = _run(name, asked.races, asked.seed, "")
            if after is not None:
                good &= after == 0
                print("  holds" if not after else "  DOES NOT HOLD", flush=True)
    return 0 if good else 1


def _run(name: str, races: int, seed: int, planted: str) -> int | None:
    with ground.folder() as folder, sink.running(hold=HOLD) as server:
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
) -> int:
    settings = ground.environ(folder, url) | {
        "SMTP_URL": server.url,
        "MAIL_FROM": "roster@example.org",
    }
    app = create_app(settings)
    upgrade(app)
    with app.app_context():
        builders.hospice()
        them = [_race() for _ in range(2 * races)]
        db.session.remove()
        with sender.senders(settings, planted) as senders:
            _go(them, senders, random.Random(seed))
            left = dict(senders.left)
        server.close()
        states = dict(db.session.execute(select(Message.key, Message.state)).tuples().all())
        db.session.remove()
        db.engine.dispose()
    raced = [race for race in them if race.known_at]
    after = {race: left[race.number] - race.known_at for race in raced if race.number in left}
    late = {race.change: seconds for race, seconds in after.items() if seconds > 0}
    count = sum(seconds > 0 for seconds in after.values())
    arrived = sum(race.number in set(server.dots) for race in raced)
    said = ", ".join(
        f"{state} {sum(states.get(told_key(race.assignment_id, 1)) == state for race in raced)}"
        for state in sorted({str(state) for state in states.values()})
    )
    build = f"planted, {planted}, " if planted else ""
    print(
        f"{build}{name}: {len(raced)} races, seed {seed}: the message was first in {len(after)}, "
        f"the change in {len(raced) - len(after)}; arrived {arrived}; left after the commit "
        f"{odds.in_words(count, len(raced))}"
        + (f", by at most {max(after.values()) * 1000:.0f} ms ({', '.join(late)})" if late else "")
        + f"; rows: {said}:",
        end="",
    )
    return count


def _race() -> Race:
    ward = builders.place()
    patient = builders.patient(at=ward)
    shift = builders.shift(ward, patient_id=patient.id)
    who = builders.volunteer()
    one = told(shift, who)
    number = message_id(told_key(one.id, 1), "localhost")
    return Race(number, one.id, shift.id, patient.id, who.id)


def _go(them: list[Race], senders: sender.Senders, chance: random.Random) -> None:
    """Let all leave, and let every second one stop being true about when it does."""
    senders.begin(builders.NOW)
    while not senders.left:
        time.sleep(0.001)
    began = time.monotonic()
    for place in range(1, len(them), 2):
        race = them[place]
        before = them[place - 1].number
        while not any(number == before for number, _at in senders.left[-3:]) and senders.living:
            time.sleep(0.0005)
        if not senders.living:
            break
        pace = (time.monotonic() - began) / place
        time.sleep(chance.uniform(0, 1.6 * pace))
        with transaction():
            race.change = CHANGES[chance.randrange(len(CHANGES))]
            _change(race)
        race.known_at = time.monotonic()
    senders.wait()


def _change(race: Race) -> None:
    """Record what makes a message untrue."""

    def set_to(table: Any, record_id: int, state: str) -> None:
        db.session.get_one(table, record_id).state = state

    if race.change == "death":
        set_to(Patient, race.patient_id, PatientState.DIED)
    elif race.change == "cancelled":
        set_to(Shift, race.shift_id, ShiftState.CANCELLED)
        set_to(Assignment, race.assignment_id, AssignmentState.CANCELLED)
    elif race.change == "declined":
        set_to(Assignment, race.assignment_id, AssignmentState.DECLINED)
    elif race.change == "volunteer left":
        set_to(Volunteer, race.volunteer_id, VolunteerState.LEFT)
    else:
        db.session.add(
            ContactWishes(
                recipient=f"volunteer:{race.volunteer_id}",
                is_silent=True,
                topics_off=[],
                said_at=builders.NOW,
            )
        )
