"""Labels of visit notes: what was done, how people were, what is missing, and their history."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from hospice.core.errors import Objection
from hospice.visits.queries.staff import Counts
from hospice.visits.rules import Activity, Lateness, Mood, Worry
from hospice.web.pages import clock_time, listed, locale_name

ACTIVITY_LABELS: dict[Activity, Any] = {
    Activity.COMPANY: _l("Kept company"),
    Activity.READ_OR_MUSIC: _l("Read or music"),
    Activity.MASSAGE: _l("Hand massage"),
    Activity.WALK: _l("Walk outside"),
    Activity.FAMILY_BREAK: _l("Gave family a break"),
    Activity.OTHER: _l("Other"),
}

MOOD_LABELS: dict[Mood, Any] = {
    Mood.CALM: _l("Calm"),
    Mood.TALKATIVE: _l("Talkative"),
    Mood.SLEEPING: _l("Sleeping"),
    Mood.UNSETTLED: _l("Unsettled"),
    Mood.DISCOMFORT: _l("In discomfort"),
}

LATENESS_LABELS: dict[Lateness, Any] = {
    Lateness.DUE: _l("Due"),
    Lateness.OVERDUE: _l("Overdue"),
    Lateness.LATE: _l("More than a week"),
}

WORRY_LABELS: dict[Worry, Any] = {
    Worry.NURSE: _l("Nurse needed"),
    Worry.UNEASY: _l("Uneasy"),
    Worry.UNREAD: _l("To read"),
    Worry.NONE: lazy_pgettext("note", "Read"),
}


def activity_words(values: list[str]) -> str:
    """Return what was done: "Kept company, read or music"."""
    return _listed(ACTIVITY_LABELS[one] for one in Activity if one in values)


def mood_words(values: list[str]) -> str:
    """Return how someone was: "Calm, sleeping"."""
    return _listed(MOOD_LABELS[one] for one in Mood if one in values)


def lateness_word(value: Lateness) -> str:
    """Return the word for how long a note has been missing."""
    return str(LATENESS_LABELS[value])


def worry_word(value: Worry) -> str:
    """Return the word for how soon a note wants to be read."""
    return str(WORRY_LABELS[value])


def hours_given(minutes: int) -> str:
    """Return "23 hours given this year"; a half hour counts, less is left out."""
    halves = minutes // 30
    if halves % 2:
        return _("%(hours)s hours given this year", hours=f"{halves // 2}.5")
    return ngettext("%(num)d hour given this year", "%(num)d hours given this year", halves // 2)


def chips_in_brief(did: list[str], moods: list[str]) -> str:
    """Return what chips alone say: "Kept company, read or music. Calm."."""
    return _sentences(
        _("%(sentence)s.", sentence=words)
        for words in (activity_words(did), mood_words(moods))
        if words
    )


def notes_state(counts: Counts) -> str:
    """Return how many notes wait: "3 notes to read. In 1 a nurse needs to know."."""
    found = [
        ngettext("%(num)d note to read.", "%(num)d notes to read.", counts.unread)
        if counts.unread
        else _("Every note is read.")
    ]
    if counts.nurse:
        found.append(
            ngettext(
                "In %(num)d a nurse needs to know.",
                "In %(num)d a nurse needs to know.",
                counts.nurse,
            )
        )
    return _sentences(found)


def missing_state(total: int) -> str:
    """Return how many notes are missing."""
    if not total:
        return _("Every visit has its note.")
    return ngettext("%(num)d note is missing.", "%(num)d notes are missing.", total)


def _sentences(found: Iterable[str]) -> str:
    return ("" if locale_name() == "zh_Hans" else " ").join(found)


def _listed(labels: Iterable[Any]) -> str:
    first, *rest = [str(label) for label in labels] or [""]
    return listed([first, *(one[:1].lower() + one[1:] for one in rest)])


def note_objection_words(objection: Objection) -> str:
    """Return what keeps a note from being saved or sent."""
    return _objections[objection.kind](objection.facts)


_objections: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "no_arrival": lambda _facts: _("Enter the time you arrived"),
    "no_leaving": lambda _facts: _("Enter the time you left"),
    "left_too_early": lambda facts: _(
        "The time you left must be after %(time)s", time=clock_time(facts["arrived"])
    ),
    "says_nothing": lambda _facts: _("Choose what you did or how they were, or write a few words"),
    "too_long": lambda facts: _(
        "Shorten this to %(most)s characters. Nothing you wrote is lost", most=facts["most"]
    ),
    "nurse_unsaid": lambda _facts: _("Say whether a nurse needs to know today"),
    "told_nobody": lambda _facts: _("Tell the nurse first, then write whom you told and when"),
    "already_sent": lambda _facts: _(
        "This note was sent already. What you typed now is still below; call us to add it"
    ),
    "written_elsewhere": lambda facts: _(
        "This note was also changed on another page at %(time)s. Send again to keep yours",
        time=clock_time(facts["at"]),
    ),
}


VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "note.sent": lambda facts: (
        _("sent a visit note: a nurse needs to know")
        if facts.get("nurse")
        else _("sent a visit note")
    ),
    "note.opened": lambda _facts: _("opened the note"),
    "note.read": lambda _facts: _("read the note"),
    "note.replied": lambda _facts: _("replied to the note"),
}

GLOBALS: dict[str, Callable[..., Any]] = {
    "activity_words": activity_words,
    "chips_in_brief": chips_in_brief,
    "hours_given": hours_given,
    "lateness_word": lateness_word,
    "missing_state": missing_state,
    "mood_words": mood_words,
    "notes_state": notes_state,
    "worry_word": worry_word,
}
