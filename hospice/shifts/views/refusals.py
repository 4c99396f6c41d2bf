"""Why an answer could not be taken, said to the volunteer who gave it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hospice.core.errors import Objection
from hospice.volunteers.words import language_label, skill_label

_TAKEN = _l("Someone has just taken this shift. Here are others you could do.")
_WORDS: dict[str, Any] = {
    "full": _TAKEN,
    "taken": _TAKEN,
    "already_here": _l("You are on this shift already."),
    "cancelled_shift": _l("This shift will not take place."),
    "past": _l("This shift is over."),
    "started": _l("The shift has begun. Call us to change your answer."),
    "not_asked": _l("This question is closed. Call us if you would like to come."),
    "not_on_shift": _l("You are no longer on this shift. Call us if that surprises you."),
    "named_enough": _l("You have named three people already. Thank you, we take it from here."),
    "too_late": _l("That was more than ten minutes ago. Say “I can’t come” instead."),
    "waiting_list": _l("This place is kept for someone who has waited for it."),
    "not_offered": _l("The time to answer is over, and the place goes to the next person."),
    "nobody_fits": _l("Nobody fits this shift at the moment. Call us, and we will look at it."),
    "does_not_fit": _l("One of these people can no longer come. Look again, then choose."),
    "swap_closed": _l("This swap is closed. Look again."),
    "changed_meanwhile": _l("This has just changed. Look again, then answer."),
    "overlap": _l("You are on another shift at this time."),
    "away": _l("You told us that you are away that day."),
    "outside_availability": _l("Outside the times you told us"),
    "over_maximum": _l("More shifts that month than you asked for"),
    "over_preferred": _l("More shifts that month than you asked for"),
    # A death is never told by a page: a person says it.
    "paused": _l("This visit does not take place as planned. Call us, please."),
    "patient_died": _l("We would like a word with you first. Call us, please"),
    # They may not have heard that their neighbour is with us: no page says so.
    "knows_privately": _l("We would like a word with you first. Call us, please"),
    "own_loss": _l("You have time for yourself now. Call us when you would like to come"),
    "short_rest": _l("Less than 8 hours from another of your shifts"),
    "needs_leader": _l("Needs someone who leads"),
    "trainee_alone": _l("Needs someone experienced"),
}
_MADE: dict[str, Callable[[Objection], str]] = {
    "needs_language": lambda one: _(
        "Needs someone who speaks %(language)s", language=language_label(str(one.facts["language"]))
    ),
    "needs_skill": lambda one: _(
        "Needs this skill: %(skill)s", skill=skill_label(str(one.facts["skill"]))
    ),
}


def refused_words(objections: Sequence[Objection]) -> str:
    """Return why not, for the first thing that stands against it; never about anyone else."""
    return refusal_word(objections[0])


def refusal_word(objection: Objection) -> str:
    """Return one reason; whatever is not for the volunteer's ears asks them to call."""
    if objection.kind in _MADE:
        return _MADE[objection.kind](objection)
    found = _WORDS.get(objection.kind)
    return str(found) if found else _("This is not possible now. Call us, and we will look at it.")
