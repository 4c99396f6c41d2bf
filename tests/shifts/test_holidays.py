from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from hospice.accounts import queries as accounts
from hospice.accounts.models import Hospice
from hospice.core.db import db, transaction
from hospice.core.errors import Missing
from hospice.journal import queries as journal
from hospice.shifts.actions import cancelling, holidays, weekly
from hospice.shifts.models import Assignment, HolidayChoice, Shift
from hospice.shifts.queries import holidays as queries
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules.holidays import is_provisional, public_holidays, weekend_workdays
from hospice.shifts.rules.states import ShiftState
from tests import builders
from tests.builders import NOW, SUNDAY

TODAY = date(2026, 11, 25)
NEW_YEAR = date(2027, 1, 3)  # the Sunday of the New Year weekend


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


# --- which days -----------------------------------------------------------------------------------


def test_the_days_off_of_china_are_those_of_the_official_notice():
    # State Council, November 2025: 1-3 Jan, 15-23 Feb, 4-6 Apr, 1-5 May, 19-21 Jun, 25-27 Sep,
    # 1-7 Oct 2026.
    spans = [
        (day(1, 1), day(1, 3)),
        (day(2, 15), day(2, 23)),
        (day(4, 4), day(4, 6)),
        (day(5, 1), day(5, 5)),
        (day(6, 19), day(6, 21)),
        (day(9, 25), day(9, 27)),
        (day(10, 1), day(10, 7)),
    ]
    expected = [
        first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1)
    ]
    assert list(public_holidays("CN", 2026)) == expected
    assert weekend_workdays("CN", 2026) == (
        day(1, 4),
        day(2, 14),
        day(2, 28),
        day(5, 9),
        day(9, 20),
        day(10, 10),
    )


def test_every_day_off_bears_the_name_of_its_holiday():
    found = public_holidays("CN", 2026)
    assert (found[day(2, 22)].name_en, found[day(2, 22)].name_zh) == ("Spring Festival", "春节")
    assert found[day(10, 4)].name_en == "National Day"
    assert found[day(5, 1)].name_en == "Labour Day"
    assert [found[day(10, n)].is_extra for n in (1, 4, 6)] == [False, True, True]
    assert not any("substituted" in one.name_en or "调休" in one.name_zh for one in found.values())


def test_the_sunday_between_two_days_of_a_holiday_belongs_to_it():
    found = public_holidays("GB", 2026)
    assert day(4, 5) in found  # Easter Sunday
    assert day(12, 27) in found
    assert day(5, 2) not in found  # the weekend before May Day is a weekend


def test_a_year_that_is_not_announced_is_provisional():
    assert is_provisional("CN", 2031)
    assert not is_provisional("CN", 2026)
    assert not is_provisional("GB", 2031)


@pytest.mark.parametrize("country", ["", "XX", "China", "\x00", "cn" * 40])
def test_an_unknown_country_has_no_holidays(country):
    assert public_holidays(country, 2026) == {}


# --- deciding -------------------------------------------------------------------------------------


def a_series() -> tuple:
    ward = builders.place()
    builders.weekly_shift(ward)
    with transaction():
        weekly.generate(NOW)
    return ward, db.session.scalars(select(Shift).where(Shift.local_day == NEW_YEAR)).one()


def decide(cora, on: date = NEW_YEAR, *, goes_ahead: bool):
    with transaction():
        return holidays.decide(on, goes_ahead=goes_ahead, by=cora, now=NOW)


def test_holidays_between_knows_what_was_decided(either_app):
    cora = builders.cora()
    a_series()
    found = queries.holidays_between(TODAY, day(1, 31, 2027))
    assert list(found) == [day(1, n, 2027) for n in (1, 2, 3)]
    assert found[NEW_YEAR].goes_ahead is None
    decide(cora, goes_ahead=True)
    assert queries.holidays_between(NEW_YEAR, NEW_YEAR)[NEW_YEAR].goes_ahead is True
    later = [day(2, 7, 2027), day(4, 4, 2027), day(5, 2, 2027)]
    assert [one.day for one in queries.undecided(TODAY, NOW)] == later
    with_shifts = [one.info.day for one in queries.with_shifts(TODAY) if one.planned]
    assert with_shifts == [NEW_YEAR, *later]


def test_going_ahead_changes_no_shift_and_is_kept_in_the_journal(either_app):
    cora = builders.cora()
    _ward, shift = a_series()
    decide(cora, goes_ahead=True)
    assert shift_queries.shift(shift.id).state is ShiftState.PLANNED
    (entry,) = journal.history("hospice", 1)
    assert (entry.verb, entry.facts["goes_ahead"], entry.who) == (
        "hospice.holiday",
        True,
        "Cora Coates",
    )


def test_cancelling_cancels_the_shifts_of_that_day_alone(either_app):
    cora = builders.cora()
    _ward, shift = a_series()
    one = builders.assignment(shift, builders.volunteer(), told_at=NOW)
    outcome = decide(cora, goes_ahead=False)
    assert (outcome.cancelled, outcome.told) == (1, 1)
    shift = shift_queries.shift(shift.id)
    assert (shift.state, shift.cancel_reason, shift.taken) == ("cancelled", "New Year’s Day", 0)
    assert db.session.get_one(Assignment, one.id, populate_existing=True).state == "cancelled"
    cancelled = db.session.scalars(select(Shift).where(Shift.state == ShiftState.CANCELLED)).all()
    assert len(cancelled) == 1
    with transaction():
        assert weekly.generate(NOW) == 0


def test_a_decision_may_be_changed_and_brings_back_only_what_it_cancelled(either_app):
    cora = builders.cora()
    ward, shift = a_series()
    ill = builders.shift(ward, NEW_YEAR, starts=time(9), ends=time(11))
    with transaction():
        cancelling.cancel(shift_queries.shift(ill.id), reason="Ill", by=cora, now=NOW)
    decide(cora, goes_ahead=False)
    outcome = decide(cora, goes_ahead=True)
    assert outcome.reopened == 1
    assert shift_queries.shift(shift.id).state is ShiftState.PLANNED
    assert shift_queries.shift(ill.id).state is ShiftState.CANCELLED
    assert len(db.session.scalars(select(HolidayChoice)).all()) == 1


def test_deciding_the_same_again_changes_nothing(either_app):
    cora = builders.cora()
    a_series()
    decide(cora, goes_ahead=False)
    assert decide(cora, goes_ahead=False) == holidays.Decided()
    assert journal.history_length("hospice", 1) == 1


def test_only_a_public_holiday_can_be_decided(either_app):
    cora = builders.cora()
    a_series()
    with pytest.raises(Missing):
        decide(cora, SUNDAY, goes_ahead=False)
    with transaction():
        db.session.get_one(Hospice, 1).country = ""
    with pytest.raises(Missing):
        decide(cora, goes_ahead=False)
    assert queries.holidays_between(TODAY, NEW_YEAR) == {}


def test_asking_costs_one_statement_and_none_without_a_holiday(app, statements):
    a_series()
    accounts.hospice()
    kept = accounts.hospice()  # as a request keeps it
    queries.holidays_between(TODAY, NEW_YEAR)
    statements.seen.clear()
    queries.holidays_between(TODAY, NEW_YEAR)
    assert len(statements) == 1
    statements.seen.clear()
    assert queries.holidays_between(SUNDAY, SUNDAY) == {}
    assert len(statements) == 0
    assert kept is not None
