"""Adding, changing, closing and reopening places."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.journal import queries as journal_queries
from hospice.places import queries
from hospice.places.models import Place
from hospice.places.rules import PlaceFacts


def create(facts: PlaceFacts, *, by: User | None, now: datetime) -> Place:
    """Add a place; raise Refused when its name is taken."""
    _refuse_taken_name(facts.name)
    place = Place(**asdict(facts), is_open=True, created_at=now)
    db.session.add(place)
    try:
        db.session.flush()
    except IntegrityError as error:  # someone took the name since we looked
        raise Refused([_name_taken(facts.name)]) from error
    journal.record("place.added", about=[("place", place.id)], by=by, now=now, name=place.name)
    return place


def change(
    place: Place, facts: PlaceFacts, *, seen_version: int, by: User | None, now: datetime
) -> Place:
    """Change a place; raise Refused when its name is taken or someone else saved first."""
    if place.version != seen_version:
        raise Refused([_stale(place.id)])
    if facts.name != place.name:
        _refuse_taken_name(facts.name)
    changed = journal.changes(place, asdict(facts))
    if not changed:
        return place
    place_id = place.id
    for name, value in asdict(facts).items():
        setattr(place, name, value)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused([_name_taken(facts.name)]) from error
    except StaleDataError as error:
        raise Refused([Objection("stale")]) from error
    journal.record("place.changed", about=[("place", place_id)], by=by, now=now, changed=changed)
    return place


def close(place: Place, *, by: User | None, now: datetime) -> Place:
    """Take a place out of new choices; what is planned there stays."""
    return _open(place, False, by=by, now=now)


def reopen(place: Place, *, by: User | None, now: datetime) -> Place:
    """Offer a closed place again."""
    return _open(place, True, by=by, now=now)


def _open(place: Place, is_open: bool, *, by: User | None, now: datetime) -> Place:
    if place.is_open == is_open:
        return place  # a second tap says the same
    place_id = place.id
    place.is_open = is_open
    try:
        db.session.flush()
    except StaleDataError as error:
        raise Refused([Objection("stale")]) from error
    verb = "place.reopened" if is_open else "place.closed"
    journal.record(verb, about=[("place", place_id)], by=by, now=now)
    return place


def _refuse_taken_name(name: str) -> None:
    if queries.place_named(name) is not None:
        raise Refused([_name_taken(name)])


def _name_taken(name: str) -> Objection:
    return Objection("name_taken", facts={"name": name}, field="name")


def _stale(place_id: int) -> Objection:
    last = journal_queries.history("place", place_id, limit=1)
    return Objection("stale", facts={"at": last[0].happened_at} if last else {})
