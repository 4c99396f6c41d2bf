from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.attendance.models import Attendance, Door
from hospice.attendance.rules import Came, How
from hospice.core.db import db, transaction
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Assignment, Shift
from tests import builders
from tests.conftest import Browser
from tests.today.test_mine import filled
from tests.visits.stories import HOUR, now, shift_in, told, wall

Open = Callable[[User | None], Browser]
MINUTE = timedelta(minutes=1)


def on_shift(starts_in: timedelta = -HOUR, **values: Any) -> tuple[User, Assignment, Shift]:
    account, vera = builders.vera()
    shift = shift_in(builders.place(), starts_in)
    return account, told(shift, vera, **values), shift


def one() -> Attendance:
    return db.session.query(Attendance).one()


# --- the volunteer --------------------------------------------------------------------------------


def test_the_button_goes_from_check_in_to_note_to_check_out(browser: Open) -> None:
    account, _one, shift = on_shift()
    phone = browser(account)
    assert filled(phone.get("/me")) == ["Check in"]
    phone.post(f"/me/shifts/{shift.id}/check-in", {"at": "list"})
    page = phone.get("/me")
    assert filled(page) == ["Write note"]
    assert "You are checked in" in page
    assert "I tapped by mistake" in page
    assert f"/me/shifts/{shift.id}/check-out" in page  # it may be tapped before the note too
    phone.post(f"/me/shifts/{shift.id}/check-out", {"at": "list"})
    assert "You were there" in phone.get("/me")


def test_before_the_hour_there_is_no_button_and_the_hospice_may_set_it(browser: Open) -> None:
    account, _one, shift = on_shift(90 * MINUTE)
    phone = browser(account)
    assert filled(phone.get("/me")) == []
    phone.post(f"/me/shifts/{shift.id}/check-in", {"at": "list"})
    assert "too early to check in" in phone.get("/me")
    with transaction():
        db.session.get_one(Hospice, 1).check_in_before_minutes = 120
    assert filled(phone.get("/me")) == ["Check in"]
    phone.post(f"/me/shifts/{shift.id}/check-in", {"at": "list"})
    page = phone.get("/me")
    assert "You checked in at" in page
    assert filled(page) == []  # the note can be written once it has begun


def test_a_slip_is_taken_back(browser: Open) -> None:
    account, _one, shift = on_shift()
    phone = browser(account)
    phone.post(f"/me/shifts/{shift.id}/check-in")
    phone.post(f"/me/shifts/{shift.id}/tapped-by-mistake", {"at": "list"})
    assert one().came is Came.UNKNOWN
    assert filled(phone.get("/me")) == ["Check in"]


def test_after_the_end_a_tap_asks_for_the_times(browser: Open) -> None:
    account, _one, shift = on_shift(-5 * HOUR)
    phone = browser(account)
    assert phone.post(f"/me/shifts/{shift.id}/check-in") == f"/me/shifts/{shift.id}/times"
    page = phone.get(f"/me/shifts/{shift.id}/times")
    assert f'value="{wall(shift.starts_at, builders_place(shift))}"' in page
    typed = {
        "came": "yes",
        "arrived": wall(shift.starts_at + 5 * MINUTE, builders_place(shift)),
        "left": wall(shift.ends_at, builders_place(shift)),
        "version": "0",
    }
    assert phone.post(f"/me/shifts/{shift.id}/times", typed) == f"/me/shifts/{shift.id}"
    found = one()
    assert (found.arrived_at, found.left_at) == (shift.starts_at + 5 * MINUTE, shift.ends_at)
    assert found.arrived_how is How.SELF


def builders_place(shift: Shift) -> Any:
    return type("There", (), {"timezone": builders.ZONE})


def test_who_was_not_there_is_asked_for_no_note(browser: Open) -> None:
    account, _one, shift = on_shift(-5 * HOUR)
    phone = browser(account)
    typed = {"came": "excused", "arrived": "", "left": "", "version": "0"}
    phone.post(f"/me/shifts/{shift.id}/times", typed)
    assert one().came is Came.EXCUSED
    assert "note to finish" not in phone.get("/me")
    assert "You were not there" in phone.get(f"/me/shifts/{shift.id}")
    assert shift.local_day.isoformat() not in browser(builders.cora()).get("/visit-notes/missing")


