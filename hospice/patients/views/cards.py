"""What features to the right put on the pages of patients, which cannot know them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from hospice.accounts.models import User
from hospice.patients.models import Patient
from hospice.volunteers.views.cards import Column


@dataclass(frozen=True)
class Card:
    """A card as it is shown; `sentence` joins the line under the name."""

    html: Markup | str = ""
    sentence: Markup | str = ""


Draw = Callable[[Patient, User, datetime], Card]
NextVisits = Callable[[Sequence[Patient], User, datetime], Mapping[int, Markup | str]]

# By name, so that registering twice (several apps in one process) changes nothing.
_cards: dict[str, tuple[Column, Draw]] = {}
_next_visits: dict[str, NextVisits] = {}


def put(name: str, column: Column, draw: Draw) -> None:
    """Put a card on every patient's page; an empty one is left out."""
    _cards[name] = (column, draw)


def put_next_visits(name: str, next_visits_of: NextVisits) -> None:
    """Fill "next visit" in the list: one constant number of statements for all its rows."""
    _next_visits[name] = next_visits_of


def drawn(column: Column, patient: Patient, user: User, now: datetime) -> list[Card]:
    """Return the cards of a column, in the order of the features that brought them."""
    found = (draw(patient, user, now) for where, draw in _cards.values() if where is column)
    return [card for card in found if card.html]


def next_visits(patients: Sequence[Patient], user: User, now: datetime) -> dict[int, Markup | str]:
    """Return the next visit of each patient of a list, in words."""
    found: dict[int, Markup | str] = {}
    for next_visits_of in _next_visits.values():
        found.update(next_visits_of(patients, user, now))
    return found


__all__ = ["Card", "Column", "drawn", "next_visits", "put", "put_next_visits"]
