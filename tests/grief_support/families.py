"""Families and deaths for tests, with plain defaults."""

from datetime import date
from typing import Any

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.grief_support.actions import deaths, plans
from hospice.grief_support.models import Death, FollowUp, Kin, Kinship, SupportPlan
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.deaths import DeathFacts, Known, ToldHow
from hospice.grief_support.rules.kin import Relation
from hospice.grief_support.rules.plans import PlanState
from hospice.patients.models import Patient
from tests import builders

DIED = date(2026, 11, 20)


def greta(**values: Any) -> User:
    """Greta, who supports the grieving."""
    return builders.user("Greta Grey", Role.GRIEF_SUPPORT, **values)


def kinship(patient: Patient, name: str = "Chen Li", **values: Any) -> Kinship:
    """A daughter who can be called by day."""
    link = {"relation": values.pop("relation", Relation.DAUGHTER)}
    person = builders.save(
        Kin(
            **{
                "name": name,
                "search_text": name.lower(),
                "sort_key": name.lower(),
                "languages": ["cmn"],
                "timezone": builders.ZONE,
                "reach_days": [],
                "phone": "130 5555 0173",
                "created_at": builders.NOW,
                **values,
            }
        )
    )
    made: Kinship = builders.save(
        Kinship(patient_id=patient.id, kin_id=person.id, created_at=builders.NOW, **link)
    )
    return made


def confirmed(patient: Patient, died_on: date | None = DIED, *, by: User | None = None) -> Death:
    """A death that was reported by Cora and confirmed with a nurse's name; plans are drafted."""
    author = by or builders.user("Cora Confirms")
    facts = DeathFacts(
        known=Known.DAY if died_on else Known.NOTHING,
        died_on=died_on,
        died_at=None,
        told_by="Nurse Hu",
        told_how=ToldHow.PHONE,
    )
    with transaction():
        made = deaths.report(patient.id, facts, by=author, now=builders.NOW)
    return confirm(made.id, by=author)


def confirm(death_id: int, *, by: User) -> Death:
    """Confirm a death."""
    with transaction():
        found = db.session.get_one(Death, death_id)
        db.session.refresh(found, ["patient"])
        db.session.refresh(found.patient, ["place"])
        deaths.confirm(found, source_name="Hu Lan", source_role="Nurse", by=by, now=builders.NOW)
    return db.session.get_one(Death, death_id)


def plan_of(kinship_id: int, by: User) -> SupportPlan:
    """The plan of one of the family, with all that a page loads."""
    db.session.rollback()
    found = db.session.query(SupportPlan.id).filter_by(kinship_id=kinship_id).one()
    return plan_queries.plan_for(by, found[0])


def opened(kinship_id: int, by: User) -> SupportPlan:
    """The plan of one of the family, accepted and under way."""
    found = plan_of(kinship_id, by)
    for state in (PlanState.ACCEPTED, PlanState.ACTIVE):
        with transaction():
            again = plan_queries.plan_for(by, found.id)
            plans.become(again, state, reason="", by=by, now=builders.NOW, zone=builders.ZONE)
    return plan_of(kinship_id, by)


def follow_up(plan: SupportPlan, key: str) -> FollowUp:
    """One follow-up of a plan."""
    db.session.rollback()
    return db.session.query(FollowUp).filter_by(plan_id=plan.id, key=key).one()
