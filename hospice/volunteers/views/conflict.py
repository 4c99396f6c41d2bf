"""What someone else saved while a form was being filled, where it differs from what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from flask_babel import gettext

from hospice.journal.words import Field
from hospice.volunteers.models import Volunteer
from hospice.volunteers.queries import ClearedPlace
from hospice.volunteers.rules import Cleared, Details, Free, in_order
from hospice.volunteers.words import FIELDS
from hospice.web.pages import day_year


def kept_now(
    volunteer: Volunteer,
    free: Sequence[Free],
    cleared: Sequence[ClearedPlace],
    *,
    typed: tuple[Details, Sequence[Free], Sequence[Cleared]],
) -> list[tuple[str, str]]:
    """Return what is saved now where it differs from what was typed, with its labels."""
    details, typed_free, typed_cleared = typed
    found = []
    for name, value in asdict(details).items():
        saved = getattr(volunteer, name)
        if name == "restricted_notes" and value is None:
            continue  # not this person's to see
        if saved != (list(value) if isinstance(value, tuple) else value):
            found.append(_line(name, saved))
    found += free_now(free, typed_free)
    if {Cleared(one.place_id, one.distance_km, one.expires_on) for one in cleared} != set(
        typed_cleared
    ):
        facts = [
            {"place": one.name, "expires_on": one.expires_on and one.expires_on.isoformat()}
            for one in cleared
        ]
        found.append(_line("clearances", facts))
    return found


def own_kept_now(volunteer: Volunteer, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the same of what volunteers say of themselves."""
    return [
        _line(name, getattr(volunteer, name))
        for name, value in typed.items()
        if getattr(volunteer, name) != value
    ]


def free_now(free: Sequence[Free], typed: Sequence[Free]) -> list[tuple[str, str]]:
    """Return the same of when volunteers are usually free."""
    return [] if in_order(free) == in_order(typed) else [_line("availability", free)]


def _line(name: str, value: Any) -> tuple[str, str]:
    field = FIELDS[f"volunteer.{name}"]
    label, words = (field.label, field.words) if isinstance(field, Field) else (field, None)
    if value in (None, "", []):
        return str(label), ""
    if isinstance(value, bool):
        return str(label), gettext("yes") if value else gettext("no")
    if isinstance(value, date):
        return str(label), day_year(value)
    return str(label), str(words(value) if words else value)
