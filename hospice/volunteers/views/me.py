"""What volunteers see and change of their own record."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.volunteers import actions, queries
from hospice.volunteers.forms import FreeForm, OwnDetailsForm
from hospice.volunteers.models import Volunteer
from hospice.volunteers.queries import credentials
from hospice.volunteers.views import bp
from hospice.volunteers.views.conflict import free_now, own_kept_now
from hospice.volunteers.views.messages import wishes_of
from hospice.volunteers.words import objection_words
from hospice.web.forms import VersionedForm
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.get("/me/profile")
@requires(Permission.VOLUNTEER)
def me() -> str:
    """Show volunteers what is kept of them, and the way to what they may change."""
    volunteer = queries.own(current_user)
    today = clock.today(present_zone())
    return render_template(
        "volunteers/me.html",
        volunteer=volunteer,
        clearances=queries.clearances(volunteer.id),
        free=queries.availability(volunteer.id),
        aways=queries.aways(volunteer.id, today),
        papers=credentials.credentials(volunteer.id),
        wishes=wishes_of(volunteer.id),
        today=today,
    )


@bp.route("/me/details", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def my_details() -> tuple[str, int] | Response:
    """Change one's own name, telephone and language."""
    volunteer = queries.own(current_user)
    form = OwnDetailsForm(obj=volunteer)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_own(
                    volunteer,
                    **form.typed(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            volunteer = _refuse(form, refusal)
            theirs = own_kept_now(volunteer, form.typed())
        else:
            flash(_("Saved. Thank you."), "done")
            return redirect(url_for("volunteers.me"))
    page = render_template(
        "volunteers/my_details.html", form=form, volunteer=volunteer, theirs=theirs
    )
    return page, 422 if form.errors else 200


@bp.route("/me/availability", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def my_availability() -> tuple[str, int] | Response:
    """Say when one is usually free."""
    volunteer = queries.own(current_user)
    form = FreeForm(obj=volunteer)
    theirs: list[tuple[str, str]] = []
    if not form.is_submitted():
        form.fill_free(queries.availability(volunteer.id))
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_availability(
                    volunteer,
                    form.free_parts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            volunteer = _refuse(form, refusal)
            theirs = free_now(queries.availability(volunteer.id), form.free_parts())
        else:
            flash(_("Saved. Thank you."), "done")
            return redirect(url_for("volunteers.me"))
    page = render_template(
        "volunteers/my_availability.html", form=form, volunteer=volunteer, theirs=theirs
    )
    return page, 422 if form.errors else 200


def _refuse(form: VersionedForm, refusal: Refused) -> Volunteer:
    """Show what was refused; saving again keeps what was typed."""
    volunteer = queries.own(current_user)
    form.object_to(refusal.objections, objection_words)
    form.version.data = str(volunteer.version)
    return volunteer
