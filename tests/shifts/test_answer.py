import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from hospice.accounts.models import Attempt, User
from hospice.core import clock
from hospice.core.db import db, transaction
from hospice.journal.models import Entry
from hospice.shifts.actions import links
from hospice.shifts.models import AnswerLink, Assignment, Offer, Shift
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, OfferState, ShiftState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import KEY, Browser
from tests.visits.stories import DAY, HOUR, now, shift_in, told

Open = Callable[[User | None], Browser]


class Story:
    """Vera was told of a shift in three days; the message has a link."""

    def __init__(self) -> None:
        self.ward = builders.place("Ward 1", address="Osmanthus House, 2nd floor")
        self.account, self.vera = builders.vera(places=[self.ward])
        self.shift: Shift = shift_in(self.ward, 3 * DAY)
        self.wang = builders.patient("Mrs Wang", at=self.ward)
        self.assignment = told(self.shift, self.vera, AssignmentState.WAITING, sees=(self.wang,))
        self.token = issue(self.shift, self.vera)
        self.url = f"/r/{self.token}"

    def fresh(self) -> Assignment:
        db.session.rollback()
        return db.session.get_one(Assignment, self.assignment.id)

    def change(self, **values: Any) -> None:
        with transaction():
            found = db.session.get_one(Assignment, self.assignment.id)
            for name, value in values.items():
                setattr(found, name, value)


def issue(shift: Shift, who: Volunteer) -> str:
    with transaction():
        return links.issue(shift.id, who.id, now(), secret=KEY)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


def taken(shift: Shift) -> int:
    db.session.rollback()
    return db.session.scalar(select(Shift.taken).where(Shift.id == shift.id)) or 0


# --- signed in ------------------------------------------------------------------------------------


def test_cant_come_frees_the_place_at_once(story: Story, browser: Open) -> None:
    phone = browser(story.account)
    page = phone.get(f"/me/shifts/{story.shift.id}/cant-come")
    assert page[: page.index("</main>")].count('type="submit"') == 1
    assert taken(story.shift) == 1
    phone.post(f"/me/shifts/{story.shift.id}/cant-come", {"reason": "My sister is ill."})
    found = story.fresh()
    assert (found.state, found.reason) == (AssignmentState.DECLINED, "My sister is ill.")
    assert found.answered_by is AnsweredBy.APP
    assert taken(story.shift) == 0
    page = phone.get(f"/me/shifts/{story.shift.id}")
    assert "I can come after all" in page
    phone.post(f"/me/shifts/{story.shift.id}/come")
    assert story.fresh().state is AssignmentState.CONFIRMED
    assert taken(story.shift) == 1


def test_after_all_only_while_a_place_is_free(story: Story, browser: Open) -> None:
    phone = browser(story.account)
    phone.post(f"/me/shifts/{story.shift.id}/cant-come", {"reason": ""})
    for name in ("One", "Two"):
        told(story.shift, builders.volunteer(name))
    assert "I can come after all" not in phone.get(f"/me/shifts/{story.shift.id}")
    phone.post(f"/me/shifts/{story.shift.id}/come")
    assert "Someone has just taken this shift" in phone.get("/me")
    assert story.fresh().state is AssignmentState.DECLINED


@pytest.mark.parametrize(
    ("reason", "status"),
    [("", 302), ("好 🌿 <b>", 302), ("\x00", 302), ("x" * 301, 422), ("x" * 1_000_000, 422)],
)
def test_reasons_of_every_kind(story: Story, browser: Open, reason: str, status: int) -> None:
    phone = browser(story.account)
    page = phone.post(f"/me/shifts/{story.shift.id}/cant-come", {"reason": reason}, status=status)
    if status == 422:
        assert "Use at most 300 characters" in page
        assert reason in page
        assert story.fresh().state is AssignmentState.WAITING


def test_after_the_start_only_the_telephone_changes_an_answer(browser: Open, app: Flask) -> None:
    account, vera = builders.vera()
    shift = shift_in(builders.place(), -HOUR)
    on_it = told(shift, vera)
    phone = browser(account)
    phone.post(f"/me/shifts/{shift.id}/cant-come", {"reason": ""})
    db.session.rollback()
    assert db.session.get_one(Assignment, on_it.id).state is AssignmentState.CONFIRMED
    assert "Call us to change your answer" in phone.get("/me")


