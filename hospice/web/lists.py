"""Paging of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

PER_PAGE = 30


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """Return how many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))


def offset(number: int, per_page: int = PER_PAGE) -> int:
    """Return how many rows come before a page."""
    return (max(number, 1) - 1) * per_page
