"""What a place is."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """A ward with beds, or visits to people's homes."""

    WARD = "ward"
    HOME = "home"
