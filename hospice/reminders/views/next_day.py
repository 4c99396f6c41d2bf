"""What would go out in the next 24 hours: the same question as each minute, asked of later hours."""

import logging
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, render_template

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import release
from hospice.reminders import letters, queries
from hospice.reminders.letters import Letter
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, Notice, ahead
from hospice.reminders.rules.ahead import AHEAD, Planned
from hospice.reminders.views import bp
from hospice.reminders.wording import queries as wordings
from hospice.web.guard import requires

log = logging.getLogger(__name__)

SHOWN = 100


@dataclass(frozen=True)
class Row:
    """One message of the next day, with its words."""

    goes_at: datetime
    name: str
    kind: Kind
    facts: dict[str, object]
    locale: str
    letter: Letter | None
    to_phone: bool
    message_id: int | None  # where it is queued already


@bp.get("/messages/next-day")
@requires(Permission.SEE_MESSAGES)
def next_day() -> str:
    """Show by time and person what would go out in the next 24 hours, with the words."""
    now = clock.now()
    coming = ahead.planned(queries.with_wishes(_derived(now)), now)
    waiting = queries.waiting_until(now + AHEAD, limit=SHOWN)
    book = wordings.book()
    found = sorted(
        [
            *(_queued(one, now, book) for one in waiting),
            *(_planned(one, book) for one in coming[:SHOWN]),
        ],
        key=lambda row: (row.goes_at, row.name),
    )
    return render_template(
        "reminders/next_day.html",
        rows=found[:SHOWN],
        count=len(waiting) + len(coming),
        until=now + AHEAD,
        has_server=bool(current_app.config["SETTINGS"].smtp_url),
    )


def _derived(now: datetime) -> list[Notice]:
    """Ask every source what it will say; one that fails stops none of the others."""
    found: dict[str, Notice] = {}
    for source in current_app.extensions["notice_sources"]:
        try:
            for moment in ahead.moments(now):
                for notice in source.due(moment):
                    found.setdefault(notice.key, notice)
        except Exception:
            release()  # after an error the database answers no other source either
            log.exception("nothing could be asked of %s", source.__name__)
    return list(found.values())


def _queued(message: Message, now: datetime, book: wordings.Book) -> Row:
    return Row(
        max(message.due_at, now),
        message.name,
        message.kind,
        message.facts,
        message.locale,
        _words(message.kind, message.facts, message.locale, book),
        to_phone=False,
        message_id=message.id,
    )


def _planned(one: Planned, book: wordings.Book) -> Row:
    notice = one.notice
    return Row(
        one.goes_at,
        notice.name,
        notice.kind,
        notice.facts,
        notice.locale,
        None if one.to_phone else _words(notice.kind, notice.facts, notice.locale, book),
        to_phone=one.to_phone,
        message_id=None,
    )


def _words(kind: Kind, facts: dict[str, object], locale: str, book: wordings.Book) -> Letter | None:
    try:
        return letters.preview(kind, facts, locale, book=book)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


__all__ = ["next_day"]
