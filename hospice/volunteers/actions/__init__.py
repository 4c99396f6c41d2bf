"""Adding and changing volunteers: their details, availability, absences and sign-in."""

from hospice.volunteers.actions.apart import keep_apart, stop_keeping_apart
from hospice.volunteers.actions.credentials import change_paper, note_paper, put_away
from hospice.volunteers.actions.details import add, change, change_availability, change_own
from hospice.volunteers.actions.presence import (
    add_away,
    cancel_away,
    come_back,
    leave,
    refuse_away,
    start_break,
)
from hospice.volunteers.actions.signing_in import invite

__all__ = [
    "add",
    "add_away",
    "cancel_away",
    "change",
    "change_availability",
    "change_own",
    "change_paper",
    "come_back",
    "invite",
    "keep_apart",
    "leave",
    "note_paper",
    "put_away",
    "refuse_away",
    "start_break",
    "stop_keeping_apart",
]
