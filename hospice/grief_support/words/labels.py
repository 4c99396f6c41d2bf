"""Labels of support plans, of calls, and of the days that matter."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.dates import Calendar, Counting, DateKind
from hospice.grief_support.rules.plans import FollowUpState, Outcome, PlanState, Way

TIER_LABELS: dict[int, Any] = {
    1: _l("1 – for everyone"),
    2: _l("2 – more company"),
    3: _l("3 – with a clinician"),
}
WAY_LABELS: dict[Way, Any] = {
    Way.CALL: lazy_pgettext("way", "Call"),
    Way.VISIT: lazy_pgettext("way", "Visit"),
    Way.LETTER: lazy_pgettext("way", "Letter"),
    Way.CARD: lazy_pgettext("way", "Card"),
    Way.MESSAGE: lazy_pgettext("way", "Text message"),
    Way.GATHERING: lazy_pgettext("way", "Invitation"),
    Way.REVIEW: lazy_pgettext("way", "Review by the team"),
    Way.REFERRAL: lazy_pgettext("way", "Referral"),
}
PLAN_LABELS: dict[PlanState, Any] = {
    PlanState.DRAFT: lazy_pgettext("plan", "Draft"),
    PlanState.OFFERED: lazy_pgettext("plan", "Offered"),
    PlanState.ACCEPTED: lazy_pgettext("plan", "Accepted"),
    PlanState.ACTIVE: lazy_pgettext("plan", "Under way"),
    PlanState.PAUSED: lazy_pgettext("plan", "Paused"),
    PlanState.CLOSING: lazy_pgettext("plan", "Coming to its end"),
    PlanState.CLOSED: lazy_pgettext("plan", "Closed"),
    PlanState.EXTENDED: lazy_pgettext("plan", "Extended"),
    PlanState.DECLINED: lazy_pgettext("plan", "Not wanted"),
    PlanState.TRANSFERRED: lazy_pgettext("plan", "Handed on"),
    PlanState.UNREACHABLE: lazy_pgettext("plan", "Not reached"),
}
# What the button says that takes a plan there.
STEP_LABELS: dict[PlanState, Any] = {
    PlanState.OFFERED: _l("Offer it"),
    PlanState.ACCEPTED: _l("They would like it"),
    PlanState.ACTIVE: _l("Begin"),
    PlanState.PAUSED: _l("Pause"),
    PlanState.CLOSING: _l("Bring it to its end"),
    PlanState.CLOSED: _l("Close"),
    PlanState.EXTENDED: _l("Extend"),
    PlanState.DECLINED: _l("They do not want it"),
    PlanState.TRANSFERRED: _l("Hand it on"),
    PlanState.UNREACHABLE: _l("We do not reach them"),
}
PLAN_LOOKS: dict[PlanState, str] = {
    PlanState.DRAFT: "draft",
    PlanState.OFFERED: "waiting",
    PlanState.ACCEPTED: "confirmed",
    PlanState.ACTIVE: "confirmed",
    PlanState.PAUSED: "waiting",
    PlanState.CLOSING: "waiting",
    PlanState.CLOSED: "done",
    PlanState.EXTENDED: "confirmed",
    PlanState.DECLINED: "cant",
    PlanState.TRANSFERRED: "done",
    PlanState.UNREACHABLE: "cant",
}
# What each line of the built-in template is about.
STEP_WORDS: dict[str, Any] = {
    "clinician": _l("A clinician calls the same day"),
    "condolence": _l("Condolence, by someone they know"),
    "two_weeks_card": _l("Card, two weeks"),
    "two_weeks_call": _l("Call, two weeks"),
    "assessment": _l("First call: how are they, and what would help"),
    "visit_offer": _l("Offer a visit"),
    "referral": _l("Referral to a specialist"),
    "two_months_call": _l("Call, two months"),
    "three_months_letter": _l("Letter, three months"),
    "three_months_call": _l("Call, three months"),
    "four_months_call": _l("Call, four months"),
    "five_months_call": _l("Call, five months"),
    "six_months_letter": _l("Letter, six months"),
    "six_months_review": _l("Review, six months"),
    "six_months_call": _l("Call, six months"),
    "seven_months_call": _l("Call, seven months"),
    "eight_months_call": _l("Call, eight months"),
    "nine_months_letter": _l("Letter, nine months"),
    "nine_months_call": _l("Call, nine months"),
    "ten_months_call": _l("Call, ten months"),
    "memorial": _l("Invitation to remember together"),
    "before_anniversary": _l("Call before the anniversary"),
    "year_review": _l("Review before the year is over"),
    "closing_letter": _l("Last letter, thirteen months"),
    "handover": _l("Written handover"),
}
OUTCOME_LABELS: dict[Outcome, Any] = {
    Outcome.TALKED: _l("Talked"),
    Outcome.NOT_NOW: _l("Not a good time"),
    Outcome.NO_ANSWER: _l("No answer"),
    Outcome.LEFT_MESSAGE: _l("Left a message"),
    Outcome.WRONG_NUMBER: _l("Wrong number"),
    Outcome.SENT: lazy_pgettext("letter", "Sent"),
    Outcome.STOP: _l("Asked us not to call again"),
}
FOLLOW_UP_LABELS: dict[FollowUpState, Any] = {
    FollowUpState.PLANNED: lazy_pgettext("follow-up", "Planned"),
    FollowUpState.ATTEMPTED: lazy_pgettext("follow-up", "Tried"),
    FollowUpState.CALLBACK: lazy_pgettext("follow-up", "Call back"),
    FollowUpState.DONE: lazy_pgettext("follow-up", "Done"),
    FollowUpState.SKIPPED: lazy_pgettext("follow-up", "Left out"),
    FollowUpState.DECLINED: lazy_pgettext("follow-up", "Not wanted"),
    FollowUpState.ESCALATED: lazy_pgettext("follow-up", "With a counsellor"),
}
DATE_LABELS: dict[DateKind, Any] = {
    DateKind.FIRST_SEVENTH: _l("First seventh day"),
    DateKind.FIFTH_SEVENTH: _l("Fifth seventh day"),
    DateKind.LAST_SEVENTH: _l("Last seventh day"),
    DateKind.HUNDREDTH: _l("Hundredth day"),
    DateKind.QINGMING: _l("Qingming"),
    DateKind.ZHONGYUAN: _l("Zhongyuan"),
    DateKind.DONGZHI: _l("Dongzhi"),
    DateKind.ANNIVERSARY: _l("Anniversary"),
    DateKind.BIRTHDAY: _l("Birthday"),
    DateKind.HOLIDAY: _l("Another day"),
}
STANCE_LABELS: dict[Stance, Any] = {
    Stance.UNDECIDED: _l("Not decided"),
    Stance.REACH_OUT: _l("Reach out"),
    Stance.QUIET: _l("Leave quiet"),
}
COUNTING_LABELS: dict[Counting, Any] = {
    Counting.INCLUSIVE: _l("The day of death is the first day"),
    Counting.EXCLUSIVE: _l("The day after is the first day"),
}
CALENDAR_LABELS: dict[Calendar, Any] = {
    Calendar.GREGORIAN: _l("By the calendar on the wall"),
    Calendar.LUNAR: _l("By the lunar calendar"),
}
TAB_LABELS: dict[str, Any] = {
    "now": _l("Good to call now"),
    "week": _l("Due this week"),
    "overdue": lazy_pgettext("calls", "Overdue"),
    "callback": _l("Waiting for a call back"),
    "counsellor": _l("Needs a counsellor"),
    "post": _l("Letters and cards"),
}
LABELS: dict[str, Any] = {
    "tier": _l("Tier"),
    "basis": _l("Why this tier"),
    "kinds_and_frequency": _l("What we do, and how often"),
    "goals": _l("What they hope for"),
    "owner": _l("Who follows them"),
    "review_on": _l("Next review"),
    "date_kinds": _l("Days they keep"),
    "counting": _l("How they count"),
    "calendar": lazy_pgettext("anniversary", "Anniversary"),
    "counts_next_day": _l("Count from the next day"),
    "birth_month": _l("Month of birth"),
    "birth_day": _l("Day of birth"),
    "dates_agreed_words": _l("Who agreed, and how"),
    "died_on": _l("Died on"),
}
