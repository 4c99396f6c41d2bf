"""Who must not be placed together with a volunteer."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.volunteers import actions, queries
from hospice.volunteers.forms import ApartForm
from hospice.volunteers.views import bp
from hospice.volunteers.words import objection_words
from hospice.web.forms import clean, small_int
from hospice.web.guard import requires

_SHOWN = 20


@bp.route("/volunteers/<int:volunteer_id>/kept-apart", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS, Permission.SEE_RESTRICTED)
def kept_apart(volunteer_id: int) -> tuple[str, int] | Response:
    """Choose someone who must not be on a shift with this volunteer."""
    volunteer = queries.volunteer(volunteer_id)
    words = clean(request.values.get("q", ""))[:100]
    found = queries.people_to_keep_apart(volunteer_id, words, limit=_SHOWN + 1)
    form = ApartForm()
    form.other_id.choices = [(str(one.id), one.preferred_name) for one in found[:_SHOWN]]
    if form.validate_on_submit():
        other = queries.volunteer(small_int(form.other_id.data))
        try:
            with transaction():
                actions.keep_apart(
                    volunteer, other, form.reason.data or "", by=current_user, now=clock.now()
                )
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
        else:
            flash(_("They are not placed together from now on."), "done")
            return redirect(url_for("volunteers.kept_apart", volunteer_id=volunteer_id))
    page = render_template(
        "volunteers/kept_apart.html",
        volunteer=queries.volunteer(volunteer_id),
        apart=queries.kept_apart(volunteer_id),
        form=form,
        words=words,
        has_more=len(found) > _SHOWN,
    )
    return page, 422 if form.errors else 200


@bp.post("/volunteers/<int:volunteer_id>/kept-apart/<int:other_id>/end")
@requires(Permission.EDIT_VOLUNTEERS, Permission.SEE_RESTRICTED)
def stop_keeping_apart(volunteer_id: int, other_id: int) -> Response:
    """Let two volunteers be placed together again."""
    volunteer, other = queries.volunteer(volunteer_id), queries.volunteer(other_id)
    with transaction():
        actions.stop_keeping_apart(volunteer, other, by=current_user, now=clock.now())
    flash(_("They may be placed together again."), "done")
    return redirect(url_for("volunteers.kept_apart", volunteer_id=volunteer_id))
