"""The volunteer's own coming and going; a leader's for the people of their shift."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.attendance import actions
from hospice.attendance.forms import MyTimesForm, TimesForm
from hospice.attendance.queries import presence as queries
from hospice.attendance.queries.presence import Member
from hospice.attendance.rules import Came, How, span
from hospice.attendance.views import bp
from hospice.attendance.words import objection_words
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.web.guard import requires
from hospice.web.pages import clock_time


@bp.post("/me/shifts/<int:shift_id>/check-in")
@requires(Permission.VOLUNTEER)
def check_in(shift_id: int) -> Response:
    """Say that one is there."""
    return _tap(shift_id, comes=True)


@bp.post("/me/shifts/<int:shift_id>/check-out")
@requires(Permission.VOLUNTEER)
def check_out(shift_id: int) -> Response:
    """Say that one leaves."""
    return _tap(shift_id, comes=False)


def _tap(shift_id: int, *, comes: bool) -> Response:
    me, now = volunteer_id_of(current_user.id), clock.now()
    try:
        with transaction():
            one = queries.own(me, shift_id)
            act = actions.check_in if comes else actions.check_out
            act(one, how=How.SELF, by=current_user, now=now)
    except Refused as refusal:
        if refusal.objections[0].kind == "ask_times":
            return redirect(url_for("attendance.my_times", shift_id=shift_id))
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        flash(thanks(one, now, comes=comes), "done")
    return _back(shift_id)


def thanks(one: Member, now: datetime, *, comes: bool) -> str:
    """Return what a tap is answered with."""
    time = clock_time(now, one.place.zone)
    if comes:
        return str(_("You are checked in, %(time)s.", time=time))
    return str(_("You are checked out, %(time)s. Thank you.", time=time))


@bp.post("/me/shifts/<int:shift_id>/tapped-by-mistake")
@requires(Permission.VOLUNTEER)
def take_back(shift_id: int) -> Response:
    """Take back a tap that was a slip."""
    me = volunteer_id_of(current_user.id)
    try:
        with transaction():
            actions.take_back(queries.own(me, shift_id), by=current_user, now=clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("Taken back."), "done")
    return _back(shift_id)


@bp.route("/me/shifts/<int:shift_id>/times", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def my_times(shift_id: int) -> tuple[str, int] | Response:
    """Say whether one was there, and from when to when."""
    me, now = volunteer_id_of(current_user.id), clock.now()
    one = queries.own(me, shift_id)
    form = MyTimesForm()
    if saved(form, one, How.SELF, now):
        flash(_("Thank you. It is written down."), "done")
        return redirect(url_for("today.my_shift", shift_id=shift_id))
    page = render_template("attendance/my_times.html", form=form, one=one)
    return page, 422 if form.errors else 200


def saved(form: TimesForm, one: Member, how: How, now: datetime) -> bool:
    """Save what was typed about someone's coming; the form says what is wrong."""
    if not form.is_submitted():
        fill(form, one, now)
    if not form.validate_on_submit():
        return False
    arrived_at, left_at = span(one.place, form.arrived.data, form.left.data)
    try:
        with transaction():
            actions.say(
                one,
                form.came.data,
                arrived_at,
                left_at,
                reason=form.reason.data or "",
                seen_version=form.seen_version,
                how=how,
                by=current_user,
                now=now,
            )
    except Refused as refusal:
        form.object_to(refusal.objections, objection_words)
        return False
    return True


def fill(form: TimesForm, one: Member, now: datetime) -> None:
    """Fill in what is known, else the planned times, to be looked at before they are saved."""
    place, presence = one.place, one.presence
    came = presence.came
    form.came.data = Came.YES if came is Came.UNKNOWN and presence.arrived_at else came
    arrived_at = presence.arrived_at or place.starts_at
    left_at = presence.left_at or (place.ends_at if place.ends_at <= now else None)
    form.arrived.data = clock.local(arrived_at, place.zone).time()
    form.left.data = clock.local(left_at, place.zone).time() if left_at else None
    form.version.data = str(one.version)


# --- the leader of a shift ------------------------------------------------------------------------


@bp.post("/me/shifts/<int:shift_id>/team/<int:assignment_id>/check-in")
@requires(Permission.VOLUNTEER)
def lead_check_in(shift_id: int, assignment_id: int) -> Response:
    """Say that someone of one's shift is there."""
    return _tap_for(shift_id, assignment_id, comes=True)


@bp.post("/me/shifts/<int:shift_id>/team/<int:assignment_id>/check-out")
@requires(Permission.VOLUNTEER)
def lead_check_out(shift_id: int, assignment_id: int) -> Response:
    """Say that someone of one's shift leaves."""
    return _tap_for(shift_id, assignment_id, comes=False)


def _tap_for(shift_id: int, assignment_id: int, *, comes: bool) -> Response:
    queries.led(volunteer_id_of(current_user.id), shift_id)
    tap_for(assignment_id, shift_id, comes=comes, how=How.LEADER)
    return redirect(url_for("today.my_shift", shift_id=shift_id) + "#team")


def tap_for(assignment_id: int, shift_id: int | None, *, comes: bool, how: How) -> None:
    """Check someone in or out, and say so on the next page."""
    now = clock.now()
    try:
        with transaction():
            one = queries.member(assignment_id, shift_id=shift_id)
            act = actions.check_in if comes else actions.check_out
            act(one, how=how, by=current_user, now=now)
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
        return
    words = {"name": one.place.name, "time": clock_time(now, one.place.zone)}
    if comes:
        flash(_("%(name)s is checked in, %(time)s.", **words), "done")
    else:
        flash(_("%(name)s is checked out, %(time)s.", **words), "done")


def _back(shift_id: int) -> Response:
    """Return to where the button stood."""
    if request.form.get("at") == "list":
        return redirect(url_for("today.my_shifts"))
    return redirect(url_for("today.my_shift", shift_id=shift_id))
