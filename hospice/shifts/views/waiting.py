"""The waiting list in the volunteer's hands: joining with one tap, and answering an offer."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.shifts.actions import waiting as actions
from hospice.shifts.queries import candidates, mine, waiting
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.states import AnsweredBy, WaitingState
from hospice.shifts.rules.waiting import bars
from hospice.shifts.views import bp
from hospice.shifts.views.refusals import refused_words
from hospice.web.guard import requires
from hospice.web.pages import long_day


@bp.get("/me/waiting-lists")
@requires(Permission.VOLUNTEER)
def waiting_lists() -> str:
    """Show the waiting lists one is on, and the full shifts one could wait for."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    full = waiting.full_shifts(me, now)
    verdicts = candidates.verdicts_for(me, full, now)
    return render_template(
        "shifts/waiting_lists.html",
        lines=waiting.lines_of(me, now),
        full=[one for one in full if not bars(verdicts[one.id].objections)],
    )


@bp.get("/me/shifts/<int:shift_id>/waiting-list")
@requires(Permission.VOLUNTEER)
def waiting_place(shift_id: int) -> str:
    """Ask whether one takes the place that is kept; a letter leads here, and only the tap acts."""
    me, now = mine.volunteer_id_of(current_user.id), clock.now()
    entry = waiting.entry(me, shift_id)
    line = next((one for one in waiting.lines_of(me, now) if one.shift.id == shift_id), None)
    is_kept = entry.state is WaitingState.OFFERED and entry.answer_by and entry.answer_by > now
    return render_template(
        "shifts/waiting_place.html", entry=entry, shift=entry.shift, line=line, is_kept=is_kept
    )


@bp.post("/me/shifts/<int:shift_id>/waiting-list/join")
@requires(Permission.VOLUNTEER)
def join_waiting(shift_id: int) -> Response:
    """Wait for a place on a full shift."""
    me = mine.volunteer_id_of(current_user.id)
    try:
        with transaction():
            shift = queries.shift(shift_id)
            actions.join(shift, me, by=current_user, now=clock.now(), how=AnsweredBy.APP)
    except Refused as refusal:
        if any(one.kind == "has_room" for one in refusal.objections):
            flash(_("A place is free now. You can take it at once."), "done")
            return redirect(url_for("shifts.open_shifts"))
        flash(refused_words(refusal.objections), "problem")
    else:
        flash(_("You are on the waiting list. We tell you when a place is free."), "done")
    return redirect(url_for("shifts.waiting_lists"))


@bp.post("/me/shifts/<int:shift_id>/waiting-list/leave")
@requires(Permission.VOLUNTEER)
def leave_waiting(shift_id: int) -> Response:
    """Wait no longer."""
    me = mine.volunteer_id_of(current_user.id)
    with transaction():
        actions.leave(waiting.entry(me, shift_id), by=current_user, now=clock.now())
    flash(_("You are no longer on the waiting list."), "done")
    return redirect(url_for("shifts.waiting_lists"))


@bp.post("/me/shifts/<int:shift_id>/waiting-list/answer")
@requires(Permission.VOLUNTEER)
def answer_waiting(shift_id: int) -> Any:
    """Take the place that is kept, or let it go to the next person."""
    me = mine.volunteer_id_of(current_user.id)
    answer = request.form.get("answer")
    try:
        with transaction():
            entry = waiting.entry(me, shift_id)
            day = entry.shift.local_day
            if answer == "yes":
                actions.accept(entry, by=current_user, now=clock.now())
            elif answer == "no":
                actions.decline(entry, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(refused_words(refusal.objections), "problem")
        return redirect(url_for("shifts.waiting_lists"))
    if answer == "yes":
        flash(_("Thank you. We will see you on %(day)s.", day=long_day(day)), "done")
        return redirect(url_for("today.my_shift", shift_id=shift_id))
    if answer == "no":
        flash(_("Thank you for telling us."), "done")
        return redirect(url_for("today.my_shifts"))
    return redirect(url_for("shifts.waiting_place", shift_id=shift_id))
