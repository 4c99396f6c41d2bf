"""Labels of what people say to us, why a step was refused, and the sentences of its history."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext, npgettext

from hospice.cases.models import Case
from hospice.cases.queries import Counts, facts_of
from hospice.cases.rules import CaseKind, CaseState, Channel, Due, due, due_day
from hospice.core.errors import Objection
from hospice.grief_support.rules.kin import KinWay
from hospice.grief_support.words.kin import way_label
from hospice.journal.words import Sentence
from hospice.web.pages import day_year

KIND_LABELS: dict[CaseKind, Any] = {
    CaseKind.THANKS: _l("A thank-you"),
    CaseKind.SUGGESTION: _l("A suggestion"),
    CaseKind.CONCERN: _l("A concern"),
}
CHANNEL_LABELS: dict[Channel, Any] = {
    Channel.PAGE: _l("On their own page"),
    Channel.PHONE: _l("By phone"),
    Channel.LETTER: _l("In a letter"),
    Channel.EMAIL: _l("In an email"),
    Channel.IN_PERSON: _l("In person"),
}
STATE_LABELS: dict[CaseState, Any] = {
    CaseState.RECEIVED: lazy_pgettext("case", "Received"),
    CaseState.ACKNOWLEDGED: lazy_pgettext("case", "Acknowledged"),
    CaseState.LOOKING: _l("Looking into it"),
    CaseState.ANSWERED: lazy_pgettext("case", "Answered"),
    CaseState.CLOSED: lazy_pgettext("case", "Closed"),
}
# What the button says that takes a case there, and what is asked on the way.
STEP_LABELS: dict[CaseState, Any] = {
    CaseState.ACKNOWLEDGED: _l("Acknowledge it"),
    CaseState.LOOKING: _l("Look into it"),
    CaseState.ANSWERED: _l("Write down our answer"),
    CaseState.CLOSED: _l("Close it"),
}
STEP_QUESTIONS: dict[CaseState, Any] = {
    CaseState.ACKNOWLEDGED: _l("How did they hear that we have it?"),
    CaseState.LOOKING: _l("What happens now, and who does it?"),
    CaseState.ANSWERED: _l("What did we answer?"),
    CaseState.CLOSED: _l("What did we change?"),
}
STEP_HINTS: dict[CaseState, Any] = {
    CaseState.ACKNOWLEDGED: _l(
        "Such as “rang her on Monday, she was glad”. You can leave it empty."
    ),
    CaseState.LOOKING: _l("Such as “I talk with both on Thursday”."),
    CaseState.ANSWERED: _l("In the words in which it was said or written."),
    CaseState.CLOSED: _l(
        "What others can learn from. If nothing was changed, say why. For thanks you can leave it "
        "empty."
    ),
}
_LOOKS: dict[Due, str] = {
    Due.URGENT: "cover",
    Due.LATE: "cover",
    Due.NEW: "open",
    Due.OPEN: "waiting",
    Due.CLOSED: "done",
}
ANSWER_LABELS: dict[KinWay, Any] = {
    KinWay.CALL: _l("Yes, call me"),
    KinWay.TEXT: _l("Yes, by text message"),
    KinWay.EMAIL: _l("Yes, by email"),
    KinWay.LETTER: _l("Yes, by letter"),
}


def case_kind_label(kind: CaseKind) -> str:
    """Return what somebody had for us."""
    return str(KIND_LABELS[kind])


def case_state_label(state: CaseState) -> str:
    """Return where a case stands."""
    return str(STATE_LABELS[state])


def case_title(found: Case) -> str:
    """Return what it is and from whom: "A concern from Chen Li"."""
    kind = case_kind_label(found.kind)
    who = case_from(found)
    return _("%(what)s from %(who)s", what=kind, who=who) if who else kind


def case_from(found: Case) -> str:
    """Return who said it; empty for nobody's name. `kin` is loaded."""
    return found.kin.name if found.kin else found.said_by


def case_about(found: Case) -> str:
    """Return whom it is about; `about_volunteer` and `about_user` are loaded."""
    if found.about_volunteer:
        return found.about_volunteer.preferred_name
    return found.about_user.name if found.about_user else ""


def case_look(found: Case, today: date) -> str:
    """Return how the tag of a case looks."""
    return _LOOKS[_due(found, today)]


