"""Giving a place to someone else: who may take it, and who may look at the question."""

from collections.abc import Iterable, Sequence

from hospice.core.errors import Objection
from hospice.shifts.rules.composition import KINDS, Lack, broken_by_exchange
from hospice.shifts.rules.states import SwapAskState, SwapState

# More would be a circular, not a question.
MOST_ASKED = 30

# Who was asked and has not said no can still take the place.
CAN_STILL = frozenset({SwapAskState.ASKED, SwapAskState.PROPOSED, SwapAskState.TURNED_DOWN})


def bars(
    objections: Iterable[Objection], before: Sequence[Lack], after: Sequence[Lack] | None = None
) -> list[Objection]:
    """Return what keeps someone from taking the place of another.

    Everything about them counts, hard or soft, as with an open place. What the people of the
    shift lacked together before the exchange is not theirs to mend.
    """
    known = {one.kind for one in before}
    found = [one for one in objections if one.kind not in known and one.kind != "full"]
    if after is not None:
        found = [one for one in found if one.kind not in KINDS]
        found += [
            Objection(one.kind, hard=False, facts=one.facts)
            for one in broken_by_exchange(before, after)
        ]
    return found


def can_answer(swap: SwapState, ask: SwapAskState | None) -> bool:
    """Tell whether someone who was asked can still say yes or no."""
    return swap is SwapState.OPEN and ask in CAN_STILL
