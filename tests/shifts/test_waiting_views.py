"""The waiting list and swaps as people meet them on their own pages."""

from collections.abc import Callable

from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.places.models import Place
from hospice.shifts.models import Shift, Swap, WaitingPlace
from hospice.shifts.rules.states import SwapState, WaitingState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import Browser
from tests.shifts.sundays import fresh, sunday, told

Open = Callable[..., Browser]


def state_of(shift: Shift, volunteer_id: int) -> WaitingState:
    db.session.rollback()
    return (
        db.session.query(WaitingPlace)
        .filter_by(shift_id=shift.id, volunteer_id=volunteer_id)
        .one()
        .state
    )


def person(name: str, ward: Place) -> tuple[User, Volunteer]:
    account = builders.user(name, role=Role.VOLUNTEER)
    return account, builders.volunteer(name, places=[ward], user_id=account.id)


def test_waiting_for_a_place_and_taking_it(app: Flask, browser: Open):
    ward = builders.place("Ward 1")
    shift = builders.shift(ward, sunday(2), wanted=1)
    vera_account, vera = person("Vera", ward)
    otto_account, otto = person("Otto", ward)
    told(shift, vera)
    phone, other = browser(otto_account), browser(vera_account)
    assert "Wait for a place" in phone.get("/me/waiting-lists")
    # one tap, and a second one changes nothing
    for _tap in range(2):
        assert phone.post(f"/me/shifts/{shift.id}/waiting-list/join") == "/me/waiting-lists"
    assert "You are first on the list." in phone.get("/me/waiting-lists")
    assert "is free" not in phone.get("/me")
    other.post(f"/me/shifts/{shift.id}/cant-come", {"reason": ""})
    # at once, without waiting for the next round
    assert state_of(shift, otto.id) is WaitingState.OFFERED
    assert "A place you waited for is free" in phone.get("/me")
    page = phone.get(f"/me/shifts/{shift.id}/waiting-list")
    assert page.count('class="btn btn-primary') - page.count("I am still here") == 1
    assert state_of(shift, otto.id) is WaitingState.OFFERED
    url = f"/me/shifts/{shift.id}/waiting-list/answer"
    assert phone.post(url, {"answer": "yes"}) == f"/me/shifts/{shift.id}"
    assert (fresh(shift).taken, fresh(shift).held) == (1, 0)
    other.get(f"/me/shifts/{shift.id}/waiting-list", status=404)
    other.post(url, {"answer": "yes"}, status=404)


def test_the_office_sees_the_list_in_order(app: Flask, browser: Open):
    ward = builders.place("Ward 1")
    shift = builders.shift(ward, sunday(2), wanted=1)
    told(shift, builders.volunteer("Vera", places=[ward]))
    for name in ("Zoe", "Adam"):
        account, _who = person(name, ward)
        browser(account).post(f"/me/shifts/{shift.id}/waiting-list/join")
    page = browser(builders.cora()).get(f"/shifts/{shift.id}")
    assert page.index("Waiting list") < page.index("1. <a") < page.index("Zoe")
    assert page.index("Zoe") < page.index("2. <a") < page.index("Adam")


def test_swapping_takes_two_taps_and_one_answer(app: Flask, browser: Open):
    ward = builders.place("Ward 1")
    shift = builders.shift(ward, sunday(2))
    vera_account, vera = person("Vera", ward)
    otto_account, _otto = person("Otto", ward)
    stranger, _who = person("Stranger", builders.place("Ward 2"))
    told(shift, vera)
    phone, other = browser(vera_account), browser(otto_account)
    address = f"/me/shifts/{shift.id}/swap"
    assert f'href="{address}"' in phone.get("/me")
    assert "Otto" in phone.get(address)
    assert "Choose at least one person" in phone.post(address, {"whom": "some"}, status=422)
    page = phone.post(address, {"whom": "nonsense", "people": "\x00"}, status=422)
    assert "Swap this shift" in page
    where = phone.post(address, {"whom": "everyone"})
    phone.get(address, status=302)  # it is asked already
    assert "No answer yet" in phone.get(where)
    assert "A swap waits for your answer" in other.get("/me")
    assert "Vera would like to give it to someone else." in other.get(where)
    browser(stranger).get(where, status=404)
    browser(stranger).post(f"{where}/answer", {"answer": "yes"}, status=404)
    other.post(f"{where}/take-back", status=404)
    assert other.post(f"{where}/answer", {"answer": "yes"}) == f"/me/shifts/{shift.id}"
    assert "Otto takes it." in phone.get(where)
    phone.get(f"/me/shifts/{shift.id}", status=404)
    assert fresh(shift).taken == 1
    assert db.session.query(Swap).one().state is SwapState.DONE
    page = browser(builders.cora()).get(f"/shifts/{shift.id}")
    assert "Otto instead of Vera" in page


def test_one_of_mine_in_return(app: Flask, browser: Open):
    ward = builders.place("Ward 1")
    this, later = builders.shift(ward, sunday(2)), builders.shift(ward, sunday(3))
    vera_account, vera = person("Vera", ward)
    otto_account, otto = person("Otto", ward)
    told(this, vera)
    back = told(later, otto)
    phone, other = browser(vera_account), browser(otto_account)
    where = phone.post(f"/me/shifts/{this.id}/swap", {"whom": "everyone"})
    for odd in ("99999", "-1", "x" * 4000, "½", ""):
        other.post(f"{where}/answer", {"answer": "return", "in_return": odd}, status=404)
    other.post(f"{where}/answer", {"answer": "return", "in_return": str(back.id)})
    assert "Otto would swap" in phone.get(where)
    yes = f"{where}/proposals/{otto.id}"
    other.post(yes, {"answer": "yes"}, status=404)
    assert phone.post(yes, {"answer": "yes"}) == "/me"
    assert f"/me/shifts/{later.id}" in phone.get("/me")
    assert f"/me/shifts/{this.id}" in other.get("/me")
    assert (fresh(this).taken, fresh(later).taken) == (1, 1)
