"""More families of the year before in the made-up hospice, so that its reports have something to say.

Not everything was done in time: some calls came late, some nobody answered, one plan rests, two
wait for somebody to look at them, and one was forgotten.
"""

import random
from datetime import timedelta
from typing import Any

from hospice.accounts.models import User
from hospice.core import clock
from hospice.demo import families, farewells, followed
from hospice.demo.rows import ZONE, Rows
from hospice.grief_support.models import CareCall, FollowUp, Kinship
from hospice.grief_support.rules.kin import Relation
from hospice.grief_support.rules.plans import (
    SPOKEN,
    FollowUpState,
    Outcome,
    PlanState,
)
from hospice.journal.models import Entry, EntryAbout
from hospice.patients.rules import Address, PatientState
from hospice.places.models import Place

_CORA, _GRETA = 2, 3

# Name of patient, of kin (none: nobody is written down), relation, what they call the patient,
# born, died so many days ago, tier, and how the plan stands.
_LOST: tuple[tuple[Any, ...], ...] = (
    (("Mr Hou", "侯先生"), None, None, None, 1933, 22, 1, None),
    (
        ("Mrs Dai", "戴女士"),
        ("Dai Ning", "戴宁"),
        Relation.SON,
        ("Mum", "妈妈"),
        1940,
        6,
        1,
        "draft",
    ),
    (
        ("Mr Fu", "傅先生"),
        ("Fu Qing", "傅青"),
        Relation.WIFE,
        ("My husband", "老傅"),
        1942,
        10,
        1,
        "draft",
    ),
    (
        ("Mrs Yan", "严女士"),
        ("Yan Hao", "严浩"),
        Relation.SON,
        ("Mum", "妈妈"),
        1938,
        47,
        2,
        "active",
    ),
    (
        ("Mr Xiong", "熊先生"),
        ("Xiong Ya", "熊雅"),
        Relation.DAUGHTER,
        ("Dad", "爸爸"),
        1945,
        72,
        1,
        "active",
    ),
    (
        ("Mrs Meng", "孟女士"),
        ("Meng Tao", "孟涛"),
        Relation.HUSBAND,
        ("My wife", "老伴"),
        1946,
        118,
        2,
        "paused",
    ),
    (
        ("Mr Lei", "雷先生"),
        ("Lei Yun", "雷云"),
        Relation.DAUGHTER,
        ("Dad", "爸爸"),
        1937,
        149,
        1,
        "active",
    ),
    (
        ("Mrs Wei", "韦女士"),
        ("Wei Dong", "韦东"),
        Relation.SON,
        ("Mum", "妈妈"),
        1941,
        203,
        3,
        "active",
    ),
    (
        ("Mr Bai", "白先生"),
        ("Bai Lan", "白兰"),
        Relation.WIFE,
        ("My husband", "老白"),
        1939,
        247,
        1,
        "declined",
    ),
    (
        ("Mrs Jin", "金女士"),
        ("Jin Mei", "金梅"),
        Relation.SISTER,
        ("My sister", "姐姐"),
        1948,
        312,
        2,
        "active",
    ),
    (
        ("Mr Kang", "康先生"),
        ("Kang Li", "康丽"),
        Relation.DAUGHTER,
        ("Dad", "爸爸"),
        1935,
        371,
        1,
        "active",
    ),
    (
        ("Mrs Shao", "邵女士"),
        ("Shao Bo", "邵波"),
        Relation.SON,
        ("Mum", "妈妈"),
        1943,
        408,
        2,
        "extended",
    ),
    (
        ("Mr Wan", "万先生"),
        ("Wan Fang", "万芳"),
        Relation.WIFE,
        ("My husband", "老万"),
        1940,
        419,
        1,
        "active",
    ),
)


def add(rows: Rows, seed: int) -> None:
    """Add them; a chance of their own, so that nobody else moves."""
    chance = random.Random(f"{seed}:reported")
    wards = [one["id"] for one in rows.of(Place)[:2]]
    for number, (patient, kin, relation, called, born, days, tier, stands) in enumerate(_LOST):
        who = farewells.add_patient(
            rows, patient, Address.THEM, born, str(20 + number), PatientState.DIED
        )
        who["place_id"] = wards[number % len(wards)]
        died = rows.now - timedelta(days=days, hours=4)
        who["created_at"] = died - timedelta(days=20 + chance.randrange(40))
        farewells.add_episode(rows, who, clock.local(died, ZONE).date())
        death = farewells.add_confirmed_death(rows, who, died)
        if kin is None:
            continue
        person = families.add_person(rows, chance, *kin)
        families.add_link(rows, person, who["id"], relation, called, "is_key_contact")
        first, tries = len(rows.of(FollowUp)), len(rows.of(CareCall))
        link = rows.of(Kinship)[-1]
        plan = followed.add_plan(rows, chance, link, death, tier=tier, keeps=False)
        if stands == "draft":
            _wait(rows, plan, first, tries)
        else:
            _stand(rows, plan, stands, first)
            _vary(rows, chance, first, tries)
            _assess(plan, rows.of(FollowUp)[first:], late=patient[0] == "Mr Xiong")


