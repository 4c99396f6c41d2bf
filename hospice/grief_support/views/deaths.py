"""Recording a death, the page of it, confirming, correcting and taking it back."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import deaths as actions
from hospice.grief_support.forms.deaths import ConfirmForm, CorrectForm, DeathForm, UndoForm
from hospice.grief_support.queries import deaths as queries
from hospice.grief_support.queries import kin
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.deaths import is_in_the_night, when_objections
from hospice.grief_support.views import bp
from hospice.grief_support.words.deaths import (
    apology_words,
    death_kept_now,
    death_objection_words,
)
from hospice.journal import queries as journal
from hospice.patients import queries as patients
from hospice.patients.models import Patient
from hospice.patients.rules import has_died
from hospice.tasks.queries import tasks_from
from hospice.web.guard import requires
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 8


@bp.route("/patients/<int:patient_id>/death", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.RECORD_DEATH)
def report_death(patient_id: int) -> Any:
    """Write down a death in two steps: what we were told, then a look at what follows."""
    patient = patients.patient(patient_id)
    if has_died(patient.state):
        return _to_standing(patient_id)
    form, now = DeathForm(), clock.now()
    if "back" in request.form or not _is_whole(form, patient, now):
        return _asking(form, patient)
    facts = form.facts()
    if "record" not in request.form:
        return _checking(form, patient, now)
    try:
        with transaction():
            death_id = actions.report(patient_id, facts, by=current_user, now=now).id
    except Refused as refusal:
        if any(one.kind == "already" for one in refusal.objections):
            flash(death_objection_words(refusal.objections[0]), "problem")
            return _to_standing(patient_id)
        form.object_to(refusal.objections, death_objection_words)
        return _asking(form, patients.patient(patient_id))
    flash(_("It is written down. Everything planned has stopped; now tell these people."), "done")
    return redirect(url_for("grief_support.death", death_id=death_id))


def _is_whole(form: DeathForm, patient: Patient, now: datetime) -> bool:
    """Tell whether everything is said; what is missing stands beside its field, all at once."""
    is_valid = form.validate_on_submit()
    if not form.is_submitted() or form.known.errors or not form.known.data:
        return False
    if form.died_on.errors or form.died_at.errors:
        return False
    found = when_objections(form.facts(), now, patient.place.timezone)
    form.object_to(found, death_objection_words)
    return is_valid and not found


def _to_standing(patient_id: int) -> Response:
    found = queries.standing_death(patient_id)
    if found is None:
        return redirect(url_for("patients.show", patient_id=patient_id))
    return redirect(url_for("grief_support.death", death_id=found.id))


def _asking(form: DeathForm, patient: Patient) -> tuple[str, int]:
    page = render_template(
        "grief_support/report_death.html",
        form=form,
        patient=patient,
        similar=patients.similar_here(patient),
    )
    return page, 422 if form.errors else 200


def _checking(form: DeathForm, patient: Patient, now: datetime) -> str:
    return render_template(
        "grief_support/check_death.html",
        form=form,
        facts=form.facts(),
        typed=form.typed(),
        patient=patient,
        similar=patients.similar_here(patient),
        close=queries.close_to(patient, now),
        ahead=queries.ahead(patient.id, now),
        relatives=kin.family_of(current_user, patient.id, clock.local(now, present_zone()).date()),
        is_in_the_night=is_in_the_night(form.facts().died_at),
    )


@bp.get("/deaths/<int:death_id>")
@requires(Permission.SEE_GRIEF)
def death(death_id: int) -> str:
    """Show a death: whom to tell by phone, what is known of it, and what comes next."""
    found = queries.death_for(current_user, death_id)
    tellings = queries.tellings(death_id) if current_user.may(Permission.SEE_VOLUNTEERS) else []
    today = clock.local(clock.now(), present_zone()).date()
    relatives = kin.family_of(current_user, found.patient_id, today)
    ids = [one.kinship.id for one in relatives]
    return render_template(
        "grief_support/death.html",
        death=found,
        zone=found.patient.place.timezone,
        tellings=tellings,
        untold=sum(one.told_at is None for one in tellings),
        is_own=found.reported_by_id == current_user.id,
        is_in_the_night=is_in_the_night(found.died_at),
        relatives=relatives,
        plans=plan_queries.newest(ids) if found.confirmed_at and not found.undone_at else {},
        apologies=tasks_from("death", death_id)
        if found.undone_at and current_user.may(Permission.SEE_TASKS)
        else [],
        entries=journal.history("death", death_id, limit=_ENTRIES_SHOWN),
    )


@bp.route("/deaths/<int:death_id>/confirm", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.CONFIRM_DEATH)
def confirm_death(death_id: int) -> Any:
    """Confirm a death as a second person, or with the name of a clinical source."""
    found = queries.death_for(current_user, death_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with transaction():
                actions.confirm(
                    queries.death_for(current_user, death_id, locking=True),
                    source_name=form.source_name.data or "",
                    source_role=form.source_role.data or "",
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, death_objection_words)
            found = queries.death_for(current_user, death_id)  # rolled back: fresh
        else:
            flash(_("The death is confirmed. Grief support can begin."), "done")
            return redirect(url_for("grief_support.death", death_id=death_id))
    is_own = found.reported_by_id == current_user.id
    if is_own:  # a second person is needed, so the name cannot stay empty
        form.source_name.description = ""
    page = render_template(
        "grief_support/confirm_death.html",
        form=form,
        death=found,
        is_own=is_own,
        similar=patients.similar_here(found.patient),
    )
    return page, 422 if form.errors else 200


@bp.route("/deaths/<int:death_id>/correct", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.RECORD_DEATH)
def correct_death(death_id: int) -> Any:
    """Correct when somebody died, with the reason."""
    found = queries.death_for(current_user, death_id)
    if found.undone_at is not None:
        raise Missing
    form = CorrectForm()
    theirs: list[tuple[str, str]] = []
    if not form.is_submitted():
        form.fill(found)
        form.version.data = str(found.version)
    if form.validate_on_submit():
        try:
            with transaction():
                actions.correct(
                    queries.death_for(current_user, death_id, locking=True),
                    form.facts(),
                    reason=form.reason.data or "",
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, death_objection_words)
            found = queries.death_for(current_user, death_id)  # rolled back: fresh
            if any(one.kind == "stale" for one in refusal.objections):
                form.version.data, theirs = str(found.version), death_kept_now(found)
        else:
            flash(_("It is corrected, and the record says so."), "done")
            return redirect(url_for("grief_support.death", death_id=death_id))
    page = render_template(
        "grief_support/correct_death.html", form=form, death=found, theirs=theirs
    )
    return page, 422 if form.errors else 200


@bp.route("/deaths/<int:death_id>/undo", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.RECORD_DEATH)
def undo_death(death_id: int) -> Any:
    """Take back a death that was recorded by mistake."""
    found = queries.death_for(current_user, death_id)
    if found.undone_at is not None:
        return redirect(url_for("grief_support.death", death_id=death_id))
    form = UndoForm()
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.death_for(current_user, death_id, locking=True)
                name = again.patient.preferred_name
                count = actions.undo(
                    again,
                    reason=form.reason.data or "",
                    apology=lambda who: apology_words(who, name),
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, death_objection_words)
            found = queries.death_for(current_user, death_id)  # rolled back: fresh
        else:
            flash(_undone_words(count), "done")
            return redirect(url_for("grief_support.death", death_id=death_id))
    page = render_template(
        "grief_support/undo_death.html",
        form=form,
        death=found,
        told=[one for one in queries.tellings(death_id) if one.told_at is not None],
    )
    return page, 422 if form.errors else 200


def _undone_words(count: int) -> str:
    if not count:
        return _("Taken back. Every visit and message is as it was.")
    return ngettext(
        "Taken back. Every visit and message is as it was. One person is to be called again.",
        "Taken back. Every visit and message is as it was. %(num)d people are to be called again.",
        count,
    )
