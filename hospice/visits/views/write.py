"""Writing a visit note; whatever happens to the sign-in or the line, what was typed is kept.

A page asks in HTML; the phone's outbox sends the same form and asks for JSON, and deletes what it
keeps only when the id of the note has come back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.core.names import sort_key
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.visits import actions, queries
from hospice.visits.forms import NoteForm
from hospice.visits.models import VisitNote
from hospice.visits.queries.mine import subjects as subjects_on
from hospice.visits.rules import (
    ROUND,
    NoteState,
    Subject,
    Visit,
    may_write,
    only_subject,
)
from hospice.visits.views import bp
from hospice.visits.views.prefill import prefilled
from hospice.visits.views.sent import sent_page
from hospice.visits.words import note_objection_words
from hospice.web.forms import clean, number_arg, text_arg
from hospice.web.guard import csrf, public, requires
from hospice.web.offline import is_other_account

# A note begun without signal does not say yet which of those visited it is about.
UNSAID = "unsaid"
# What a page that carries a form on does not carry: what is made anew, and the words, shown.
_NOT_CARRIED = {"csrf_token", "do", "words"}
_MOST_CARRIED = 60


@bp.get("/me/shifts/<int:shift_id>/note")
@requires(Permission.VOLUNTEER)
def write(shift_id: int) -> Any:
    """Open the note on a visit: choose whom it is about, write it, or read what was sent."""
    visit, notes = _own_visit(shift_id, clock.now())
    if not current_user.is_fresh:
        return render_template("visits/sign_in_again.html", visit=visit, onward=request.full_path)
    subjects = _subjects(visit, notes)
    only = only_subject(subjects)
    key = text_arg("patient") or only
    if not key or text_arg("about") == "all":
        # `page` is the note that waits on the phone until it is said whom it is about
        page = text_arg("page", 36) or None
        return render_template("visits/choose.html", visit=visit, subjects=subjects, page=page)
    subject = _subject(visit, notes, key)
    note = _note_about(notes, subject)
    if note is not None and note.state is not NoteState.DRAFT:
        return sent_page(visit, subject, note, has_more=len(subjects) > 1)
    form = NoteForm(formdata=None, data=prefilled(visit, notes, note))
    return _page(visit, subject, form, note, is_only=key == only)


@bp.post("/me/shifts/<int:shift_id>/note")
@csrf.exempt  # the form checks its own token, so that a stale one costs a tap and not the text
@public  # a sign-in that ended is answered with a page that carries the text on
def send(shift_id: int) -> Any:
    """Send the note, or keep it to finish later."""
    if not current_user.is_authenticated or is_other_account(request.form.get("account", "")):
        return _signed_out(shift_id)
    if not current_user.may(Permission.VOLUNTEER):
        abort(404)
    now = clock.now()
    visit, notes = _own_visit(shift_id, now)
    form = NoteForm()
    subject = _subject_sent(visit, notes, form.page_id)
    if subject is None:
        return jsonify(error="unsaid"), 422
    problems: list[str] = []
    status, kind = 422, "incomplete"
    if form.validate_on_submit():
        try:
            return _saved(visit, subject, form, now)
        except Refused as refusal:
            form.object_to(refusal.objections, note_objection_words)
            problems = [note_objection_words(o) for o in refusal.objections if not o.field]
            visit, notes = _own_visit(shift_id, now)  # rolled back: fresh
            if not any(o.field for o in refusal.objections):
                status, kind = 409, refusal.objections[0].kind
    elif form.errors.get("csrf_token"):
        form.csrf_token.errors = []
        problems = [_("This page was open for a long time. Look it over and send it again")]
        status, kind = 400, "stale"
    if not current_user.is_fresh:
        return _signed_out(shift_id)  # a sign-in of yesterday may send, and is told no name
    note = _note_about(notes, subject)
    if _is_for_phone():
        return jsonify(error=kind, **_kept(note)), status
    return _page(visit, subject, form, note, problems), 422


def _saved(visit: Visit, subject: Subject, form: NoteForm, now: datetime) -> Any:
    """Keep the draft, or send the note; lead on to where the volunteer goes next."""
    about, seen = subject.patient_id, form.seen_at
    if request.form.get("do") == "later":
        with transaction():
            actions.save_draft(visit, about, form.page_id, form.answers, seen=seen, now=now)
        flash(_("Saved. You find it under Notes, to finish when you like."), "done")
        return redirect(url_for("today.my_shifts"))
    with transaction():
        note = actions.send(
            visit, about, form.page_id, form.answers, seen=seen, by=current_user, now=now
        )
        note_id, sent_at = note.id, note.sent_at or now
    at = clock.local(sent_at, visit.zone).strftime("%H:%M")
    flash(_("Sent to the team %(time)s. Thank you for your visit.", time=at), "done")
    onward = url_for("today.my_shifts")
    if not _is_for_phone():
        return redirect(onward)
    words = _("Sent to the team %(time)s", time=at)
    return jsonify(id=note_id, words=words, next=onward), 201 if sent_at == now else 200


@bp.post("/visit-notes/<uuid:page_id>/draft")
@requires(Permission.VOLUNTEER)
def draft(page_id: UUID) -> Any:
    """Keep what is typed so far, without being asked."""
    if is_other_account(request.form.get("account", "")):
        return jsonify(error="sign_in"), 401
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
        if not current_user.is_fresh:
            return jsonify(error="sign_in"), 401
        words = note_objection_words(refusal.objections[0])
        _visit, notes = _own_visit(visit.shift_id, now)  # rolled back: fresh
        kept = _kept(_note_about(notes, subject))
        return jsonify(error=refusal.objections[0].kind, words=words, **kept), 409
    at = clock.local(seen, visit.zone).strftime("%H:%M")
    return jsonify(seen=seen.isoformat(), words=_("Saved %(time)s", time=at))


def _is_for_phone() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _kept(note: VisitNote | None) -> dict[str, str]:
    """Return what the server has of a note, for a page to tell its own words from another's."""
    if note is None:
        return {}
    return {"kept": note.words, "seen": note.saved_at.isoformat()}


