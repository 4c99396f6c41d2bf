"""A shift as a calendar file; no patient's name, and nothing that tells of illness."""

from datetime import date, datetime
from urllib.parse import urlsplit

from flask import current_app, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hospice.core import clock
from hospice.shifts.rules.mine import MyShift
from hospice.web.pages import the_hospice


def calendar_file(shift: MyShift, volunteer_id: int, now: datetime) -> Response:
    """Return one event: the same UID every time, so that adding it again changes it in place."""
    from icalendar import Calendar, Event, vText  # noqa: PLC0415 - heavy, and seldom asked for

    base = current_app.config["SETTINGS"].base_url
    hospice = the_hospice()
    event = Event()
    event.add("uid", f"shift-{shift.shift_id}-volunteer-{volunteer_id}@{urlsplit(base).hostname}")
    event.add("dtstamp", now)
    event.add("sequence", shift.version)
    event.add("dtstart", clock.local(shift.starts_at, shift.zone))
    event.add("dtend", clock.local(shift.ends_at, shift.zone))
    event.add("summary", _("Volunteering, %(place)s", place=shift.place_name))
    where = ", ".join(part for part in (shift.full_place, shift.address) if part)
    event.add("location", where)
    lines = [hospice.name if hospice else ""]
    if shift.phone:
        lines.append(_("%(place)s: %(phone)s", place=shift.place_name, phone=shift.phone))
    lines.append(base + url_for("today.my_shift", shift_id=shift.shift_id))
    event.add("description", vText("\n".join(line for line in lines if line)))
    calendar = Calendar()
    calendar.add("prodid", "-//Alongside//Shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    # The zone's rules around the shift are enough; those of 68 years take a fifth of a second.
    calendar.add_missing_timezones(
        first_date=date(shift.day.year - 1, 1, 1), last_date=date(shift.day.year + 1, 12, 31)
    )
    return Response(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="shift-{shift.day}.ics"'},
    )
