"""Breaks, leaving, coming back, and letting a volunteer sign in."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts import actions as accounts
from hospice.accounts.rules import INVITATION_LASTS, Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.volunteers import actions, queries
from hospice.volunteers.forms import BreakForm
from hospice.volunteers.views import bp
from hospice.volunteers.views.people import page_of
from hospice.volunteers.words import objection_words
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.post("/volunteers/<int:volunteer_id>/break")
@requires(Permission.EDIT_VOLUNTEERS)
def start_break(volunteer_id: int) -> tuple[str, int] | Response:
    """Put a volunteer on a break."""
    volunteer = queries.volunteer(volunteer_id)
    form = BreakForm()
    if not form.validate_on_submit():
        return page_of(volunteer, form), 422
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    try:
        with transaction():
            actions.start_break(volunteer, form.until.data, by=current_user, now=now, today=today)
    except Refused as refusal:
        form.object_to(refusal.objections, objection_words)
        return page_of(queries.volunteer(volunteer_id), form), 422
    flash(_("%(name)s is on a break.", name=volunteer.preferred_name), "done")
    return _to_page(volunteer_id)


@bp.post("/volunteers/<int:volunteer_id>/back")
@requires(Permission.EDIT_VOLUNTEERS)
def come_back(volunteer_id: int) -> tuple[str, int] | Response:
    """Make a volunteer active again."""
    volunteer = queries.volunteer(volunteer_id)
    try:
        with transaction():
            actions.come_back(volunteer, by=current_user, now=clock.now())
    except Refused as refusal:
        return _refused(volunteer_id, refusal)
    flash(_("%(name)s is active again.", name=volunteer.preferred_name), "done")
    return _to_page(volunteer_id)


@bp.route("/volunteers/<int:volunteer_id>/leave", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def leave(volunteer_id: int) -> str | tuple[str, int] | Response:
    """Look at what it means that a volunteer leaves, then record it."""
    volunteer = queries.volunteer(volunteer_id)
    form = BreakForm()  # only its token
    if not form.is_submitted():
        return render_template(
            "volunteers/leave.html", volunteer=volunteer, user=queries.user_of(volunteer)
        )
    try:
        with transaction():
            actions.leave(volunteer, by=current_user, now=clock.now())
    except Refused as refusal:
        return _refused(volunteer_id, refusal)
    flash(_("%(name)s has left. The record is kept.", name=volunteer.preferred_name), "done")
    return _to_page(volunteer_id)


@bp.post("/volunteers/<int:volunteer_id>/invite")
@requires(Permission.EDIT_VOLUNTEERS)
def invite(volunteer_id: int) -> str | tuple[str, int] | Response:
    """Let a volunteer sign in, and show the link to hand over."""
    volunteer = queries.volunteer(volunteer_id)
    settings = current_app.config["SETTINGS"]
    try:
        with transaction():
            ticket = actions.invite(
                volunteer, by=current_user, now=clock.now(), secret_key=settings.secret_key
            )
    except Refused as refusal:
        return _refused(volunteer_id, refusal)
    if ticket is None:
        flash(
            _(
                "%(name)s signs in already with this address; the record belongs to them now.",
                name=volunteer.preferred_name,
            ),
            "done",
        )
        return _to_page(volunteer_id)
    return render_template(
        "volunteers/invited.html",
        volunteer=volunteer,
        user=queries.user_of(volunteer),
        link=accounts.ticket_link(
            ticket, base_url=settings.base_url, secret_key=settings.secret_key
        ),
        days=INVITATION_LASTS.days,
    )


def _refused(volunteer_id: int, refusal: Refused) -> tuple[str, int]:
    problem = objection_words(refusal.objections[0])
    return page_of(queries.volunteer(volunteer_id), BreakForm(), problem), 422


def _to_page(volunteer_id: int) -> Response:
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
