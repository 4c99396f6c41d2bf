"""Labels of support plans, calls and days that matter, and the sentences of their history."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hospice.core import clock
from hospice.core.errors import Objection
from hospice.grief_support.models import CareCall, FollowUp, KeyDay, Kin, SupportPlan
from hospice.grief_support.rules.calling import Hours, Stance, is_good, next_good
from hospice.grief_support.rules.dates import Calendar, Counting, DateKind
from hospice.grief_support.rules.plans import (
    ENDED_STATES,
    TO_DO,
    FollowUpState,
    Outcome,
    PlanState,
    Span,
    Step,
    Way,
)
from hospice.grief_support.words.labels import (
    CALENDAR_LABELS,
    COUNTING_LABELS,
    DATE_LABELS,
    FOLLOW_UP_LABELS,
    LABELS,
    OUTCOME_LABELS,
    PLAN_LABELS,
    PLAN_LOOKS,
    STANCE_LABELS,
    STEP_LABELS,
    STEP_WORDS,
    TIER_LABELS,
    WAY_LABELS,
)
from hospice.journal.words import Field, Sentence
from hospice.volunteers.words import listed
from hospice.web.pages import clock_time, day_year, present_zone, short_day, zone_name


def tier_label(tier: int) -> str:
    """Return the words for a tier."""
    return str(TIER_LABELS[tier])


def contact_way_label(way: str) -> str:
    """Return the word for how somebody is reached."""
    return str(WAY_LABELS[Way(way)])


def plan_state_label(state: str) -> str:
    """Return where a plan stands."""
    return str(PLAN_LABELS[PlanState(state)])


def plan_look(state: str) -> str:
    """Return the look of a plan's tag."""
    return PLAN_LOOKS[PlanState(state)]


def plan_step_label(state: str) -> str:
    """Return what the button says that takes a plan to a state."""
    return str(STEP_LABELS[PlanState(state)])


def follow_up_label(follow_up: FollowUp) -> str:
    """Return what a follow-up is: "Call, six months"."""
    if follow_up.purpose:
        return follow_up.purpose
    words = STEP_WORDS.get(follow_up.key)
    return str(words) if words else contact_way_label(follow_up.way)


def plan_step_words(step: Step) -> str:
    """Return what a line of the template is."""
    words = step.words or STEP_WORDS.get(step.key)
    return str(words) if words else contact_way_label(step.way)


def span_words(span: Span) -> str:
    """Return a time after a death: "12 months and 14 days", "3 months less 7 days"."""
    days = ngettext("%(num)d day", "%(num)d days", abs(span.days))
    if not span.months:
        return days
    months = ngettext("%(num)d month", "%(num)d months", span.months)
    if not span.days:
        return months
    if span.days < 0:
        return _("%(months)s less %(days)s", months=months, days=days)
    return _("%(months)s and %(days)s", months=months, days=days)


def follow_up_state_label(state: str) -> str:
    """Return where a follow-up stands."""
    return str(FOLLOW_UP_LABELS[FollowUpState(state)])


def outcome_label(outcome: str) -> str:
    """Return what became of a try."""
    return str(OUTCOME_LABELS[Outcome(outcome)])


def key_day_label(day: KeyDay) -> str:
    """Return what a day that matters is: "Anniversary", "Hundredth day"."""
    return day.label or str(DATE_LABELS[day.kind])


def stance_label(stance: str) -> str:
    """Return what is done on a day that matters."""
    return str(STANCE_LABELS[Stance(stance)])


def their_time(person: Kin, now: datetime, home: str) -> str:
    """Return what time it is for them, where that differs: "08:00 in Toronto"; else nothing."""
    if person.timezone == home:
        return ""
    there = clock.local(now, person.timezone)
    return _("%(time)s, %(zone)s", time=clock_time(there.time()), zone=zone_name(person.timezone))


def call_hours(hours: Hours, now: datetime, quiet: frozenset[date] = frozenset()) -> str:
    """Return until when they may be called today, or why it is no good time."""
    if is_good(hours, now, quiet):
        return _("Their hours today end at %(time)s.", time=clock_time(hours.closes))
    if clock.local(now, hours.zone).date() in quiet:
        return _("Today is a day to leave quiet.")
    return _("It is outside their hours.")


def calls_from(person: Kin, now: datetime, home: str) -> str:
    """Return from when somebody may be called next: "from 21:00 · 08:00, Toronto"."""
    hours = Hours(person.timezone, person.reach_days, person.reach_from, person.reach_until)
    opens = next_good(hours, now, frozenset())
    if opens is None:
        return ""
    words = _("from %(time)s", time=clock_time(opens, home))
    there = their_time(person, opens, home)
    return f"{words} · {there}" if there else words


