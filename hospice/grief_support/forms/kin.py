"""The forms of somebody of the family, and of what they do not want."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from hospice.grief_support.models import Kin, Kinship, WayOf
from hospice.grief_support.rules.kin import (
    Consent,
    Family,
    KinFacts,
    KinshipFacts,
    KinWay,
    Relation,
    StopFacts,
    StopScope,
    ranked,
)
from hospice.grief_support.words.kin import (
    CONSENT_LABELS,
    RELATION_LABELS,
    SCOPE_LABELS,
    WAY_LABELS,
)
from hospice.volunteers.rules import LANGUAGES, split_words
from hospice.volunteers.words import LANGUAGE_LABELS, weekday_label
from hospice.web.forms import (
    BooleanField,
    Form,
    HiddenField,
    VersionedForm,
    chips_field,
    choice_field,
    clock_field,
    day_field,
    email_field,
    long_field,
    phone_field,
    required,
    small_int,
    text_field,
    zone_choices,
)

_KIN_COLUMNS = (
    "name",
    "called",
    "reach_from",
    "reach_until",
    "reach_words",
    "phone",
    "email",
    "post_address",
    "is_minor",
    "notes",
)
_LINK_COLUMNS = ("relation", "relation_words", "name_for_patient", "words_to_avoid")
_ROLES = ("is_key_contact", "is_carer", "is_decision_maker")
_WAYS = [(way.value, label) for way, label in WAY_LABELS.items()]


def _consent(way: KinWay) -> SelectField:
    return choice_field(
        WAY_LABELS[way],
        [(one.value, label) for one, label in CONSENT_LABELS.items()],
        as_radio=True,
        coerce=Consent,
        required_message=_l("Choose yes, no or not asked"),
    )


class FamilyForm(VersionedForm):
    """A person, what they are to the patient, and how they may be reached."""

    kin_id = HiddenField()  # somebody we know already
    name = text_field(_l("Name"), validators=[required(_l("Enter the name"))])
    called = text_field(
        _l("How we speak to them"),
        hint=_l("Such as “Ms Chen” or 陈女士. Leave it empty to use the name."),
    )
    relation = choice_field(
        _l("Who they are to the patient"),
        [("", _l("Choose one")), *((one.value, label) for one, label in RELATION_LABELS.items())],
        coerce=lambda value: Relation(value) if value in set(Relation) else "",
        required_message=_l("Choose who they are to the patient"),
    )
    relation_words = text_field(
        _l("In their own words"), hint=_l("Such as “brought up by her” or “her oldest friend”.")
    )
    roles = chips_field(
        _l("What they do"),
        [
            ("is_key_contact", _l("Key contact")),
            ("is_carer", _l("Cares for the patient")),
            ("is_decision_maker", _l("Decides with or for the patient")),
        ],
    )
    name_for_patient = text_field(
        _l("What they call the patient"), hint=_l("Such as “Mum” or “Grandpa”. We use their word.")
    )
    words_to_avoid = text_field(_l("Words to avoid"), maximum=300)
    phone = phone_field(_l("Telephone"))
    email = email_field(_l("Email"))
    post_address = text_field(_l("Post address"), maximum=300)
    languages = chips_field(_l("Languages"), list(LANGUAGE_LABELS.items()))
    other_languages = text_field(
        _l("Other languages"), hint=_l("With a comma between them, such as “Wenzhounese, French”.")
    )
    timezone = choice_field(_l("Time where they live"))
    reach_days = chips_field(_l("Days on which they can be reached"), coerce=small_int)
    reach_from = clock_field(_l("From"))
    reach_until = clock_field(_l("Until"))
    reach_words = text_field(
        _l("More about when"), maximum=300, hint=_l("Such as “not while she fetches the children”.")
    )
    consent_call = _consent(KinWay.CALL)
    consent_text = _consent(KinWay.TEXT)
    consent_wechat = _consent(KinWay.WECHAT)
    consent_email = _consent(KinWay.EMAIL)
    consent_letter = _consent(KinWay.LETTER)
    consent_visit = _consent(KinWay.VISIT)
    best_way = choice_field(
        _l("What they like best"), [("", _l("Not said")), *_WAYS], coerce=lambda v: v or ""
    )
    second_way = choice_field(
        _l("And second"), [("", _l("Not said")), *_WAYS], coerce=lambda v: v or ""
    )
    is_minor = BooleanField(_l("Under age"))
    guardian_id = choice_field(
        _l("Guardian"),
        coerce=small_int,
        hint=_l("Nothing is sent to a child, and no child is called, before a guardian is known."),
    )
    estranged = chips_field(_l("Not on speaking terms with"), coerce=small_int)
    safety_note = long_field(
        _l("Safety"),
        rows=2,
        hint=_l("What whoever calls or visits must know to be safe. Auditors do not see it."),
    )
    notes = long_field(_l("Notes"), rows=3)

    def __init__(self, others: Iterable[Kin], zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        people = [(one.id, one.name) for one in others]
        self.guardian_id.choices = [(0, _l("Nobody yet")), *people]
        self.estranged.choices = people
        self.reach_days.choices = [(day, weekday_label(day, short=True)) for day in range(7)]
        self.timezone.choices = zone_choices(zone)
        if not self.is_submitted():
            self.timezone.data = zone
            for way in KinWay:
                self[f"consent_{way}"].data = Consent.UNASKED

    def offer_guardian(self, person: Kin) -> None:
        """Offer the guardian that a person has, though they belong to another family."""
        guardian = person.guardian
        if guardian is not None and guardian.id not in dict(self.guardian_id.choices):
            self.guardian_id.choices.append((guardian.id, guardian.name))

    def fill_person(self, person: Kin, ways: Iterable[WayOf]) -> None:
        """Show what is written down about a person."""
        for name in _KIN_COLUMNS:
            self[name].data = getattr(person, name)
        self.timezone.data = person.timezone
        self.reach_days.data = list(person.reach_days)
        self.languages.data = [one for one in person.languages if one in LANGUAGES]
        self.other_languages.data = ", ".join(o for o in person.languages if o not in LANGUAGES)
        self.guardian_id.data = person.guardian_id or 0
        self.safety_note.data = person.safety_note
        kept = list(ways)
        for one in kept:
            self[f"consent_{one.way}"].data = one.consent
        for name, one in zip(("best_way", "second_way"), kept, strict=False):
            self[name].data = one.way.value

    def fill_link(self, link: Kinship, estranged: Iterable[Kin]) -> None:
        """Show what is written down about a person and this patient."""
        for name in _LINK_COLUMNS:
            self[name].data = getattr(link, name)
        self.roles.data = [role for role in _ROLES if getattr(link, role)]
        self.estranged.data = [one.id for one in estranged]

    @property
    def known_id(self) -> int:
        """Return the id of the person who is known already; 0 for somebody new."""
        return small_int(self.kin_id.data or "")

    def family(self) -> Family:
        """Return what was typed."""
        other = split_words(self.other_languages.data or "")
        roles = self.roles.data or []
        return Family(
            person=KinFacts(
                name=" ".join((self.name.data or "").split()),
                called=self.called.data or "",
                languages=list(dict.fromkeys([*(self.languages.data or []), *other])),
                timezone=self.timezone.data or "",
                reach_days=tuple(self.reach_days.data or ()),
                reach_from=self.reach_from.data,
                reach_until=self.reach_until.data,
                reach_words=self.reach_words.data or "",
                phone=self.phone.data or "",
                email=self.email.data or "",
                post_address=self.post_address.data or "",
                is_minor=bool(self.is_minor.data),
                guardian_id=self.guardian_id.data or None,
                safety_note=self.safety_note.data or "",
                notes=self.notes.data or "",
            ),
            kinship=KinshipFacts(
                relation=self.relation.data or Relation.OTHER,
                relation_words=self.relation_words.data or "",
                is_decision_maker="is_decision_maker" in roles,
                is_carer="is_carer" in roles,
                is_key_contact="is_key_contact" in roles,
                name_for_patient=self.name_for_patient.data or "",
                words_to_avoid=self.words_to_avoid.data or "",
            ),
            ways=ranked(
                {way: self[f"consent_{way}"].data for way in KinWay},
                _way(self.best_way.data),
                _way(self.second_way.data),
            ),
            estranged_from=frozenset(self.estranged.data or ()),
        )


def _way(value: str | None) -> KinWay | None:
    return KinWay(value) if value in set(KinWay) else None


class StopForm(Form):
    """What someone does not want, until when, and who said so."""

    scope = choice_field(
        _l("What is not wanted"),
        [(one.value, label) for one, label in SCOPE_LABELS.items()],
        as_radio=True,
        coerce=StopScope,
        required_message=_l("Choose what is not wanted"),
    )
    way = choice_field(_l("Which way"), [("", _l("Choose one")), *_WAYS], coerce=lambda v: v or "")
    topic = text_field(_l("Which subject"), hint=_l("Such as “religion” or “the hospital”."))
    until = day_field(_l("Last day"), hint=_l("Leave it empty until they say otherwise."))
    asked_by = text_field(_l("Who said so"), hint=_l("Leave it empty when it was they themselves."))
    reason = text_field(_l("More, if it helps"), maximum=300)

    def facts(self) -> StopFacts:
        """Return what was typed."""
        scope = self.scope.data
        return StopFacts(
            scope=scope,
            way=_way(self.way.data) if scope is StopScope.WAY else None,
            topic=(self.topic.data or "") if scope is StopScope.TOPIC else "",
            until=self.until.data,
            asked_by=self.asked_by.data or "",
            reason=self.reason.data or "",
        )
