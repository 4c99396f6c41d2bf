"""The form of a place."""

from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.places.rules import PlaceFacts, PlaceKind
from hospice.places.words import KIND_LABELS
from hospice.web.forms import (
    VersionedForm,
    choice_field,
    long_field,
    number_field,
    phone_field,
    required,
    text_field,
    zone_choices,
)


class PlaceForm(VersionedForm):
    """What a coordinator writes down about a place."""

    name = text_field(
        _l("Name of the place"),
        maximum=80,
        validators=[required(_l("Enter the name of the place"))],
        hint=_l("As everyone says it, such as “Ward 1” or “Home visits”."),
    )
    second_name = text_field(
        _l("Second name"),
        maximum=80,
        hint=_l("What stands on the door, such as “Garden”. It may stay empty."),
    )
    kind = choice_field(
        _l("What is it"),
        [(kind.value, label) for kind, label in KIND_LABELS.items()],
        as_radio=True,
        coerce=PlaceKind,
        required_message=_l("Choose a ward or home visits"),
    )
    address = text_field(_l("Address"), maximum=300)
    directions = long_field(
        _l("How to get there"),
        rows=3,
        hint=_l("Which door, which floor, where to meet. Volunteers read this on their phone."),
    )
    phone = phone_field(
        _l("Telephone"), hint=_l("Of the nurses’ desk: the number to call from a visit.")
    )
    timezone = choice_field(
        _l("Time zone"), required_message=_l("Choose a time zone"), hint=_l("Where the place is.")
    )
    position = number_field(
        _l("Order in lists"),
        low=0,
        high=9999,
        required_message=_l("Enter a number; the smallest comes first"),
        hint=_l("The smallest number comes first."),
    )

    def __init__(self, *zones: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.timezone.choices = zone_choices(*zones)

    def facts(self) -> PlaceFacts:
        """Return what was typed."""
        return PlaceFacts(
            name=self.name.data or "",
            second_name=self.second_name.data or "",
            kind=self.kind.data,
            address=self.address.data or "",
            directions=self.directions.data or "",
            phone=self.phone.data or "",
            timezone=self.timezone.data,
            position=self.position.data,
        )
