"""The volunteer's answers: yes, can't come, and to the question whether they can take a place."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Objection, Refused
from hospice.shifts.actions import asking, links, placing
from hospice.shifts.forms.answer import ReasonForm
from hospice.shifts.queries import mine
from hospice.shifts.rules.mine import COMING, MyShift
from hospice.shifts.rules.states import AnsweredBy
from hospice.shifts.views import bp
from hospice.shifts.views.calendar import calendar_file
from hospice.shifts.views.refusals import refused_words
from hospice.web.guard import requires
from hospice.web.pages import long_day


@bp.post("/me/shifts/<int:shift_id>/come")
@requires(Permission.VOLUNTEER)
def come(shift_id: int) -> Response:
    """Say yes to a shift, also after a no while a place is free."""
    me = mine.volunteer_id_of(current_user.id)
    day = _told_of(me, shift_id).day
    try:
        with transaction():
            answer(me, shift_id, comes=True, how=AnsweredBy.APP)
    except Refused as refusal:
        flash(refused_words(refusal.objections), "problem")
    else:
        flash(_("Thank you. We will see you on %(day)s.", day=long_day(day)), "done")
    return _back(shift_id)


@bp.route("/me/shifts/<int:shift_id>/cant-come", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def cant_come(shift_id: int) -> Any:
    """Say that one cannot come; the place is free at once."""
    me = mine.volunteer_id_of(current_user.id)
    shift = _told_of(me, shift_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            with transaction():
                answer(me, shift_id, comes=False, how=AnsweredBy.APP, reason=form.reason.data or "")
        except Refused as refusal:
            flash(refused_words(refusal.objections), "problem")
            return redirect(url_for("today.my_shift", shift_id=shift_id))
        return redirect(url_for("shifts.what_helps", shift_id=shift_id))
    may_answer = shift.state in COMING and clock.now() < shift.starts_at
    if not may_answer and not form.errors:
        return redirect(url_for("today.my_shift", shift_id=shift_id))
    page = render_template("shifts/answer_cant_come.html", shift=shift, form=form)
    return page, 422 if form.errors else 200


@bp.post("/me/shifts/<int:shift_id>/offer")
@requires(Permission.VOLUNTEER)
def answer_offer(shift_id: int) -> Response:
    """Answer whether one can take a place that one was asked for; the first yes gets it."""
    me = mine.volunteer_id_of(current_user.id)
    comes = request.form.get("answer") == "yes"
    try:
        with transaction():
            offer = mine.asked_offer(me, shift_id)
            day = clock.local(offer.shift.starts_at, offer.shift.place.timezone).date()
            asking.answer_offer(
                offer, comes=comes, how=AnsweredBy.APP, now=clock.now(), by=current_user
            )
    except Refused as refusal:
        flash(refused_words(refusal.objections), "problem")
        return redirect(url_for("shifts.open_shifts"))
    if comes:
        flash(_("Thank you. We will see you on %(day)s.", day=long_day(day)), "done")
    else:
        flash(_("Thank you for telling us."), "done")
    return _back(shift_id)


@bp.get("/me/shifts/<int:shift_id>/calendar.ics")
@requires(Permission.VOLUNTEER)
def calendar(shift_id: int) -> Response:
    """Give a shift as a file for one's own calendar."""
    me = mine.volunteer_id_of(current_user.id)
    shift = mine.my_shift(me, shift_id)
    return calendar_file(shift, me, clock.now())


def answer(
    volunteer_id: int, shift_id: int, *, comes: bool, how: AnsweredBy, reason: str = ""
) -> None:
    """Record an answer to what someone was told or asked; raise Missing or Refused.

    Until the shift begins it can be changed; after that, only by telephone.
    """
    now = clock.now()
    by = current_user if current_user.is_authenticated and how is AnsweredBy.APP else None
    try:
        assignment = mine.told_assignment(volunteer_id, shift_id)
    except Missing:
        offer = mine.asked_offer(volunteer_id, shift_id)
        asking.answer_offer(offer, comes=comes, how=how, now=now, by=by)
        return
    if assignment.shift.starts_at <= now:
        raise Refused([Objection("started")])
    placing.answer(assignment, comes=comes, how=how, now=now, by=by, reason=reason)
    if not comes:
        links.give_reason(assignment, reason, by=by, now=now)


def _told_of(volunteer_id: int, shift_id: int) -> MyShift:
    """Return a shift the volunteer was told of; one they are only asked to take is not theirs."""
    found = mine.my_shift(volunteer_id, shift_id)
    if found.assignment_id is None:
        raise Missing
    return found


def _back(shift_id: int) -> Response:
    """Return to where the button stood."""
    if request.form.get("at") == "list":
        return redirect(url_for("today.my_shifts"))
    return redirect(url_for("today.my_shift", shift_id=shift_id))
