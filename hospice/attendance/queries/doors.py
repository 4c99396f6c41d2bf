"""The codes at the doors of places."""

from sqlalchemy import select

from hospice.attendance.models import Door
from hospice.core.db import db
from hospice.places.models import Place


def door_of(place_id: int) -> Door | None:
    """Return the code of a place."""
    return db.session.scalar(select(Door).where(Door.place_id == place_id))


def place_behind(code: str) -> Place | None:
    """Return the place at whose door a code hangs; None for one that was replaced."""
    return db.session.scalar(
        select(Place).join(Door, Door.place_id == Place.id).where(Door.code == code)
    )
