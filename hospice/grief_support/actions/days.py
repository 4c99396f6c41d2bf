"""Saying of the days that matter whether somebody is reached out to, or left in peace."""

from datetime import date, datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.models import SupportPlan
from hospice.grief_support.queries import family_pages
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.family_pages import PageTopic
from hospice.journal import actions as journal


def decide(
    plan: SupportPlan, stances: dict[int, Stance], *, by: User, now: datetime, today: date
) -> int:
    """Say of days that matter whether we reach out or leave them quiet; return how many changed.

    `plan.kinship` is loaded. Raise Refused where they asked for nothing on such days.
    """
    days = queries.key_days_of(plan.id)
    new = {day.id: stances[day.id] for day in days if stances.get(day.id, day.stance) != day.stance}
    if not new:
        return 0
    if Stance.REACH_OUT in new.values():
        kin_id = plan.kinship.kin_id
        if PageTopic.DAYS in family_pages.topics_of(kin_id, today):
            raise Refused([Objection("days_unwanted")])
    for day in days:
        day.stance = new.get(day.id, day.stance)
    db.session.flush()
    journal.record(
        "support_plan.decided",
        about=[
            ("support_plan", plan.id),
            ("kin", plan.kinship.kin_id),
            ("patient", plan.kinship.patient_id),
        ],
        by=by,
        now=now,
        count=len(new),
    )
    return len(new)


__all__ = ["decide"]
