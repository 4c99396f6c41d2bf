"""One dated shift: changing it, alone or with those that follow, and planning a single one."""

from datetime import date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Objection, Refused
from hospice.shifts.actions import editing as actions
from hospice.shifts.actions.carrying import shown_terms
from hospice.shifts.actions.editing import Scope
from hospice.shifts.forms.weekly import EditShiftForm, SingleForm
from hospice.shifts.models import Shift
from hospice.shifts.queries import shifts as queries
from hospice.shifts.queries.weekly import terms_of
from hospice.shifts.rules.states import ShiftState
from hospice.shifts.rules.terms import Terms
from hospice.shifts.views import bp, planning
from hospice.shifts.views.shift import heading
from hospice.web.forms import day_arg, number_arg
from hospice.web.guard import requires
from hospice.web.pages import short_day


@bp.route("/shifts/<int:shift_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def edit(shift_id: int) -> Response | tuple[str, int]:
    """Change one date, or with it those that follow, or all of its weekly shift."""
    now = clock.now()
    shift = queries.shift_for(current_user, shift_id)
    if request.method == "GET" and (why_not := _why_not(shift, now)):
        flash(why_not, "problem")
        return redirect(url_for("shifts.show", shift_id=shift_id))
    kept = _terms(shift)
    form = EditShiftForm(
        places=planning.places_to_choose(shift),
        patients=planning.patients_to_choose(shift),
        kept=kept,
    )
    if shift.weekly_shift is None:
        form.scope.data = Scope.ONE
        form.scope.validators = ()
    if not form.is_submitted():
        form.show(kept)
        form.version.data = str(shift.version)
        form.day.data = shift.local_day
        form.scope.data = Scope.ONE
    theirs: list[tuple[str, str]] = []
    if planning.is_whole(form):
        scope = form.scope.data if shift.weekly_shift else Scope.ONE
        try:
            with transaction():
                changed = actions.change(
                    shift_id,
                    scope,
                    form.terms(form.place_id.data),
                    form.day.data or date.min,
                    seen_version=form.seen_version,
                    by=current_user,
                    now=now,
                )
        except Refused as refusal:
            found = planning.stale_at(refusal.objections, "shift", shift_id)
            planning.object_to(form, found)
            shift = queries.shift_for(current_user, shift_id)  # rolled back: fresh
            if planning.is_stale(found):
                theirs = planning.kept_now(
                    _terms(shift),
                    form.terms(form.place_id.data),
                    day=(shift.local_day, form.day.data),
                )
                form.version.data = str(shift.version)
        else:
            flash(planning.outcome(changed), "done")
            return redirect(url_for("shifts.show", shift_id=shift_id))
    page = render_template(
        "shifts/edit.html", form=form, shift=shift, title=heading(shift), theirs=theirs
    )
    return page, 422 if form.errors else 200


def _why_not(shift: Shift, now: datetime) -> str:
    """Return why a shift cannot be changed at all; empty when it can."""
    if shift.starts_at <= now:
        return planning.objection_words(Objection("started"))
    if shift.state is ShiftState.CANCELLED:
        return planning.objection_words(Objection("cancelled_shift"))
    return ""


def _terms(shift: Shift) -> Terms:
    return shown_terms(shift, terms_of(shift.weekly_shift) if shift.weekly_shift else None)


@bp.route("/shifts/new", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER)
def new_single() -> Response | tuple[str, int]:
    """Plan a shift of its own, on a ward or for one patient."""
    form = SingleForm(places=planning.places_to_choose(), patients=planning.patients_to_choose())
    if not form.is_submitted():
        _begin(form)
    is_whole = planning.is_whole(form)
    place_id = _chosen_place(form) if form.is_submitted() else 0
    if is_whole and place_id:
        try:
            with transaction():
                made = actions.create_single(
                    form.terms(place_id),
                    form.day.data or date.min,
                    by=current_user,
                    now=clock.now(),
                )
                made_id = made.id
        except Refused as refusal:
            planning.object_to(form, refusal.objections)
        else:
            day = short_day(form.day.data or date.min, week=True)
            flash(_("The shift on %(day)s is planned.", day=day), "done")
            return redirect(url_for("shifts.show", shift_id=made_id))
    page = render_template("shifts/single_new.html", form=form)
    return page, 422 if form.errors else 200


def _begin(form: SingleForm) -> None:
    """Fill in what the address names: a place, a day, a patient, or a shift to be like."""
    like = number_arg("like")
    form.minimum.data, form.wanted.data = 1, 1
    form.pairs_trainees.data = True
    if like:
        form.show(_terms(queries.shift_for(current_user, like)))
    form.day.data = day_arg("day")
    form.patient_id.data = number_arg("patient", form.patient_id.data or 0)
    patient_place = _offered_place(form)
    form.place_id.data = number_arg("place") or patient_place or form.place_id.data


def _offered_place(form: SingleForm) -> int:
    """Return where the patient is; 0 for nobody, or someone who is not offered."""
    offered = {value for value, _label in form.patient_id.choices if value}
    chosen = form.patient_id.data
    return planning.place_of_patient(chosen) if chosen in offered else 0


def _chosen_place(form: SingleForm) -> int:
    place_id = form.place_id.data or _offered_place(form)
    if not place_id and not form.place_id.errors:
        form.object(_("Choose a place"), form.place_id)
    return int(place_id)
