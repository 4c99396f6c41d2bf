"""What the queue of calls costs with 6,500 open plans and 80,000 follow-ups.

    python3 app.py bench queue [--plans 6500] [--requests 40] [--postgres]

The size is that of a hospice with 6,000 families a year (domain, *Scale*). The same tabs are
measured with 30 plans first, so that growth shows; the bare Flask page is asked for in turn.
"""

import argparse
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from hospice import create_app
from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.grief_support.models import (
    CareCall,
    Death,
    FollowUp,
    KeyDay,
    Kin,
    Kinship,
    SupportPlan,
)
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.dates import Calendar, Counting, DateKind
from hospice.grief_support.rules.deaths import ToldHow
from hospice.grief_support.rules.kin import Relation
from hospice.grief_support.rules.plans import (
    DEFAULT_STEPS,
    FollowUpState,
    Outcome,
    PlanState,
    follow_ups,
)
from hospice.journal.models import Entry, EntryAbout
from hospice.migrate import upgrade
from hospice.patients.models import Patient
from hospice.patients.rules import Address, Diagnosis, Massage, PatientState
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from tests.bench import ground
from tests.bench.pages import Counter, Figure, bare_page, print_table, signed_in, time_page

ZONES = ("Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "America/Toronto", "Europe/London")
SEED = 20261122
EMAIL = "greta@example.org"
TABS = ("now", "week", "overdue", "callback", "counsellor", "post")
SMALL = 30
TABLES = (
    Patient,
    Kin,
    Kinship,
    Death,
    SupportPlan,
    FollowUp,
    CareCall,
    KeyDay,
    Entry,
    EntryAbout,
)
STATEMENTS = 12


def main(argv: list[str]) -> int:
    """Print the tables; return 1 when the statements are not the same at both sizes."""
    parser = argparse.ArgumentParser(prog="queue", description=__doc__)
    parser.add_argument("--plans", type=int, default=6500)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args(argv)
    counter = Counter()
    event.listen(Engine, "before_cursor_execute", counter.note)
    found = {}
    for plans in (SMALL, asked.plans):
        with ground.folder() as folder:
            if asked.postgres:
                with ground.postgres() as url:
                    found[plans] = _measure(folder, url, plans, counter, asked.requests)
            else:
                found[plans] = _measure(folder, None, plans, counter, asked.requests)
    grows = [
        name
        for name, figure in found[asked.plans].items()
        if figure.statements > found[SMALL][name].statements
    ]
    most = max(figure.statements for figure in found[asked.plans].values())
    holds = not grows and most <= STATEMENTS
    print(
        f"statements: {most} at most (claim {STATEMENTS}), "
        + (f"more with more plans: {', '.join(grows)}" if grows else "the same at both sizes")
        + (": holds" if holds else ": DOES NOT HOLD")
    )
    return 0 if holds else 1


def _measure(
    folder: Path, url: str | None, plans: int, counter: Counter, requests: int
) -> dict[str, Figure]:
    app = create_app(ground.environ(folder, url))
    upgrade(app)
    rows = _fill(app, plans)
    greta, bare = signed_in(app, EMAIL), bare_page(folder)
    pages = {tab: f"/grief-support?show={tab}" for tab in TABS}
    pages |= {
        "plans": "/grief-support/plans",
        "one call": "/grief-support/calls/5",
        "reports": "/grief-support/reports",
    }

    def get(url: str) -> Callable[[FlaskClient, int], Any]:
        return lambda client, _n: client.get(url)

    found = {
        name: time_page(greta, bare, counter, requests, get(url)) for name, url in pages.items()
    }
    print_table(f"{plans:,} open plans, {rows:,} follow-ups", found)
    return found


def _fill(app: Flask, plans: int) -> int:
    """Fill a database; return how many follow-ups there are."""
    chance, now = random.Random(SEED), clock.now()
    today = clock.local(now, ZONES[0]).date()
    with app.app_context(), transaction():
        db.session.add(
            Hospice(
                id=1,
                name="Bench",
                timezone=ZONES[0],
                locale="en",
                country="CN",
                created_at=now,
            )
        )
        db.session.add(
            User(email=EMAIL, name="Greta", role=Role.GRIEF_SUPPORT, locale="en", created_at=now)
        )
        db.session.add(
            Place(
                name="Ward 1",
                kind=PlaceKind.WARD,
                timezone=ZONES[0],
                created_at=now,
            )
        )
        db.session.flush()
        made: dict[type[Any], list[dict[str, Any]]] = {}
        for number in range(1, plans + 1):
            _one(made, chance, number, now, today)
        for table in TABLES:
            rows = made.get(table, [])
            for start in range(0, len(rows), 1000):
                db.session.execute(insert(table), rows[start : start + 1000])
        return len(made[FollowUp])


def _one(
    made: dict[type[Any], list[dict[str, Any]]],
    chance: random.Random,
    number: int,
    now: datetime,
    today: date,
) -> None:
    """Add one family: a patient who died within thirteen months, one relative, and a plan."""

    def add(table: type[Any], **values: Any) -> int:
        rows = made.setdefault(table, [])
        rows.append({"id": len(rows) + 1, **values})
        return len(rows)

    died_on = today - timedelta(days=chance.randrange(1, 390))
    patient = add(
        Patient,
        preferred_name=f"Patient {number}",
        legal_name="",
        spoken_of=Address.THEM,
        birth_year=1940,
        search_key=f"patient {number}",
        sort_key=f"patient {number}",
        place_id=1,
        bed="",
        address="",
        condition="",
        languages=[],
        hearing_and_sight="",
        likes="",
        may_do="",
        massage=Massage.NO,
        massage_areas=[],
        avoid="",
        diagnosis=Diagnosis.UNKNOWN,
        state=PatientState.DIED,
        state_reason="",
        created_at=now,
        version=1,
    )
    evening = chance.random() < 0.3
    kin = add(
        Kin,
        name=f"Relative {number}",
        called="",
        search_text=f"relative {number}",
        sort_key=f"relative {number}",
        languages=["mandarin"],
        timezone=chance.choice(ZONES),
        reach_days=[5, 6] if chance.random() < 0.2 else [],
        reach_from=time(18) if evening else None,
        reach_until=time(20) if evening else None,
        reach_words="",
        phone="131 5555 0000",
        email="",
        post_address="",
        is_minor=False,
        guardian_id=None,
        safety_note="",
        notes="",
        created_at=now,
        version=1,
    )
    link = add(
        Kinship,
        patient_id=patient,
        kin_id=kin,
        relation=Relation.DAUGHTER,
        relation_words="",
        is_decision_maker=False,
        is_carer=False,
        is_key_contact=True,
        name_for_patient="",
        words_to_avoid="",
        created_at=now,
    )
    death = add(
        Death,
        patient_id=patient,
        died_on=died_on,
        died_at=None,
        told_by="Nurse",
        told_how=ToldHow.PHONE,
        reported_by_id=1,
        reported_at=now,
        state_before=PatientState.ACTIVE,
        reason_before="",
        confirmed_by_id=1,
        confirmed_at=now,
        source_name="Doctor",
        source_role="doctor",
        undone_by_id=None,
        undone_at=None,
        undone_reason="",
        version=1,
    )
    plan = add(
        SupportPlan,
        kinship_id=link,
        death_id=death,
        died_on=died_on,
        state=PlanState.ACTIVE,
        state_reason="",
        tier=chance.choice((1, 2, 2, 3)),
        basis="",
        kinds_and_frequency="",
        goals="",
        owner_id=1,
        review_on=None,
        assessed_on=None,
        worried_at=now if chance.random() < 0.01 else None,
        worried_words="",
        worried_by_id=None,
        date_kinds=["anniversary"],
        counting=Counting.INCLUSIVE,
        calendar=Calendar.GREGORIAN,
        counts_next_day=False,
        birth_month=None,
        birth_day=None,
        dates_agreed_at=None,
        dates_agreed_words="",
        created_at=now,
        ended_at=None,
        version=1,
    )
    for days in (200, 170) if number % 20 == 0 else ():  # one in twenty rested for a month
        state = PlanState.PAUSED if days == 200 else PlanState.ACTIVE
        entry = add(
            Entry,
            happened_at=now - timedelta(days=days),
            user_id=1,
            who="Greta",
            verb="support_plan.became",
            facts={"state": state, "before": "", "reason": ""},
        )
        made.setdefault(EntryAbout, []).append(
            {"entry_id": entry, "record_kind": "support_plan", "record_id": plan}
        )
    tier = made[SupportPlan][-1]["tier"]
    for planned in follow_ups(died_on, DEFAULT_STEPS, tier):
        # what fell due longer ago than three days was seen to, but for one in a hundred
        is_done = planned.due_on < today - timedelta(days=3) and chance.random() > 0.01
        # nine in ten the day before the last, the others three days after it
        late = timedelta(days=3 if chance.random() < 0.1 else -1)
        seen_to = clock.instant(planned.due_on + late, time(11), ZONES[0])
        row = add(
            FollowUp,
            plan_id=plan,
            key=planned.key,
            way=planned.way,
            purpose="",
            opens_on=planned.opens_on,
            due_on=planned.due_on,
            assignee_id=None,
            state=FollowUpState.DONE if is_done else FollowUpState.PLANNED,
            is_moved=False,
            tries=int(is_done),
            callback_at=None,
            words="",
            ended_at=seen_to if is_done else None,
            ended_by_id=1 if is_done else None,
        )
        if is_done:
            add(
                CareCall,
                plan_id=plan,
                follow_up_id=row,
                tried_at=seen_to,
                way=planned.way,
                outcome=Outcome.TALKED,
                minutes=None,
                words="",
                by_id=1,
            )
    add(
        KeyDay,
        plan_id=plan,
        kind=DateKind.ANNIVERSARY,
        day=died_on + timedelta(days=365),
        nth=1,
        label="",
        stance=Stance.UNDECIDED,
    )
