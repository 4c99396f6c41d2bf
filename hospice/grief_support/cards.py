"""Cards about families, deaths and losses on the pages of patients and volunteers."""

from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.grief_support.queries import deaths, kin, ties
from hospice.grief_support.words.deaths import died_words
from hospice.patients import queries as patients
from hospice.patients.models import Patient
from hospice.patients.rules import has_died
from hospice.patients.views import cards as patient_cards
from hospice.patients.views.cards import Card
from hospice.volunteers.views import cards as volunteer_cards
from hospice.volunteers.views.cards import Column
from hospice.web.pages import present_zone


def register() -> None:
    """Put the cards on the pages of features to the left."""
    patient_cards.put("grief_support.death", Column.SIDE, _death)
    patient_cards.put("grief_support.family", Column.SIDE, _family)
    patient_cards.put("grief_support.episodes", Column.SIDE, _episodes)
    volunteer_cards.put("grief_support.losses", Column.SIDE, _losses)
    volunteer_cards.put("grief_support.ties", Column.SIDE, _ties)


def _family(patient: Patient, user: User, now: datetime) -> Card:
    if not user.may(Permission.SEE_GRIEF):
        return Card()
    today = clock.local(now, present_zone()).date()
    relatives = kin.family_of(user, patient.id, today)
    return _drawn("_patient_family", patient=patient, relatives=relatives)


def _death(patient: Patient, user: User, _now: datetime) -> Card:
    if not user.may(Permission.SEE_GRIEF) or not has_died(patient.state):
        return Card()
    found = deaths.standing_death(patient.id)
    if found is None:
        return Card()
    card = _drawn("_patient_death", death=found)
    return Card(card.html, _("%(sentence)s.", sentence=died_words(found)))


def _episodes(patient: Patient, _user: User, _now: datetime) -> Card:
    found = patients.episodes(patient.id)
    if len(found) < 2:  # one time with us says nothing that the page does not say
        return Card()
    return _drawn("_patient_episodes", episodes=found)


def _losses(volunteer_id: int, user: User, now: datetime) -> Markup:
    if not user.may(Permission.SEE_RESTRICTED):
        return Markup("")
    today = clock.local(now, present_zone()).date()
    found = deaths.losses_of(volunteer_id, since=today)
    html = render_template(
        "grief_support/_volunteer_losses.html", volunteer_id=volunteer_id, losses=found
    )
    return Markup(html)  # noqa: S704 - our own template has escaped it


def _ties(volunteer_id: int, user: User, _now: datetime) -> Markup:
    if not user.may(Permission.SEE_RESTRICTED):
        return Markup("")
    found = ties.ties_of(volunteer_id)
    html = render_template(
        "grief_support/_volunteer_ties.html", volunteer_id=volunteer_id, ties=found
    )
    return Markup(html)  # noqa: S704 - our own template has escaped it


def _drawn(name: str, **values: object) -> Card:
    html = render_template(f"grief_support/{name}.html", **values)
    return Card(Markup(html))  # noqa: S704 - our own template has escaped it