def test_the_first_yes_gets_the_place(browser: Open, app: Flask) -> None:
    ward = builders.place()
    shift = shift_in(ward, 3 * DAY, wanted=1)
    people = []
    for name in ("Vera Vance", "Lin Yue"):
        account = builders.user(name)
        who = builders.volunteer(name, places=[ward], user_id=account.id)
        builders.save(Offer(shift_id=shift.id, volunteer_id=who.id, asked_at=now(), accepted=[]))
        people.append((browser(account), who))
    first, second = people
    assert first[1].id < second[1].id
    first[0].post(f"/me/shifts/{shift.id}/come", status=404)  # asked, not told
    first[0].get(f"/me/shifts/{shift.id}/cant-come", status=404)
    first[0].post(f"/me/shifts/{shift.id}/offer", {"answer": "yes"})
    assert "You said yes" in first[0].get(f"/me/shifts/{shift.id}")
    second[0].post(f"/me/shifts/{shift.id}/offer", {"answer": "yes"})
    assert "Someone has just taken this shift" in second[0].get("/open-shifts")
    states = db.session.execute(select(Offer.state).order_by(Offer.volunteer_id)).scalars().all()
    assert list(states) == [OfferState.ACCEPTED, OfferState.FILLED]
    assert taken(shift) == 1


def test_open_shifts_are_taken_with_one_tap(browser: Open, app: Flask) -> None:
    ward, other = builders.place("Ward 1"), builders.place("Not cleared")
    account, vera = builders.vera(places=[ward])
    free, closed = shift_in(ward, 3 * DAY), shift_in(other, 4 * DAY)
    full = shift_in(ward, 5 * DAY, wanted=1)
    told(full, builders.volunteer("Someone"))
    phone = browser(account)
    page = phone.get("/open-shifts")
    assert f'action="/open-shifts/{free.id}"' in page
    assert "Not cleared" not in page
    assert page.count('action="/open-shifts/') == 1
    phone.post(f"/open-shifts/{free.id}")
    assert "You said yes" in phone.get(f"/me/shifts/{free.id}")
    page = phone.post(f"/open-shifts/{closed.id}", status=422)
    assert "Call us, and we will look at it." in page
    assert "Error: Open shifts" in page
    page = phone.post(f"/open-shifts/{full.id}", status=422)
    assert "Someone has just taken this shift. Here are others you could do." in page
    assert "Every place is filled." in page
    phone.post("/open-shifts/99999", status=404)
    assert db.session.scalar(select(func.count()).where(Assignment.volunteer_id == vera.id)) == 1


def test_the_calendar_file_keeps_its_uid_and_names_no_patient(story: Story, browser: Open) -> None:
    phone = browser(story.account)
    url = f"/me/shifts/{story.shift.id}/calendar.ics"
    first = phone.client.get(url)
    assert first.content_type == "text/calendar; charset=utf-8"
    text = first.get_data(as_text=True)
    assert "Wang" not in text
    event = _event(text)
    assert event["dtstart"].dt == story.shift.starts_at
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert event["dtend"].dt == story.shift.ends_at
    assert "Ward 1" in event["summary"]
    assert [zone["tzid"] for zone in Calendar.from_ical(text).walk("VTIMEZONE")] == [
        "Asia/Shanghai"
    ]
    again = _event(browser(None).get(story.url + "/calendar.ics"))
    assert again["uid"] == event["uid"]


def _event(text: str) -> Any:
    (found,) = Calendar.from_ical(text).walk("VEVENT")
    return found


# --- by link --------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(story: Story, browser: Open) -> None:
    page = browser(None).get(story.url)
    assert "Can you come?" in page
    assert "Osmanthus House, 2nd floor" in page
    assert page.count('name="answer"') == 2
    assert "Wang" not in page
    assert "Vera" not in page
    browser(None).client.head(story.url)
    assert story.fresh().state is AssignmentState.WAITING


