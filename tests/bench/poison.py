"""One message that nobody can write among a thousand that can: it is set aside, all others leave.

    python3 app.py bench poison [--due 1000] [--seed 1]

The poison takes a seeded place among those that are due, once for each sort of it: a date beyond
every calendar, an address that carries a second line, facts that the words cannot be made of. A
round must send all the others, each once, end the poisoned row in a state with its reason, and show
it to a person. The same harness first meets a build in which a row that fails ends the round.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hospice import create_app, jobs
from hospice.core.db import db, transaction
from hospice.going import Going
from hospice.migrate import upgrade
from hospice.reminders import actions, queries
from hospice.reminders.models import Message
from hospice.reminders.rules import MessageState
from hospice.shifts.models import Assignment
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.bench import ground, sink
from tests.reminders.servers import tell_many

DATABASES = ("SQLite", "PostgreSQL")
FAR = datetime(9999, 12, 31, 23, tzinfo=UTC)
JOBS: Any = jobs


@dataclass(frozen=True)
class Poison:
    """One sort of row that cannot be sent, and how to make it of a good one."""

    name: str
    spoil: Callable[[Assignment, Volunteer], None]


def _no_calendar(place: Assignment, _who: Volunteer) -> None:
    place.told_starts_at = place.told_ends_at = FAR


def _second_line(_place: Assignment, who: Volunteer) -> None:
    who.email = "odd@example.org\r\nBcc: everyone@example.org"


def _no_such_language(_place: Assignment, who: Volunteer) -> None:
    who.locale = "xx_YY"


SORTS = (
    Poison("a date beyond every calendar", _no_calendar),
    Poison("an address of two lines", _second_line),
    Poison("a language that nobody has", _no_such_language),
)


def main(argv: list[str]) -> int:
    """Run each sort on both databases; return 1 when another message suffered from it."""
    parser = argparse.ArgumentParser(prog="poison", description=__doc__)
    parser.add_argument("--due", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default=",".join(DATABASES))
    asked = parser.parse_args(argv)
    good = True
    for name in asked.databases.split(","):
        chance = random.Random(asked.seed)
        good &= not _run(name, SORTS[0], 50, chance, is_planted=True)
        for sort in SORTS:
            good &= _run(name, sort, asked.due, chance)
    return 0 if good else 1


@contextmanager
def _ending_at_the_first(is_planted: bool) -> Iterator[None]:
    """Plant, when asked: what cannot be sent ends the round."""
    send = jobs._send

    def sending(message: Message, mail: Any, read: Callable[[], datetime]) -> Any:
        going = Going(message, mail, read)
        result = going.hand_over()
        if result is not None:
            with transaction():
                actions.settle(message, result, read(), choice=going.choice)
        return message.channel, result

    if is_planted:
        JOBS._send = sending
    try:
        yield
    finally:
        JOBS._send = send


def _run(
    name: str, sort: Poison, due: int, chance: random.Random, *, is_planted: bool = False
) -> bool:
    with ground.folder() as folder, sink.running() as server:
        if name == "SQLite":
            return _on(name, folder, None, server, sort, due, chance, is_planted)
        with ground.postgres() as url:
            if url is None:
                print(f"{name}: left out, PostgreSQL is not installed")
                return not is_planted
            return _on(name, folder, url, server, sort, due, chance, is_planted)


def _on(
    name: str,
    folder: Path,
    url: str | None,
    server: sink.Sink,
    sort: Poison,
    due: int,
    chance: random.Random,
    is_planted: bool,
) -> bool:
    settings = ground.environ(folder, url) | {
        "SMTP_URL": server.url,
        "MAIL_FROM": "roster@example.org",
    }
    app = create_app(settings)
    upgrade(app)
    with app.app_context():
        builders.hospice()
        tell_many(builders.shift(wanted=due), due, builders.NOW - timedelta(hours=1))
        places = list(db.session.scalars(select(Assignment).order_by(Assignment.id)))
        chosen = places[chance.randrange(due // 4, 3 * due // 4)]
        with transaction():
            who = db.session.get_one(Volunteer, chosen.volunteer_id)
            sort.spoil(chosen, who)
        about = f"assignment:{chosen.id}"
        ended = ""
        try:
            with _ending_at_the_first(is_planted):
                jobs.send_reminders(builders.NOW, budget=600)
        except Exception as error:  # noqa: BLE001 - what the planted build does; the real one must not
            ended = f", the round ended with {type(error).__name__}"
        db.session.rollback()
        rows = list(db.session.scalars(select(Message)))
        said = Counter(str(row.state) for row in rows if row.about != about)
        row = next((row for row in rows if row.about == about), None)
        shown = {one.name for one in queries.people_to_phone(builders.NOW)} if row else set()
        db.session.remove()
        db.engine.dispose()
    server.close()
    dots = Counter(server.dots)
    good = (
        not ended
        and said == {str(MessageState.SENT): due - 1}
        and max(dots.values(), default=0) == 1
        and row is not None
        and row.state in {MessageState.SENT, MessageState.FAILED}
        and (row.state is MessageState.SENT or (row.reason != "" and row.name in shown))
    )
    build = "planted, ends at the first failure, " if is_planted else ""
    became = f"{row.state} {row.reason!r}" if row else "no row"
    print(
        f"{build}{name}, {sort.name} among {due}: {sum(dots.values())} arrived, the others "
        f"{dict(said)}, the poisoned one {became}{ended}: "
        + (("NOT CAUGHT" if good else "caught") if is_planted else "holds" if good else "DOES NOT"),
        flush=True,
    )
    return good
