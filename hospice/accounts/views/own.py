"""A person's own account: how pages look, the password, and where they are signed in."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts import actions, queries
from hospice.accounts.forms import LookForm, OwnPasswordForm
from hospice.accounts.rules import Door, Permission, Theme
from hospice.accounts.views import bp
from hospice.accounts.views.entering import address
from hospice.core import clock
from hospice.core.db import release, transaction
from hospice.web.forms import text_arg
from hospice.web.guard import public, requires, safe_next
from hospice.web.pages import (
    LANGUAGE_COOKIE,
    LARGE_COOKIE,
    SIZE_COOKIE,
    THEME_COOKIE,
    keep_cookie,
)

_LOOKS: dict[str, tuple[str, set[str]]] = {
    "size": (SIZE_COOKIE, {"1", "2", "3"}),
    "theme": (THEME_COOKIE, {theme.value for theme in Theme}),
    "large": (LARGE_COOKIE, {"0", "1"}),
}


@bp.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> str:
    """Show the person's own account."""
    return _account_page(LookForm(obj=current_user))


def _account_page(look: LookForm) -> str:
    return render_template(
        "accounts/account.html",
        look=look,
        sign_ins=queries.living_sign_ins(current_user, clock.now()),
        this_one=queries.hashed(current_user.get_id()),
    )


@bp.post("/account/still-here")
@requires(Permission.OWN_ACCOUNT)
def still_here() -> tuple[str, int]:
    """Keep a sign-in that was about to end for want of use; the guard has noted that it is used."""
    return "", 204


@bp.post("/account/look")
@requires(Permission.OWN_ACCOUNT)
def change_look() -> tuple[str, int] | Response:
    """Choose the language and how pages look, everywhere this person signs in."""
    form = LookForm()
    if not form.validate_on_submit():
        return _account_page(form), 422
    with transaction():
        actions.change_look(current_user, form.facts())
    g.locale = form.locale.data
    refresh()  # the answer already speaks the new language
    flash(_("Saved."), "done")
    response = redirect(url_for("accounts.account"))
    # what this device was told before would hide what was chosen now
    for name in (LANGUAGE_COOKIE, SIZE_COOKIE, THEME_COOKIE, LARGE_COOKIE):
        response.delete_cookie(name)
    return response


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def change_password() -> tuple[str, int] | Response:
    """Choose a new password; whoever does it knows the present one."""
    form = OwnPasswordForm(current_user.email, current_user.name)
    status = 200
    if form.validate_on_submit():
        status = _try_change(form)
        if status == 302:
            flash(_("Your password is changed. Everywhere else you are signed out."), "done")
            return redirect(url_for("accounts.account"))
    elif form.errors:
        status = 422
    return render_template("accounts/password.html", form=form), status


def _try_change(form: OwnPasswordForm) -> int:
    """Change the password (302), or say why not (422), or that it was tried too often (429)."""
    token, email, now = current_user.get_id(), current_user.email, clock.now()
    stored = current_user.password_hash
    with transaction():
        is_counted = actions.count_try(Door.SIGN_IN, account=email, address=address(), now=now)
    if not is_counted:
        form.object(_("Too many tries. Wait a quarter of an hour, then try again"))
        return 429
    release()  # hashing takes a while
    if not actions.check_password(form.present.data, stored)[0]:
        form.object(
            _("This is not your present password. Check it and type it again"), form.present
        )
        return 422
    password_hash = actions.hash_password(form.password.data)
    with transaction():
        actions.forget_tries(Door.SIGN_IN, account=email, address=address())
        actions.change_password(current_user, password_hash, now=now, but=token)
    return 302


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@requires(Permission.OWN_ACCOUNT)
def end_sign_in(sign_in_id: int) -> Response:
    """End one of the person's own sign-ins."""
    with transaction():
        actions.end_sign_in(current_user, sign_in_id, now=clock.now())
    flash(_("That device is signed out."), "done")
    return redirect(url_for("accounts.account"))


@bp.post("/account/sign-ins/end-others")
@requires(Permission.OWN_ACCOUNT)
def end_other_sign_ins() -> Response:
    """End every sign-in of the person but this one."""
    with transaction():
        actions.sign_out_everywhere(current_user, clock.now(), but=current_user.get_id())
    flash(_("Every other device is signed out."), "done")
    return redirect(url_for("accounts.account"))


@bp.get("/show-as")
@public
def show_as() -> Response:
    """Keep a choice about the look on this device, and go back."""
    response = redirect(safe_next(text_arg("back", 500)) or url_for("today.home"))
    for name, (cookie, allowed) in _LOOKS.items():
        chosen = text_arg(name)
        if chosen in allowed:
            keep_cookie(response, cookie, chosen)
    return response
