"""A volunteer's own calendar: its address is shown once, and a new one ends the old."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.calendars import actions, queries
from hospice.calendars.views import bp
from hospice.core import clock
from hospice.core.db import transaction
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.web.guard import requires


@bp.get("/me/calendar")
@requires(Permission.VOLUNTEER)
def my_calendar() -> str:
    """Show whether the own shifts stand in a calendar, and how they come there."""
    me = volunteer_id_of(current_user.id)
    return render_template("calendars/mine.html", feed=queries.own_feed(me), address="")


@bp.post("/me/calendar/new")
@requires(Permission.VOLUNTEER)
def renew_mine() -> str:
    """Make a new address and show it, this once."""
    me = volunteer_id_of(current_user.id)
    with transaction():
        token = actions.renew_own(me, by=current_user, now=clock.now())
    return render_template(
        "calendars/mine.html", feed=queries.own_feed(me), address=address_of(token)
    )


@bp.post("/me/calendar/stop")
@requires(Permission.VOLUNTEER)
def stop_mine() -> Response:
    """End the address."""
    me = volunteer_id_of(current_user.id)
    with transaction():
        actions.end_own(me, by=current_user, now=clock.now())
    flash(_("The calendar address has ended. Calendars that use it get nothing any more."), "done")
    return redirect(url_for("calendars.my_calendar"))


def address_of(token: str) -> str:
    """Return the address under which a calendar is read."""
    base = str(current_app.config["SETTINGS"].base_url)
    return base + url_for("calendars.feed", token=token)


__all__ = ["address_of", "my_calendar", "renew_mine", "stop_mine"]
