"""The people who love a patient: the list, one of them, and what they do not want."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import kin as actions
from hospice.grief_support.actions import plans
from hospice.grief_support.forms.kin import FamilyForm, StopForm
from hospice.grief_support.queries import kin as queries
from hospice.grief_support.queries import letters as letter_queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.kin import StopScope
from hospice.grief_support.views import bp
from hospice.grief_support.words.kin import kin_objection_words
from hospice.journal import queries as journal
from hospice.patients import queries as patients
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 8


@bp.get("/patients/<int:patient_id>/family")
@requires(Permission.SEE_GRIEF)
def family(patient_id: int) -> str:
    """List a patient's family."""
    patient = patients.patient(patient_id)
    return render_template(
        "grief_support/family.html",
        patient=patient,
        relatives=queries.family_of(current_user, patient_id, _today()),
    )


@bp.get("/family/<int:kin_id>")
@requires(Permission.SEE_GRIEF)
def person(kin_id: int) -> str:
    """Show a person, whoever they belong to."""
    found = queries.kin_for(current_user, kin_id)
    links = queries.kinships_of(kin_id)
    return render_template(
        "grief_support/person.html",
        person=found,
        links=links,
        first=links[0] if links else None,
        plans=plan_queries.newest([link.id for link in links]),
        guardian=found.guardian,
        ways=queries.ways_of(kin_id),
        stops=queries.standing_stops([kin_id], _today())[kin_id],
        wishes=letter_queries.wishes_of([kin_id]).get(kin_id),
        estranged=queries.estranged_from(kin_id),
        zone=present_zone(),
        entries=journal.history("kin", kin_id, limit=_ENTRIES_SHOWN),
        entry_count=journal.history_length("kin", kin_id),
    )


@bp.route("/patients/<int:patient_id>/family/new", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def add_kin(patient_id: int) -> Any:
    """Add someone to a patient's family; they may be known from another loss."""
    patient = patients.patient(patient_id)
    form = FamilyForm(queries.others_of(patient_id), present_zone())
    known_id = form.known_id if form.is_submitted() else number_arg("kin")
    known = queries.kin_for(current_user, known_id) if known_id else None
    if known is not None:
        form.offer_guardian(known)
    if known is not None and not form.is_submitted():
        form.fill_person(known, queries.ways_of(known.id))
        form.kin_id.data = str(known.id)
        form.version.data = str(known.version)
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.kin_for(current_user, known_id) if known_id else None
                now = clock.now()
                actions.add(
                    patient_id,
                    form.family(),
                    known=again,
                    seen_version=form.seen_version,
                    by=current_user,
                    now=now,
                )
                plans.draft_later(patient_id, by=current_user, now=now, today=_today())
        except Refused as refusal:
            form.object_to(refusal.objections, kin_objection_words)
            patient = patients.patient(patient_id)  # rolled back: fresh
            known = queries.kin_for(current_user, known_id) if known_id else None
            if known is not None and any(one.kind == "stale" for one in refusal.objections):
                form.version.data = str(known.version)
        else:
            flash(_("%(name)s was saved.", name=form.family().person.name), "done")
            return redirect(url_for("grief_support.family", patient_id=patient_id))
    words = text_arg("q")
    page = render_template(
        "grief_support/edit_kin.html",
        form=form,
        patient=patient,
        link=None,
        known=known,
        words=words,
        found=queries.kin_like(current_user, words, but_of=patient_id) if words else [],
    )
    return page, 422 if form.errors else 200


@bp.route("/patients/<int:patient_id>/family/<int:kin_id>/edit", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def edit_kin(patient_id: int, kin_id: int) -> Any:
    """Change a person and what they are to a patient."""
    link = queries.kinship_for(current_user, patient_id, kin_id)
    form = FamilyForm(queries.others_of(patient_id, but=kin_id), present_zone())
    form.offer_guardian(link.kin)
    if not form.is_submitted():
        form.fill_person(link.kin, queries.ways_of(kin_id))
        form.fill_link(link, queries.estranged_from(kin_id))
        form.version.data = str(link.kin.version)
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change(
                    queries.kinship_for(current_user, patient_id, kin_id),
                    form.family(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, kin_objection_words)
            link = queries.kinship_for(current_user, patient_id, kin_id)  # rolled back: fresh
            if any(one.kind == "stale" for one in refusal.objections):
                form.version.data = str(link.kin.version)
        else:
            flash(_("%(name)s was saved.", name=form.family().person.name), "done")
            return redirect(url_for("grief_support.person", kin_id=kin_id))
    page = render_template(
        "grief_support/edit_kin.html",
        form=form,
        patient=link.patient,
        link=link,
        known=link.kin,
        words="",
        found=[],
    )
    return page, 422 if form.errors else 200


@bp.route("/patients/<int:patient_id>/family/<int:kin_id>/stop", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def stop_contact(patient_id: int, kin_id: int) -> Any:
    """Write down that someone wants no contact, or not in one way, or not about one subject."""
    link = queries.kinship_for(current_user, patient_id, kin_id)
    form = StopForm()
    if not form.is_submitted():
        form.scope.data = StopScope.EVERYTHING
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.kinship_for(current_user, patient_id, kin_id)
                now, today = clock.now(), _today()
                actions.stop(again, form.facts(), by=current_user, now=now, today=today)
        except Refused as refusal:
            form.object_to(refusal.objections, kin_objection_words)
            link = queries.kinship_for(current_user, patient_id, kin_id)  # rolled back: fresh
        else:
            flash(_("It holds from this moment."), "done")
            return redirect(url_for("grief_support.person", kin_id=kin_id))
    page = render_template("grief_support/stop_contact.html", form=form, link=link)
    return page, 422 if form.errors else 200


@bp.post("/patients/<int:patient_id>/family/stops/<int:stop_id>/lift")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def lift_stop(patient_id: int, stop_id: int) -> Response:
    """Write down that someone may be reached again."""
    with transaction():
        found = queries.stop_for(current_user, stop_id)
        queries.kinship_for(current_user, patient_id, found.kin_id)  # raises Missing
        now = clock.now()
        actions.lift(found, patient_id=patient_id, by=current_user, now=now)
        kin_id = found.kin_id
        for link in queries.kinships_of(kin_id):  # they may grieve for two
            plans.draft_later(link.patient_id, by=current_user, now=now, today=_today())
    return redirect(url_for("grief_support.person", kin_id=kin_id))


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
