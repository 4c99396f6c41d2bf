"""Several shifts at once: place one person, ask someone, cancel, move the time, export."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Objection, Refused
from hospice.shifts.actions import asking, cancelling, copying, editing
from hospice.shifts.actions.carrying import shown_terms
from hospice.shifts.forms.board import (
    REASON,
    CancelForm,
    MoveForm,
    back_arg,
    ids_arg,
)
from hospice.shifts.models import Shift
from hospice.shifts.queries import candidates
from hospice.shifts.queries import roster as around
from hospice.shifts.rules.placing import Level
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.views import bp
from hospice.shifts.words import objection_words
from hospice.volunteers import queries as volunteers
from hospice.volunteers.queries import Filters
from hospice.volunteers.rules import Showing
from hospice.web.forms import clean, small_int, text_arg
from hospice.web.guard import requires
from hospice.web.pages import hours, short_day

_MATCHES = 8
_MOST = 60


class Match(NamedTuple):
    """Someone whom the search found, and on how many of the shifts they could be placed."""

    volunteer_id: int
    name: str
    level: str
    icon: str
    words: str


@bp.route("/roster/selected", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def selected() -> str | Response | tuple[str, int]:
    """Show the shifts that were ticked, and do one thing with all of them."""
    now = clock.now()
    shifts = around.shifts(ids_arg("shift", _MOST))
    back = back_arg() or url_for("shifts.roster")
    if not shifts:
        flash(_("Tick at least one shift."), "problem")
        return redirect(back)
    cancel, move = CancelForm(prefix="cancel"), MoveForm(prefix="move")
    problems: list[str] = []
    if request.method == "POST":
        ids = [shift.id for shift in shifts]
        done, problems = _do(shifts, cancel, move, now)
        if done:
            return redirect(back)
        shifts = around.shifts(ids)
    page = render_template(
        "shifts/selected.html",
        shifts=[(shift, _named(shift)) for shift in shifts],
        export_ids=[shift.id for shift in shifts],
        matches=_matches(shifts, now),
        words=text_arg("q", 60),
        cancel=cancel,
        move=move,
        back=back,
        reason=clean(request.form.get("reason"))[:REASON],
        problems=problems,
    )
    return page, 422 if problems else 200


def _do(
    shifts: Sequence[Shift], cancel: CancelForm, move: MoveForm, now: datetime
) -> tuple[bool, list[str]]:
    """Do what the button says with every shift; return whether it was done, and what stopped it."""
    verb = request.form.get("do", "")
    if verb == "place":
        return _place(shifts, now)
    try:
        if verb == "ask":
            with transaction():
                who = small_int(request.form.get("volunteer"))
                for shift in shifts:
                    asking.ask(shift, [who], by=current_user, now=now, accepting=_reason())
            _say(ngettext("Asked for %(num)d shift.", "Asked for %(num)d shifts.", len(shifts)))
            return True, []
        if verb == "cancel" and cancel.validate():
            with transaction():
                for shift in shifts:
                    cancelling.cancel(
                        shift, reason=cancel.reason.data or "", by=current_user, now=now
                    )
            _say(
                ngettext(
                    "%(num)d shift is cancelled.", "%(num)d shifts are cancelled.", len(shifts)
                )
            )
            return True, []
        if verb == "move" and move.validate():
            _move(shifts, move, now)
            _say(ngettext("%(num)d shift was moved.", "%(num)d shifts were moved.", len(shifts)))
            return True, []
    except Refused as refusal:
        return False, _in_words(refusal.objections)
    form: Any = {"cancel": cancel, "move": move}.get(verb)
    if form is None:
        return False, [_("Choose what to do")]
    return False, [str(text) for texts in form.errors.values() for text in texts]


def _say(words: str) -> None:
    flash(words, "done")


def _in_words(objections: Sequence[Objection]) -> list[str]:
    return list(dict.fromkeys(objection_words(one) for one in objections))


def _reason() -> str | None:
    return clean(request.form.get("reason"))[:REASON] or None


def _place(shifts: Sequence[Shift], now: datetime) -> tuple[bool, list[str]]:
    """Place one person wherever nothing bars it, as one step that can be undone."""
    who = small_int(request.form.get("volunteer"))
    volunteers.volunteer(who)
    with transaction():
        placed, stopped = copying.copy(
            [(shift, who) for shift in shifts], reason=_reason() or "", by=current_user, now=now
        )
    if placed:
        flash(_("Saved."), "undo")
        return True, []
    return False, _in_words(stopped) or [_("Nobody was placed.")]


def _move(shifts: Sequence[Shift], move: MoveForm, now: datetime) -> None:
    """Move every shift to the same hours of its own day, or none of them."""
    starts, ends = move.times()
    with transaction():
        for shift_id, day, terms in [
            (shift.id, shift.local_day, replace(shown_terms(shift), starts=starts, ends=ends))
            for shift in shifts
        ]:
            editing.change_one(shift_id, terms, day, seen_version=None, by=current_user, now=now)


def _matches(shifts: Sequence[Shift], now: datetime) -> list[Match]:
    """Return whom the search finds, with how many of the shifts they fit."""
    words = text_arg("q", 60)
    if not words:
        return []
    today = clock.local(now, shifts[0].place.timezone).date()
    filters = Filters(words=words, showing=Showing.ACTIVE)
    found = []
    for person in volunteers.people(filters, today, limit=_MATCHES):
        verdicts = candidates.verdicts_for(person.id, shifts, now).values()
        may = sum(verdict.level is not Level.NO for verdict in verdicts)
        hints = sum(verdict.level is Level.HINT for verdict in verdicts)
        level = Level.NO if not may else Level.HINT if hints else Level.OK
        icon = {Level.OK: "check", Level.HINT: "alert", Level.NO: "cross"}[level]
        label = _("Can be placed on %(num)s of %(count)s", num=may, count=len(shifts))
        if hints:
            label = _("%(first)s; %(second)s", first=label, second=_("a reason is needed"))
        found.append(Match(person.id, person.preferred_name, level.value, icon, label))
    return found


def _named(shift: Shift) -> str:
    words = _(
        "%(place)s, %(day)s, %(hours)s",
        place=shift.place.name,
        day=short_day(shift.local_day, week=True),
        hours=hours(shift.starts_at, shift.ends_at, shift.place.timezone),
    )
    off = "" if shift.state is ShiftState.PLANNED else _("Cancelled")
    return f"{words} ({off})" if off else words
