"""Pages of screens: writing one down, and taking one back."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import screens as actions
from hospice.grief_support.forms.plans import PlanForm
from hospice.grief_support.forms.screens import ScreenForm, TakeBackForm
from hospice.grief_support.models import SupportPlan
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.queries import screens as queries
from hospice.grief_support.rules.screens import SUGGESTED
from hospice.grief_support.views import bp
from hospice.grief_support.words.screens import screen_basis, screen_objection_words
from hospice.web.forms import number_arg
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.route("/grief-support/plans/<int:plan_id>/screens/new", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def new_screen(plan_id: int) -> Any:
    """Write down a screen of somebody."""
    found = plan_queries.plan_for(current_user, plan_id)
    people = queries.scorers()
    mine = current_user.id if any(one.id == current_user.id for one in people) else 0
    form = ScreenForm(queries.instruments(), people, scored_by=mine, screened_on=_today())
    if form.validate_on_submit():
        try:
            with transaction():
                actions.record(
                    plan_queries.plan_for(current_user, plan_id, locking=True),
                    form.facts(),
                    by=current_user,
                    now=clock.now(),
                    today=_today(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, screen_objection_words)
            found = plan_queries.plan_for(current_user, plan_id)  # rolled back: fresh
        else:
            flash(_("Written down. The tier stays until you change it."), "done")
            return redirect(url_for("grief_support.plan", plan_id=plan_id) + "#screens")
    page = render_template(
        "grief_support/new_screen.html", form=form, plan=found, instruments=queries.instruments()
    )
    return page, 422 if form.errors else 200


@bp.route(
    "/grief-support/plans/<int:plan_id>/screens/<int:screen_id>/take-back", methods=["GET", "POST"]
)
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def take_back_screen(plan_id: int, screen_id: int) -> Any:
    """Say that a screen was a mistake."""
    found = plan_queries.plan_for(current_user, plan_id)
    screen = queries.screen_of(plan_id, screen_id)
    form = TakeBackForm()
    if form.validate_on_submit():
        try:
            with transaction():
                actions.take_back(
                    plan_queries.plan_for(current_user, plan_id, locking=True),
                    queries.screen_of(plan_id, screen_id),
                    form.reason.data or "",
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, screen_objection_words)
            found = plan_queries.plan_for(current_user, plan_id)  # rolled back: fresh
            screen = queries.screen_of(plan_id, screen_id)
        else:
            return redirect(url_for("grief_support.plan", plan_id=plan_id) + "#screens")
    page = render_template(
        "grief_support/take_back_screen.html", form=form, plan=found, screen=screen
    )
    return page, 422 if form.errors else 200


def suggest(form: PlanForm, plan: SupportPlan) -> None:
    """Fill in the tier and its basis as the screen named in the address suggests, if one is."""
    screen_id = number_arg("screen", 0, low=0, high=2**31 - 1)
    if form.is_submitted() or not screen_id:
        return
    try:
        screen = queries.screen_of(plan.id, screen_id)
    except Missing:
        return
    if screen.undone_at is None:
        form.tier.data = SUGGESTED[screen.band]
        form.basis.data = "\n".join(part for part in (plan.basis, screen_basis(screen)) if part)


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
