"""The forms of an instrument and of a screen."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.accounts.models import User
from hospice.grief_support.actions.screens import ScreenFacts
from hospice.grief_support.models import Instrument
from hospice.grief_support.rules.plans import Span
from hospice.grief_support.rules.screens import (
    BUILT_IN,
    SCORE_MOST,
    Band,
    Direction,
    InstrumentFacts,
    Scale,
)
from hospice.grief_support.words.screens import (
    BAND_LABELS,
    DIRECTION_LABELS,
    instrument_label,
    language_choices,
)
from hospice.web.forms import (
    Form,
    VersionedForm,
    choice_field,
    day_field,
    long_field,
    number_field,
    required,
    small_int,
    text_field,
)

_NUMBER = _l("Enter a number")


class ScreenForm(Form):
    """One screen: by what, when, who scored, and the score or the band."""

    instrument = choice_field(_l("By what"), coerce=small_int)
    screened_on = day_field(_l("On which day?"), required_message=_l("Choose the day"))
    scored_by = choice_field(
        _l("Who scored"),
        coerce=small_int,
        hint=_l("Grief support or a clinician; never a volunteer."),
    )
    scorer = text_field(
        _l("A clinician without an account"), hint=_l("Their name, where they are not in the list.")
    )
    score = number_field(
        _l("Score"),
        low=-SCORE_MOST,
        high=SCORE_MOST,
        hint=_l("The sum alone. The questions and answers stay on paper."),
    )
    band = choice_field(
        _l("Your impression"),
        [(one.value, label) for one, label in BAND_LABELS.items()],
        as_radio=True,
        hint=_l("For the first impression, which has no score."),
    )
    note = long_field(_l("Note"), maximum=1_000, rows=3)

    def __init__(
        self, instruments: Iterable[Instrument], people: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(**{"instrument": BUILT_IN, **kwargs})
        self.instrument.choices = [
            (BUILT_IN, instrument_label(None)),
            *((one.id, instrument_label(one)) for one in instruments),
        ]
        self.scored_by.choices = [
            *((person.id, person.name) for person in people),
            (0, _l("A clinician without an account")),
        ]

    def facts(self) -> ScreenFacts:
        """Return what was typed."""
        return ScreenFacts(
            instrument_id=self.instrument.data or None,
            screened_on=self.screened_on.data,
            score=self.score.data,
            band=Band(self.band.data) if self.band.data else None,
            note=self.note.data or "",
            scorer_id=self.scored_by.data or None,
            scorer=self.scorer.data or "",
        )


class TakeBackForm(Form):
    """Why a screen is taken back."""

    reason = long_field(_l("Why"), maximum=300, rows=2)


class InstrumentForm(VersionedForm):
    """An instrument: what it is called, who may use it, and how its scores are read."""

    name = text_field(_l("What it is called"), validators=[required(_l("Enter the name"))])
    edition = text_field(_l("Edition"), maximum=60)
    licence = long_field(
        _l("Who may use it, and why"),
        maximum=1_000,
        validators=[required(_l("Write who may use it, and by whose permission"))],
        hint=_l("Such as “By written permission of its authors, for Dr Shen alone”."),
        rows=3,
    )
    language = choice_field(_l("Language"))
    lowest = number_field(
        _l("Lowest score"), low=-SCORE_MOST, high=SCORE_MOST, required_message=_NUMBER
    )
    highest = number_field(
        _l("Highest score"), low=-SCORE_MOST, high=SCORE_MOST, required_message=_NUMBER
    )
    direction = choice_field(
        _l("Which scores are worrying"),
        [(one.value, label) for one, label in DIRECTION_LABELS.items()],
        as_radio=True,
        coerce=Direction,
        required_message=_l("Choose which end is worrying"),
    )
    cut_off = number_field(
        _l("High from"),
        low=-SCORE_MOST,
        high=SCORE_MOST,
        required_message=_NUMBER,
        hint=_l("The cut-off: from here on somebody needs more help."),
    )
    medium_from = number_field(
        _l("Medium from"),
        low=-SCORE_MOST,
        high=SCORE_MOST,
        hint=_l("Leave it empty where there are only low and high."),
    )
    earliest_months = number_field(
        _l("Not before: months after the death"), low=0, high=24, required_message=_NUMBER
    )
    earliest_days = number_field(
        _l("Not before: days more"), low=0, high=60, required_message=_NUMBER
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"earliest_months": 0, "earliest_days": 0, "language": "", **kwargs})
        self.language.choices = language_choices()

    def facts(self) -> InstrumentFacts:
        """Return what was typed."""
        return InstrumentFacts(
            name=self.name.data or "",
            edition=self.edition.data or "",
            licence=self.licence.data or "",
            language=self.language.data or "",
            scale=Scale(
                self.lowest.data,
                self.highest.data,
                self.direction.data,
                self.cut_off.data,
                self.medium_from.data,
            ),
            earliest=Span(self.earliest_months.data, self.earliest_days.data),
        )
