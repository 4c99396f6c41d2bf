"""What is asked about the hospice's own words for messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select

from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.reminders.models import MessageWording
from hospice.reminders.rules import Kind
from hospice.reminders.wording.rules import Case, Medium, Words, Written

# The own words of each kind of message in each language.
Book = Mapping[tuple[Kind, Case, str], Mapping[Medium, Words]]


def own_words(kind: Kind, case: Case, language: str) -> dict[Medium, Words]:
    """Return a hospice's own words for one kind of message, by how long they may be."""
    rows = db.session.execute(
        select(MessageWording.medium, MessageWording.subject, MessageWording.text).where(
            MessageWording.kind == kind,
            MessageWording.case == case,
            MessageWording.language == language,
            MessageWording.text != "",
        )
    )
    return {row.medium: Words(row.subject, row.text) for row in rows}


def book() -> Book:
    """Return all of a hospice's own words, for a page that shows many messages."""
    found: dict[tuple[Kind, Case, str], dict[Medium, Words]] = {}
    for one in wordings():
        found.setdefault((one.kind, one.case, one.language), {})[one.medium] = Words(
            one.subject, one.text
        )
    return found


def wordings() -> Sequence[MessageWording]:
    """Return all words that a hospice has of its own."""
    return db.session.scalars(select(MessageWording).where(MessageWording.text != "")).all()


def is_changed_since(kind: Kind, language: str, moment: datetime) -> bool:
    """Tell whether the words for a kind of message were changed after some moment."""
    asked = select(
        exists().where(
            MessageWording.kind == kind,
            MessageWording.language == language,
            MessageWording.changed_at > moment,
        )
    )
    return bool(db.session.scalar(asked))


def wording(written: Written) -> MessageWording | None:
    """Return one message's own words as they are kept now, also where they were taken back."""
    return db.session.scalar(
        select(MessageWording)
        .where(
            MessageWording.kind == written.kind,
            MessageWording.case == written.case,
            MessageWording.medium == written.medium,
            MessageWording.language == written.language,
        )
        .execution_options(populate_existing=True)
    )


def kept_wording(wording_id: int) -> MessageWording:
    """Return words of one's own; raise Missing."""
    found = db.session.get(MessageWording, wording_id)
    if found is None:
        raise Missing
    return found
