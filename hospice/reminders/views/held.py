"""What waits after a restore, until a person says whether it went out already."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.reminders import queries
from hospice.reminders.actions import holding
from hospice.reminders.queries import standstill
from hospice.reminders.views import bp
from hospice.reminders.words import objection_words
from hospice.web.guard import requires

SHOWN = 200


@bp.get("/messages/held")
@requires(Permission.SEE_MESSAGES)
def held() -> str:
    """List what waits after a restore."""
    halt = standstill.hold()
    ran_at = queries.heartbeat(clock.now()).ran_at
    return render_template(
        "reminders/held.html",
        halt=halt,
        rows=standstill.held(limit=SHOWN) if halt else [],
        count=standstill.count_held() if halt else 0,
        has_looked=halt is None or (ran_at is not None and ran_at >= halt.until_at),
    )


@bp.post("/messages/held")
@requires(Permission.PLAN_ROSTER)
def let_go() -> Response:
    """Send what waits, or note that it went out before; once nothing waits, all is as usual."""
    answer = request.form.get("answer", "")
    asked = [int(one) for one in request.form.getlist("message")[:SHOWN] if _is_number(one)]
    now = clock.now()
    if answer in {"send", "said"} and not asked:
        flash(_("Tick the messages that this is about."), "problem")
        return redirect(url_for("reminders.held"))
    done = 0
    try:
        with transaction():
            if answer in {"send", "said"}:
                done = holding.settle(asked, sends=answer == "send", by=current_user, now=now)
            is_over = holding.lift(by=current_user, now=now)
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
        return redirect(url_for("reminders.held"))
    if answer == "send":
        flash(
            ngettext("One message leaves.", "%(num)d messages leave, one after the other.", done),
            "done",
        )
    elif answer == "said":
        flash(ngettext("One message stays here.", "%(num)d messages stay here.", done), "done")
    elif is_over:
        flash(_("Messages leave as usual again."), "done")
    return redirect(url_for("reminders.index" if is_over else "reminders.held"))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


__all__ = ["held", "let_go"]
