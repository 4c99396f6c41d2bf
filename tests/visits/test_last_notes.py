from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.patients.models import Patient
from hospice.shifts.models import Assignment
from hospice.visits.models import VisitNote
from hospice.visits.queries.last import last_notes, note_count
from hospice.visits.rules import NoteState
from tests import builders
from tests.conftest import Browser

Open = Callable[[User | None], Browser]


def _note(patient: Patient | None, weeks_ago: int, words: str, **values: Any) -> VisitNote:
    place = builders.place()
    shift = builders.shift(place, builders.SUNDAY - timedelta(days=7 * weeks_ago))
    assignment: Assignment = builders.assignment(shift, builders.volunteer("Lin Yue"))
    return builders.save(
        VisitNote(
            **{
                "uuid": f"{words}-{weeks_ago}",
                "assignment_id": assignment.id,
                "shift_id": shift.id,
                "volunteer_id": assignment.volunteer_id,
                "patient_id": patient.id if patient else None,
                "state": NoteState.SENT,
                "arrived_at": shift.starts_at,
                "left_at": shift.ends_at - timedelta(minutes=30),
                "did": ["company", "read_or_music"],
                "moods": ["calm"],
                "words": words,
                "saved_at": shift.ends_at,
                # A note that came late is about an earlier visit all the same.
                "sent_at": shift.ends_at + timedelta(days=100 * weeks_ago),
                **values,
            }
        )
    )


def test_last_notes_are_those_of_the_last_visits(either_app: Flask) -> None:
    patient, other = builders.patient(), builders.patient("Mr Zhu")
    for weeks_ago in (3, 1, 4, 2):
        _note(patient, weeks_ago, f"week {weeks_ago}")
    _note(other, 1, "of another")
    _note(None, 1, "of the round")
    _note(patient, 1, "not sent", state=NoteState.DRAFT, sent_at=None)
    _note(patient, 5, "read", state=NoteState.READ)
    found = last_notes(patient.id)
    assert [note.words for note in found] == ["week 1", "week 2", "week 3"]
    assert note_count(patient.id) == 5
    assert found[0].volunteer_name == "Lin Yue"
    assert found[0].day == builders.SUNDAY - timedelta(days=7)


def test_last_notes_without_times_take_those_of_the_shift(app: Flask) -> None:
    patient = builders.patient()
    _note(patient, 1, "no times", arrived_at=None, left_at=None)
    (found,) = last_notes(patient.id)
    assert found.left_at - found.arrived_at == timedelta(hours=3)


def test_card_says_a_note_in_a_line(app: Flask, browser: Open) -> None:
    patient = builders.patient()
    for weeks_ago in range(4):
        _note(patient, weeks_ago, "She <b>slept</b>.")
    page = browser(builders.cora()).get(f"/patients/{patient.id}")
    assert "Last three notes" in page
    assert "All 4" in page
    assert "Kept company, read or music. Calm. “She &lt;b&gt;slept&lt;/b&gt;.”" in page
    assert "14:00–16:30" in page


def test_card_is_for_those_who_may_see_notes(app: Flask, browser: Open) -> None:
    patient = builders.patient()
    _note(patient, 1, "a bedside word")
    greta = browser(builders.user("Greta Green", Role.GRIEF_SUPPORT))
    assert "a bedside word" not in greta.get(f"/patients/{patient.id}")
