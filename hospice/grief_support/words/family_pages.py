"""What somebody's own page asks, and the sentences of its history."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hospice.core.errors import Objection
from hospice.grief_support.rules.family_pages import Part
from hospice.grief_support.rules.kin import KinWay
from hospice.grief_support.words.kin import kin_objection_words
from hospice.journal.words import Sentence

WAY_QUESTIONS: dict[KinWay, Any] = {
    KinWay.CALL: _l("May we call you?"),
    KinWay.TEXT: _l("May we send you text messages?"),
    KinWay.WECHAT: _l("May we write to you on WeChat?"),
    KinWay.EMAIL: _l("May we write you emails?"),
    KinWay.LETTER: _l("May we send you letters and cards?"),
    KinWay.VISIT: _l("May we visit you?"),
}
PART_LABELS: dict[Part, Any] = {
    Part.ANY: _l("Any time, by day"),
    Part.MORNING: _l("Mornings, 9 to 12"),
    Part.AFTERNOON: _l("Afternoons, 13 to 18"),
    Part.EVENING: _l("Evenings, 18 to 20"),
    Part.OWN: _l("Other hours"),
}


def page_objection_words(objection: Objection) -> str:
    """Return why something on somebody's own page was not saved."""
    words = _OBJECTIONS.get(objection.kind)
    return words() if words else kin_objection_words(objection)


_OBJECTIONS: dict[str, Callable[[], str]] = {
    "pause_over": lambda: _("Choose today or a later day"),
    "pause_long": lambda: _("Choose a day within two years"),
    "stale": lambda: _(
        "We wrote something down for you in the meantime. Look through it once more, then save"
    ),
    "is_minor": lambda: _("A child has no page. Make one for the guardian"),
}
VERBS: dict[str, Sentence] = {
    "kin.page_made": lambda facts: _("made the link to a page for %(name)s", name=facts["name"]),
    "kin.page_ended": lambda facts: _("ended the link to the page of %(name)s", name=facts["name"]),
    "kin.wished": lambda _facts: _("chose on their own page"),
}
GLOBALS: dict[str, Callable[..., Any]] = {}
