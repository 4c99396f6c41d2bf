"""Tables of families, of deaths, and of those who are told."""

from hospice.grief_support.models.deaths import Death, Telling
from hospice.grief_support.models.family_pages import FamilyPage
from hospice.grief_support.models.kin import ContactStop, Estranged, Kin, Kinship, WayOf
from hospice.grief_support.models.letters import KinWish, Letter, LetterAlso, LetterWording
from hospice.grief_support.models.plans import CareCall, FollowUp, KeyDay, PlanStep, SupportPlan
from hospice.grief_support.models.red_flags import DutyClinician, RedFlag
from hospice.grief_support.models.screens import Instrument, Screen

__all__ = [
    "CareCall",
    "ContactStop",
    "Death",
    "DutyClinician",
    "Estranged",
    "FamilyPage",
    "FollowUp",
    "Instrument",
    "KeyDay",
    "Kin",
    "KinWish",
    "Kinship",
    "Letter",
    "LetterAlso",
    "LetterWording",
    "PlanStep",
    "RedFlag",
    "Screen",
    "SupportPlan",
    "Telling",
    "WayOf",
]
