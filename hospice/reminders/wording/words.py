"""Words around the words of messages: what each placeholder stands for, and what is wrong."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hospice.accounts.words import language_name
from hospice.accounts.words import objection_words as account_words
from hospice.core.errors import Objection
from hospice.journal.rules import Field
from hospice.reminders.rules import Kind, Topic
from hospice.reminders.wording.rules import Case, Medium
from hospice.reminders.words import message_kind

MEDIUM_LABELS: dict[Medium, Any] = {
    Medium.EMAIL: _l("By email"),
    Medium.SHORT: _l("By text message or chat"),
}
CASE_LABELS: dict[Case, Any] = {
    Case.USUAL: _l("No answer yet"),
    Case.ANSWERED: _l("After they said yes"),
    Case.NAMED: _l("Somebody named them"),
    Case.NO_PHONE: _l("No telephone number is known"),
    Case.PROMISE: _l("It was promised to someone"),
    Case.NEEDED: _l("Nobody visits without it"),
    Case.HOURS: _l("A hundred hours, and each hundred after"),
    Case.UNTAKEN: _l("Nobody has it yet, though others were told"),
}
_USUALLY: dict[Kind, Any] = {
    Kind.ASKED: _l("Nobody named them"),
    Kind.LONE_ALARM: _l("A telephone number is known"),
    Kind.TASK_DUE: _l("Nobody was promised it"),
    Kind.PAPER: _l("One can visit without it"),
    Kind.THANKS: _l("A year with us"),
    Kind.RED_FLAG: _l("At once"),
}
GROUP_TITLES: dict[Topic, Any] = {
    Topic.SHIFTS: _l("Shifts"),
    Topic.REMINDERS: _l("Reminders of a shift"),
    Topic.ASKED: _l("Asking for help"),
    Topic.NOTES: _l("Notes and papers"),
    Topic.TASKS: _l("Tasks"),
    Topic.OFFICE: _l("To the office"),
    Topic.SUMMARIES: _l("Summaries for the office"),
    Topic.THANKS: _l("Thanks"),
    Topic.SAFETY: _l("Alone in a home"),
    Topic.ACCOUNT: _l("Signing in"),
}
MEANINGS: dict[str, Any] = {
    "name": _l("whom the message goes to"),
    "shift": _l("day, hours and place, in two lines"),
    "when": _l("day, hours and place, in one line"),
    "day": _l("the day of the shift"),
    "hours": _l("from when to when"),
    "time": _l("when it starts"),
    "place": _l("the ward or place"),
    "before": _l("day, hours and place as they were before"),
    "other": _l("the shift offered in return"),
    "who": _l("the other volunteer"),
    "phone": _l("the telephone number to call"),
    "until": _l("until when it holds"),
    "lacks": _l("what the shift lacks"),
    "date": _l("the day it is about"),
    "summary": _l("what there is to say, a line each"),
    "paper": _l("what kind of paper it is"),
    "number": _l("how many hours"),
    "hospice": _l("the name of the hospice"),
    "link": _l("the address to tap"),
}


def case_label(kind: Kind, case: Case) -> str:
    """Return to whom, or when, these words of a kind are said."""
    return str(_USUALLY.get(kind, CASE_LABELS[case]) if case is Case.USUAL else CASE_LABELS[case])


def meaning(name: str) -> str:
    """Return what a placeholder stands for."""
    return str(MEANINGS[name])


def problem_words(objection: Objection) -> str:
    """Return what is wrong with words, and how to mend it."""
    name = f"{{{objection.facts.get('name', '')}}}"
    if objection.kind == "unknown_placeholder":
        known = objection.facts["known"]
        listed = " ".join(f"{{{one}}}" for one in known) if isinstance(known, list) else ""
        return _("%(name)s stands for nothing here. Use %(known)s", name=name, known=listed)
    if objection.kind == "lacking":
        return _("Put %(name)s where it belongs: without it the message does not help", name=name)
    if objection.kind == "no_when":
        return _("Say when and where: {shift}, or {day}, {hours} and {place}")
    if objection.kind == "no_subject":
        return _("Write the subject")
    if objection.kind == "no_text":
        return _("Write the text")
    if objection.kind == "too_long":
        return _("Use at most %(max)d characters", max=objection.facts["most"])
    return account_words(objection)


def _which(facts: Mapping[str, Any]) -> str:
    return _(
        "%(kind)s, %(medium)s, %(language)s",
        kind=message_kind(facts["kind"]),
        medium=MEDIUM_LABELS[Medium(facts["medium"])],
        language=language_name(facts["language"]),
    )


VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "wording.changed": lambda facts: _("wrote own words (%(which)s)", which=_which(facts)),
    "wording.taken_back": lambda facts: _(
        "went back to the original words (%(which)s)", which=_which(facts)
    ),
}
FIELDS: dict[str, Any] = {
    "wording.subject": Field(_l("Subject")),
    "wording.text": Field(_l("Text")),
}
