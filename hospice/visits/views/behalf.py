"""Writing a note for a volunteer who tells it on the telephone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.visits import actions, queries
from hospice.visits.forms import NoteForm
from hospice.visits.queries.mine import subjects
from hospice.visits.rules import NoteState, Subject, Visit, may_write, only_subject
from hospice.visits.views import bp
from hospice.visits.views.prefill import prefilled
from hospice.visits.words import note_objection_words
from hospice.volunteers.queries import volunteer
from hospice.web.forms import text_arg
from hospice.web.guard import requires


@bp.route("/volunteers/<int:volunteer_id>/shifts/<int:shift_id>/note", methods=["GET", "POST"])
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def write_for(volunteer_id: int, shift_id: int) -> Any:
    """Write a volunteer's note for them; what they keep for themselves is not asked."""
    person, now = volunteer(volunteer_id), clock.now()
    # Whoever of the team writes it may see the names at any time.
    visit = replace(queries.visit(volunteer_id, shift_id, now), is_seen=True)
    if not may_write(visit.state, visit.starts_at, now, begun=False):
        raise Missing
    notes = queries.notes_on(visit)
    found = subjects(visit, notes)
    key = text_arg("patient") or only_subject(found)
    subject = next((one for one in found if one.key == key), None)
    if key and subject is None:
        raise Missing
    if subject is None or subject.state is NoteState.DRAFT:
        # What someone has begun is theirs alone until they send it.
        return _page(person.preferred_name, visit, found, subject, None)
    if subject.state is not None:
        sent = next(one for one in notes if one.patient_id == subject.patient_id)
        return redirect(url_for("visits.show", note_id=sent.id))
    form = NoteForm()
    if not form.is_submitted():
        form = NoteForm(formdata=None, data=prefilled(visit, notes, None))
    del form.reflection
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            return _sent(person.preferred_name, visit, subject, form)
        except Refused as refusal:
            form.object_to(refusal.objections, note_objection_words)
            problems = [note_objection_words(o) for o in refusal.objections if not o.field]
    page = _page(person.preferred_name, visit, found, subject, form, problems)
    return page, 422 if form.errors or problems else 200


def _sent(name: str, visit: Visit, subject: Subject, form: NoteForm) -> Response:
    now = clock.now()
    with transaction():
        note = actions.send(
            visit,
            subject.patient_id,
            form.page_id,
            form.answers,
            seen=None,
            by=current_user,
            now=now,
            for_volunteer=name,
        )
        actions.mark_read(note, by=current_user, now=now)
        note_id = note.id
    flash(_("The note is written for %(name)s.", name=name), "done")
    return redirect(url_for("visits.show", note_id=note_id))


def _page(
    name: str,
    visit: Visit,
    found: Sequence[Subject],
    subject: Subject | None,
    form: NoteForm | None,
    problems: Sequence[str] = (),
) -> str:
    if form is not None:
        form.uuid.data = form.page_id
    return render_template(
        "visits/write_for.html",
        name=name,
        visit=visit,
        subjects=found,
        subject=subject,
        form=form,
        problems=problems,
    )
