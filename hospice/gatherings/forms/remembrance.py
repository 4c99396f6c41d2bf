"""The forms of remembrance: a family's wish, private words, and what the hospice wishes."""

from flask_babel import lazy_gettext as _l

from hospice.gatherings.actions.remembrance import RemembranceSettings
from hospice.gatherings.rules import Remembrance
from hospice.gatherings.words import REMEMBRANCE_LABELS, SETTING_LABELS, WISH_LABELS
from hospice.grief_support.rules.kin import Consent
from hospice.web.forms import (
    Form,
    VersionedForm,
    choice_field,
    long_field,
    phone_field,
    text_field,
)


class WishForm(Form):
    """Whether a family agrees that the volunteers read the name."""

    wish = choice_field(
        _l("May volunteers read the name when they remember those who died?"),
        [(one.value, label) for one, label in WISH_LABELS.items()],
        as_radio=True,
        coerce=Consent,
        required_message=_l("Choose yes, no or not asked"),
    )
    said_by = text_field(_l("Who said so"))


class MemoryForm(Form):
    """What a volunteer writes for themselves."""

    words = long_field(
        _l("Your own words"),
        hint=_l("Nobody but you can read them: not the coordinator, and no family."),
        rows=6,
    )


class RemembranceForm(VersionedForm):
    """What the hospice wishes."""

    remembrance = choice_field(
        SETTING_LABELS["remembrance"],
        [(one.value, label) for one, label in REMEMBRANCE_LABELS.items()],
        as_radio=True,
        coerce=Remembrance,
        required_message=_l("Choose what volunteers read"),
    )
    talk_name = text_field(
        SETTING_LABELS["talk_name"],
        hint=_l("For volunteers and staff, such as a counsellor from outside the team."),
    )
    talk_phone = phone_field(SETTING_LABELS["talk_phone"])

    def settings(self) -> RemembranceSettings:
        """Return what was typed."""
        return RemembranceSettings(
            self.remembrance.data, self.talk_name.data or "", self.talk_phone.data or ""
        )
