"""The forms of a volunteer: what the office writes down, and what volunteers say themselves."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.core.errors import Objection
from hospice.places.models import Place
from hospice.volunteers.models import Volunteer
from hospice.volunteers.queries import ClearedPlace
from hospice.volunteers.rules import (
    LANGUAGES,
    NOTE_MOST,
    SKILLS,
    Cleared,
    CredentialKind,
    DayPart,
    Details,
    Experience,
    Free,
    Gender,
    Paper,
    split_words,
)
from hospice.volunteers.words import (
    EXPERIENCE_LABELS,
    GENDER_LABELS,
    LANGUAGE_LABELS,
    LOCALE_CHOICES,
    PAPER_LABELS,
    PART_LABELS,
    SKILL_LABELS,
    listed,
    objection_words,
)
from hospice.web.forms import (
    BooleanField,
    Form,
    VersionedForm,
    chips_field,
    choice_field,
    day_field,
    email_field,
    long_field,
    number_field,
    phone_field,
    required,
    small_int,
    text_field,
)

_MOST_A_MONTH = 62
_FARTHEST_KM = 2000


def _free_value(free: Free) -> str:
    return f"{free[0]}-{free[1]}"


_WEEK: dict[str, Free] = {
    _free_value((weekday, part)): (weekday, part) for weekday in range(7) for part in DayPart
}


class FreeForm(VersionedForm):
    """When a volunteer is usually free: a box for each part of the week."""

    free = chips_field(
        _l("Usually free"),
        [(value, PART_LABELS[free[1]]) for value, free in _WEEK.items()],
        hint=_l("Nothing ticked means: ask."),
    )

    def free_parts(self) -> list[Free]:
        """Return the parts of the week that were ticked."""
        return [_WEEK[value] for value in self.free.data or [] if value in _WEEK]

    def fill_free(self, free: Sequence[Free]) -> None:
        """Tick what is known."""
        self.free.data = [_free_value(one) for one in free]


class VolunteerForm(FreeForm):
    """What a coordinator writes down about a volunteer; made by `volunteer_form`."""

    legal_name = text_field(
        _l("Legal name"),
        validators=[required(_l("Enter the name"))],
        hint=_l("As on papers and certificates."),
    )
    preferred_name = text_field(
        _l("Name they like to be called by"),
        hint=_l("This name stands on the roster. Leave it empty if it is the same."),
    )
    phone = phone_field(_l("Telephone"))
    email = email_field(_l("Email"), hint=_l("Messages go here, and it is needed to sign in."))
    locale = choice_field(
        _l("Language of messages"),
        LOCALE_CHOICES,
        as_radio=True,
        required_message=_l("Choose a language"),
    )
    gender = choice_field(
        _l("Gender"),
        [(gender.value, label) for gender, label in GENDER_LABELS.items()],
        as_radio=True,
        coerce=Gender,
        hint=_l("Asked because some patients wish for a woman or a man at the bedside."),
        required_message=_l("Choose one; “Not said” is an answer too"),
    )
    spoken = chips_field(_l("Languages"), list(LANGUAGE_LABELS.items()))
    other_languages = text_field(
        _l("Other languages"), maximum=500, hint=_l("With commas between them.")
    )
    can = chips_field(_l("Can also"), list(SKILL_LABELS.items()))
    other_skills = text_field(_l("Other skills"), maximum=500, hint=_l("With commas between them."))
    experience = choice_field(
        _l("Experience"),
        [(experience.value, label) for experience, label in EXPERIENCE_LABELS.items()],
        as_radio=True,
        coerce=Experience,
        hint=_l("Someone new goes with someone experienced."),
        required_message=_l("Choose one"),
    )
    is_leader = BooleanField(_l("May lead a shift"))
    preferred_a_month = number_field(
        _l("Shifts a month they like"),
        low=0,
        high=_MOST_A_MONTH,
        hint=_l("The roster gives a hint above it."),
    )
    maximum_a_month = number_field(
        _l("Most shifts a month"),
        low=0,
        high=_MOST_A_MONTH,
        hint=_l("The roster asks for a reason above it."),
    )
    joined_on = day_field(_l("With us since"))
    restricted_notes = long_field(
        _l("Restricted notes"), hint=_l("Seen by coordinators only, never by other volunteers.")
    )
    is_someone_else = BooleanField(_l("This is someone else of the same name"))

    places: Sequence[tuple[int, str]] = ()
    may_restrict = False
    is_stale = False
    namesake_id = 0

    def start(self, locale: str) -> None:
        """Fill in what most new volunteers are."""
        self.locale.data = locale
        self.gender.data = Gender.UNSAID
        self.experience.data = Experience.TRAINEE

    def fill(
        self, volunteer: Volunteer, free: Sequence[Free], cleared: Sequence[ClearedPlace]
    ) -> None:
        """Write what is kept into the form."""
        for name in (
            "legal_name",
            "phone",
            "email",
            "locale",
            "gender",
            "experience",
            "is_leader",
            "preferred_a_month",
            "maximum_a_month",
            "joined_on",
        ):
            self[name].data = getattr(volunteer, name)
        if volunteer.preferred_name != volunteer.legal_name:
            self.preferred_name.data = volunteer.preferred_name
        if self.may_restrict:
            self.restricted_notes.data = volunteer.restricted_notes
        self.spoken.data = [word for word in volunteer.languages if word in LANGUAGES]
        self.other_languages.data = listed(w for w in volunteer.languages if w not in LANGUAGES)
        self.can.data = [word for word in volunteer.skills if word in SKILLS]
        self.other_skills.data = listed(word for word in volunteer.skills if word not in SKILLS)
        self.fill_free(free)
        for one in cleared:
            if f"cleared_{one.place_id}" in self:
                self[f"cleared_{one.place_id}"].data = True
                self[f"distance_{one.place_id}"].data = one.distance_km
                self[f"expires_{one.place_id}"].data = one.expires_on
        self.version.data = str(volunteer.version)

    def details(self) -> Details:
        """Return what was typed; call it on a valid form."""
        return Details(
            legal_name=self.legal_name.data,
            preferred_name=self.preferred_name.data or self.legal_name.data,
            phone=self.phone.data or "",
            email=self.email.data or "",
            locale=self.locale.data,
            gender=self.gender.data,
            languages=_words(self.spoken.data, self.other_languages.data, LANGUAGE_LABELS),
            skills=_words(self.can.data, self.other_skills.data, SKILL_LABELS),
            experience=self.experience.data,
            is_leader=self.is_leader.data,
            preferred_a_month=self.preferred_a_month.data,
            maximum_a_month=self.maximum_a_month.data,
            joined_on=self.joined_on.data,
            restricted_notes=(self.restricted_notes.data or "") if self.may_restrict else None,
        )

    def cleared(self) -> list[Cleared]:
        """Return the places that were ticked."""
        return [
            Cleared(place_id, self[f"distance_{place_id}"].data, self[f"expires_{place_id}"].data)
            for place_id, _name in self.places
            if self[f"cleared_{place_id}"].data
        ]

    def refuse(self, objections: Sequence[Objection]) -> None:
        """Put what was refused beside its fields; offer "someone else" for a namesake."""
        self.object_to(objections, objection_words)
        for objection in objections:
            if objection.kind == "stale":
                self.is_stale = True
            if objection.kind == "namesake":
                self.namesake_id = small_int(objection.facts["id"])


def _words(
    ticked: Sequence[str] | None, typed: str | None, labels: dict[str, Any]
) -> tuple[str, ...]:
    """Return codes and other words, each once; what is typed but known becomes its code."""
    codes = {str(label).casefold(): code for code, label in labels.items()}
    words = [codes.get(word, word) for word in split_words(typed or "")]
    return tuple(dict.fromkeys([*(ticked or []), *words]))


def volunteer_form(places: Sequence[Place], *, may_restrict: bool) -> VolunteerForm:
    """Return the form of a volunteer, with three fields for each place."""
    names = [(place.id, place.full_name) for place in places]
    fields: dict[str, Any] = {}
    for place_id, name in names:
        fields[f"cleared_{place_id}"] = BooleanField(name)
        fields[f"distance_{place_id}"] = number_field(
            _l("Distance in km"), low=0, high=_FARTHEST_KM
        )
        fields[f"expires_{place_id}"] = day_field(_l("Cleared until"))
    form: VolunteerForm = type("VolunteerForm", (VolunteerForm,), fields)()
    form.places, form.may_restrict = names, may_restrict
    if not may_restrict:
        del form.restricted_notes
    return form


class OwnDetailsForm(VersionedForm):
    """What volunteers say of themselves."""

    preferred_name = text_field(
        _l("Your name"),
        validators=[required(_l("Enter your name"))],
        hint=_l("As you like to be called. It stands on the roster."),
        autocomplete="name",
    )
    phone = phone_field(_l("Your telephone"), hint=_l("We ring when something cannot wait."))
    locale = choice_field(
        _l("Language of messages"),
        LOCALE_CHOICES,
        as_radio=True,
        required_message=_l("Choose a language"),
    )

    def typed(self) -> dict[str, str]:
        """Return what was typed, by the names of the record."""
        return {
            "preferred_name": self.preferred_name.data or "",
            "phone": self.phone.data or "",
            "locale": self.locale.data,
        }


class BreakForm(Form):
    """How long a break lasts, where that is known."""

    until = day_field(_l("Last day of the break"), hint=_l("It may stay empty."))


class PaperForm(VersionedForm):
    """A paper or a training, and until when it holds."""

    kind = choice_field(
        _l("What it is"),
        [(kind.value, label) for kind, label in PAPER_LABELS.items()],
        coerce=CredentialKind,
        required_message=_l("Choose what it is"),
    )
    note = text_field(_l("Its name (may stay empty)"), maximum=NOTE_MOST)
    valid_until = day_field(
        _l("Holds until"), hint=_l("The last day on which it holds; empty where it has no end.")
    )
    is_required = BooleanField(_l("No visit after that day without a newer one"))

    def paper(self) -> Paper:
        """Return what was typed; the form is valid."""
        return Paper(
            self.kind.data, self.note.data or "", self.valid_until.data, self.is_required.data
        )


class ApartForm(Form):
    """Someone who must not be on the same shift."""

    other_id = choice_field(
        _l("Who"), as_radio=True, coerce=str, required_message=_l("Choose a person")
    )
    reason = text_field(
        _l("Reason"), maximum=300, hint=_l("Seen by coordinators only. It may stay empty.")
    )
