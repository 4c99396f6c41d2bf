"""Debriefs of those who visit: all of them, one, planning it, whom to ask, and closing it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.gatherings.actions import gatherings as actions
from hospice.gatherings.actions import guests as guest_actions
from hospice.gatherings.forms.gatherings import DebriefForm, PeopleForm, kept
from hospice.gatherings.models import Gathering
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.queries import remembered
from hospice.gatherings.rules import GatheringKind, is_over
from hospice.gatherings.views import bp
from hospice.gatherings.views.memorials import change_page
from hospice.gatherings.words import gathering_objection_words
from hospice.journal import queries as journal
from hospice.places import queries as places
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 8
_KIND = GatheringKind.SHARING


@bp.get("/debriefs")
@requires(Permission.SEE_GRIEF, Permission.SEE_VOLUNTEERS)
def debriefs() -> str:
    """List the debriefs to come, or those that were."""
    past, now = text_arg("show") == "past", clock.now()
    number = number_arg("page", 1, low=1, high=10_000)
    found = queries.gatherings(_KIND, now, is_over=past, offset=offset(number, queries.PER_PAGE))
    total = queries.gathering_count(_KIND, now, is_over=past)
    return render_template(
        "gatherings/debriefs.html", page=Page(found, number, total, queries.PER_PAGE), is_past=past
    )


@bp.route("/debriefs/new", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.SEE_VOLUNTEERS, Permission.KEEP_GRIEF)
def new_debrief() -> Any:
    """Plan a debrief."""
    given = {"place": number_arg("place", 0, low=0, high=2**31 - 1), "lead": current_user.id}
    form = DebriefForm(places.places_to_choose(), queries.staff(), data=given)
    if form.validate_on_submit():
        try:
            with transaction():
                made = actions.plan(
                    form.facts(), zone=present_zone(), by=current_user, now=clock.now()
                ).id
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
        else:
            flash(_("Planned. Now choose whom to ask."), "done")
            return redirect(url_for("gatherings.ask", gathering_id=made))
    page = render_template("gatherings/edit_debrief.html", form=form, gathering=None, theirs=[])
    return page, 422 if form.errors else 200


@bp.get("/debriefs/<int:gathering_id>")
@requires(Permission.SEE_GRIEF, Permission.SEE_VOLUNTEERS)
def debrief(gathering_id: int) -> str:
    """Show a debrief: who is asked, and whom it remembers."""
    found, now = queries.gathering_for(current_user, gathering_id, _KIND), clock.now()
    guests = queries.guests_of(gathering_id)
    names = remembered.at_debrief(found, now)
    untold = remembered.untold_names(
        [one.death_id for one in names], [one.volunteer_id for one in guests if one.volunteer_id]
    )
    return render_template(
        "gatherings/debrief.html",
        gathering=found,
        guests=guests,
        standing={},
        apart={},
        names=[one.name for one in names if not one.is_refused],
        unread=[one.name for one in names if one.is_refused],
        untold=untold,
        may_tick=_is_day(found) and found.cancelled_at is None,
        may_close=now >= found.starts_at and not found.closed_at and not found.cancelled_at,
        is_over=is_over(found.ends_at, now),
        entries=journal.history("debrief", gathering_id, limit=_ENTRIES_SHOWN),
    )


@bp.route("/debriefs/<int:gathering_id>/edit", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.SEE_VOLUNTEERS, Permission.KEEP_GRIEF)
def edit_debrief(gathering_id: int) -> Any:
    """Change a debrief."""
    return change_page(
        gathering_id,
        _KIND,
        lambda found: DebriefForm(
            places.places_to_choose(found.place_id), queries.staff(), data=kept(found)
        ),
        "gatherings/edit_debrief.html",
        "gatherings.debrief",
    )


@bp.route("/debriefs/<int:gathering_id>/ask", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.SEE_VOLUNTEERS, Permission.KEEP_GRIEF)
def ask(gathering_id: int) -> Any:
    """Choose which volunteers, and who of the team, are asked."""
    found = queries.gathering_for(current_user, gathering_id, _KIND)
    form = PeopleForm()
    guests = queries.guests_of(gathering_id)
    asked = {(one.volunteer_id, one.user_id) for one in guests}
    form.volunteers.choices = [
        (one.id, one.preferred_name)
        for one in queries.active_volunteers(found.place_id)
        if (one.id, None) not in asked
    ]
    form.team.choices = [
        (one.id, one.name) for one in queries.staff() if (None, one.id) not in asked
    ]
    if form.validate_on_submit():
        try:
            with transaction():
                count = guest_actions.ask(
                    queries.gathering_for(current_user, gathering_id, _KIND, locking=True),
                    volunteer_ids=form.volunteers.data or (),
                    user_ids=form.team.data or (),
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
            found = queries.gathering_for(current_user, gathering_id, _KIND)  # rolled back: fresh
        else:
            said = ngettext("%(num)d person is asked now.", "%(num)d people are asked now.", count)
            flash(said, "done")
            return redirect(url_for("gatherings.debrief", gathering_id=gathering_id))
    page = render_template("gatherings/ask.html", form=form, gathering=found)
    return page, 422 if form.errors else 200


@bp.post("/debriefs/<int:gathering_id>/close")
@requires(Permission.SEE_GRIEF, Permission.SEE_VOLUNTEERS, Permission.KEEP_GRIEF)
def close(gathering_id: int) -> Response:
    """Say that a debrief was held."""
    try:
        with transaction():
            found = queries.gathering_for(current_user, gathering_id, _KIND, locking=True)
            actions.close(found, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(gathering_objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("Closed. Thank you for holding it."), "done")
    return redirect(url_for("gatherings.debrief", gathering_id=gathering_id))


def _is_day(found: Gathering) -> bool:
    return clock.local(clock.now(), found.timezone).date() >= found.local_day
