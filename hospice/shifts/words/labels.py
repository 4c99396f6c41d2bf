"""Labels of shifts: states of places, cadences, objections, reasons and steps."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hospice.core.errors import Objection
from hospice.shifts.models import UndoStep, WeeklyShift
from hospice.shifts.rules.placing import Reason
from hospice.shifts.rules.states import Cadence, Category, Display
from hospice.shifts.rules.telling import Leads
from hospice.volunteers.words import language_label, skill_label
from hospice.web.pages import clock_time, listed, short_day

STATE_ICONS = {
    Display.OPEN: "plus",
    Display.WAITING: "dots",
    Display.CONFIRMED: "check",
    Display.CANT: "cross",
    Display.COVER: "alert",
    Display.DONE: "check",
    Display.DRAFT: "ring",
}

STATE_LABELS: dict[Display, Any] = {
    Display.OPEN: _l("Open"),
    Display.WAITING: _l("Waiting"),
    Display.CONFIRMED: _l("Confirmed"),
    Display.CANT: _l("Can’t come"),
    Display.COVER: _l("Needs cover"),
    Display.DONE: _l("Done"),
    Display.DRAFT: _l("Draft"),
}

CADENCE_LABELS: dict[Cadence, Any] = {
    Cadence.EVERY: _l("Every week"),
    Cadence.ALTERNATE: _l("Every other week"),
    Cadence.FIRST: _l("First of the month"),
    Cadence.SECOND: _l("Second of the month"),
    Cadence.THIRD: _l("Third of the month"),
    Cadence.FOURTH: _l("Fourth of the month"),
    Cadence.LAST: _l("Last of the month"),
}

CATEGORY_LABELS: dict[Category, Any] = {
    Category.DIRECT: _l("With patients"),
    Category.GRIEF: _l("Grief support"),
    Category.ADMIN: _l("Office work"),
    Category.NOT_COUNTED: _l("Not counted"),
}


def category_label(category: str) -> str:
    """Return what hours count as."""
    return str(CATEGORY_LABELS[Category(category)])


def state_icon(state: str) -> str:
    """Return the icon of a place's state."""
    return STATE_ICONS[Display(state)]


def state_label(state: str) -> str:
    """Return the word for a place's state."""
    return str(STATE_LABELS[Display(state)])


def day_of(value: object) -> str:
    """Return a day of some facts in words; facts kept in the journal are text."""
    if isinstance(value, date):
        return short_day(value)
    try:
        return short_day(date.fromisoformat(str(value)))
    except ValueError:
        return ""


# --- why not, and why -----------------------------------------------------------------------------

_PLAIN: dict[str, Any] = {
    "full": _l("Every place is taken."),
    "taken": _l("Someone has just taken this place."),
    "cancelled_shift": _l("This shift is cancelled."),
    "paused": _l("This visit does not take place as planned. The office knows more."),
    "past": _l("This shift is over."),
    "already_here": _l("Already on this shift."),
    "left": _l("No longer volunteers."),
    "away": _l("Away that day."),
    "outside_availability": _l("Not usually free at this time."),
    "short_rest": _l("Less than 8 hours between two shifts."),
    "needs_leader": _l("The shift would have no leader."),
    "trainee_alone": _l("A new volunteer would have nobody experienced beside them."),
    "not_on_shift": _l("No longer on this shift."),
    "not_asked": _l("This question is closed."),
    "changed_meanwhile": _l("This has changed meanwhile. Look again, then decide."),
    "nobody_chosen": _l("Choose at least one person."),
    "started": _l("This shift has started."),
    "nobody_fits": _l("Nobody fits this place at the moment, so there is nobody to ask."),
    "swap_closed": _l("This swap is closed."),
    "waiting_list": _l("This place is kept for someone who has waited for it."),
    "not_offered": _l("The time to answer is over, and the place goes to the next person."),
}


def objection_words(objection: Objection) -> str:
    """Return why not, as one short sentence; a name in the facts goes before it."""
    facts = objection.facts
    words = _objection(objection.kind, facts)
    name = facts.get("name")
    return _("%(name)s: %(why)s", name=name, why=words) if name else words


def _objection(kind: str, facts: Mapping[str, Any]) -> str:
    if kind in _PLAIN:
        return str(_PLAIN[kind])
    makers: dict[str, Callable[[], str]] = {
        "on_break": lambda: (
            _("On a break until %(day)s.", day=day_of(facts["until"]))
            if facts.get("until")
            else _("On a break.")
        ),
        "not_cleared": lambda: _("Not cleared for %(place)s.", place=facts["place"]),
        "clearance_expired": lambda: _("Clearance ends on %(day)s.", day=day_of(facts["on"])),
        "paper_needed": lambda: _(
            "A paper they need holds until %(day)s.", day=day_of(facts["on"])
        ),
        "paper_ended": lambda: _("A paper of theirs holds until %(day)s.", day=day_of(facts["on"])),
        "wrong_gender": lambda: (
            _("This visit asks for a woman.")
            if facts["gender"] == "female"
            else _("This visit asks for a man.")
        ),
        "kept_apart": lambda: _("Not to be paired with %(names)s.", names=listed(facts["names"])),
        "overlap": lambda: _("Already with %(place)s at this time.", place=facts["place"]),
        "over_maximum": lambda: _(
            "Shift %(count)s this month; wants no more than %(maximum)s.",
            count=facts["count"],
            maximum=facts["maximum"],
        ),
        "over_preferred": lambda: _(
            "Shift %(count)s this month; prefers %(preferred)s.",
            count=facts["count"],
            preferred=facts["preferred"],
        ),
        "needs_language": lambda: _(
            "Nobody would speak %(language)s.", language=language_label(facts["language"])
        ),
        "needs_skill": lambda: _(
            "Nobody would bring this skill: %(skill)s.", skill=skill_label(facts["skill"])
        ),
        "patient_died": lambda: _(
            "Their patient died on %(day)s. Ask them first.", day=day_of(facts["on"])
        ),
        "own_loss": lambda: _(
            "Has lost someone close. Spared until %(day)s, unless they ask for it.",
            day=day_of(facts["until"]),
        ),
        "knows_privately": lambda: _(
            "Knows a patient or family here in private life. Ask them first."
        ),
        "too_many": lambda: _("Ask at most %(most)s people at once.", most=facts["most"]),
    }
    maker = makers.get(kind)
    return maker() if maker else _("This is not possible now.")


