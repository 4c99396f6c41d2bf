"""Volunteers who must not be on one shift."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.volunteers import queries
from hospice.volunteers.actions.saving import about
from hospice.volunteers.models import KeptApart, Volunteer


def keep_apart(
    volunteer: Volunteer, other: Volunteer, reason: str, *, by: User, now: datetime
) -> None:
    """See to it that two volunteers are never on one shift; once is enough."""
    if volunteer.id == other.id:
        raise Refused([Objection("same_person", field="other_id")])
    if queries.pair(volunteer.id, other.id) is not None:
        return
    first_id, second_id = sorted((volunteer.id, other.id))
    facts = [(volunteer.id, other.preferred_name), (other.id, volunteer.preferred_name)]
    db.session.add(KeptApart(first_id=first_id, second_id=second_id, reason=reason))
    try:
        db.session.flush()
    except IntegrityError as error:  # someone else has just said the same
        raise Refused([Objection("stale")]) from error
    for volunteer_id, name in facts:
        changed: dict[str, list[object]] = {"kept_apart": [None, name]}
        journal.record(
            "volunteer.changed", about=about(volunteer_id), by=by, now=now, changed=changed
        )


def stop_keeping_apart(volunteer: Volunteer, other: Volunteer, *, by: User, now: datetime) -> None:
    """Let two volunteers be on one shift again; raise Missing when nothing kept them apart."""
    row = queries.pair(volunteer.id, other.id)
    if row is None:
        raise Missing
    db.session.delete(row)
    db.session.flush()
    for volunteer_id, name in (
        (volunteer.id, other.preferred_name),
        (other.id, volunteer.preferred_name),
    ):
        changed: dict[str, list[object]] = {"kept_apart": [name, None]}
        journal.record(
            "volunteer.changed", about=about(volunteer_id), by=by, now=now, changed=changed
        )
