"""Writing down what became of a call or a letter, and what was promised."""

from dataclasses import dataclass
from datetime import date, datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import kin as kin_actions
from hospice.grief_support.actions import ties
from hospice.grief_support.models import CareCall, FollowUp, SupportPlan
from hospice.grief_support.rules.kin import StopFacts, StopScope
from hospice.grief_support.rules.plans import (
    ENDED_STATES,
    OPEN_STATES,
    TO_DO,
    FollowUpState,
    Outcome,
    PlanState,
    follow_up_state,
)
from hospice.journal import actions as journal
from hospice.tasks import actions as tasks

ASSESSMENT = "assessment"


@dataclass(frozen=True)
class Talk:
    """What became of one try, in the caller's words; a promise has a day."""

    outcome: Outcome
    words: str = ""
    minutes: int | None = None
    callback_at: datetime | None = None
    promise: str = ""
    promise_on: date | None = None


def record(follow_up: FollowUp, talk: Talk, *, by: User, now: datetime, today: date) -> CareCall:
    """Write down a try; `follow_up.plan.kinship` is loaded. Raise Refused.

    "Not now" keeps the time they named and is no failure. "Please don't call again" stops all
    contact at once. A promise becomes a task that closes only with what was done.
    """
    plan = follow_up.plan
    _check(follow_up, talk, now=now, today=today)
    call = CareCall(
        plan_id=plan.id,
        follow_up_id=follow_up.id,
        tried_at=now,
        way=follow_up.way,
        outcome=talk.outcome,
        minutes=talk.minutes,
        words=talk.words.strip(),
        by_id=by.id,
    )
    db.session.add(call)
    follow_up.tries += 1
    follow_up.state = follow_up_state(talk.outcome)
    follow_up.callback_at = talk.callback_at if talk.outcome is Outcome.NOT_NOW else None
    follow_up.opens_on = min(follow_up.opens_on, today)  # whoever was called early is in the queue
    if follow_up.state not in TO_DO:
        follow_up.ended_at, follow_up.ended_by_id = now, by.id
    if talk.outcome is Outcome.TALKED:
        _talked(follow_up, today)
    db.session.flush()
    journal.record(
        "support_plan.called",
        about=_about(plan),
        by=by,
        now=now,
        outcome=talk.outcome,
        way=follow_up.way,
    )
    if talk.promise.strip() and talk.promise_on is not None:
        tasks.make(
            talk.promise,
            due_on=talk.promise_on,
            about=("support_plan", plan.id),
            patient_id=plan.kinship.patient_id,
            owner_id=by.id,
            is_promise=True,
            by=by,
            now=now,
        )
    if talk.outcome is Outcome.STOP:
        stop(plan, reason=talk.words, by=by, now=now, today=today)
    return call


def stop(plan: SupportPlan, *, reason: str, by: User, now: datetime, today: date) -> None:
    """Stop all contact with someone at once, and end their plan; they may come back any time."""
    facts = StopFacts(StopScope.EVERYTHING, asked_by=plan.kinship.kin.name, reason=reason[:300])
    kin_actions.stop(plan.kinship, facts, by=by, now=now, today=today)
    if plan.state not in ENDED_STATES:
        plan.state, plan.state_reason, plan.ended_at = PlanState.DECLINED, reason[:300], now
        db.session.flush()
        journal.record(
            "support_plan.became",
            about=_about(plan),
            by=by,
            now=now,
            state=PlanState.DECLINED,
            before="",
            reason=reason[:300],
        )


def skip(follow_up: FollowUp, reason: str, *, by: User, now: datetime) -> None:
    """Leave a follow-up out on purpose; `follow_up.plan.kinship` is loaded. Raise Refused."""
    if not reason.strip():
        raise Refused([Objection("no_reason", field="reason")])
    if follow_up.state not in TO_DO:
        raise Refused([Objection("settled")])
    follow_up.state, follow_up.words = FollowUpState.SKIPPED, reason.strip()
    follow_up.ended_at, follow_up.ended_by_id = now, by.id
    db.session.flush()
    journal.record(
        "support_plan.skipped", about=_about(follow_up.plan), by=by, now=now, reason=reason.strip()
    )


