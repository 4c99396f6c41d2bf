"""Hours given: a volunteer's own by month, and everybody's for the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import Response, render_template
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.shifts.rules.states import Category
from hospice.visits.queries.hours import (
    Given,
    PersonHours,
    days_of,
    given,
    hours_by_person,
    people_with_hours,
)
from hospice.visits.views import bp
from hospice.web.forms import day_arg, number_arg
from hospice.web.guard import requires
from hospice.web.lists import PER_PAGE, Page, offset
from hospice.web.pages import present_zone
from hospice.web.sheets import sheet

_YEARS_BACK = 5


@dataclass(frozen=True)
class Month:
    """A month of a volunteer's own shifts."""

    first: date
    rows: Sequence[Given]
    minutes: int


@bp.get("/me/hours")
@requires(Permission.VOLUNTEER)
def my_hours() -> str:
    """Show what one gave in a year: by kind, by month, and what is not known yet."""
    me, now = volunteer_id_of(current_user.id), clock.now()
    this_year = clock.local(now, present_zone()).year
    year = number_arg("year", this_year, low=this_year - _YEARS_BACK, high=this_year)
    days = days_of(year)
    rows = given(me, days["first_day"], days["last_day"], now)
    return render_template(
        "visits/my_hours.html",
        year=year,
        earlier=year - 1 if year > this_year - _YEARS_BACK else None,
        later=year + 1 if year < this_year else None,
        total=_sum(rows),
        kinds=[(one, _sum_of(rows, one)) for one in Category if _sum_of(rows, one)],
        unknown=[row for row in rows if row.minutes is None],
        months=[
            Month(first, found, _sum(found))
            for first, found in (
                (first, list(group))
                for first, group in groupby(rows, key=lambda row: row.local_day.replace(day=1))
            )
        ],
    )


def _sum(rows: Sequence[Given]) -> int:
    return sum(row.minutes or 0 for row in rows if row.category is not Category.NOT_COUNTED)


def _sum_of(rows: Sequence[Given], category: Category) -> int:
    return sum(row.minutes or 0 for row in rows if row.category is category)


@bp.get("/hours")
@requires(Permission.SEE_VOLUNTEERS)
def hours() -> str:
    """List what each volunteer gave on some days."""
    now = clock.now()
    first, last = _days()
    number = number_arg("page", 1, low=1, high=1000)
    rows = hours_by_person(first, last, now, limit=PER_PAGE, offset=offset(number))
    return render_template(
        "visits/hours.html",
        first=first,
        last=last,
        page=Page(rows, number, people_with_hours(first, last, now)),
    )


@bp.get("/hours/export")
@requires(Permission.SEE_VOLUNTEERS)
def hours_export() -> Response:
    """Give the same as a table for a spreadsheet."""
    first, last = _days()
    head = [
        _("Volunteer"),
        _("Times there"),
        _("With patients, hours"),
        _("Grief support, hours"),
        _("Office work, hours"),
        _("Not counted, hours"),
        _("Visits not yet known"),
    ]
    rows = hours_by_person(first, last, clock.now())
    return sheet(
        f"hours-{first.isoformat()}-{last.isoformat()}",
        [head, *([row.name, row.visits, *_in_hours(row), row.unknown] for row in rows)],
    )


def _in_hours(row: PersonHours) -> list[str]:
    return [
        f"{minutes / 60:.2f}" for minutes in (row.direct, row.grief, row.admin, row.not_counted)
    ]


def _days() -> tuple[date, date]:
    """Return the days that the address names; this year up to today, where it names none."""
    today = clock.today(present_zone())
    last = day_arg("to") or today
    first = day_arg("from") or last.replace(month=1, day=1)
    # ten years at most: more would be a request for the whole database
    return max(min(first, last), last - timedelta(days=3660)), last
