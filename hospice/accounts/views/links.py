"""Single-use links: invitations and new passwords. A link acts only when its page is sent."""

from flask import g, redirect, render_template, request, url_for
from flask_babel import refresh
from werkzeug.wrappers import Response

from hospice.accounts import actions, queries
from hospice.accounts.forms import PasswordForm, ResetForm
from hospice.accounts.models import Ticket, User
from hospice.accounts.rules import Door, TicketKind, is_kept_long
from hospice.accounts.views import bp
from hospice.accounts.views.entering import address, begin, enter, secret_key
from hospice.core import clock
from hospice.core.db import release, transaction
from hospice.core.errors import Missing
from hospice.web.guard import public
from hospice.web.pages import LANGUAGE_COOKIE


@bp.route("/reset-password", methods=["GET", "POST"])
@public
def ask_reset() -> tuple[str, int] | Response:
    """Ask for a link to choose a new password; never tells whether the address is known."""
    form = ResetForm()
    if form.validate_on_submit():
        now, email = clock.now(), form.email.data
        with transaction():
            # too many tries read the same as well: the link on its way is the one to use
            if actions.count_try(Door.RESET, account=email, address=address(), now=now):
                actions.ask_reset(email, now=now, secret_key=secret_key())
        return redirect(url_for("accounts.reset_asked"))
    return render_template("accounts/ask_reset.html", form=form), 422 if form.errors else 200


@bp.get("/reset-password/asked")
@public
def reset_asked() -> str:
    """Say what happens next."""
    return render_template("accounts/reset_asked.html")


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@public
def reset_password(token: str) -> tuple[str, int] | Response:
    """Choose a new password from a link."""
    return _choose(token, TicketKind.RESET)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def accept_invitation(token: str) -> tuple[str, int] | Response:
    """Choose a first password from a link."""
    return _choose(token, TicketKind.INVITATION)


def _choose(token: str, kind: TicketKind) -> tuple[str, int] | Response:
    found = _living(token, kind)
    if found is None:
        return render_template("accounts/link_ended.html"), 410
    _ticket, user = found
    if LANGUAGE_COOKIE not in request.cookies:
        g.locale = user.locale
        refresh()
    form = PasswordForm(user.email, user.name)
    if form.validate_on_submit():
        release()  # hashing takes a while
        password_hash = actions.hash_password(form.password.data)
        try:
            with transaction():
                user = _spend(token, kind, password_hash)
                sign_in_token = begin(user, is_kept=form.is_kept.data)
        except Missing:
            return render_template("accounts/link_ended.html"), 410
        enter(user, sign_in_token, is_kept=form.is_kept.data)
        return redirect(url_for("today.home"))
    page = render_template(
        "accounts/choose_password.html",
        form=form,
        user=user,
        is_first=kind is TicketKind.INVITATION,
        may_keep=is_kept_long(user.role),
    )
    return page, 422 if form.errors else 200


def _living(token: str, kind: TicketKind) -> tuple[Ticket, User] | None:
    ticket = queries.ticket_by_token(token, clock.now(), kind)
    return (ticket, ticket.user) if ticket is not None and ticket.user is not None else None


def _spend(token: str, kind: TicketKind, password_hash: str) -> User:
    """Use the link up and set the password; raise Missing when it ended meanwhile."""
    now = clock.now()
    found = _living(token, kind)
    if found is None:
        raise Missing
    ticket, user = found
    actions.use_ticket(ticket, now)
    actions.change_password(user, password_hash, now=now)
    # who was locked out by someone else's guessing comes in again
    actions.forget_tries(Door.SIGN_IN, account=user.email, address=address())
    return user
