"""The kinds of record that have a history, where each is shown, and how a field of one reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# Someone who opens a record again and again is written down once in this time.
OPENED_EVERY = timedelta(hours=12)

Sentence = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Field:
    """How a field reads in the journal.

    `words` turns a stored value into words (an enum's value into its label). A restricted field
    is named, but what it held is shown only to those who may see restricted notes.
    """

    label: Any
    words: Callable[[Any], Any] | None = None
    is_restricted: bool = False


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
        Kind("note", "visits.show", "note_id"),
        Kind("task", "tasks.show", "task_id"),
        Kind("kin", "grief_support.person", "kin_id"),
        Kind("death", "grief_support.death", "death_id"),
        Kind("support_plan", "grief_support.plan", "plan_id"),
        Kind("gathering", "gatherings.show", "gathering_id"),
        Kind("debrief", "gatherings.debrief", "gathering_id"),
        Kind("red_flag", "grief_support.red_flag", "flag_id"),
        Kind("case", "cases.show", "case_id"),
        Kind("message", "reminders.show", "message_id"),
        Kind("channel", "channels.show", "channel_id"),
        Kind("wording", "reminders.kept_wording", "wording_id"),
    )
}
