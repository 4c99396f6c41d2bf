"""Writing a calendar as programs read it (RFC 5545); no patient, and nothing that tells of illness."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from flask_babel import gettext as _

from hospice.calendars.queries import Feed
from hospice.calendars.rules import AHEAD, ALARM_BEFORE, BACK, Item, Status
from hospice.core import clock
from hospice.web.pages import the_hospice


def written(feed: Feed, items: Sequence[Item], now: datetime) -> bytes:
    """Return a calendar with its events; the same events give the same bytes."""
    from icalendar import Calendar, vText  # noqa: PLC0415 - heavy, and only programs ask for it

    calendar = Calendar()
    calendar.add("prodid", "-//Alongside//Shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(_name(feed)))
    calendar.add("name", vText(_name(feed)))
    calendar.add("x-published-ttl", "PT1H")
    for item in items:
        calendar.add_component(_event(feed, item))
    calendar.add_missing_timezones(
        first_date=(now - BACK).date().replace(month=1, day=1),
        last_date=(now + AHEAD).date().replace(month=12, day=31),
    )
    return bytes(calendar.to_ical())


def _name(feed: Feed) -> str:
    if feed.place_id is not None:
        return _("Shifts: %(place)s", place=_line(feed.place_name))
    return _("My volunteer shifts")


def _event(feed: Feed, item: Item) -> Any:
    from icalendar import Alarm, Event, vText  # noqa: PLC0415 - as above

    base = current_app.config["SETTINGS"].base_url
    host = urlsplit(base).hostname
    # The same as in the file of the single shift: added by both ways, it stands there once.
    whose = f"volunteer-{feed.volunteer_id}" if feed.volunteer_id else f"place-{feed.place_id}"
    summary = _summary(feed, item)
    event = Event()
    event.add("uid", f"shift-{item.shift_id}-{whose}@{host}")
    event.add("dtstamp", item.changed_at)
    event.add("last-modified", item.changed_at)
    event.add("sequence", item.sequence)
    event.add("status", item.status.value)
    event.add("dtstart", clock.local(item.starts_at, item.zone))
    event.add("dtend", clock.local(item.ends_at, item.zone))
    event.add("summary", vText(summary))
    where = ", ".join(part for part in (_line(item.full_place), _line(item.address)) if part)
    event.add("location", vText(where))
    event.add("description", vText("\n".join(_lines(feed, item, base))))
    if item.status is Status.CANCELLED:
        event.add("transp", "TRANSPARENT")
    elif feed.volunteer_id is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", vText(summary))
        alarm.add("trigger", -ALARM_BEFORE)
        event.add_component(alarm)
    return event


def _summary(feed: Feed, item: Item) -> str:
    place = _line(item.place_name)
    if item.status is Status.CANCELLED:
        return _("Will not take place: %(place)s", place=place)
    if feed.volunteer_id is None:
        return _(
            "%(place)s: %(coming)s of %(wanted)s come",
            place=place,
            coming=item.coming,
            wanted=item.wanted,
        )
    if item.status is Status.TENTATIVE:
        return _("Can you come? %(place)s", place=place)
    return _("Volunteering, %(place)s", place=place)


def _lines(feed: Feed, item: Item, base: str) -> list[str]:
    hospice = the_hospice()
    lines = [_line(hospice.name) if hospice else ""]
    if item.phone:
        lines.append(
            _("%(place)s: %(phone)s", place=_line(item.place_name), phone=_line(item.phone))
        )
    if feed.volunteer_id is not None:
        lines.append(base + url_for("today.my_shift", shift_id=item.shift_id))
    else:
        lines.append(base + url_for("shifts.show", shift_id=item.shift_id))
    return [line for line in lines if line]


def _line(text: str) -> str:
    """Return text as one line of what can be printed: nothing typed may look like another line."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(plain.encode("utf-8", "replace").decode().split())


__all__ = ["written"]
