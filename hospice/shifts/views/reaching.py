"""Which ways of sending do not reach the people of a shift, for whoever plans it."""

from collections.abc import Mapping

from flask_babel import gettext as _

from hospice.reminders.queries import wishes as asked
from hospice.reminders.queries.ways import Unreached, unreached
from hospice.reminders.rules import EMAIL
from hospice.reminders.wishes.words import way_label
from hospice.reminders.words import message_reason


def failing(emails: Mapping[int, str]) -> dict[int, list[str]]:
    """Return what to know of some volunteers before counting on a message, by their number.

    `emails` are the addresses of their records: where one was refused and there is another by now,
    that is over. One statement, and another where something failed.
    """
    found = unreached(f"volunteer:{one}" for one in emails)
    if not found:
        return {}
    channels = asked.offered()
    said: dict[int, list[str]] = {}
    for volunteer_id, email in emails.items():
        for one in found.get(f"volunteer:{volunteer_id}", ()):
            label = way_label(one.channel, channels)
            if label and not _is_over(one, email):
                said.setdefault(volunteer_id, []).append(
                    _(
                        "%(way)s does not reach them. %(reason)s.",
                        way=label,
                        reason=message_reason(one.reason, one.channel),
                    )
                )
    return said


def _is_over(one: Unreached, email: str) -> bool:
    return one.channel == EMAIL and one.address != email
