import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from hospice.accounts.models import SignIn, User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.rules.states import AssignmentState, ShiftState
from tests import builders
from tests.conftest import Browser, Statements
from tests.visits.stories import DAY, HOUR, note, now, shift_in, told

Open = Callable[[User | None], Browser]


def filled(page: str) -> list[str]:
    """Return the words of the filled buttons of a page."""
    page = page.partition("<dialog")[0]  # what asks only when someone was away for long
    found = re.findall(r'class="btn btn-primary[^"]*"[^>]*>(.*?)</(?:button|a)>', page, re.DOTALL)
    return [re.sub(r"<.*?>", "", words).strip() for words in found]


def test_the_way_in_leads_each_role_to_its_work(browser: Open) -> None:
    for role, path in (
        (Role.COORDINATOR, "/today"),
        (Role.ADMINISTRATOR, "/today"),
        (Role.AUDITOR, "/today"),
        (Role.VOLUNTEER, "/me"),
        (Role.LEADER, "/me"),
        (Role.GRIEF_SUPPORT, "/grief-support"),
    ):
        assert _leads_to(browser(builders.user("Somebody", role))) == path
    assert _leads_to(browser(None)) == "/sign-in"


def _leads_to(someone: Browser) -> str:
    with someone.app.app_context():
        return someone.client.get("/").headers["Location"]


