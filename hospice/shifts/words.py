"""Labels of shifts: the states of places, cadences, series, objections."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.shifts.rules.states import Cadence, Display

STATE_ICONS = {
    Display.OPEN: "plus",
    Display.WAITING: "dots",
    Display.CONFIRMED: "check",
    Display.CANT: "cross",
    Display.COVER: "alert",
    Display.DONE: "check",
    Display.DRAFT: "ring",
}

STATE_LABELS: dict[Display, Any] = {
    Display.OPEN: _l("Open"),
    Display.WAITING: _l("Waiting"),
    Display.CONFIRMED: _l("Confirmed"),
    Display.CANT: _l("Can’t come"),
    Display.COVER: _l("Needs cover"),
    Display.DONE: _l("Done"),
    Display.DRAFT: _l("Draft"),
}

CADENCE_LABELS: dict[Cadence, Any] = {
    Cadence.EVERY: _l("Every week"),
    Cadence.ALTERNATE: _l("Every other week"),
    Cadence.FIRST: _l("First of the month"),
    Cadence.SECOND: _l("Second of the month"),
    Cadence.THIRD: _l("Third of the month"),
    Cadence.FOURTH: _l("Fourth of the month"),
    Cadence.LAST: _l("Last of the month"),
}


def state_icon(state: str) -> str:
    """Return the icon of a place's state."""
    return STATE_ICONS[Display(state)]


def state_label(state: str) -> str:
    """Return the word for a place's state."""
    return str(STATE_LABELS[Display(state)])


GLOBALS: dict[str, Callable[..., Any]] = {"state_icon": state_icon, "state_label": state_label}
