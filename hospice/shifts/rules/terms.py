"""What a shift asks for, and what becomes of one date when its weekly shift changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import time
from typing import Any

from hospice.core.errors import Objection
from hospice.shifts.rules.pattern import ends_too_early
from hospice.shifts.rules.states import Category
from hospice.volunteers.rules import Gender


@dataclass(frozen=True)
class Terms:
    """Place, local times and needs; the same on a weekly shift and on a date of it."""

    place_id: int
    starts: time
    ends: time
    patient_id: int | None = None
    minimum: int = 1
    wanted: int = 1
    needs_leader: bool = False
    needs_language: str = ""
    needs_gender: Gender | None = None
    needs_skill: str = ""
    pairs_trainees: bool = True
    needs_approval: bool = False
    briefing: str = ""
    category: Category = Category.DIRECT

    @property
    def needs(self) -> dict[str, Any]:
        """Return everything but place and times, as columns."""
        return {name: getattr(self, name) for name in NEEDS}


NEEDS = tuple(
    field.name for field in fields(Terms) if field.name not in {"place_id", "starts", "ends"}
)
# What makes sense only together follows a change together: a date whose start alone was moved
# must not get the new end and become a night of 23 hours.
_TOGETHER = (("starts", "ends"), ("minimum", "wanted"), ("place_id", "patient_id"))
_PAIRED = {name for group in _TOGETHER for name in group}
_GROUPS = _TOGETHER + tuple((field.name,) for field in fields(Terms) if field.name not in _PAIRED)


def follow(one: Terms, old: Terms, new: Terms) -> Terms:
    """Return the terms of one date after its weekly shift changed from `old` to `new`.

    Only what differs between the two changes, and only where the date still has what the weekly
    shift had: what was changed for this date alone stays.
    """
    changed: dict[str, Any] = {}
    for group in _GROUPS:
        was = tuple(getattr(old, name) for name in group)
        becomes = tuple(getattr(new, name) for name in group)
        if was != becomes and was == tuple(getattr(one, name) for name in group):
            changed.update(zip(group, becomes, strict=True))
    return replace(one, **changed)


def wider(pattern: Terms, shown: Terms, typed: Terms) -> Terms:
    """Return the new terms of a weekly shift that was edited on the page of one of its dates.

    Only what was changed on that page goes into the pattern; what had been changed before for
    that date alone does not.
    """
    changed: dict[str, Any] = {}
    for group in _GROUPS:
        if any(getattr(shown, name) != getattr(typed, name) for name in group):
            changed.update({name: getattr(typed, name) for name in group})
    return replace(pattern, **changed)


def differences(old: Terms, new: Terms) -> dict[str, list[object]]:
    """Return {field: [old, new]} for the journal."""
    new_values = asdict(new)
    return {
        name: [value, new_values[name]]
        for name, value in asdict(old).items()
        if value != new_values[name]
    }


def numbers_objections(
    starts: time | None, ends: time | None, minimum: int | None, wanted: int | None
) -> list[Objection]:
    """Return what cannot be about times and numbers, as far as they are known."""
    found = []
    if starts is not None and ends is not None and ends_too_early(starts, ends):
        found.append(Objection("end_before_start", facts={"starts": starts}, field="ends"))
    if minimum is not None and wanted is not None and minimum > wanted:
        found.append(Objection("minimum_above_wanted", facts={"wanted": wanted}, field="minimum"))
    return found


def objections(terms: Terms, *, patient_at: Mapping[int, int]) -> list[Objection]:
    """Return what cannot be, each at its field.

    `patient_at` gives the place of every patient who is visited.
    """
    found = numbers_objections(terms.starts, terms.ends, terms.minimum, terms.wanted)
    if terms.patient_id is not None:
        place = patient_at.get(terms.patient_id)
        if place is None:
            found.append(Objection("patient_not_visited", field="patient_id"))
        elif place != terms.place_id:
            found.append(Objection("patient_elsewhere", field="patient_id"))
    return found
