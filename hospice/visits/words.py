"""Labels of visit notes: what was done, how people were, what is missing, and their history."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from hospice.core.errors import Objection
from hospice.visits.queries.staff import Counts
from hospice.visits.rules import Activity, Concern, Lateness, Mood, Worry
from hospice.web.pages import clock_time, day_year, listed, locale_name

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

CONCERN_LABELS: dict[Concern, Any] = {
    Concern.NONE: lazy_pgettext("concern", "No"),
    Concern.NURSE: _l("Tell the nurse"),
    Concern.URGENT: _l("Urgent"),
}

LATENESS_LABELS: dict[Lateness, Any] = {
    Lateness.DUE: _l("Due"),
    Lateness.OVERDUE: _l("Overdue"),
    Lateness.LATE: _l("More than a week"),
}

# How late a note came, beside the moment it was sent.
SENT_LATE_LABELS: dict[Lateness, Any] = {
    Lateness.DUE: _l("More than a day after the visit"),
    Lateness.OVERDUE: _l("More than two days after the visit"),
    Lateness.LATE: _l("More than a week after the visit"),
}

WORRY_LABELS: dict[Worry, Any] = {
    Worry.URGENT: _l("Urgent"),
    Worry.NURSE: _l("Nurse needed"),
    Worry.UNEASY: _l("Uneasy"),
    Worry.UNREAD: _l("To read"),
    Worry.NONE: lazy_pgettext("note", "Read"),
}


def activity_words(values: list[str]) -> str:
    """Return what was done: "Kept company, read or music"."""
    return _listed(ACTIVITY_LABELS[one] for one in Activity if one in values)


def concern_word(value: Concern) -> str:
    """Return whether someone has to act, in a word or three."""
    return str(CONCERN_LABELS[value])


def mood_words(values: list[str]) -> str:
    """Return how someone was: "Calm, sleeping"."""
    return _listed(MOOD_LABELS[one] for one in Mood if one in values)


def lateness_word(value: Lateness) -> str:
    """Return the word for how long a note has been missing."""
    return str(LATENESS_LABELS[value])


def sent_late_words(value: Lateness | None) -> str:
    """Return how late a note came; empty where it came in time."""
    return str(SENT_LATE_LABELS[value]) if value is not None else ""


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
    if counts.urgent:
        found.append(ngettext("%(num)d is urgent.", "%(num)d are urgent.", counts.urgent))
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
    "concern_unsaid": lambda _facts: _("Say whether someone needs to know today"),
    "told_nobody": lambda _facts: _("Tell the nurse first, then write whom you told"),
    "told_no_time": lambda _facts: _("Enter the time you told them"),
    "promise_no_day": lambda _facts: _("Choose the day by which it is to be done"),
    "promise_no_words": lambda _facts: _("Write what you promised, or clear the day"),
    "promise_past": lambda facts: _("Choose %(day)s or a later day", day=day_year(facts["day"])),
    "cannot_add": lambda _facts: _("Nothing can be added to this note"),
    "adds_nothing": lambda _facts: _("Write a few words first"),
    "cannot_strike": lambda _facts: _("This note is marked as entered in error already"),
    "no_reason": lambda _facts: _("Write what was wrong with it"),
    "already_sent": lambda _facts: _(
        "This note was sent already. What you typed now is still below; open it to add something"
    ),
    "written_elsewhere": lambda facts: _(
        "This note was also changed on another page at %(time)s. Send again to keep yours",
        time=clock_time(facts["at"]),
    ),
}


def _sent(facts: Mapping[str, Any]) -> str:
    concern = facts.get("concern")
    if concern == Concern.URGENT:
        return _("sent a visit note: urgent")
    if concern == Concern.NURSE or facts.get("nurse"):
        return _("sent a visit note: a nurse needs to know")
    return _("sent a visit note")


VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "note.sent": _sent,
    "note.written_for": lambda facts: _(
        "wrote a visit note for %(name)s, on the telephone", name=facts["volunteer"]
    ),
    "note.opened": lambda _facts: _("opened the note"),
    "note.read": lambda _facts: _("read the note"),
    "note.replied": lambda _facts: _("replied to the note"),
    "note.signed": lambda _facts: _("signed the note"),
    "note.added_to": lambda _facts: _("added to the note"),
    "note.struck": lambda facts: _(
        "marked the note as entered in error: “%(reason)s”", reason=facts["reason"]
    ),
}

GLOBALS: dict[str, Callable[..., Any]] = {
    "activity_words": activity_words,
    "chips_in_brief": chips_in_brief,
    "concern_word": concern_word,
    "hours_given": hours_given,
    "lateness_word": lateness_word,
    "missing_state": missing_state,
    "mood_words": mood_words,
    "notes_state": notes_state,
    "sent_late_words": sent_late_words,
    "worry_word": worry_word,
}
