"""Labels and sentences of families, deaths and losses."""

from collections.abc import Callable
from typing import Any

from hospice.grief_support.words import deaths, family_pages, kin, plans, red_flags, screens, ties
from hospice.grief_support.words import letters as letter_words
from hospice.journal.words import Field, Sentence

GLOBALS: dict[str, Callable[..., Any]] = {
    **kin.GLOBALS,
    **deaths.GLOBALS,
    **letter_words.GLOBALS,
    **plans.GLOBALS,
    **red_flags.GLOBALS,
    **screens.GLOBALS,
    **ties.GLOBALS,
}
VERBS: dict[str, Sentence] = {
    **kin.VERBS,
    **letter_words.VERBS,
    **family_pages.VERBS,
    **deaths.VERBS,
    **plans.VERBS,
    **red_flags.VERBS,
    **screens.VERBS,
    **ties.VERBS,
}
FIELDS: dict[str, Field] = {
    **kin.FIELDS,
    **letter_words.FIELDS,
    **deaths.FIELDS,
    **plans.FIELDS,
    **red_flags.FIELDS,
    **screens.FIELDS,
}
