"""Everything that is asked about volunteers."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from hospice.accounts.models import User
from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.places.models import Place
from hospice.places.queries import ORDER as PLACE_ORDER
from hospice.volunteers.models import Availability, Away, Clearance, KeptApart, Volunteer
from hospice.volunteers.rules import (
    Details,
    Experience,
    Free,
    Showing,
    VolunteerState,
    in_order,
    is_known_as,
)

_DUPLICATES_LOOKED_AT = 50
_AWAYS_SHOWN = 20


@dataclass(frozen=True)
class Filters:
    """What a list of volunteers is narrowed to."""

    words: str = ""
    showing: Showing = Showing.HERE
    place_id: int = 0
    language: str = ""
    skill: str = ""
    experience: Experience | None = None
    leads: bool = False

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything but the plain list was asked for."""
        return self != Filters()

    @property
    def is_special(self) -> bool:
        """Tell whether one of the rarer filters is set."""
        return bool(self.language or self.skill or self.experience or self.leads)


@dataclass(frozen=True)
class ClearedPlace:
    """A place where someone is cleared, with its name."""

    place_id: int
    name: str
    distance_km: int | None
    expires_on: date | None


@dataclass(frozen=True)
class Apart:
    """Someone who must not be on a shift with the volunteer in question."""

    volunteer_id: int
    name: str
    reason: str


def volunteer(volunteer_id: int) -> Volunteer:
    """Return a volunteer as the database has them now; raise Missing."""
    found = db.session.get(Volunteer, volunteer_id, populate_existing=True)
    if found is None:
        raise Missing
    return found


def own(user: User) -> Volunteer:
    """Return the volunteer record of a person who signs in; raise Missing."""
    found = db.session.scalar(select(Volunteer).where(Volunteer.user_id == user.id))
    if found is None:
        raise Missing
    return found


def user_of(volunteer: Volunteer) -> User | None:
    """Return the user through which a volunteer signs in."""
    return db.session.get(User, volunteer.user_id) if volunteer.user_id else None


def is_linked(user: User) -> bool:
    """Tell whether a user belongs to some volunteer."""
    return bool(db.session.scalar(select(exists().where(Volunteer.user_id == user.id))))


# --- lists ----------------------------------------------------------------------------------------


def people(filters: Filters, today: date, *, limit: int, offset: int = 0) -> Sequence[Volunteer]:
    """Return volunteers in the order of their names."""
    return db.session.scalars(
        select(Volunteer)
        .where(*_conditions(filters, today))
        .order_by(Volunteer.sort_key, Volunteer.id)
        .limit(limit)
        .offset(offset)
    ).all()


def people_count(filters: Filters, today: date) -> int:
    """Return how many volunteers the filters leave."""
    counted = select(func.count()).select_from(Volunteer).where(*_conditions(filters, today))
    return db.session.scalar(counted) or 0


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found = [_is_shown(filters.showing, today)]
    if filters.words:
        found.append(names.matches(Volunteer.search_key, filters.words))
    if filters.place_id:
        found.append(
            exists().where(
                Clearance.volunteer_id == Volunteer.id,
                Clearance.place_id == filters.place_id,
                or_(Clearance.expires_on.is_(None), Clearance.expires_on >= today),
            )
        )
    if filters.language:
        found.append(_holds(Volunteer.languages, filters.language))
    if filters.skill:
        found.append(_holds(Volunteer.skills, filters.skill))
    if filters.experience:
        found.append(Volunteer.experience == filters.experience)
    if filters.leads:
        found.append(Volunteer.is_leader.is_(True))
    return found


def _is_shown(showing: Showing, today: date) -> ColumnElement[bool]:
    # The same as `rules.is_working_on`, said to the database.
    is_back = and_(
        Volunteer.state == VolunteerState.ON_BREAK,
        Volunteer.break_until.is_not(None),
        Volunteer.break_until < today,
    )
    if showing is Showing.ACTIVE:
        return or_(Volunteer.state == VolunteerState.ACTIVE, is_back)
    if showing is Showing.ON_BREAK:
        return and_(Volunteer.state == VolunteerState.ON_BREAK, ~is_back)
    if showing is Showing.LEFT:
        return Volunteer.state == VolunteerState.LEFT
    if showing is Showing.HERE:
        return Volunteer.state != VolunteerState.LEFT
    return Volunteer.id.is_not(None)


def _holds(column: InstrumentedAttribute[list[str]], word: str) -> ColumnElement[bool]:
    """Return the condition that a list of words, kept as JSON, holds one."""
    quoted = json.dumps(word)
    for sign in (names.ESCAPE, "%", "_"):
        quoted = quoted.replace(sign, names.ESCAPE + sign)
    return cast(column, Text).like(f"%{quoted}%", escape=names.ESCAPE)


