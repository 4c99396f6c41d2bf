"""The notes as the team reads and answers them."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.journal.queries import history
from hospice.places.queries import places
from hospice.places.rules import Showing
from hospice.visits import actions, queries, rules
from hospice.visits.forms import ReplyForm
from hospice.visits.models import VisitNote
from hospice.visits.queries import staff
from hospice.visits.rules import NoteFilter, NoteState
from hospice.visits.views import bp
from hospice.web.forms import day_arg, number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset


@bp.get("/visit-notes")
@requires(Permission.SEE_NOTES)
def index() -> str:
    """List the notes, those that worry first."""
    narrowed = _filter()
    number = number_arg("page", 1, low=1, high=10_000)
    start = offset(number, staff.PER_PAGE)
    rows = staff.notes(narrowed, offset=start)
    volunteer, patient = staff.names_of(narrowed)
    return render_template(
        "visits/index.html",
        page=Page(rows, number, staff.notes_ahead(narrowed, offset=start), staff.PER_PAGE),
        counts=queries.counts(),
        narrowed=narrowed,
        volunteer=volunteer,
        patient=patient,
        places=places(Showing.ALL),
    )


@bp.get("/visit-notes/missing")
@requires(Permission.SEE_NOTES)
def missing() -> str:
    """List the visits whose note has not come."""
    now = clock.now()
    number = number_arg("page", 1, low=1, high=10_000)
    rows = queries.missing_notes(now, offset=offset(number, staff.PER_PAGE))
    total = queries.missing_count(now)
    return render_template(
        "visits/missing.html",
        page=Page(rows, number, total, staff.PER_PAGE),
        counts=queries.counts(),
        total=total,
    )


@bp.get("/visit-notes/<int:note_id>")
@requires(Permission.SEE_NOTES)
def show(note_id: int) -> str:
    """Show a note; that it was opened is written in its history."""
    _opened(note_id)
    return _page(queries.note_for(current_user, note_id), ReplyForm())


@bp.post("/visit-notes/<int:note_id>/read")
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def read(note_id: int) -> Response:
    """Say that a note was read."""
    with transaction():
        note = queries.note_for(current_user, note_id, locking=True)
        actions.mark_read(note, by=current_user, now=clock.now())
    return redirect(url_for("visits.index"))


@bp.post("/visit-notes/<int:note_id>/reply")
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def reply(note_id: int) -> Any:
    """Answer the volunteer in a few words."""
    note = queries.note_for(current_user, note_id)
    form = ReplyForm()
    if not form.validate_on_submit():
        return _page(note, form), 422
    _answer(note_id, form.reply.data)
    return redirect(url_for("visits.show", note_id=note_id))


@bp.post("/visit-notes/<int:note_id>/thank")
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def thank(note_id: int) -> Response:
    """Thank the volunteer, in their own language, with one tap."""
    note = queries.note_for(current_user, note_id)
    with force_locale(note.volunteer.locale):
        words = _("Thank you for your visit and for this note.")
    _answer(note_id, words)
    return redirect(url_for("visits.show", note_id=note_id))


def _answer(note_id: int, words: str) -> None:
    with transaction():
        note = queries.note_for(current_user, note_id, locking=True)
        actions.reply(note, words, by=current_user, now=clock.now())
        name = note.volunteer.preferred_name
    flash(_("%(name)s will see your reply under Notes.", name=name), "done")


def _opened(note_id: int) -> None:
    now = clock.now()
    queries.note_for(current_user, note_id)  # Missing, before anything is written
    if actions.is_opening_news(note_id, by=current_user, now=now):
        with transaction():
            actions.note_opened(note_id, by=current_user, now=now)


def _page(note: VisitNote, form: ReplyForm) -> str:
    return render_template(
        "visits/show.html",
        note=note,
        form=form,
        is_unread=note.state is NoteState.SENT,
        worry=rules.worry(note.state, note.nurse_needed, note.moods),
        is_uneasy=bool(rules.WORRYING & set(note.moods)),
        was_late=rules.was_late(note.shift.ends_at, note.sent_at or note.saved_at),
        reader=staff.reader_name(note),
        entries=history("note", note.id),
    )


def _filter() -> NoteFilter:
    return NoteFilter(
        only_unread=text_arg("show") == "unread",
        place_id=number_arg("place"),
        volunteer_id=number_arg("volunteer"),
        patient_id=number_arg("patient"),
        words=text_arg("q"),
        first_day=day_arg("from"),
        last_day=day_arg("to"),
    )
