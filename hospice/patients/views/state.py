"""Whether a patient is visited: moved, went home, on hold."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.patients import actions, queries
from hospice.patients.forms import StateForm
from hospice.patients.rules import CHOOSABLE
from hospice.patients.views import bp, cards
from hospice.patients.views.cards import Column
from hospice.patients.words import objection_words
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.route("/patients/<int:patient_id>/state", methods=["GET", "POST"])
@requires(Permission.EDIT_PATIENTS)
def change_state(patient_id: int) -> tuple[str, int] | Response:
    """Say that a patient moved, went home, is on hold or is visited again."""
    patient = queries.patient(patient_id)
    if patient.state not in CHOOSABLE:
        raise Missing
    form = StateForm(state=patient.state, reason=patient.state_reason)
    if form.validate_on_submit():
        now = clock.now()
        try:
            with transaction():
                actions.change_state(
                    patient,
                    form.state.data,
                    reason=form.reason.data or "",
                    by=current_user,
                    now=now,
                    today=clock.local(now, present_zone()).date(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
            patient = queries.patient(patient_id)  # rolled back: fresh
        else:
            flash(_("It is written down."), "done")
            return redirect(url_for("patients.show", patient_id=patient_id))
    page = render_template(
        "patients/change_state.html",
        form=form,
        patient=patient,
        beside=cards.drawn(Column.SIDE, patient, current_user, clock.now()),
    )
    return page, 422 if form.errors else 200
