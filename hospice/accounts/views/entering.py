"""How a person comes in, whichever door they use: one way to start a sign-in."""

from flask import current_app, g, request, session
from flask_login import current_user, login_user
from flask_wtf.csrf import generate_csrf

from hospice.accounts import actions
from hospice.accounts.models import User
from hospice.accounts.rules import is_kept_long
from hospice.core import clock


def address() -> str:
    """Return where the request comes from, to count tries by."""
    return request.remote_addr or ""


def begin(user: User, *, is_kept: bool) -> str:
    """Start a sign-in inside the caller's transaction; `enter` follows once it is committed."""
    now = clock.now()
    if current_user.is_authenticated:
        actions.sign_out(current_user.get_id(), now)  # one browser, one sign-in
    return actions.sign_in(
        user, is_kept=is_kept, device=request.headers.get("User-Agent", ""), now=now
    )


def enter(user: User, token: str, *, is_kept: bool) -> None:
    """Give the browser its sign-in, and nothing of whoever used it before.

    The old session is dropped first: a cookie planted before signing in opens nothing after.
    """
    user.sign_in_token = token
    session.clear()
    g.pop("csrf_token", None)
    # The forms' token belongs to the sign-in from its first moment. Made by the next page, two
    # requests at once (a page, and what it fetches) would each make one, and the later would win.
    generate_csrf()
    login_user(user)
    session.permanent = is_kept and is_kept_long(user.role)


def secret_key() -> str:
    """Return the key that single-use links are made from."""
    return str(current_app.config["SETTINGS"].secret_key)


def base_url() -> str:
    """Return the configured address of the app: what a browser says of it is not believed."""
    return str(current_app.config["SETTINGS"].base_url)
