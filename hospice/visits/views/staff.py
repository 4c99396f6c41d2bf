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
from hospice.core.errors import Refused
from hospice.journal.queries import history
from hospice.places.queries import places
from hospice.places.rules import Showing
from hospice.tasks import actions as tasks
from hospice.tasks.forms import TaskForm
from hospice.tasks.models import Task
from hospice.tasks.queries import possible_owners, tasks_from
from hospice.tasks.rules import Urgency, urgency
from hospice.tasks.words import task_objection_words
from hospice.visits import actions, queries, rules
from hospice.visits.forms import AddendumForm, ReplyForm, StrikeForm
from hospice.visits.models import VisitNote
from hospice.visits.queries import staff
from hospice.visits.queries.record import hands
from hospice.visits.rules import NoteFilter, NoteState
from hospice.visits.views import bp
from hospice.visits.words import note_objection_words
from hospice.web.forms import day_arg, number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone


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
        shown=_shown(narrowed),
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
    return _page(queries.note_for(current_user, note_id))


@bp.post("/visit-notes/<int:note_id>/read")
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def read(note_id: int) -> Response:
    """Say that a note was read."""
    with transaction():
        note = queries.note_for(current_user, note_id, locking=True)
        actions.mark_read(note, by=current_user, now=clock.now())
    return redirect(url_for("visits.index"))


@bp.post("/visit-notes/<int:note_id>/sign")
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def sign(note_id: int) -> Response:
    """Sign a note; nothing but additions comes after."""
    with transaction():
        note = queries.note_for(current_user, note_id, locking=True)
        actions.sign(note, by=current_user, now=clock.now())
    return redirect(url_for("visits.show", note_id=note_id))


@bp.post("/visit-notes/<int:note_id>/add")
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def add(note_id: int) -> Any:
    """Add words to a note; what was written stays as it is."""
    form = AddendumForm()
    if form.validate_on_submit():
        try:
            with transaction():
                note = queries.note_for(current_user, note_id, locking=True)
                actions.add(note, form.words.data or "", by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, note_objection_words)
        else:
            return redirect(url_for("visits.show", note_id=note_id))
    return _page(queries.note_for(current_user, note_id), adding=form), 422


@bp.route("/visit-notes/<int:note_id>/entered-in-error", methods=["GET", "POST"])
@requires(Permission.SEE_NOTES, Permission.ANSWER_NOTES)
def strike(note_id: int) -> Any:
    """Say that a note was entered in error; it is kept, struck out."""
    note = queries.note_for(current_user, note_id)
    if note.state is NoteState.IN_ERROR:
        return redirect(url_for("visits.show", note_id=note_id))
    form = StrikeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                note = queries.note_for(current_user, note_id, locking=True)
                actions.strike(note, form.reason.data or "", by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, note_objection_words)
            note = queries.note_for(current_user, note_id)  # rolled back: fresh
        else:
            return redirect(url_for("visits.show", note_id=note_id))
    page = render_template("visits/strike.html", note=note, form=form)
    return page, 422 if form.errors else 200


@bp.route("/visit-notes/<int:note_id>/task", methods=["GET", "POST"])
@requires(Permission.SEE_NOTES, Permission.KEEP_TASKS)
def make_task(note_id: int) -> Any:
    """Make a task of what a note says."""
    note = queries.note_for(current_user, note_id)
    form = TaskForm(possible_owners())
    if form.validate_on_submit():
        try:
            with transaction():
                tasks.make(
                    form.words.data or "",
                    due_on=form.due_on.data,
                    about=("note", note_id),
                    patient_id=note.patient_id,
                    volunteer_id=note.volunteer_id,
                    owner_id=form.owner.data or None,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, task_objection_words)
            note = queries.note_for(current_user, note_id)  # rolled back: fresh
        else:
            flash(_("The task was made."), "done")
            return redirect(url_for("visits.show", note_id=note_id))
    page = render_template("visits/make_task.html", note=note, form=form)
    return page, 422 if form.errors else 200


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


def _page(
    note: VisitNote, form: ReplyForm | None = None, adding: AddendumForm | None = None
) -> str:
    form, adding = form or ReplyForm(formdata=None), adding or AddendumForm(formdata=None)
    return render_template(
        "visits/show.html",
        note=note,
        form=form,
        adding=adding,
        trouble=adding if adding.errors else form,
        is_unread=note.state is NoteState.SENT,
        may_sign=rules.may_become(note.state, NoteState.SIGNED),
        is_struck=note.state is NoteState.IN_ERROR,
        worry=rules.worry(note.state, note.concern, note.moods),
        is_uneasy=bool(rules.WORRYING & set(note.moods)),
        late=rules.lateness(note.shift.ends_at, note.sent_at or note.saved_at),
        hands=hands(note.id),
        addenda=queries.addenda(note.id),
        tasks=_tasks(note.id),
        entries=history("note", note.id),
    )


def _tasks(note_id: int) -> list[tuple[Task, Urgency]]:
    if not current_user.may(Permission.SEE_TASKS):
        return []
    today = clock.local(clock.now(), present_zone()).date()
    return [
        (task, urgency(task.due_on, today, is_done=task.done_at is not None))
        for task in tasks_from("note", note_id)
    ]


def _shown(narrowed: NoteFilter) -> str:
    if narrowed.only_struck:
        return "struck"
    return "unread" if narrowed.only_unread else "all"


def _filter() -> NoteFilter:
    return NoteFilter(
        only_unread=text_arg("show") == "unread",
        only_struck=text_arg("show") == "struck",
        place_id=number_arg("place"),
        volunteer_id=number_arg("volunteer"),
        patient_id=number_arg("patient"),
        words=text_arg("q"),
        first_day=day_arg("from"),
        last_day=day_arg("to"),
    )
