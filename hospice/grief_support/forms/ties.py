"""The form of how a volunteer knows a patient in their own life."""

from flask_babel import lazy_gettext as _l

from hospice.grief_support.words.ties import TIE_LABELS
from hospice.patients.rules import TieKind
from hospice.web.forms import Form, choice_field, text_field


class TieForm(Form):
    """Which patient, how they know each other, and what else one should know."""

    patient_id = choice_field(
        _l("Which patient?"), as_radio=True, coerce=str, required_message=_l("Choose a person")
    )
    kind = choice_field(
        _l("How they know each other"),
        [(one.value, label) for one, label in TIE_LABELS.items()],
        as_radio=True,
        coerce=TieKind,
        required_message=_l("Choose how they know each other"),
    )
    words = text_field(
        _l("Anything to remember"),
        maximum=300,
        hint=_l("Seen by coordinators only. It may stay empty."),
    )
