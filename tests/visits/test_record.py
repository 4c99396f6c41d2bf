"""A note as a record: read, signed, added to, struck out, and written for someone."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.journal.queries import history
from hospice.tasks.models import Task
from hospice.visits import actions, queries
from hospice.visits.models import Reflection, VisitNote
from hospice.visits.queries import staff
from hospice.visits.rules import Answers, Concern, NoteFilter, NoteState
from tests import builders
from tests.conftest import Browser
from tests.visits.stories import DAY, HOUR, note, now, shift_in, told, wall
from tests.visits.test_actions import answers, begin

Open = Callable[[User | None], Browser]
CANARY = "Canary-in-my-heart"


def note_with(cora: User, **values: object) -> int:
    ward = builders.place("Ward 1")
    wang = builders.patient("Mrs Wang", at=ward)
    shift = shift_in(ward, -2 * DAY)
    who = builders.volunteer("Vera Vance", places=[ward])
    return note(told(shift, who, sees=(wang,)), shift, wang, **values).id


def fresh(note_id: int) -> VisitNote:
    db.session.rollback()
    return db.session.get_one(VisitNote, note_id)


# --- states ---------------------------------------------------------------------------------------


def test_signing_reads_too_and_happens_once(either_app: Flask) -> None:
    cora, ada = builders.cora(), builders.ada()
    note_id = note_with(cora)
    for who in (cora, ada):
        with transaction():
            actions.sign(queries.note_for(who, note_id), by=who, now=now())
    signed = queries.note_for(cora, note_id)
    assert (signed.state, signed.read_by_id, signed.signed_by_id) == (
        NoteState.SIGNED,
        cora.id,
        cora.id,
    )
    with transaction():
        actions.mark_read(signed, by=ada, now=now())
    assert queries.note_for(cora, note_id).state is NoteState.SIGNED
    assert [one.verb for one in history("note", note_id)] == ["note.signed"]


def test_words_are_added_below_and_never_twice(either_app: Flask) -> None:
    cora = builders.cora()
    note_id = note_with(cora, state=NoteState.SIGNED)
    for _twice in range(2):
        with transaction():
            actions.add(queries.note_for(cora, note_id), " She phoned. ", by=cora, now=now())
    (added,) = queries.addenda(note_id)
    assert (added.words, added.who, added.is_author) == ("She phoned.", "Cora Coates", False)
    assert queries.note_for(cora, note_id).words == "We looked at photographs."
    with pytest.raises(Refused), transaction():
        actions.add(queries.note_for(cora, note_id), " ", by=cora, now=now())


def test_a_note_entered_in_error_is_kept_and_counts_nowhere(either_app: Flask) -> None:
    visit, wang, account = begin(-30)
    cora = builders.cora()
    page = str(uuid4())
    send = partial(actions.send, visit, wang, seen=None, by=account, now=now())
    with transaction():
        note_id = send(page, answers(visit)).id
    assert queries.counts().unread == 1
    with pytest.raises(Refused), transaction():
        actions.strike(queries.note_for(cora, note_id), " ", by=cora, now=now())
    with transaction():
        actions.strike(queries.note_for(cora, note_id), "Wrong patient", by=cora, now=now())
    assert queries.note_for(cora, note_id).words == "She slept."
    assert queries.counts().unread == 0
    assert staff.notes(NoteFilter()) == []
    assert staff.notes_ahead(NoteFilter(), offset=0) == 0
    assert [row.id for row in staff.notes(NoteFilter(only_struck=True))] == [note_id]
    # its visit is without a note again, which may be written anew, once
    assert [row.assignment_id for row in queries.missing_notes(now())] == [visit.assignment_id]
    with transaction():
        assert send(page, answers(visit)).id == note_id  # its own page, sent again: nothing new
    other = str(uuid4())
    for _twice in range(2):
        with transaction():
            again = send(other, answers(visit)).id
    assert again != note_id
    assert queries.missing_notes(now()) == []
    assert "note.struck" in [one.verb for one in history("volunteer", visit.volunteer_id)]


def test_a_promise_becomes_a_task_with_its_day(either_app: Flask) -> None:
    visit, wang, account = begin()
    day = visit.day + timedelta(days=6)
    for _twice in range(2):  # the same page sent again promises nothing more
        with transaction():
            sent = actions.send(
                visit,
                wang,
                "00000000-0000-4000-8000-000000000001",
                answers(visit, promise="A radio", promise_on=day),
                seen=None,
                by=account,
                now=now(),
            )
    (task,) = db.session.scalars(select(Task))
    assert (task.words, task.due_on, task.is_promise) == ("A radio", day, True)
    assert (task.about_kind, task.about_id) == ("note", sent.id)
    assert (task.patient_id, task.volunteer_id) == (wang, visit.volunteer_id)


def test_everything_that_is_asked_comes_back(either_app: Flask) -> None:
    visit, wang, account = begin()
    full = answers(
        visit,
        comfort=0,
        comfort_words="Restless",
        quote="窗外的光真好。\nIt is good.",
        concern=Concern.URGENT,
        told_whom="Nurse Li",
        told_when=wall_time(visit),
    )
    with transaction():
        note_id = actions.send(visit, wang, str(uuid4()), full, seen=None, by=account, now=now()).id
    kept = queries.note_for(builders.cora(), note_id)
    assert (kept.comfort, kept.comfort_words, kept.quote) == (0, "Restless", full.quote)
    assert (kept.concern, kept.told_whom, kept.told_at) == (
        Concern.URGENT,
        "Nurse Li",
        visit.ends_at,
    )


def wall_time(visit: object) -> object:
    return answers(visit).left  # type: ignore[arg-type]


# --- what a volunteer keeps alone -----------------------------------------------------------------


def test_trap_18_a_reflection_stands_in_no_record(either_app: Flask) -> None:
    visit, wang, account = begin()
    page = str(uuid4())
    draft = Answers(words="She", reflection=CANARY)
    with transaction():
        seen = actions.save_draft(visit, wang, page, draft, seen=None, now=now()).saved_at
    with transaction():
        # an older page that has not got it does not empty it
        stale = actions.save_draft(
            visit, wang, page, Answers(words="She s", reflection=""), seen=None, now=now() + HOUR
        )
        seen, note_id = stale.saved_at, stale.id
    kept = queries.reflection_of(note_id, visit.volunteer_id)
    assert kept is not None
    assert kept.words == CANARY
    with transaction():
        actions.send(
            visit,
            wang,
            page,
            answers(visit, words="She slept.", reflection=f"{CANARY}, always"),
            seen=seen,
            by=account,
            now=now(),
        )
    assert queries.reflection_of(note_id, visit.volunteer_id + 1) is None
    holds = [
        table.name
        for table in db.metadata.sorted_tables
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"'))
        if CANARY in repr(tuple(row))
    ]
    assert holds == ["reflection"]
    with transaction():  # what is taken away is gone
        note_row = db.session.get_one(VisitNote, note_id)
        note_row.state = NoteState.DRAFT
    with transaction():
        seen = fresh(note_id).saved_at
        gone = answers(visit, words="She slept.", reflection="")
        actions.save_draft(visit, wang, page, gone, seen=seen, now=now())
    assert db.session.scalars(select(Reflection)).all() == []


def test_trap_18_nobody_else_reads_a_reflection_anywhere(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place("Ward 1")
    wang = builders.patient("Mrs Wang", at=ward)
    shift = shift_in(ward, -4 * HOUR)
    made = told(shift, vera, sees=(wang,))
    phone = browser(account)
    url = f"/me/shifts/{shift.id}/note?patient={wang.id}"
    typed = {
        "uuid": str(uuid4()),
        "arrived": wall(shift.starts_at, ward),
        "left": wall(shift.ends_at, ward),
        "did": ["company"],
        "concern": "none",
        "reflection": f"<i>{CANARY}</i>\n她",
        "do": "later",
    }
    phone.post(url, typed)
    assert CANARY in phone.get(url)  # back in the form
    phone.post(url, {**typed, "do": "send"})
    own = phone.get(url)
    assert f"&lt;i&gt;{CANARY}&lt;/i&gt;" in own
    assert "Nobody else can read this" in own
    (sent,) = db.session.scalars(select(VisitNote)).all()
    for person in (
        builders.cora(),
        builders.ada(),
        builders.user("Ren Hui", Role.AUDITOR),
    ):
        desk = browser(person)
        pages = [
            "/today",
            "/visit-notes",
            "/visit-notes?q=in-my-hear",
            f"/visit-notes/{sent.id}",
            f"/patients/{wang.id}",
            f"/volunteers/{vera.id}",
            f"/shifts/{shift.id}",
            "/search?q=in-my-hear",
            f"/history/note/{sent.id}",
            f"/history/volunteer/{vera.id}",
            "/journal",
        ]
        for page in pages:
            found = desk.get(page)
            assert CANARY not in found, page
            assert ("q=" in page) is ("Nothing matches." in found or "Nothing found" in found), page
    otto = browser(builders.otto())
    otto.get(url, status=404)
    assert made.id == sent.assignment_id


# --- pages ----------------------------------------------------------------------------------------


def test_the_record_is_read_signed_added_to_and_struck_out(app: Flask, browser: Open) -> None:
    cora = builders.cora()
    note_id = note_with(cora, concern=Concern.URGENT, told_whom="Nurse Li")
    desk = browser(cora)
    url = f"/visit-notes/{note_id}"
    assert "I have read it" in desk.get(url)
    assert desk.post(url + "/read") == "/visit-notes"
    page = desk.get(url)
    assert "I have read it" not in page
    assert 'action="' + url + '/sign"' in page
    assert desk.post(url + "/sign") == url
    assert 'action="' + url + '/sign"' not in desk.get(url)
    assert "Write a few words first" in desk.post(url + "/add", {"words": " "}, status=422)
    assert desk.post(url + "/add", {"words": "She <b>phoned</b>.\x00"}) == url
    assert "She &lt;b&gt;phoned&lt;/b&gt;." in desk.get(url)
    page = desk.post(url + "/entered-in-error", {"reason": ""}, status=422)
    assert "Write what was wrong with it" in page
    assert desk.post(url + "/entered-in-error", {"reason": "Wrong patient"}) == url
    page = desk.get(url)
    assert "Wrong patient" in page
    assert "struck" in page
    assert url not in desk.get("/visit-notes")
    assert url in desk.get("/visit-notes?show=struck")
    assert fresh(note_id).state is NoteState.IN_ERROR


def test_a_task_is_made_of_a_note(app: Flask, browser: Open) -> None:
    cora = builders.cora()
    note_id = note_with(cora)
    desk = browser(cora)
    url = f"/visit-notes/{note_id}"
    assert "Write what is to be done" in desk.post(
        url + "/task", {"words": "", "due_on": "2026-12-01", "owner": "0"}, status=422
    )
    sent = {"words": "Ask the kitchen.", "due_on": "2026-12-01", "owner": str(cora.id)}
    assert desk.post(url + "/task", sent) == url
    assert "Ask the kitchen." in desk.get(url)
    (task,) = db.session.scalars(select(Task)).all()
    assert (task.about_kind, task.about_id, task.due_on) == ("note", note_id, date(2026, 12, 1))
    assert f'href="{url}"' in desk.get(f"/tasks/{task.id}")


def test_an_auditor_reads_and_changes_nothing(app: Flask, browser: Open) -> None:
    note_id = note_with(builders.cora())
    auditor = browser(builders.user("Ren Hui", Role.AUDITOR))
    url = f"/visit-notes/{note_id}"
    page = auditor.get(url)
    for forbidden in ("/sign", "/add", "/entered-in-error", "/task", "/thank"):
        assert url + forbidden not in page
        auditor.post(url + forbidden, {"words": "x", "reason": "x"}, status=404)
    assert fresh(note_id).state is NoteState.SENT


def test_the_author_adds_to_their_own_note(app: Flask, browser: Open) -> None:
    account, vera = builders.vera()
    shift = shift_in(builders.place(), -4 * HOUR)
    made = note(told(shift, vera), shift)
    phone = browser(account)
    url = f"/me/shifts/{shift.id}/note"
    assert phone.post(url + "/add?patient=round", {"words": "And she sang."}).startswith(url)
    page = phone.get(url + "?patient=round")
    assert "And she sang." in page
    page = phone.post(url + "/add?patient=round", {"words": ""}, status=422)
    assert "Write a few words first" in page
    for other in ("?patient=99", "", "?patient=%00"):
        phone.post(url + "/add" + other, {"words": "x"}, status=404)
    browser(builders.otto()).post(url + "/add?patient=round", {"words": "x"}, status=404)
    desk = browser(builders.cora())
    assert re.search(r"And she sang\..*Vera Vance", desk.get(f"/visit-notes/{made.id}"), re.DOTALL)


# --- on the telephone -----------------------------------------------------------------------------


def test_a_note_is_written_for_someone_and_the_record_says_so(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    wang = builders.patient("Mrs Wang", at=ward)
    vera = builders.volunteer("Vera Vance", places=[ward])
    shift = shift_in(ward, -5 * DAY)  # long after names are gone for Vera herself
    told(shift, vera, sees=(wang,))
    cora = builders.cora()
    desk = browser(cora)
    url = f"/volunteers/{vera.id}/shifts/{shift.id}/note"
    page = desk.get(url)
    assert "Mrs Wang, bed 3" in page
    assert 'name="reflection"' not in page
    typed = {
        "uuid": str(uuid4()),
        "arrived": wall(shift.starts_at, ward),
        "left": wall(shift.ends_at, ward),
        "moods": ["calm"],
        "words": "She <b>slept</b>.",
        "concern": "",
        "reflection": CANARY,
    }
    url += f"?patient={wang.id}"
    page = desk.post(url, typed, status=422)
    assert "Say whether someone needs to know today" in page
    assert "She &lt;b&gt;slept&lt;/b&gt;." in page
    where = desk.post(url, {**typed, "concern": "none"})
    (made,) = db.session.scalars(select(VisitNote)).all()
    assert where == f"/visit-notes/{made.id}"
    assert (made.written_by_id, made.volunteer_id) == (cora.id, vera.id)
    assert made.state is NoteState.READ
    page = desk.get(where)
    assert "Written by Cora Coates for Vera Vance, on the telephone" in page
    assert "wrote a visit note for Vera Vance, on the telephone" in page
    assert db.session.scalars(select(Reflection)).all() == []
    assert desk.get(url, status=302) == desk.get(url, status=302)


def test_a_note_someone_has_begun_is_theirs_alone(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    vera = builders.volunteer("Vera Vance", places=[ward])
    shift = shift_in(ward, -5 * HOUR)
    draft = note(told(shift, vera), shift, state=NoteState.DRAFT, words=CANARY, sent_at=None)
    desk = browser(builders.cora())
    page = desk.get(f"/volunteers/{vera.id}/shifts/{shift.id}/note?patient=round")
    assert CANARY not in page
    assert "Vera Vance has begun this note." in page
    assert fresh(draft.id).state is NoteState.DRAFT


def test_only_for_those_who_were_there_and_not_before(app: Flask, browser: Open) -> None:
    ward = builders.place("Ward 1")
    vera = builders.volunteer("Vera Vance", places=[ward])
    ahead, past = shift_in(ward, DAY), shift_in(ward, -DAY)
    told(ahead, vera)
    desk = browser(builders.cora())
    for shift_id, who in ((ahead.id, vera.id), (past.id, vera.id), (999, vera.id), (past.id, 999)):
        desk.get(f"/volunteers/{who}/shifts/{shift_id}/note", status=404)
    account, own = builders.vera()
    told(past, own)
    for person in (account, builders.user("Ren Hui", Role.AUDITOR)):
        browser(person).get(f"/volunteers/{own.id}/shifts/{past.id}/note", status=404)
