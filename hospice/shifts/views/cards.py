"""What features to the right put on the page of a shift, which cannot know them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from markupsafe import Markup

from hospice.accounts.models import User
from hospice.shifts.models import Shift
from hospice.volunteers.views.cards import Column

Draw = Callable[[Shift, User, datetime], Markup]
# The assignments of a shift -> "13:58 – 17:02" for those who wrote down when they came and left.
TimesOf = Callable[[Sequence[int]], dict[int, str]]

# By name, so that registering twice (several apps in one process) changes nothing.
_cards: dict[str, tuple[Column, Draw]] = {}
_times: dict[str, TimesOf] = {}


def put(name: str, column: Column, draw: Draw) -> None:
    """Put a card on every shift's page; an empty one is left out."""
    _cards[name] = (column, draw)


def put_times(name: str, times_of: TimesOf) -> None:
    """Fill "in – out" of the people of a shift; one statement for all of them."""
    _times[name] = times_of


def drawn(column: Column, shift: Shift, user: User, now: datetime) -> list[Markup]:
    """Return the cards of a column, in the order of the features that brought them."""
    found = (draw(shift, user, now) for where, draw in _cards.values() if where is column)
    return [card for card in found if card]


def times(assignment_ids: Sequence[int]) -> dict[int, str]:
    """Return when people came and left, in words."""
    found: dict[int, str] = {}
    for times_of in _times.values():
        # whoever stands further left knows better: a tap at the door comes before the note
        found = {**times_of(assignment_ids), **found}
    return found


__all__ = ["Column", "drawn", "put", "put_times", "times"]
