"""Changing the words of a message, and going back to the original ones."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.reminders.models import MessageWording
from hospice.reminders.wording import queries
from hospice.reminders.wording.rules import Words, Written, problems


def change(
    written: Written,
    words: Words,
    *,
    original: Words,
    seen_version: int,
    by: User,
    now: datetime,
) -> MessageWording:
    """Keep a hospice's own words; raise Refused when they could not be sent, or others were first.

    Where they are the original ones nothing of its own is kept, so that a later version of the
    app may say it better.
    """
    row = queries.wording(written)
    if (row.version if row else 0) != seen_version:
        raise Refused([Objection("stale", facts={"at": row.changed_at} if row else {})])
    found = problems(written, words)
    if found:
        raise Refused(found)
    kept = Words("", "") if words == original else words
    return _keep(row, written, kept, by=by, now=now)


def _keep(
    row: MessageWording | None, written: Written, kept: Words, *, by: User, now: datetime
) -> MessageWording:
    if row is None:
        row = MessageWording(
            kind=written.kind,
            case=written.case,
            medium=written.medium,
            language=written.language,
            subject="",
            text="",
            changed_at=now,
        )
        db.session.add(row)
    changed = journal.changes(row, {"subject": kept.subject, "text": kept.text})
    if changed:
        row.subject, row.text = kept.subject, kept.text
        row.changed_at, row.changed_by_id = now, by.id
    try:
        db.session.flush()
    except IntegrityError as error:  # someone else wrote the first words at the same moment
        raise Refused([Objection("stale")]) from error
    if changed:
        journal.record(
            "wording.changed" if kept.text else "wording.taken_back",
            about=[("wording", row.id), ("hospice", 1)],
            by=by,
            now=now,
            kind=written.kind,
            medium=written.medium,
            language=written.language,
            changed=changed,
        )
    return row
