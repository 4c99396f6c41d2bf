"""Own files and allow-listed files of installed packages, at a hashed URL, compressed once."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request, url_for
from markupsafe import Markup

from hospice.web.guard import public

bp = Blueprint("assets", __name__)

_STATIC = Path(__file__).resolve().parents[2] / "static"
# No third-party file is kept in the repository: these come out of the installed packages.
_PACKAGED = {"bootstrap.css": ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css")}
# Modules of ours import each other by name: each is loaded once, from the address it has of itself.
_IMPORT = re.compile(rb'(?<=from ")\./([a-z-]+\.js)(?=";)')
_SOURCE_MAP = b"/*# sourceMappingURL=bootstrap.min.css.map */"


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    body: bytes
    squeezed: bytes
    content_type: str
    digest: str


@cache
def load(name: str) -> Asset | None:
    """Return a file by its public name; None when there is none."""
    if name in _PACKAGED:
        package, path = _PACKAGED[name]
        body = files(package).joinpath(path).read_bytes().replace(_SOURCE_MAP, b"")
    else:
        path_on_disk = (_STATIC / name).resolve()
        if not path_on_disk.is_relative_to(_STATIC) or not path_on_disk.is_file():
            return None
        body = path_on_disk.read_bytes()
        if name.endswith(".js"):
            body = _IMPORT.sub(_at_its_own_address, body)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in {"application/javascript", "image/svg+xml"}:
        kind += "; charset=utf-8"
    return Asset(
        body=body,
        squeezed=gzip.compress(body, 9, mtime=0),
        content_type=kind,
        digest=hashlib.sha256(body).hexdigest()[:12],
    )


def _at_its_own_address(found: re.Match[bytes]) -> bytes:
    imported = load(found[1].decode())
    if imported is None:
        raise LookupError(f"no such file: {found[1].decode()}")
    return b"../" + imported.digest.encode() + b"/" + found[1]


def asset_url(name: str) -> str:
    """Return the hashed URL of a file; it may be cached for a year."""
    found = load(name)
    if found is None:
        raise LookupError(f"no such file: {name}")
    return url_for("assets.serve", digest=found.digest, name=name)


@lru_cache(maxsize=500)
def icon(name: str, css: str = "") -> Markup:
    """Return one of our icons, drawn from the page's own sprite; a page has dozens."""
    return Markup(
        '<svg class="ico{}" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>'
    ).format(f" {css}" if css else "", name)


@bp.get("/assets/<string(length=12):digest>/<path:name>")
@public
def serve(digest: str, name: str) -> Response:
    """Serve a file."""
    if current_app.debug:
        load.cache_clear()
    found = load(name)
    if found is None:
        abort(404)
    squeezes = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.squeezed if squeezes else found.body, content_type=found.content_type)
    if squeezes:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    # An old address still answers, but only the present one may be kept.
    fresh = digest == found.digest
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if fresh else "no-cache"
    )
    return response
