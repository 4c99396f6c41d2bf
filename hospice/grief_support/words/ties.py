"""How volunteers and families know each other, in words."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hospice.core.errors import Objection
from hospice.journal.words import Sentence
from hospice.patients.rules import TieKind

TIE_LABELS: dict[TieKind, Any] = {
    TieKind.RELATIVE: _l("Relative"),
    TieKind.NEIGHBOUR: _l("Neighbour"),
    TieKind.FRIEND: _l("Friend, or someone from work"),
    TieKind.FORMER_FAMILY: _l("Visited this family before"),
}


def tie_label(kind: str) -> str:
    """Return how two know each other."""
    return str(TIE_LABELS[TieKind(kind)])


def tie_objection_words(objection: Objection) -> str:
    """Return what keeps it from being written down."""
    del objection  # there is one
    return _("This is written down already")


VERBS: dict[str, Sentence] = {
    "volunteer.tie": lambda _facts: _("noted whom they know among the patients"),
    "volunteer.tie_ended": lambda _facts: _("took back whom they know among the patients"),
}
GLOBALS: dict[str, Callable[..., Any]] = {"tie_label": tie_label}
