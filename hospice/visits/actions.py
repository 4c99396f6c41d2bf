"""Keeping a draft, sending a note, reading it and answering it."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.visits import queries, rules
from hospice.visits.models import VisitNote
from hospice.visits.queries import staff
from hospice.visits.rules import Answers, NoteState, Visit

_OPENED_EVERY = timedelta(hours=12)


def save_draft(
    visit: Visit,
    patient_id: int | None,
    uuid: str,
    answers: Answers,
    *,
    seen: datetime | None,
    now: datetime,
) -> VisitNote:
    """Keep what is typed so far, however incomplete.

    `seen` is when the note was last saved as far as the page knows. Raise Refused: the words are
    longer than any draft, the note is sent already, or another page saved words since that these
    would lose.
    """
    note = _note_to_write(visit, patient_id, uuid, now)
    if len(answers.words) > rules.DRAFT_MOST:
        raise Refused([Objection("too_long", facts={"most": rules.WORDS_MOST}, field="words")])
    if note.state is not NoteState.DRAFT:
        raise Refused([Objection("already_sent")])
    _keep_others_words(note, answers, seen)
    _write(note, visit, answers, now)
    db.session.flush()
    return note


def send(
    visit: Visit,
    patient_id: int | None,
    uuid: str,
    answers: Answers,
    *,
    seen: datetime | None,
    by: User,
    now: datetime,
) -> VisitNote:
    """Send a note; sending the same page again gives the same note.

    Raise Refused with what is missing, or as `save_draft` does.
    """
    note = _note_to_write(visit, patient_id, uuid, now)
    if note.state is not NoteState.DRAFT:
        if note.uuid == uuid and not rules.loses_words(answers.words, note.words):
            return note
        raise Refused([Objection("already_sent")])
    _keep_others_words(note, answers, seen)
    found = rules.objections(answers, *rules.span(visit, answers.arrived, answers.left))
    if found:
        raise Refused(found)
    _write(note, visit, answers, now)
    note.state = NoteState.SENT
    note.sent_at = now
    db.session.flush()
    about = [("note", note.id), ("volunteer", visit.volunteer_id), ("shift", visit.shift_id)]
    if patient_id is not None:
        about.append(("patient", patient_id))
    journal.record("note.sent", about=about, by=by, now=now, nurse=bool(note.nurse_needed))
    return note


def is_opening_news(note_id: int, *, by: User, now: datetime) -> bool:
    """Tell whether to write down that someone opened a note; once a day is enough."""
    return not staff.was_opened(note_id, by.id, since=now - _OPENED_EVERY)


def note_opened(note_id: int, *, by: User, now: datetime) -> None:
    """Write down who read a note."""
    journal.record("note.opened", about=[("note", note_id)], by=by, now=now)


def mark_read(note: VisitNote, *, by: User, now: datetime) -> None:
    """Say that a note was read; saying it again changes nothing."""
    if note.state is not NoteState.SENT:
        return
    note.state = NoteState.READ
    note.read_at = now
    note.read_by_id = by.id
    db.session.flush()
    journal.record("note.read", about=[("note", note.id)], by=by, now=now)


def reply(note: VisitNote, words: str, *, by: User, now: datetime) -> None:
    """Answer the volunteer; a second answer stands below the first, so that neither is lost."""
    if note.reply.endswith(words):
        return  # the same form sent twice
    note.reply = f"{note.reply}\n\n{words}" if note.reply else words
    note.replied_at = now
    db.session.flush()
    journal.record("note.replied", about=[("note", note.id)], by=by, now=now)
    mark_read(note, by=by, now=now)


def _note_to_write(visit: Visit, patient_id: int | None, uuid: str, now: datetime) -> VisitNote:
    """Return the one note of this visit and patient, begun now if there is none."""
    found = _existing(visit, patient_id, uuid)
    if found is not None:
        return found
    made = VisitNote(
        uuid=uuid,
        assignment_id=visit.assignment_id,
        shift_id=visit.shift_id,
        volunteer_id=visit.volunteer_id,
        patient_id=patient_id,
        state=NoteState.DRAFT,
        did=[],
        moods=[],
        words="",
        told_whom="",
        reply="",
        saved_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        found = _existing(visit, patient_id, uuid)  # the same page, sent twice at once
        if found is None:
            raise
        return found
    return made


def _existing(visit: Visit, patient_id: int | None, uuid: str) -> VisitNote | None:
    notes = queries.notes_to_write(visit, uuid)
    for note in notes:
        if (note.assignment_id, note.patient_id) == (visit.assignment_id, patient_id):
            return note
    if any(note.uuid == uuid for note in notes):
        raise Missing  # a page's note belongs to one visit and one patient for ever
    return None


def _keep_others_words(note: VisitNote, answers: Answers, seen: datetime | None) -> None:
    is_stale = note.saved_at != seen and note.id is not None
    if is_stale and rules.loses_words(note.words, answers.words):
        raise Refused([Objection("written_elsewhere", facts={"at": note.saved_at})])


def _write(note: VisitNote, visit: Visit, answers: Answers, now: datetime) -> None:
    note.arrived_at, note.left_at = rules.span(visit, answers.arrived, answers.left)
    note.did = [one.value for one in answers.did]
    note.moods = [one.value for one in answers.moods]
    note.words = answers.words
    note.nurse_needed = answers.nurse_needed
    note.told_whom = answers.told_whom
    note.saved_at = now
