"""People who sign in: inviting them, changing what they may do, and sending the link again."""

from dataclasses import asdict

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts import actions, queries
from hospice.accounts.forms import STAFF_ROLES, PersonForm
from hospice.accounts.rules import Permission
from hospice.accounts.views import bp
from hospice.accounts.views.entering import base_url, secret_key
from hospice.accounts.words import kept_person, objection_words
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import PER_PAGE, Page, offset
from hospice.web.pages import locale_name

_ENTRIES_SHOWN = 5
_SHOWN_ONCE = "link_shown_once"


@bp.get("/settings/people")
@requires(Permission.MANAGE_ACCOUNTS)
def people() -> str:
    """List everyone who signs in."""
    number, words = number_arg("page", 1, low=1, high=100_000), text_arg("q")
    rows, total = queries.people(words=words, limit=PER_PAGE, offset=offset(number))
    return render_template(
        "accounts/people.html", page=Page(rows, number, total), words=words, now=clock.now()
    )


@bp.route("/settings/people/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def invite() -> tuple[str, int] | Response:
    """Invite someone to sign in."""
    form = PersonForm(STAFF_ROLES)
    if not form.is_submitted():
        form.locale.data = locale_name()
    if form.validate_on_submit():
        try:
            with transaction():
                user, ticket = actions.invite(
                    form.facts(), by=current_user, now=clock.now(), secret_key=secret_key()
                )
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
        else:
            session[_SHOWN_ONCE] = ticket.id
            flash(_("%(name)s is invited.", name=user.name), "done")
            return redirect(url_for("accounts.person", user_id=user.id))
    return render_template("accounts/invite.html", form=form), 422 if form.errors else 200


@bp.get("/settings/people/<int:user_id>")
@requires(Permission.MANAGE_ACCOUNTS)
def person(user_id: int) -> str:
    """Show someone who signs in; right after a link was made, the link, once."""
    user = queries.user(user_id)
    ticket = queries.living_ticket(session.pop(_SHOWN_ONCE, 0), user_id, clock.now())
    link = (
        actions.ticket_link(ticket, base_url=base_url(), secret_key=secret_key()) if ticket else ""
    )
    return render_template(
        "accounts/person.html",
        user=user,
        link=link,
        sign_ins=queries.living_sign_ins(user, clock.now()),
        is_invited=queries.has_living_invitation(user_id, clock.now()),
        entries=journal.history("user", user_id, limit=_ENTRIES_SHOWN),
        entry_count=journal.history_length("user", user_id),
    )


@bp.route("/settings/people/<int:user_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def edit_person(user_id: int) -> tuple[str, int] | Response:
    """Change someone's name, address, role or language."""
    user = queries.user(user_id)
    form = PersonForm(obj=user)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_person(
                    user,
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            user = queries.user(user_id)  # rolled back: fresh
            form.object_to(refusal.objections, objection_words)
            if any(objection.kind == "stale" for objection in refusal.objections):
                theirs = kept_person(user, asdict(form.facts()))
                form.version.data = str(user.version)
        else:
            flash(_("%(name)s was saved.", name=form.name.data), "done")
            return redirect(url_for("accounts.person", user_id=user_id))
    page = render_template("accounts/edit_person.html", form=form, user=user, theirs=theirs)
    return page, 422 if form.errors else 200


@bp.post("/settings/people/<int:user_id>/link")
@requires(Permission.MANAGE_ACCOUNTS)
def send_link(user_id: int) -> Response:
    """Make and send a fresh link; the old one ends."""
    user = queries.user(user_id)
    try:
        with transaction():
            ticket = actions.invite_again(
                user, by=current_user, now=clock.now(), secret_key=secret_key()
            )
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        session[_SHOWN_ONCE] = ticket.id
        flash(_("A new link is on its way. The old one no longer works."), "done")
    return redirect(url_for("accounts.person", user_id=user_id))


@bp.post("/settings/people/<int:user_id>/disable")
@requires(Permission.MANAGE_ACCOUNTS)
def disable(user_id: int) -> Response:
    """End that someone may sign in, at once."""
    return _enable(user_id, False)


@bp.post("/settings/people/<int:user_id>/enable")
@requires(Permission.MANAGE_ACCOUNTS)
def enable(user_id: int) -> Response:
    """Let someone sign in again."""
    return _enable(user_id, True)


def _enable(user_id: int, is_enabled: bool) -> Response:
    user = queries.user(user_id)
    try:
        with transaction():
            actions.enable(user, is_enabled=is_enabled, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        name = queries.user(user_id).name
        flash(
            _("%(name)s can sign in again.", name=name)
            if is_enabled
            else _("%(name)s can no longer sign in.", name=name),
            "done",
        )
    return redirect(url_for("accounts.person", user_id=user_id))
