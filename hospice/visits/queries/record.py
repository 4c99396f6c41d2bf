"""One note as a record: what was added to it, and who read, signed or struck it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.visits.models import NoteAddendum, VisitNote


@dataclass(frozen=True)
class Hands:
    """The names of those of the team through whose hands a note went; empty where nobody's."""

    writer: str
    reader: str
    signer: str
    striker: str


def addenda(note_id: int) -> Sequence[NoteAddendum]:
    """Return what was added to a note, the first first."""
    return db.session.scalars(
        select(NoteAddendum).where(NoteAddendum.note_id == note_id).order_by(NoteAddendum.id)
    ).all()


def hands(note_id: int) -> Hands:
    """Return who of the team wrote, read, signed and struck out a note; one statement."""
    columns = (
        VisitNote.written_by_id,
        VisitNote.read_by_id,
        VisitNote.signed_by_id,
        VisitNote.struck_by_id,
    )
    people = [aliased(User) for _column in columns]
    asked = select(*(person.name for person in people)).select_from(VisitNote)
    for column, person in zip(columns, people, strict=True):
        asked = asked.outerjoin(person, person.id == column)
    row = db.session.execute(asked.where(VisitNote.id == note_id)).one()
    return Hands(*(name or "" for name in row))
