"""Words for how people want to be written to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hospice.channels.models import Channel
from hospice.core.errors import Objection
from hospice.journal.words import Field
from hospice.reminders.rules import EMAIL, USUAL_HOURS, Hours, Topic, Wishes
from hospice.reminders.words import message_reason
from hospice.web.pages import clock_time, listed, zone_name

# Each as it is listed, and a line about it.
TOPICS: dict[Topic, tuple[Any, Any]] = {
    Topic.SHIFTS: (
        _l("New, changed and cancelled shifts"),
        _l("Without these, the office phones."),
    ),
    Topic.REMINDERS: (
        _l("Reminders before a shift"),
        _l("A few days before, and on the day."),
    ),
    Topic.ASKED: (_l("When a place is free and help is asked for"), ""),
    Topic.NOTES: (_l("Notes not written yet, and papers that run out"), ""),
    Topic.TASKS: (_l("Promises and tasks, on their day"), ""),
    Topic.OFFICE: (
        _l("When someone can’t come, or a shift is short of people"),
        _l("Today shows the same."),
    ),
    Topic.SUMMARIES: (_l("The day and the week at a glance"), ""),
    Topic.THANKS: (_l("A thank-you now and then"), ""),
    Topic.SAFETY: (_l("When someone may need help"), ""),
    Topic.ACCOUNT: (_l("What you ask for yourself, such as a new password"), ""),
}

_OBJECTIONS: dict[str, Any] = {
    "stale_wishes": _l(
        "Someone else changed this while you were writing. Look at it and save again"
    ),
    "hours_order": _l("Choose an end at least two hours after the start"),
    "bad_phone_address": _l("Enter one mobile number, such as +86 130 5555 0142"),
    "bad_user_address": _l("Enter the name or number that the service gave, without spaces"),
}


def objection_words(objection: Objection) -> str:
    """Return the words of a refusal."""
    return str(_OBJECTIONS[objection.kind])


def topic_label(topic: str) -> str:
    """Return what a topic is about."""
    return str(TOPICS[Topic(topic)][0])


def topic_hint(topic: str) -> str:
    """Return a line about a topic; empty where its name says it all."""
    return str(TOPICS[Topic(topic)][1])


def hours_words(hours: Hours | None, zone: str = "") -> str:
    """Return "10:00–18:00 Shanghai time", or that it is at any hour."""
    chosen = hours or USUAL_HOURS
    words = f"{clock_time(chosen.quiet_until)}–{end_words(chosen.quiet_from)}"
    if chosen.quiet_until == chosen.quiet_from:
        words = gettext("At any hour")
    return f"{words} {zone_name(zone)}" if zone else words


def end_words(at: time) -> str:
    """Return the end of a day's hours; midnight ends it."""
    return "24:00" if at == time() else clock_time(at)


def way_label(channel: str, channels: Sequence[Channel]) -> str:
    """Return the name of a way: "Email", or what the administrator called it."""
    if channel == EMAIL:
        return gettext("Email")
    return next((one.name for one in channels if one.way == channel), "")


def wishes_lines(
    wishes: Wishes, channels: Sequence[Channel] = (), *, whole: bool = False
) -> list[tuple[str, str]]:
    """Return what someone wishes, label by label; `whole` with what is as usual, too."""
    found: list[tuple[str, str]] = []
    if wishes.is_silent:
        found.append((gettext("Messages"), gettext("None: the office phones")))
    elif whole:
        found.append((gettext("Messages"), gettext("Yes")))
    if wishes.topics_off:
        off = [topic_label(topic) for topic in TOPICS if topic in wishes.topics_off]
        found.append((gettext("Not about"), listed(off)))
    elif whole:
        found.append((gettext("Not about"), ""))
    if wishes.hours or wishes.zone or whole:
        found.append((gettext("Only at these hours"), hours_words(wishes.hours, wishes.zone)))
    labels = [way_label(one.channel, channels) for one in wishes.ways]
    ways = [one for one in labels if one]
    if len(ways) > 1 or whole:
        order = gettext(", then ").join(ways or [gettext("Email")])
        found.append((gettext("Reached by"), order))
    return found


def way_failed(reason: str, channel: str) -> str:
    """Return why a way failed: "The service refused it (30003 unreachable)"."""
    return message_reason(reason, channel)


def _kept_hours(pair: Sequence[str]) -> str:
    if len(pair) != 2:
        return ""
    return hours_words(Hours(time.fromisoformat(pair[0]), time.fromisoformat(pair[1])))


def _kept_ways(ways: Sequence[Sequence[str]]) -> str:
    """Return "Email, then …0142": the journal keeps no whole address."""
    return gettext(", then ").join(
        gettext("Email") if channel == EMAIL else f"…{end}" for channel, end in ways
    )


def _topics(topics: Sequence[str]) -> str:
    return listed(topic_label(one) for one in topics if one in set(Topic))


VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "wishes.changed": lambda _facts: gettext("changed which messages are wanted"),
}

FIELDS: dict[str, Any] = {
    "wishes.is_silent": _l("No messages at all"),
    "wishes.hours": Field(_l("Only at these hours"), _kept_hours),
    "wishes.zone": _l("By the clocks of"),
    "wishes.topics_off": Field(_l("Not about"), _topics),
    "wishes.ways": Field(_l("Reached by"), _kept_ways),
}

GLOBALS: dict[str, Callable[..., Any]] = {
    "topic_label": topic_label,
    "topic_hint": topic_hint,
    "wishes_lines": wishes_lines,
    "way_label": way_label,
    "way_failed": way_failed,
}
