"""Labels of places, and the sentences of their history."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hospice.core.errors import Objection
from hospice.journal.words import Field, Sentence
from hospice.places.models import Place
from hospice.places.rules import PlaceFacts, PlaceKind, Showing
from hospice.web.pages import clock_time

KIND_LABELS: dict[PlaceKind, Any] = {
    PlaceKind.WARD: _l("Ward"),
    PlaceKind.HOME: _l("Home visits"),
}

SHOWING_LABELS: dict[Showing, Any] = {
    Showing.OPEN: _l("In use"),
    Showing.CLOSED: _l("Closed"),
    Showing.ALL: _l("All"),
}

LABELS: dict[str, Any] = {
    "name": _l("Name of the place"),
    "second_name": _l("Second name"),
    "kind": _l("What is it"),
    "address": _l("Address"),
    "directions": _l("How to get there"),
    "phone": _l("Telephone"),
    "timezone": _l("Time zone"),
    "position": _l("Order in lists"),
}


def place_kind(kind: str) -> str:
    """Return the word for a kind of place."""
    return str(KIND_LABELS[PlaceKind(kind)])


def places_showing(showing: str) -> str:
    """Return the word for what a list of places shows."""
    return str(SHOWING_LABELS[Showing(showing)])


def objection_words(objection: Objection) -> str:
    """Return why a place was not saved."""
    if objection.kind == "name_taken":
        return gettext(
            "There is already a place called %(name)s. Use another name",
            name=objection.facts["name"],
        )
    at = objection.facts.get("at")
    if at is not None:
        return gettext(
            "This was changed at %(time)s. Your version is below; choose which to keep",
            time=clock_time(at),  # type: ignore[arg-type]
        )
    return gettext("This has just been changed. Your version is below; choose which to keep")


def kept_now(place: Place, typed: PlaceFacts) -> list[tuple[str, str]]:
    """Return what is saved now where it differs from what was typed, with its labels."""
    return [
        (str(LABELS[name]), _value(name, getattr(place, name)))
        for name, value in asdict(typed).items()
        if getattr(place, name) != value
    ]


def _value(name: str, value: object) -> str:
    return place_kind(str(value)) if name == "kind" else str(value)


GLOBALS: dict[str, Callable[..., Any]] = {
    "place_kind": place_kind,
    "places_showing": places_showing,
}

VERBS: dict[str, Sentence] = {
    "place.added": lambda _facts: gettext("added this place"),
    "place.closed": lambda _facts: gettext("closed this place"),
    "place.reopened": lambda _facts: gettext("reopened this place"),
}

FIELDS: dict[str, Field] = {
    f"place.{name}": Field(label, place_kind if name == "kind" else None)
    for name, label in LABELS.items()
}
