"""Whether a patient is visited: on hold, went home, moved, no longer wishes it, visited again."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.patients import queries as patients
from hospice.patients.forms import StateForm
from hospice.patients.models import Patient
from hospice.patients.rules import CHOOSABLE, GONE, PatientState, is_visited
from hospice.patients.views import cards
from hospice.patients.views.cards import Column
from hospice.patients.words import objection_words
from hospice.shifts.actions import stopping
from hospice.shifts.queries import stopping as queries
from hospice.shifts.views import bp
from hospice.web.guard import requires


@bp.route("/patients/<int:patient_id>/state", methods=["GET", "POST"])
@requires(Permission.EDIT_PATIENTS)
def patient_state(patient_id: int) -> tuple[str, int] | Response:
    """Say how things are with a patient; a page between shows what becomes of the visits."""
    patient = _patient(patient_id)
    now = clock.now()
    form = StateForm(state=patient.state, reason=patient.state_reason)
    if "back" not in request.form and form.validate_on_submit():
        if form.state.data is not patient.state and form.reason.data == patient.state_reason:
            form.reason.data = ""  # it stood there for what was true until now
        if "sure" not in request.form and _has_visits(patient, form.state.data, now):
            return _checking(form, patient, now), 200
        try:
            with transaction():
                done = stopping.change_state(
                    _patient(patient_id),
                    form.state.data,
                    reason=form.reason.data or "",
                    by=current_user,
                    now=now,
                )
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
            patient = _patient(patient_id)  # rolled back: fresh
        else:
            flash(_done_words(done), "done")
            return redirect(url_for("patients.show", patient_id=patient_id))
    page = render_template(
        "shifts/patient_state.html",
        form=form,
        patient=patient,
        beside=cards.drawn(Column.SIDE, patient, current_user, now),
    )
    return page, 422 if form.errors else 200


def _patient(patient_id: int) -> Patient:
    found = patients.patient(patient_id)
    if found.state not in CHOOSABLE:  # a death has a record of its own
        raise Missing
    return found


def _has_visits(patient: Patient, state: PatientState, now: datetime) -> bool:
    """Tell whether some visit would stop, or go on."""
    found = queries.stopping(patient.id, now)
    if is_visited(state):
        return bool(found.resting)
    return bool(found.days or (state in GONE and (found.resting or found.weekly)))


def _checking(form: StateForm, patient: Patient, now: datetime) -> str:
    state = form.state.data
    return render_template(
        "shifts/check_patient_state.html",
        form=form,
        patient=patient,
        state=state,
        reason=form.reason.data or "",
        found=queries.stopping(patient.id, now),
        leaves=state in GONE,
        goes_on=is_visited(state),
    )


def _done_words(done: stopping.Done) -> str:
    said = _visits_words(done)
    if not said or not done.told:
        return said or _("It is written down.")
    told = ngettext(
        "One person is told in a moment.", "%(num)d people are told in a moment.", done.told
    )
    return _("%(first)s %(then)s", first=said, then=told)


def _visits_words(done: stopping.Done) -> str:
    if done.cancelled:
        return ngettext("One visit is cancelled.", "%(num)d visits are cancelled.", done.cancelled)
    if done.paused:
        return ngettext("One visit rests for now.", "%(num)d visits rest for now.", done.paused)
    if done.resumed:
        return ngettext(
            "One visit takes place again.", "%(num)d visits take place again.", done.resumed
        )
    return ""
