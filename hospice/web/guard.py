"""Every endpoint is closed unless it says otherwise; headers, sign-ins and the write lock."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as BaseResponse

from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.accounts.models import User
from hospice.accounts.rules import READ_ONLY_ROLES, Permission
from hospice.core import clock
from hospice.core.db import transaction, writing

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()
login = LoginManager()

_READING = {"GET", "HEAD", "OPTIONS"}
_BEFORE_FOUNDING = {
    "accounts.not_founded",
    "accounts.first_run",
    "accounts.show_as",
    "assets.manifest",
    "health.live",
    "health.ready",
}
_NEVER_NEXT = {"accounts.sign_in", "accounts.sign_out", "assets.serve"}
_FOUNDED = "alongside_is_founded"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Open an endpoint to signed-in people who hold every one of these permissions."""

    def mark(view: View) -> View:
        view.needs = frozenset(permissions)  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Open an endpoint to everyone."""
    view.needs = frozenset()  # type: ignore[attr-defined]
    return view


def needs(app: Flask, endpoint: str) -> frozenset[Permission] | None:
    """Return what an endpoint asks for: a set, empty for public ones, or None when it is closed."""
    return getattr(app.view_functions.get(endpoint), "needs", None)


def may_open(url: str) -> bool:
    """Tell whether the present person's role opens a page of ours, so that no link leads to 404."""
    routes = current_app.create_url_adapter(request)
    try:
        endpoint, _arguments = (
            routes.match(urlsplit(url).path, method="GET") if routes else ("", {})
        )
    except HTTPException:
        return False
    needed = needs(current_app, endpoint)
    return needed is not None and all(current_user.may(one) for one in needed)


class SmallIntegerConverter(IntegerConverter):
    """An id in a URL; a number that no database column holds is simply not found.

    Only the digits 0 to 9: Python also reads those of other scripts, and a record has one address.
    """

    regex = "[0-9]+"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", 2**31 - 1)
        super().__init__(*args, **kwargs)


def init_app(app: Flask) -> None:
    """Put the guard in front of every request."""
    app.url_map.converters["int"] = SmallIntegerConverter
    # Behind a proxy that speaks HTTPS, Flask-WTF would ask for a Referer; we look at Origin below.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    # Registered before Flask-Login's, so that it runs after: the last word on every answer.
    app.after_request(_add_headers)
    csrf.init_app(app)
    login.init_app(app)
    login.anonymous_user = Stranger
    login.session_protection = None  # the sign-in is kept on the server; see accounts
    # Guarding comes before CSRF: a stranger hears the same about every closed page.
    app.before_request_funcs.setdefault(None, []).insert(0, _guard)
    app.teardown_request(_forget_writing)


class Stranger(AnonymousUserMixin):
    """Whoever is not signed in: may nothing, so that every page can ask."""

    name = ""
    is_fresh = False

    def may(self, _permission: Permission) -> bool:
        """Tell that a stranger holds no permission."""
        return False


@login.user_loader
def _load_user(token: str) -> User | None:
    found = account_queries.sign_in_by_token(token, clock.now())
    if found is None:
        return None
    sign_in, user = found
    g.sign_in = sign_in
    return user


def _guard() -> BaseResponse | None:
    g.writing_token = None
    if request.method not in _READING:
        g.writing_token = writing.set(True)
    if request.endpoint is None or request.endpoint == "assets.serve":
        return None
    if request.method not in _READING and _is_from_elsewhere():
        abort(400)
    if request.endpoint not in _BEFORE_FOUNDING and not _is_founded():
        return redirect(url_for("accounts.not_founded"))
    needed = needs(current_app, request.endpoint)
    if needed is None:
        abort(403)
    if not needed:
        return None
    if not current_user.is_authenticated:
        return _send_to_sign_in()
    if not all(current_user.may(permission) for permission in needed):
        abort(404)
    if (
        request.method not in _READING
        and current_user.role in READ_ONLY_ROLES
        and Permission.OWN_ACCOUNT not in needed
        and request.endpoint not in {"accounts.sign_out", "accounts.show_as"}
    ):
        abort(404)
    _note_presence()
    return None


def _is_from_elsewhere() -> bool:
    """Tell whether a browser says that another site made it send this."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    origin = request.headers.get("Origin", "null")
    own = {request.host, urlsplit(current_app.config["SETTINGS"].base_url).netloc}
    return origin != "null" and urlsplit(origin).netloc not in own


def _is_founded() -> bool:
    """Tell whether there is a hospice; once there is one, there always is."""
    if not current_app.extensions.get(_FOUNDED):
        current_app.extensions[_FOUNDED] = account_queries.hospice() is not None
    return bool(current_app.extensions[_FOUNDED])


def _note_presence() -> None:
    """Keep the idle clock of the sign-in; its own small write, at most once a minute.

    A transaction of its own: on SQLite a read that turns into a write fails when someone else
    wrote meanwhile. Afterwards the person is loaded afresh for this request.
    """
    if not accounts.is_to_be_seen(g.sign_in, clock.now()):
        return
    with transaction():
        accounts.see(g.sign_in, clock.now())
    g.pop("_login_user", None)


def _send_to_sign_in() -> BaseResponse:
    if request.method in _READING and "application/json" not in request.accept_mimetypes.values():
        back = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in") + "?" + urlencode({"next": back}))
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        return Response('{"error": "sign_in"}', 401, content_type="application/json")
    return redirect(url_for("accounts.sign_in"))


def safe_next(target: str | None) -> str | None:
    """Return a path of this app to go to after signing in, or None.

    Only a path that our own URL map answers to GET passes, rebuilt from its parts: browsers read
    `/\\host`, `//host` and `https:host` as other sites, whatever urlsplit says of them.
    """
    if not target or len(target) > 500 or not target.startswith("/"):
        return None
    if target.startswith(("//", "/\\")) or any(ord(c) < 33 or c == "\\" for c in target):
        return None
    try:
        parts = urlsplit(target)
        adapter = current_app.url_map.bind("")
        endpoint, _values = adapter.match(parts.path, method="GET")
    except (ValueError, HTTPException):
        return None
    if needs(current_app, str(endpoint)) is None or parts.scheme or parts.netloc:
        return None
    if endpoint in _NEVER_NEXT:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    # "no-referrer" would make browsers send `Origin: null` with our own forms
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.endpoint == "assets.serve":
        session.accessed = False  # Flask-Login looked, but a file is the same for everyone
    else:
        headers.setdefault("Cache-Control", "no-store")
        headers["Vary"] = "Cookie"
    if current_app.config["SETTINGS"].is_https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def _forget_writing(_error: BaseException | None) -> None:
    token = g.pop("writing_token", None)
    if token is not None:
        writing.reset(token)


def end_visit() -> None:
    """Forget everything the cookie keeps, so that nothing of one person meets another."""
    session.clear()
