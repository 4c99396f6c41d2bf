"""Relatives, neighbours and friends of a volunteer among the patients: they are asked first."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import ties as actions
from hospice.grief_support.forms.ties import TieForm
from hospice.grief_support.queries import ties as queries
from hospice.grief_support.views import bp
from hospice.grief_support.words.ties import tie_objection_words
from hospice.patients import queries as patients
from hospice.patients.rules import PatientFilter
from hospice.patients.words import known_as
from hospice.volunteers import queries as volunteers
from hospice.web.forms import clean, small_int
from hospice.web.guard import requires

_SHOWN = 8


@bp.route("/volunteers/<int:volunteer_id>/ties", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS, Permission.SEE_RESTRICTED)
def ties(volunteer_id: int) -> Any:
    """Write down whom a volunteer knows among the patients and their families."""
    volunteer = volunteers.volunteer(volunteer_id)
    words = clean(request.values.get("q", ""))[:100]
    found = patients.listed(PatientFilter(words=words, state=None), limit=_SHOWN + 1)
    form = TieForm()
    form.patient_id.choices = [
        (str(row.patient.id), known_as(row.patient)) for row in found[:_SHOWN]
    ]
    if form.validate_on_submit():
        patient = patients.patient(small_int(form.patient_id.data))
        try:
            with transaction():
                actions.note(
                    volunteers.volunteer(volunteer_id),
                    patient,
                    form.kind.data,
                    form.words.data or "",
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, tie_objection_words)
            volunteer = volunteers.volunteer(volunteer_id)  # rolled back: fresh
        else:
            flash(_("Written down. Whoever places them is told to ask first."), "done")
            return redirect(url_for("grief_support.ties", volunteer_id=volunteer_id))
    page = render_template(
        "grief_support/ties.html",
        form=form,
        volunteer=volunteer,
        ties=queries.ties_of(volunteer_id),
        hints=queries.same_telephone(volunteer),
        words=words,
        has_more=len(found) > _SHOWN,
    )
    return page, 422 if form.errors else 200


@bp.post("/volunteers/<int:volunteer_id>/ties/<int:tie_id>/end")
@requires(Permission.EDIT_VOLUNTEERS, Permission.SEE_RESTRICTED)
def end_tie(volunteer_id: int, tie_id: int) -> Response:
    """Write down that a tie was a mistake, or is no longer so."""
    with transaction():
        actions.end(queries.tie(volunteer_id, tie_id), by=current_user, now=clock.now())
    return redirect(url_for("grief_support.ties", volunteer_id=volunteer_id))
