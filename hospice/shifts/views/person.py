"""One volunteer on one shift: their answer by telephone, their patients, leading, taking off."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.patients import queries as patients
from hospice.shifts.actions import patients as whom
from hospice.shifts.actions import placing
from hospice.shifts.forms.board import AnswerForm, PatientsForm
from hospice.shifts.models import Assignment
from hospice.shifts.queries import publishing
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.states import HOLDING, AnsweredBy, AssignmentState
from hospice.shifts.views import bp, people
from hospice.shifts.views.shift import heading
from hospice.shifts.words import objection_words
from hospice.web.guard import requires

_ON_SHIFT = (*HOLDING, AssignmentState.DECLINED)


@bp.get("/assignments/<int:assignment_id>")
@requires(Permission.PLAN_ROSTER)
def person(assignment_id: int) -> str:
    """Show what can be changed about someone on a shift."""
    return _page(queries.assignment(assignment_id), AnswerForm(formdata=None))


def _page(one: Assignment, form: AnswerForm, problems: list[str] | None = None) -> str:
    if one.state not in _ON_SHIFT:
        raise Missing
    shift = one.shift
    named = publishing.named_patients([one.id]).get(one.id, [])
    return render_template(
        "shifts/person.html",
        one=one,
        shift=shift,
        form=form,
        problems=problems or [],
        title=heading(shift),
        patients=people.seen(named),
        is_holding=one.state in HOLDING,
        is_over=shift.ends_at <= clock.now(),
    )


@bp.post("/assignments/<int:assignment_id>/answer")
@requires(Permission.PLAN_ROSTER)
def answer_for(assignment_id: int) -> str | Response | tuple[str, int]:
    """Write down an answer that came by telephone."""
    one = queries.assignment(assignment_id)
    form = AnswerForm()
    problems = []
    comes = form.comes
    if form.validate() and comes is not None:
        try:
            with transaction():
                placing.answer(
                    one,
                    comes=comes,
                    how=AnsweredBy.COORDINATOR,
                    now=clock.now(),
                    by=current_user,
                    reason=form.reason.data or "",
                )
        except Refused as refusal:
            problems = [objection_words(objection) for objection in refusal.objections]
            one = queries.assignment(assignment_id)
        else:
            return _done(one.shift_id)
    elif not form.errors:
        problems = [_("Choose whether they come")]
    return _page(one, form, problems), 422


@bp.post("/assignments/<int:assignment_id>/remove")
@requires(Permission.PLAN_ROSTER)
def remove(assignment_id: int) -> str | Response | tuple[str, int]:
    """Take someone off a shift; perhaps to look for another at once."""
    one = queries.assignment(assignment_id)
    shift_id = one.shift_id
    refused = _try(one, lambda: placing.remove(one, by=current_user, now=clock.now()))
    if refused is not None:
        return refused
    if request.form.get("then") == "replace":
        flash(_("Saved."), "undo")
        return redirect(url_for("shifts.assign", shift_id=shift_id))
    return _done(shift_id)


@bp.post("/assignments/<int:assignment_id>/lead")
@requires(Permission.PLAN_ROSTER)
def lead(assignment_id: int) -> str | Response | tuple[str, int]:
    """Make someone the leader of their shift."""
    one = queries.assignment(assignment_id)
    shift_id = one.shift_id
    refused = _try(one, lambda: placing.lead(one, by=current_user, now=clock.now()))
    return refused if refused is not None else _done(shift_id)


def _try(one: Assignment, do: Callable[[], None]) -> tuple[str, int] | None:
    assignment_id = one.id
    try:
        with transaction():
            do()
    except Refused as refusal:
        problems = [objection_words(objection) for objection in refusal.objections]
        return _page(queries.assignment(assignment_id), AnswerForm(formdata=None), problems), 422
    return None


def _done(shift_id: int) -> Response:
    flash(_("Saved."), "undo")
    return redirect(url_for("shifts.show", shift_id=shift_id))


@bp.route("/assignments/<int:assignment_id>/patients", methods=["GET", "POST"])
@requires(Permission.PLAN_ROSTER, Permission.SEE_PATIENTS)
def patients_of(assignment_id: int) -> str | Response | tuple[str, int]:
    """Say whom a volunteer will see."""
    one = queries.assignment(assignment_id)
    if one.state not in HOLDING:
        raise Missing
    # Nobody ticked is an answer too: what was named before is shown only at first.
    named = publishing.named_patients([assignment_id]).get(assignment_id, [])
    shown = [patient.id for patient in named] if request.method == "GET" else []
    form = PatientsForm(data={"patients": shown})
    form.patients.choices = [
        (patient.id, _named(patient.preferred_name, patient.bed))
        for patient in patients.visited_patients(one.shift.place_id)
    ]
    if form.validate_on_submit():
        name, shift_id = one.volunteer.preferred_name, one.shift_id
        with transaction():
            whom.set_patients(one, form.patients.data or [], by=current_user, now=clock.now())
        flash(_("Saved whom %(name)s will see.", name=name), "done")
        return redirect(url_for("shifts.show", shift_id=shift_id))
    page = render_template(
        "shifts/patients.html", one=one, shift=one.shift, form=form, title=heading(one.shift)
    )
    return page, 422 if form.errors else 200


def _named(name: str, bed: str) -> str:
    return _("%(name)s, bed %(bed)s", name=name, bed=bed) if bed else name
