"""Labels of a death, what keeps it from being recorded, and the sentences of its history."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from hospice.core.errors import Objection
from hospice.grief_support.models import Death, Telling
from hospice.grief_support.rules.deaths import DeathState, Known, Pause, ToldHow
from hospice.journal.words import Field, Sentence
from hospice.web.pages import clock_time, day_year, locale_name, long_day, moment

KNOWN_LABELS: dict[Known, Any] = {
    Known.TIME: _l("Day and time"),
    Known.DAY: _l("Only the day"),
    Known.NOTHING: _l("Neither, so far"),
}
HOW_LABELS: dict[ToldHow, Any] = {
    ToldHow.IN_PERSON: _l("In person"),
    ToldHow.PHONE: _l("By phone"),
    ToldHow.MESSAGE: _l("In writing"),
}
PAUSE_LABELS: dict[Pause, Any] = {
    Pause.YES: lazy_pgettext("pause", "Yes, begin a break"),
    Pause.NO: lazy_pgettext("pause", "No, they would rather go on"),
    Pause.UNASKED: lazy_pgettext("pause", "Not asked yet"),
}
STATE_LABELS: dict[DeathState, Any] = {
    DeathState.REPORTED: _l("Reported, not confirmed yet"),
    DeathState.CONFIRMED: _l("Confirmed"),
    DeathState.UNDONE: _l("Taken back"),
}


def death_state_label(state: str) -> str:
    """Return how far the record of a death is."""
    return str(STATE_LABELS[DeathState(state)])


def died_words(death: Death) -> str:
    """Return when somebody died, as far as it is known."""
    return when_words(death.died_on, death.died_at)


def when_words(died_on: Any, died_at: Any) -> str:
    """Return "Tuesday 24 November 2026, 04:20", or that it is not known."""
    if died_on is None:
        return _("Day and time not known yet")
    if died_at is None:
        return _("%(day)s, time not known", day=day_year(died_on))
    return _("%(day)s, %(time)s", day=day_year(died_on), time=clock_time(died_at))


def how_label(how: str) -> str:
    """Return how we were told."""
    return str(HOW_LABELS[ToldHow(how)])


def basis_words(one: Telling, zone: str) -> str:
    """Return why somebody is told: "Comes Sun 29 Nov, 14:00. Visited 12 times, last on 22 Nov."."""
    return close_words(one.next_at, one.visits, one.last_visit_on, zone)


def close_words(next_at: Any, visits: int, last_on: date | None, zone: str) -> str:
    """Return what a volunteer has to do with the patient, as short sentences."""
    parts = []
    if next_at is not None:
        parts.append(_("Was coming %(when)s.", when=moment(next_at, zone).striptags()))
    if visits and last_on is not None:
        parts.append(
            ngettext(
                "Visited once, on %(day)s.",
                "Visited %(num)d times, last on %(day)s.",
                visits,
                day=long_day(last_on),
            )
        )
    return ("" if locale_name() == "zh_Hans" else " ").join(parts)


def pause_words(pause: str) -> str:
    """Return what a volunteer said about a pause; empty when nobody asked."""
    if pause == Pause.YES:
        return _("They are taking a break.")
    return _("They would rather go on.") if pause == Pause.NO else ""


def apology_words(who: str, name: str) -> str:
    """Return what is to be done for somebody who heard of a death that was a mistake."""
    return _(
        "Call %(who)s again: we were wrong about %(name)s. Say that we are sorry.",
        who=who,
        name=name,
    )


def death_kept_now(death: Death) -> list[tuple[str, str]]:
    """Return what is written down now, with its labels, where two corrected it at once."""
    return [
        (_("Died"), died_words(death)),
        (_("Who told us"), death.told_by),
        (_("How"), how_label(death.told_how)),
    ]


def death_objection_words(objection: Objection) -> str:
    """Return why a death, or what belongs to it, was not written down."""
    words = _OBJECTIONS.get(objection.kind)
    if words is None:
        return _("This could not be saved. Look at it again")
    return words(objection.facts)


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "already": lambda _facts: _("Someone has written this death down already. Nothing was changed"),
    "stale": lambda _facts: _("Someone else changed this while you were writing"),
    "changed": lambda _facts: _("This has changed meanwhile. Look again, then decide"),
    "no_day": lambda _facts: _("Enter the day, or choose that it is not known"),
    "no_time": lambda _facts: _("Enter the time, or choose that only the day is known"),
    "future": lambda _facts: _("This is still to come. Enter when it was"),
    "long_ago": lambda facts: ngettext(
        "Enter a day within the last %(num)d day",
        "Enter a day within the last %(num)d days",
        int(facts["days"]),
    ),
    "no_role": lambda _facts: _("Enter their role"),
    "second_person": lambda _facts: _(
        "You wrote this down yourself. Enter the doctor or nurse who confirms it, or ask a colleague"
    ),
    "no_reason": lambda _facts: _("Write why"),
    "over": lambda _facts: _("This is more than a year ago. Start a break instead, if they wish"),
}


# --- the journal ----------------------------------------------------------------------------------


def _reported(facts: Mapping[str, Any]) -> str:
    said = _(
        "recorded the death of %(name)s, told by %(by)s", name=facts["name"], by=facts["told_by"]
    )
    paused = int(facts.get("paused") or 0)
    if not paused:
        return said
    also = ngettext("%(num)d visit paused", "%(num)d visits paused", paused)
    return _("%(said)s; %(also)s", said=said, also=also)


def _confirmed(facts: Mapping[str, Any]) -> str:
    if not facts.get("source"):
        return _("confirmed the death of %(name)s as a second person", name=facts["name"])
    return _(
        "confirmed the death of %(name)s, told by %(by)s (%(role)s)",
        name=facts["name"],
        by=facts["source"],
        role=facts.get("role", ""),
    )


def _undone(facts: Mapping[str, Any]) -> str:
    return _(
        "took back the record that %(name)s died: “%(text)s”",
        name=facts["name"],
        text=facts["reason"],
    )


VERBS: dict[str, Sentence] = {
    "death.reported": _reported,
    "death.confirmed": _confirmed,
    "death.told": lambda facts: _(
        "wrote down that %(name)s heard of the death from %(by)s",
        name=facts["name"],
        by=facts["told_by"],
    ),
    "death.changed": lambda facts: _(
        "corrected the record of the death of %(name)s (“%(text)s”)",
        name=facts["name"],
        text=facts["reason"],
    ),
    "death.undone": _undone,
    "volunteer.loss": lambda _facts: _("noted that they have lost someone close"),
    "volunteer.loss_ended": lambda _facts: _("noted that they would like to see patients again"),
}
FIELDS: dict[str, Field] = {
    "death.died_on": Field(_l("Day")),
    "death.died_at": Field(_l("Time")),
    "death.told_by": Field(_l("Who told us")),
    "death.told_how": Field(_l("How"), how_label),
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "basis_words": basis_words,
    "close_words": close_words,
    "death_state_label": death_state_label,
    "died_words": died_words,
    "pause_words": pause_words,
    "told_how_label": how_label,
    "when_words": when_words,
}
