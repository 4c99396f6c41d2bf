"""Writing down that a volunteer heard of a death from a person."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import deaths as actions
from hospice.grief_support.forms.deaths import TellForm
from hospice.grief_support.queries import deaths as queries
from hospice.grief_support.views import bp
from hospice.grief_support.words.deaths import apology_words
from hospice.volunteers.words import objection_words
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.route("/deaths/<int:death_id>/people/<int:telling_id>", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.RECORD_DEATH)
def tell(death_id: int, telling_id: int) -> Any:
    """Call somebody, and write down who told them and how they took it."""
    found = queries.telling_for(current_user, death_id, telling_id)
    name = found.death.patient.preferred_name
    if found.death.undone_at is not None and found.told_at is None and request.method == "GET":
        flash(_("This was taken back: nobody needs to hear of it."), "problem")
        return redirect(url_for("grief_support.death", death_id=death_id))
    form = TellForm()
    if not form.is_submitted():
        form.fill(found, current_user.name)
    if form.validate_on_submit():
        now = clock.now()
        try:
            with transaction():
                actions.tell(
                    queries.telling_for(current_user, death_id, telling_id, locking=True),
                    told_by=form.told_by.data or "",
                    took_it=form.took_it.data or "",
                    pause=form.pause.data,
                    apology=lambda who: apology_words(who, name),
                    by=current_user,
                    now=now,
                    today=clock.local(now, present_zone()).date(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
            found = queries.telling_for(current_user, death_id, telling_id)  # fresh
        else:
            flash(_("Written down. Thank you for calling."), "done")
            return redirect(url_for("grief_support.death", death_id=death_id))
    page = render_template("grief_support/tell.html", form=form, one=found, zone=present_zone())
    return page, 422 if form.errors else 200
