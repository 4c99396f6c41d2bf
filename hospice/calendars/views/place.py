"""A coordinator's calendar of a place: all its shifts, and how many come."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.calendars import actions, queries
from hospice.calendars.views import bp
from hospice.calendars.views.own import address_of
from hospice.core import clock
from hospice.core.db import transaction
from hospice.places import queries as places
from hospice.web.guard import requires


@bp.get("/places/<int:place_id>/calendar")
@requires(Permission.PLAN_ROSTER)
def place_calendar(place_id: int) -> str:
    """Show whether a place's shifts stand in one's calendar, and how they come there."""
    return _page(place_id, "")


@bp.post("/places/<int:place_id>/calendar/new")
@requires(Permission.PLAN_ROSTER)
def renew_place(place_id: int) -> str:
    """Make a new address and show it, this once."""
    places.place(place_id)
    with transaction():
        token = actions.renew_place(place_id, by=current_user, now=clock.now())
    return _page(place_id, address_of(token))


@bp.post("/places/<int:place_id>/calendar/stop")
@requires(Permission.PLAN_ROSTER)
def stop_place(place_id: int) -> Response:
    """End the address."""
    places.place(place_id)
    with transaction():
        actions.end_place(place_id, by=current_user, now=clock.now())
    flash(_("The calendar address has ended. Calendars that use it get nothing any more."), "done")
    return redirect(url_for("calendars.place_calendar", place_id=place_id))


def _page(place_id: int, address: str) -> str:
    return render_template(
        "calendars/place.html",
        place=places.place(place_id),
        feed=queries.place_feed(current_user.id, place_id),
        address=address,
    )


__all__ = ["place_calendar", "renew_place", "stop_place"]
