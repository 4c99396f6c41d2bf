"""Someone taken off a family: what was done stays, and they may be put back."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import links as actions
from hospice.grief_support.models import Kinship, SupportPlan
from hospice.grief_support.queries import kin as queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.kin import Relation
from hospice.grief_support.rules.plans import FollowUpState, PlanState
from hospice.journal import queries as journal
from tests import builders
from tests.builders import NOW
from tests.conftest import Browser
from tests.grief_support import families
from tests.grief_support.test_family import typed

Open = Callable[[User | None], Browser]
TODAY = NOW.date()


def taken_off(link: Kinship, by: User, *, keeps_plan: bool = False) -> None:
    with transaction():
        actions.take_off(
            queries.kinship_for(by, link.patient_id, link.kin_id),
            reason="She belongs to the other Mrs Wang",
            keeps_plan=keeps_plan,
            by=by,
            now=NOW,
        )


@pytest.mark.parametrize("keeps_plan", [False, True])
def test_someone_taken_off_is_in_the_family_no_more(app: Flask, keeps_plan: bool) -> None:
    cora, patient = builders.cora(), builders.patient()
    link, other = families.kinship(patient), families.kinship(patient, "Chen Guang")
    families.confirmed(patient)
    plan = families.opened(link.id, cora)
    assert plan_queries.follow_ups_of(plan.id) != []
    found = queries.kinship_for(cora, patient.id, link.kin_id)
    with pytest.raises(Refused):
        actions.take_off(found, reason="  ", keeps_plan=False, by=cora, now=NOW)
    taken_off(link, cora, keeps_plan=keeps_plan)
    taken_off(link, cora, keeps_plan=keeps_plan)  # two taps
    assert [one.kinship.id for one in queries.family_of(cora, patient.id, TODAY)] == [other.id]
    assert [one.id for one in queries.others_of(patient.id)] == [other.kin_id]
    db.session.expire_all()
    kept = db.session.get_one(SupportPlan, plan.id)
    assert kept.state is (PlanState.ACTIVE if keeps_plan else PlanState.CLOSED)
    planned = [
        one for one in plan_queries.follow_ups_of(plan.id) if one.state is FollowUpState.PLANNED
    ]
    assert bool(planned) is keeps_plan
    verbs = [one.verb for one in journal.history("kin", link.kin_id)]
    assert verbs.count("kin.taken_off") == 1
    with transaction():
        found = queries.kinship_for(cora, patient.id, link.kin_id)
        actions.put_back(found, by=cora, now=NOW, today=TODAY)
    assert len(queries.family_of(cora, patient.id, TODAY)) == 2


def test_nobody_drafts_a_plan_for_whoever_was_taken_off(app: Flask) -> None:
    cora, patient = builders.cora(), builders.patient()
    link = families.kinship(patient)
    taken_off(link, cora)
    families.confirmed(patient)
    assert plan_queries.newest([link.id]) == {}
    with transaction():  # put back after the death: a plan is drafted as for anyone added then
        found = queries.kinship_for(cora, patient.id, link.kin_id)
        actions.put_back(found, by=cora, now=NOW, today=TODAY)
    assert list(plan_queries.newest([link.id])) == [link.id]


def test_the_page_takes_off_and_puts_back(app: Flask, browser: Open) -> None:
    patient = builders.patient()
    link = families.kinship(patient)
    desk = browser(builders.cora())
    where = f"/patients/{patient.id}/family/{link.kin_id}"
    assert f"{where}/take-off" in desk.get(f"/family/{link.kin_id}")
    assert "Write why" in desk.post(f"{where}/take-off", {"reason": " "}, status=422)
    page = desk.get(desk.post(f"{where}/take-off", {"reason": "<b>The other one</b>"}))
    assert "Taken off this family" in page
    assert "&lt;b&gt;The other one&lt;/b&gt;" in page
    assert "Chen Li" not in desk.get(f"/patients/{patient.id}/family")
    desk.get(desk.post(f"{where}/put-back"))
    assert "Chen Li" in desk.get(f"/patients/{patient.id}/family")
    # Taken off, and added again as who they are: the same link, with its history.
    desk.post(f"{where}/take-off", {"reason": "The other one"})
    assert "Chen Li" in desk.get(f"/patients/{patient.id}/family/new?q=Chen")
    added = typed("Chen Li", relation="sister", kin_id=str(link.kin_id), version="1")
    assert desk.post(f"/patients/{patient.id}/family/new", added) == (
        f"/patients/{patient.id}/family"
    )
    assert db.session.scalar(select(func.count()).select_from(Kinship)) == 1
    (again,) = queries.family_of(builders.user("Ida"), patient.id, TODAY)
    assert (again.kinship.id, again.kinship.relation) == (link.id, Relation.SISTER)


def test_taking_off_a_guardian_says_whom_it_leaves_with_them(app: Flask, browser: Open) -> None:
    cora, patient = builders.cora(), builders.patient()
    link = families.kinship(patient, "Chen Li")
    families.kinship(patient, "Chen Bo", is_minor=True, guardian_id=link.kin_id)
    alone = families.kinship(patient, "Chen Guang")
    desk = browser(cora)
    said = "We reach Chen Bo through"
    assert said in desk.get(f"/patients/{patient.id}/family/{link.kin_id}/take-off")
    assert said not in desk.get(f"/patients/{patient.id}/family/{alone.kin_id}/take-off")