def move(
    follow_up: FollowUp,
    *,
    opens_on: date,
    due_on: date,
    assignee_id: int | None,
    seen_version: int | None = None,
    by: User,
    now: datetime,
    accepting: str = "",
) -> None:
    """Give a follow-up other days, or another caller; from then on only people move it.

    Raise Refused, also when someone else moved it since `seen_version`. `accepting` is why someone who knows the family privately does it.
    """
    if follow_up.state not in TO_DO:
        raise Refused([Objection("settled")])
    if seen_version is not None and follow_up.version != seen_version:
        raise Refused([Objection("stale")])
    if due_on < opens_on:
        raise Refused([Objection("closes_before_opens", field="due_on")])
    is_moved = (opens_on, due_on) != (follow_up.opens_on, follow_up.due_on)
    if not is_moved and assignee_id == follow_up.assignee_id:
        return
    accepted = ties.check_stranger(
        follow_up.plan, assignee_id, before=follow_up.assignee_id, accepting=accepting
    )
    follow_up.is_moved = follow_up.is_moved or is_moved
    follow_up.opens_on, follow_up.due_on = opens_on, due_on
    follow_up.assignee_id = assignee_id
    follow_up.version += 1
    db.session.flush()
    journal.record(
        "support_plan.rescheduled",
        about=_about(follow_up.plan),
        by=by,
        now=now,
        due_on=due_on,
        accepted=accepted,
    )


def worry(
    plan: SupportPlan, words: str, *, task_words: str, by: User, now: datetime, today: date
) -> None:
    """Say that somebody is worried about a person: a counsellor is asked the same day.

    `plan.kinship` is loaded. `task_words` is what the task says. Twice makes no second task,
    and what was said then is added.
    """
    if plan.worried_at is not None:
        said = words.strip()
        if said and said not in plan.worried_words:
            plan.worried_words = "\n".join(one for one in (plan.worried_words, said) if one)
            db.session.flush()
            journal.record("support_plan.worried", about=_about(plan), by=by, now=now)
        return
    plan.worried_at, plan.worried_words, plan.worried_by_id = now, words.strip(), by.id
    db.session.flush()
    tasks.make(
        task_words,
        due_on=today,
        about=("support_plan", plan.id),
        patient_id=plan.kinship.patient_id,
        owner_id=plan.owner_id,
        by=by,
        now=now,
    )
    journal.record("support_plan.worried", about=_about(plan), by=by, now=now)


def look_after(plan: SupportPlan, words: str, *, by: User, now: datetime) -> None:
    """Say that a counsellor has looked after somebody; raise Refused without what was done."""
    if plan.worried_at is None:
        return
    if not words.strip():
        raise Refused([Objection("no_outcome", field="words")])
    plan.worried_at, plan.worried_words = None, ""
    db.session.flush()
    journal.record(
        "support_plan.looked_after", about=_about(plan), by=by, now=now, words=words.strip()
    )


def _check(follow_up: FollowUp, talk: Talk, *, now: datetime, today: date) -> None:
    found = []
    if follow_up.state not in TO_DO:
        found.append(Objection("settled"))
    if follow_up.plan.state not in OPEN_STATES:
        found.append(Objection("not_open"))
    if talk.outcome is Outcome.NOT_NOW and (talk.callback_at is None or talk.callback_at <= now):
        found.append(Objection("no_callback", field="day"))
    if talk.promise.strip() and (talk.promise_on is None or talk.promise_on < today):
        found.append(Objection("no_promise_day", field="promise_on"))
    if found:
        raise Refused(found)


def _talked(follow_up: FollowUp, today: date) -> None:
    plan = follow_up.plan
    if follow_up.key == ASSESSMENT and plan.assessed_on is None:
        plan.assessed_on = today
    if plan.state is PlanState.ACCEPTED:
        plan.state = PlanState.ACTIVE


def _about(plan: SupportPlan) -> list[tuple[str, int]]:
    kinship = plan.kinship
    return [("support_plan", plan.id), ("kin", kinship.kin_id), ("patient", kinship.patient_id)]


__all__ = ["Talk", "look_after", "move", "record", "skip", "stop", "worry"]
