"""What somebody is asked to themselves, and the names that a volunteer remembers."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.gatherings.actions import guests as guest_actions
from hospice.gatherings.actions import remembrance as actions
from hospice.gatherings.forms.remembrance import MemoryForm
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.queries import remembered
from hospice.gatherings.rules import Answer, Remembrance
from hospice.gatherings.views import bp
from hospice.gatherings.words import gathering_objection_words
from hospice.web.guard import requires
from hospice.web.pages import the_hospice


@bp.get("/me/gatherings")
@requires(Permission.VOLUNTEER)
def mine() -> str:
    """List what one is asked to: debriefs, and gatherings of families."""
    return render_template(
        "gatherings/mine.html", guests=queries.invited_for(current_user, clock.now())
    )


@bp.post("/me/gatherings/<int:guest_id>/answer")
@requires(Permission.VOLUNTEER)
def answer_mine(guest_id: int) -> Response:
    """Say whether one comes."""
    said, now = request.form.get("answer", ""), clock.now()
    queries.own_guest(current_user, guest_id)  # raises Missing
    if said not in set(Answer):
        return redirect(url_for("gatherings.mine"))
    try:
        with transaction():
            found = queries.own_guest(current_user, guest_id, locking=True)
            guest_actions.answer(
                found,
                Answer(said),
                by=current_user,
                now=now,
                today=clock.local(now, found.gathering.timezone).date(),
            )
    except Refused as refusal:
        flash(gathering_objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("Thank you. It is written down."), "done")
    return redirect(url_for("gatherings.mine"))


@bp.get("/me/remembrance")
@requires(Permission.VOLUNTEER)
def remembrance() -> str:
    """Read the names of those who died since the last debrief."""
    mode = _mode()
    if not current_user.is_fresh:  # a phone stays signed in for weeks; names ask again
        return _sign_in_again()
    me = remembered.record_of(current_user)
    names = remembered.for_volunteer(me, mode, clock.now())
    earlier = remembered.written_about(me, [one.patient_id for one in names])
    return render_template(
        "gatherings/remembrance.html",
        names=names,
        earlier=earlier,
        words=remembered.memories_of(me, [one.patient_id for one in (*names, *earlier)]),
        may_write=bool(me),
    )


@bp.route("/me/remembrance/<int:patient_id>", methods=["GET", "POST"])
@requires(Permission.VOLUNTEER)
def memory(patient_id: int) -> Any:
    """Write something for oneself about someone who died."""
    mode, now = _mode(), clock.now()
    me = remembered.record_of(current_user)
    if not me:
        raise Missing
    if not current_user.is_fresh:
        return _sign_in_again()
    one = remembered.remembered_one(me, patient_id, mode, now)
    form = MemoryForm(data={"words": remembered.memories_of(me, [patient_id]).get(patient_id, "")})
    if form.validate_on_submit():
        with transaction():
            remembered.remembered_one(me, patient_id, mode, now)
            actions.write(me, patient_id, form.words.data or "", now=now)
        flash(_("It is kept for you alone."), "done")
        return redirect(url_for("gatherings.remembrance"))
    page = render_template("gatherings/memory.html", form=form, one=one)
    return page, 422 if form.errors else 200


def _mode() -> Remembrance:
    """Return which names are read here; raise Missing where the hospice wishes none."""
    hospice = the_hospice()
    mode = Remembrance(hospice.remembrance) if hospice else Remembrance.OFF
    if mode is Remembrance.OFF:
        raise Missing
    return mode


def _sign_in_again() -> str:
    return render_template("gatherings/sign_in_again.html")