def test_what_is_wrong_is_said_beside_the_field_and_kept(browser: Open) -> None:
    account, _one, shift = on_shift(-5 * HOUR)
    phone = browser(account)
    address = f"/me/shifts/{shift.id}/times"
    page = phone.post(address, {"arrived": "14:00", "left": "x"}, status=422)
    assert "Choose whether you were there" in page
    assert "Enter a time such as 14:00" in page
    assert 'value="14:00"' in page
    page = phone.post(address, {"came": "yes", "arrived": "", "left": ""}, status=422)
    assert "Enter the time of arrival" in page
    assert "Enter the time of leaving" in page
    phone.post(address, {"came": "maybe", "arrived": "\0", "left": "💐"}, status=422)


def test_otto_can_do_nothing_about_veras_shift(browser: Open) -> None:
    _account, on_it, shift = on_shift()
    otto = browser(builders.otto())
    for path in ("check-in", "check-out", "tapped-by-mistake", "times", "how-are-you", "debrief"):
        otto.post(f"/me/shifts/{shift.id}/{path}", status=404)
    for what in ("check-in", "check-out"):
        otto.post(f"/me/shifts/{shift.id}/team/{on_it.id}/{what}", status=404)
        otto.post(f"/attendance/{on_it.id}/{what}", status=404)
    otto.get(f"/attendance/{on_it.id}", status=404)
    assert db.session.query(Attendance).count() == 0


# --- the leader and the coordinator ---------------------------------------------------------------


def led() -> tuple[User, Assignment, Shift]:
    """Li Na leads a shift on which Vera is."""
    account = builders.user("Li Na", Role.VOLUNTEER)
    shift = shift_in(builders.place(), -HOUR)
    told(shift, builders.volunteer("Li Na", user_id=account.id), is_leader=True)
    _account, vera = builders.vera()
    return account, told(shift, vera), shift


def test_the_leader_checks_in_who_has_no_phone_marked_so(browser: Open) -> None:
    account, vera, shift = led()
    phone = browser(account)
    assert "Who came?" in phone.get(f"/me/shifts/{shift.id}")
    phone.post(f"/me/shifts/{shift.id}/team/{vera.id}/check-in")
    found = one()
    assert (found.assignment_id, found.arrived_how, found.arrived_by_id) == (
        vera.id,
        How.LEADER,
        account.id,
    )
    assert "by the leader" in phone.get(f"/me/shifts/{shift.id}")
    assert "by the leader" in browser(builders.cora()).get(f"/shifts/{shift.id}")
    phone.post(f"/me/shifts/{shift.id}/team/{vera.id}/check-out")
    assert one().left_how is How.LEADER


def test_a_leader_reaches_only_their_own_shift(browser: Open) -> None:
    account, _vera, shift = led()
    _other, elsewhere, other_shift = on_shift()
    phone = browser(account)
    phone.post(f"/me/shifts/{shift.id}/team/{elsewhere.id}/check-in", status=404)
    phone.post(f"/me/shifts/{other_shift.id}/team/{elsewhere.id}/check-in", status=404)
    assert db.session.query(Attendance).count() == 0


def test_the_coordinator_sees_who_is_here_and_can_say_so(browser: Open) -> None:
    _account, on_it, shift = on_shift()
    cora = browser(builders.cora())
    page = cora.get(f"/shifts/{shift.id}")
    assert "Who came" in page
    assert "not here yet" in page
    assert cora.post(f"/attendance/{on_it.id}/check-in").endswith(f"/shifts/{shift.id}")
    page = cora.get(f"/shifts/{shift.id}")
    assert "here since" in page
    assert "by a coordinator" in page
    assert "Here now: Vera Vance" in cora.get("/today") or shift.local_day != now().date()
    assert cora.post(f"/attendance/{on_it.id}/check-out", {"at": "today"}).endswith("/today")


def test_what_is_open_is_asked_and_written_down(browser: Open) -> None:
    _account, on_it, shift = on_shift(-30 * HOUR)
    cora = browser(builders.cora())
    assert "One visit: we do not know yet who came" in cora.get("/today")
    assert "Vera Vance" in cora.get("/attendance")
    there = builders_place(shift)
    typed = {
        "came": "yes",
        "arrived": wall(shift.starts_at, there),
        "left": wall(shift.ends_at, there),
        "version": "0",
        "at": "list",
    }
    for _twice in range(2):
        assert cora.post(f"/attendance/{on_it.id}", typed).endswith("/attendance")
    assert "It is known of every shift who came." in cora.get("/attendance")
    assert "do not know yet who came" not in cora.get("/today")
    page = cora.post(f"/attendance/{on_it.id}", {**typed, "came": "no", "version": "1"}, status=422)
    assert "Say why it is changed" in page
    typed |= {"came": "no", "version": "1", "reason": "She was ill."}
    cora.post(f"/attendance/{on_it.id}", typed)
    page = cora.get(f"/history/shift/{shift.id}")
    assert "came: from Came to Did not come" in page
    assert "She was ill." in page


