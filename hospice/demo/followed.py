"""Support plans of the made-up hospice: one that has just begun, and some of the year before."""

import random
from datetime import date, time, timedelta
from typing import Any

from hospice.core import clock
from hospice.demo import families, farewells
from hospice.demo.rows import ZONE, Rows
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
from hospice.grief_support.rules.dates import (
    TRADITIONAL,
    Calendar,
    Counting,
    Custom,
    DateKind,
    key_dates,
)
from hospice.grief_support.rules.kin import Relation
from hospice.grief_support.rules.plans import (
    DEFAULT_STEPS,
    LONGEST_DAYS,
    SPOKEN,
    FollowUpState,
    Outcome,
    Planned,
    PlanState,
    Way,
    follow_ups,
)
from hospice.patients.rules import Address, PatientState

_GRETA = 3
_MORNING = time(10, 30)
_HALF = timedelta(days=182)  # until then the first review is still to come
_BACK = timedelta(days=9)  # follow-ups that fell due longer ago were seen to

# Name of patient, of kin, relation, what they call the patient, born, bed, died so many days ago,
# tier, and when they can be reached.
_BEREAVED = (
    (("Mr Zhou", "周先生"), ("Zhou Min", "周敏"), Relation.DAUGHTER, ("Dad", "爸爸"), 1936, 184, 2),
    (("Mrs Tan", "谭女士"), ("Tan Wei", "谭伟"), Relation.SON, ("Mum", "妈妈"), 1944, 93, 1),
    (
        ("Mr Guo", "郭先生"),
        ("Guo Jun", "郭君"),
        Relation.HUSBAND,
        ("My husband", "老郭"),
        1939,
        276,
        1,
    ),
    (
        ("Mrs Park", "朴女士"),
        ("Ellen Park", "朴爱伦"),
        Relation.DAUGHTER,
        ("Mum", "妈妈"),
        1950,
        60,
        3,
    ),
)
_SAID = (
    ("Sleeps badly; back at work since Monday.", "睡得不好，周一起上班了。"),
    ("Grateful for the last weeks. Friends come by often.", "感谢最后几周的陪伴，常有朋友来看望。"),
    ("Quiet. Would like a letter more than calls.", "话不多，比起电话更想收到信。"),
)


def add(rows: Rows, seed: int) -> None:
    """Add plans for the family of Mrs Sheng, and for four who lost someone in the year before."""
    chance = random.Random(f"{seed}:followed")
    confirmed = next(one for one in rows.of(Death) if one["confirmed_at"])
    stopped = {"盛琴", "Sheng Qin"}
    people = {one["id"]: one for one in rows.of(Kin)}
    for link in list(rows.of(Kinship)):
        name = people[link["kin_id"]]["name"]
        if link["patient_id"] == confirmed["patient_id"] and name not in stopped:
            keeps = link["is_key_contact"]  # her father wants nothing religious
            add_plan(rows, chance, link, confirmed, tier=1, keeps=keeps)
    for number, (patient, kin, relation, called, born, days, tier) in enumerate(_BEREAVED):
        _one(rows, chance, number, patient, kin, relation, called, born, days, tier)


def _one(
    rows: Rows,
    chance: random.Random,
    number: int,
    patient: tuple[str, str],
    kin: tuple[str, str],
    relation: Relation,
    called: tuple[str, str],
    born: int,
    days: int,
    tier: int,
) -> None:
    who = farewells.add_patient(
        rows, patient, Address.THEM, born, str(13 + number), PatientState.DIED
    )
    died = rows.now - timedelta(days=days, hours=3)
    farewells.add_episode(rows, who, clock.local(died, ZONE).date())
    death = farewells.add_confirmed_death(rows, who, died)
    abroad = {"timezone": "America/Toronto"} if kin[0] == "Ellen Park" else {}
    person = families.add_person(rows, chance, *kin, **abroad)
    families.add_link(rows, person, who["id"], relation, called, "is_key_contact")
    add_plan(rows, chance, rows.of(Kinship)[-1], death, tier=tier)


