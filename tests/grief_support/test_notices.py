"""Whoever follows a bereaved person hears of a follow-up, and of nothing they may not do."""

from datetime import timedelta

from flask import Flask

from hospice.core.db import db, transaction
from hospice.grief_support import notices
from hospice.grief_support.actions import kin
from hospice.grief_support.models import FollowUp
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.rules.kin import StopFacts, StopScope
from tests import builders
from tests.grief_support.families import confirmed, follow_up, greta, kinship, opened

NOW = builders.NOW


def test_a_follow_up_is_told_two_days_before_its_end(either_app: Flask) -> None:
    patient, cora, who = builders.patient(), builders.cora(), greta()
    link = kinship(patient)
    confirmed(patient, by=cora)
    plan = opened(link.id, cora)
    row = follow_up(plan, "two_weeks_card")  # due on 4 December
    with transaction():
        queries.plan_for(cora, plan.id).owner_id = who.id
    day = NOW.replace(day=2, month=12)
    assert list(notices.due(day - timedelta(days=1))) == []
    (notice,) = notices.due(day)
    assert (notice.recipient, notice.about) == (f"user:{who.id}", f"follow_up:{row.id}")
    assert "Chen" not in str(notice.facts)
    wanted = [(notice.about, notice.key)]
    assert list(notices.still_due_of(wanted, day)) == [notice.key]
    with transaction():
        kin.stop(link, StopFacts(StopScope.EVERYTHING), by=cora, now=day, today=day.date())
    assert notices.still_due_of(wanted, day) == {}, "they want no contact: nobody is asked to"
    assert db.session.get_one(FollowUp, row.id).tries == 0
