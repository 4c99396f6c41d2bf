"""Cards about tasks on the pages of patients."""

from datetime import datetime

from flask import render_template
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.patients.models import Patient
from hospice.patients.views import cards as patient_cards
from hospice.patients.views.cards import Card, Column
from hospice.tasks.queries import tasks_on_patient
from hospice.tasks.rules import urgency
from hospice.web.pages import present_zone


def register() -> None:
    """Put the cards on the pages of features to the left."""
    patient_cards.put("tasks.open", Column.SIDE, _patient_tasks)


def _patient_tasks(patient: Patient, user: User, now: datetime) -> Card:
    if not user.may(Permission.SEE_TASKS):
        return Card()
    found = tasks_on_patient(patient.id)
    if not found:
        return Card()
    today = clock.local(now, present_zone()).date()
    html = render_template(
        "tasks/_patient_tasks.html",
        tasks=[(task, urgency(task.due_on, today, is_done=False)) for task in found],
    )
    return Card(Markup(html))  # noqa: S704 - our own template has escaped it
