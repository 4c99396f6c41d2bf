"""The last place: eight callers at once, a thousand times, on both databases.

    python3 app.py bench race [--rounds 1000] [--callers 8] [--planted]

Each round one shift has one place left and eight signed-in coordinators place eight different
people on it at the same moment, over HTTP, spread over one or four web processes. Printed: how
many rounds had how many winners, every status that was answered, and every server error. The same
harness is first run against a build with a planted check-then-act; it must catch that.
"""

import argparse
import threading
import time
from collections import Counter
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select

from hospice import create_app
from hospice.accounts import actions as accounts
from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.migrate import upgrade
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import HOLDING
from hospice.volunteers.models import Clearance, Volunteer
from hospice.volunteers.rules import Experience
from tests.bench import ground

ZONE = "Asia/Shanghai"


def main(argv: list[str]) -> int:
    """Run every configuration; return 1 when any round had other than one winner."""
    parser = argparse.ArgumentParser(prog="race", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--planted", action="store_true", help="only the planted defect")
    asked = parser.parse_args(argv)
    print(f"{asked.rounds} rounds, {asked.callers} callers for one place")
    caught = _caught(asked.callers)
    if asked.planted or not caught:
        return 0 if caught else 1
    good = True
    for name in ("SQLite", "PostgreSQL"):
        for processes in (1, 4):
            good &= _measure(name, processes, asked.rounds, asked.callers)
    return 0 if good else 1


def _caught(callers: int) -> bool:
    """Show that this harness catches check-then-act, or its results mean nothing."""
    everywhere = True
    for name in ("SQLite", "PostgreSQL"):
        outcome = _run(name, 4, 60, callers, planted=True)
        if outcome is None:
            continue
        winners, answers, _seconds = outcome
        wrong = sum(n for count, n in winners.items() if count != 1)
        errors = sum(n for status, n in answers.items() if status >= 500)
        everywhere &= wrong > 0 or errors > 0
        print(
            f"planted check-then-act, {name}, 4 processes: {wrong} of 60 rounds with other than "
            f"one winner {_in_words(winners)}, {errors} server errors: "
            + ("caught" if wrong or errors else "NOT CAUGHT")
        )
    return everywhere


def _measure(name: str, processes: int, rounds: int, callers: int) -> bool:
    outcome = _run(name, processes, rounds, callers, planted=False)
    if outcome is None:
        print(f"{name}, {processes} process(es): left out, PostgreSQL is not installed")
        return True
    winners, answers, seconds = outcome
    errors = sum(n for status, n in answers.items() if status >= 500)
    good = winners == Counter({1: rounds}) and errors == 0
    print(
        f"{name}, {processes} process(es): winners a round {_in_words(winners)}; answers "
        f"{dict(sorted(answers.items()))}; server errors {errors}; {seconds:.0f} s: "
        + ("exactly one winner each" if good else "WRONG")
    )
    return good


def _in_words(winners: Counter[int]) -> str:
    return "{" + ", ".join(f"{count}: {n} rounds" for count, n in sorted(winners.items())) + "}"


def _run(
    name: str, processes: int, rounds: int, callers: int, *, planted: bool
) -> tuple[Counter[int], Counter[int], float] | None:
    with ground.folder() as folder:
        if name == "SQLite":
            return _on(folder, None, processes, rounds, callers, planted=planted)
        with ground.postgres() as url:
            if url is None:
                return None
            return _on(folder, url, processes, rounds, callers, planted=planted)


def _on(
    folder: Path, url: str | None, processes: int, rounds: int, callers: int, *, planted: bool
) -> tuple[Counter[int], Counter[int], float]:
    settings = ground.environ(folder, url)
    app = create_app(settings)
    upgrade(app)
    with app.app_context():
        cookies, volunteers, shifts = _prepare(app, rounds, callers)
    answers: Counter[int] = Counter()
    with ground.servers(settings, processes, planted=planted) as ports:
        began = time.monotonic()
        _race(ports, cookies, volunteers, shifts, answers)
        seconds = time.monotonic() - began
    with app.app_context():
        held = dict(
            db.session.execute(
                select(Assignment.shift_id, func.count())
                .where(Assignment.state.in_(HOLDING))
                .group_by(Assignment.shift_id)
            )
            .tuples()
            .all()
        )
        db.session.remove()
        db.engine.dispose()
    return Counter(held.get(shift, 0) for shift in shifts), answers, seconds


def _prepare(app: object, rounds: int, callers: int) -> tuple[list[str], list[int], list[int]]:
    """Make the callers, the people they place, and a shift with one place for each round."""
    now = clock.now()
    sign = SecureCookieSessionInterface().get_signing_serializer(app)  # type: ignore[arg-type]
    assert sign is not None
    cookies = []
    with transaction():
        db.session.add(Hospice(id=1, name="Race", timezone=ZONE, locale="en", created_at=now))
        ward = Place(name="Ward", timezone=ZONE, created_at=now)
        db.session.add(ward)
        db.session.flush()
        people = [
            Volunteer(
                legal_name=f"V{n}",
                preferred_name=f"V{n}",
                locale="en",
                languages=[],
                skills=[],
                experience=Experience.EXPERIENCED,
                created_at=now,
            )
            for n in range(callers)
        ]
        db.session.add_all(people)
        db.session.flush()
        db.session.add_all(Clearance(volunteer_id=v.id, place_id=ward.id) for v in people)
        shifts = []
        for n in range(rounds):
            starts = now + timedelta(days=2 + n)
            shifts.append(
                Shift(
                    place_id=ward.id,
                    local_day=clock.local(starts, ZONE).date(),
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=3),
                    minimum=1,
                    wanted=1,
                    created_at=now,
                )
            )
        db.session.add_all(shifts)
        db.session.flush()
        for n in range(callers):
            user = User(
                email=f"c{n}@example.org",
                name=f"C{n}",
                role=Role.COORDINATOR,
                locale="en",
                created_at=now,
            )
            db.session.add(user)
            db.session.flush()
            token = accounts.sign_in(user, is_kept=False, device="race", now=now)
            cookies.append("alongside=" + str(sign.dumps({"_user_id": token, "_fresh": True})))
        found = cookies, [v.id for v in people], [s.id for s in shifts]
    db.session.remove()
    return found


def _race(
    ports: list[int],
    cookies: list[str],
    volunteers: list[int],
    shifts: list[int],
    answers: Counter[int],
) -> None:
    """Let every caller meet at a barrier before each round."""
    barrier = threading.Barrier(len(cookies))
    lock = threading.Lock()

    def call(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", ports[number % len(ports)], timeout=60)
        headers = {
            "Cookie": cookies[number],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"volunteer_id": volunteers[number], "place": volunteers[number]})
        for shift in shifts:
            barrier.wait()
            connection.request("POST", f"/shifts/{shift}/assign", body, headers)
            response = connection.getresponse()
            response.read()
            with lock:
                answers[response.status] += 1
        connection.close()

    callers = [threading.Thread(target=call, args=(n,)) for n in range(len(cookies))]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
