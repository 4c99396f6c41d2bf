"""The page of one patient, adding one and changing one."""

from datetime import datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.patients import actions, queries
from hospice.patients.forms import PatientForm
from hospice.patients.models import Patient
from hospice.patients.rules import Address, Diagnosis, Massage, is_illness_unspoken, is_visited
from hospice.patients.views import bp, cards
from hospice.patients.views.cards import Column
from hospice.patients.words import kept_now, objection_words
from hospice.places import queries as places
from hospice.web.forms import number_arg
from hospice.web.guard import requires
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 5
_PLAN = "shifts.new_single"


@bp.get("/patients/<int:patient_id>")
@requires(Permission.SEE_PATIENTS)
def show(patient_id: int) -> str:
    """Show one patient; that the record was opened is written in its history."""
    now = clock.now()
    _opened(patient_id, now)
    patient = queries.patient(patient_id)
    return render_template(
        "patients/show.html",
        patient=patient,
        is_visited=is_visited(patient.state),
        is_illness_unspoken=is_illness_unspoken(patient.diagnosis),
        namesakes=queries.namesakes(patient.preferred_name, patient.place_id, but=patient_id),
        cards=cards.drawn(Column.MAIN, patient, current_user, now),
        beside=cards.drawn(Column.SIDE, patient, current_user, now),
        can_plan=_PLAN in current_app.view_functions,
        entries=journal.history("patient", patient_id, limit=_ENTRIES_SHOWN),
        entry_count=journal.history_length("patient", patient_id),
    )


@bp.route("/patients/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PATIENTS)
def new() -> tuple[str, int] | Response:
    """Add a patient."""
    form = PatientForm(_place_choices())
    if not form.is_submitted():
        form.spoken_of.data = Address.THEM
        form.massage.data = Massage.ASK_NURSE
        form.diagnosis.data = Diagnosis.UNKNOWN
        form.place_id.data = number_arg("place")
    return _answer(form, None)


@bp.route("/patients/<int:patient_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PATIENTS)
def edit(patient_id: int) -> tuple[str, int] | Response:
    """Change a patient."""
    if request.method == "GET":
        _opened(patient_id, clock.now())
    patient = queries.patient(patient_id)
    form = PatientForm(_place_choices(patient.place_id), obj=patient)
    if not form.is_submitted():
        form.split_languages()
    return _answer(form, patient)


def _opened(patient_id: int, now: datetime) -> None:
    queries.patient(patient_id)  # Missing, before anything is written
    if actions.is_opening_news(patient_id, by=current_user, now=now):
        with transaction():
            actions.record_opened(patient_id, by=current_user, now=now)


def _answer(form: PatientForm, patient: Patient | None) -> tuple[str, int] | Response:
    theirs: list[tuple[str, str]] = []
    patient_id = patient.id if patient else None
    if "back" not in request.form and form.validate_on_submit():
        try:
            with transaction():
                saved_id = _save(form, patient)
        except Refused as refusal:
            kinds = {objection.kind for objection in refusal.objections}
            if "namesake" in kinds:
                return _ask_whether_same(form, patient_id)
            form.object_to(refusal.objections, objection_words)
            if patient_id is not None:
                patient = queries.patient(patient_id)  # rolled back: fresh
            if patient is not None and "stale" in kinds:
                theirs = kept_now(patient, form.facts())
                form.version.data = str(patient.version)
        else:
            flash(_("%(name)s was saved.", name=form.facts().preferred_name), "done")
            return redirect(url_for("patients.show", patient_id=saved_id))
    page = render_template("patients/edit.html", form=form, patient=patient, theirs=theirs)
    return page, 422 if form.errors else 200


def _save(form: PatientForm, patient: Patient | None) -> int:
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    if patient is None:
        return actions.create(
            form.facts(), by=current_user, now=now, today=today, another_than=form.looked_at
        ).id
    return actions.change(
        patient,
        form.facts(),
        seen_version=form.seen_version,
        by=current_user,
        now=now,
        today=today,
        another_than=form.looked_at,
    ).id


def _ask_whether_same(form: PatientForm, patient_id: int | None) -> tuple[str, int]:
    facts = form.facts()
    others = queries.namesakes(facts.preferred_name, facts.place_id, but=patient_id)
    page = render_template(
        "patients/same_person.html",
        others=others,
        looked_at=",".join(str(one.id) for one in others),
        facts=facts,
        typed=form.typed(),
        patient_id=patient_id,
    )
    return page, 422


def _place_choices(*also: int) -> list[tuple[int, str]]:
    return [(place.id, place.full_name) for place in places.places_to_choose(*also)]
