"""Pages of families, of a death and of those who are told."""

from flask import Blueprint

bp = Blueprint("grief_support", __name__)

# Each module puts its pages on the blueprint above.
from hospice.grief_support.views import (  # noqa: E402
    calls,
    deaths,
    duty,
    family,
    family_pages,
    instruments,
    letter_words,
    letters,
    links,
    losses,
    plans,
    red_flags,
    reports,
    screens,
    telling,
    template,
    ties,
)

__all__ = [
    "bp",
    "calls",
    "deaths",
    "duty",
    "family",
    "family_pages",
    "instruments",
    "letter_words",
    "letters",
    "links",
    "losses",
    "plans",
    "red_flags",
    "reports",
    "screens",
    "telling",
    "template",
    "ties",
]
