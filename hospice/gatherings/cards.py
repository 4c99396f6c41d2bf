"""Whether a name may be read, on the page of someone who died."""

from datetime import datetime

from flask import render_template
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.gatherings.queries import remembered
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.patients.views import cards
from hospice.patients.views.cards import Card, Column


def register() -> None:
    """Put the card on the pages of patients."""
    cards.put("gatherings.remembered", Column.SIDE, _remembered)


def _remembered(patient: Patient, user: User, _now: datetime) -> Card:
    if not user.may(Permission.SEE_GRIEF) or patient.state is not PatientState.DIED:
        return Card()
    html = render_template(
        "gatherings/_patient_remembered.html",
        patient=patient,
        wish=remembered.wish_of(patient.id),
    )
    return Card(Markup(html))  # noqa: S704 - our own template has escaped it
