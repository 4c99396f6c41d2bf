"""Raising an alarm about somebody in grief, taking it, and who is on duty for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import calls
from hospice.grief_support.models import DutyClinician, RedFlag, SupportPlan
from hospice.grief_support.queries import red_flags as queries
from hospice.grief_support.rules.red_flags import (
    RINGS_AGAIN_AFTER,
    Hours,
    Sign,
    duty_objections,
    raising_objections,
)
from hospice.journal import actions as journal


def raise_flag(
    plan: SupportPlan,
    signs: Sequence[Sign],
    words: str,
    *,
    task_words: str,
    by: User,
    now: datetime,
    today: date,
) -> RedFlag:
    """Say that somebody may be in danger: the next round of messages tells a clinician.

    `plan.kinship` is loaded and the plan locked. While others are still being told of a first
    alarm a second one adds to it; after that, or once somebody has it, it rings anew. Raise
    Refused.
    """
    found = raising_objections(signs, words)
    if found:
        raise Refused(found)
    calls.worry(plan, words, task_words=task_words, by=by, now=now, today=today)
    ringing = [
        one for one in queries.untaken_of(plan.id) if one.raised_at > now - RINGS_AGAIN_AFTER
    ]
    if ringing:
        ringing[-1].plan = plan
        add(ringing[-1], signs, words, by=by, now=now)
        return ringing[-1]
    flag = RedFlag(
        plan_id=plan.id,
        signs=[one.value for one in dict.fromkeys(signs)],
        words=words.strip(),
        raised_at=now,
        raised_by_id=by.id,
        raised_by=by.name,
        taken_by="",
    )
    db.session.add(flag)
    db.session.flush()
    # What was heard stands in the alarm; lists of what happened need not repeat it.
    journal.record("red_flag.raised", about=_about(flag, plan), by=by, now=now)
    return flag


def add(flag: RedFlag, signs: Sequence[Sign], words: str, *, by: User, now: datetime) -> None:
    """Add to an alarm what was heard since; what stands there already stays."""
    more = [one.value for one in signs if one.value not in flag.signs]
    said = words.strip()
    if said and said in flag.words:
        said = ""
    if not more and not said:
        return
    new = {
        "signs": [*flag.signs, *more],
        "words": "\n".join(one for one in (flag.words, said) if one),
    }
    changed = journal.changes(flag, new)
    flag.signs, flag.words = list(new["signs"]), str(new["words"])
    db.session.flush()
    plan = flag.plan
    journal.record("red_flag.added", about=_about(flag, plan), by=by, now=now, changed=changed)


def take(flag: RedFlag, name: str = "", *, by: User, now: datetime) -> bool:
    """Say who has it: oneself, or a clinician by name; the first one stays. Return whether new.

    From then on nobody else is told. The alarm is locked, with its plan.
    """
    if flag.taken_at is not None:
        return False
    flag.taken_at, flag.taken_by_id = now, by.id
    flag.taken_by = name.strip() or by.name
    db.session.flush()
    journal.record(
        "red_flag.taken", about=_about(flag, flag.plan), by=by, now=now, name=flag.taken_by
    )
    return True


def look_after(plan: SupportPlan, words: str, *, by: User, now: datetime) -> None:
    """Say what a clinician did for somebody, who is then no longer worried about. Raise Refused."""
    calls.look_after(plan, words, by=by, now=now)
    for flag in queries.untaken_of(plan.id):
        flag.plan = plan
        take(flag, by=by, now=now)


# --- who is on duty -------------------------------------------------------------------------------


@dataclass(frozen=True)
class DutyFacts:
    """What is written down about somebody's duty."""

    name: str
    phone: str
    email: str
    user_id: int | None
    hours: Hours


def keep_duty(
    one: DutyClinician | None, facts: DutyFacts, *, seen_version: int, by: User, now: datetime
) -> DutyClinician:
    """Write down a clinician's duty, or change it; raise Refused."""
    found = duty_objections(name=facts.name, phone=facts.phone, hours=facts.hours)
    if facts.user_id is None and not facts.email.strip():
        found.append(Objection("no_way_to_tell", field="email"))
    if found:
        raise Refused(found)
    new = {
        "name": facts.name.strip(),
        "phone": facts.phone.strip(),
        "email": facts.email.strip(),
        "user_id": facts.user_id,
        "days": sorted(facts.hours.days),
        "starts": facts.hours.starts,
        "ends": facts.hours.ends,
    }
    if one is None:
        one = DutyClinician(created_at=now, **new)
        db.session.add(one)
        db.session.flush()
        _noted("hospice.duty_added", one, by=by, now=now)
        return one
    if one.version != seen_version:
        raise Refused([Objection("stale")])
    if not journal.changes(one, new):
        return one
    for name, value in new.items():
        setattr(one, name, value)
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error
    _noted("hospice.duty_changed", one, by=by, now=now)
    return one


def end_duty(one: DutyClinician, *, by: User, now: datetime) -> None:
    """Take somebody off duty for good; what they took stays written."""
    if one.retired_at is None:
        one.retired_at = now
        _noted("hospice.duty_ended", one, by=by, now=now)


def begin_duty_again(one: DutyClinician, *, by: User, now: datetime) -> None:
    """Put somebody on duty again."""
    if one.retired_at is not None:
        one.retired_at = None
        _noted("hospice.duty_added", one, by=by, now=now)


def _noted(verb: str, one: DutyClinician, *, by: User, now: datetime) -> None:
    db.session.flush()
    journal.record(verb, about=[("hospice", 1)], by=by, now=now, name=one.name)


def _about(flag: RedFlag, plan: SupportPlan) -> list[tuple[str, int]]:
    kinship = plan.kinship
    return [
        ("red_flag", flag.id),
        ("support_plan", plan.id),
        ("kin", kinship.kin_id),
        ("patient", kinship.patient_id),
    ]


__all__ = [
    "DutyFacts",
    "add",
    "begin_duty_again",
    "end_duty",
    "keep_duty",
    "look_after",
    "raise_flag",
    "take",
]
