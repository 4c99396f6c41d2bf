"""The calendar itself, as a calendar program asks for it: no sign-in, no cookie, one address."""

import hashlib

from flask import Response, abort, request
from flask_babel import force_locale

from hospice.calendars import actions, queries
from hospice.calendars.rules import is_to_note
from hospice.calendars.views import bp
from hospice.calendars.views.written import written
from hospice.config import LOCALES
from hospice.core import clock
from hospice.core.db import transaction
from hospice.shifts.actions import links
from hospice.web.guard import public

_LONGEST = 80


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response:
    """Give the calendar of an address; an ended one and one that never was look the same."""
    now = clock.now()
    found = queries.feed(token) if len(token) <= _LONGEST else None
    if found is None:
        address = request.remote_addr or ""
        if links.is_throttled(address, now):
            abort(429)
        with transaction():
            links.count_unknown(address, now)
        abort(404)
    if is_to_note(found.read_at, now):
        with transaction():
            actions.note_read(found.feed_id, now)
    if found.volunteer_id is not None:
        items = queries.own_items(found.volunteer_id, now)
    else:
        items = queries.place_items(found.place_id or 0, now)
    with force_locale(found.locale if found.locale in LOCALES else "en"):
        body = written(found, items, now)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    # By its bytes alone: a visit that is gone from it makes nothing in it newer.
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, max-age=600"
    response.make_conditional(request)
    return response


__all__ = ["feed"]
