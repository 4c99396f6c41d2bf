"""Words for coming and going, and for what is said after a shift."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hospice.attendance.rules import Came, Feeling, How, Presence
from hospice.core.errors import Objection
from hospice.journal.words import Field
from hospice.shifts.views.wording import month_name
from hospice.web.pages import clock_time, hours, short_day

CAME_LABELS: dict[Came, Any] = {
    Came.UNKNOWN: _l("Not known yet"),
    Came.YES: _l("Came"),
    Came.NO: _l("Did not come"),
    Came.EXCUSED: _l("Did not come, and told us"),
}
FEELING_LABELS: dict[Feeling, Any] = {
    Feeling.FINE: _l("I am fine"),
    Feeling.HEAVY: _l("It was heavy"),
    Feeling.TALK: _l("I would like to talk"),
}
# The same, of someone else.
_FEELS: dict[Feeling, Any] = {
    Feeling.FINE: _l("Is fine"),
    Feeling.HEAVY: _l("It was heavy for them"),
    Feeling.TALK: _l("Would like to talk"),
}
_HOW: dict[How, Any] = {
    How.DOOR: _l("scanned at the door"),
    How.LEADER: _l("by the leader"),
    How.COORDINATOR: _l("by a coordinator"),
    How.NOTE: _l("from the visit note"),
}

_OBJECTIONS: dict[str, Any] = {
    "too_early": _l("It is too early to check in. The button comes shortly before the shift."),
    "ask_times": _l("The shift is over. Enter when you came and when you left."),
    "not_in": _l("Nobody has checked in yet."),
    "too_late_back": _l("This can no longer be taken back. Change the times instead."),
    "stale": _l("Someone else has just changed this. Look again, then decide."),
    "not_said": _l("Choose whether they came"),
    "not_begun": _l("The shift has not begun yet"),
    "no_arrival": _l("Enter the time of arrival"),
    "no_leaving": _l("Enter the time of leaving"),
    "arrival_to_come": _l("The time of arrival is still to come"),
    "on_the_way": _l("Enter when they were there. The way there is not counted"),
    "leaving_to_come": _l("The time of leaving is still to come"),
    "left_too_early": _l("The time of leaving must be after the time of arrival"),
    "no_reason": _l("Say why it is changed"),
    "says_nothing": _l("Write how the team is, or what should be followed up"),
    "no_day": _l("Enter the day by which it should be done"),
    "too_long": _l("Use fewer words"),
}


def objection_words(objection: Objection) -> str:
    """Return the words of a refusal."""
    return str(_OBJECTIONS.get(objection.kind, objection.kind))


def came_label(came: str) -> str:
    """Return whether someone came, in words."""
    return str(CAME_LABELS[Came(came)])


def feeling_label(feeling: str) -> str:
    """Return how someone is, as they chose it."""
    return str(FEELING_LABELS[Feeling(feeling)])


def feels_label(feeling: str) -> str:
    """Return how someone is, said of them."""
    return str(_FEELS[Feeling(feeling)])


def presence_words(presence: Presence, zone: str) -> str:
    """Return "13:58–17:02", "Here since 13:58", "Did not come"; empty while nothing is known."""
    if presence.arrived_at is not None and presence.left_at is not None:
        return hours(presence.arrived_at, presence.left_at, zone)
    if presence.arrived_at is not None:
        return _("here since %(time)s", time=clock_time(presence.arrived_at, zone))
    if presence.came is Came.UNKNOWN:
        return ""
    return came_label(presence.came)


def how_words(presence: Presence) -> str:
    """Return who said it, where that was not the volunteer's own tap."""
    said = [presence.arrived_how]
    if presence.left_how is not presence.arrived_how:
        said.append(presence.left_how)
    words = [str(_HOW[how]) for how in said if how in _HOW]
    return "; ".join(words)


def hours_words(minutes: int) -> str:
    """Return "3 h 5 min", "3 h" or "45 min"."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return _("%(minutes)s min", minutes=rest)
    if not rest:
        return _("%(hours)s h", hours=whole)
    return _("%(hours)s h %(minutes)s min", hours=whole, minutes=rest)


def _where(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": facts["name"],
        "place": facts["place"],
        "day": short_day(date.fromisoformat(facts["day"]), week=True),
        "time": _time(facts),
    }


def _time(facts: Mapping[str, Any]) -> str:
    at = facts.get("at")
    return clock_time(datetime.fromisoformat(at), facts["zone"]) if at else ""


def _in(facts: Mapping[str, Any]) -> str:
    if facts["how"] == How.DOOR:
        return _("checked in at the door of %(place)s, %(day)s %(time)s", **_where(facts))
    if facts["how"] == How.SELF:
        return _("checked in at %(place)s, %(day)s %(time)s", **_where(facts))
    return _("checked %(name)s in at %(place)s, %(day)s %(time)s", **_where(facts))


def _out(facts: Mapping[str, Any]) -> str:
    if facts["how"] == How.DOOR:
        return _("checked out at the door of %(place)s, %(day)s %(time)s", **_where(facts))
    if facts["how"] == How.SELF:
        return _("checked out at %(place)s, %(day)s %(time)s", **_where(facts))
    return _("checked %(name)s out at %(place)s, %(day)s %(time)s", **_where(facts))


def _said(facts: Mapping[str, Any]) -> str:
    said = _("wrote down when %(name)s was at %(place)s on %(day)s", **_where(facts))
    if facts.get("reason"):
        said = _("%(said)s (“%(reason)s”)", said=said, reason=facts["reason"])
    return said


VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "attendance.in": _in,
    "attendance.out": _out,
    "attendance.said": _said,
    "attendance.taken_back": lambda facts: _(
        "took back a tap about %(place)s, %(day)s", **_where(facts)
    ),
    "place.door": lambda _facts: _("made a new code for the door"),
    "shift.debriefed": lambda _facts: _("wrote down the talk after the shift"),
    "volunteer.shared": lambda _facts: _("shared how they are after a shift"),
    "volunteer.talked": lambda _facts: _("noted that we have talked"),
}
FIELDS: dict[str, Any] = {
    "attendance.came": Field(_l("Came"), came_label),
    "attendance.arrived_at": _l("Arrived"),
    "attendance.left_at": _l("Left"),
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "hours_words": hours_words,
    "month_words": month_name,
    "presence_words": presence_words,
    "presence_how": how_words,
    "came_label": came_label,
    "feeling_label": feeling_label,
    "feels_label": feels_label,
}
