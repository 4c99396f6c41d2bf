import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts.models import SignIn, User
from hospice.core.db import db, transaction
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState
from hospice.visits.models import VisitNote
from hospice.visits.rules import NoteState
from tests import builders
from tests.conftest import Browser, Statements
from tests.visits.stories import DAY, HOUR, note, now, shift_in, told, wall

Open = Callable[[User | None], Browser]


class Story:
    """Vera has visited Mrs Wang this afternoon."""

    def __init__(self, open_browser: Open) -> None:
        self.ward: Place = builders.place("Ward 1")
        self.wang: Patient = builders.patient("Mrs Wang", at=self.ward)
        self.account, self.vera = builders.vera(places=[self.ward])
        self.shift: Shift = shift_in(self.ward, -4 * HOUR)
        self.assignment: Assignment = told(self.shift, self.vera, sees=(self.wang,))
        self.browser = open_browser(self.account)
        self.url = f"/me/shifts/{self.shift.id}/note?patient={self.wang.id}"
        self.page = str(uuid4())

    def typed(self, **values: Any) -> dict[str, Any]:
        """Return what the form sends."""
        return {
            "uuid": self.page,
            "seen": "",
            "arrived": wall(self.shift.starts_at, self.ward),
            "left": wall(self.shift.ends_at, self.ward),
            "did": ["company"],
            "moods": ["calm"],
            "words": "She slept.",
            "concern": "none",
            "told_whom": "",
            "do": "send",
            **values,
        }


@pytest.fixture
def story(browser: Open) -> Story:
    return Story(browser)


def notes() -> list[VisitNote]:
    db.session.rollback()
    return list(db.session.scalars(select(VisitNote).order_by(VisitNote.id)))


def grow_old(account: User) -> None:
    """Make a sign-in older than the 12 hours that names ask for, on a phone that is kept."""
    with transaction():
        for sign_in in db.session.scalars(select(SignIn).where(SignIn.user_id == account.id)):
            sign_in.is_kept = True
            sign_in.started_at = now() - 13 * HOUR


def test_the_form_is_prefilled_and_complete(story: Story) -> None:
    page = story.browser.get(story.url)
    assert "Mrs Wang, bed 3" in page
    assert f'value="{wall(story.shift.starts_at, story.ward)}"' in page
    assert f'value="{wall(story.shift.ends_at, story.ward)}"' in page
    assert "Call Ward 1 now" in page
    assert 'href="tel:02155550161"' in page
    assert len(page.encode()) < 40_000


def test_one_patient_is_not_asked_for(story: Story) -> None:
    assert "Mrs Wang, bed 3" in story.browser.get(f"/me/shifts/{story.shift.id}/note")


def test_several_patients_are_chosen_from(story: Story, browser: Open) -> None:
    other = shift_in(story.ward, -8 * HOUR)
    zhao = builders.patient("Mr Zhao", at=story.ward, bed="11")
    told(other, story.vera, sees=(story.wang, zhao))
    page = story.browser.get(f"/me/shifts/{other.id}/note")
    assert "Whom is it about?" in page
    assert page.index("Mrs Wang") < page.index("Mr Zhao") < page.index("The ward round")
    assert story.browser.get(f"/me/shifts/{other.id}/note?patient=round")
    story.browser.get(f"/me/shifts/{other.id}/note?patient=99999", status=404)
    story.browser.get(f"/me/shifts/{other.id}/note?patient=%00x", status=404)


def test_sending_shows_it_to_the_team_and_opens_read_only(story: Story) -> None:
    assert story.browser.post(story.url, story.typed()) == "/me"
    assert "Sent to the team" in story.browser.get("/me")
    (sent,) = notes()
    assert (sent.state, sent.words, sent.patient_id) == (
        NoteState.SENT,
        "She slept.",
        story.wang.id,
    )
    page = story.browser.get(story.url)
    assert 'name="arrived"' not in page
    assert "She slept." in page
    assert "Something to add?" in page


def test_sending_twice_is_one_note(story: Story) -> None:
    for _twice in range(2):
        story.browser.post(story.url, story.typed())
    assert len(notes()) == 1


