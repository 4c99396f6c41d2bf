"""The template of follow-ups, among the settings."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import template as actions
from hospice.grief_support.forms.template import StepForm
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.rules.plans import Step
from hospice.grief_support.views import bp
from hospice.grief_support.words.plans import plan_objection_words
from hospice.web.forms import Form
from hospice.web.guard import requires


@bp.get("/settings/grief-support")
@requires(Permission.EDIT_SETTINGS)
def steps() -> str:
    """List the follow-ups of the template, the earliest first."""
    found = sorted(queries.steps(), key=lambda step: (step.closes, step.opens, step.key))
    return render_template(
        "grief_support/steps.html", steps=found, is_own=queries.is_own_template()
    )


@bp.route("/settings/grief-support/new", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def new_step() -> Any:
    """Add a follow-up to the template."""
    return _edit(None)


@bp.route("/settings/grief-support/<name>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def edit_step(name: str) -> Any:
    """Change a follow-up of the template."""
    return _edit(_step(name))


@bp.post("/settings/grief-support/<name>/leave-out")
@requires(Permission.EDIT_SETTINGS)
def leave_out_step(name: str) -> Any:
    """Take a follow-up out of the template."""
    _step(name)
    try:
        with transaction():
            actions.leave_out(name, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(plan_objection_words(refusal.objections[0]), "problem")
    return redirect(url_for("grief_support.steps"))


@bp.post("/settings/grief-support/built-in")
@requires(Permission.EDIT_SETTINGS)
def built_in_steps() -> Any:
    """Go back to the built-in template."""
    if Form().validate_on_submit():
        with transaction():
            actions.start_anew(by=current_user, now=clock.now())
        flash(_("The built-in template is back. Plans that stand stay as they are."), "done")
    return redirect(url_for("grief_support.steps"))


def _edit(step: Step | None) -> Any:
    form = StepForm(data=_typed(step) if step else None)
    if form.validate_on_submit():
        try:
            with transaction():
                kept = form.step(step.key if step else "")
                actions.keep(kept, by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, plan_objection_words)
        else:
            flash(_("Saved. It holds for plans that are drafted from now on."), "done")
            return redirect(url_for("grief_support.steps"))
    page = render_template("grief_support/edit_step.html", form=form, step=step)
    return page, 422 if form.errors else 200


def _step(key: str) -> Step:
    for step in queries.steps():
        if step.key == key:
            return step
    raise Missing


def _typed(step: Step) -> dict[str, Any]:
    return {
        "words": step.words,
        "way": step.way,
        "tier": step.tier,
        "opens_months": step.opens.months,
        "opens_days": step.opens.days,
        "closes_months": step.closes.months,
        "closes_days": step.closes.days,
    }