def _wait(rows: Rows, plan: dict[str, Any], first: int, tries: int) -> None:
    """Let a plan be a draft under which nobody has done anything."""
    plan["state"], plan["owner_id"], plan["review_on"] = PlanState.DRAFT, None, None
    del rows.of(CareCall)[tries:]
    for one in rows.of(FollowUp)[first:]:
        one.update(state=FollowUpState.PLANNED, tries=0, ended_at=None, ended_by_id=None)
        one["assignee_id"] = None


def _vary(rows: Rows, chance: random.Random, first: int, tries: int) -> None:
    """Let some calls have come late, some after another time was named, some not at all."""
    follow_ups = {one["id"]: one for one in rows.of(FollowUp)[first:]}
    calls = rows.of(CareCall)[tries:]
    del rows.of(CareCall)[tries:]
    for call in calls:
        row, luck = follow_ups[call["follow_up_id"]], chance.random()
        who = chance.choice((_GRETA, _GRETA, _CORA))
        if row["state"] is not FollowUpState.DONE:
            continue  # the plan was over by then
        call["by_id"] = row["ended_by_id"] = who
        if luck < 0.06:
            row.update(state=FollowUpState.SKIPPED, tries=0)
            row["words"] = rows.say("They were travelling.", "那时他们在外地。")
            continue
        if luck < 0.16:
            if row["way"] in SPOKEN:
                _tried(rows, row, call, chance.choice((Outcome.NOT_NOW, Outcome.NO_ANSWER)))
            late = row["ended_at"] + timedelta(days=chance.randrange(3, 9))
            row["ended_at"] = call["tried_at"] = late
        elif luck < 0.36 and row["way"] in SPOKEN:
            _tried(rows, row, call, chance.choice((Outcome.NOT_NOW, Outcome.NO_ANSWER)))
        _kept(rows, call)


def _tried(rows: Rows, row: dict[str, Any], call: dict[str, Any], outcome: Outcome) -> None:
    """Let somebody have tried the day before they talked."""
    row["tries"] = 2
    before = call["tried_at"] - timedelta(days=1)
    _kept(rows, {**call, "tried_at": before, "outcome": outcome, "minutes": None, "words": ""})


def _kept(rows: Rows, call: dict[str, Any]) -> None:
    rows.add(CareCall, **{name: value for name, value in call.items() if name != "id"})


def _assess(plan: dict[str, Any], follow_ups: list[dict[str, Any]], *, late: bool) -> None:
    """Say when somebody talked at length: when the call was done, or a week after its last day."""
    one = next(row for row in follow_ups if row["key"] == "assessment")
    done = one["state"] is FollowUpState.DONE
    plan["assessed_on"] = clock.local(one["ended_at"], ZONE).date() if done else None
    if late:
        plan["assessed_on"] = one["due_on"] + timedelta(days=7)


def _stand(rows: Rows, plan: dict[str, Any], stands: str, first: int) -> None:
    plan["state"] = PlanState(stands)
    if stands == "active":
        return
    day = {"paused": 25, "declined": 120, "extended": 15}[stands]
    at = rows.now - timedelta(days=day)
    plan["state_reason"] = {
        "paused": rows.say("Away with her sister until spring.", "去姐姐家住到开春。"),
        "declined": rows.say("Thanked us; would rather be left alone.", "谢谢我们，想自己静一静。"),
        "extended": rows.say("The second year is harder for him.", "第二年他更难过。"),
    }[stands]
    if stands == "extended":
        plan["review_on"] = rows.today + timedelta(days=40)
    if stands == "declined":
        plan["ended_at"] = at
        for one in rows.of(FollowUp)[first:]:
            if one["due_on"] > clock.local(at, ZONE).date():
                one.update(state=FollowUpState.PLANNED, tries=0, ended_at=None, ended_by_id=None)
    entry = rows.add(
        Entry,
        happened_at=at,
        user_id=_GRETA,
        who=next(one["name"] for one in rows.of(User) if one["id"] == _GRETA),
        verb="support_plan.became",
        facts={"state": stands, "before": "active", "reason": plan["state_reason"]},
    )
    rows.add(EntryAbout, entry_id=entry["id"], record_kind="support_plan", record_id=plan["id"])
