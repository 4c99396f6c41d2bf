"""Cards about visit notes on the pages of volunteers and patients."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.patients.models import Patient
from hospice.patients.rules import in_short
from hospice.patients.views import cards as patient_cards
from hospice.patients.views.cards import Card, Column
from hospice.shifts.models import Shift
from hospice.shifts.rules.states import Category
from hospice.shifts.views import cards as shift_cards
from hospice.visits.queries.hours import given
from hospice.visits.queries.last import LastNote, last_notes, note_count, of_shift, times_of
from hospice.visits.words import activity_words, mood_words
from hospice.volunteers.views import cards as volunteer_cards
from hospice.web.pages import hours, locale_name, present_zone

_WORDS_SHOWN = 240


def register() -> None:
    """Put the cards on the pages of features to the left."""
    patient_cards.put("visits.last_notes", Column.MAIN, _patient_notes)
    volunteer_cards.put("visits.given", volunteer_cards.Column.SIDE, _given)
    shift_cards.put("visits.notes", shift_cards.Column.SIDE, _shift_notes)
    shift_cards.put_times("visits.times", _times)


# --- patients -------------------------------------------------------------------------------------


def _patient_notes(patient: Patient, user: User, _now: datetime) -> Card:
    if not user.may(Permission.SEE_NOTES):
        return Card()
    html = render_template(
        "visits/_patient_notes.html",
        patient=patient,
        notes=[(note, _summary(note)) for note in last_notes(patient.id)],
        count=note_count(patient.id),
    )
    return Card(Markup(html))  # noqa: S704 - our own template has escaped it


# --- volunteers -----------------------------------------------------------------------------------


def _given(volunteer_id: int, _user: User, now: datetime) -> Markup:
    today = clock.local(now, present_zone()).date()
    rows = given(volunteer_id, date(today.year, 1, 1), today, now)
    known = [row for row in rows if row.minutes is not None and not row.is_absent]
    counts = [row for row in known if row.category is not Category.NOT_COUNTED]
    html = render_template(
        "visits/_volunteer_given.html",
        year=today.year,
        this_month=sum(row.local_day.month == today.month for row in known),
        visits=len(known),
        hours=round(sum(row.minutes or 0 for row in counts) / 60),
        unknown=sum(row.minutes is None for row in rows),
    )
    return Markup(html)  # noqa: S704 - our own template has escaped it


# --- shifts ---------------------------------------------------------------------------------------


def _shift_notes(shift: Shift, user: User, _now: datetime) -> Markup:
    if not user.may(Permission.SEE_NOTES):
        return Markup()
    html = render_template("visits/_shift_notes.html", notes=of_shift(shift.id))
    return Markup(html)  # noqa: S704 - our own template has escaped it


def _times(assignment_ids: Sequence[int]) -> dict[int, str]:
    zone = present_zone()
    return {
        row.assignment_id: hours(row.arrived_at, row.left_at, zone)
        for row in times_of(assignment_ids)
    }


def _summary(note: LastNote) -> str:
    """Return a note in a line: "Kept company, read or music. Calm. “She slept.”"."""
    said = [
        _("%(sentence)s.", sentence=words[0] + words[1:].lower())
        for words in (activity_words(note.did), mood_words(note.moods))
        if words
    ]
    if note.words:
        said.append(_("“%(text)s”", text=in_short(note.words, _WORDS_SHOWN)))
    return ("" if locale_name() == "zh_Hans" else " ").join(said)
