"""The coordinator's answers to volunteers who asked for a place."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.shifts.actions import claiming
from hospice.shifts.forms.board import back_arg
from hospice.shifts.queries import claims as queries
from hospice.shifts.rules.states import ClaimState
from hospice.shifts.views import bp
from hospice.shifts.words import objection_words
from hospice.web.guard import requires

_SETTLED = {"yes": ClaimState.GRANTED, "no": ClaimState.DECLINED}


@bp.get("/claims")
@requires(Permission.PLAN_ROSTER)
def claims() -> str:
    """List everyone who asked for a place and waits for an answer."""
    return _page()


@bp.post("/claims/<int:claim_id>")
@requires(Permission.PLAN_ROSTER)
def answer_claim(claim_id: int) -> Any:
    """Say yes, or not this time."""
    wish = queries.claim(claim_id)
    name = wish.volunteer.preferred_name
    answer = request.form.get("answer", "")
    if answer not in _SETTLED:
        return _page(_("Choose whether they come")), 422
    try:
        with transaction():
            wish = queries.claim(claim_id)
            if wish.state is _SETTLED[answer]:
                pass  # the same answer, sent twice
            elif answer == "yes":
                claiming.grant(wish, by=current_user, now=clock.now())
            else:
                claiming.turn_down(wish, by=current_user, now=clock.now())
    except Refused as refusal:
        words = " ".join(objection_words(one) for one in refusal.objections)
        return _page(_("%(name)s: %(why)s", name=name, why=words)), 422
    if answer == "yes":
        flash(_("%(name)s comes. We tell them in two minutes.", name=name), "done")
    else:
        flash(_("We tell %(name)s kindly in two minutes.", name=name), "done")
    return redirect(back_arg() or url_for("shifts.claims"))


def _page(problem: str = "") -> str:
    return render_template(
        "shifts/claims.html", wishes=queries.to_answer(clock.now()), problem=problem
    )
