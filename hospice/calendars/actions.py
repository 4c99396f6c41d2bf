"""Making and ending the addresses of calendars."""

import secrets
from datetime import datetime

from sqlalchemy import Update, update

from hospice.accounts.models import User
from hospice.accounts.queries import hashed
from hospice.calendars.models import CalendarFeed
from hospice.core.db import db
from hospice.journal import actions as journal

_BYTES = 24  # 192 bits: nobody guesses one


def renew_own(volunteer_id: int, *, by: User, now: datetime) -> str:
    """Make a new address for a volunteer's own shifts and return its token; the old one ends."""
    _end(_own(volunteer_id), now)
    token = _add(now, volunteer_id=volunteer_id)
    journal.record("calendar.made", about=[("volunteer", volunteer_id)], by=by, now=now)
    return token


def end_own(volunteer_id: int, *, by: User, now: datetime) -> None:
    """End the address of a volunteer's own shifts."""
    if _end(_own(volunteer_id), now):
        journal.record("calendar.ended", about=[("volunteer", volunteer_id)], by=by, now=now)


def renew_place(place_id: int, *, by: User, now: datetime) -> str:
    """Make someone a new address for the shifts of a place; their old one ends."""
    _end(_of_place(place_id, by), now)
    token = _add(now, user_id=by.id, place_id=place_id)
    journal.record("calendar.made", about=[("place", place_id)], by=by, now=now)
    return token


def end_place(place_id: int, *, by: User, now: datetime) -> None:
    """End someone's address for the shifts of a place."""
    if _end(_of_place(place_id, by), now):
        journal.record("calendar.ended", about=[("place", place_id)], by=by, now=now)


def note_read(feed_id: int, now: datetime) -> None:
    """Note that a calendar was read."""
    _run(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(read_at=now))


def _add(now: datetime, **whose: int) -> str:
    token = secrets.token_urlsafe(_BYTES)
    # Only the hash is kept, so that a copy of the database opens nobody's calendar.
    db.session.add(CalendarFeed(token_hash=hashed(token), made_at=now, **whose))
    db.session.flush()
    return token


def _own(volunteer_id: int) -> Update:
    return update(CalendarFeed).where(CalendarFeed.volunteer_id == volunteer_id)


def _of_place(place_id: int, user: User) -> Update:
    return update(CalendarFeed).where(
        CalendarFeed.place_id == place_id, CalendarFeed.user_id == user.id
    )


def _end(which: Update, now: datetime) -> int:
    return _run(which.where(CalendarFeed.ended_at.is_(None)).values(ended_at=now))


def _run(statement: Update) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


__all__ = ["end_own", "end_place", "note_read", "renew_own", "renew_place"]
