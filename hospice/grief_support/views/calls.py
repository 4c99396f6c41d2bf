"""The queue of calls, the call itself, and what became of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import calls as actions
from hospice.grief_support.actions.calls import Talk
from hospice.grief_support.forms.calls import (
    ChangeForm,
    NoAnswerForm,
    NotNowForm,
    SkipForm,
    StopForm,
    TalkedForm,
)
from hospice.grief_support.models import ContactStop, FollowUp, KeyDay, Kin
from hospice.grief_support.queries import calls as queries
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.queries import red_flags as alarms
from hospice.grief_support.queries import report_plans
from hospice.grief_support.queries.quiet import quiet_days
from hospice.grief_support.rules.calling import Hours, next_call
from hospice.grief_support.rules.dates import PROMPT_DAYS
from hospice.grief_support.rules.kin import Consent, KinWay, StopFacts, contact_objections
from hospice.grief_support.rules.plans import (
    ENDED_STATES,
    LEAST_TRIES,
    PRINTED,
    TO_DO,
    Outcome,
    Way,
)
from hospice.grief_support.views import bp
from hospice.grief_support.views.voicemail import voicemail
from hospice.grief_support.words.labels import TAB_LABELS
from hospice.grief_support.words.plans import follow_up_kept_now, plan_objection_words
from hospice.tasks import queries as tasks
from hospice.web.forms import Form, number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone

_A_DAY = timedelta(days=1)


@bp.get("/grief-support")
@requires(Permission.SEE_GRIEF)
def calls() -> str:
    """List whom it is good to call now, and what else is due."""
    tab, number = text_arg("show"), number_arg("page", 1, low=1, high=10_000)
    tab = tab if tab in queries.TABS else "now"
    now = clock.now()
    whose = current_user.id if text_arg("whose") == "mine" else 0
    found = queries.queue(tab, now, _today(), offset=offset(number, queries.PER_PAGE), whose=whose)
    return render_template(
        "grief_support/calls.html",
        page=Page(found.rows, number, found.counts[tab], queries.PER_PAGE),
        found=found,
        tab=tab,
        tabs=TAB_LABELS,
        is_mine=bool(whose),
        loud=alarms.loud(),
        ahead=_days_to_ask_about() if tab == "now" else (),
        drafts=report_plans.drafts() if tab == "now" else None,
        next_right=_next_right(now, whose) if tab == "now" and not found.rows else None,
        now=now,
        zone=present_zone(),
        today=_today(),
    )


@bp.get("/grief-support/calls/<int:follow_up_id>")
@requires(Permission.SEE_GRIEF)
def call(follow_up_id: int) -> str:
    """Show what to know before a call, what to ask first, and how it went."""
    found = queries.follow_up_for(current_user, follow_up_id)
    plan, kin = found.plan, found.plan.kinship.kin
    callee = kin.callee
    standing = kin_queries.standing_stops({kin.id, callee.id}, _today())
    stops = [stop for stops in standing.values() for stop in stops]
    days = plan_queries.key_days_of(plan.id)
    found_quiet = quiet_days([kin.id, callee.id], _today() - _A_DAY, _today() + _A_DAY)
    quiet = found_quiet[kin.id] | found_quiet[callee.id]
    hours = _hours_of(callee)
    now = clock.now()
    return render_template(
        "grief_support/call.html",
        follow_up=found,
        plan=plan,
        kin=kin,
        callee=callee,
        link=plan.kinship,
        patient=plan.kinship.patient,
        hours=hours,
        quiet=quiet,
        is_open=found.state in TO_DO and plan.state not in ENDED_STATES,
        is_printed=found.way in PRINTED or found.way is Way.MESSAGE,
        is_letter=found.way in PRINTED,
        is_own_work=found.way in {Way.REVIEW, Way.REFERRAL},
        least=LEAST_TRIES,
        follow_ups=plan_queries.follow_ups_of(plan.id),
        past=plan_queries.calls_of(plan.id, limit=3),
        days=days,
        promises=tasks.tasks_from("support_plan", plan.id),
        flag=alarms.newest_of(plan.id),
        duty=alarms.on_duty(now, besides=current_user.id),
        stops=stops,
        why_not=_why_not(found, stops),
        now=now,
        zone=present_zone(),
        today=_today(),
    )


@bp.route("/grief-support/calls/<int:follow_up_id>/talked", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def talked(follow_up_id: int) -> Any:
    """Write down a talk, and what was promised."""
    form = TalkedForm()
    talk = Talk(
        Outcome.TALKED,
        words=form.words.data or "",
        minutes=form.minutes.data,
        promise=form.promise.data or "",
        promise_on=form.promise_on.data,
    )
    return _record(follow_up_id, form, talk, "grief_support/talked.html")


@bp.route("/grief-support/calls/<int:follow_up_id>/not-now", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def not_now(follow_up_id: int) -> Any:
    """Write down the time that they named."""
    form = NotNowForm()
    zone = queries.follow_up_for(current_user, follow_up_id).plan.kinship.kin.timezone
    is_whole = form.is_submitted() and form.day.data and form.time.data
    talk = Talk(
        Outcome.NOT_NOW,
        words=form.words.data or "",
        callback_at=form.moment(zone) if is_whole else None,
    )
    return _record(follow_up_id, form, talk, "grief_support/not_now.html")


@bp.route("/grief-support/calls/<int:follow_up_id>/no-answer", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def no_answer(follow_up_id: int) -> Any:
    """Write down that nobody answered, and whether a message was left."""
    form = NoAnswerForm()
    talk = Talk(form.outcome.data or Outcome.NO_ANSWER)
    kin = queries.follow_up_for(current_user, follow_up_id).plan.kinship.kin
    template = "grief_support/no_answer.html"
    return _record(follow_up_id, form, talk, template, say=voicemail(kin))


@bp.route("/grief-support/calls/<int:follow_up_id>/stop", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def dont_call(follow_up_id: int) -> Any:
    """Stop all contact at once, because they asked for it."""
    form = StopForm()
    talk = Talk(Outcome.STOP, words=form.words.data or "")
    return _record(follow_up_id, form, talk, "grief_support/dont_call.html")


@bp.post("/grief-support/calls/<int:follow_up_id>/sent")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def sent(follow_up_id: int) -> Any:
    """Write down that a letter or card was posted, or that work of our own is done."""
    return _record(follow_up_id, Form(), Talk(Outcome.SENT), "")


@bp.route("/grief-support/calls/<int:follow_up_id>/change", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def change_follow_up(follow_up_id: int) -> Any:
    """Give a follow-up other days or another caller."""
    found = queries.follow_up_for(current_user, follow_up_id)
    people = plan_queries.possible_owners(found.assignee_id)
    form = ChangeForm(people, obj=found, data={"assignee": found.assignee_id or 0})
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.move(
                    queries.follow_up_for(current_user, follow_up_id, locking=True),
                    opens_on=form.opens_on.data,
                    due_on=form.due_on.data,
                    assignee_id=form.assignee.data or None,
                    seen_version=form.seen_version,
                    accepting=form.accepting.data or "",
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, plan_objection_words)
            found = queries.follow_up_for(current_user, follow_up_id)  # rolled back: fresh
            if any(one.kind == "stale" for one in refusal.objections):
                form.version.data, theirs = str(found.version), follow_up_kept_now(found)
        else:
            return redirect(url_for("grief_support.plan", plan_id=found.plan_id))
    return _change_page(found, form, SkipForm(formdata=None), theirs)


@bp.post("/grief-support/calls/<int:follow_up_id>/leave-out")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def skip_follow_up(follow_up_id: int) -> Any:
    """Leave a follow-up out on purpose."""
    form = SkipForm()
    found = queries.follow_up_for(current_user, follow_up_id)
    plan_id = found.plan_id
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.follow_up_for(current_user, follow_up_id, locking=True)
                actions.skip(again, form.reason.data or "", by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, plan_objection_words)
        else:
            return redirect(url_for("grief_support.plan", plan_id=plan_id))
    found = queries.follow_up_for(current_user, follow_up_id)
    people = plan_queries.possible_owners(found.assignee_id)
    change = ChangeForm(people, obj=found, data={"assignee": found.assignee_id or 0}, formdata=None)
    return _change_page(found, change, form)


def _change_page(
    found: FollowUp, form: ChangeForm, skip: SkipForm, theirs: Sequence[tuple[str, str]] = ()
) -> Any:
    page = render_template(
        "grief_support/change_follow_up.html",
        follow_up=found,
        form=form,
        skip=skip,
        theirs=theirs,
    )
    return page, 422 if form.errors or skip.errors else 200


def _record(follow_up_id: int, form: Form, talk: Talk, template: str, **more: Any) -> Any:
    """Write down what became of a call, or show the page that asks."""
    if form.validate_on_submit():
        try:
            with transaction():
                actions.record(
                    queries.follow_up_for(current_user, follow_up_id, locking=True),
                    talk,
                    by=current_user,
                    now=clock.now(),
                    today=_today(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, plan_objection_words)
            if not template:
                flash(plan_objection_words(refusal.objections[0]), "problem")
                return redirect(url_for("grief_support.call", follow_up_id=follow_up_id))
        else:
            flash(_said(talk.outcome), "done")
            return redirect(url_for("grief_support.calls"))
    found = queries.follow_up_for(current_user, follow_up_id)
    page = render_template(
        template,
        form=form,
        follow_up=found,
        kin=found.plan.kinship.kin,
        link=found.plan.kinship,
        zone=present_zone(),
        today=_today(),
        **more,
    )
    return page, 422 if form.errors else 200


def _why_not(found: FollowUp, stops: Sequence[ContactStop]) -> set[str]:
    """Return why somebody may not be reached in the follow-up's way; empty when they may.

    Who wants no texts is still called: refusing one way is not refusing all care.
    """
    way, kin = queries.KIN_WAYS.get(found.way), found.plan.kinship.kin
    if way is None:
        return set()
    objections = contact_objections(
        is_minor=kin.is_minor,
        has_guardian=kin.guardian_id is not None,
        stops=[StopFacts(one.scope, way=one.way, topic=one.topic) for one in stops],
        consents=_consents(kin),
        way=way,
    )
    return {one.kind for one in objections}


def _hours_of(kin: Kin) -> Hours:
    return Hours(kin.timezone, kin.reach_days, kin.reach_from, kin.reach_until)


def _consents(kin: Kin) -> dict[KinWay, Consent]:
    """Return what somebody agrees to; for a child, what the guardian refuses is refused."""
    found = {one.way: one.consent for one in kin_queries.ways_of(kin.id)}
    if kin.callee is not kin:
        ways = kin_queries.ways_of(kin.callee.id)
        found |= {one.way: one.consent for one in ways if one.consent is Consent.NO}
    return found


def _said(outcome: Outcome) -> str:
    if outcome is Outcome.STOP:
        return _("All contact has stopped. They can come back any time.")
    if outcome is Outcome.NOT_NOW:
        return _("Good that you asked. It comes back at the time they named.")
    return _("Written down.")


def _next_right(now: datetime, whose: int) -> tuple[FollowUp, datetime] | None:
    """Return the next call that is right, and when: by their hours, their zone and their days."""
    rows, today = queries.coming(_today(), whose), _today()
    people = [row.plan.kinship.kin for row in rows]
    ids = {one.id for kin in people for one in (kin, kin.callee)}
    quiet = quiet_days(ids, today - _A_DAY, today + timedelta(days=30))
    found = []
    for row, kin in zip(rows, people, strict=True):
        callee = kin.callee
        days = quiet[kin.id] | quiet[callee.id]
        opens, back = row.opens_on, row.callback_at
        at = next_call(_hours_of(callee), now, days, opens_on=opens, callback_at=back)
        if at is not None:
            found.append((row, at))
    return min(found, key=lambda one: one[1], default=None)


def _days_to_ask_about() -> Sequence[tuple[KeyDay, Kin]]:
    """Return the days that matter of the next three days, for somebody to decide."""
    today = _today()
    return plan_queries.key_days_ahead(today, today + timedelta(days=PROMPT_DAYS), limit=20)


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
