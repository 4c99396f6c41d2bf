"""Pages of messages: what went out to whom, what waits, and whom to phone."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.channels import queries as channels
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.reminders import actions, letters, notices, queries
from hospice.reminders.forms import wanted
from hospice.reminders.letters import Letter
from hospice.reminders.models import Message
from hospice.reminders.queries import standstill, ways
from hospice.reminders.rules import EMAIL, Kind
from hospice.reminders.rules.standstill import Delay
from hospice.reminders.wording import queries as wordings
from hospice.reminders.words import GROUP_LABELS, KIND_LABELS, objection_words
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires, safe_next
from hospice.web.lists import PER_PAGE, offset

_CALLS_SHOWN = 30  # the nearest shifts; more than that nobody phones at one go

bp = Blueprint("reminders", __name__)


@bp.get("/messages")
@requires(Permission.SEE_MESSAGES)
def index() -> str:
    """List what went out, what waits and why, and the people to phone."""
    now = clock.now()
    chosen = wanted()
    number = number_arg("page", 1, low=1)
    # One more than is shown tells whether another page follows; how many there are nobody counts.
    calls, is_whole = queries.people_to_phone(now), text_arg("calls") == "all"
    found = queries.messages(chosen, now, limit=PER_PAGE + 1, offset=offset(number))
    return render_template(
        "reminders/index.html",
        rows=found[:PER_PAGE],
        number=number,
        has_more=len(found) > PER_PAGE,
        counts=queries.counts(chosen, now),
        most=queries.COUNTED,
        chosen=chosen,
        groups=GROUP_LABELS,
        kinds=KIND_LABELS,
        calls=calls if is_whole else calls[:_CALLS_SHOWN],
        more_calls=0 if is_whole else max(len(calls) - _CALLS_SHOWN, 0),
        heartbeat=queries.heartbeat(now),
        gaps=standstill.gaps(now),
        has_server=_has_server(),
        trouble=queries.trouble(now),
        in_trouble=channels.in_trouble(),
        now=now,
    )


@bp.get("/messages/<int:message_id>")
@requires(Permission.SEE_MESSAGES)
def show(message_id: int) -> str:
    """Show one message: its words, and what became of it."""
    message = queries.message(message_id)
    now = clock.now()
    tries = ways.tries(message_id)
    return render_template(
        "reminders/show.html",
        message=message,
        is_reworded=message.settled_at is not None
        and wordings.is_changed_since(message.kind, message.locale, message.settled_at),
        letter=_letter(message, standstill.delay(message, message.settled_at or now)),
        entries=journal.history("message", message_id, limit=10),
        tries=tries,
        channels=channels.names() if tries or message.channel != EMAIL else {},
        by_service=message.channel != EMAIL,
        may_send_more=message.send_before > now,
        can_phone=actions.can_be_phoned(message),
        can_try_again=actions.can_try_again(message, now),
        has_server=_has_server(),
        now=now,
    )


@bp.post("/messages/test")
@requires(Permission.PLAN_ROSTER)
def test() -> Response:
    """Queue a test message to oneself; it takes the way of every other."""
    now = clock.now()
    with transaction():
        actions.queue([notices.test_to(current_user, now)], now)
    if _has_server():
        flash(
            _("A test message to %(address)s leaves within a minute.", address=current_user.email),
            "done",
        )
    else:
        flash(_("No mail server is set, so the test message waits."), "problem")
    return redirect(url_for("reminders.index"))


@bp.post("/messages/<int:message_id>/told-by-phone")
@requires(Permission.PLAN_ROSTER)
def told_by_phone(message_id: int) -> Response:
    """Note that someone was told by phone."""
    message = queries.message(message_id)
    name = message.name
    try:
        with transaction():
            actions.told_by_phone(queries.message(message_id), by=current_user, now=clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("%(name)s was told by phone.", name=name), "done")
    return redirect(safe_next(request.form.get("next")) or url_for("reminders.index"))


@bp.post("/messages/<int:message_id>/try-again")
@requires(Permission.PLAN_ROSTER)
def try_again(message_id: int) -> Response:
    """Let a message that failed wait once more."""
    try:
        with transaction():
            actions.try_again(queries.message(message_id), now=clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("The message leaves within a minute."), "done")
    return redirect(url_for("reminders.show", message_id=message_id))


def _has_server() -> bool:
    return bool(current_app.config["SETTINGS"].smtp_url)


def _letter(message: Message, late: Delay | None) -> Letter | None:
    """Return a message's words; None when they cannot be put together."""
    try:
        return letters.preview(Kind(message.kind), message.facts, message.locale, late=late)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


# Each module puts its pages on `bp`.
from hospice.reminders.views import doubt, held, next_day  # noqa: E402

__all__ = ["bp", "doubt", "held", "next_day"]
