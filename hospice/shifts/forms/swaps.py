"""The form by which a volunteer asks others to take a place."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hospice.web.forms import Form, StopValidation, chips_field, choice_field, small_int

EVERYONE, SOME = "everyone", "some"


class SwapForm(Form):
    """Whom to ask: everyone who fits, or some of them."""

    whom = choice_field(
        _l("Whom shall we ask?"),
        choices=[(EVERYONE, _l("Everyone who fits")), (SOME, _l("Only those I choose below"))],
        as_radio=True,
        required_message=_l("Choose whom to ask"),
    )
    people = chips_field(_l("People who could come"), coerce=small_int)

    def __init__(self, *args: Any, fitting: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, data={"whom": EVERYONE}, **kwargs)
        self.people.choices = list(fitting)

    def validate_people(self, field: Any) -> None:
        """Ask for a person where only some are to be asked."""
        if self.whom.data == SOME and not field.data:
            raise StopValidation(_("Choose at least one person"))

    @property
    def to(self) -> list[int] | None:
        """Return the chosen people, or None for everyone."""
        return None if self.whom.data == EVERYONE else list(self.people.data or [])
