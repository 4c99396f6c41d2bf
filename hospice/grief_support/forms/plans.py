"""The forms of a support plan: how somebody is followed, the days they keep, and its next state."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.accounts.models import User
from hospice.grief_support.actions.plans import Customs, PlanFacts
from hospice.grief_support.rules.dates import Calendar, Counting, DateKind
from hospice.grief_support.rules.plans import TIERS
from hospice.grief_support.words.labels import (
    CALENDAR_LABELS,
    COUNTING_LABELS,
    DATE_LABELS,
    TIER_LABELS,
)
from hospice.web.forms import (
    BooleanField,
    Form,
    VersionedForm,
    chips_field,
    choice_field,
    day_field,
    long_field,
    number_field,
    small_int,
    text_field,
)

_KEPT = [kind for kind in DateKind if kind is not DateKind.HOLIDAY]


class PlanForm(VersionedForm):
    """How somebody is followed."""

    tier = choice_field(
        _l("Tier"),
        [(tier, TIER_LABELS[tier]) for tier in TIERS],
        as_radio=True,
        coerce=small_int,
        required_message=_l("Choose a tier"),
    )
    basis = long_field(
        _l("Why this tier"),
        hint=_l("What you saw and heard, or who assessed them. Not needed for tier 1."),
        rows=3,
    )
    kinds_and_frequency = long_field(
        _l("What we do, and how often"),
        hint=_l("In a sentence that fits this person, such as “A call each month, on weekdays”."),
        rows=2,
    )
    goals = long_field(_l("What they hope for"), rows=2)
    owner = choice_field(_l("Who follows them"), coerce=small_int)
    accepting = text_field(_l("Why they do it all the same"), maximum=300)
    review_on = day_field(_l("Next review"))

    def __init__(self, owners: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner.choices = [
            (0, _l("Anyone of the team")),
            *((person.id, person.name) for person in owners),
        ]
        kept = kwargs.get("obj")
        if kept is not None and not self.owner.raw_data:
            self.owner.data = kept.owner_id or 0  # `obj.owner` is a person, the choice is an id

    def facts(self) -> PlanFacts:
        """Return what was typed."""
        return PlanFacts(
            tier=self.tier.data,
            basis=self.basis.data or "",
            kinds_and_frequency=self.kinds_and_frequency.data or "",
            goals=self.goals.data or "",
            owner_id=self.owner.data or None,
            review_on=self.review_on.data,
        )


class StateForm(Form):
    """Where a plan goes next, and why."""

    reason = long_field(_l("Why"), maximum=300, rows=2)


class DaysForm(VersionedForm):
    """What a family keeps, how it counts, and who agreed."""

    kinds = chips_field(
        _l("Days they keep"),
        [(kind.value, DATE_LABELS[kind]) for kind in _KEPT],
        coerce=DateKind,
    )
    counting = choice_field(
        _l("How they count the sevenths and the hundredth day"),
        [(one.value, label) for one, label in COUNTING_LABELS.items()],
        as_radio=True,
        coerce=Counting,
        required_message=_l("Choose how they count"),
    )
    calendar = choice_field(
        _l("The anniversary"),
        [(one.value, label) for one, label in CALENDAR_LABELS.items()],
        as_radio=True,
        coerce=Calendar,
        required_message=_l("Choose a calendar"),
    )
    counts_next_day = BooleanField(_l("They count from the next day, because it was after 23:00"))
    birth_month = number_field(_l("Month of birth"), low=1, high=12)
    birth_day = number_field(_l("Day of birth"), low=1, high=31)
    agreed_words = text_field(
        _l("Who agreed that we keep these days in mind, and how"),
        maximum=200,
        hint=_l("Such as “Ms Chen, by phone on 3 March”. Without it the Chinese days stay off."),
    )

    def customs(self) -> Customs:
        """Return what was typed."""
        return Customs(
            kinds=frozenset(self.kinds.data or []),
            counting=self.counting.data,
            calendar=self.calendar.data,
            # asked only where somebody died late in the evening
            counts_next_day="counts_next_day" in self and bool(self.counts_next_day.data),
            birth_month=self.birth_month.data,
            birth_day=self.birth_day.data,
            agreed_words=self.agreed_words.data or "",
        )
