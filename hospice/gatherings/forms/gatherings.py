"""The forms of a gathering, of a debrief, and of who is asked."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.accounts.models import User
from hospice.core import clock
from hospice.gatherings.models import Gathering
from hospice.gatherings.rules import (
    MOST_WITH_THEM,
    Answer,
    GatheringFacts,
    GatheringKind,
)
from hospice.gatherings.words import ANSWER_LABELS, LABELS, RELIGIOUS_LABELS
from hospice.places.models import Place
from hospice.volunteers.words import LANGUAGE_LABELS
from hospice.web.forms import (
    Form,
    VersionedForm,
    chips_field,
    choice_field,
    clock_field,
    day_field,
    long_field,
    number_field,
    required,
    small_int,
    text_field,
)

_DAY = _l("Choose the day")
_STARTS = _l("Enter the start time")
_ENDS = _l("Enter the end time")


class GatheringForm(VersionedForm):
    """A gathering of bereaved people: what it is, when and where, and for whom."""

    title = text_field(
        LABELS["title"],
        validators=[required(_l("Write what it is called"))],
        hint=_l("As it stands on the invitation, such as “Remembering together in spring”."),
    )
    day = day_field(LABELS["local_day"], required_message=_DAY)
    starts = clock_field(LABELS["starts_at"], required_message=_STARTS)
    ends = clock_field(LABELS["ends_at"], required_message=_ENDS)
    place = choice_field(LABELS["place"], coerce=small_int)
    where_words = text_field(
        LABELS["where_words"],
        maximum=300,
        hint=_l("The room, or the address where it is not with us. How to get there."),
    )
    languages = chips_field(LABELS["languages"], list(LANGUAGE_LABELS.items()))
    for_words = text_field(
        LABELS["for_words"],
        maximum=300,
        hint=_l("Such as “everyone who lost someone last year; children are welcome”."),
    )
    religious = choice_field(
        LABELS["is_religious"],
        list(RELIGIOUS_LABELS.items()),
        as_radio=True,
        required_message=_l("Say whether it is religious"),
    )
    about = long_field(
        LABELS["about"],
        hint=_l("What people can expect, so that nobody is surprised: music, names read out, tea."),
        rows=3,
    )
    period_from = day_field(LABELS["period_from"])
    period_until = day_field(LABELS["period_until"])
    lead = choice_field(LABELS["lead"], coerce=small_int)

    def __init__(self, places: Iterable[Place], people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.choices = [
            (0, _l("Somewhere else")),
            *((place.id, place.full_name) for place in places),
        ]
        self.lead.choices = _people(people)

    def facts(self) -> GatheringFacts:
        """Return what was typed."""
        return GatheringFacts(
            kind=GatheringKind.MEMORIAL,
            title=self.title.data or "",
            day=self.day.data,
            starts=self.starts.data,
            ends=self.ends.data,
            place_id=self.place.data or None,
            where_words=self.where_words.data or "",
            languages=tuple(self.languages.data or ()),
            for_words=self.for_words.data or "",
            is_religious=self.religious.data == "yes",
            about=self.about.data or "",
            period_from=self.period_from.data,
            period_until=self.period_until.data,
            lead_id=self.lead.data or None,
        )


class DebriefForm(VersionedForm):
    """A debrief of those who visit: when and where, for which ward, and who leads."""

    day = day_field(LABELS["local_day"], required_message=_DAY)
    starts = clock_field(LABELS["starts_at"], required_message=_STARTS)
    ends = clock_field(LABELS["ends_at"], required_message=_ENDS)
    place = choice_field(
        lazy_pgettext("debrief", "For whom"),
        coerce=small_int,
        hint=_l("Whoever died there since the last debrief is remembered in this one."),
    )
    where_words = text_field(_l("Where you meet"), maximum=300)
    about = long_field(
        _l("What it is about"),
        hint=_l("Volunteers read it. Name nobody: some may not have heard of a death yet."),
        rows=2,
    )
    lead = choice_field(LABELS["lead"], coerce=small_int)

    def __init__(self, places: Iterable[Place], people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.choices = [
            (0, _l("Everywhere")),
            *((place.id, place.full_name) for place in places),
        ]
        self.lead.choices = _people(people)

    def facts(self) -> GatheringFacts:
        """Return what was typed."""
        return GatheringFacts(
            kind=GatheringKind.SHARING,
            title="",
            day=self.day.data,
            starts=self.starts.data,
            ends=self.ends.data,
            place_id=self.place.data or None,
            where_words=self.where_words.data or "",
            about=self.about.data or "",
            lead_id=self.lead.data or None,
        )


def _people(people: Iterable[User]) -> list[tuple[int, Any]]:
    return [(0, _l("Not chosen yet")), *((person.id, person.name) for person in people)]


def kept(gathering: Gathering) -> dict[str, Any]:
    """Return what a form shows of a gathering."""
    zone = gathering.timezone
    return {
        "title": gathering.title,
        "day": gathering.local_day,
        "starts": clock.local(gathering.starts_at, zone).time(),
        "ends": clock.local(gathering.ends_at, zone).time(),
        "place": gathering.place_id or 0,
        "where_words": gathering.where_words,
        "languages": list(gathering.languages),
        "for_words": gathering.for_words,
        "religious": "yes" if gathering.is_religious else "no",
        "about": gathering.about,
        "period_from": gathering.period_from,
        "period_until": gathering.period_until,
        "lead": gathering.lead_id or 0,
        "version": str(gathering.version),
    }


class InviteForm(Form):
    """Which bereaved people are asked; a note for days that a family keeps quiet."""

    kin = chips_field(_l("Who is asked"), coerce=small_int)
    quiet_note = text_field(
        _l("Why on a day that they keep quiet"),
        maximum=300,
        hint=_l("Such as “her daughter asked for it”. Only where the list says that they keep it."),
    )


class PeopleForm(Form):
    """Which volunteers, and who of the team, are asked."""

    volunteers = chips_field(_l("Volunteers"), coerce=small_int)
    team = chips_field(_l("The team"), coerce=small_int)


class AnswerForm(Form):
    """What somebody said to an invitation."""

    answer = choice_field(
        _l("What did they say?"),
        [(one.value, label) for one, label in ANSWER_LABELS.items()],
        as_radio=True,
        coerce=Answer,
        required_message=_l("Choose what they said"),
    )
    others = number_field(_l("How many come with them?"), low=0, high=MOST_WITH_THEM)
    words = text_field(
        _l("Anything to know"), maximum=300, hint=_l("Such as “comes in a wheelchair”.")
    )


class CameForm(Form):
    """Who came."""

    came = chips_field(_l("Who came"), coerce=small_int)


class CancelForm(Form):
    """Why a gathering is called off."""

    reason = text_field(
        _l("Why is it called off?"), maximum=300, validators=[required(_l("Write why"))]
    )
