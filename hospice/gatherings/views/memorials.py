"""Gatherings of bereaved people: all of them, one, planning and changing it, and who is asked."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.config import LOCALES
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.gatherings.actions import gatherings as actions
from hospice.gatherings.actions import guests as guest_actions
from hospice.gatherings.actions.guests import Told
from hospice.gatherings.forms.gatherings import GatheringForm, InviteForm, PeopleForm, kept
from hospice.gatherings.models import Gathering
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.queries import mourners
from hospice.gatherings.queries.mourners import Candidate
from hospice.gatherings.rules import GatheringKind, is_over
from hospice.gatherings.views import bp
from hospice.gatherings.words import (
    gathering_kept_now,
    gathering_objection_words,
    gathering_when,
    gathering_where,
)
from hospice.grief_support.queries.plans import possible_owners
from hospice.journal import queries as journal
from hospice.places import queries as places
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 8
_PURPOSE_MOST = 200  # as much as a follow-up holds
_KIND = GatheringKind.MEMORIAL


@bp.get("/grief-support/gatherings")
@requires(Permission.SEE_GRIEF)
def index() -> str:
    """List the gatherings to come, or those that were."""
    past, now = text_arg("show") == "past", clock.now()
    number = number_arg("page", 1, low=1, high=10_000)
    found = queries.gatherings(_KIND, now, is_over=past, offset=offset(number, queries.PER_PAGE))
    total = queries.gathering_count(_KIND, now, is_over=past)
    return render_template(
        "gatherings/index.html",
        page=Page(found, number, total, queries.PER_PAGE),
        is_past=past,
    )


@bp.route("/grief-support/gatherings/new", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def new() -> Any:
    """Plan a gathering."""
    form = GatheringForm(places.places_to_choose(), possible_owners(), data=_begun())
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
            return redirect(url_for("gatherings.invite", gathering_id=made))
    page = render_template("gatherings/edit.html", form=form, gathering=None, theirs=[])
    return page, 422 if form.errors else 200


@bp.get("/grief-support/gatherings/<int:gathering_id>")
@requires(Permission.SEE_GRIEF)
def show(gathering_id: int) -> str:
    """Show a gathering: who is asked, what they said, and what staff should know."""
    found = queries.gathering_for(current_user, gathering_id, _KIND)
    now = clock.now()
    guests = queries.guests_of(gathering_id)
    ids = [one.kin_id for one in guests if one.kin_id]
    standing = mourners.among(ids, found, _today(found))
    apart = mourners.estranged(ids)
    names = {kin_id: one.kin.name for kin_id, one in standing.items()}
    return render_template(
        "gatherings/show.html",
        gathering=found,
        guests=guests,
        standing=standing,
        apart={one: [names[other] for other in others] for one, others in apart.items()},
        may_tick=_today(found) >= found.local_day and found.cancelled_at is None,
        is_over=is_over(found.ends_at, now),
        entries=journal.history("gathering", gathering_id, limit=_ENTRIES_SHOWN),
    )


@bp.route("/grief-support/gatherings/<int:gathering_id>/edit", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def edit(gathering_id: int) -> Any:
    """Change a gathering."""
    return change_page(
        gathering_id,
        _KIND,
        lambda found: GatheringForm(
            places.places_to_choose(found.place_id),
            possible_owners(found.lead_id),
            data=kept(found),
        ),
        "gatherings/edit.html",
        "gatherings.show",
    )


def change_page(
    gathering_id: int,
    kind: GatheringKind,
    open_form: Callable[[Gathering], Any],
    template: str,
    endpoint: str,
) -> Any:
    """Answer the page that changes a gathering or a debrief."""
    found = queries.gathering_for(current_user, gathering_id, kind)
    form = open_form(found)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change(
                    queries.gathering_for(current_user, gathering_id, kind, locking=True),
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
                now_kept = queries.gathering_for(current_user, gathering_id, kind)
                guest_actions.tell_anew(now_kept, _told(now_kept), now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
            found = queries.gathering_for(current_user, gathering_id, kind)  # rolled back: fresh
            if any(one.kind == "stale" for one in refusal.objections):
                form.version.data, theirs = str(found.version), gathering_kept_now(found)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for(endpoint, gathering_id=gathering_id))
    page = render_template(template, form=form, gathering=found, theirs=theirs)
    return page, 422 if form.errors else 200


@bp.route("/grief-support/gatherings/<int:gathering_id>/invite", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def invite(gathering_id: int) -> Any:
    """Choose who is asked; each invitation goes the way that person prefers."""
    found = queries.gathering_for(current_user, gathering_id, _KIND)
    form = InviteForm()
    people = _offered(form, found)
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.gathering_for(current_user, gathering_id, _KIND, locking=True)
                count = guest_actions.invite(
                    again,
                    form.kin.data or (),
                    quiet_note=form.quiet_note.data or "",
                    told=_told(again),
                    by=current_user,
                    now=clock.now(),
                    today=_today(again),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
            found = queries.gathering_for(current_user, gathering_id, _KIND)  # rolled back: fresh
            people = _offered(form, found)
        else:
            flash(_asked(count), "done")
            return redirect(url_for("gatherings.show", gathering_id=gathering_id))
    return _invite_page(found, people, form, PeopleForm(formdata=None))


@bp.post("/grief-support/gatherings/<int:gathering_id>/invite-volunteers")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF, Permission.SEE_VOLUNTEERS)
def invite_volunteers(gathering_id: int) -> Any:
    """Ask volunteers who knew those who died; they see it on their own pages."""
    found = queries.gathering_for(current_user, gathering_id, _KIND)
    form = PeopleForm()
    form.volunteers.choices = [
        (one.volunteer.id, one.volunteer.preferred_name)
        for one in mourners.companions(found)
        if not one.reasons
    ]
    form.team.choices = []
    if form.validate_on_submit():
        try:
            with transaction():
                count = guest_actions.ask(
                    queries.gathering_for(current_user, gathering_id, _KIND, locking=True),
                    volunteer_ids=form.volunteers.data or (),
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, gathering_objection_words)
        else:
            flash(_asked(count), "done")
            return redirect(url_for("gatherings.show", gathering_id=gathering_id))
    found = queries.gathering_for(current_user, gathering_id, _KIND)
    families = InviteForm(formdata=None)
    return _invite_page(found, _offered(families, found), families, form)


def _offered(form: InviteForm, found: Gathering) -> list[Candidate]:
    """Return who could be asked: of the period, found by name, and whoever the form names."""
    today = _today(found)
    people = {one.kin.id: one for one in mourners.of_period(found, today)}
    for one in mourners.like(text_arg("q"), found, today):
        people.setdefault(one.kin.id, one)
    if form.is_submitted():
        people |= {
            kin_id: one
            for kin_id, one in mourners.among(form.kin.data or (), found, today).items()
            if kin_id not in people
        }
    form.kin.choices = [(one.kin.id, one.kin.name) for one in people.values()]
    return list(people.values())


def _invite_page(
    found: Gathering, people: list[Candidate], form: InviteForm, others: PeopleForm
) -> Any:
    guests = queries.guests_of(found.id)
    listed = {one.kin_id for one in guests if one.kin_id}
    knew = mourners.companions(found) if current_user.may(Permission.SEE_VOLUNTEERS) else []
    asked = {one.volunteer_id for one in guests if one.volunteer_id}
    apart = mourners.estranged({*(one.kin.id for one in people), *listed})
    names = {one.kin.id: one.kin.name for one in people}
    names |= {one.kin_id: one.kin.name for one in guests if one.kin_id and one.kin}
    page = render_template(
        "gatherings/invite.html",
        gathering=found,
        form=form,
        others=others,
        may_ask=[one for one in people if not one.reasons and one.kin.id not in listed],
        left_out=[one for one in people if one.reasons and one.kin.id not in listed],
        apart={one: [names[other] for other in them] for one, them in apart.items()},
        knew=[one for one in knew if one.volunteer.id not in asked],
        words=text_arg("q"),
    )
    return page, 422 if form.errors or others.errors else 200


def _begun() -> dict[str, Any]:
    """Return what a new gathering is offered with: two hours in the afternoon."""
    return {"starts": time(14), "ends": time(16), "religious": "no"}


def _purpose(found: Gathering) -> str:
    """Return what the follow-up says: all that whoever calls or writes has to pass on."""
    words = [found.title, gathering_when(found), gathering_where(found)]
    said = _("Invitation: %(words)s", words=_(", ").join(word for word in words if word))
    return said[:_PURPOSE_MOST]


def _told(found: Gathering) -> Told:
    """Return what an invitation says; letters are in their reader's language."""
    occasion = {}
    for language in LOCALES:
        with force_locale(language):
            words = [gathering_when(found), gathering_where(found)]
            occasion[language] = _(", ").join(word for word in words if word)
    return Told(_purpose(found), occasion)


def _asked(count: int) -> str:
    return ngettext("%(num)d person is asked now.", "%(num)d people are asked now.", count)


def _today(found: Gathering) -> date:
    return clock.local(clock.now(), found.timezone).date()
