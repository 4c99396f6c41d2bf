"""What a phone keeps of a volunteer's shifts, so that a note can begin without signal."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from hospice.core.db import db
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Shift
from hospice.shifts.rules.mine import COMING, MyShift
from hospice.visits.models import VisitNote
from hospice.visits.queries.mine import my_shifts

# interface §12: the next seven days; and as long back, for a note that was put off.
KEPT_AHEAD = timedelta(days=7)
KEPT_BACK = timedelta(days=7)


def shifts_to_keep(volunteer_id: int, now: datetime) -> list[MyShift]:
    """Return the shifts around now that a volunteer has said yes to, or is asked to confirm."""
    return [
        shift
        for shift in my_shifts(volunteer_id, since=now - KEPT_BACK)
        if shift.state in COMING and shift.starts_at < now + KEPT_AHEAD
    ]


def at_home(shift_ids: Collection[int]) -> set[int]:
    """Return which of these shifts are visits to someone's home, where there is no ward round."""
    if not shift_ids:
        return set()
    found = select(Shift.id).join(Place, Place.id == Shift.place_id)
    return set(
        db.session.scalars(found.where(Shift.id.in_(shift_ids), Place.kind == PlaceKind.HOME))
    )


def is_page_known(uuid: str) -> bool:
    """Tell whether a page that was opened, here or without signal, has made a note already."""
    return db.session.scalar(select(VisitNote.id).where(VisitNote.uuid == uuid)) is not None
