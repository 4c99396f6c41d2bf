"""Taking someone off a family, and putting them back."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import links as actions
from hospice.grief_support.forms.links import TakeOffForm
from hospice.grief_support.queries import kin as queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.plans import ENDED_STATES
from hospice.grief_support.views import bp
from hospice.grief_support.words.kin import kin_objection_words
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.route("/patients/<int:patient_id>/family/<int:kin_id>/take-off", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def take_off(patient_id: int, kin_id: int) -> Any:
    """Take someone off a family, with the reason."""
    link = queries.kinship_for(current_user, patient_id, kin_id)
    if link.ended_at is not None:
        return redirect(url_for("grief_support.person", kin_id=kin_id))
    plan = plan_queries.newest([link.id]).get(link.id)
    form = TakeOffForm()
    if plan is None or plan.state in ENDED_STATES:
        del form.plan
    if form.validate_on_submit():
        try:
            with transaction():
                actions.take_off(
                    queries.kinship_for(current_user, patient_id, kin_id),
                    reason=form.reason.data or "",
                    keeps_plan=form.keeps_plan,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, kin_objection_words)
            link = queries.kinship_for(current_user, patient_id, kin_id)  # rolled back: fresh
        else:
            flash(_("Taken off this family. What was done stays in the history."), "done")
            return redirect(url_for("grief_support.person", kin_id=kin_id))
    wards = queries.wards_of(patient_id, kin_id)
    page = render_template("grief_support/take_off.html", form=form, link=link, wards=wards)
    return page, 422 if form.errors else 200


@bp.post("/patients/<int:patient_id>/family/<int:kin_id>/put-back")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def put_back(patient_id: int, kin_id: int) -> Response:
    """Put someone back who was taken off by mistake."""
    now = clock.now()
    with transaction():
        actions.put_back(
            queries.kinship_for(current_user, patient_id, kin_id),
            by=current_user,
            now=now,
            today=clock.local(now, present_zone()).date(),
        )
    return redirect(url_for("grief_support.person", kin_id=kin_id))
