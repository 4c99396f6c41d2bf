"""The full history of a record, and everything that changed."""

from flask import Blueprint, render_template

from hospice.accounts import queries as accounts
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.errors import Missing
from hospice.journal import queries
from hospice.journal.rules import KINDS
from hospice.journal.words import kind_label, record_url
from hospice.web.forms import day_arg, number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone

bp = Blueprint("journal", __name__)


@bp.get("/history/<kind>/<int:record_id>")
@requires(Permission.SEE_JOURNAL)
def record(kind: str, record_id: int) -> str:
    """Show everything that happened to one record."""
    if kind not in KINDS:
        raise Missing
    number = number_arg("page", 1, low=1, high=100_000)
    page = Page(
        queries.history(kind, record_id, offset=offset(number, queries.PAGE)),
        number,
        queries.history_length(kind, record_id),
        queries.PAGE,
    )
    return render_template(
        "journal/record.html",
        page=page,
        kind=kind,
        label=kind_label(kind),
        url=record_url(kind, record_id),
    )


@bp.get("/journal")
@requires(Permission.SEE_JOURNAL)
def changes() -> str:
    """Show everything that changed, with filters that the address keeps."""
    number = number_arg("page", 1, low=1, high=100_000)
    kind = text_arg("kind") if text_arg("kind") in KINDS else ""
    who, from_day, to_day = number_arg("who"), day_arg("from"), day_arg("to")
    zone = present_zone()
    rows, total = queries.changes(
        user_id=who or None,
        kind=kind or None,
        since=clock.day_bounds(from_day, zone)[0] if from_day else None,
        before=clock.day_bounds(to_day, zone)[1] if to_day else None,
        limit=queries.PAGE,
        offset=offset(number, queries.PAGE),
    )
    return render_template(
        "journal/changes.html",
        page=Page(rows, number, total, queries.PAGE),
        people=[(user.id, user.name) for user in accounts.users()],
        kinds=[(name, kind_label(name)) for name in KINDS],
        chosen={"who": who, "kind": kind, "from": from_day, "to": to_day},
        is_filtered=bool(who or kind or from_day or to_day),
    )
