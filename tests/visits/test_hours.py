import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask

from hospice.accounts.models import User
from hospice.attendance.models import Attendance
from hospice.attendance.rules import Came, How
from hospice.core import clock
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import Category
from hospice.visits import queries
from hospice.visits.queries.hours import given, hours_by_person
from tests import builders
from tests.conftest import Browser, Statements
from tests.visits.stories import DAY, HOUR, note, now, shift_in, told

Open = Callable[[User | None], Browser]
MINUTE = timedelta(minutes=1)


def came(of: Assignment, on: Shift, start: int = 0, end: int = 0, **values: object) -> Attendance:
    """Somebody's tapped coming and leaving, so many minutes after the plan."""
    return builders.save(
        Attendance(
            **{
                "assignment_id": of.id,
                "shift_id": on.id,
                "came": Came.YES,
                "arrived_at": on.starts_at + start * MINUTE,
                "left_at": on.ends_at + end * MINUTE,
                "arrived_how": How.SELF,
                "left_how": How.SELF,
                **values,
            }
        )
    )


def year_of(shift: Shift) -> int:
    return shift.local_day.year


def test_what_was_tapped_comes_before_the_note(either_app: Flask) -> None:
    vera = builders.volunteer()
    shift = shift_in(builders.place(), -5 * HOUR)
    one = told(shift, vera)
    note(one, shift)
    assert queries.minutes_given(vera.id, year_of(shift)) == 180
    came(one, shift, 10, -20)
    assert queries.minutes_given(vera.id, year_of(shift)) == 150


def test_a_note_completes_what_was_only_begun(either_app: Flask) -> None:
    vera = builders.volunteer()
    shift = shift_in(builders.place(), -5 * HOUR)
    one = told(shift, vera)
    came(one, shift, 30, left_at=None, left_how=None)
    assert queries.minutes_given(vera.id, year_of(shift)) == 0  # nobody guesses the end
    note(one, shift)
    assert queries.minutes_given(vera.id, year_of(shift)) == 150


def test_whoever_did_not_come_gave_nothing_whatever_a_note_says(either_app: Flask) -> None:
    vera = builders.volunteer()
    shift = shift_in(builders.place(), -5 * HOUR)
    one = told(shift, vera)
    note(one, shift)
    came(one, shift, came=Came.NO, arrived_at=None, left_at=None)
    assert queries.minutes_given(vera.id, year_of(shift)) == 0


def test_trap_15_twelve_patients_and_taps_are_three_hours(either_app: Flask) -> None:
    vera = builders.volunteer()
    ward = builders.place()
    shift = shift_in(ward, -5 * HOUR)
    one = told(shift, vera)
    came(one, shift)
    for number in range(12):
        note(one, shift, builders.patient(f"Patient {number}", at=ward))
    assert queries.minutes_given(vera.id, year_of(shift)) == 180
    (person,) = hours_by_person(shift.local_day, shift.local_day, clock.now())
    assert (person.visits, person.direct, person.counted) == (1, 180, 180)


def test_trap_15_meeting_patients_in_passing_is_no_direct_care(either_app: Flask) -> None:
    """What hours count as is the shift's: a note about somebody met there changes nothing."""
    vera, ward = builders.volunteer(), builders.place()
    for starts_in, category in ((-5, Category.ADMIN), (-9, Category.NOT_COUNTED)):
        shift = shift_in(ward, starts_in * HOUR, category=category)
        one = told(shift, vera)
        came(one, shift)
        for number in range(3):
            note(one, shift, builders.patient(f"Patient {starts_in} {number}", at=ward))
    today = clock.local(clock.now(), builders.ZONE).date()
    (person,) = hours_by_person(today - DAY, today, clock.now())
    assert (person.direct, person.admin, person.not_counted, person.counted) == (0, 180, 180, 180)


def test_categories_are_kept_apart_and_what_is_not_counted_is_not_in_the_sum(
    either_app: Flask,
) -> None:
    vera = builders.volunteer()
    ward = builders.place()
    for hours, category in enumerate(Category, start=1):
        shift = shift_in(ward, -(10 * hours) * HOUR, hours * HOUR, category=category)
        came(told(shift, vera), shift)
    today = clock.local(clock.now(), builders.ZONE).date()
    (person,) = hours_by_person(today - 9 * DAY, today, clock.now())
    assert (person.direct, person.grief, person.admin, person.not_counted) == (60, 120, 180, 240)
    assert person.counted == 360


