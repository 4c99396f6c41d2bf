"""What a place is."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceKind(StrEnum):
    """A ward with beds, or visits to people's homes."""

    WARD = "ward"
    HOME = "home"


class Showing(StrEnum):
    """Which places a list shows."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True)
class PlaceFacts:
    """What a coordinator writes down about a place."""

    name: str
    second_name: str
    kind: PlaceKind
    address: str
    directions: str
    phone: str
    timezone: str
    position: int


def full_name(name: str, second_name: str) -> str:
    """Return a place as people read it: "Ward 1 · Garden"."""
    return f"{name} · {second_name}" if second_name else name
