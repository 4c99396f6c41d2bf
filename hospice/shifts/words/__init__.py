"""Words of shifts: labels, objections and reasons, and the sentences of the journal."""

from hospice.shifts.words.journal import FIELDS, VERBS
from hospice.shifts.words.labels import (
    CADENCE_LABELS,
    CATEGORY_LABELS,
    GLOBALS,
    STATE_ICONS,
    STATE_LABELS,
    category_label,
    day_of,
    lack_words,
    lead_lines,
    objection_words,
    reason_words,
    state_icon,
    state_label,
    step_words,
)

__all__ = [
    "CADENCE_LABELS",
    "CATEGORY_LABELS",
    "FIELDS",
    "GLOBALS",
    "STATE_ICONS",
    "STATE_LABELS",
    "VERBS",
    "category_label",
    "day_of",
    "lack_words",
    "lead_lines",
    "objection_words",
    "reason_words",
    "state_icon",
    "state_label",
    "step_words",
]
