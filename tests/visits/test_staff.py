from collections.abc import Callable

import pytest
from sqlalchemy import select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.journal.models import Entry
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.visits.models import VisitNote
from hospice.visits.queries import missing
from hospice.visits.rules import Concern, NoteState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import Browser, Statements
from tests.visits.stories import DAY, note, now, shift_in, told

Open = Callable[[User | None], Browser]


class Story:
    """A ward with notes, and Cora who reads them."""

    def __init__(self, open_browser: Open) -> None:
        self.ward: Place = builders.place("Ward 1")
        self.wang: Patient = builders.patient("Mrs Wang", at=self.ward)
        self.vera: Volunteer = builders.volunteer("Vera Vance", places=[self.ward])
        self.cora = builders.cora()
        self.desk = open_browser(self.cora)

    def note(self, days: int = 2, **values: object) -> VisitNote:
        shift = shift_in(self.ward, -days * DAY)
        return note(told(shift, self.vera), shift, self.wang, **values)

    def fresh(self, note_id: int) -> VisitNote:
        db.session.rollback()
        return db.session.get_one(VisitNote, note_id)


@pytest.fixture
def story(browser: Open) -> Story:
    return Story(browser)


def test_the_list_says_how_many_wait_and_shows_the_worrying_first(story: Story) -> None:
    story.note(4, words="A quiet day.")
    story.note(3, words="Her arm hurts.", concern=Concern.NURSE, told_whom="Nurse Li")
    told(shift_in(story.ward, -6 * DAY), story.vera)
    page = story.desk.get("/visit-notes")
    assert "2 notes to read. In 1 a nurse needs to know." in page
    assert page.index("Her arm hurts.") < page.index("A quiet day.")
    assert "Tell the nurse" in page
    missing = story.desk.get("/visit-notes/missing")
    assert "Vera Vance" in missing
    assert "Overdue" in missing
    assert "1 note is missing." in missing
    assert 'href="tel:13055550100"' in missing


def test_only_the_visit_to_someone_who_died_counts_as_theirs(story: Story) -> None:
    died = builders.patient("Mrs Zhu", at=story.ward, state=PatientState.DIED)
    told(shift_in(story.ward, -6 * DAY), story.vera, sees=(died,))
    told(shift_in(story.ward, -5 * DAY), story.vera, sees=(story.wang,))
    told(shift_in(story.ward, -4 * DAY), story.vera)
    assert [one.has_died for one in missing.missing_notes(now())] == [False, False, True]


def test_filters_live_in_the_address(story: Story) -> None:
    story.note(4, words="Rain on the window.")
    story.note(3, words="Two songs.", state=NoteState.READ)

    def shown(query: str) -> tuple[bool, bool]:
        page = story.desk.get("/visit-notes" + query)
        return "Rain on the window." in page, "Two songs." in page

    assert shown("") == (True, True)
    assert shown("?show=unread") == (True, False)
    assert shown("?q=SONGS") == (False, True)
    assert shown("?q=wang&place=" + str(story.ward.id)) == (True, True)
    assert shown("?place=999") == (False, False)
    assert shown(f"?volunteer={story.vera.id}") == (True, True)
    assert shown(f"?patient={story.wang.id + 1}") == (False, False)
    assert shown("?from=2199-01-01") == (False, False)
    page = story.desk.get("/visit-notes?q=zzz")
    assert "Nothing matches." in page
    assert "Clear filters" in page
    assert "Only notes by Vera Vance." in story.desk.get(f"/visit-notes?volunteer={story.vera.id}")


@pytest.mark.parametrize(
    "query",
    [
        "?page=0",
        "?page=-1",
        "?page=99999999999",
        "?page=9999",
        "?page=x",
        "?place=x",
        "?place=99999999999999",
        "?from=31/02",
        "?from=2026-02-31&to=0000-00-00",
        "?q=%00%ED%A0%80",
        "?q=" + "x" * 5000,
        "?q=%25_%27%22%3Cscript%3E",
        "?show=nonsense",
        "?lang=zh",
        "?volunteer=2147483648",
        "?q=🌿",
    ],
)
def test_any_address_answers(story: Story, query: str) -> None:
    story.note()
    page = story.desk.get("/visit-notes" + query)
    assert "<script>" not in page
    story.desk.get("/visit-notes/missing" + query)


def test_the_lists_ask_as_often_for_one_as_for_thirty(story: Story, statements: Statements) -> None:
    def count(url: str) -> int:
        story.desk.get(url)
        statements.seen.clear()
        story.desk.get(url)
        return len(statements)

    urls = ("/visit-notes", "/visit-notes?show=unread", "/visit-notes?q=a", "/visit-notes/missing")
    story.note()
    told(shift_in(story.ward, -9 * DAY), story.vera)
    once = [count(url) for url in urls]
    for number in range(20):
        story.note(10 + number, state=NoteState.SENT if number % 2 else NoteState.READ)
        told(shift_in(story.ward, -(10 + number) * DAY), story.vera)
    assert [count(url) for url in urls] == once
    assert max(once) <= 7


