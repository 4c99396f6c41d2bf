"""The hospice's own template of follow-ups; plans that stand already stay as they are."""

import secrets
from datetime import datetime

from sqlalchemy import delete

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.grief_support.models import PlanStep
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.rules.plans import Step, step_objections
from hospice.journal import actions as journal

_OURS = "own_"  # how the keys of lines begin that the hospice added


def keep(step: Step, *, by: User, now: datetime) -> None:
    """Change a line, or add one (its key is empty); raise Refused."""
    found = step_objections(step)
    is_ours = not step.key or step.key.startswith(_OURS)
    if is_ours and not step.words.strip():
        found.append(Objection("no_words", field="words"))
    if found:
        raise Refused(found)
    _own()
    key = step.key or _OURS + secrets.token_hex(4)
    row = db.session.get(PlanStep, key)
    if row is None:
        if step.key:
            raise Missing
        row = PlanStep(key=key)
        db.session.add(row)
    row.way, row.tier, row.purpose = step.way, step.tier, step.words.strip()
    row.opens_months, row.opens_days = step.opens.months, step.opens.days
    row.closes_months, row.closes_days = step.closes.months, step.closes.days
    _noted(by, now)


def leave_out(key: str, *, by: User, now: datetime) -> None:
    """Take a line out of the template; raise Refused for the last one."""
    _own()
    row = db.session.get(PlanStep, key)
    if row is None:
        raise Missing
    if len(queries.steps()) < 2:
        raise Refused([Objection("last_line")])
    db.session.delete(row)
    _noted(by, now)


def start_anew(*, by: User, now: datetime) -> None:
    """Go back to the built-in template."""
    if queries.is_own_template():
        db.session.execute(delete(PlanStep))
        _noted(by, now)


def _own() -> None:
    """Let the hospice have a template of its own: at first the built-in one."""
    if queries.is_own_template():
        return
    db.session.add_all(
        PlanStep(
            key=step.key,
            way=step.way,
            purpose="",
            tier=step.tier,
            opens_months=step.opens.months,
            opens_days=step.opens.days,
            closes_months=step.closes.months,
            closes_days=step.closes.days,
        )
        for step in queries.steps()
    )
    db.session.flush()


def _noted(by: User, now: datetime) -> None:
    db.session.flush()
    journal.record("hospice.plan_steps", about=[("hospice", 1)], by=by, now=now)


__all__ = ["keep", "leave_out", "start_anew"]
