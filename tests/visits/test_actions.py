from datetime import date, time, timedelta
from functools import partial
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal.models import Entry
from hospice.journal.queries import history
from hospice.visits import actions, queries
from hospice.visits.models import VisitNote
from hospice.visits.rules import Activity, Answers, Concern, Mood, NoteState, Visit
from tests import builders
from tests.visits.stories import HOUR, now, shift_in, told


def begin(hours: float = -4) -> tuple[Visit, int, User]:
    account, vera = builders.vera()
    ward = builders.place()
    wang = builders.patient(at=ward)
    shift = shift_in(ward, hours * HOUR)
    told(shift, vera, sees=(wang,))
    return queries.visit(vera.id, shift.id, now()), wang.id, account


def answers(visit: Visit, **values: object) -> Answers:
    return Answers(
        **{  # type: ignore[arg-type]
            "arrived": clock.local(visit.starts_at, visit.zone).time(),
            "left": clock.local(visit.ends_at, visit.zone).time(),
            "did": (Activity.COMPANY,),
            "words": "She slept.",
            "concern": Concern.NONE,
            **values,
        }
    )


def how_many() -> int:
    return db.session.scalar(select(func.count()).select_from(VisitNote)) or 0


def test_a_note_sent_twice_is_one_note(either_app: Flask) -> None:
    visit, wang, account = begin()
    page = str(uuid4())
    for _twice in range(2):
        with transaction():
            sent = actions.send(visit, wang, page, answers(visit), seen=None, by=account, now=now())
    assert how_many() == 1
    assert (sent.state, sent.words) == (NoteState.SENT, "She slept.")
    assert (sent.arrived_at, sent.left_at) == (visit.starts_at, visit.ends_at)
    verbs = db.session.scalars(select(Entry.verb).where(Entry.verb == "note.sent")).all()
    assert len(verbs) == 1


def test_a_draft_becomes_the_note_and_stays_one_row(either_app: Flask) -> None:
    visit, wang, account = begin()
    page = str(uuid4())
    with transaction():
        draft = actions.save_draft(visit, wang, page, Answers(words="She"), seen=None, now=now())
        seen = draft.saved_at
    with transaction():
        sent = actions.send(visit, wang, page, answers(visit), seen=seen, by=account, now=now())
    assert (how_many(), sent.uuid) == (1, page)


def test_a_second_page_neither_doubles_nor_loses(either_app: Flask) -> None:
    visit, wang, account = begin()
    with transaction():
        kept = actions.save_draft(
            visit, wang, str(uuid4()), Answers(words="From the phone."), seen=None, now=now()
        )
        seen = kept.saved_at
    other = str(uuid4())
    acts = (
        partial(actions.save_draft, seen=None, now=now() + HOUR),
        partial(actions.send, seen=None, by=account, now=now() + HOUR),
    )
    for act in acts:
        with pytest.raises(Refused) as refused, transaction():
            act(visit, wang, other, answers(visit, words="Tablet."))
        assert [one.kind for one in refused.value.objections] == ["written_elsewhere"]
    assert db.session.scalar(select(VisitNote.words)) == "From the phone."
    with transaction():  # having seen what is kept, one's own may replace it
        actions.send(
            visit, wang, other, answers(visit, words="Tablet."), seen=seen, by=account, now=now()
        )
    assert (how_many(), db.session.scalar(select(VisitNote.words))) == (1, "Tablet.")


def test_words_typed_after_sending_are_refused_not_dropped(either_app: Flask) -> None:
    visit, wang, account = begin()
    page = str(uuid4())
    with transaction():
        actions.send(visit, wang, page, answers(visit), seen=None, by=account, now=now())
    for more in (page, str(uuid4())):
        with pytest.raises(Refused) as refused, transaction():
            actions.send(
                visit,
                wang,
                more,
                answers(visit, words="Something new"),
                seen=None,
                by=account,
                now=now(),
            )
        assert [one.kind for one in refused.value.objections] == ["already_sent"]
    with pytest.raises(Refused), transaction():
        actions.save_draft(visit, wang, page, Answers(words="x"), seen=None, now=now())


@pytest.mark.parametrize(
    "more",
    [
        {"concern": Concern.URGENT, "told_whom": "Nurse Li", "told_when": time(14)},
        {"quote": "It is warm here."},
        {"promise": "Bring the radio", "promise_on": date(2200, 1, 1)},
        {"reflection": "I thought of my mother."},
        {"moods": (Mood.DISCOMFORT,)},
        {"comfort": 3},
    ],
)
def test_what_is_said_after_a_lost_answer_is_refused_not_dropped(
    either_app: Flask, more: dict[str, object]
) -> None:
    visit, wang, account = begin()
    page = str(uuid4())
    with transaction():
        actions.send(visit, wang, page, answers(visit), seen=None, by=account, now=now())
    with pytest.raises(Refused) as refused, transaction():
        actions.send(
            visit, wang, page, answers(visit, **more), seen=None, by=account, now=now() + HOUR
        )
    assert [one.kind for one in refused.value.objections] == ["already_sent"]


