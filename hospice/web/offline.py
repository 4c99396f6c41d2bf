"""What a phone keeps of the app: the service worker, the manifest, and a mark of the account."""

import hashlib
import hmac
import json
from functools import cache

from flask import Response, current_app, g, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.config import LOCALES
from hospice.web.assets import asset_url, bp, load
from hospice.web.guard import public
from hospice.web.pages import html_lang, locale_name

# What the pages that open without signal need; nothing else is ever kept in the cache.
_KEPT_FILES = (
    "bootstrap.css",
    "alongside.css",
    "frame.js",
    "store.js",
    "outbox.js",
    "note.js",
    "waiting.js",
    "icon.svg",
)
_PAPER, _BRAND = "#F7F5F1", "#1F5C63"


def account_tag() -> str:
    """Return an opaque mark of the volunteer who is signed in; empty for anyone else.

    A phone may be shared: by this mark it tells whose drafts it keeps, without knowing a name.
    """
    if is_blank() or not current_user.may(Permission.VOLUNTEER):
        return ""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"phone:{current_user.id}".encode(), "sha256").hexdigest()[:32]


def is_other_account(tag: str) -> bool:
    """Tell whether a form was filled in by someone else than who is signed in now."""
    return bool(tag) and not hmac.compare_digest(tag.encode(), account_tag().encode())


def draw_blank() -> None:
    """Draw the present page for anybody: it is kept on the phone, so it names and tells nobody."""
    g.is_blank = True


def is_blank() -> bool:
    """Tell whether the present page is one that is kept on the phone."""
    return bool(g.get("is_blank"))


@bp.get("/service-worker.js")
@public
def service_worker() -> Response:
    """Serve the service worker; its text changes with every file that it keeps."""
    kept = {
        "version": _version(),
        "files": [asset_url(name) for name in _KEPT_FILES],
        "pages": [url_for("visits.offline"), url_for("visits.offline_note")],
    }
    found = load("service-worker.js")
    if found is None:
        raise LookupError("no such file: service-worker.js")
    body = f"const KEPT = {json.dumps(kept)};\n".encode() + found.body
    response = Response(body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _version() -> str:
    digests = [found.digest for name in _KEPT_FILES if (found := load(name)) is not None]
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:12]


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Say how the app is called and looks when it is put on the home screen."""
    named = request.args.get("for", "")
    if named in LOCALES:
        g.locale = named  # browsers ask for this without the cookie that knows the language
    sizes = {"icon-192.png": "192x192", "icon-512.png": "512x512"}
    icons = [
        {"src": asset_url(name), "sizes": size, "type": "image/png", "purpose": "any"}
        for name, size in sizes.items()
    ]
    whole = asset_url("icon-whole-512.png")
    icons.append({"src": whole, "sizes": "512x512", "type": "image/png", "purpose": "maskable"})
    response = jsonify(
        id="/",
        name=_("Alongside"),
        short_name=_("Alongside"),
        description=_("Alongside, for the people who visit"),
        lang=html_lang(),
        start_url="/",
        scope="/",
        display="standalone",
        background_color=_PAPER,
        theme_color=_BRAND,
        icons=icons,
    )
    response.headers["Content-Type"] = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


GLOBALS = {"account_tag": account_tag, "is_blank": is_blank, "locale_name": locale_name}
