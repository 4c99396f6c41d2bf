"""Traps of grief support that cross its floors, each by its number."""

from datetime import date, timedelta

from flask import Flask

from hospice.core.db import db, transaction
from hospice.grief_support.actions import deaths
from hospice.grief_support.models import Death, SupportPlan
from hospice.grief_support.queries import calls
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.rules.deaths import DeathFacts, Known, ToldHow
from hospice.patients.models import Episode
from tests import builders
from tests.builders import NOW
from tests.grief_support.families import DIED, confirm, kinship, plan_of

TODAY = date(2026, 11, 25)


def as_kept(death_id: int) -> Death:
    """Return a death with what changing it needs."""
    found = db.session.get_one(Death, death_id)
    db.session.refresh(found, ["patient"])
    db.session.refresh(found.patient, ["place"])
    return found


def test_trap_03_neither_a_report_nor_an_admission_begins_a_calendar(either_app: Flask) -> None:
    """Only what a second person confirmed does, and only from the day that somebody knew."""
    patient, cora = builders.patient(), builders.cora()
    builders.save(Episode(patient_id=patient.id, started_on=date(2026, 9, 1)))
    link = kinship(patient)
    told = DeathFacts(Known.DAY, DIED, None, "Nurse Hu", ToldHow.PHONE)
    unknown = DeathFacts(Known.NOTHING, None, None, "Nurse Hu", ToldHow.PHONE)
    with transaction():
        death_id = deaths.report(patient.id, told, by=cora, now=NOW).id
    assert db.session.query(SupportPlan).count() == 0
    assert set(calls.queue("week", NOW, TODAY).counts.values()) == {0}
    with transaction():  # on second thoughts nobody knows the day
        deaths.correct(as_kept(death_id), unknown, reason="A guess", by=cora, now=NOW)
    confirm(death_id, by=cora)
    plan = plan_of(link.id, cora)
    assert plan.died_on is None
    assert (list(queries.follow_ups_of(plan.id)), list(queries.key_days_of(plan.id))) == ([], [])
    with transaction():
        deaths.correct(as_kept(death_id), told, reason="The certificate", by=cora, now=NOW)
    rows = {row.key: row for row in queries.follow_ups_of(plan.id)}
    assert rows["condolence"].opens_on == DIED + timedelta(days=1)
    assert [one.day for one in queries.key_days_of(plan.id)] == [date(2027, 11, 20)]
