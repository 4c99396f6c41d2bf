"""After a shift: the team's talk, and how each volunteer is."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.attendance import actions
from hospice.attendance.forms import DebriefForm, FeelingForm
from hospice.attendance.queries import afterwards
from hospice.attendance.queries import presence as queries
from hospice.attendance.queries.presence import Member
from hospice.attendance.rules import Came, How
from hospice.attendance.views import bp
from hospice.attendance.words import objection_words
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.shifts.queries.shifts import shift_for
from hospice.shifts.views.shift import heading
from hospice.web.guard import requires
from hospice.web.pages import long_day


@bp.route("/me/shifts/<int:shift_id>/debrief", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def my_debrief(shift_id: int) -> tuple[str, int] | Response:
    """Write down the talk after the shift that one led."""
    one = queries.led(volunteer_id_of(current_user.id), shift_id)
    if clock.now() < one.place.ends_at:
        raise Missing
    title = _("%(place)s, %(day)s", place=one.place.place_name, day=long_day(one.place.day))
    back = url_for("today.my_shift", shift_id=shift_id)
    return _debrief(shift_id, How.LEADER, title, back)


@bp.route("/shifts/<int:shift_id>/debrief", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def debrief(shift_id: int) -> tuple[str, int] | Response:
    """Write down the talk after a shift."""
    shift = shift_for(current_user, shift_id)
    if clock.now() < shift.ends_at:
        raise Missing
    back = url_for("shifts.show", shift_id=shift_id)
    return _debrief(shift_id, How.COORDINATOR, heading(shift), back)


def _debrief(shift_id: int, how: How, title: str, back: str) -> tuple[str, int] | Response:
    team = queries.team(shift_id)
    form = DebriefForm()
    form.came.choices = [(one.place.assignment_id, one.place.name) for one in team]
    if not form.is_submitted():
        _fill(form, shift_id)
    if form.validate_on_submit() and _saved(form, shift_id, how):
        flash(_("Thank you. It is written down."), "done")
        return redirect(back)
    # Of whom it is known already needs no tick; one that was sent all the same does no harm.
    known: list[Member] = [one for one in team if one.presence.came is not Came.UNKNOWN]
    named = {one.place.assignment_id for one in known}
    form.came.choices = [choice for choice in form.came.choices if choice[0] not in named]
    page = render_template(
        "attendance/debrief.html", form=form, known=known, title=title, back=back
    )
    return page, 422 if form.errors else 200


def _fill(form: DebriefForm, shift_id: int) -> None:
    found = afterwards.debrief_of(shift_id)
    form.version.data = str(found.version if found else 0)
    form.came.data = []
    if found is not None:
        form.words.data = found.words
        form.follow_up.data, form.follow_up_on.data = found.follow_up, found.follow_up_on


def _saved(form: DebriefForm, shift_id: int, how: How) -> bool:
    try:
        with transaction():
            actions.debrief(
                shift_id,
                form.words.data or "",
                came=form.came.data or (),
                follow_up=form.follow_up.data or "",
                follow_up_on=form.follow_up_on.data,
                how=how,
                by=current_user,
                now=clock.now(),
                seen_version=form.seen_version,
            )
    except Refused as refusal:
        form.object_to(refusal.objections, objection_words)
        return False
    return True


@bp.route("/me/shifts/<int:shift_id>/how-are-you", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def how_are_you(shift_id: int) -> tuple[str, int] | Response:
    """Say, to oneself or to the coordinator, how one is after a shift."""
    me, now = volunteer_id_of(current_user.id), clock.now()
    one = queries.own(me, shift_id)
    if now < one.place.starts_at:
        raise Missing
    form = FeelingForm()
    if not form.is_submitted():
        found = afterwards.feeling_of(one.place.assignment_id, me)
        if found is not None:
            form.feeling.data, form.words.data = found.feeling, found.words
            form.share.data = found.shared_at is not None
    if form.validate_on_submit():
        with transaction():
            actions.feel(
                one,
                form.feeling.data,
                form.words.data or "",
                is_shared=form.share.data,
                by=current_user,
                now=now,
            )
        if form.share.data:
            flash(_("Thank you. The coordinator can read it."), "done")
        else:
            flash(_("It is kept for you alone."), "done")
        return redirect(url_for("today.my_shift", shift_id=shift_id))
    page = render_template("attendance/how_are_you.html", form=form, one=one)
    return page, 422 if form.errors else 200


@bp.post("/how-are-you/<int:feeling_id>/talked")
@requires(Permission.SEE_RESTRICTED, Permission.EDIT_VOLUNTEERS)
def talked(feeling_id: int) -> Response:
    """Note that someone has talked with a volunteer who wished it."""
    with transaction():
        found = afterwards.shared(feeling_id)
        volunteer_id = found.volunteer_id
        actions.talked(found, by=current_user, now=clock.now())
    flash(_("Saved."), "done")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
