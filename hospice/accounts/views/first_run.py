"""The first page of a new installation, opened by the link that the console shows."""

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from hospice.accounts import actions, queries
from hospice.accounts.forms import FirstRunForm
from hospice.accounts.models import User
from hospice.accounts.rules import Role, TicketKind
from hospice.accounts.views import bp
from hospice.accounts.views.entering import begin, enter
from hospice.accounts.words import objection_words
from hospice.core import clock
from hospice.core.db import release, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import actions as journal
from hospice.web.guard import public
from hospice.web.pages import locale_name


@bp.get("/first-run")
@public
def not_founded() -> str | Response:
    """Say where to begin, until there is a hospice."""
    if queries.hospice() is not None:
        return redirect(url_for("today.home"))
    return render_template("accounts/not_founded.html")


@bp.route("/first-run/<token>", methods=["GET", "POST"])
@public
def first_run(token: str) -> tuple[str, int] | Response:
    """Make the hospice and its first administrator."""
    if queries.ticket_by_token(token, clock.now(), TicketKind.FIRST_RUN) is None:
        return render_template("accounts/link_ended.html", is_first=True), 410
    settings = current_app.config["SETTINGS"]
    form = FirstRunForm(settings.timezone)
    if not form.is_submitted():
        form.timezone.data = settings.timezone
        form.locale.data = locale_name()
    if form.validate_on_submit():
        release()  # hashing takes a while
        password_hash = actions.hash_password(form.password.data)
        try:
            with transaction():
                user = _found(token, form, password_hash)
                sign_in_token = begin(user, is_kept=False)
        except Missing:
            return render_template("accounts/link_ended.html", is_first=True), 410
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
        else:
            enter(user, sign_in_token, is_kept=False)
            return redirect(url_for("today.home"))
    return render_template("accounts/first_run.html", form=form), 422 if form.errors else 200


def _found(token: str, form: FirstRunForm, password_hash: str) -> User:
    now = clock.now()
    ticket = queries.ticket_by_token(token, now, TicketKind.FIRST_RUN)
    if ticket is None:
        raise Missing
    actions.use_ticket(ticket, now)
    made = actions.found_hospice(
        name=form.hospice_name.data,
        timezone=form.timezone.data,
        locale=form.locale.data,
        office_phone=form.office_phone.data,
        now=now,
    )
    user = actions.add_user(
        email=form.email.data,
        name=form.name.data,
        role=Role.ADMINISTRATOR,
        locale=form.locale.data,
        password_hash=password_hash,
        now=now,
    )
    about = [("hospice", 1), ("user", user.id)]
    journal.record("hospice.founded", about=about, by=user, now=now, name=made.name)
    return user
