"""What is kept of a patient, decided without a database."""

from enum import StrEnum


class PatientState(StrEnum):
    """Where a patient is with us; only `active` is visited."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    WENT_HOME = "went_home"
    MOVED = "moved"
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


MASSAGE_AREAS = ("hands", "feet", "shoulders", "back")


def is_visited(state: PatientState) -> bool:
    """Tell whether a patient in this state is visited."""
    return state is PatientState.ACTIVE
