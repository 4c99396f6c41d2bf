"""Labels of patients, sentences in which we speak of them, and those of their history."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l

from hospice.core.errors import Objection
from hospice.journal.words import Field, Sentence
from hospice.patients.models import Patient
from hospice.patients.rules import (
    Address,
    Diagnosis,
    Massage,
    PatientCard,
    PatientFacts,
    PatientState,
    in_short,
)
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.volunteers import words as volunteers
from hospice.volunteers.words import languages, listed

STATE_LABELS: dict[PatientState, Any] = {
    PatientState.ACTIVE: _l("Visited"),
    PatientState.ON_HOLD: _l("On hold"),
    PatientState.WENT_HOME: _l("Went home"),
    PatientState.MOVED: _l("Moved elsewhere"),
    PatientState.REVOKED: _l("No longer wishes for visits"),
    PatientState.DEATH_REPORTED: _l("Death reported"),
    PatientState.DIED: _l("Died"),
}

STATE_CHOICES: dict[PatientState, Any] = {
    PatientState.ACTIVE: _l("Visited as usual"),
    PatientState.ON_HOLD: _l("On hold for now"),
    PatientState.WENT_HOME: _l("Went home"),
    PatientState.MOVED: _l("Moved elsewhere"),
    PatientState.REVOKED: _l("No longer wishes for visits"),
}

ADDRESS_LABELS: dict[Address, Any] = {
    Address.HER: _l("her"),
    Address.HIM: _l("him"),
    Address.THEM: _l("them"),
}

MASSAGE_LABELS: dict[Massage, Any] = {
    Massage.YES: lazy_pgettext("massage", "Yes"),
    Massage.NO: lazy_pgettext("massage", "No"),
    Massage.ASK_NURSE: _l("Ask the nurse"),
}

DIAGNOSIS_LABELS: dict[Diagnosis, Any] = {
    Diagnosis.KNOWS: _l("Yes, and it may be talked about"),
    Diagnosis.FAMILY_ASKED_NOT: _l("The family asks that it is not talked about"),
    Diagnosis.UNKNOWN: _l("We do not know"),
}

AREA_LABELS: dict[str, Any] = {
    "hands": lazy_pgettext("body", "hands"),
    "feet": lazy_pgettext("body", "feet"),
    "shoulders": lazy_pgettext("body", "shoulders"),
    "back": lazy_pgettext("body", "back"),
}

# Whole sentences, because languages build them differently.
CALL_WORDS: dict[Address, Any] = {
    Address.HER: _l("Call her"),
    Address.HIM: _l("Call him"),
    Address.THEM: _l("Call them"),
}

UNSPOKEN_WORDS: dict[Address, Any] = {
    Address.HER: _l("Her family asks that her illness is not talked about."),
    Address.HIM: _l("His family asks that his illness is not talked about."),
    Address.THEM: _l("Their family asks that their illness is not talked about."),
}

LABELS: dict[str, Any] = {
    "preferred_name": _l("Likes to be called"),
    "legal_name": _l("Legal name"),
    "spoken_of": _l("We say"),
    "birth_year": _l("Birth year"),
    "place_id": _l("Place"),
    "bed": _l("Bed"),
    "address": _l("Address"),
    "languages": _l("Languages"),
    "hearing_and_sight": _l("Hearing and sight"),
    "likes": _l("Likes"),
    "may_do": _l("What volunteers may do"),
    "massage": _l("Massage"),
    "massage_areas": _l("Where to massage"),
    "avoid": _l("What to avoid"),
    "condition": _l("Condition"),
    "diagnosis": _l("Knows the diagnosis"),
}


def patient_state(state: str) -> str:
    """Return the word for a patient's state."""
    return str(STATE_LABELS[PatientState(state)])


def state_words(patient: Patient) -> str:
    """Return the state and its reason: "On hold: in hospital until Friday"."""
    state = patient_state(patient.state)
    if not patient.state_reason:
        return state
    return gettext("%(state)s: %(reason)s", state=state, reason=patient.state_reason.rstrip(" .。"))


def diagnosis_label(diagnosis: str) -> str:
    """Return whether the patient knows what they live with, in words."""
    return str(DIAGNOSIS_LABELS[Diagnosis(diagnosis)])


def massage_label(massage: str) -> str:
    """Return whether a volunteer may massage, in a word or three."""
    return str(MASSAGE_LABELS[Massage(massage)])


def call_words(spoken_of: str) -> str:
    """Return "Call her"."""
    return str(CALL_WORDS[Address(spoken_of)])


def unspoken_words(spoken_of: str) -> str:
    """Return the family's wish not to talk about the illness; never what the illness is."""
    return str(UNSPOKEN_WORDS[Address(spoken_of)])