def lack_words(kind: str, facts: Mapping[str, Any]) -> str:
    """Return what a shift lacks, as one short sentence."""
    makers: dict[str, Callable[[], str]] = {
        "minimum": lambda: ngettext(
            "%(here)s of at least %(num)d person.",
            "%(here)s of at least %(num)d people.",
            int(facts["minimum"]),
            here=facts["here"],
        ),
        "needs_leader": lambda: _("Nobody leads."),
        "trainee_alone": lambda: _("A new volunteer has nobody experienced beside them."),
        "needs_language": lambda: _(
            "Nobody speaks %(language)s.", language=language_label(facts["language"])
        ),
        "needs_skill": lambda: _(
            "Nobody brings this skill: %(skill)s.", skill=skill_label(facts["skill"])
        ),
    }
    maker = makers.get(kind)
    return maker() if maker else ""


def reason_words(reason: Reason) -> str:
    """Return what speaks for someone, as a few words without a full stop."""
    facts = reason.facts
    makers: dict[str, Callable[[], str]] = {
        "free": lambda: _("Free"),
        "knows_patient": lambda: _("Knows the patient"),
        "knows_place": lambda: _("Knows %(place)s", place=facts["place"]),
        "new_here": lambda: _("New to %(place)s", place=facts["place"]),
        "language": lambda: language_label(str(facts["language"])),
        "skill": lambda: skill_label(str(facts["skill"])),
        "leader": lambda: _("Can lead"),
        "distance": lambda: _("%(km)s km away", km=facts["km"]),
        "this_month": lambda: ngettext(
            "%(num)d shift that month", "%(num)d shifts that month", int(str(facts["count"]))
        ),
        "last_visit": lambda: _("last here %(day)s", day=day_of(facts["day"])),
    }
    return makers[reason.kind]()


# --- undo -----------------------------------------------------------------------------------------


def step_words(step: UndoStep) -> str:
    """Return what a step on the board did, as the notice says it."""
    facts = {**step.facts, "day": day_of(step.facts.get("day"))}
    makers: dict[str, Callable[[], str]] = {
        "placed": lambda: _(
            "%(name)s was placed in %(place)s on %(day)s. It is a draft until you publish.", **facts
        ),
        "removed": lambda: _("%(name)s was taken off %(place)s on %(day)s.", **facts),
        "answered": lambda: (
            _("%(name)s is confirmed for %(place)s on %(day)s.", **facts)
            if facts.get("comes")
            else _("%(name)s can’t come to %(place)s on %(day)s.", **facts)
        ),
        "leader": lambda: _("%(name)s leads %(place)s on %(day)s.", **facts),
        "cancelled": lambda: _("The shift in %(place)s on %(day)s is cancelled.", **facts),
        "reopened": lambda: _("The shift in %(place)s on %(day)s takes place.", **facts),
        "published": lambda: ngettext(
            "%(num)d change was published. Messages leave in two minutes.",
            "%(num)d changes were published. Messages leave in two minutes.",
            int(facts["count"]),
        ),
        "copied": lambda: ngettext(
            "%(num)d person was placed as a draft.",
            "%(num)d people were placed as drafts.",
            int(facts["count"]),
        ),
    }
    maker = makers.get(step.verb)
    return maker() if maker else _("The last change was saved.")


def lead_lines(leads: WeeklyShift | Leads) -> list[tuple[str, str]]:
    """Return what is said when, label by label."""
    never = _("Not at all")
    return [
        (_("Asked again without an answer"), _days(leads.ask_days) or never),
        (_("Reminded"), _days(leads.remind_days) or never),
        (
            _("On the day itself"),
            _("At %(time)s", time=clock_time(leads.morning_at)) if leads.morning_at else never,
        ),
    ]


def _days(number: int) -> str:
    return ngettext("%(num)d day before", "%(num)d days before", number) if number else ""


GLOBALS: dict[str, Callable[..., Any]] = {
    "lead_lines": lead_lines,
    "category_label": category_label,
    "state_icon": state_icon,
    "state_label": state_label,
    "objection_words": objection_words,
    "lack_words": lack_words,
    "reason_words": reason_words,
    "step_words": step_words,
}
