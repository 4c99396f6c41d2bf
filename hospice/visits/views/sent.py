"""A note that was sent, as its author sees it: what came back, and what may be added."""

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.shifts.queries.patients import may_see_patient
from hospice.visits import actions, queries
from hospice.visits.forms import AddendumForm
from hospice.visits.models import VisitNote
from hospice.visits.queries.mine import people_by_id, reflection_on, subjects
from hospice.visits.rules import STANDING, Subject, Visit
from hospice.visits.views import bp
from hospice.visits.words import note_objection_words
from hospice.web.forms import text_arg
from hospice.web.guard import requires


def sent_page(
    visit: Visit,
    subject: Subject,
    note: VisitNote,
    *,
    has_more: bool,
    form: AddendumForm | None = None,
) -> str:
    """Draw a note that was sent; that its author opened it is written in its history.

    What it says is shown for as long as they may see whom it is about. What they wrote for
    themselves alone is always theirs to read.
    """
    note_id, patient_id, now = note.id, note.patient_id, clock.now()
    is_shown = current_user.is_fresh and (
        visit.is_seen if patient_id is None else may_see_patient(current_user, patient_id, now)
    )
    if not current_user.is_fresh:
        subject = replace(subject, person=None)
    elif is_shown and patient_id is not None:
        subject = replace(subject, person=next(iter(people_by_id([patient_id])), None))
    if is_shown and actions.is_opening_news(note_id, by=current_user, now=now):
        with transaction():
            actions.note_opened(note_id, by=current_user, now=now)
    return render_template(
        "visits/sent.html",
        visit=visit,
        subject=subject,
        note=next(one for one in queries.notes_on(visit) if one.id == note_id),
        is_shown=is_shown,
        addenda=queries.addenda(note_id) if is_shown else [],
        reflection=reflection_on(note_id, visit.volunteer_id) if current_user.is_fresh else "",
        form=form or AddendumForm(formdata=None),
        has_more=has_more,
    )


@bp.post("/me/shifts/<int:shift_id>/note/add")
@requires(Permission.VOLUNTEER)
def add_own(shift_id: int) -> Any:
    """Add words to one's own note; what was written stays as it is."""
    visit = queries.visit(volunteer_id_of(current_user.id), shift_id, clock.now())
    notes = queries.notes_on(visit)
    found = subjects(visit, notes)
    subject = next((one for one in found if one.key == text_arg("patient")), None)
    note = next((one for one in notes if subject and one.patient_id == subject.patient_id), None)
    if subject is None or note is None or note.state not in STANDING:
        raise Missing
    form = AddendumForm()
    if form.validate_on_submit():
        try:
            with transaction():
                words = form.words.data or ""
                actions.add(note, words, is_author=True, by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, note_objection_words)
            notes = queries.notes_on(visit)  # rolled back: fresh
            note = next(one for one in notes if one.patient_id == subject.patient_id)
        else:
            return redirect(url_for("visits.write", shift_id=shift_id, patient=subject.key))
    return sent_page(visit, subject, note, has_more=len(found) > 1, form=form), 422
