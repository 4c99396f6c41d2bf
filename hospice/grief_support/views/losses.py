"""A volunteer who has lost someone close: time for themselves, without reasons asked."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import losses as actions
from hospice.grief_support.forms.deaths import LossForm
from hospice.grief_support.queries import deaths as queries
from hospice.grief_support.rules.deaths import SPARED_AFTER_OWN
from hospice.grief_support.views import bp
from hospice.grief_support.words.deaths import death_objection_words
from hospice.volunteers import queries as volunteers
from hospice.volunteers.rules import VolunteerState
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.route("/volunteers/<int:volunteer_id>/loss", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def own_loss(volunteer_id: int) -> Any:
    """Write down that a volunteer has lost someone close."""
    volunteer = volunteers.volunteer(volunteer_id)
    if volunteer.state is VolunteerState.LEFT:
        raise Missing
    form = LossForm()
    if not form.is_submitted():
        form.pauses.data = True
    if form.validate_on_submit():
        now = clock.now()
        try:
            with transaction():
                actions.note_own(
                    volunteers.volunteer(volunteer_id),
                    form.happened_on.data,
                    pauses=bool(form.pauses.data),
                    by=current_user,
                    now=now,
                    today=clock.local(now, present_zone()).date(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, death_objection_words)
            volunteer = volunteers.volunteer(volunteer_id)  # rolled back: fresh
        else:
            flash(_("Written down."), "done")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
    page = render_template(
        "grief_support/own_loss.html",
        form=form,
        volunteer=volunteer,
        days=SPARED_AFTER_OWN.days,
    )
    return page, 422 if form.errors else 200


@bp.post("/volunteers/<int:volunteer_id>/loss/<int:loss_id>/end")
@requires(Permission.EDIT_VOLUNTEERS)
def end_loss(volunteer_id: int, loss_id: int) -> Response:
    """Write down that a volunteer would like to see patients again."""
    with transaction():
        found = queries.own_loss(volunteer_id, loss_id)
        actions.end_own(found, by=current_user, now=clock.now())
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