def massage_words(massage: str, areas: Sequence[str]) -> str:
    """Return what a volunteer may do about massage, as a sentence."""
    where = area_words(areas)
    if massage == Massage.NO:
        return gettext("No massage.")
    if massage == Massage.ASK_NURSE:
        if where:
            return gettext("Ask the nurse before any massage: %(areas)s.", areas=where)
        return gettext("Ask the nurse before any massage.")
    if where:
        return gettext("Massage: %(areas)s.", areas=where)
    return gettext("A gentle massage.")


def area_words(areas: Sequence[str]) -> str:
    """Return parts of the body in a row: "hands, feet"."""
    return listed(AREA_LABELS.get(area, area) for area in areas)


def bed_words(bed: str) -> str:
    """Return "bed 3"."""
    return gettext("bed %(bed)s", bed=bed)


def where_words(place: Place, bed: str, address: str) -> str:
    """Return where a patient is: "Ward 1 · Garden, bed 3", or the address of a home."""
    return _where(place.full_name, place.kind, bed, address)


def card_where(card: PatientCard) -> str:
    """Return where the patient of a card is."""
    return _where(card.place_name, card.place_kind, card.bed, card.address)


def _where(place: str, kind: PlaceKind, bed: str, address: str) -> str:
    found = then_words(place, bed_words(bed)) if bed else place
    return then_words(found, address) if kind is PlaceKind.HOME and address else found


def then_words(first: str, then: str) -> str:
    """Return two parts with a comma between them."""
    return gettext("%(first)s, %(then)s", first=first, then=then) if first else then


def born_words(year: int | None) -> str:
    """Return "born 1952"."""
    return gettext("born %(year)s", year=year) if year else gettext("birth year not written down")


def apart_words(patient: Patient) -> str:
    """Return what tells a patient from another of the same name: "bed 7, born 1952"."""
    if patient.place.kind is PlaceKind.HOME:
        where = patient.address
    else:
        where = bed_words(patient.bed) if patient.bed else gettext("no bed written down")
    return then_words(where, born_words(patient.birth_year))


def objection_words(objection: Objection) -> str:
    """Return why a patient was not saved."""
    facts = objection.facts
    if objection.kind == "no_place":
        return gettext("Choose a place")
    if objection.kind == "no_address":
        return gettext("Enter the address, so that the volunteer finds the way")
    if objection.kind == "birth_year":
        return gettext(
            "Enter a year from %(low)s to %(high)s", low=facts["low"], high=facts["high"]
        )
    if objection.kind == "state":
        return gettext("Choose one of these")
    return volunteers.objection_words(objection)  # "stale", and languages that were typed


def kept_now(patient: Patient, typed: PatientFacts) -> list[tuple[str, str]]:
    """Return what is saved now where it differs from what was typed, with its labels."""
    return [
        (str(label), _value(patient, name))
        for name, label in LABELS.items()
        if getattr(patient, name) != getattr(typed, name)
    ]


def _value(patient: Patient, name: str) -> str:
    if name == "place_id":
        return patient.place.full_name
    value = getattr(patient, name)
    if value is None:
        return ""
    words = _VALUES.get(name)
    return words(value) if words else str(value)


def _spoken(spoken_of: str) -> str:
    return str(ADDRESS_LABELS[Address(spoken_of)])


_VALUES: dict[str, Callable[[Any], str]] = {
    "spoken_of": _spoken,
    "languages": languages,
    "massage": massage_label,
    "massage_areas": area_words,
    "diagnosis": diagnosis_label,
}


def _state_changed(facts: Any) -> str:
    said = gettext(
        "changed the state from “%(old)s” to “%(new)s”",
        old=patient_state(facts["old"]),
        new=patient_state(facts["new"]),
    )
    if not facts.get("reason"):
        return said
    return gettext("%(state)s: %(reason)s", state=said, reason=facts["reason"].rstrip(" .。"))


def known_as(patient: Patient) -> str:
    """Return a patient told apart from another: "Mrs Wang, bed 7, born 1952"."""
    return then_words(patient.preferred_name, apart_words(patient))


GLOBALS: dict[str, Callable[..., Any]] = {
    "apart_words": apart_words,
    "bed_words": bed_words,
    "born_words": born_words,
    "call_words": call_words,
    "card_where": card_where,
    "diagnosis_label": diagnosis_label,
    "in_short": in_short,
    "known_as": known_as,
    "massage_label": massage_label,
    "massage_words": massage_words,
    "patient_state": patient_state,
    "state_words": state_words,
    "then_words": then_words,
    "unspoken_words": unspoken_words,
    "where_words": where_words,
}

VERBS: dict[str, Sentence] = {
    "patient.added": lambda _facts: gettext("added this person"),
    "patient.state_changed": _state_changed,
    "patient.opened": lambda facts: (
        gettext("opened the record")
        if facts.get("is_record")
        else gettext("read what the visit needs to know")
    ),
}

# What someone lives with is shown only to those who may see restricted notes.
FIELDS: dict[str, Field] = {
    f"patient.{'place' if name == 'place_id' else name}": Field(
        label, _VALUES.get(name), is_restricted=name in {"condition", "diagnosis"}
    )
    for name, label in LABELS.items()
}