def test_finish_later_without_javascript_keeps_everything(story: Story) -> None:
    typed = story.typed(do="later", did=[], moods=[], words="She asked", concern="")
    assert story.browser.post(story.url, typed) == "/me"
    page = story.browser.get(story.url)
    assert ">She asked</textarea>" in page.replace("\r\n", "")
    assert f'value="{story.page}"' in page
    assert re.search(r"Saved \d\d:\d\d", page)
    assert [one.state for one in notes()] == [NoteState.DRAFT]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"left": "00:00", "arrived": "00:01"}, "The time you left must be after 00:01"),
        ({"arrived": ""}, "Enter the time you arrived"),
        ({"left": "25:99"}, "Enter a time such as 14:00"),
        ({"did": [], "moods": [], "words": "  "}, "Choose what you did or how they were"),
        ({"words": "x" * 4001}, "Shorten this to 4000 characters"),
        ({"concern": ""}, "Say whether someone needs to know today"),
        ({"concern": "urgent"}, "Tell the nurse first, then write whom you told"),
        ({"concern": "urgent", "told_whom": "x" * 201}, "Use at most 200 characters"),
    ],
)
def test_what_cannot_be_sent_is_said_beside_its_field(
    story: Story, values: dict[str, Any], words: str
) -> None:
    typed = story.typed(**{"words": "Keep <me> & my “words” 🌿", **values})
    page = story.browser.post(story.url, typed, status=422)
    assert words in page
    assert "<title>Error: Visit note" in page
    assert "There is a problem" in page
    if values.get("words", "").strip() == "" and "words" not in values:
        assert "Keep &lt;me&gt; &amp; my “words” 🌿" in page
    assert not notes()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"uuid": "'; drop table", "seen": "yesterday", "arrived": "\x00", "left": "🌿"},
        {"uuid": "x" * 5000, "did": ["nonsense", "company"], "moods": ["\x00"], "concern": "maybe"},
        {"words": "\x00\ud7ff\r\n\r\nx" * 3, "told_whom": "<script>alert(1)</script>"},
        {"words": "x" * 1_000_000},
        {"do": "nonsense", "arrived": "14:00:00.000", "left": "-1:00"},
        {"seen": "9999-12-31T23:59:59+00:00", "uuid": "00000000-0000-0000-0000-000000000000"},
    ],
)
@pytest.mark.parametrize("how", ["send", "later", "draft"])
def test_nonsense_never_breaks_the_page(story: Story, typed: dict[str, Any], how: str) -> None:
    url = story.url
    if how == "draft":
        url = f"/visit-notes/{story.page}/draft?shift={story.shift.id}&patient={story.wang.id}"
    with story.browser.app.app_context():
        answer = story.browser.client.post(url, data={"do": how, **typed})
    assert answer.status_code in {200, 302, 409, 422}, answer.get_data(as_text=True)[:500]


