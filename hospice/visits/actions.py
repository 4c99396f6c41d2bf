"""Keeping a draft, sending a note, reading and signing it, and adding to it."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from hospice.accounts.models import User
from hospice.attendance import actions as attendance
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.journal.queries import is_written
from hospice.journal.rules import OPENED_EVERY
from hospice.tasks import actions as tasks
from hospice.visits import queries, rules
from hospice.visits.models import NoteAddendum, Reflection, VisitNote
from hospice.visits.queries.phone import is_page_known
from hospice.visits.rules import Answers, NoteState, Visit


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
    if answers.longest > rules.DRAFT_MOST:
        raise Refused(rules.too_long(answers))
    if note.state is not NoteState.DRAFT:
        raise Refused([Objection("already_sent")])
    _keep_others_words(note, answers, seen)
    _write(note, visit, answers, seen, now)
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
    for_volunteer: str = "",
) -> VisitNote:
    """Send a note; sending the same page again gives the same note.

    `for_volunteer` is the name of whoever told it to `by` on the telephone. A promise becomes a
    task. Raise Refused with what is missing, or as `save_draft` does.
    """
    note = _note_to_write(visit, patient_id, uuid, now)
    if note.state is not NoteState.DRAFT:
        if note.uuid == uuid and not _says_more(note, visit, answers):
            return note
        raise Refused([Objection("already_sent")])
    _keep_others_words(note, answers, seen)
    found = rules.objections(answers, visit, *rules.span(visit, answers.arrived, answers.left))
    if found:
        raise Refused(found)
    _write(note, visit, answers, seen, now)
    if not is_page_known(uuid):
        note.uuid = uuid  # begun on another page: the one that sent it may ask again for its answer
    note.state = NoteState.SENT
    note.sent_at = now
    note.written_by_id = by.id if for_volunteer else None
    db.session.flush()
    attendance.from_note(visit.assignment_id, note.arrived_at, note.left_at, by=by, now=now)
    about = [("note", note.id), ("volunteer", visit.volunteer_id), ("shift", visit.shift_id)]
    if patient_id is not None:
        about.append(("patient", patient_id))
    if for_volunteer:
        journal.record("note.written_for", about=about, by=by, now=now, volunteer=for_volunteer)
    journal.record("note.sent", about=about, by=by, now=now, concern=note.concern)
    if note.promise and note.promise_on is not None:
        tasks.make(
            note.promise,
            due_on=note.promise_on,
            about=("note", note.id),
            patient_id=patient_id,
            volunteer_id=visit.volunteer_id,
            is_promise=True,
            by=by,
            now=now,
        )
    return note


def is_opening_news(note_id: int, *, by: User, now: datetime) -> bool:
    """Tell whether to write down that someone opened a note; once a day is enough."""
    since = now - OPENED_EVERY
    return not is_written("note.opened", "note", note_id, user_id=by.id, since=since)


def note_opened(note_id: int, *, by: User, now: datetime) -> None:
    """Write down who read a note."""
    journal.record("note.opened", about=[("note", note_id)], by=by, now=now)


def mark_read(note: VisitNote, *, by: User, now: datetime) -> None:
    """Say that a note was read; saying it again changes nothing."""
    if not rules.may_become(note.state, NoteState.READ):
        return
    _set_read(note, by, now)
    db.session.flush()
    journal.record("note.read", about=[("note", note.id)], by=by, now=now)


def sign(note: VisitNote, *, by: User, now: datetime) -> None:
    """Sign a note, which says that it was read too; signing it again changes nothing."""
    if not rules.may_become(note.state, NoteState.SIGNED):
        return
    if note.state is NoteState.SENT:
        _set_read(note, by, now)
    note.state = NoteState.SIGNED
    note.signed_at = now
    note.signed_by_id = by.id
    db.session.flush()
    journal.record("note.signed", about=[("note", note.id)], by=by, now=now)


def add(
    note: VisitNote, words: str, *, is_author: bool = False, by: User, now: datetime
) -> NoteAddendum | None:
    """Add words to a note that was sent; None where the same words stand there already.

    Raise Refused when it says nothing, or the note does not stand.
    """
    found = rules.addendum_objections(note.state, words)
    if found:
        raise Refused(found)
    words = words.strip()
    if any(one.words == words and one.by_id == by.id for one in queries.addenda(note.id)):
        return None  # the same form sent twice
    made = NoteAddendum(
        note_id=note.id, by_id=by.id, who=by.name, is_author=is_author, words=words, made_at=now
    )
    db.session.add(made)
    db.session.flush()
    journal.record("note.added_to", about=[("note", note.id)], by=by, now=now)
    return made


def strike(note: VisitNote, reason: str, *, by: User, now: datetime) -> None:
    """Mark a note as entered in error: it is kept, struck out, and counts no more.

    Raise Refused without a reason, or when it is marked already.
    """
    found = rules.striking_objections(note.state, reason)
    if found:
        raise Refused(found)
    note.state = NoteState.IN_ERROR
    note.struck_at = now
    note.struck_by_id = by.id
    note.struck_reason = reason.strip()
    db.session.flush()
    about = [("note", note.id), ("volunteer", note.volunteer_id), ("shift", note.shift_id)]
    journal.record("note.struck", about=about, by=by, now=now, reason=note.struck_reason)


def reply(note: VisitNote, words: str, *, by: User, now: datetime) -> None:
    """Answer the volunteer; a second answer stands below the first, so that neither is lost."""
    if note.reply.endswith(words):
        return  # the same form sent twice
    note.reply = f"{note.reply}\n\n{words}" if note.reply else words
    note.replied_at = now
    db.session.flush()
    journal.record("note.replied", about=[("note", note.id)], by=by, now=now)
    mark_read(note, by=by, now=now)


def _set_read(note: VisitNote, by: User, now: datetime) -> None:
    note.state = NoteState.READ
    note.read_at = now
    note.read_by_id = by.id


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
        comfort_words="",
        quote="",
        told_whom="",
        promise="",
        struck_reason="",
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
    of_page = next((note for note in notes if note.uuid == uuid), None)
    for note in ([of_page] if of_page is not None else []) + list(notes):
        if (note.assignment_id, note.patient_id) != (visit.assignment_id, patient_id):
            continue
        # A note entered in error is written anew on another page; its own page gets itself back.
        if note is of_page or note.state is not NoteState.IN_ERROR:
            return note
    if any(note.uuid == uuid for note in notes):
        raise Missing  # a page's note belongs to one visit and one patient for ever
    return None


def _keep_others_words(note: VisitNote, answers: Answers, seen: datetime | None) -> None:
    if _is_stale(note, seen) and rules.loses_words(note.words, answers.words):
        raise Refused([Objection("written_elsewhere", facts={"at": note.saved_at})])


def _says_more(note: VisitNote, visit: Visit, answers: Answers) -> bool:
    """Tell whether a page that was sent already says by now what its note does not.

    The answer may have been lost on the way, and the volunteer have gone on: a nurse who needs to
    know must not be dropped because the first try had arrived after all.
    """
    kept = queries.reflection_of(note.id, note.volunteer_id)
    typed = (
        (answers.words, note.words),
        (answers.quote, note.quote),
        (answers.promise, note.promise),
        (answers.reflection or "", kept.words if kept else ""),
    )
    said = (
        *rules.span(visit, answers.arrived, answers.left),
        {one.value for one in answers.did},
        {one.value for one in answers.moods},
        (answers.comfort, answers.comfort_words),
        (answers.concern, answers.told_whom, rules.told_at(visit, answers.told_when)),
        answers.promise_on,
    )
    return any(rules.loses_words(one, other) for one, other in typed) or said != (
        note.arrived_at,
        note.left_at,
        set(note.did),
        set(note.moods),
        (note.comfort, note.comfort_words),
        (note.concern, note.told_whom, note.told_at),
        note.promise_on,
    )


def _is_stale(note: VisitNote, seen: datetime | None) -> bool:
    return note.saved_at != seen and note.id is not None


def _write(
    note: VisitNote, visit: Visit, answers: Answers, seen: datetime | None, now: datetime
) -> None:
    is_stale = _is_stale(note, seen)
    note.arrived_at, note.left_at = rules.span(visit, answers.arrived, answers.left)
    note.did = [one.value for one in answers.did]
    note.moods = [one.value for one in answers.moods]
    note.words = answers.words
    note.comfort = answers.comfort
    note.comfort_words = answers.comfort_words
    note.quote = rules.kept_text(note.quote, answers.quote, is_stale=is_stale)
    note.concern = answers.concern
    note.told_whom = answers.told_whom
    note.told_at = rules.told_at(visit, answers.told_when)
    note.promise = rules.kept_text(note.promise, answers.promise, is_stale=is_stale)
    note.promise_on = answers.promise_on
    note.saved_at = now
    if answers.reflection is not None:
        _reflect(note, answers.reflection, is_stale=is_stale, now=now)


def _reflect(note: VisitNote, words: str, *, is_stale: bool, now: datetime) -> None:
    """Keep what the volunteer wrote for themselves, apart from the note; empty takes it away."""
    kept = queries.reflection_of(note.id, note.volunteer_id)
    words = rules.kept_text(kept.words if kept else "", words, is_stale=is_stale)
    if kept is not None and not words:
        db.session.delete(kept)
    elif kept is not None:
        if kept.words != words:
            kept.words, kept.saved_at = words, now
    elif words:
        db.session.add(
            Reflection(note_id=note.id, volunteer_id=note.volunteer_id, words=words, saved_at=now)
        )
