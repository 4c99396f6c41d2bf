"""What the form of a visit note starts with."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import uuid4

from hospice.core import clock
from hospice.visits.models import VisitNote
from hospice.visits.queries.mine import reflection_on
from hospice.visits.rules import Visit


def prefilled(
    visit: Visit, notes: Sequence[VisitNote], note: VisitNote | None
) -> dict[str, object]:
    """Return what the form starts with: the draft, or the times, which are asked for only once."""
    if note is not None:
        return {
            "uuid": note.uuid,
            "seen": note.saved_at.isoformat(),
            "arrived": wall(note.arrived_at, visit),
            "left": wall(note.left_at, visit),
            "did": note.did,
            "moods": note.moods,
            "words": note.words,
            "comfort": None if note.comfort is None else str(note.comfort),
            "comfort_words": note.comfort_words,
            "quote": note.quote,
            "concern": note.concern.value if note.concern else None,
            "told_whom": note.told_whom,
            "told_when": wall(note.told_at, visit),
            "promise": note.promise,
            "promise_on": note.promise_on,
            "reflection": reflection_on(note.id, visit.volunteer_id),
        }
    before = notes[0] if notes else None
    return {
        "uuid": str(uuid4()),
        "arrived": wall(before.arrived_at if before else visit.starts_at, visit),
        "left": wall(before.left_at if before else visit.ends_at, visit),
    }


def wall(instant: datetime | None, visit: Visit) -> time | None:
    """Return an instant as the clock on the wall of the place showed it."""
    if instant is None:
        return None
    return clock.local(instant, visit.zone).time().replace(second=0, microsecond=0)