def test_a_whole_note_sent_twice_is_one_note(either_app: Flask) -> None:
    visit, wang, account = begin()
    whole = answers(
        visit,
        did=(Activity.WALK, Activity.COMPANY),
        moods=(Mood.UNSETTLED, Mood.TALKATIVE),
        comfort=4,
        comfort_words="Restless",
        quote="It is warm here.",
        concern=Concern.URGENT,
        told_whom="Nurse Li",
        told_when=time(14, 5),
        promise="Bring the radio",
        promise_on=date(2200, 1, 1),
        reflection="I thought of my mother.",
    )
    page = str(uuid4())
    for later in range(2):
        with transaction():
            actions.send(visit, wang, page, whole, seen=None, by=account, now=now() + later * HOUR)
    assert how_many() == 1


def test_each_patient_and_the_round_has_a_note_of_its_own(either_app: Flask) -> None:
    visit, wang, account = begin()
    for about in (wang, None):
        with transaction():
            actions.send(
                visit, about, str(uuid4()), answers(visit), seen=None, by=account, now=now()
            )
    assert how_many() == 2


def test_the_page_of_another_note_is_missing(either_app: Flask) -> None:
    visit, wang, account = begin()
    page = str(uuid4())
    with transaction():
        actions.save_draft(visit, wang, page, Answers(words="Hers"), seen=None, now=now())
    with pytest.raises(Missing), transaction():
        actions.save_draft(visit, None, page, Answers(words="Round"), seen=None, now=now())
    otto_account, otto = builders.user("Otto"), builders.volunteer("Otto")
    shift = shift_in(builders.place(), -4 * HOUR)
    told(shift, otto)
    others = queries.visit(otto.id, shift.id, now())
    with pytest.raises(Missing), transaction():
        actions.send(others, None, page, answers(others), seen=None, by=otto_account, now=now())
    assert how_many() == 1
    assert account is not otto_account


def test_an_urgent_note_needs_someone_who_was_told(either_app: Flask) -> None:
    visit, wang, account = begin()
    urgent = answers(visit, concern=Concern.URGENT)
    with pytest.raises(Refused) as refused, transaction():
        actions.send(visit, wang, str(uuid4()), urgent, seen=None, by=account, now=now())
    assert [(one.kind, one.field) for one in refused.value.objections] == [
        ("told_nobody", "told_whom"),
        ("told_no_time", "told_when"),
    ]
    assert how_many() == 0


def test_a_draft_keeps_anything_but_endless_words(either_app: Flask) -> None:
    visit, wang, _account = begin()
    odd = Answers(arrived=time(17), left=time(14), words="x" * 20_000, concern=Concern.URGENT)
    with transaction():
        actions.save_draft(visit, wang, str(uuid4()), odd, seen=None, now=now())
    with pytest.raises(Refused), transaction():
        actions.save_draft(
            visit, wang, str(uuid4()), Answers(words="x" * 20_001), seen=None, now=now()
        )


def test_reading_and_replying(either_app: Flask) -> None:
    visit, wang, account = begin()
    cora = builders.cora()
    with transaction():
        sent = actions.send(
            visit, wang, str(uuid4()), answers(visit), seen=None, by=account, now=now()
        )
        note_id = sent.id
    later = now() + timedelta(minutes=5)
    with transaction():
        actions.note_opened(note_id, by=cora, now=later)
    assert not actions.is_opening_news(note_id, by=cora, now=later + HOUR)
    assert actions.is_opening_news(note_id, by=account, now=later + HOUR)
    for words in ("Thank you.", "Thank you.", "The nurse has looked."):
        with transaction():
            actions.reply(queries.note_for(cora, note_id), words, by=cora, now=later)
    read = queries.note_for(cora, note_id)
    assert (read.state, read.read_by_id, read.reply) == (
        NoteState.READ,
        cora.id,
        "Thank you.\n\nThe nurse has looked.",
    )
    with transaction():
        actions.mark_read(queries.note_for(cora, note_id), by=account, now=later + HOUR)
    assert queries.note_for(cora, note_id).read_by_id == cora.id
    assert [entry.verb for entry in history("note", note_id)] == [
        "note.replied",
        "note.read",
        "note.replied",
        "note.opened",
        "note.sent",
    ]
