"""Tables of families, of deaths, and of those who are told."""

from hospice.grief_support.models.deaths import Death, Telling
from hospice.grief_support.models.kin import ContactStop, Estranged, Kin, Kinship, WayOf
from hospice.grief_support.models.plans import CareCall, FollowUp, KeyDay, PlanStep, SupportPlan

__all__ = [
    "CareCall",
    "ContactStop",
    "Death",
    "Estranged",
    "FollowUp",
    "KeyDay",
    "Kin",
    "Kinship",
    "PlanStep",
    "SupportPlan",
    "Telling",
    "WayOf",
]