def next_call_words(person: Kin, at: datetime, now: datetime, home: str) -> str:
    """Return when a call is right next: "today 21:00 · 08:00, Toronto time"."""
    day, today = clock.local(at, home).date(), clock.local(now, home).date()
    words = clock_time(at, home)
    if day == today:
        words = _("today %(time)s", time=words)
    elif day == today + timedelta(days=1):
        words = _("tomorrow %(time)s", time=words)
    else:
        words = _("%(day)s %(time)s", day=short_day(day, week=True), time=words)
    there = their_time(person, at, home)
    return f"{words} · {there}" if there else words


def missed_words(follow_up: FollowUp, plan: SupportPlan, today: date) -> str:
    """Return that the last day of what is still to be done is over; nothing where a plan is."""
    is_open = plan.state not in ENDED_STATES and plan.state is not PlanState.PAUSED
    if follow_up.state not in TO_DO or follow_up.due_on >= today or not is_open:
        return ""
    return _("Missed") if follow_up.way is Way.REVIEW else _("Past its last day")


def review_missed(plan: SupportPlan, today: date) -> bool:
    """Tell whether the day on which the team meant to look at a plan went by."""
    return plan.review_on is not None and plan.review_on < today and plan.state not in ENDED_STATES


def calls_state(count: int, now: datetime, zone: str) -> str:
    """Return the sentence above the queue."""
    there = clock.local(now, zone)
    when = _("%(time)s %(zone)s", time=clock_time(there.time()), zone=zone_name(zone))
    if not count:
        return _("%(when)s. Nobody is good to call right now.", when=when)
    words = ngettext(
        "%(num)d person is good to call now.", "%(num)d people are good to call now.", count
    )
    return f"{when}{_('. ')}{words}"


def last_try(call: CareCall | None) -> str:
    """Return the last contact: "Talked, 12 Aug"."""
    if call is None:
        return _("None yet")
    day = clock.local(call.tried_at, present_zone()).date()
    return _("%(outcome)s, %(day)s", outcome=outcome_label(call.outcome), day=short_day(day))


def day_in_year(day: date) -> str:
    """Return "26 May", and the year where it is not the present one."""
    if day.year == clock.today(present_zone()).year:
        return short_day(day)
    return _("%(day)s %(year)s", day=short_day(day), year=day.year)


def plan_timeline(
    follow_ups: Sequence[FollowUp], days: Sequence[KeyDay]
) -> list[tuple[date, FollowUp | None, KeyDay | None]]:
    """Return what is planned and the days that matter, in one order: (day, one or the other)."""
    found: list[tuple[date, FollowUp | None, KeyDay | None]] = [
        (row.due_on, row, None) for row in follow_ups
    ]
    found += [(row.day, None, row) for row in days]
    return sorted(found, key=lambda one: (one[0], one[1] is not None))


def plan_kept_now(plan: SupportPlan) -> list[tuple[str, str]]:
    """Return what is kept of a plan now, for whoever was a moment too late: (label, words)."""
    kept = {
        "tier": tier_label(plan.tier),
        "basis": plan.basis,
        "kinds_and_frequency": plan.kinds_and_frequency,
        "goals": plan.goals,
        "owner": plan.owner.name if plan.owner else _("Anyone of the team"),
        "review_on": day_year(plan.review_on) if plan.review_on else "",
    }
    return [(str(LABELS[name]), words) for name, words in kept.items()]


def days_kept_now(plan: SupportPlan) -> list[tuple[str, str]]:
    """Return what is written down now of the days a family keeps, with its labels."""
    birthday = (plan.birth_month, plan.birth_day)
    kept = {
        "date_kinds": listed(DATE_LABELS[DateKind(kind)] for kind in plan.date_kinds),
        "counting": str(COUNTING_LABELS[plan.counting]),
        "calendar": str(CALENDAR_LABELS[plan.calendar]),
        "birthday": "–".join(str(part) for part in birthday if part),
        "dates_agreed_words": plan.dates_agreed_words,
    }
    return [(str(LABELS.get(name, _("Birthday"))), words) for name, words in kept.items()]


def follow_up_kept_now(follow_up: FollowUp) -> list[tuple[str, str]]:
    """Return the days and the caller that a follow-up has now, with their labels."""
    assignee = follow_up.assignee
    return [
        (_("From"), day_year(follow_up.opens_on)),
        (_("Until"), day_year(follow_up.due_on)),
        (_("Who does it"), assignee.name if assignee else _("Whoever follows them")),
    ]


