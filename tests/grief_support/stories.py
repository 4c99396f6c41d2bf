"""What the stories of a death begin with: Mrs Wang at home, and those who visit her."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from hospice.accounts.models import User
from hospice.grief_support.rules.deaths import DeathFacts, Known, ToldHow
from hospice.patients.models import Episode, Patient
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, Shift
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.builders import NOW, SUNDAY

DIED = DeathFacts(Known.TIME, date(2026, 11, 25), time(4, 20), "Nurse Hu", ToldHow.PHONE)


@dataclass
class Home:
    """Mrs Wang at home: Vera comes on Sunday, Bo came often, Una once long ago."""

    place: Place
    patient: Patient
    vera: Volunteer
    bo: Volunteer
    una: Volunteer
    sunday: Shift
    coming: Assignment
    cora: User


def mrs_wang(**values: Any) -> Home:
    """Return Mrs Wang, at home, with a visit on Sunday and some that were."""
    home = builders.place("Home visits", kind=PlaceKind.HOME)
    patient = builders.patient("Mrs Wang", at=home, address="12 Willow Road", bed="", **values)
    builders.save(Episode(patient_id=patient.id, started_on=date(2026, 9, 1)))
    vera, bo, una = (
        builders.volunteer(name, places=[home]) for name in ("Vera Vance", "Bo Berg", "Una Ulm")
    )
    sunday = builders.shift(home, SUNDAY, patient_id=patient.id)
    coming = builders.assignment(sunday, vera, told_at=NOW - timedelta(days=3), told_times=1)
    for weeks in (2, 3, 4):
        was = builders.shift(home, SUNDAY - timedelta(weeks=weeks), patient_id=patient.id)
        builders.assignment(was, bo)
    long_ago = builders.shift(home, SUNDAY - timedelta(weeks=30), patient_id=patient.id)
    builders.assignment(long_ago, una)
    return Home(home, patient, vera, bo, una, sunday, coming, builders.cora())
