"""Pages of an alarm: raising it, seeing it, taking it, and saying what was done."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import calls
from hospice.grief_support.actions import red_flags as actions
from hospice.grief_support.forms.calls import LookedAfterForm
from hospice.grief_support.forms.red_flags import AlarmForm, MoreForm, TakeForm
from hospice.grief_support.models import RedFlag
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.queries import red_flags as queries
from hospice.grief_support.views import bp
from hospice.grief_support.words.red_flags import SIGN_LABELS, flag_objection_words
from hospice.journal import queries as journal
from hospice.reminders import queries as messages
from hospice.web.forms import Form
from hospice.web.guard import requires
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 8


@bp.route("/grief-support/plans/<int:plan_id>/worried", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def worried(plan_id: int) -> Any:
    """Say what one is worried about: an alarm at once, or a counsellor's call today."""
    found = plan_queries.plan_for(current_user, plan_id)
    form = AlarmForm()
    if form.validate_on_submit():
        try:
            with transaction():
                flag = _raise(plan_id, form)
        except Refused as refusal:
            form.object_to(refusal.objections, flag_objection_words)
            found = plan_queries.plan_for(current_user, plan_id)  # rolled back: fresh
        else:
            if flag is not None:
                return redirect(url_for("grief_support.red_flag", flag_id=flag))
            flash(_("A counsellor sees it at once. Thank you for saying so."), "done")
            return redirect(url_for("grief_support.plan", plan_id=plan_id))
    page = render_template(
        "grief_support/worried.html",
        form=form,
        plan=found,
        signs=SIGN_LABELS,
        duty=queries.on_duty(clock.now(), besides=current_user.id),
    )
    return page, 422 if form.errors else 200


def _raise(plan_id: int, form: AlarmForm) -> int | None:
    """Write the worry down; return the alarm's id where it is one."""
    plan = plan_queries.plan_for(current_user, plan_id, locking=True)
    words, now = form.words.data or "", clock.now()
    task_words = _("Call %(name)s today: someone is worried.", name=plan.kinship.kin.name)
    if not form.signs:
        calls.worry(plan, words, task_words=task_words, by=current_user, now=now, today=_today())
        return None
    flag = actions.raise_flag(
        plan, form.signs, words, task_words=task_words, by=current_user, now=now, today=_today()
    )
    return flag.id


@bp.get("/grief-support/red-flags/<int:flag_id>")
@requires(Permission.SEE_GRIEF)
def red_flag(flag_id: int) -> Any:
    """Show an alarm, whom to ring, and who has it."""
    found = queries.flag_for(current_user, flag_id)
    return _page(found, MoreForm(formdata=None), TakeForm(formdata=None))


@bp.post("/grief-support/red-flags/<int:flag_id>/add")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def add_to_flag(flag_id: int) -> Any:
    """Add what was heard since."""
    form = MoreForm()
    found = queries.flag_for(current_user, flag_id)
    if not form.validate_on_submit():
        return _page(found, form, TakeForm(formdata=None))
    with transaction():
        again = queries.flag_for(current_user, flag_id, locking=True)
        words, now = form.words.data or "", clock.now()
        actions.add(again, form.signs.data or [], words, by=current_user, now=now)
    return redirect(url_for("grief_support.red_flag", flag_id=flag_id))


@bp.post("/grief-support/red-flags/<int:flag_id>/take")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def take_flag(flag_id: int) -> Any:
    """Say that one has it oneself."""
    queries.flag_for(current_user, flag_id)  # raises Missing
    if Form().validate_on_submit():
        _take(flag_id, "")
    return redirect(url_for("grief_support.red_flag", flag_id=flag_id))


@bp.post("/grief-support/red-flags/<int:flag_id>/taken-by")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def flag_taken_by(flag_id: int) -> Any:
    """Say which clinician has it, such as one without an account."""
    form = TakeForm()
    queries.flag_for(current_user, flag_id)  # raises Missing
    if form.validate_on_submit():
        _take(flag_id, form.name.data or "")
        return redirect(url_for("grief_support.red_flag", flag_id=flag_id))
    return _page(queries.flag_for(current_user, flag_id), MoreForm(formdata=None), form)


def _take(flag_id: int, name: str) -> None:
    with transaction():
        found = queries.flag_for(current_user, flag_id, locking=True)
        is_new = actions.take(found, name, by=current_user, now=clock.now())
    if is_new:
        flash(_("Thank you. Nobody else is told any more."), "done")


@bp.route("/grief-support/plans/<int:plan_id>/looked-after", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def looked_after(plan_id: int) -> Any:
    """Say that a counsellor has looked after somebody."""
    found = plan_queries.plan_for(current_user, plan_id)
    form = LookedAfterForm()
    if form.validate_on_submit():
        with transaction():
            actions.look_after(
                plan_queries.plan_for(current_user, plan_id, locking=True),
                form.words.data or "",
                by=current_user,
                now=clock.now(),
            )
        return redirect(url_for("grief_support.plan", plan_id=plan_id))
    page = render_template("grief_support/looked_after.html", form=form, plan=found)
    return page, 422 if form.errors else 200


def _page(found: RedFlag, form: MoreForm, take: TakeForm) -> Any:
    kin = found.plan.kinship.kin
    unheard = [one for one in form.signs.choices or () if one[0] not in found.signs]
    form.signs.choices = unheard
    page = render_template(
        "grief_support/red_flag.html",
        flag=found,
        plan=found.plan,
        kin=kin,
        link=found.plan.kinship,
        patient=found.plan.kinship.patient,
        form=form,
        take=take,
        duty=queries.on_duty(clock.now(), besides=current_user.id),
        stops=kin_queries.standing_stops([kin.id], _today())[kin.id],
        is_on_duty=queries.is_on_duty(current_user.id, clock.now()),
        is_mine=found.raised_by_id == current_user.id,
        messages=messages.about("red_flag", found.id),
        entries=journal.history("red_flag", found.id, limit=_ENTRIES_SHOWN),
    )
    return page, 422 if form.errors or take.errors else 200


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
