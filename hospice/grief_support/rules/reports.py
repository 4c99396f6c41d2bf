"""What the reports of grief support count, and what may be shown to others.

A share of nothing is no number: where nothing was due it is said so, never "0 %".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hospice.grief_support.rules.plans import Way

# A number under this one may name somebody to whoever knows the ward (domain, small cells).
FEW = 5


@dataclass(frozen=True)
class Ratio:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """Return the share in whole per cent; None where there was nothing to do.

        It says 0 or 100 only where it is none or all.
        """
        if not self.whole:
            return None
        if 0 < self.part < self.whole:
            return min(max(round(100 * self.part / self.whole), 1), 99)
        return 100 if self.part else 0

    @property
    def is_few(self) -> bool:
        """Tell whether it would name somebody outside the team."""
        return any(0 < one < FEW for one in (self.part, self.whole, self.whole - self.part))


@dataclass(frozen=True)
class Due:
    """The follow-ups of one way whose last day has passed, by what became of them.

    `due` is `in_time`, `late` and `undone` together; `left_out` is not among it: they did not want
    it, the plan rested or was over, or they named a time that is still to come.
    """

    way: Way
    due: int = 0
    in_time: int = 0
    late: int = 0
    undone: int = 0
    left_out: int = 0
    drafts: int = 0  # of those due, under a plan that nobody has looked at
    # of those due, by the best that happened within the window
    talked: int = 0
    named_time: int = 0
    asked_to_stop: int = 0
    no_answer: int = 0

    @property
    def tried(self) -> int:
        """Return for how many somebody tried within the window."""
        return self.talked + self.named_time + self.asked_to_stop + self.no_answer

    @property
    def reached(self) -> int:
        """Return how many answered; "not now" is an answer."""
        return self.talked + self.named_time + self.asked_to_stop


def together(rows: Sequence[Due], part: str, whole: str = "due") -> Ratio:
    """Return so many of so many over all ways, by the names of two columns."""
    return Ratio(sum(getattr(row, part) for row in rows), sum(getattr(row, whole) for row in rows))


@dataclass(frozen=True)
class Assessed:
    """The plans of one tier whose 35th day has passed."""

    tier: int
    due: int = 0
    in_time: int = 0
    late: int = 0
    left_out: int = 0

    @property
    def undone(self) -> int:
        """Return how many nobody has talked with at length yet."""
        return self.due - self.in_time - self.late


@dataclass(frozen=True)
class Planned:
    """The confirmed deaths of a period, by whether the family has a plan."""

    deaths: int = 0
    no_family: int = 0  # nobody of the family is written down
    no_plan: int = 0  # there is family, and no plan
    draft_waits: int = 0  # there is a plan, and somebody has to look at it

    @property
    def without(self) -> int:
        """Return how many deaths have no plan at all."""
        return self.no_family + self.no_plan


@dataclass(frozen=True)
class Caller:
    """What one person did in a period; never compared with anybody."""

    name: str
    tries: int
    talked: int
    named_time: int
    no_answer: int
    asked_to_stop: int
    sent: int


def shareable(rows: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Return a table of counts that names nobody: small numbers are None, and so is what tells them.

    The last row is the sum of the others, and the first column the sum of the rest of its row. A
    single hidden number could be worked out, so another one beside it is hidden as well.
    """
    hidden = [[0 < one < FEW for one in row] for row in rows]
    changed = True
    while changed:
        changed = False
        for line in _lines(rows):
            known = [place for place in line if not _at(hidden, place)]
            if len(line) - len(known) == 1:
                # a nought tells nothing about the others, so it is the last to go
                least = min(known, key=lambda place: (not _at(rows, place), _at(rows, place)))
                hidden[least[0]][least[1]] = changed = True
    return [
        [None if is_hidden else one for one, is_hidden in zip(row, marks, strict=True)]
        for row, marks in zip(rows, hidden, strict=True)
    ]


def _lines(rows: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    high, wide = len(rows), len(rows[0]) if rows else 0
    across = [[(row, column) for column in range(wide)] for row in range(high)] if wide > 1 else []
    down = [[(row, column) for row in range(high)] for column in range(wide)] if high > 1 else []
    return across + down


def _at(table: Sequence[Sequence[int]], place: tuple[int, int]) -> int:
    return table[place[0]][place[1]]