def test_pages_of_thirty(story: Story) -> None:
    for number in range(32):
        story.note(10 + number, words=f"Note {number}.", state=NoteState.READ)
    first, second = (story.desk.get(f"/visit-notes?page={page}") for page in (1, 2))
    assert "Page 1 of 2" in first
    assert ["Note 0." in first, "Note 29." in first, "Note 30." in first] == [True, True, False]
    assert ["Note 29." in second, "Note 30." in second, "Note 31." in second] == [
        False,
        True,
        True,
    ]


def test_opening_is_written_down_and_changes_nothing_else(story: Story) -> None:
    made = story.note(
        words="Her arm <b>hurts</b>.", told_whom="Nurse Li, 16:40", concern=Concern.NURSE
    )
    for _twice in range(2):
        page = story.desk.get(f"/visit-notes/{made.id}")
    assert "Her arm &lt;b&gt;hurts&lt;/b&gt;." in page
    assert "Told: Nurse Li, 16:40" in page
    assert "I have read it" in page
    assert "<b>Cora Coates</b> opened the note." in page
    verbs = db.session.scalars(select(Entry.verb).where(Entry.verb == "note.opened")).all()
    assert len(verbs) == 1
    assert story.fresh(made.id).state is NoteState.SENT


def test_reading_takes_it_off_the_pile(story: Story) -> None:
    made = story.note()
    assert story.desk.post(f"/visit-notes/{made.id}/read") == "/visit-notes"
    found = story.fresh(made.id)
    assert (found.state, found.read_by_id) == (NoteState.READ, story.cora.id)
    assert "Every note is read." in story.desk.get("/visit-notes")
    assert "I have read it" not in story.desk.get(f"/visit-notes/{made.id}")


def test_a_reply_reaches_the_volunteer(story: Story, browser: Open) -> None:
    account = builders.user("Vera Vance", Role.VOLUNTEER)
    story.vera = builders.volunteer("Vera Two", places=[story.ward], user_id=account.id)
    made = story.note()
    url = f"/visit-notes/{made.id}"
    assert story.desk.post(url + "/reply", {"reply": "The nurse <i>looked</i>. 谢谢"}) == url
    assert "Vera Two will see your reply under Notes." in story.desk.get(url)
    assert "The nurse &lt;i&gt;looked&lt;/i&gt;. 谢谢" in browser(account).get("/me/notes")
    assert story.fresh(made.id).state is NoteState.READ


def test_thanks_are_said_in_the_volunteers_language(story: Story) -> None:
    story.vera = builders.volunteer("林悦", places=[story.ward], locale="zh_Hans")
    made = story.note()
    story.desk.post(f"/visit-notes/{made.id}/thank")
    story.desk.post(f"/visit-notes/{made.id}/thank")
    assert story.fresh(made.id).reply == "谢谢您的陪伴，也谢谢您写下这份记录。"


@pytest.mark.parametrize("reply", ["", "   ", "\x00", "x" * 4001, "x" * 1_000_000])
def test_a_reply_that_cannot_be_sent(story: Story, reply: str) -> None:
    made = story.note()
    page = story.desk.post(f"/visit-notes/{made.id}/reply", {"reply": reply}, status=422)
    assert "There is a problem" in page
    assert reply.replace("\x00", "").strip() in page
    assert story.fresh(made.id).reply == ""


def test_who_may_read_and_who_may_answer(story: Story, browser: Open) -> None:
    made, draft = story.note(), story.note(5, state=NoteState.DRAFT, sent_at=None)
    url = f"/visit-notes/{made.id}"
    auditor = browser(builders.user("Aud", Role.AUDITOR))
    page = auditor.get(url)
    assert "I have read it" not in page
    assert "Send reply" not in page
    for action in ("read", "reply", "thank"):
        auditor.post(f"{url}/{action}", {"reply": "x"}, status=404)
    for role in (Role.VOLUNTEER, Role.LEADER, Role.GRIEF_SUPPORT):
        other = browser(builders.user("Other", role))
        for path in ("/visit-notes", "/visit-notes/missing", url):
            other.get(path, status=404)
    story.desk.get(f"/visit-notes/{draft.id}", status=404)
    story.desk.get("/visit-notes/99999", status=404)
    story.desk.post(f"/visit-notes/{draft.id}/read", status=404)
    assert story.fresh(made.id).state is NoteState.SENT


def test_the_pages_speak_chinese(story: Story) -> None:
    made = story.note(moods=["unsettled"], words="")
    page = story.desk.get("/visit-notes?lang=zh")
    for words in ("陪伴记录", "1 份记录待阅读。", "不安", "陪伴。不安。"):
        assert words in page
    page = story.desk.get(f"/visit-notes/{made.id}?lang=zh")
    for words in ("我已阅读", "回复志愿者", "这次陪伴"):
        assert words in page
