"""The days on which somebody is left in peace, whichever loss they are of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select

from hospice.core.db import db
from hospice.grief_support.models import KeyDay, Kinship, SupportPlan
from hospice.grief_support.rules.calling import Stance


def quiet_days(kin_ids: Iterable[int], first: date, last: date) -> Mapping[int, frozenset[date]]:
    """Return, by person, the days between two that are quiet: all but those to reach out on."""
    rows = db.session.execute(
        select(Kinship.kin_id, KeyDay.day)
        .join(SupportPlan, SupportPlan.id == KeyDay.plan_id)
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .where(
            Kinship.kin_id.in_(set(kin_ids)),
            KeyDay.day.between(first, last),
            KeyDay.stance != Stance.REACH_OUT,
        )
    )
    found: dict[int, set[date]] = defaultdict(set)
    for kin_id, day in rows:
        found[kin_id].add(day)
    return defaultdict(frozenset, {one: frozenset(days) for one, days in found.items()})
