"""What is typed about weekly shifts, single ones, and standing places."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.patients.models import Patient
from hospice.patients.words import born_words, then_words, where_words
from hospice.places.models import Place
from hospice.shifts.actions.editing import Scope
from hospice.shifts.forms.leads import NewLeadsForm
from hospice.shifts.rules.states import Cadence, Category
from hospice.shifts.rules.terms import NEEDS, Terms
from hospice.shifts.words import CADENCE_LABELS, CATEGORY_LABELS
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import LANGUAGES, SKILLS, Gender
from hospice.volunteers.words import language_label, skill_label, weekday_label
from hospice.web.forms import (
    BooleanField,
    Field,
    Form,
    StopValidation,
    VersionedForm,
    chips_field,
    choice_field,
    clock_field,
    day_field,
    long_field,
    number_field,
    required,
    small_int,
)

MOST_PEOPLE = 60
REASON = 300
SCOPE_LABELS: dict[Scope, Any] = {
    Scope.ONE: _l("Only this one"),
    Scope.FOLLOWING: _l("This one and those that follow"),
    Scope.ALL: _l("All that have not started"),
}


def _weekdays() -> list[tuple[int, str]]:
    return [(number, weekday_label(number)) for number in range(7)]


class TermsForm(VersionedForm):
    """What a shift asks for; the same for a weekly shift and for one date."""

    starts = clock_field(_l("Starts"), required_message=_l("Enter the start time"))
    ends = clock_field(_l("Ends"), required_message=_l("Enter the end time"))
    patient_id = choice_field(
        _l("A visit to one patient"),
        coerce=small_int,
        hint=_l("For a visit at home, or at one bedside. Otherwise volunteers visit the ward."),
    )
    minimum = number_field(
        _l("At least"),
        low=0,
        high=MOST_PEOPLE,
        required_message=_l("Enter how many people must come at least"),
        hint=_l("With fewer it cannot take place."),
    )
    wanted = number_field(
        _l("People wanted"),
        low=1,
        high=MOST_PEOPLE,
        required_message=_l("Enter how many people are wanted"),
        hint=_l("So many places are offered."),
    )
    needs_leader = BooleanField(_l("Someone who leads the shift"))
    pairs_trainees = BooleanField(_l("Someone experienced with each new volunteer"))
    needs_approval = BooleanField(_l("We say yes before anyone takes an open place"))
    needs_language = choice_field(_l("Someone who speaks"))
    needs_skill = choice_field(_l("Someone with this skill"))
    needs_gender = choice_field(_l("Who may come"))
    category = choice_field(
        _l("The hours count as"),
        [(one.value, label) for one, label in CATEGORY_LABELS.items()],
        coerce=Category,
        hint=_l("Meetings, training and fairs are not counted."),
    )
    briefing = long_field(
        _l("Briefing"),
        rows=3,
        hint=_l("Where to meet, what to bring. Volunteers read it on their phone."),
    )

    def __init__(
        self, *, patients: Iterable[Patient], kept: Terms | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.patient_id.choices = [
            (0, _l("Nobody in particular")),
            *((one.id, _known_by(one)) for one in patients),
        ]
        self.needs_language.choices = _known(
            LANGUAGES, language_label, kept.needs_language if kept else ""
        )
        self.needs_skill.choices = _known(SKILLS, skill_label, kept.needs_skill if kept else "")
        if self.category.data is None:
            self.category.data = kept.category if kept else Category.DIRECT
        self.needs_gender.choices = [
            ("", _l("Everyone")),
            (Gender.FEMALE.value, _l("Only women")),
            (Gender.MALE.value, _l("Only men")),
        ]

    def show(self, terms: Terms) -> None:
        """Fill in what is kept."""
        for name in ("starts", "ends", *NEEDS):
            self[name].data = getattr(terms, name)
        self.patient_id.data = terms.patient_id or 0
        self.needs_gender.data = terms.needs_gender.value if terms.needs_gender else ""

    def terms(self, place_id: int) -> Terms:
        """Return what was typed; the form is valid."""
        return Terms(
            place_id=place_id,
            starts=_minute(self.starts.data),
            ends=_minute(self.ends.data),
            patient_id=self.patient_id.data or None,
            minimum=self.minimum.data or 0,
            wanted=self.wanted.data or 1,
            needs_leader=self.needs_leader.data,
            needs_language=self.needs_language.data or "",
            needs_gender=Gender(self.needs_gender.data) if self.needs_gender.data else None,
            needs_skill=self.needs_skill.data or "",
            pairs_trainees=self.pairs_trainees.data,
            needs_approval=self.needs_approval.data,
            briefing=self.briefing.data or "",
            category=self.category.data,
        )


def _known(words: Iterable[str], label: Any, kept: str) -> list[tuple[str, Any]]:
    known = list(words)
    if kept and kept not in known:
        known.append(kept)  # somebody's own word, from before
    return [("", _l("No need")), *((word, label(word)) for word in known)]


def _known_by(patient: Patient) -> str:
    """Return a patient told apart from others: "Mrs Wang, Ward 1 · Garden, bed 3, born 1941"."""
    where = where_words(patient.place, patient.bed, patient.address)
    found = then_words(patient.preferred_name, where)
    return then_words(found, born_words(patient.birth_year)) if patient.birth_year else found


def _minute(at: time | None) -> time:
    return (at or time()).replace(second=0, microsecond=0)


def _places(places: Iterable[Place]) -> list[tuple[int, str]]:
    return [(place.id, place.full_name) for place in places]


class NewWeeklyForm(TermsForm, NewLeadsForm):
    """A weekly shift at one or several places."""

    weekday = choice_field(_l("Weekday"), coerce=small_int, required_message=_l("Choose a weekday"))
    places = chips_field(
        _l("Places"),
        coerce=small_int,
        hint=_l("Each place that is ticked gets a weekly shift of its own."),
    )
    starts_on = day_field(_l("First day"), required_message=_l("Enter the first day"))
    ends_on = day_field(_l("Last day (may stay empty)"))

    def __init__(self, *, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weekday.choices = _weekdays()
        self.places.choices = _places(places)


class _PlaceForm(TermsForm):
    place_id = choice_field(_l("Place"), coerce=small_int, required_message=_l("Choose a place"))

    def __init__(self, *, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place_id.choices = _places(places)

    def show(self, terms: Terms) -> None:
        """Fill in what is kept."""
        super().show(terms)
        self.place_id.data = terms.place_id


class EditWeeklyForm(_PlaceForm):
    """A change of a weekly shift, from a day on or of all its dates."""

    scope = choice_field(
        _l("What changes"),
        [
            (Scope.FOLLOWING.value, _l("From a day on")),
            (Scope.ALL.value, SCOPE_LABELS[Scope.ALL]),
        ],
        as_radio=True,
        coerce=Scope,
        required_message=_l("Choose what changes"),
    )
    from_day = day_field(_l("From"), hint=_l("What lies before stays as it is."))
    weekday = choice_field(_l("Weekday"), coerce=small_int, required_message=_l("Choose a weekday"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weekday.choices = _weekdays()


class EditShiftForm(_PlaceForm):
    """A change of one date, alone or with those that follow."""

    scope = choice_field(
        _l("What changes"),
        [(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        as_radio=True,
        coerce=Scope,
        required_message=_l("Choose what changes"),
    )
    day = day_field(_l("Date"), required_message=_l("Enter the date"))


class SingleForm(_PlaceForm):
    """A shift of its own; for one patient it is where the patient is."""

    day = day_field(_l("Date"), required_message=_l("Enter the date"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place_id.choices = [(0, _l("Choose a place")), *self.place_id.choices]
        self.place_id.validators = ()


class EndForm(VersionedForm):
    """The end of a weekly shift."""

    from_day = day_field(
        _l("No shifts from this day on"), required_message=_l("Enter the first day without shifts")
    )
    reason = long_field(
        _l("Reason"),
        maximum=REASON,
        rows=2,
        hint=_l("The people on the dates that are cancelled read it."),
        validators=[required(_l("Enter the reason; the people on these dates read it"))],
    )


class ChangeStandingForm(Form):
    """How often and how long a volunteer stands."""

    cadence = choice_field(
        _l("How often"),
        [(cadence.value, label) for cadence, label in CADENCE_LABELS.items()],
        coerce=Cadence,
        required_message=_l("Choose how often"),
    )
    starts_on = day_field(_l("From"), required_message=_l("Enter the first day"))
    ends_on = day_field(_l("Until (may stay empty)"))
    is_leader = BooleanField(_l("Leads the shift"))
    fill = BooleanField(_l("Also on the dates that are there already, as drafts"))


class StandingForm(ChangeStandingForm):
    """A volunteer's new standing place."""

    volunteer_id = choice_field(_l("Volunteer"), coerce=small_int)

    def __init__(self, *, volunteers: Iterable[Volunteer], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.volunteer_id.choices = [
            (0, _l("Choose a volunteer")),
            *((one.id, one.preferred_name) for one in volunteers),
        ]

    def validate_volunteer_id(self, field: Field) -> None:
        """Refuse what is no id, which reads like the empty choice."""
        if not field.data:
            raise StopValidation(_l("Choose a volunteer"))


__all__ = [
    "ChangeStandingForm",
    "EditShiftForm",
    "EditWeeklyForm",
    "EndForm",
    "NewWeeklyForm",
    "SingleForm",
    "StandingForm",
    "TermsForm",
]