def test_a_tap_says_yes_and_another_changes_it(story: Story, browser: Open) -> None:
    phone = browser(None)
    assert phone.post(story.url, {"answer": "yes"}) == story.url + "/done"
    found = story.fresh()
    assert (found.state, found.answered_by) == (AssignmentState.CONFIRMED, AnsweredBy.LINK)
    assert "calendar.ics" in phone.get(story.url + "/done")
    phone.post(story.url, {"answer": "yes"})
    phone.post(story.url, {"answer": "no"})
    assert story.fresh().state is AssignmentState.DECLINED
    assert taken(story.shift) == 0
    assert "I can come after all" in phone.get(story.url)
    phone.post(story.url, {"answer": "yes"})
    assert story.fresh().state is AssignmentState.CONFIRMED
    assert taken(story.shift) == 1
    verbs = db.session.scalars(
        select(Entry.verb).where(Entry.verb.in_(["shift.confirmed", "shift.declined"]))
    ).all()
    assert list(verbs) == ["shift.confirmed", "shift.declined", "shift.confirmed"]


def test_a_reason_may_follow_the_no(story: Story, browser: Open) -> None:
    phone = browser(None)
    phone.post(story.url, {"answer": "no"})
    assert "Tell us why, if you like" in phone.get(story.url + "/done")
    page = phone.post(story.url, {"answer": "no", "reason": "x" * 301}, status=422)
    assert "Use at most 300 characters" in page
    phone.post(story.url, {"answer": "no", "reason": "My sister is ill."})
    phone.post(story.url, {"answer": "no", "reason": ""})
    assert story.fresh().reason == "My sister is ill."
    assert taken(story.shift) == 0


@pytest.mark.parametrize("answer", [None, "", "maybe", "YES", "\x00", "x" * 100_000])
def test_anything_but_yes_or_no_asks_again(story: Story, browser: Open, answer: str | None) -> None:
    data = {} if answer is None else {"answer": answer}
    assert "Can you come?" in browser(None).post(story.url, data, status=422)
    assert story.fresh().state is AssignmentState.WAITING


@pytest.mark.parametrize(
    "values",
    [
        {"state": AssignmentState.REMOVED},
        {"state": AssignmentState.DRAFT},
        {"state": AssignmentState.WAITING, "told_at": None},
    ],
)
def test_the_link_of_someone_taken_off_has_ended(
    story: Story, browser: Open, values: dict[str, Any]
) -> None:
    story.change(**values)
    phone = browser(None)
    for path in ("", "/done", "/calendar.ics"):
        page = phone.get(story.url + path, status=410)
        assert "This link has ended" in page
        assert "021 5555 0142" in page
        assert "Ward 1" not in page
    phone.post(story.url, {"answer": "yes"}, status=410)
    assert story.fresh().state is values["state"]


def test_the_link_of_a_cancelled_shift_says_so(story: Story, browser: Open) -> None:
    with transaction():
        db.session.get_one(Shift, story.shift.id).state = ShiftState.CANCELLED
    story.change(state=AssignmentState.CANCELLED)
    assert "This shift will not take place" in browser(None).get(story.url, status=410)
    browser(None).post(story.url, {"answer": "yes"}, status=410)


@pytest.mark.parametrize("hours", [-1, -4])
def test_the_link_ends_with_the_shift(browser: Open, app: Flask, hours: int) -> None:
    _account, vera = builders.vera()
    shift = shift_in(builders.place(), hours * HOUR)
    told(shift, vera, AssignmentState.WAITING)
    url = f"/r/{issue(shift, vera)}"
    assert "This link has ended" in browser(None).get(url, status=410)
    browser(None).post(url, {"answer": "yes"}, status=410)
    assert db.session.scalar(select(Assignment.state)) is AssignmentState.WAITING