def plan_objection_words(objection: Objection) -> str:
    """Return what keeps something about a plan from being done."""
    return _OBJECTIONS[objection.kind](objection.facts)


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "stale": lambda _facts: _("Someone else changed this while you were writing"),
    "no_basis": lambda _facts: _("Write why they need more than everyone gets"),
    "not_from_here": lambda _facts: _("This cannot follow where the plan stands now"),
    "no_reason": lambda _facts: _("Write the reason"),
    "days_unwanted": lambda _facts: _("They asked for nothing on such days. Leave them quiet"),
    "not_agreed": lambda _facts: _(
        "These days are kept only when the family agrees. Write who agreed, and how"
    ),
    "birthday": lambda _facts: _("Enter a day that exists"),
    "too_few_tries": lambda facts: _(
        "Tried %(tries)s times since you last reached them. It takes %(least)s", **facts
    ),
    "one_way_only": lambda _facts: _("Try another way as well, such as a letter"),
    "same_time_only": lambda _facts: _("Try at another time of day, or on a weekend"),
    "settled": lambda _facts: _("This has been settled meanwhile"),
    "not_open": lambda _facts: _("The plan is not open. Offer it, or open it again, first"),
    "no_callback": lambda _facts: _("Choose a day and time to come, as they wished"),
    "no_promise_day": lambda _facts: _("Choose by which day you promised it"),
    "no_outcome": lambda _facts: _("Write what was done"),
    "closes_before_opens": lambda _facts: _("The last day must not be before the first"),
    "too_late": lambda _facts: _("That is more than two years after the death"),
    "before_death": lambda _facts: _("That is before the death"),
    "last_line": lambda _facts: _("One line must stay"),
    "no_words": lambda _facts: _("Write what it is"),
    "knows_family": lambda _facts: _(
        "They know this family in their own life. Choose someone else, or write why they do it"
    ),
    "words_too_long": lambda facts: _("Use at most %(max)d characters", max=facts["most"]),
}


# --- the journal ----------------------------------------------------------------------------------


def _became(facts: Mapping[str, Any]) -> str:
    state = plan_state_label(facts["state"])
    if not facts.get("reason"):
        return _("set the support plan to “%(state)s”", state=state)
    return _("set the support plan to “%(state)s”: %(reason)s", state=state, reason=facts["reason"])


def _called(facts: Mapping[str, Any]) -> str:
    return _(
        "wrote down a follow-up (%(way)s): %(outcome)s",
        way=contact_way_label(facts["way"]).lower(),
        outcome=outcome_label(facts["outcome"]).lower(),
    )


VERBS: dict[str, Sentence] = {
    "support_plan.drafted": lambda _facts: _("drafted a support plan"),
    "support_plan.became": _became,
    "support_plan.called": _called,
    "support_plan.skipped": lambda facts: _(
        "left out a follow-up: %(reason)s", reason=facts["reason"]
    ),
    "support_plan.rescheduled": lambda _facts: _("gave a follow-up another day or caller"),
    "support_plan.decided": lambda _facts: _("decided what to do on days that matter"),
    "support_plan.days": lambda _facts: _("wrote down the days that the family keeps"),
    "support_plan.worried": lambda _facts: _("asked a counsellor to look after them"),
    "support_plan.looked_after": lambda facts: _(
        "looked after them: %(words)s", words=facts["words"]
    ),
    "support_plan.moved": lambda _facts: _("moved the follow-ups to the corrected day of death"),
    "support_plan.mistaken": lambda _facts: _("put the plan away: the death was a mistake"),
    "hospice.plan_steps": lambda _facts: _("changed the template of follow-ups"),
}
_RESTRICTED = frozenset({"basis", "goals", "date_kinds", "dates_agreed_words"})
_VALUES: dict[str, Callable[[Any], Any]] = {
    "tier": tier_label,
    "counting": lambda value: str(COUNTING_LABELS[Counting(value)]),
    "calendar": lambda value: str(CALENDAR_LABELS[Calendar(value)]),
}
FIELDS: dict[str, Field] = {
    f"support_plan.{name}": Field(label, _VALUES.get(name), is_restricted=name in _RESTRICTED)
    for name, label in LABELS.items()
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "call_hours": call_hours,
    "calls_from": calls_from,
    "calls_state": calls_state,
    "contact_way_label": contact_way_label,
    "day_in_year": day_in_year,
    "follow_up_label": follow_up_label,
    "follow_up_state_label": follow_up_state_label,
    "key_day_label": key_day_label,
    "last_try": last_try,
    "missed_words": missed_words,
    "next_call_words": next_call_words,
    "outcome_label": outcome_label,
    "plan_look": plan_look,
    "plan_timeline": plan_timeline,
    "plan_state_label": plan_state_label,
    "plan_step_label": plan_step_label,
    "span_words": span_words,
    "stance_label": stance_label,
    "plan_step_words": plan_step_words,
    "review_missed": review_missed,
    "their_time": their_time,
    "tier_label": tier_label,
}
