"""Paper and tables: the ward roster, the sign-in sheet of a shift, and the roster as a file."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.shifts.forms.board import Ask, ids_arg
from hospice.shifts.queries import board as queries
from hospice.shifts.queries import roster as around
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.rules.board import Person, slots
from hospice.shifts.rules.states import HOLDING, Display, ShiftState
from hospice.shifts.views import bp, wording
from hospice.shifts.views.board import Asked, resolve
from hospice.shifts.views.shift import heading
from hospice.shifts.words import STATE_LABELS
from hospice.web.guard import requires
from hospice.web.pages import short_day
from hospice.web.sheets import sheet

_SPARE_ROWS = 5
_MOST = 3000


class Printed(NamedTuple):
    """One cell of the ward roster."""

    hours: str
    names: list[str]
    gaps: int


def short_name(name: str) -> str:
    """Return a preferred name and the initial of the rest: "Anna R."; Chinese names stay whole."""
    first, _space, rest = name.strip().partition(" ")
    return f"{first} {rest.strip()[0]}." if rest.strip() else first


@bp.get("/roster/print")
@requires(Permission.SEE_ROSTER)
def print_roster() -> str:
    """Show the roster for paper: no patients, first names and initials."""
    asked = resolve(Ask.read(), clock.now())
    rows, _has_more = queries.shifts_by_place(asked.scope, asked.ask.page)
    people = queries.people_on([row.id for row in rows]).on
    days = [day for day in asked.days if any(row.day == day for row in rows)] or list(asked.days)
    return render_template(
        "shifts/print_roster.html",
        title=wording.title(asked.ask.view, asked.series, asked.days, asked.first),
        state_line=wording.span(asked.days[0], asked.days[-1]),
        days=[short_day(day, week=True) for day in days],
        lines=_lines(asked, rows, people, days),
        back=asked.ask.address(url_for("shifts.roster")),
        printed_at=asked.now,
    )


def _lines(
    asked: Asked, rows: Sequence[Any], people: Mapping[int, list[Person]], days: Sequence[date]
) -> list[tuple[str, str, list[list[Printed]]]]:
    made = []
    for _place, group in groupby(rows, key=lambda row: row.place_id):
        shifts = list(group)
        cells: list[list[Printed]] = [[] for _day in days]
        for row in shifts:
            if row.day in days:
                cells[days.index(row.day)].append(_printed(asked, row, people.get(row.id, [])))
        made.append((shifts[0].place, shifts[0].second_name, cells))
    return made


def _printed(asked: Asked, row: Any, people: Sequence[Person]) -> Printed:
    starts = clock.local(row.starts_at, row.timezone)
    hours = f"{starts:%H:%M}–{clock.local(row.ends_at, row.timezone):%H:%M}"
    shown = slots(
        wanted=row.wanted,
        taken=row.taken,
        state=row.state,
        ends_at=row.ends_at,
        people=people,
        asked=0,
        now=asked.now,
        is_paused=row.paused_at is not None,
    )
    words = wording.words().printed
    names = []
    for slot in shown:
        if slot.name and slot.state is not Display.CANT:
            name = short_name(slot.name)
            is_sure = slot.state in {Display.CONFIRMED, Display.DONE}
            names.append(name if is_sure else f"{name} ({words[slot.state]})")
    gaps = sum(slot.state in {Display.OPEN, Display.COVER} for slot in shown)
    return Printed(hours, names, gaps)


@bp.get("/shifts/<int:shift_id>/sign-in-sheet")
@requires(Permission.SEE_ROSTER)
def sign_in_sheet(shift_id: int) -> str:
    """Show the sheet that people sign at the ward."""
    shift = shift_queries.shift_for(current_user, shift_id)
    holding = [one for one in shift_queries.assignments_on(shift_id) if one.state in HOLDING]
    return render_template(
        "shifts/print_sheet.html",
        shift=shift,
        title=heading(shift),
        names=[one.volunteer.preferred_name for one in holding],
        spare=range(_SPARE_ROWS),
        printed_at=clock.now(),
    )


@bp.get("/roster/export")
@requires(Permission.SEE_ROSTER)
def export() -> Response:
    """Give the places of the roster as a table for a spreadsheet, with the page's filters."""
    asked = resolve(Ask.read(), clock.now())
    ids = ids_arg("shift") or around.shift_ids(asked.scope)[:_MOST]
    shifts = around.shifts(ids)
    people = queries.people_on([shift.id for shift in shifts]).on
    rows = [
        [_("Date"), _("Starts"), _("Ends"), _("Place"), _("State"), _("Volunteer"), _("Leader")]
    ]
    for shift in shifts:
        zone = shift.place.timezone
        head = [
            shift.local_day.isoformat(),
            f"{clock.local(shift.starts_at, zone):%H:%M}",
            f"{clock.local(shift.ends_at, zone):%H:%M}",
            shift.place.name,
        ]
        shown = slots(
            wanted=shift.wanted,
            taken=shift.taken,
            state=shift.state,
            ends_at=shift.ends_at,
            people=people.get(shift.id, ()),
            asked=0,
            now=asked.now,
            is_paused=shift.paused_at is not None,
        )
        if not shown:
            is_off = shift.state is ShiftState.CANCELLED
            rows.append([*head, _("Cancelled") if is_off else "", "", ""])
        for slot in shown:
            leads = _("yes") if slot.is_leader else ""
            rows.append([*head, str(STATE_LABELS[slot.state]), slot.name, leads])
    return sheet(f"roster-{asked.days[0].isoformat()}", rows)
