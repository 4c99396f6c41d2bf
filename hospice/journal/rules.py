"""The kinds of record that have a history, and where each is shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of record: its name in the journal, its page, and the page's argument."""

    name: str
    endpoint: str
    argument: str = ""


# A fixed table: an address names a kind, so nothing outside it may be asked for.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("hospice", "accounts.settings"),
        Kind("user", "accounts.person", "user_id"),
        Kind("place", "places.show", "place_id"),
        Kind("volunteer", "volunteers.show", "volunteer_id"),
        Kind("patient", "patients.show", "patient_id"),
        Kind("weekly_shift", "shifts.weekly_shift", "weekly_shift_id"),
        Kind("shift", "shifts.show", "shift_id"),
        Kind("visit_note", "visits.show", "note_id"),
        Kind("message", "reminders.show", "message_id"),
    )
}
