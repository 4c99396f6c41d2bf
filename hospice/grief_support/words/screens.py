"""Labels of instruments and screens, and the sentences of their history."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.core.errors import Objection
from hospice.grief_support.models import Instrument, Screen
from hospice.grief_support.rules.plans import Span
from hospice.grief_support.rules.screens import SUGGESTED, Band, Direction
from hospice.grief_support.words.labels import TIER_LABELS
from hospice.grief_support.words.plans import span_words
from hospice.journal.words import Field, Sentence
from hospice.volunteers.words import LANGUAGE_LABELS
from hospice.web.pages import day_year

BAND_LABELS: dict[Band, Any] = {
    Band.LOW: lazy_pgettext("band", "Low"),
    Band.MEDIUM: lazy_pgettext("band", "Medium"),
    Band.HIGH: lazy_pgettext("band", "High"),
}
DIRECTION_LABELS: dict[Direction, Any] = {
    Direction.HIGHER: _l("High scores"),
    Direction.LOWER: _l("Low scores"),
}


def band_label(band: str) -> str:
    """Return the word for a band."""
    return str(BAND_LABELS[Band(band)])


def instrument_label(one: Instrument | None) -> str:
    """Return the name of an instrument with its edition; None is the built-in screen."""
    if one is None:
        return _("First impression")
    return f"{one.name} ({one.edition})" if one.edition else one.name


def instrument_language(one: Instrument) -> str:
    """Return the language of an instrument."""
    return str(LANGUAGE_LABELS[one.language]) if one.language in LANGUAGE_LABELS else _("Any")


def language_choices() -> list[tuple[str, str]]:
    """Return the languages to choose from."""
    return [("", _("Any")), *((code, str(label)) for code, label in LANGUAGE_LABELS.items())]


def bands_words(one: Instrument) -> str:
    """Return how scores are read: "10–50; medium from 20, high from 30"."""
    facts = {
        "low": one.lowest,
        "high": one.highest,
        "cut": one.cut_off,
        "medium": one.medium_from,
    }
    if one.direction is Direction.HIGHER:
        if one.medium_from is None:
            return _("%(low)s–%(high)s; high from %(cut)s up", **facts)
        return _("%(low)s–%(high)s; medium from %(medium)s up, high from %(cut)s up", **facts)
    if one.medium_from is None:
        return _("%(low)s–%(high)s; high from %(cut)s down", **facts)
    return _("%(low)s–%(high)s; medium from %(medium)s down, high from %(cut)s down", **facts)


def earliest_words(span: Span) -> str:
    """Return how long after a death an instrument may first be used."""
    if span == Span():
        return _("At any time")
    return _("From %(span)s after the death", span=span_words(span))


def suggested_tier(screen: Screen) -> int:
    """Return the tier that a screen suggests."""
    return SUGGESTED[screen.band]


def suggested_words(screen: Screen) -> str:
    """Return which tier a screen suggests."""
    return _("It suggests tier %(tier)s.", tier=TIER_LABELS[suggested_tier(screen)])


def screen_basis(screen: Screen) -> str:
    """Return a screen as the basis of a tier: "PG-13-R (2020), 31 of 10–50, high, 12 March"."""
    facts: dict[str, Any] = {
        "name": instrument_label(screen.instrument),
        "band": band_label(screen.band).lower(),
        "day": day_year(screen.screened_on),
        "who": screen.scorer,
    }
    if screen.score is None or screen.instrument is None:
        return _("%(name)s: %(band)s, %(day)s, by %(who)s.", **facts)
    facts |= {
        "score": screen.score,
        "low": screen.instrument.lowest,
        "high": screen.instrument.highest,
    }
    return _("%(name)s: %(score)s (of %(low)s–%(high)s), %(band)s, %(day)s, by %(who)s.", **facts)


def screen_objection_words(objection: Objection) -> str:
    """Return what keeps a screen or an instrument from being written down."""
    return str(_OBJECTIONS[objection.kind](objection.facts))


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "stale": lambda _facts: _("Someone else changed this while you were writing"),
    "no_name": lambda _facts: _("Enter the name"),
    "no_licence": lambda _facts: _("Write who may use it, and by whose permission"),
    "no_range": lambda _facts: _("The highest score must be above the lowest"),
    "outside": lambda facts: _("Enter a number from %(low)s to %(high)s", **facts),
    "medium_after_high": lambda _facts: _("Medium must begin before high"),
    "in_use": lambda _facts: _(
        "People were scored by it already, so how it is scored stays. Add the new edition as "
        "another instrument, and retire this one"
    ),
    "retired": lambda _facts: _("This is no longer used. Choose another"),
    "may_not_score": lambda _facts: _("Choose somebody of grief support, or a clinician"),
    "no_scorer": lambda _facts: _("Enter who scored"),
    "no_band": lambda _facts: _("Choose your impression"),
    "no_score": lambda facts: _("Enter the score, from %(low)s to %(high)s", **facts),
    "no_day": lambda _facts: _("Choose the day"),
    "in_future": lambda _facts: _("This is still to come. Enter when it was"),
    "too_early": lambda facts: _(
        "This may be used from %(day)s on. Before that it says nothing", day=day_year(facts["from"])
    ),
    "day_not_known": lambda _facts: _(
        "Nobody knows the day of death yet, so nobody knows when this may be used. Choose another"
    ),
    "before_death": lambda _facts: _("That is before the death"),
    "no_reason": lambda _facts: _("Write the reason"),
}
VERBS: dict[str, Sentence] = {
    "screen.made": lambda _facts: _("wrote down a screen"),
    "screen.undone": lambda facts: _("took back a screen: %(reason)s", **facts),
    "hospice.instrument_added": lambda facts: _("added the instrument %(name)s", **facts),
    "hospice.instrument_changed": lambda facts: _("changed the instrument %(name)s", **facts),
    "hospice.instrument_retired": lambda facts: _("retired the instrument %(name)s", **facts),
}
FIELDS: dict[str, Field] = {
    "screen.band": Field(lazy_pgettext("screen", "Band"), band_label, is_restricted=True),
    "screen.score": Field(_l("Score"), is_restricted=True),
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "band_label": band_label,
    "bands_words": bands_words,
    "earliest_words": earliest_words,
    "instrument_label": instrument_label,
    "instrument_language": instrument_language,
    "screen_basis": screen_basis,
    "suggested_tier": suggested_tier,
    "suggested_words": suggested_words,
}
