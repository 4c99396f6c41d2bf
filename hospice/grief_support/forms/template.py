"""The form of one line of the template."""

from flask_babel import lazy_gettext as _l

from hospice.grief_support.rules.plans import TIERS, Span, Step, Way
from hospice.grief_support.words.labels import TIER_LABELS, WAY_LABELS
from hospice.web.forms import Form, choice_field, number_field, small_int, text_field

_NUMBER = _l("Enter a number")


class StepForm(Form):
    """What is done, for whom, and when after the death."""

    words = text_field(
        _l("What is done"),
        maximum=200,
        hint=_l("Leave it empty to keep the words that stand there."),
    )
    way = choice_field(
        _l("In which way"),
        [(way.value, label) for way, label in WAY_LABELS.items()],
        coerce=Way,
        required_message=_l("Choose how"),
    )
    tier = choice_field(
        _l("From which tier on?"),
        [(tier, TIER_LABELS[tier]) for tier in TIERS],
        as_radio=True,
        coerce=small_int,
        required_message=_l("Choose a tier"),
    )
    opens_months = number_field(
        _l("First day: months after the death"), low=0, high=24, required_message=_NUMBER
    )
    opens_days = number_field(
        _l("First day: days more (-7 is a week less)"), low=-60, high=60, required_message=_NUMBER
    )
    closes_months = number_field(
        _l("Last day: months after the death"), low=0, high=24, required_message=_NUMBER
    )
    closes_days = number_field(
        _l("Last day: days more (-7 is a week less)"), low=-60, high=60, required_message=_NUMBER
    )

    def step(self, key: str) -> Step:
        """Return what was typed."""
        return Step(
            key,
            self.way.data,
            self.tier.data,
            Span(self.opens_months.data, self.opens_days.data),
            Span(self.closes_months.data, self.closes_days.data),
            self.words.data or "",
        )
