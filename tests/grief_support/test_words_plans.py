"""What is said beside a call about the hours of whoever is called."""

from datetime import date, time

from flask import Flask

from hospice.core import clock
from hospice.grief_support.models import Kin
from hospice.grief_support.rules.calling import Hours
from hospice.grief_support.words.plans import call_hours, calls_from
from tests import builders


def test_hours_are_those_of_the_weekday_too(app: Flask) -> None:
    weekend = Hours(builders.ZONE, days=[5, 6])
    morning = clock.instant(date(2026, 11, 23), time(10), builders.ZONE)  # a Monday
    person = Kin(timezone="America/Toronto", reach_days=[], reach_from=time(8), reach_until=None)
    with app.test_request_context():
        assert call_hours(weekend, morning) == "It is outside their hours."
        assert call_hours(Hours(builders.ZONE), morning) == "Their hours today end at 20:00."
        assert calls_from(person, morning, builders.ZONE).startswith("from 21:00 · 08:00, ")