def _own_visit(shift_id: int, now: datetime) -> tuple[Visit, Sequence[VisitNote]]:
    visit = queries.visit(volunteer_id_of(current_user.id), shift_id, now)
    notes = queries.notes_on(visit)
    if not may_write(visit.state, visit.starts_at, now, begun=bool(notes)):
        raise Missing
    return visit, notes


def _subjects(visit: Visit, notes: Sequence[VisitNote]) -> list[Subject]:
    return subjects_on(visit, notes)


def _subject(visit: Visit, notes: Sequence[VisitNote], key: str) -> Subject:
    found = next((one for one in _subjects(visit, notes) if one.key == key), None)
    if found is None:
        raise Missing
    return found


def _subject_sent(visit: Visit, notes: Sequence[VisitNote], page_id: str) -> Subject | None:
    """Return what a note that is sent is about; None where nobody but its author can say.

    A page is about the same for ever: sent a second time it is not asked anew.
    """
    key = text_arg("patient") or ROUND
    if key == UNSAID:
        of_page = [str(note.patient_id or ROUND) for note in notes if note.uuid == page_id]
        key = of_page[0] if of_page else only_subject(_subjects(visit, notes))
    return _subject(visit, notes, key) if key else None


def _note_about(notes: Sequence[VisitNote], subject: Subject) -> VisitNote | None:
    return next((note for note in notes if note.patient_id == subject.patient_id), None)


def _page(
    visit: Visit,
    subject: Subject,
    form: NoteForm,
    note: VisitNote | None,
    problems: Sequence[str] = (),
    *,
    is_only: bool = False,
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
        is_only=is_only,
        mark=_letters(subject),
    )


def _letters(subject: Subject) -> str:
    """Return the initials by which a phone tells notes apart; names are never kept on it."""
    name = subject.person.name if subject.person else ""
    return "".join(word[0] for word in sort_key(name).split())[:4].upper()


def _signed_out(shift_id: int) -> Any:
    """Answer a form whose sign-in has ended, or that someone else filled in on this phone."""
    if _is_for_phone():
        return jsonify(error="sign_in"), 401
    return _carried_on(shift_id), 401


def _carried_on(shift_id: int) -> str:
    """Draw a page that holds everything that was sent, for after signing in."""
    names = [name for name in list(request.form)[:_MOST_CARRIED] if name not in _NOT_CARRIED]
    typed = [(name, clean(value)) for name in names for value in request.form.getlist(name)[:20]]
    return render_template(
        "visits/carried_on.html",
        shift_id=shift_id,
        about=text_arg("patient"),
        typed=typed,
        words=clean(request.form.get("words")),
    )
