"""A volunteer's calendar that follows their shifts; its address is nobody's."""

import hashlib
from datetime import timedelta

from hospice.calendars.models import CalendarFeed
from hospice.demo.rows import Rows
from hospice.volunteers.models import Volunteer


def add(rows: Rows) -> None:
    """Add a calendar for the first volunteer who signs in."""
    for volunteer in rows.of(Volunteer):
        if volunteer["user_id"] is not None:
            rows.add(
                CalendarFeed,
                token_hash=hashlib.sha256(b"the calendar of the demo").hexdigest(),
                volunteer_id=volunteer["id"],
                user_id=None,
                place_id=None,
                made_at=rows.now - timedelta(days=63),
                read_at=rows.now - timedelta(minutes=41),
                ended_at=None,
            )
            return
