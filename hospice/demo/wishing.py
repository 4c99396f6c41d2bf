"""A few people of the made-up hospice who said how they want to be written to."""

from datetime import time, timedelta
from typing import Any

from hospice.channels.models import Channel
from hospice.channels.rules import SCHEMES, Addressed
from hospice.demo.rows import Rows
from hospice.reminders.models import ContactWay, ContactWishes
from hospice.reminders.rules import EMAIL, Topic
from hospice.volunteers.models import Volunteer

_LIN, _SILENT, _LATE, _MOBILE = 1, 14, 25, 16


def add(rows: Rows) -> None:
    """Let one get no thanks, one no messages at all, one none before ten; one prefers a text."""
    _say(rows, _LIN, topics_off=[Topic.THANKS], quiet_until=time(9), quiet_from=time(21))
    _say(rows, _SILENT, is_silent=True)
    _say(
        rows,
        _LATE,
        topics_off=[Topic.ASKED, Topic.THANKS],
        quiet_until=time(10),
        quiet_from=time(18),
    )
    mobile = [
        one
        for one in rows.of(Channel)
        if SCHEMES[one["scheme"]].addressed is Addressed.PHONE and one["is_enabled"]
    ]
    if mobile:
        phone = next(one["phone"] for one in rows.of(Volunteer) if one["id"] == _MOBILE)
        ways = (
            (f"channel:{mobile[0]['id']}", "+86" + phone.replace(" ", "").lstrip("0")),
            (EMAIL, ""),
        )
        for rank, (channel, address) in enumerate(ways):
            rows.add(
                ContactWay,
                recipient=f"volunteer:{_MOBILE}",
                channel=channel,
                address=address,
                rank=rank,
                failed_at=None,
                failed_reason="",
            )


def _say(rows: Rows, volunteer_id: int, **said: Any) -> None:
    rows.add(
        ContactWishes,
        **{
            "recipient": f"volunteer:{volunteer_id}",
            "zone": "",
            "quiet_until": None,
            "quiet_from": None,
            "topics_off": [],
            "is_silent": False,
            "said_at": rows.now - timedelta(days=60),
            "version": 1,
            **said,
        },
    )