def add_plan(
    rows: Rows,
    chance: random.Random,
    link: dict[str, Any],
    death: dict[str, Any],
    *,
    tier: int,
    keeps: bool | None = None,
) -> dict[str, Any]:
    """Add a plan that is under way, with what was done of it and the days that matter."""
    died_on: date = death["died_on"]
    by_chance = chance.random() < 0.4
    is_traditional = by_chance if keeps is None else keeps
    kinds = {DateKind.ANNIVERSARY} | (set(TRADITIONAL) if is_traditional else set())
    agreed = bool(kinds & TRADITIONAL)
    plan = rows.add(
        SupportPlan,
        kinship_id=link["id"],
        death_id=death["id"],
        died_on=died_on,
        state=PlanState.ACTIVE,
        state_reason="",
        tier=tier,
        basis=rows.say("Lives alone since.", "现在独自生活。") if tier > 1 else "",
        kinds_and_frequency=rows.say(
            "A call every three months and letters between.", "每三个月一次电话，其间寄信。"
        )
        if tier > 1
        else "",
        goals="",
        owner_id=_GRETA,
        review_on=died_on + timedelta(days=182 if died_on > rows.today - _HALF else 364),
        assessed_on=None,
        worried_at=None,
        worried_words="",
        worried_by_id=None,
        date_kinds=sorted(kind.value for kind in kinds),
        counting=Counting.INCLUSIVE,
        calendar=Calendar.LUNAR if agreed else Calendar.GREGORIAN,
        counts_next_day=False,
        birth_month=None,
        birth_day=None,
        dates_agreed_at=death["confirmed_at"] if agreed else None,
        dates_agreed_words=rows.say("By phone", "电话里同意") if agreed else "",
        created_at=death["confirmed_at"],
        ended_at=None,
        version=1,
    )
    for planned in follow_ups(died_on, DEFAULT_STEPS, tier):
        _follow_up(rows, chance, plan, planned)
    custom = Custom(frozenset(kinds), calendar=plan["calendar"])
    for one in key_dates(died_on, custom, until=died_on + timedelta(days=LONGEST_DAYS)):
        stance = Stance.QUIET if one.on < rows.today else Stance.UNDECIDED
        rows.add(
            KeyDay,
            plan_id=plan["id"],
            kind=one.kind,
            day=one.on,
            nth=one.nth,
            label="",
            stance=stance,
        )
    return plan


def _follow_up(rows: Rows, chance: random.Random, plan: dict[str, Any], planned: Planned) -> None:
    is_done = planned.due_on < rows.today - _BACK
    at = clock.instant(planned.due_on - timedelta(days=1), _MORNING, ZONE)
    row = rows.add(
        FollowUp,
        plan_id=plan["id"],
        key=planned.key,
        way=planned.way,
        purpose="",
        opens_on=planned.opens_on,
        due_on=planned.due_on,
        assignee_id=_GRETA if planned.way in SPOKEN else None,
        state=FollowUpState.DONE if is_done else FollowUpState.PLANNED,
        is_moved=False,
        tries=1 if is_done else 0,
        callback_at=None,
        words="",
        ended_at=at if is_done else None,
        ended_by_id=_GRETA if is_done else None,
    )
    if not is_done:
        return
    if planned.key == "assessment":
        plan["assessed_on"] = planned.due_on
    is_talk = planned.way is Way.CALL
    rows.add(
        CareCall,
        plan_id=plan["id"],
        follow_up_id=row["id"],
        tried_at=at,
        way=planned.way,
        outcome=Outcome.TALKED if planned.way in SPOKEN else Outcome.SENT,
        minutes=chance.choice((8, 12, 20)) if is_talk else None,
        words=rows.say(*chance.choice(_SAID)) if is_talk else "",
        by_id=_GRETA,
    )
