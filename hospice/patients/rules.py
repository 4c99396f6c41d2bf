"""What is kept of a patient, decided without a database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hospice.core.errors import Objection
from hospice.places.rules import PlaceKind


class PatientState(StrEnum):
    """Where a patient is with us; only `active` is visited."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    WENT_HOME = "went_home"
    MOVED = "moved"
    REVOKED = "revoked"  # they, or who decides for them, wish for no visits any more
    DEATH_REPORTED = "death_reported"  # everything stops; a second person has yet to confirm it
    DIED = "died"


class Massage(StrEnum):
    """Whether a volunteer may massage."""

    YES = "yes"
    NO = "no"
    ASK_NURSE = "ask_nurse"


class Diagnosis(StrEnum):
    """Whether the patient knows what they live with."""

    KNOWS = "knows"
    FAMILY_ASKED_NOT = "family_asked_not"
    UNKNOWN = "unknown"


class Address(StrEnum):
    """How we speak of the patient: her, him, them."""

    HER = "her"
    HIM = "him"
    THEM = "them"


class TieKind(StrEnum):
    """How a volunteer knows a patient or the family in their own life."""

    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    FRIEND = "friend"
    FORMER_FAMILY = "former_family"  # they came to know the family through an earlier death


MASSAGE_AREAS = ("hands", "feet", "shoulders", "back")


def is_visited(state: PatientState) -> bool:
    """Tell whether a patient in this state is visited."""
    return state is PatientState.ACTIVE


def has_died(state: PatientState | None) -> bool:
    """Tell whether a patient has died, as far as anyone has told us."""
    return state in DEAD


DEAD = (PatientState.DEATH_REPORTED, PatientState.DIED)
# Whoever went home, moved or wishes for no visits has left us, alive; coming back begins a new
# time with us.
GONE = (PatientState.WENT_HOME, PatientState.MOVED, PatientState.REVOKED)

# What a coordinator may choose; a death is not a choice in a list but a record of its own.
CHOOSABLE = (
    PatientState.ACTIVE,
    PatientState.ON_HOLD,
    PatientState.WENT_HOME,
    PatientState.MOVED,
    PatientState.REVOKED,
)
_OLDEST = 1890
_IN_SHORT = 90
_DIGITS = re.compile(r"(\d{1,9})")


@dataclass(frozen=True)
class PatientFacts:
    """What a coordinator writes down about a patient."""

    preferred_name: str
    legal_name: str
    spoken_of: Address
    birth_year: int | None
    place_id: int
    bed: str
    address: str
    languages: Sequence[str]
    hearing_and_sight: str
    likes: str
    may_do: str
    massage: Massage
    massage_areas: Sequence[str]
    avoid: str
    condition: str
    diagnosis: Diagnosis


@dataclass(frozen=True)
class PatientFilter:
    """What a list of patients is narrowed to; None means every state."""

    words: str = ""
    place_id: int | None = None
    state: PatientState | None = PatientState.ACTIVE
    language: str = ""
    massage: Massage | None = None

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the state is asked for."""
        return bool(self.words or self.place_id or self.language or self.massage)


@dataclass(frozen=True)
class PatientCard:
    """What a visit needs to know of a patient, and nothing more."""

    id: int
    name: str
    place_name: str
    place_kind: PlaceKind
    place_phone: str
    bed: str
    address: str
    spoken_of: Address
    languages: Sequence[str]
    hearing_and_sight: str
    likes: str
    may_do: str
    massage: Massage
    massage_areas: Sequence[str]
    avoid: str
    is_illness_unspoken: bool


def objections(
    facts: PatientFacts, *, place_kind: PlaceKind | None, this_year: int
) -> list[Objection]:
    """Return why a patient cannot be written down so; `place_kind` None when there is no place."""
    found = []
    if place_kind is None:
        found.append(Objection("no_place", field="place_id"))
    if place_kind is PlaceKind.HOME and not facts.address:
        found.append(Objection("no_address", field="address"))
    if facts.birth_year is not None and not _OLDEST <= facts.birth_year <= this_year:
        found.append(
            Objection("birth_year", facts={"low": _OLDEST, "high": this_year}, field="birth_year")
        )
    return found


def by_bed(cards: Iterable[PatientCard]) -> list[PatientCard]:
    """Return patients in the order of their beds, 2 before 10, then by name."""
    return sorted(
        cards,
        key=lambda card: (
            card.place_name,
            [(0, int(part)) if part.isdecimal() else (1, part) for part in _DIGITS.split(card.bed)],
            card.name,
            card.id,
        ),
    )


def is_illness_unspoken(diagnosis: Diagnosis) -> bool:
    """Tell whether those who visit must not talk about the illness."""
    return diagnosis is Diagnosis.FAMILY_ASKED_NOT


def in_short(text: str, longest: int = _IN_SHORT) -> str:
    """Return the beginning of a text for a list: its first line, cut between words."""
    first = text.strip().split("\n", 1)[0].strip()
    if len(first) <= longest:
        return first + (" …" if first != text.strip() else "")
    cut = first[:longest]
    if " " in cut:
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;.，；。、") + " …"
