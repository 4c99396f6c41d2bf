"""The month and the list of the roster, ready to print."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from hospice.shifts.forms.board import Ask
from hospice.shifts.queries.totals import Summary
from hospice.shifts.rules.board import Slot
from hospice.shifts.rules.roster import Totals, View, heat
from hospice.shifts.views.grid import Bunch, Pen
from hospice.web.pages import long_day, short_day


class Day(NamedTuple):
    """One cell of the month."""

    number: str
    label: str
    filled: str
    heat: int
    url: str
    is_now: bool
    is_outside: bool


class Item(NamedTuple):
    """One shift of the list."""

    shift_id: int
    hours: str
    place: str
    second_name: str
    patient: str
    filled: str
    label: str
    bunch: Bunch


class Group(NamedTuple):
    """One day of the list."""

    head: str
    below: str
    items: list[Item]


def weeks(
    ask: Ask, first: date, days: Sequence[date], today: date, summary: Summary
) -> list[list[Day]]:
    """Return the month as weeks of days; each opens its list."""
    path = url_for("shifts.roster")
    drawn = []
    for day in days:
        totals = summary.days.get(day, Totals(day))
        count = "–" if totals.shifts else ""  # all that was planned rests
        if totals.wanted:
            count = _("%(taken)s of %(wanted)s", taken=totals.taken, wanted=totals.wanted)
        url = ask.address(path, view=View.LIST, first=day, length=1, page=1, fill=0, hold=0)
        drawn.append(
            Day(
                str(day.day),
                long_day(day),
                count,
                heat(totals.missing),
                url if totals.shifts else "",
                day == today,
                day.month != first.month,
            )
        )
    return [drawn[start : start + 7] for start in range(0, len(drawn), 7)]


def by_day(
    pen: Pen, rows: Sequence[Any], shown: Mapping[int, list[Slot]], today: date
) -> list[Group]:
    """Return the shifts of a page by day, gaps first."""
    made = []
    for day, shifts in groupby(rows, key=lambda row: row.day):
        name = long_day(day)
        items = []
        for row in shifts:
            bunch = pen.bunch(row, shown[row.id], row.place, name, caption="")
            starts = pen.hour(row.starts_at, row.timezone)
            hours = f"{starts}–{pen.hour(row.ends_at, row.timezone)}"
            items.append(
                Item(
                    row.id,
                    hours,
                    row.place,
                    row.second_name,
                    row.patient if row.patient and pen.may_see_patients else "",
                    pen.words.count % {"taken": row.taken, "wanted": row.wanted},
                    f"{row.place}, {short_day(day, week=True)}, {hours}",
                    bunch,
                )
            )
        made.append(Group(name, _("today") if day == today else "", items))
    return made