def case_tag(found: Case, today: date) -> str:
    """Return what the tag of a case says: urgent, late, or where it stands."""
    how = _due(found, today)
    if how is Due.URGENT:
        return _("Read this now")
    if how is Due.LATE:
        return _("Overdue")
    return case_state_label(found.state)


def case_is_urgent(found: Case) -> bool:
    """Tell whether it holds words that may speak of harm, and nobody has read it."""
    return facts_of(found).is_unread


def case_due(found: Case) -> str:
    """Return by which day the next thing is to be done: "Answer by Mon 4 Jan 2027"."""
    day = due_day(facts_of(found), found.acknowledge_by, found.answer_by)
    if day is None or found.state is CaseState.CLOSED:
        return ""
    if found.state is CaseState.RECEIVED:
        return _("Tell them by %(day)s that we have it", day=day_year(day))
    if found.answer_way is None:
        return _("Look into it by %(day)s", day=day_year(day))
    return _("Answer by %(day)s", day=day_year(day))


def cases_state(counts: Counts) -> str:
    """Return how many cases there are: "4 open, 1 of them overdue."."""
    if not counts.open:
        return _("Nothing is open.")
    said = npgettext("cases", "%(num)d open", "%(num)d open", counts.open)
    if counts.late:
        late = ngettext("%(num)d of them overdue", "%(num)d of them overdue", counts.late)
        said = _("%(one)s, %(other)s", one=said, other=late)
    return _("%(sentence)s.", sentence=said)


def case_answer(way: KinWay | None) -> str:
    """Return whether an answer is wanted, and how."""
    return way_label(way) if way is not None else _("No answer is wanted")


def case_channel(channel: Channel) -> str:
    """Return how it came to us."""
    return str(CHANNEL_LABELS[channel])


def case_step_label(state: CaseState) -> str:
    """Return what the button says that takes a case there."""
    return str(STEP_LABELS[state])


def _due(found: Case, today: date) -> Due:
    return due(facts_of(found), found.acknowledge_by, found.answer_by, today)


def case_objection_words(objection: Objection) -> str:
    """Return why something was not saved."""
    return _OBJECTIONS[objection.kind]()


_OBJECTIONS: dict[str, Callable[[], str]] = {
    "no_words": lambda: _("Write it in your own words"),
    "enough_today": lambda: _("You have written to us often today. Ring us, so that we can talk"),
    "not_from_here": lambda: _("Someone else took it further in the meantime. Look once more"),
    "stale": lambda: _("Someone else changed this while you were writing. Look once more"),
    "unread": lambda: _("First say that you have read it: the words may speak of harm"),
    "no_answer_words": lambda: _("Write what we answered"),
    "no_reason": lambda: _("Write why it is opened again"),
    "not_looked_into": lambda: _("Look into it first"),
    "not_answered": lambda: _("They wait for an answer. Write it down first"),
    "no_lesson": lambda: _("Write what we changed, or why nothing"),
    "is_about_them": lambda: _("It is about this person. Choose someone else"),
    "volunteer": lambda: _("Choose a volunteer from the list"),
    "no_thanks": lambda: _("Only a thank-you goes on to a volunteer"),
    "no_volunteer": lambda: _("First say which volunteer it is about"),
    "look_first": lambda: _("There is something to look into in it. Close that first"),
}


def _became(facts: Mapping[str, Any]) -> str:
    return _("took it further: %(state)s", state=case_state_label(CaseState(facts["state"])))


VERBS: dict[str, Sentence] = {
    "case.received": lambda _facts: _("wrote down what somebody said"),
    "case.came": lambda _facts: _("took in what somebody wrote on their own page"),
    "case.read": lambda _facts: _("read words that may speak of harm"),
    "case.looks_into": lambda _facts: _("found something to look into in a thank-you"),
    "case.given": lambda _facts: _("said who looks after it"),
    "case.became": _became,
    "case.shared": lambda _facts: _("gave a thank-you to the volunteer"),
}


GLOBALS: dict[str, Callable[..., Any]] = {
    "case_answer": case_answer,
    "case_about": case_about,
    "case_due": case_due,
    "case_from": case_from,
    "case_is_urgent": case_is_urgent,
    "case_kind_label": case_kind_label,
    "case_look": case_look,
    "case_state_label": case_state_label,
    "case_tag": case_tag,
    "case_title": case_title,
    "cases_state": cases_state,
    "case_channel": case_channel,
    "case_step_label": case_step_label,
}
