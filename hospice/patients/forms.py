"""The forms of a patient: what is written down, and whether they are visited."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from hospice.patients.rules import (
    MASSAGE_AREAS,
    Address,
    Diagnosis,
    Massage,
    PatientFacts,
    PatientState,
)
from hospice.patients.words import (
    ADDRESS_LABELS,
    AREA_LABELS,
    DIAGNOSIS_LABELS,
    MASSAGE_LABELS,
    STATE_CHOICES,
)
from hospice.volunteers.rules import LANGUAGES, split_words
from hospice.volunteers.words import LANGUAGE_LABELS
from hospice.web.forms import (
    Form,
    HiddenField,
    VersionedForm,
    chips_field,
    choice_field,
    long_field,
    number_field,
    required,
    small_int,
    text_field,
)

_MOST_IDS = 50


class PatientForm(VersionedForm):
    """What a coordinator writes down about a patient."""

    preferred_name = text_field(
        _l("How they like to be called"),
        validators=[required(_l("Enter the name they like to be called"))],
        hint=_l("Such as “Mrs Wang”, “Auntie Wang” or 王阿姨. Everyone reads this name."),
    )
    legal_name = text_field(_l("Legal name"), hint=_l("For the office. Volunteers do not see it."))
    spoken_of = choice_field(
        _l("When we speak of this person, we say"),
        [(one.value, label) for one, label in ADDRESS_LABELS.items()],
        as_radio=True,
        coerce=Address,
        required_message=_l("Choose her, him or them"),
    )
    birth_year = number_field(
        _l("Birth year"),
        low=0,
        high=9999,
        hint=_l("It tells two people of the same name apart. It may stay empty."),
    )
    place_id = choice_field(_l("Place"), coerce=small_int, required_message=_l("Choose a place"))
    bed = text_field(_l("Bed"), maximum=20)
    address = text_field(
        _l("Address"), maximum=300, hint=_l("For home visits: street, door, floor, bell.")
    )
    languages = chips_field(_l("Languages"), list(LANGUAGE_LABELS.items()))
    other_languages = text_field(
        _l("Other languages"), hint=_l("With a comma between them, such as “Wenzhounese, French”.")
    )
    hearing_and_sight = text_field(
        _l("Hearing and sight"),
        maximum=300,
        hint=_l("Such as “Speak towards her right ear; she reads large print.”"),
    )
    likes = long_field(
        _l("Likes"),
        rows=3,
        hint=_l("Music, quiet, visitors, what to talk about, what time is best."),
    )
    may_do = long_field(
        _l("What volunteers may do"),
        rows=3,
        hint=_l("Such as “Sit with her, read, play music, walk to the garden.”"),
    )
    massage = choice_field(
        _l("Massage"),
        [(one.value, label) for one, label in MASSAGE_LABELS.items()],
        as_radio=True,
        coerce=Massage,
        required_message=_l("Choose yes, no or ask the nurse"),
    )
    massage_areas = chips_field(
        _l("Where to massage"), [(one, AREA_LABELS[one]) for one in MASSAGE_AREAS]
    )
    avoid = long_field(
        _l("What to avoid"),
        rows=3,
        hint=_l(
            "Food, drink, subjects, positions. Volunteers read this at the bedside: do not name"
            " the illness here."
        ),
    )
    condition = long_field(
        _l("Condition"),
        rows=3,
        hint=_l("In plain words, what this person lives with. Only staff read it."),
    )
    diagnosis = choice_field(
        _l("Does this person know the diagnosis"),
        [(one.value, label) for one, label in DIAGNOSIS_LABELS.items()],
        as_radio=True,
        coerce=Diagnosis,
        required_message=_l("Choose one; “We do not know” is an answer too"),
    )
    # The ids of those of the same name who were looked at and are someone else.
    another_than = HiddenField()

    def __init__(self, places: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place_id.choices = [("", _l("Choose a place")), *places]

    def split_languages(self) -> None:
        """Part the languages of a record into those with a chip and those that were typed."""
        known = self.languages.data or []
        self.languages.data = [one for one in known if one in LANGUAGES]
        self.other_languages.data = ", ".join(one for one in known if one not in LANGUAGES)

    def facts(self) -> PatientFacts:
        """Return what was typed."""
        other = split_words(self.other_languages.data or "")
        return PatientFacts(
            preferred_name=" ".join((self.preferred_name.data or "").split()),
            legal_name=" ".join((self.legal_name.data or "").split()),
            spoken_of=self.spoken_of.data,
            birth_year=self.birth_year.data,
            place_id=self.place_id.data or 0,
            bed=self.bed.data or "",
            address=self.address.data or "",
            languages=list(dict.fromkeys([*(self.languages.data or []), *other])),
            hearing_and_sight=self.hearing_and_sight.data or "",
            likes=self.likes.data or "",
            may_do=self.may_do.data or "",
            massage=self.massage.data,
            massage_areas=list(self.massage_areas.data or []),
            avoid=self.avoid.data or "",
            condition=self.condition.data or "",
            diagnosis=self.diagnosis.data,
        )

    @property
    def looked_at(self) -> set[int]:
        """Return the ids of the namesakes who were looked at."""
        given = (self.another_than.data or "").split(",")[:_MOST_IDS]
        return {number for one in given if (number := small_int(one))}

    def typed(self) -> list[tuple[str, str]]:
        """Return what was sent, to be sent again from a page between."""
        return [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name in self and name not in {"csrf_token", "another_than"}
        ]


class StateForm(Form):
    """Whether a patient is visited."""

    state = choice_field(
        _l("What is true now"),
        [(one.value, label) for one, label in STATE_CHOICES.items()],
        as_radio=True,
        coerce=PatientState,
        required_message=_l("Choose one of these"),
    )
    reason = text_field(
        _l("More, if it helps"),
        maximum=300,
        hint=_l("Such as “In hospital until Friday” or “Infection on the ward”."),
    )
