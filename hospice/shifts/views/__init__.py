"""Pages of shifts; one page group a module."""

from flask import Blueprint

bp = Blueprint("shifts", __name__)

# Each module puts its pages on `bp`.
from hospice.shifts.views import (  # noqa: E402
    answer,
    approvals,
    away,
    board,
    claiming,
    copying,
    filling,
    helping,
    holidays,
    leads,
    link,
    openings,
    patient,
    patient_state,
    person,
    phone_in,
    printing,
    publish,
    selected,
    shift,
    single,
    standing,
    swaps,
    waiting,
    weekly,
)

__all__ = [
    "answer",
    "approvals",
    "away",
    "board",
    "bp",
    "claiming",
    "copying",
    "filling",
    "helping",
    "holidays",
    "leads",
    "link",
    "openings",
    "patient",
    "patient_state",
    "person",
    "phone_in",
    "printing",
    "publish",
    "selected",
    "shift",
    "single",
    "standing",
    "swaps",
    "waiting",
    "weekly",
]
