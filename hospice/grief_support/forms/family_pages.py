"""The forms of somebody's own page: how, when and in which language, and a rest."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import SelectField

from hospice.grief_support.models import Kin
from hospice.grief_support.queries.family_pages import Said
from hospice.grief_support.rules.family_pages import PageTopic, Part, Wishes, hours_of, part_of
from hospice.grief_support.rules.kin import KinWay
from hospice.grief_support.words.family_pages import PART_LABELS, WAY_QUESTIONS
from hospice.grief_support.words.kin import TOPIC_LABELS
from hospice.volunteers.rules import LANGUAGES
from hospice.volunteers.words import LANGUAGE_LABELS, weekday_label
from hospice.web.forms import (
    BooleanField,
    Form,
    VersionedForm,
    chips_field,
    choice_field,
    clock_field,
    day_field,
    small_int,
)


def _answer(way: KinWay) -> SelectField:
    return choice_field(
        WAY_QUESTIONS[way],
        [
            ("yes", lazy_pgettext("consent", "Yes")),
            ("no", lazy_pgettext("consent", "No")),
        ],
        as_radio=True,
    )


class WishesForm(VersionedForm):
    """How somebody would like to hear from us."""

    way_call = _answer(KinWay.CALL)
    way_text = _answer(KinWay.TEXT)
    way_wechat = _answer(KinWay.WECHAT)
    way_email = _answer(KinWay.EMAIL)
    way_letter = _answer(KinWay.LETTER)
    way_visit = _answer(KinWay.VISIT)
    part = choice_field(
        _l("When may we call?"),
        [(one.value, label) for one, label in PART_LABELS.items()],
        as_radio=True,
        coerce=Part,
    )
    reach_from = clock_field(_l("From"))
    reach_until = clock_field(_l("Until"))
    days = chips_field(
        _l("On which days?"), coerce=small_int, hint=_l("No day chosen means any day.")
    )
    language = choice_field(_l("Which language is easiest for you?"), as_radio=True)
    topics = chips_field(
        _l("What would you rather not have?"),
        [(one.value, label) for one, label in TOPIC_LABELS.items()],
        coerce=str,
    )

    def __init__(self, person: Kin, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.days.choices = [(day, weekday_label(day, short=True)) for day in range(7)]
        others = [one for one in person.languages if one not in LANGUAGES]
        self.language.choices = [*LANGUAGE_LABELS.items(), *((one, one) for one in others)]

    def fill(self, person: Kin, said: Said) -> None:
        """Show what holds now."""
        for way, agrees in said.ways.items():
            self[f"way_{way}"].data = "yes" if agrees else "no"
        self.part.data = part_of(person.reach_from, person.reach_until)
        if self.part.data is Part.OWN:
            self.reach_from.data, self.reach_until.data = person.reach_from, person.reach_until
        self.days.data = list(person.reach_days)
        self.language.data = person.languages[0] if person.languages else ""
        self.topics.data = [one.value for one in said.topics]
        self.version.data = str(person.version)

    @property
    def ways(self) -> Sequence[SelectField]:
        """Return the questions about the ways, in the order of the page."""
        return [self[f"way_{way}"] for way in KinWay]

    def wishes(self, person: Kin) -> Wishes:
        """Return what was chosen; hours that they typed count, whichever part was chosen before."""
        own = self.reach_from.data, self.reach_until.data
        part = self.part.data or Part.OWN
        if any(own) and part is part_of(person.reach_from, person.reach_until):
            part = Part.OWN
        starts, ends = hours_of(part, own)
        return Wishes(
            ways={way: found == "yes" for way in KinWay if (found := self[f"way_{way}"].data)},
            days=tuple(self.days.data or ()),
            reach_from=starts,
            reach_until=ends,
            language=self.language.data or "",
            topics=frozenset(PageTopic(one) for one in self.topics.data or ()),
        )


class PauseForm(Form):
    """Until when somebody wants to be left in peace."""

    until = day_field(_l("Leave me in peace until"), required_message=_l("Choose the last day"))


class OwnPageForm(Form):
    """Whether the page greets its person."""

    greets = BooleanField(_l("Greet them on the page, as we speak to them"))
