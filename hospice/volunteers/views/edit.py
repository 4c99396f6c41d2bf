"""Writing down a volunteer, and changing what is written."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.places import queries as places
from hospice.volunteers import actions, queries
from hospice.volunteers.forms import VolunteerForm, volunteer_form
from hospice.volunteers.models import Volunteer
from hospice.volunteers.views import bp
from hospice.volunteers.views.conflict import kept_now
from hospice.web.guard import requires
from hospice.web.pages import the_hospice


@bp.route("/volunteers/new", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def new() -> tuple[str, int] | Response:
    """Write down a volunteer."""
    form = _form()
    if not form.is_submitted():
        hospice = the_hospice()
        form.start(hospice.locale if hospice else "en")
    if form.validate_on_submit():
        try:
            with transaction():
                volunteer = actions.add(
                    form.details(),
                    free=form.free_parts(),
                    cleared=form.cleared(),
                    by=current_user,
                    now=clock.now(),
                    is_someone_else=form.is_someone_else.data,
                )
        except Refused as refusal:
            form.refuse(refusal.objections)
        else:
            flash(_("%(name)s was added.", name=volunteer.preferred_name), "done")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer.id))
    page = render_template("volunteers/new.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/volunteers/<int:volunteer_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def edit(volunteer_id: int) -> tuple[str, int] | Response:
    """Change what is written down about a volunteer."""
    volunteer = queries.volunteer(volunteer_id)
    form = _form(*(row.place_id for row in queries.clearance_rows(volunteer_id)))
    theirs: list[tuple[str, str]] = []
    if not form.is_submitted():
        form.fill(volunteer, queries.availability(volunteer_id), queries.clearances(volunteer_id))
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change(
                    volunteer,
                    form.details(),
                    free=form.free_parts(),
                    cleared=form.cleared(),
                    places_shown={place_id for place_id, _name in form.places},
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                    is_someone_else=form.is_someone_else.data,
                )
        except Refused as refusal:
            volunteer = queries.volunteer(volunteer_id)  # rolled back: fresh
            form.refuse(refusal.objections)
            theirs = _theirs(volunteer, form)
        else:
            flash(_("%(name)s was saved.", name=volunteer.preferred_name), "done")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
    page = render_template("volunteers/edit.html", form=form, volunteer=volunteer, theirs=theirs)
    return page, 422 if form.errors else 200


def _theirs(volunteer: Volunteer, form: VolunteerForm) -> list[tuple[str, str]]:
    """Return what someone else saved meanwhile; saving the form again keeps what was typed."""
    if not form.is_stale:
        return []
    form.version.data = str(volunteer.version)
    return kept_now(
        volunteer,
        queries.availability(volunteer.id),
        queries.clearances(volunteer.id),
        typed=(form.details(), form.free_parts(), form.cleared()),
    )


def _form(*place_ids: int) -> VolunteerForm:
    return volunteer_form(
        places.places_to_choose(*place_ids),
        may_restrict=current_user.may(Permission.SEE_RESTRICTED),
    )