def test_a_shift_of_which_nothing_is_known_is_listed_and_not_counted(either_app: Flask) -> None:
    vera = builders.volunteer()
    shift = shift_in(builders.place(), -5 * HOUR)
    told(shift, vera)
    told(shift_in(builders.place(), HOUR), vera)  # still to come
    (row,) = given(vera.id, shift.local_day, shift.local_day + DAY, clock.now())
    assert (row.shift_id, row.minutes) == (shift.id, None)
    (person,) = hours_by_person(shift.local_day, shift.local_day + DAY, clock.now())
    assert (person.visits, person.unknown, person.counted) == (0, 1, 0)


def test_my_hours_ask_what_is_not_known(browser: Open) -> None:
    account, vera = builders.vera()
    shift = shift_in(builders.place("Ward 1"), -5 * HOUR)
    came(told(shift, vera), shift, 0, 30)
    open_one = shift_in(builders.place("Ward 2"), -8 * HOUR)
    told(open_one, vera)
    page = browser(account).get(f"/me/hours?year={year_of(shift)}")
    assert "3 h 30 min" in page
    assert "Were you there?" in page
    assert f"/me/shifts/{open_one.id}/times" in page
    assert "not yet known" in page


def test_my_hours_are_ones_own(browser: Open) -> None:
    _account, vera = builders.vera()
    shift = shift_in(builders.place("Ward 1"), -5 * HOUR)
    came(told(shift, vera), shift)
    assert "Ward 1" not in browser(builders.otto()).get("/me/hours")


def test_the_table_runs_no_names(browser: Open) -> None:
    names = ["=cmd()", "+86 Vera", "-x", "@sum", "＝x", "Plain, Name"]
    for name in names:
        shift = shift_in(builders.place(), -5 * HOUR)
        came(told(shift, builders.volunteer(name)), shift)
    text = browser(builders.cora()).get("/hours/export")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row[0] for row in rows[1:]} == {
        name if name == "Plain, Name" else f"'{name}" for name in names
    }
    assert all(row[2] == "3.00" for row in rows[1:])


def test_the_list_asks_as_often_for_thirty_as_for_one(
    browser: Open, statements: Statements
) -> None:
    cora = browser(builders.cora())
    counts = []
    for number in (1, 29):
        for _one in range(number):
            shift = shift_in(builders.place(), -5 * HOUR)
            came(told(shift, builders.volunteer()), shift)
        cora.get("/hours")
        statements.seen.clear()
        cora.get("/hours")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_odd_days_of_the_address_are_no_trouble(browser: Open) -> None:
    cora = browser(builders.cora())
    for query in (
        "from=2030-01-01&to=2020-01-01",
        "from=x&to=%00",
        "from=0001-01-01&to=9999-12-31",
    ):
        cora.get(f"/hours?{query}")
        cora.get(f"/hours/export?{query}")
    account, _vera = builders.vera()
    phone = browser(account)
    for year in ("x", "99999999999", "0", "-1"):
        phone.get(f"/me/hours?year={year}")


def test_a_coming_is_seen_on_the_volunteers_page(browser: Open) -> None:
    vera = builders.volunteer()
    shift = shift_in(builders.place(), -5 * HOUR)
    came(told(shift, vera), shift)
    page = browser(builders.cora()).get(f"/volunteers/{vera.id}")
    same_year = shift.local_day.year == clock.local(now(), builders.ZONE).year
    assert "1 visit, 3 hours" in page or not same_year


def test_years_meet_where_they_should(either_app: Flask) -> None:
    vera = builders.volunteer()
    ward = builders.place()
    for day in (date(2025, 12, 31), date(2026, 1, 1)):
        shift = builders.shift(ward, day)
        came(told(shift, vera), shift)
    assert queries.minutes_given(vera.id, 2025) == queries.minutes_given(vera.id, 2026) == 180
