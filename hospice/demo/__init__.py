"""A made-up hospice to try the app with: two wards, home visits, thirty volunteers, a year."""

from datetime import datetime

from flask import Flask

from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.core.db import transaction
from hospice.demo import (
    asking,
    calendars,
    cast,
    farewells,
    followed,
    gathering,
    handing_over,
    history,
    letters,
    mended,
    notes,
    presence,
    reported,
    roster,
    screened,
    sending,
    standing_still,
    telling,
    wishing,
    words_left,
)
from hospice.demo.rows import Rows

SEED = 20261122
# Only ever on a demo database, which holds nobody real.
PASSWORD = "osmanthus-in-autumn"  # noqa: S105


def create(app: Flask, scale: int = 1, *, now: datetime | None = None) -> None:
    """Fill an empty, migrated database; `scale` 10 or 100 multiplies places and people.

    The same day gives the same hospice: everything follows from one seed.
    """
    present = now or clock.now()
    with app.app_context(), transaction():
        rows = Rows(SEED, present, app.config["SETTINGS"].locale)
        cast.add_hospice(rows, PASSWORD)
        cast.add_people(rows, scale)
        roster.add(rows)
        history.add(rows)
        notes.add(rows)
        asking.add(rows, SEED)
        presence.add(rows, SEED)
        handing_over.add(rows, SEED)
        telling.add(rows)
        sending.add(rows)
        wishing.add(rows)
        standing_still.add(rows)
        calendars.add(rows)
        farewells.add(rows, SEED)
        followed.add(rows, SEED)
        gathering.add(rows)
        screened.add(rows)
        reported.add(rows, SEED)
        letters.add(rows, SEED)
        words_left.add(rows, SEED)
        mended.add(rows)
        rows.write()


def sign_ins(app: Flask) -> list[tuple[str, str, str]]:
    """Return who can sign in to a demo: (role, email, password)."""
    del app
    return [
        *((role.value.replace("_", " "), email, PASSWORD) for role, email, _names in cast.STAFF),
        (Role.LEADER.value, cast.LEADER, PASSWORD),
        *((Role.VOLUNTEER.value, email, PASSWORD) for email in cast.SIGNED_IN_VOLUNTEERS),
    ]
