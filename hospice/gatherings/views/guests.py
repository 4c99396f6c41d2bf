"""Those who are asked: what each said, who came, the list for the door, and calling it off."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.gatherings.actions import gatherings as actions
from hospice.gatherings.actions import guests as guest_actions
from hospice.gatherings.forms.gatherings import AnswerForm, CameForm, CancelForm
from hospice.gatherings.models import Gathering
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.rules import Answer, GatheringKind
from hospice.gatherings.views import bp
from hospice.gatherings.words import gathering_objection_words, guest_name
from hospice.web.guard import requires

_SPARE_ROWS = 5


def page_of(gathering: Gathering) -> str:
    """Return the address of a gathering or a debrief."""
    is_debrief = gathering.kind is GatheringKind.SHARING
    endpoint = "gatherings.debrief" if is_debrief else "gatherings.show"
    return url_for(endpoint, gathering_id=gathering.id)


@bp.route(
    "/grief-support/gatherings/<int:gathering_id>/guests/<int:guest_id>", methods=["GET", "POST"]
)
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def guest(gathering_id: int, guest_id: int) -> Any:
    """Write down what somebody said to an invitation."""
    found = queries.guest_for(current_user, gathering_id, guest_id)
    form = AnswerForm(
        data={"answer": found.answer, "others": found.others or None, "words": found.words}
    )
    back = page_of(found.gathering)
    if form.validate_on_submit():
        now = clock.now()
        try:
            with transaction():
                again = queries.guest_for(current_user, gathering_id, guest_id, locking=True)
                guest_actions.answer(
                    again,
                    form.answer.data,
                    others=form.others.data or 0,
                    words=form.words.data or "",
                    by=current_user,
                    now=now,
                    today=clock.local(now, again.gathering.timezone).date(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
            found = queries.guest_for(current_user, gathering_id, guest_id)  # rolled back: fresh
        else:
            flash(_("Written down."), "done")
            return redirect(back)
    page = render_template("gatherings/guest.html", form=form, guest=found, back_url=back)
    return page, 422 if form.errors else 200


@bp.post("/grief-support/gatherings/<int:gathering_id>/guests/<int:guest_id>/withdraw")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def withdraw(gathering_id: int, guest_id: int) -> Response:
    """Take somebody off the list."""
    with transaction():
        found = queries.guest_for(current_user, gathering_id, guest_id, locking=True)
        back, name = page_of(found.gathering), guest_name(found)
        guest_actions.withdraw(found, by=current_user, now=clock.now())
    flash(_("%(name)s is off the list.", name=name), "done")
    return redirect(back)


@bp.post("/grief-support/gatherings/<int:gathering_id>/came")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def came(gathering_id: int) -> Response:
    """Write down quietly who came."""
    found = queries.gathering_for(current_user, gathering_id)
    back, form, now = page_of(found), CameForm(), clock.now()
    if clock.local(now, found.timezone).date() < found.local_day:
        raise Missing
    form.came.choices = [(one.id, guest_name(one)) for one in queries.guests_of(gathering_id)]
    if not form.validate_on_submit():
        flash(_("The list has changed meanwhile. Look at it again"), "problem")
        return redirect(back)
    try:
        with transaction():
            again = queries.gathering_for(current_user, gathering_id, locking=True)
            actions.tick(again, frozenset(form.came.data or ()), by=current_user, now=now)
    except Refused as refusal:
        flash(gathering_objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("Written down."), "done")
    return redirect(back)


@bp.route("/grief-support/gatherings/<int:gathering_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def cancel(gathering_id: int) -> Any:
    """Call a gathering off."""
    found = queries.gathering_for(current_user, gathering_id)
    form, back = CancelForm(), page_of(found)
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.gathering_for(current_user, gathering_id, locking=True)
                actions.cancel(again, form.reason.data or "", by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
            found = queries.gathering_for(current_user, gathering_id)  # rolled back: fresh
        else:
            flash(_("It is called off. Tell those who know of it by phone."), "done")
            return redirect(back)
    page = render_template("gatherings/cancel.html", form=form, gathering=found, back_url=back)
    return page, 422 if form.errors else 200


@bp.get("/grief-support/gatherings/<int:gathering_id>/sheet")
@requires(Permission.SEE_GRIEF)
def sheet(gathering_id: int) -> str:
    """Show the list for the door: names, and how many come with them."""
    found = queries.gathering_for(current_user, gathering_id)
    guests = queries.guests_of(gathering_id)
    return render_template(
        "gatherings/sheet.html",
        gathering=found,
        back_url=page_of(found),
        guests=[one for one in guests if one.answer is not Answer.NOT],
        spare=range(_SPARE_ROWS),
        printed_at=clock.now(),
    )
