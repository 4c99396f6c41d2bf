"""Writing down what volunteers bring or learnt, and until when it holds."""

from dataclasses import asdict
from datetime import datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.volunteers.models import Credential, Volunteer
from hospice.volunteers.rules import Paper, paper_objections


def note_paper(volunteer: Volunteer, paper: Paper, *, by: User, now: datetime) -> Credential:
    """Write a paper down; raise Refused."""
    found = paper_objections(paper)
    if found:
        raise Refused(found)
    made = Credential(volunteer_id=volunteer.id, noted_by_id=by.id, noted_at=now, **asdict(paper))
    db.session.add(made)
    db.session.flush()
    _record("volunteer.paper_noted", made, by=by, now=now)
    return made


def change_paper(
    credential: Credential, paper: Paper, *, seen_version: int, by: User, now: datetime
) -> None:
    """Change what is written down of a paper; raise Refused when someone else saved first."""
    if credential.version != seen_version:
        raise Refused([Objection("stale", facts={"at": credential.noted_at})])
    found = paper_objections(paper)
    if found:
        raise Refused(found)
    changed = journal.changes(credential, asdict(paper))
    if not changed:
        return
    for name, value in asdict(paper).items():
        setattr(credential, name, value)
    credential.noted_by_id, credential.noted_at = by.id, now
    db.session.flush()
    _record("volunteer.paper_changed", credential, by=by, now=now)


def put_away(credential: Credential, *, by: User, now: datetime) -> None:
    """Keep a paper no longer; nothing is said about it any more."""
    credential.ended_at = now
    db.session.flush()
    _record("volunteer.paper_put_away", credential, by=by, now=now)


def _record(verb: str, credential: Credential, *, by: User, now: datetime) -> None:
    journal.record(
        verb,
        about=[("volunteer", credential.volunteer_id)],
        by=by,
        now=now,
        kind=credential.kind,
        note=credential.note,
        day=credential.valid_until,
    )
