"""Signing in and out."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts import actions, queries
from hospice.accounts.forms import SignInForm
from hospice.accounts.rules import Door
from hospice.accounts.views import bp
from hospice.accounts.views.entering import address, begin, enter
from hospice.core import clock
from hospice.core.db import release, transaction
from hospice.web.forms import text_arg
from hospice.web.guard import end_visit, public, safe_next


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> tuple[str, int] | Response:
    """Sign in with an email address and a password."""
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = text_arg("next", 500)
        if current_user.is_authenticated:
            if current_user.is_fresh:
                return redirect(_onward(form.next.data))
            form.email.data = current_user.email
    status = 200
    if form.validate_on_submit():
        status = _try(form)
        if status == 302:
            return redirect(_onward(form.next.data))
    elif form.errors:
        status = 422
    return render_template("accounts/sign_in.html", form=form), status


def _try(form: SignInForm) -> int:
    """Let someone in (302), or say that it does not fit (422) or was tried too often (429).

    An unknown address, a wrong password and a person who may no longer sign in read the same and
    take the same time.
    """
    email, password, now = form.email.data, form.password.data, clock.now()
    with transaction():
        is_counted = actions.count_try(Door.SIGN_IN, account=email, address=address(), now=now)
        user = queries.user_by_email(email)
        user_id, stored = (user.id, user.password_hash) if user and user.is_enabled else (0, None)
    if not is_counted:
        form.object(_("Too many tries. Wait a quarter of an hour, or choose a new password"))
        return 429
    release()  # hashing takes a quarter of a second: others may write meanwhile
    fits, better = actions.check_password(password, stored)
    with transaction():
        # asked again: the password or the person may have changed while we were hashing
        user = queries.user_who_signs_in(user_id, stored) if fits else None
        if user is not None:
            if better:
                user.password_hash = better
            actions.forget_tries(Door.SIGN_IN, account=email, address=address())
            token = begin(user, is_kept=form.is_kept.data)
    if user is None:
        form.object(_("This address and password do not fit together. Check both"), form.password)
        return 422
    enter(user, token, is_kept=form.is_kept.data)
    return 302


def _onward(target: str | None) -> str:
    return safe_next(target) or url_for("today.home")


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End this browser's sign-in at once."""
    if current_user.is_authenticated:
        with transaction():
            actions.sign_out(current_user.get_id(), clock.now())
    end_visit()
    flash(_("You are signed out."), "done")
    return redirect(url_for("accounts.sign_in"))
