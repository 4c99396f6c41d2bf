"""Cards on a volunteer's page, and facts in the list, that features to the right bring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from markupsafe import Markup

from hospice.accounts.models import User


class Column(StrEnum):
    """Where on the page a card stands."""

    MAIN = "main"
    SIDE = "side"


@dataclass(frozen=True)
class RowFacts:
    """What the list says of a volunteer beside what their own record says."""

    shifts_this_month: int = 0
    next_shift: str = ""


Draw = Callable[[int, User, datetime], Markup]
RowFactsOf = Callable[[Sequence[int], User, datetime], dict[int, RowFacts]]

_cards: dict[str, tuple[Column, Draw]] = {}
_row_facts: dict[str, RowFactsOf] = {}


def put(name: str, column: Column, draw: Draw) -> None:
    """Put a card on every volunteer's page; an empty one is left out."""
    _cards[name] = (column, draw)


def put_row_facts(name: str, row_facts_of: RowFactsOf) -> None:
    """Bring the facts of the list: one constant number of statements for all its rows."""
    _row_facts[name] = row_facts_of


def drawn(column: Column, volunteer_id: int, user: User, now: datetime) -> list[Markup]:
    """Return the cards of a column, in the order of the features that brought them."""
    found = (draw(volunteer_id, user, now) for where, draw in _cards.values() if where is column)
    return [card for card in found if card]


def row_facts(volunteer_ids: Sequence[int], user: User, now: datetime) -> dict[int, RowFacts]:
    """Return the facts of the list's rows."""
    found: dict[int, RowFacts] = {}
    for row_facts_of in _row_facts.values():
        found.update(row_facts_of(volunteer_ids, user, now))
    return found
