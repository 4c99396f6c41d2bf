"""What the tests of gatherings begin with: gatherings, debriefs, and who has heard of a death."""

from datetime import date, time, timedelta

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.gatherings.actions import gatherings as actions
from hospice.gatherings.models import Gathering
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.rules import GatheringFacts, GatheringKind
from hospice.grief_support.models import Telling
from hospice.grief_support.rules.deaths import Basis
from tests import builders
from tests.builders import NOW, ZONE

TODAY = date(2026, 11, 25)
IN_THREE_WEEKS = date(2026, 12, 16)


def facts(**values: object) -> GatheringFacts:
    """Tea in the garden hall for those who lost someone in November."""
    plain: dict[str, object] = {
        "kind": GatheringKind.MEMORIAL,
        "title": "Winter tea",
        "day": IN_THREE_WEEKS,
        "starts": time(14),
        "ends": time(16),
        "place_id": None,
        "where_words": "Garden hall",
        "period_from": date(2026, 11, 1),
        "period_until": date(2026, 11, 30),
    }
    return GatheringFacts(**{**plain, **values})  # type: ignore[arg-type]


def memorial(by: User, **values: object) -> Gathering:
    """A gathering of bereaved people."""
    with transaction():
        made = actions.plan(facts(**values), zone=ZONE, by=by, now=NOW)
    return fresh(made.id, by)


def debrief(by: User, day: date = TODAY, **values: object) -> Gathering:
    """A debrief that has just begun, for everyone."""
    given = {
        "kind": GatheringKind.SHARING,
        "title": "",
        "day": day,
        "starts": time(11),
        "ends": time(13),
        "period_from": None,
        "period_until": None,
        **values,
    }
    return memorial(by, **given)


def fresh(gathering_id: int, by: User) -> Gathering:
    """A gathering as it stands in the database now."""
    db.session.rollback()
    return queries.gathering_for(by, gathering_id)


def told(death_id: int, volunteer_id: int, *, yes: bool) -> None:
    """A volunteer who is to hear of a death from a person, and has or has not."""
    known = db.session.query(Telling).filter_by(death_id=death_id, volunteer_id=volunteer_id)
    if known.count() == 0:
        builders.save(
            Telling(death_id=death_id, volunteer_id=volunteer_id, basis=Basis.KNEW, took_it="")
        )
    with transaction():
        known.update({"told_at": NOW - timedelta(hours=1) if yes else None})