def test_an_auditor_reads_and_changes_nothing(browser: Open) -> None:
    _account, on_it, shift = on_shift(-5 * HOUR)
    auditor = browser(builders.user("Aude", Role.AUDITOR))
    assert "Who came" in auditor.get(f"/shifts/{shift.id}")
    auditor.get("/attendance", status=404)
    auditor.post(f"/attendance/{on_it.id}/check-in", status=404)
    auditor.post(f"/attendance/{on_it.id}", status=404)


def test_someone_alone_stands_on_today_with_one_button(browser: Open) -> None:
    account, vera = builders.vera()
    home = builders.place("Home visits", kind=PlaceKind.HOME)
    shift = shift_in(home, -2 * HOUR, 90 * MINUTE)
    on_it = told(shift, vera)
    browser(account)
    builders.save(
        Attendance(
            assignment_id=on_it.id,
            shift_id=shift.id,
            came=Came.YES,
            arrived_at=shift.starts_at,
            arrived_how=How.SELF,
        )
    )
    cora = browser(builders.cora())
    page = cora.get("/today")
    assert "Vera Vance has not checked out" in page
    assert "Checked out, all is well" in page
    assert 'href="tel:13055550100"' in page
    cora.post(f"/attendance/{on_it.id}/check-out", {"at": "today"})
    assert "has not checked out" not in cora.get("/today")


# --- the door -------------------------------------------------------------------------------------


def door(browser: Open, place_id: int) -> str:
    cora = browser(builders.cora())
    assert "There is no code for this door yet." in cora.get(f"/places/{place_id}/door")
    cora.post(f"/places/{place_id}/door")
    page = cora.get(f"/places/{place_id}/door")
    assert "Scan to check in" in page
    assert '<p class="door-also" lang="zh-Hans">扫码签到</p>' in page
    assert "<svg" in page
    assert "style=" not in page
    return f"/door/{db.session.query(Door).one().code}"


def test_the_door_acts_on_the_tap_and_never_on_opening_the_page(browser: Open) -> None:
    account, _one, shift = on_shift()
    address = door(browser, shift.place_id)
    phone = browser(account)
    for _time in range(3):
        assert filled(phone.get(address)) == ["Check in"]
    assert db.session.query(Attendance).count() == 0
    assert phone.post(address, {"what": "in"}) == f"/me/shifts/{shift.id}"
    assert one().arrived_how is How.DOOR
    assert filled(phone.get(address)) == ["Check out"]
    phone.post(address, {"what": "out"})
    assert one().left_how is How.DOOR
    assert "You were there" in phone.get(address)


def test_the_door_leads_through_the_sign_in_and_back(browser: Open) -> None:
    _account, _one, shift = on_shift()
    address = door(browser, shift.place_id)
    stranger = browser(None)
    with stranger.app.app_context():
        response = stranger.client.get(address)
    assert response.status_code == 302
    assert "/sign-in?next=%2Fdoor%2F" in response.headers["Location"]


def test_whoever_is_not_on_a_shift_there_gets_a_kind_page(browser: Open) -> None:
    _account, _one, shift = on_shift()
    address = door(browser, shift.place_id)
    otto = browser(builders.otto())
    assert "You are not on a shift here just now" in otto.get(address)
    assert "You are not on a shift here just now" in otto.post(address, status=200)
    cora = browser(builders.cora())  # no record as a volunteer
    assert "You are not on a shift here just now" in cora.get(address)
    assert db.session.query(Attendance).count() == 0


def test_a_new_code_ends_the_old_one(browser: Open) -> None:
    account, _one, shift = on_shift()
    old = door(browser, shift.place_id)
    browser(builders.cora()).post(f"/places/{shift.place_id}/door")
    phone = browser(account)
    assert "no longer in use" in phone.get(old, status=404)
    assert "no longer in use" in phone.post(old, status=404)
    assert db.session.query(Attendance).count() == 0
    new = f"/door/{db.session.query(Door).one().code}"
    assert new != old
    assert filled(phone.get(new)) == ["Check in"]
    for odd in ("/door/x", "/door/" + "9" * 400, "/door/%00", "/door/💐"):
        phone.get(odd, status=404)