def test_the_next_shift_asks_one_thing(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place("Ward 1", address="Osmanthus House, 2nd floor")
    wang = builders.patient("Mrs Wang", at=ward)
    soon = shift_in(ward, DAY, briefing="Wear the blue apron.")
    told(soon, vera, AssignmentState.WAITING, sees=(wang,))
    told(soon, builders.volunteer("Li Na", is_leader=True), is_leader=True)
    phone = browser(account)
    page = phone.get("/me")
    assert filled(page) == ["Yes, I’ll be there"]
    assert "Mrs Wang, bed 3" in page
    assert "Li Na" not in page  # the team is told to those who come
    assert phone.post(f"/me/shifts/{soon.id}/come", {"at": "list"}) == "/me"
    page = phone.get("/me")
    assert filled(page) == []
    assert "You said yes" in page
    assert "Li Na, who leads" in page
    assert "Wear the blue apron." in page
    assert f"/me/shifts/{soon.id}/calendar.ics" in page


def test_after_the_start_there_is_a_note_to_write_until_it_is_sent(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place()
    shift = shift_in(ward, -2 * HOUR)
    on_it = told(shift, vera)
    told(shift_in(ward, 5 * DAY), vera, AssignmentState.WAITING)
    phone = browser(account)
    page = phone.get("/me")
    assert filled(page) == ["Check in"]
    assert "Your shift now" in page
    assert "Waiting for you" in page
    assert phone.post(f"/me/shifts/{shift.id}/check-in", {"at": "list"}) == "/me"
    assert filled(phone.get("/me")) == ["Write note"]
    note(on_it, shift)
    assert filled(phone.get("/me")) == ["Check out"]  # it still goes on, and its note is sent
    assert phone.post(f"/me/shifts/{shift.id}/check-out", {"at": "list"}) == "/me"
    assert filled(phone.get("/me")) == []
    assert "Your note is with the team" in phone.get("/me")


def test_a_visit_of_today_stays_first_until_its_note_is_sent(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place()
    shift = shift_in(ward, -8 * HOUR)
    on_it = told(shift, vera)
    told(shift_in(ward, 5 * DAY), vera, AssignmentState.WAITING)
    phone = browser(account)
    page = phone.get("/me")
    assert (filled(page), "Your last shift" in page) == (["Write note"], True)
    assert "note to finish" not in page  # it is the card above
    note(on_it, shift)
    page = phone.get("/me")
    assert (filled(page), "Your next shift" in page) == (["Yes, I’ll be there"], True)
    assert "3 hours given this year" in page or shift.local_day.year != now().year


def test_a_visit_of_the_day_before_yesterday_is_a_note_to_finish(browser: Open) -> None:
    account, vera = builders.vera()
    told(shift_in(builders.place(), -50 * HOUR), vera)
    page = browser(account).get("/me")
    assert filled(page) == []
    assert "1 note to finish" in page


def test_only_what_was_told_is_seen(browser: Open) -> None:
    account, vera = builders.vera()
    shifts = {}
    for days, state in enumerate(
        (
            AssignmentState.DRAFT,
            AssignmentState.REMOVED,
            AssignmentState.DECLINED,
            AssignmentState.CANCELLED,
        ),
        start=1,
    ):
        shifts[state] = shift_in(builders.place(f"Place {state}"), days * DAY)
        told(
            shifts[state],
            vera,
            state,
            told_at=None if state is AssignmentState.DRAFT else now() - DAY,
        )
    phone = browser(account)
    page = phone.get("/me")
    assert "Place draft" not in page
    assert "Place removed" not in page
    assert "Place declined" in page
    assert "Place cancelled" in page
    for state, status in ((AssignmentState.DRAFT, 404), (AssignmentState.REMOVED, 404)):
        phone.get(f"/me/shifts/{shifts[state].id}", status=status)
        phone.get(f"/me/shifts/{shifts[state].id}/calendar.ics", status=status)
    page = phone.get(f"/me/shifts/{shifts[AssignmentState.DECLINED].id}")
    assert "I can come after all" in page
    page = phone.get(f"/me/shifts/{shifts[AssignmentState.CANCELLED].id}")
    assert "Will not take place" in page


def test_a_change_is_seen_only_when_it_is_told(browser: Open) -> None:
    account, vera = builders.vera()
    old, new = builders.place("Old ward"), builders.place("New ward")
    shift = shift_in(old, DAY)
    told(shift, vera, AssignmentState.WAITING)
    before = shift.starts_at
    with transaction():
        moved = db.session.get(Shift, shift.id)
        assert moved
        moved.starts_at, moved.ends_at = before + 2 * HOUR, before + 5 * HOUR
        moved.place_id = new.id
    page = browser(account).get("/me")
    assert "Old ward" in page
    assert "New ward" not in page


def test_names_come_two_days_before(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place()
    told(shift_in(ward, 3 * DAY), vera, sees=(builders.patient("Mrs Wang", at=ward),))
    page = browser(account).get("/me")
    assert "Mrs Wang" not in page
    assert "this page tells you whom you will see" in page


def test_an_old_sign_in_sees_times_and_places_only(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place("Ward 1")
    shift = shift_in(ward, DAY)
    told(shift, vera, sees=(builders.patient("Mrs Wang", at=ward),))
    phone = browser(account)
    with transaction():
        for sign_in in db.session.query(SignIn).filter_by(user_id=account.id):
            sign_in.is_kept = True
            sign_in.started_at = now() - 13 * HOUR
    for url in ("/me", f"/me/shifts/{shift.id}"):
        page = phone.get(url)
        assert "Ward 1" in page
        assert "Mrs Wang" not in page
        assert "Sign in again to see whom you visit" in page


def test_a_ward_round_counts_people_and_lists_them_on_its_page(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place()
    shift = shift_in(ward, DAY)
    told(shift, vera)
    for number in range(5):
        builders.patient(f"Person {number}", at=ward, bed=str(number + 1))
    phone = browser(account)
    assert "Ward round, 5 people" in phone.get("/me")
    page = phone.get(f"/me/shifts/{shift.id}")
    assert page.index("Person 0, bed 1") < page.index("Person 4, bed 5")


def test_offers_stand_on_the_page_until_they_are_answered(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place()
    shift = shift_in(ward, 4 * DAY)
    builders.save(Offer(shift_id=shift.id, volunteer_id=vera.id, asked_at=now(), accepted=[]))
    phone = browser(account)
    page = phone.get("/me")
    assert "Can you take this?" in page
    assert filled(page) == ["Yes, I can take it"]
    phone.post(f"/me/shifts/{shift.id}/offer", {"answer": "no", "at": "list"})
    assert "Can you take this?" not in phone.get("/me")


def test_nothing_yet_says_what_to_do(browser: Open) -> None:
    account, _vera = builders.vera()
    page = browser(account).get("/me")
    assert "No shifts yet." in page
    assert "See open shifts" in page
    assert "tell us when you are free" in page


def test_someone_without_a_record_is_told_so(browser: Open) -> None:
    lost = browser(builders.user("Lost", Role.VOLUNTEER))
    assert "There is no volunteer record" in lost.get("/me")
    lost.get("/me/shifts/1", status=404)
    lost.get("/open-shifts", status=404)
    lost.get("/me/notes", status=404)


def test_otto_sees_nothing_of_veras(browser: Open) -> None:
    _account, vera = builders.vera()
    ward = builders.place()
    shift = shift_in(ward, DAY)
    told(shift, vera, sees=(builders.patient("Mrs Wang", at=ward),))
    otto = browser(builders.otto())
    assert "Mrs Wang" not in otto.get("/me")
    otto.get(f"/me/shifts/{shift.id}", status=404)
    otto.get(f"/me/shifts/{shift.id}/cant-come", status=404)
    otto.get(f"/me/shifts/{shift.id}/calendar.ics", status=404)
    otto.post(f"/me/shifts/{shift.id}/come", status=404)
    otto.post(f"/me/shifts/{shift.id}/cant-come", {"reason": ""}, status=404)
    otto.post(f"/me/shifts/{shift.id}/offer", {"answer": "yes"}, status=404)
    assert db.session.query(Assignment).count() == 1


@pytest.mark.parametrize("state", [AssignmentState.WAITING, AssignmentState.CONFIRMED])
def test_the_page_asks_at_most_six_times_however_much_there_is(
    browser: Open, statements: Statements, state: AssignmentState
) -> None:
    account, vera = builders.vera()
    ward = builders.place()
    first = shift_in(ward, DAY)
    told(first, vera, state, sees=(builders.patient(at=ward),))
    told(first, builders.volunteer("Li Na"))
    phone = browser(account)

    def count() -> int:
        phone.get("/me")
        statements.seen.clear()
        phone.get("/me")
        return len(statements)

    once = count()
    assert once <= 6, "\n".join(statements.seen)
    for days in range(2, 14):
        told(shift_in(ward, days * DAY), vera)
        past = shift_in(ward, -days * DAY)
        on_it = told(past, vera)
        if days % 2:
            note(on_it, past)
    later = shift_in(ward, 30 * DAY)
    builders.save(Offer(shift_id=later.id, volunteer_id=vera.id, asked_at=now(), accepted=[]))
    assert count() == once


def test_the_page_is_small_and_speaks_chinese(browser: Open) -> None:
    account, vera = builders.vera()
    ward = builders.place("一病区", second_name="花园")
    wang = builders.patient("王女士", at=ward)
    told(shift_in(ward, DAY), vera, AssignmentState.WAITING, sees=(wang,))
    told(shift_in(ward, 8 * DAY), vera)
    page = browser(account).get("/me?lang=zh")
    for words in ("您的下一班", "好的，我会到", "我来不了", "陪伴：", "王女士，3 床", "之后"):
        assert words in page
    assert len(page.encode()) < 30_000


def test_a_coordinator_who_visits_has_the_card_in_the_staff_frame(browser: Open) -> None:
    cora = builders.cora()
    record = builders.volunteer("Cora Coates", user_id=cora.id)
    told(shift_in(builders.place(), DAY), record, AssignmentState.WAITING)
    page = browser(cora).get("/me")
    assert 'class="mainnav"' in page
    assert filled(page) == ["Yes, I’ll be there"]


def test_a_cancelled_shift_cannot_be_answered(browser: Open) -> None:
    account, vera = builders.vera()
    shift = shift_in(builders.place(), DAY, state=ShiftState.CANCELLED)
    told(shift, vera, AssignmentState.CANCELLED)
    phone = browser(account)
    phone.post(f"/me/shifts/{shift.id}/come")
    assert "You are no longer on this shift." in phone.get("/me")
    assert phone.client.get(f"/me/shifts/{shift.id}/cant-come").status_code == 302


def test_the_first_card_keeps_minutes(browser: Open) -> None:
    account, vera = builders.vera()
    shift = shift_in(builders.place(), -30 * HOUR)
    note(told(shift, vera), shift, left_at=shift.starts_at + timedelta(minutes=95))
    page = browser(account).get("/me")
    assert "1.5 hours given this year" in page or shift.local_day.year != now().year
