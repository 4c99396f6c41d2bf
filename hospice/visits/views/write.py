"""Writing a visit note; whatever happens to the sign-in or the line, what was typed is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.visits import actions, queries
from hospice.visits.forms import NoteForm
from hospice.visits.models import VisitNote
from hospice.visits.queries.mine import subjects_of
from hospice.visits.rules import (
    ROUND,
    NoteState,
    Subject,
    Visit,
    may_name_patients,
    may_write,
    only_subject,
)
from hospice.visits.views import bp
from hospice.visits.views.prefill import prefilled
from hospice.visits.words import note_objection_words
from hospice.web.forms import clean, number_arg, text_arg
from hospice.web.guard import csrf, public, requires

_FIELDS = ("uuid", "seen", "arrived", "left", "did", "moods", "nurse", "told_whom")


@bp.get("/me/shifts/<int:shift_id>/note")
@requires(Permission.VOLUNTEER)
def write(shift_id: int) -> Any:
    """Open the note on a visit: choose whom it is about, write it, or read what was sent."""
    visit, notes = _own_visit(shift_id, clock.now())
    if not current_user.is_fresh:
        return render_template("visits/sign_in_again.html", visit=visit)
    subjects = _subjects(visit, notes)
    key = text_arg("patient") or only_subject(subjects)
    if not key or text_arg("about") == "all":
        return render_template("visits/choose.html", visit=visit, subjects=subjects)
    subject = _subject(visit, notes, key)
    note = _note_about(notes, subject)
    if note is not None and note.state is not NoteState.DRAFT:
        return render_template(
            "visits/sent.html",
            visit=visit,
            subject=subject,
            note=note,
            has_more=len(subjects) > 1,
        )
    form = NoteForm(formdata=None, data=prefilled(visit, notes, note))
    return _page(visit, subject, form, note)


@bp.post("/me/shifts/<int:shift_id>/note")
@csrf.exempt  # the form checks its own token, so that a stale one costs a tap and not the text
@public  # a sign-in that ended is answered with a page that carries the text on
def send(shift_id: int) -> Any:
    """Send the note, or keep it to finish later."""
    if not current_user.is_authenticated:
        return _carried_on(shift_id), 401
    if not current_user.may(Permission.VOLUNTEER):
        abort(404)
    now = clock.now()
    visit, notes = _own_visit(shift_id, now)
    subject = _subject(visit, notes, text_arg("patient") or ROUND)
    form = NoteForm()
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            return _saved(visit, subject, form, now)
        except Refused as refusal:
            form.object_to(refusal.objections, note_objection_words)
            problems = [note_objection_words(o) for o in refusal.objections if not o.field]
            visit, notes = _own_visit(shift_id, now)  # rolled back: fresh
    elif form.errors.get("csrf_token"):
        form.csrf_token.errors = []
        problems = [_("This page was open for a long time. Look it over and send it again")]
    note = _note_about(notes, subject)
    return _page(visit, subject, form, note, problems), 422


def _saved(visit: Visit, subject: Subject, form: NoteForm, now: datetime) -> Response:
    """Keep the draft, or send the note; lead on to where the volunteer goes next."""
    about, seen = subject.patient_id, form.seen_at
    if request.form.get("do") == "later":
        with transaction():
            actions.save_draft(visit, about, form.page_id, form.answers, seen=seen, now=now)
        flash(_("Saved. You find it under Notes, to finish when you like."), "done")
        return redirect(url_for("today.my_shifts"))
    with transaction():
        actions.send(visit, about, form.page_id, form.answers, seen=seen, by=current_user, now=now)
    at = clock.local(now, visit.zone).strftime("%H:%M")
    flash(_("Sent to the team %(time)s. Thank you for your visit.", time=at), "done")
    return redirect(url_for("today.my_shifts"))


@bp.post("/visit-notes/<uuid:page_id>/draft")
@requires(Permission.VOLUNTEER)
def draft(page_id: UUID) -> Any:
    """Keep what is typed so far, without being asked."""
    now = clock.now()
    visit, notes = _own_visit(number_arg("shift"), now)
    subject = _subject(visit, notes, text_arg("patient") or ROUND)
    form = NoteForm()
    form.validate()  # makes values of what can be one; the rest waits for Send
    try:
        with transaction():
            note = actions.save_draft(
                visit,
                subject.patient_id,
                str(page_id),
                form.answers,
                seen=form.seen_at,
                now=now,
            )
            seen = note.saved_at
    except Refused as refusal:
        words = note_objection_words(refusal.objections[0])
        return jsonify(error=refusal.objections[0].kind, words=words), 409
    at = clock.local(seen, visit.zone).strftime("%H:%M")
    return jsonify(seen=seen.isoformat(), words=_("Saved %(time)s", time=at))


def _own_visit(shift_id: int, now: datetime) -> tuple[Visit, Sequence[VisitNote]]:
    visit = queries.visit(volunteer_id_of(current_user.id), shift_id)
    notes = queries.notes_on(visit)
    if not may_write(visit.state, visit.starts_at, now, begun=bool(notes)):
        raise Missing
    return visit, notes


def _subjects(visit: Visit, notes: Sequence[VisitNote]) -> list[Subject]:
    states = {note.patient_id: note.state for note in notes}
    if not may_name_patients(visit.state):
        return [Subject(patient_id, None, state) for patient_id, state in states.items()]
    return subjects_of(visit, states)


def _subject(visit: Visit, notes: Sequence[VisitNote], key: str) -> Subject:
    found = next((one for one in _subjects(visit, notes) if one.key == key), None)
    if found is None:
        raise Missing
    return found


def _note_about(notes: Sequence[VisitNote], subject: Subject) -> VisitNote | None:
    return next((note for note in notes if note.patient_id == subject.patient_id), None)


def _page(
    visit: Visit,
    subject: Subject,
    form: NoteForm,
    note: VisitNote | None,
    problems: Sequence[str] = (),
) -> str:
    """Draw the form; `note` is what is kept of it on the server."""
    kept = note if note is not None and form.words.data != note.words and problems else None
    form.uuid.data = form.page_id
    form.seen.data = note.saved_at.isoformat() if note else ""
    return render_template(
        "visits/write.html",
        visit=visit,
        subject=subject,
        form=form,
        problems=problems,
        kept=kept,
        saved_at=note.saved_at if note else None,
    )


def _carried_on(shift_id: int) -> str:
    """Draw a page that holds everything that was sent, for after signing in."""
    typed = [(name, clean(value)) for name in _FIELDS for value in request.form.getlist(name)[:20]]
    return render_template(
        "visits/carried_on.html",
        shift_id=shift_id,
        about=text_arg("patient"),
        typed=typed,
        words=clean(request.form.get("words")),
    )
