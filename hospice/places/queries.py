"""Everything that is asked about places."""

from collections.abc import Sequence

from sqlalchemy import case, func, select

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.places.models import Place
from hospice.places.rules import PlaceKind, Showing

# Wards before home visits, each in the order the coordinator gave them.
ORDER = (
    case((Place.kind == PlaceKind.WARD, 0), else_=1),
    Place.position,
    Place.name,
    Place.id,
)


def place(place_id: int) -> Place:
    """Return a place; raise Missing."""
    found = db.session.get(Place, place_id)
    if found is None:
        raise Missing
    return found


def places(showing: Showing = Showing.OPEN) -> Sequence[Place]:
    """Return the open places, the closed ones or all, wards first."""
    asked = select(Place).order_by(*ORDER)
    if showing is not Showing.ALL:
        asked = asked.where(Place.is_open == (showing is Showing.OPEN))
    return db.session.scalars(asked).all()


def places_to_choose(*also: int | None) -> Sequence[Place]:
    """Return the open places, and those named even when they are closed: a form keeps its own."""
    kept = [place_id for place_id in also if place_id]
    return db.session.scalars(
        select(Place).where(Place.is_open | Place.id.in_(kept)).order_by(*ORDER)
    ).all()


def place_named(name: str) -> Place | None:
    """Return the place of exactly this name."""
    return db.session.scalar(select(Place).where(Place.name == name))


def last_position() -> int:
    """Return the position of the last place in the order; 0 when there is none."""
    return db.session.scalar(select(func.max(Place.position))) or 0
