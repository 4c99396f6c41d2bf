"""Everything that is asked about visit notes; one reader a module."""

from hospice.visits.queries.hours import minutes_given
from hospice.visits.queries.mine import (
    notes_on,
    notes_to_write,
    reflection_of,
    summary,
    to_finish,
    visit,
)
from hospice.visits.queries.missing import missing_count, missing_notes
from hospice.visits.queries.record import addenda
from hospice.visits.queries.staff import counts, note_for, worrying_notes

__all__ = [
    "addenda",
    "counts",
    "minutes_given",
    "missing_count",
    "missing_notes",
    "note_for",
    "notes_on",
    "notes_to_write",
    "reflection_of",
    "summary",
    "to_finish",
    "visit",
    "worrying_notes",
]
