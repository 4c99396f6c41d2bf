"""A message that costs each time and may have arrived: a person says whether it did."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.reminders import actions, queries
from hospice.reminders.models import Message
from hospice.reminders.views import bp
from hospice.reminders.words import objection_words
from hospice.web.guard import requires


@bp.post("/messages/<int:message_id>/arrived")
@requires(Permission.PLAN_ROSTER)
def arrived(message_id: int) -> Response:
    """Note that a message did arrive."""

    def note(message: Message, now: datetime) -> None:
        actions.arrived(message, by=current_user, now=now)

    return _done(message_id, note, _("It is written down that the message arrived."))


@bp.post("/messages/<int:message_id>/send-once-more")
@requires(Permission.PLAN_ROSTER)
def send_once_more(message_id: int) -> Response:
    """Let a message that did not arrive leave again, and cost again."""

    def again(message: Message, now: datetime) -> None:
        actions.send_once_more(message, by=current_user, now=now)

    return _done(message_id, again, _("The message leaves within a minute."))


def _done(message_id: int, act: Callable[[Message, datetime], None], words: str) -> Response:
    try:
        with transaction():
            act(queries.message(message_id), clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        flash(words, "done")
    return redirect(url_for("reminders.show", message_id=message_id))


__all__ = ["arrived", "send_once_more"]
