"""Pages of support plans: all of them, one, its days, and its next state."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import days, plans
from hospice.grief_support.forms.plans import DaysForm, PlanForm, StateForm
from hospice.grief_support.models import SupportPlan
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import plans as queries
from hospice.grief_support.queries import red_flags as alarms
from hospice.grief_support.queries import screens as screen_queries
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.dates import DateKind
from hospice.grief_support.rules.deaths import is_in_the_night
from hospice.grief_support.rules.plans import PlanState, next_states
from hospice.grief_support.views import bp
from hospice.grief_support.views.screens import suggest
from hospice.grief_support.words.labels import PLAN_LABELS
from hospice.grief_support.words.plans import days_kept_now, plan_kept_now, plan_objection_words
from hospice.journal import queries as journal
from hospice.tasks import queries as tasks
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 8
_AHEAD = timedelta(days=14)  # the days that matter which the list of plans shows
# The order in which the buttons stand.
_ORDER = tuple(PlanState)


@bp.get("/grief-support/plans")
@requires(Permission.SEE_GRIEF)
def plan_list() -> str:
    """List the support plans."""
    narrowed = _narrowed()
    number = number_arg("page", 1, low=1, high=10_000)
    return render_template(
        "grief_support/plans.html",
        page=Page(
            queries.plans(narrowed, offset=offset(number, queries.PER_PAGE)),
            number,
            queries.plan_count(narrowed),
            queries.PER_PAGE,
        ),
        narrowed=narrowed,
        states=PLAN_LABELS,
        ahead=queries.key_days_ahead(_today(), _today() + _AHEAD),
    )


@bp.get("/grief-support/plans/<int:plan_id>")
@requires(Permission.SEE_GRIEF)
def plan(plan_id: int) -> str:
    """Show how somebody is followed."""
    return _page(queries.plan_for(current_user, plan_id), StateForm(formdata=None))


@bp.route("/grief-support/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def edit_plan(plan_id: int) -> Any:
    """Change how somebody is followed."""
    found = queries.plan_for(current_user, plan_id)
    if found.death.undone_at is not None:
        return _only_read(plan_id)
    form = PlanForm(queries.possible_owners(found.owner_id), obj=found, data=_owner_of(found))
    suggest(form, found)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                plans.change(
                    queries.plan_for(current_user, plan_id, locking=True),
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                    accepting=form.accepting.data or "",
                )
        except Refused as refusal:
            form.object_to(refusal.objections, plan_objection_words)
            found = queries.plan_for(current_user, plan_id)  # rolled back: fresh
            if any(one.kind == "stale" for one in refusal.objections):
                form.version.data, theirs = str(found.version), plan_kept_now(found)
        else:
            flash(_("The plan was saved."), "done")
            return redirect(url_for("grief_support.plan", plan_id=plan_id))
    page = render_template("grief_support/edit_plan.html", form=form, plan=found, theirs=theirs)
    return page, 422 if form.errors else 200


@bp.post("/grief-support/plans/<int:plan_id>/state")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def plan_state(plan_id: int) -> Any:
    """Take a plan a step further, or end it."""
    form = StateForm()
    queries.plan_for(current_user, plan_id)  # raises Missing
    wanted = request.form.get("state", "")
    if wanted not in set(PlanState):
        return redirect(url_for("grief_support.plan", plan_id=plan_id))
    if form.validate_on_submit():
        try:
            with transaction():
                plans.become(
                    queries.plan_for(current_user, plan_id, locking=True),
                    PlanState(wanted),
                    reason=form.reason.data or "",
                    by=current_user,
                    now=clock.now(),
                    zone=present_zone(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, plan_objection_words)
        else:
            return redirect(url_for("grief_support.plan", plan_id=plan_id))
    return _page(queries.plan_for(current_user, plan_id), form), 422


@bp.route("/grief-support/plans/<int:plan_id>/days", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def plan_days(plan_id: int) -> Any:
    """Write down what a family keeps, and how it counts."""
    found = queries.plan_for(current_user, plan_id)
    if found.death.undone_at is not None:
        return _only_read(plan_id)
    asks_night = is_in_the_night(found.death.died_at) or found.counts_next_day
    form = DaysForm(data=_customs_of(found) | {"version": found.version})
    theirs: list[tuple[str, str]] = []
    if not asks_night:
        del form.counts_next_day
    if form.validate_on_submit():
        try:
            with transaction():
                plans.keep_days(
                    queries.plan_for(current_user, plan_id, locking=True),
                    form.customs(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, plan_objection_words)
            found = queries.plan_for(current_user, plan_id)  # rolled back: fresh
            if any(one.kind == "stale" for one in refusal.objections):
                form.version.data, theirs = str(found.version), days_kept_now(found)
        else:
            flash(_("Look at the dates with the family before you use them."), "done")
            return redirect(url_for("grief_support.plan", plan_id=plan_id) + "#days")
    page = render_template(
        "grief_support/plan_days.html",
        form=form,
        plan=found,
        asks_night=asks_night,
        theirs=theirs,
    )
    return page, 422 if form.errors else 200


@bp.post("/grief-support/plans/<int:plan_id>/decide")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def decide_days(plan_id: int) -> Response:
    """Say of days that matter whether we reach out or leave them quiet."""
    stances = {
        int(name.removeprefix("day-")): Stance(value)
        for name, value in request.form.items()
        if name.removeprefix("day-").isascii()
        and name.removeprefix("day-").isdigit()
        and len(name) < 14
        and value in set(Stance)
    }
    try:
        with transaction():
            found = queries.plan_for(current_user, plan_id, locking=True)
            days.decide(found, stances, by=current_user, now=clock.now(), today=_today())
    except Refused as refusal:
        flash(plan_objection_words(refusal.objections[0]), "problem")
    return redirect(url_for("grief_support.plan", plan_id=plan_id) + "#days")


def _only_read(plan_id: int) -> Response:
    """Lead back to a plan whose death was a mistake: it is kept, and nobody writes in it."""
    flash(_("The record of this death was taken back, so the plan can only be read."), "problem")
    return redirect(url_for("grief_support.plan", plan_id=plan_id))


def _page(found: SupportPlan, form: StateForm) -> str:
    kin = found.kinship.kin
    steps = [state for state in _ORDER if state in next_states(found.state)]
    return render_template(
        "grief_support/plan.html",
        plan=found,
        kin=kin,
        patient=found.kinship.patient,
        form=form,
        steps=steps,
        follow_ups=queries.follow_ups_of(found.id),
        calls=queries.calls_of(found.id),
        days=queries.key_days_of(found.id),
        stops=kin_queries.standing_stops([kin.id], _today())[kin.id],
        ways=kin_queries.ways_of(kin.id),
        promises=tasks.tasks_from("support_plan", found.id),
        flag=alarms.newest_of(found.id),
        screens=screen_queries.screens_of(found.id),
        duty=alarms.on_duty(clock.now(), besides=current_user.id),
        stances=list(Stance),
        today=_today(),
        entries=journal.history("support_plan", found.id, limit=_ENTRIES_SHOWN),
    )


def _narrowed() -> queries.PlanFilter:
    state, tier = text_arg("state"), text_arg("tier")
    return queries.PlanFilter(
        words=text_arg("q"),
        state=PlanState(state) if state in set(PlanState) else None,
        tier=int(tier) if tier in {"1", "2", "3"} else None,
        owner_id=current_user.id if text_arg("whose") == "mine" else 0,
        is_over=text_arg("show") == "over",
    )


def _owner_of(found: SupportPlan) -> dict[str, Any]:
    return {"owner": found.owner_id or 0}


def _customs_of(found: SupportPlan) -> dict[str, Any]:
    return {
        "kinds": [DateKind(kind) for kind in found.date_kinds],
        "counting": found.counting,
        "calendar": found.calendar,
        "counts_next_day": found.counts_next_day,
        "birth_month": found.birth_month,
        "birth_day": found.birth_day,
        "agreed_words": found.dates_agreed_words,
    }


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