def cleared_places(volunteer_ids: Sequence[int], today: date) -> dict[int, list[str]]:
    """Return the names of the places where some volunteers are cleared today."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(Clearance.volunteer_id, Place.name)
        .join(Place, Place.id == Clearance.place_id)
        .where(
            Clearance.volunteer_id.in_(volunteer_ids),
            or_(Clearance.expires_on.is_(None), Clearance.expires_on >= today),
        )
        .order_by(*PLACE_ORDER)
    )
    for volunteer_id, name in rows:
        found[volunteer_id].append(name)
    return dict(found)


# --- one volunteer --------------------------------------------------------------------------------


def clearances(volunteer_id: int) -> list[ClearedPlace]:
    """Return where a volunteer is or was cleared, in the order of places."""
    rows = db.session.execute(
        select(Clearance, Place)
        .join(Place, Place.id == Clearance.place_id)
        .where(Clearance.volunteer_id == volunteer_id)
        .order_by(*PLACE_ORDER)
    )
    return [
        ClearedPlace(place.id, place.full_name, clearance.distance_km, clearance.expires_on)
        for clearance, place in rows
    ]


def place_names(place_ids: Collection[int]) -> dict[int, str]:
    """Return the names of some places."""
    rows = db.session.execute(select(Place.id, Place.name).where(Place.id.in_(place_ids)))
    return {row.id: row.name for row in rows}


def clearance_rows(volunteer_id: int) -> Sequence[Clearance]:
    """Return the clearances of a volunteer, to be changed."""
    return db.session.scalars(select(Clearance).where(Clearance.volunteer_id == volunteer_id)).all()


def availability(volunteer_id: int) -> list[Free]:
    """Return when a volunteer is usually free, from Monday morning on."""
    rows = db.session.execute(
        select(Availability.weekday, Availability.part).where(
            Availability.volunteer_id == volunteer_id
        )
    )
    return in_order((weekday, part) for weekday, part in rows)


def away(volunteer_id: int, away_id: int) -> Away:
    """Return days away that belong to a volunteer; raise Missing."""
    found = db.session.get(Away, away_id)
    if found is None or found.volunteer_id != volunteer_id:
        raise Missing
    return found


def aways(volunteer_id: int, today: date) -> Sequence[Away]:
    """Return the days away that are not over and not cancelled, the next first."""
    return db.session.scalars(
        select(Away)
        .where(
            Away.volunteer_id == volunteer_id,
            Away.ends_on >= today,
            Away.cancelled_at.is_(None),
        )
        .order_by(Away.starts_on, Away.id)
        .limit(_AWAYS_SHOWN)
    ).all()


def aways_between(volunteer_id: int, first: date, last: date) -> Sequence[Away]:
    """Return the days away that touch some days and are not cancelled."""
    return db.session.scalars(
        select(Away)
        .where(
            Away.volunteer_id == volunteer_id,
            Away.starts_on <= last,
            Away.ends_on >= first,
            Away.cancelled_at.is_(None),
        )
        .order_by(Away.starts_on)
    ).all()


def kept_apart(volunteer_id: int) -> list[Apart]:
    """Return who must not be on a shift with a volunteer, by name."""
    rows = db.session.scalars(
        select(KeptApart)
        .where(or_(KeptApart.first_id == volunteer_id, KeptApart.second_id == volunteer_id))
        .options(joinedload(KeptApart.first), joinedload(KeptApart.second))
    ).all()
    others = [
        (pair.second if pair.first_id == volunteer_id else pair.first, pair.reason) for pair in rows
    ]
    others.sort(key=lambda found: (found[0].sort_key, found[0].id))
    return [Apart(other.id, other.preferred_name, reason) for other, reason in others]


def pair(volunteer_id: int, other_id: int) -> KeptApart | None:
    """Return the row that keeps two volunteers apart."""
    first_id, second_id = sorted((volunteer_id, other_id))
    return db.session.scalar(
        select(KeptApart).where(KeptApart.first_id == first_id, KeptApart.second_id == second_id)
    )


def people_to_keep_apart(volunteer_id: int, words: str, *, limit: int) -> Sequence[Volunteer]:
    """Return those who have not left and could be kept apart from a volunteer."""
    known = [apart.volunteer_id for apart in kept_apart(volunteer_id)]
    return db.session.scalars(
        select(Volunteer)
        .where(
            Volunteer.id.not_in([volunteer_id, *known]),
            Volunteer.state != VolunteerState.LEFT,
            names.matches(Volunteer.search_key, words),
        )
        .order_by(Volunteer.sort_key, Volunteer.id)
        .limit(limit)
    ).all()


def looks_like(details: Details, *, but: int | None = None) -> Volunteer | None:
    """Return a volunteer who may be the same person: the name in common, no other telephone."""
    typed = (details.legal_name, details.preferred_name)
    found = db.session.scalars(
        select(Volunteer)
        .where(or_(*(names.matches(Volunteer.search_key, name) for name in set(typed))))
        .order_by(Volunteer.id)
        .limit(_DUPLICATES_LOOKED_AT)
    )
    for one in found:
        kept = (one.legal_name, one.preferred_name)
        if one.id != but and is_known_as(typed, details.phone, kept, one.phone):
            return one
    return None
