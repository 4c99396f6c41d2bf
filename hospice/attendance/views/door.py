"""The code at a ward's door: the sheet that hangs there, and the page it opens."""

from io import BytesIO

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.attendance import actions
from hospice.attendance.queries import doors, patience
from hospice.attendance.queries import presence as queries
from hospice.attendance.queries.presence import Member
from hospice.attendance.rules import How
from hospice.attendance.views import bp
from hospice.attendance.views.own import thanks
from hospice.attendance.words import objection_words
from hospice.config import Settings
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.places import queries as places
from hospice.places.models import Place
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.web.forms import clean
from hospice.web.guard import requires
from hospice.web.pages import locale_name

_MOST = 100


@bp.get("/places/<int:place_id>/door")
@requires(Permission.EDIT_PLACES)
def door_sheet(place_id: int) -> str:
    """Show the sheet for a door, to print."""
    place = places.place(place_id)
    found = doors.door_of(place_id)
    link = ""
    if found is not None:
        settings: Settings = current_app.config["SETTINGS"]
        link = settings.base_url + url_for("attendance.door", token=found.code)
    other = "en" if locale_name() == "zh_Hans" else "zh_Hans"
    with force_locale(other):
        again = _("Scan to check in")
    return render_template(
        "attendance/door_sheet.html",
        place=place,
        door=found,
        code=_drawn(link),
        again=again,  # whoever stands at the door may read the other language
        other_language="zh-Hans" if other == "zh_Hans" else "en",
    )


@bp.post("/places/<int:place_id>/door")
@requires(Permission.EDIT_PLACES)
def renew_door(place_id: int) -> Response:
    """Make a code for a door; one that hung there before opens nothing any more."""
    places.place(place_id)
    try:
        with transaction():
            actions.renew_door(place_id, by=current_user, now=clock.now())
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("There is a new code. Print the sheet and hang it at the door."), "done")
    return redirect(url_for("attendance.door_sheet", place_id=place_id))


def _drawn(link: str) -> Markup:
    """Return the code as an SVG with no style of its own, which the page's policy refuses."""
    if not link:
        return Markup("")
    file = BytesIO()
    segno.make(link, error="m").save(
        file,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        border=4,
        svgclass="qr",
        lineclass="qr-line",
        light="#fff",
        dark="#000",
    )
    return Markup(file.getvalue().decode("ascii"))  # noqa: S704 - drawn from our own address


@bp.get("/door/<token>")
@requires(Permission.VOLUNTEER)
def door(token: str) -> tuple[str, int]:
    """Show the one button of the shift at this door; opening the page does nothing."""
    place, one = _here(token)
    page = render_template("attendance/door.html", place=place, one=one, token=token)
    return page, 200 if place else 404


@bp.post("/door/<token>")
@requires(Permission.VOLUNTEER)
def pass_door(token: str) -> tuple[str, int] | Response:
    """Check in or out at the door, as the button said."""
    now = clock.now()
    comes = request.form.get("what") != "out"
    one: Member | None = None
    try:
        with transaction():
            place, one = _here(token)
            if one is not None:
                act = actions.check_in if comes else actions.check_out
                act(one, how=How.DOOR, by=current_user, now=now)
    except Refused as refusal:
        flash(objection_words(refusal.objections[0]), "problem")
    if one is None:
        page = render_template("attendance/door.html", place=place, one=None, token=token)
        return page, 200 if place else 404
    flash(thanks(one, now, comes=comes), "done")
    return redirect(url_for("today.my_shift", shift_id=one.place.shift_id))


def _here(token: str) -> tuple[Place | None, Member | None]:
    """Return the place of a code, and the volunteer's present shift there."""
    place = doors.place_behind(clean(token)[:_MOST])
    if place is None:
        return None, None
    try:
        me = volunteer_id_of(current_user.id)
    except Missing:
        return place, None
    return place, queries.at_place(me, place.id, patience().check_in_before, clock.now())