def test_the_link_serves_a_question_too(browser: Open, app: Flask) -> None:
    ward = builders.place()
    shift = shift_in(ward, 3 * DAY, wanted=1)
    urls = []
    for name in ("Vera Vance", "Lin Yue"):
        who = builders.volunteer(name, places=[ward])
        builders.save(Offer(shift_id=shift.id, volunteer_id=who.id, asked_at=now(), accepted=[]))
        urls.append(f"/r/{issue(shift, who)}")
    phone = browser(None)
    assert "Can you take this place?" in phone.get(urls[0])
    phone.post(urls[0], {"answer": "yes"})
    assert "Thank you. We will see you" in phone.get(urls[0] + "/done")
    page = phone.get(urls[1])
    assert "Someone else has taken this place" in page
    assert 'name="answer"' not in page
    assert "Vera" not in page
    page = phone.post(urls[1], {"answer": "yes"}, status=422)
    assert "Someone has just taken this shift" in page
    assert taken(shift) == 1
    phone.post(urls[0], {"answer": "no"})
    phone.post(urls[1], {"answer": "yes"})  # the place is open again
    assert taken(shift) == 1
    assert "Thank you. We will see you" in phone.get(urls[1] + "/done")


def test_a_question_taken_back_has_ended(browser: Open, app: Flask) -> None:
    shift = shift_in(builders.place(), 3 * DAY)
    who = builders.volunteer()
    builders.save(
        Offer(
            shift_id=shift.id,
            volunteer_id=who.id,
            asked_at=now(),
            accepted=[],
            state=OfferState.WITHDRAWN,
        )
    )
    browser(None).get(f"/r/{issue(shift, who)}", status=410)


def test_unknown_links_look_ended_and_are_throttled(story: Story, browser: Open) -> None:
    phone = browser(None)
    for number in range(links.TRIES_PER_ADDRESS):
        page = phone.get(f"/r/nonsense{number}", status=404)
    assert "This link has ended" in page
    phone.get("/r/once-more", status=429)
    before = db.session.scalar(select(func.count()).select_from(Attempt))
    phone.get("/r/once-more", status=429)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == before
    phone.get(story.url)  # a real link still opens
    phone.get("/r/" + "x" * 5000, status=429)


@pytest.mark.parametrize("token", ["%00", "%ED%A0%80", "🌿", "'--", "." * 200])
def test_odd_links_are_only_unknown(app: Flask, browser: Open, token: str) -> None:
    browser(None).get(f"/r/{token}", status=404)


def test_the_page_speaks_the_volunteers_language(browser: Open, app: Flask) -> None:
    shift = shift_in(builders.place("一病区"), 3 * DAY)
    who = builders.volunteer("林悦", locale="zh_Hans")
    told(shift, who, AssignmentState.WAITING)
    url = f"/r/{issue(shift, who)}"
    page = browser(None).get(url, headers={"Accept-Language": "en"})
    assert 'lang="zh-Hans"' in page
    for words in ("您能来吗？", "好的，我会到", "我来不了"):
        assert words in page
    assert "Can you come?" in browser(None).get(url + "?lang=en")


def test_only_the_hash_of_a_link_is_kept_and_issuing_twice_is_once(story: Story) -> None:
    assert issue(story.shift, story.vera) == story.token
    kept = db.session.scalars(select(AnswerLink.token_hash)).all()
    assert len(kept) == 1
    assert story.token not in kept[0]
    assert len(story.token) == 32
    assert links.token_for(1, 2, KEY) != links.token_for(2, 1, KEY)
    assert links.token_for(1, 2, KEY) != links.token_for(1, 2, KEY + "x")


def test_a_link_asks_for_the_token_of_its_page(app: Flask, story: Story) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    assert client.post(story.url, data={"answer": "yes"}).status_code == 400
    page = client.get(story.url).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = client.post(story.url, data={"answer": "yes", "csrf_token": token[1]})
    assert answer.status_code == 302
    assert story.fresh().state is AssignmentState.CONFIRMED


def test_times_are_those_that_were_told(browser: Open, story: Story) -> None:
    before = story.shift.starts_at
    with transaction():
        moved = db.session.get_one(Shift, story.shift.id)
        moved.starts_at = before + timedelta(hours=1)
        moved.ends_at = before + timedelta(hours=4)
    page = browser(None).get(story.url)
    assert _clock(before) + "–" in page
    assert _clock(before + HOUR) + "–" not in page


def _clock(instant: datetime) -> str:
    return clock.local(instant, builders.ZONE).strftime("%H:%M")
