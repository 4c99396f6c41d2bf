"""One shift: who is on it, what it needs, what happened; cancelling and reopening it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.shifts.actions import cancelling
from hospice.shifts.forms.board import Ask, CancelForm
from hospice.shifts.models import Shift
from hospice.shifts.queries import claims, cover, publishing
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries import undo as undo_queries
from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.roster import OCCURRENCES, View
from hospice.shifts.rules.states import HOLDING, Display, ShiftState
from hospice.shifts.views import bp, cards, people, reaching, wording
from hospice.shifts.views.cards import Column
from hospice.shifts.words import objection_words
from hospice.web.guard import requires
from hospice.web.pages import long_day

_HISTORY = 5
_GAPS = {Display.OPEN.value, Display.COVER.value}


@bp.get("/shifts/<int:shift_id>")
@requires(Permission.SEE_ROSTER)
def show(shift_id: int) -> str:
    """Show one shift."""
    now = clock.now()
    shift = queries.shift_for(current_user, shift_id)
    on_it = queries.assignments_on(shift_id)
    holding = [one for one in on_it if one.state in HOLDING]
    rows = people.seats(shift, on_it, now, times=cards.times([one.id for one in on_it]))
    may_plan = current_user.may(Permission.PLAN_ROSTER)
    is_over = shift.ends_at <= now
    sees_journal = current_user.may(Permission.SEE_JOURNAL)
    patients = None
    if current_user.may(Permission.SEE_PATIENTS):
        named = publishing.named_patients([one.id for one in holding])
        patients = {one: people.seen(found) for one, found in named.items()}
    return render_template(
        "shifts/show.html",
        shift=shift,
        title=heading(shift),
        state_line=people.state_line(shift, rows),
        needs=people.needs(shift),
        rows=rows,
        gap=next((row for row in rows if row.state in _GAPS), None),
        offers=people.offers(
            queries.offers_on(shift_id), cover.askers(shift_id), shift.place.timezone, now
        ),
        wishes=claims.to_answer(now, shift_id=shift_id) if may_plan else [],
        patients=patients,
        holding=holding,
        unreached=(
            reaching.failing({one.volunteer_id: one.volunteer.email for one in holding})
            if may_plan and not is_over
            else {}
        ),
        leader=next((one.volunteer.preferred_name for one in holding if one.is_leader), ""),
        back=roster_of(shift, now),
        # A reason may name a patient, or what only the office should know.
        sees_reasons=current_user.may(Permission.SEE_VOLUNTEERS),
        may_plan=may_plan,
        may_change=may_plan and not is_over,
        is_cancelled=shift.state is ShiftState.CANCELLED,
        is_over=is_over,
        changes=publishing.count_of(shift_id, now) if may_plan else 0,
        entries=journal.history("shift", shift_id, limit=_HISTORY) if sees_journal else None,
        entry_count=journal.history_length("shift", shift_id) if sees_journal else 0,
        steps=undo_queries.steps(current_user, now) if may_plan else [],
        cards=cards.drawn(Column.MAIN, shift, current_user, now),
        beside=cards.drawn(Column.SIDE, shift, current_user, now),
    )


def heading(shift: Shift) -> str:
    """Return "Ward 2 · River, Sunday 30 November"."""
    return _("%(place)s, %(day)s", place=shift.place.full_name, day=long_day(shift.local_day))


def series_of(shift: Shift) -> Series | None:
    """Return the series of a shift that was made from a weekly one."""
    weekly = shift.weekly_shift
    return Series(weekly.weekday, weekly.starts, weekly.ends) if weekly else None


def roster_of(shift: Shift, now: Any) -> dict[str, str]:
    """Return the roster on which a shift stands: its label and address."""
    series = series_of(shift)
    path = url_for("shifts.roster")
    today = clock.local(now, shift.place.timezone).date()
    day = shift.occurrence_on or shift.local_day
    if series is None:
        label = _("Week of %(day)s", day=wording.monday(shift.local_day))
        url = Ask(view=View.WEEK, first=shift.local_day).address(path)
        return {"label": label, "url": url}
    is_near = 0 <= (day - today).days < 7 * OCCURRENCES
    ask = Ask(series=series, first=None if is_near else day)
    return {"label": wording.series_name(series), "url": ask.address(path)}


@bp.route("/shifts/<int:shift_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def cancel(shift_id: int) -> str | Response | tuple[str, int]:
    """Cancel a shift with a reason, after a look at who is on it."""
    now = clock.now()
    shift = queries.shift_for(current_user, shift_id)
    form = CancelForm()
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            with transaction():
                cancelling.cancel(shift, reason=form.reason.data or "", by=current_user, now=now)
        except Refused as refusal:
            problems = [objection_words(one) for one in refusal.objections]
            shift = queries.shift_for(current_user, shift_id)
        else:
            flash(_("Saved."), "undo")
            return redirect(url_for("shifts.show", shift_id=shift_id))
    page = render_template(
        "shifts/cancel.html",
        shift=shift,
        form=form,
        problems=problems,
        title=heading(shift),
        people=[one for one in queries.assignments_on(shift_id) if one.state in HOLDING],
    )
    return page, 422 if form.errors or problems else 200


@bp.post("/shifts/<int:shift_id>/reopen")
@requires(Permission.PLAN_ROSTER)
def reopen(shift_id: int) -> Response:
    """Let a cancelled shift take place after all."""
    shift = queries.shift_for(current_user, shift_id)
    try:
        with transaction():
            cancelling.reopen(shift, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("Saved."), "undo")
    return redirect(url_for("shifts.show", shift_id=shift_id))
