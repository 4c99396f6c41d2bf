"""Whether a name may be read, what a volunteer writes for themselves, and what the hospice wishes."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import Hospice, User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.gatherings.models import Memory, RemembranceWish
from hospice.gatherings.queries import remembered as queries
from hospice.gatherings.rules import Remembrance
from hospice.grief_support.rules.kin import Consent
from hospice.journal import actions as journal


@dataclass(frozen=True)
class RemembranceSettings:
    """What an administrator may change about remembrance, and whom one may ring to talk."""

    remembrance: Remembrance
    talk_name: str
    talk_phone: str


def set_wish(patient_id: int, wish: Consent, said_by: str, *, by: User, now: datetime) -> None:
    """Write down whether a family agrees that the volunteers read a name; effective at once."""
    row = queries.wish_of(patient_id, locking=True) or RemembranceWish(patient_id=patient_id)
    row.wish, row.said_by = wish, said_by.strip()
    row.noted_by_id, row.noted_at = by.id, now
    db.session.add(row)
    db.session.flush()
    journal.record(
        "patient.remembrance", about=[("patient", patient_id)], by=by, now=now, wish=wish
    )


def write(volunteer_id: int, patient_id: int, words: str, *, now: datetime) -> None:
    """Keep what a volunteer writes for themselves; empty words leave nothing behind.

    It is in no journal: that somebody grieves is theirs alone.
    """
    row = queries.memory_of(volunteer_id, patient_id)
    if not words.strip():
        if row is not None:
            db.session.delete(row)
            db.session.flush()
        return
    if row is None:
        row = Memory(volunteer_id=volunteer_id, patient_id=patient_id)
        db.session.add(row)
    row.words, row.saved_at = words.strip(), now
    db.session.flush()


def change_settings(
    hospice: Hospice, settings: RemembranceSettings, *, seen_version: int, by: User, now: datetime
) -> None:
    """Change what the hospice wishes; raise Refused when someone else saved first."""
    if hospice.version != seen_version:
        raise Refused([Objection("stale")])
    changed = journal.changes(hospice, asdict(settings))
    if not changed:
        return
    for name, value in asdict(settings).items():
        setattr(hospice, name, str(value))
    try:
        db.session.flush()
    except StaleDataError as error:
        raise Refused([Objection("stale")]) from error
    journal.record("hospice.changed", about=[("hospice", 1)], by=by, now=now, changed=changed)


__all__ = ["RemembranceSettings", "change_settings", "set_wish", "write"]
