"""Labels and sentences of families, deaths and losses."""

from collections.abc import Callable
from typing import Any

from hospice.grief_support.words import deaths, kin
from hospice.journal.words import Field, Sentence

GLOBALS: dict[str, Callable[..., Any]] = {**kin.GLOBALS, **deaths.GLOBALS}
VERBS: dict[str, Sentence] = {**kin.VERBS, **deaths.VERBS}
FIELDS: dict[str, Field] = {**kin.FIELDS, **deaths.FIELDS}
