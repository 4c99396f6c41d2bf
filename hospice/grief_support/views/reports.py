"""The reports of grief support: on the page, on paper, and as tables for a spreadsheet."""

from datetime import timedelta

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import pgettext

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.errors import Missing
from hospice.grief_support.queries import report_plans as plans
from hospice.grief_support.queries import reports as queries
from hospice.grief_support.queries.report_days import Period
from hospice.grief_support.queries.report_plans import MOST
from hospice.grief_support.views import bp
from hospice.grief_support.words import reports as words
from hospice.grief_support.words.reports import Figure
from hospice.places import queries as places
from hospice.places.rules import Showing
from hospice.web.forms import day_arg, number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.pages import present_zone
from hospice.web.sheets import sheet

_A_YEAR = timedelta(days=364)
_LONGEST = timedelta(days=3660)  # more would be a request for the whole database
_EVERYBODY = 5_000


@bp.get("/grief-support/reports")
@requires(Permission.SEE_GRIEF)
def reports() -> str:
    """Show each figure with what it counts."""
    period, shared = _period(), _is_shared()
    wards = places.places(Showing.ALL)
    return render_template(
        "grief_support/reports.html",
        period=period,
        shared=shared,
        wards=wards,
        ward=next((one.name for one in wards if one.id == period.place_id), ""),
        figures=_figures(period, shared=shared),
        asked={
            "from": period.first,
            "to": period.last,
            "ward": period.place_id or None,
            "share": "yes" if shared else None,
        },
        printed_at=clock.now(),
    )


@bp.get("/grief-support/reports/<name>/export")
@requires(Permission.SEE_GRIEF)
def reports_export(name: str) -> Response:
    """Give one figure as a table for a spreadsheet: of the names it lists all, where it has any."""
    period, shared = _period(), _is_shared()
    figures = _figures(period, shared=shared, limit=_EVERYBODY)
    found = next((one for one in figures if one.name == name), None)
    if found is None:
        raise Missing
    rows = [*found.rows, *([found.total] if found.total else [])]
    table: list[list[object]] = [["", *found.head]]
    table += [[row.label, *("–" if one is None else one for one in row.cells)] for row in rows]
    if found.listed:
        table += [[], [_("Name"), pgettext("report", "About"), ""]]
        table += [[row.label, *row.cells] for row in found.listed]
    return sheet(f"{name}-{period.first.isoformat()}-{period.last.isoformat()}", table)


def _figures(period: Period, *, shared: bool, limit: int = MOST) -> list[Figure]:
    due = queries.due(period)
    return [
        words.in_time(due, shared=shared),
        words.reached(due, shared=shared),
        words.assessed(queries.assessed(period), shared=shared),
        words.unplanned(plans.planned(period), plans.unplanned(period, limit), shared=shared),
        words.open_long(plans.open_long(period), plans.longest_open(period, limit), shared=shared),
        words.callers(queries.callers(period), shared=shared),
    ]


def _period() -> Period:
    """Return the days and the place that the address names; the last year, where it names none."""
    zone = present_zone()
    today = clock.today(zone)
    last = day_arg("to") or today
    first = min(day_arg("from") or last - _A_YEAR, last)
    return Period(max(first, last - _LONGEST), last, today, zone, number_arg("ward"))


def _is_shared() -> bool:
    return text_arg("share") == "yes"