def test_a_stale_token_costs_a_tap_and_not_the_text(story: Story, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = story.browser.post(story.url, story.typed(csrf_token="stale"), status=422)
    assert "open for a long time" in page
    assert "She slept.</textarea>" in page
    assert not notes()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    story.browser.post(story.url, story.typed(csrf_token=token[1]))
    assert len(notes()) == 1


def test_an_ended_sign_in_carries_everything_on(story: Story, browser: Open) -> None:
    stranger = browser(None)
    typed = story.typed(words="Her <b>left</b> arm hurts.\nShe said so.", concern="urgent")
    page = stranger.post(story.url, typed, status=401)
    assert "Sign in to send your note" in page
    assert "Her &lt;b&gt;left&lt;/b&gt; arm hurts.\nShe said so.</textarea>" in page
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert carried["uuid"] == story.page
    assert (carried["did"], carried["moods"], carried["concern"]) == ("company", "calm", "urgent")
    assert carried["arrived"] == typed["arrived"]
    assert "Mrs Wang" not in page
    assert not notes()


def test_a_stranger_is_led_to_the_door(story: Story, browser: Open) -> None:
    stranger = browser(None)
    with stranger.app.app_context():
        answer = stranger.client.get(story.url)
        assert answer.status_code == 302
        assert "/sign-in" in answer.headers["Location"]
        draft = stranger.client.post(
            f"/visit-notes/{story.page}/draft?shift={story.shift.id}",
            data=story.typed(),
            headers={"Accept": "application/json"},
        )
        assert draft.status_code == 401
        assert draft.get_json() == {"error": "sign_in"}


def test_an_old_sign_in_hides_names_but_takes_the_note(story: Story) -> None:
    grow_old(story.account)
    page = story.browser.get(story.url)
    assert "Mrs Wang" not in page
    assert "Sign in again" in page
    story.browser.post(story.url, story.typed())
    assert [one.words for one in notes()] == ["She slept."]
    assert "Mrs Wang" not in story.browser.get("/me/notes")
    assert "Mrs Wang" not in story.browser.get("/me")


def test_drafts_are_saved_while_typing(story: Story) -> None:
    url = f"/visit-notes/{story.page}/draft?shift={story.shift.id}&patient={story.wang.id}"
    seen = ""
    for words in ("She", "She slept", "She slept well."):
        with story.browser.app.app_context():
            answer = story.browser.client.post(url, data=story.typed(words=words, seen=seen))
        assert answer.status_code == 200
        said = answer.get_json()
        assert re.fullmatch(r"Saved \d\d:\d\d", said["words"])
        seen = said["seen"]
    assert [one.words for one in notes()] == ["She slept well."]
    with story.browser.app.app_context():
        other = story.browser.client.post(
            f"/visit-notes/{uuid4()}/draft?shift={story.shift.id}&patient={story.wang.id}",
            data=story.typed(words="Elsewhere"),
        )
    assert other.status_code == 409
    assert other.get_json()["error"] == "written_elsewhere"


def test_a_note_begun_starts_again_without_a_comfort_nobody_chose(story: Story) -> None:
    story.browser.post(story.url, story.typed(do="later", comfort=""))
    assert not re.search(r'name="comfort"[^>]* checked', story.browser.get(story.url))
    seen = notes()[0].saved_at.isoformat()
    story.browser.post(story.url, story.typed(do="later", comfort="7", seen=seen))
    assert re.search(r'name="comfort" value="7" checked', story.browser.get(story.url))


def test_a_note_changed_on_another_page_is_shown_beside_ones_own(story: Story) -> None:
    story.browser.post(story.url, story.typed(do="later", words="From the phone."))
    page = story.browser.post(
        story.url, story.typed(uuid=str(uuid4()), words="From the tablet."), status=422
    )
    assert "From the phone." in page
    assert "From the tablet.</textarea>" in page
    seen = re.search(r'name="seen"[^>]* value="([^"]+)"', page)
    assert seen
    story.browser.post(story.url, story.typed(words="From the tablet.", seen=seen[1]))
    assert [one.words for one in notes()] == ["From the tablet."]


def test_a_note_cannot_begin_before_the_visit(story: Story) -> None:
    soon = shift_in(story.ward, HOUR)
    told(soon, story.vera)
    story.browser.get(f"/me/shifts/{soon.id}/note", status=404)
    story.browser.post(f"/me/shifts/{soon.id}/note", story.typed(), status=404)


def test_the_second_note_of_a_visit_asks_for_no_time_again(story: Story) -> None:
    zhao = builders.patient("Mr Zhao", at=story.ward, bed="11")
    shift = shift_in(story.ward, -9 * HOUR)
    on_it = told(shift, story.vera, sees=(story.wang, zhao))
    early, late = shift.starts_at - timedelta(minutes=7), shift.ends_at + timedelta(minutes=9)
    note(on_it, shift, story.wang, arrived_at=early, left_at=late)
    page = story.browser.get(f"/me/shifts/{shift.id}/note?patient={zhao.id}")
    assert f'value="{wall(early, story.ward)}"' in page
    assert f'value="{wall(late, story.ward)}"' in page


def test_otto_sees_and_writes_nothing(story: Story, browser: Open) -> None:
    otto = browser(builders.otto())
    otto.get(story.url, status=404)
    otto.post(story.url, story.typed(), status=404)
    otto.post(f"/visit-notes/{story.page}/draft?shift={story.shift.id}", story.typed(), status=404)
    story.browser.post(story.url, story.typed())
    (sent,) = notes()
    otto.get(f"/visit-notes/{sent.id}", status=404)
    otto.post(f"/visit-notes/{sent.id}/reply", {"reply": "x"}, status=404)
    assert "Mrs Wang" not in otto.get("/me/notes")


def test_someone_taken_off_may_finish_but_sees_no_name(story: Story) -> None:
    story.browser.post(story.url, story.typed(do="later", words="She asked for water."))
    with transaction():
        kept = db.session.get(Assignment, story.assignment.id)
        assert kept
        kept.state = AssignmentState.REMOVED
    page = story.browser.get(story.url)
    assert "Mrs Wang" not in page
    assert "The person you visited" in page
    assert "She asked for water." in page
    story.browser.get(f"/me/shifts/{story.shift.id}/note?patient=round", status=404)
    seen = re.search(r'name="seen"[^>]* value="([^"]+)"', page)
    assert seen
    story.browser.post(story.url, story.typed(seen=seen[1]))
    assert [one.state for one in notes()] == [NoteState.SENT]


def test_someone_taken_off_who_began_nothing_finds_nothing(story: Story) -> None:
    with transaction():
        kept = db.session.get(Assignment, story.assignment.id)
        assert kept
        kept.state = AssignmentState.REMOVED
    story.browser.get(story.url, status=404)
    story.browser.post(story.url, story.typed(), status=404)


def test_my_notes_has_what_is_to_finish_and_the_replies(story: Story) -> None:
    before = shift_in(story.ward, -7 * DAY)
    note(told(before, story.vera), before, reply="The nurse has looked at her arm.")
    page = story.browser.get("/me/notes")
    assert "To finish" in page
    assert "The nurse has looked at her arm." in page


def test_my_notes_asks_as_often_for_one_note_as_for_many(
    story: Story, statements: Statements
) -> None:
    def one_more() -> None:
        shift = shift_in(story.ward, -30 * DAY)
        note(told(shift, story.vera), shift, story.wang)

    def count() -> int:
        story.browser.get("/me/notes")
        statements.seen.clear()
        story.browser.get("/me/notes")
        return len(statements)

    one_more()
    once = count()
    for _more in range(19):
        one_more()
    assert count() == once <= 8


def test_the_form_speaks_chinese(story: Story) -> None:
    page = story.browser.get(story.url + "&lang=zh")
    for words in ("陪伴记录", "您做了什么？", "对方状态如何？", "今天需要告诉谁吗？", "发送记录"):
        assert words in page


@pytest.fixture(autouse=True)
def _clean(app: Flask) -> Iterator[None]:
    yield
    app.config["WTF_CSRF_ENABLED"] = False
