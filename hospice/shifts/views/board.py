"""The roster board: series, week, month and list, and taking back a step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import flash, get_flashed_messages, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.actions import undoing
from hospice.shifts.forms.board import Ask, back_arg
from hospice.shifts.queries import board as queries
from hospice.shifts.queries import candidates, totals
from hospice.shifts.queries import roster as around
from hospice.shifts.queries import undo as undo_queries
from hospice.shifts.queries.board import People, Scope
from hospice.shifts.queries.totals import Summary
from hospice.shifts.rules.board import Slot
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.roster import Rows, Show, View, days_of, summed
from hospice.shifts.views import bp, fitting, grid, header, listing, wording
from hospice.shifts.views.grid import Column, Grid, Pen
from hospice.shifts.words import objection_words
from hospice.volunteers import queries as volunteers
from hospice.web.forms import small_int
from hospice.web.guard import requires
from hospice.web.lists import Page
from hospice.web.pages import present_zone

# On a phone the gaps come first; so many are read, the others are in the list.
_GAPS = 40


@dataclass(frozen=True)
class Asked:
    """What a request asks for, with its defaults filled in from what there is."""

    ask: Ask
    now: datetime
    today: date
    zone: str
    series: Series | None
    choices: Sequence[Series]
    first: date
    days: tuple[date, ...]
    scope: Scope


def resolve(ask: Ask, now: datetime) -> Asked:
    """Fill in the most used series and the present day where the address names none."""
    zone = present_zone()
    today = clock.local(now, zone).date()
    first = ask.first or today
    choices = list(queries.series_in_use(first))
    series = None
    if ask.view is View.SERIES:
        series = ask.series or next(iter(choices), None)
    weekday = series.weekday if series else None
    days = days_of(ask.view, first, weekday=weekday, length=ask.length)
    scope = scope_of(series, days, zone, now, place_id=ask.place_id or None, show=ask.show)
    return Asked(ask, now, today, zone, series, choices, first, days, scope)


def scope_of(
    series: Series | None,
    days: Sequence[date],
    zone: str,
    now: datetime,
    *,
    place_id: int | None = None,
    show: Show | None = None,
) -> Scope:
    """Return the question about some days; of a series, with the instants of its hours."""
    spans = tuple(clock.span(day, series.starts, series.ends, zone) for day in days if series)
    return Scope(tuple(days), now, series, spans, place_id, show)


@bp.get("/roster")
@requires(Permission.SEE_ROSTER)
def roster() -> str:
    """Show who is on which shift, and every gap."""
    asked = resolve(Ask.read(), clock.now())
    draw: dict[View, Callable[[Asked], tuple[Summary, dict[str, Any]]]] = {
        View.MONTH: _month,
        View.LIST: _list,
    }
    summary, drawn = draw.get(asked.ask.view, _board)(asked)
    may_plan = current_user.may(Permission.PLAN_ROSTER)
    return render_template(
        "shifts/roster.html",
        head=header.head(asked, summary, may_plan=may_plan),
        steps=undo_queries.steps(current_user, asked.now) if may_plan else [],
        printed_at=asked.now,
        may_plan=may_plan,
        **drawn,
    )


def _board(asked: Asked) -> tuple[Summary, dict[str, Any]]:
    """Return the table of the series and week views, and what stands beside it."""
    ask = asked.ask
    if ask.rows is Rows.VOLUNTEERS:
        return _by_volunteer(asked)
    pen = _pen(asked)
    rows, has_more = queries.shifts_by_place(asked.scope, ask.page)
    ids = [row.id for row in rows]
    people = queries.people_on(ids)
    shown = grid.shown_on(rows, people.on, asked.now)
    if has_more or ask.page > 1 or ask.show:
        summary = totals.summary(asked.scope)
    else:
        summary = _summed(rows, shown, people, asked.now)
    held = _picked_up(asked, ids, pen)
    lines, gaps = grid.by_place(pen, asked.days, rows, shown, is_usual=_is_usual(asked))
    panel = fitting.panel(ask.fill, asked.now, words=ask.words) if pen.may_plan else None
    return summary, {
        "grid": Grid(
            _heads(pen, asked, summary), lines, gaps[:_GAPS], is_verdicts=held is not None
        ),
        "page": Page(rows, ask.page, summary.places),
        "more_gaps": max(len(gaps) - _GAPS, 0),
        "panel": panel,
        "held": held,
        "back": ask.address(pen.path, fill=0, hold=0, words=""),
        "pick_up": ask.address(pen.path, hold=1)[:-1],
        "find_args": [pair for pair in ask.pairs() if pair[0] != "q"],
    }


def _summed(
    rows: Sequence[Any], shown: dict[int, list[Slot]], people: People, now: datetime
) -> Summary:
    """Return the totals of a page that shows everything: no need to ask again."""
    places = {row.place_id for row in rows}
    changes = {row.id: people.changes.get(row.id, 0) for row in rows if row.starts_at > now}
    return Summary(
        days=summed(rows, shown, changes),
        places=len(places),
        shifts=len(rows),
        others=rows[0].others if rows else 0,
    )


def _heads(pen: Pen, asked: Asked, summary: Summary) -> list[Column]:
    holidays = wording.holidays(asked.days)
    return grid.columns(pen, asked.days, summary.days, asked.today, holidays)


def _by_volunteer(asked: Asked) -> tuple[Summary, dict[str, Any]]:
    pen = _pen(asked)
    summary = totals.summary(asked.scope)
    people, total = around.volunteers(asked.scope, asked.ask.page)
    shifts = around.places_of(asked.scope, [person.id for person in people])
    lines = grid.by_volunteer(pen, asked.days, people, shifts)
    return summary, {
        "grid": Grid(_heads(pen, asked, summary), lines),
        "page": Page(people, asked.ask.page, total),
        "panel": None,
    }


def _month(asked: Asked) -> tuple[Summary, dict[str, Any]]:
    summary = totals.summary(asked.scope)
    return summary, {
        "weeks": listing.weeks(asked.ask, asked.first, asked.days, asked.today, summary),
        "weekdays": [wording.short_weekday(day) for day in asked.days[:7]],
    }


def _list(asked: Asked) -> tuple[Summary, dict[str, Any]]:
    summary = totals.summary(asked.scope)
    rows = queries.shifts_by_day(asked.scope, asked.ask.page)
    people = queries.people_on([row.id for row in rows])
    shown = grid.shown_on(rows, people.on, asked.now)
    return summary, {
        "day_groups": listing.by_day(_pen(asked), rows, shown, asked.today),
        "page": Page(rows, asked.ask.page, summary.shifts, queries.SHIFTS_A_PAGE),
        "back": asked.ask.address(url_for("shifts.roster")),
    }


def _pen(asked: Asked) -> Pen:
    return Pen(
        asked.ask,
        asked.now,
        may_plan=current_user.may(Permission.PLAN_ROSTER),
        may_see_patients=current_user.may(Permission.SEE_PATIENTS),
        may_see_volunteers=current_user.may(Permission.SEE_VOLUNTEERS),
        next_id=_next_gap(),
    )


def _next_gap() -> int:
    """Return the shift to go on with after a placing, which said so for this one page."""
    said = get_flashed_messages(category_filter=["next"])
    return small_int(said[-1]) if said else 0


def _is_usual(asked: Asked) -> Callable[[Any], bool]:
    usual = dict(zip(asked.days, asked.scope.spans, strict=False))
    return lambda row: usual.get(row.day) == (row.starts_at, row.ends_at)


def _picked_up(asked: Asked, shift_ids: Sequence[int], pen: Pen) -> dict[str, Any] | None:
    """Give the pen a verdict for every shift about the volunteer who is picked up."""
    if not asked.ask.hold or not pen.may_plan:
        return None
    try:
        person = volunteers.volunteer(asked.ask.hold)
    except Missing:
        return None
    pen.hold_name = person.preferred_name
    shifts = around.shifts(shift_ids)
    pen.verdicts = candidates.verdicts_for(person.id, shifts, asked.now)
    return {
        "volunteer_id": person.id,
        "name": person.preferred_name,
        "put_back": asked.ask.address(pen.path, hold=0),
        "back": asked.ask.address(pen.path, hold=0, fill=0, words=""),
    }


@bp.post("/roster/undo")
@requires(Permission.PLAN_ROSTER)
def undo() -> Response:
    """Take back a step."""
    try:
        with transaction():
            step_id = small_int(request.form.get("step"))
            undoing.undo(step_id, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    except Missing:
        flash(_("This step can no longer be undone."), "problem")
    else:
        flash(_("Undone."), "done")
    return redirect(back_arg() or url_for("shifts.roster"))
