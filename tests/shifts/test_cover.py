"""Who is asked when someone can't come: the right few, the least recently asked, nobody twice."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice.accounts import queries as accounts
from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.journal.models import Entry
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.reminders import letters
from hospice.reminders.rules import Kind
from hospice.shifts import notices
from hospice.shifts.actions import asking, claiming, cover, placing
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.cover import FEW, SILENT_AFTER, how_many
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, OfferState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import Browser
from tests.visits.stories import DAY, shift_in, told

NOW = builders.NOW
Open = Callable[[User | None], Browser]


def cant_come(shift: Shift, who: Volunteer) -> Assignment:
    """Vera was told, and says that she can't come."""
    made = told(shift, who)
    with transaction():
        one = queries.assignment(made.id)
        placing.answer(one, comes=False, how=AnsweredBy.APP, now=NOW, by=None)
    return made


def ask(shift: Shift, at: Any = NOW) -> list[int]:
    """Let the app ask; return whom."""
    with transaction():
        made = cover.ask_right_few(queries.shift(shift.id), now=at)
        return [one.volunteer_id for one in made]


def people(ward: Place, count: int) -> list[Volunteer]:
    return [builders.volunteer(f"Helper {number}", places=[ward]) for number in range(count)]


def answer(shift: Shift, who: Volunteer, *, comes: bool, at: Any = NOW) -> None:
    with transaction():
        offer = next(one for one in queries.offers_on(shift.id) if one.volunteer_id == who.id)
        asking.answer_offer(
            queries.offer(offer.id), comes=comes, how=AnsweredBy.APP, now=at, by=None
        )


@pytest.mark.parametrize(
    ("ago", "more"),
    [([], FEW), ([0, 0], FEW - 2), ([0] * FEW, 0), ([25] * FEW, FEW), ([0] * 9, FEW - 9)],
)
def test_few_questions_stand_at_once(ago: list[int], more: int) -> None:
    assert how_many([NOW - timedelta(hours=one) for one in ago], NOW) == more


def test_the_right_few_are_asked_once(either_app: Flask) -> None:
    ward, other = builders.place("Ward 1"), builders.place("Ward 2")
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    helpers = people(ward, 6)
    builders.volunteer("Not cleared", places=[other])
    busy = builders.volunteer("Busy", places=[ward])
    builders.assignment(builders.shift(other), busy)
    builders.volunteer("Enough", places=[ward], preferred_a_month=0)
    cant_come(shift, vera)
    asked = ask(shift)
    assert len(asked) == FEW
    assert set(asked) <= {one.id for one in helpers}
    assert ask(shift) == []
    assert ask(shift, NOW + timedelta(minutes=1)) == []
    offers = queries.offers_on(shift.id)
    assert {(one.state, one.is_automatic, one.asked_by_id) for one in offers} == {
        (OfferState.OPEN, True, None)
    }
    entry = db.session.scalars(select(Entry).where(Entry.verb == "shift.asked")).one()
    assert (entry.who, entry.user_id) == ("", None)
    assert len(entry.facts["names"]) == FEW
    letters = [one.kind for one in notices.due(NOW + timedelta(minutes=3))]
    assert letters.count(Kind.ASKED) == FEW


def test_the_least_recently_asked_come_first(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    helpers = people(ward, FEW + 2)
    before = builders.shift(ward, builders.SUNDAY - timedelta(days=7))
    for hours, one in enumerate(helpers[:FEW]):
        builders.save(
            Offer(
                shift_id=before.id,
                volunteer_id=one.id,
                asked_at=NOW - timedelta(hours=hours),
                state=OfferState.FILLED,
                accepted=[],
            )
        )
    cant_come(shift, vera)
    asked = ask(shift)
    assert set(asked[:2]) == {one.id for one in helpers[FEW:]}  # never asked
    assert asked[2:] == [helpers[FEW - 1].id, helpers[FEW - 2].id]  # then the longest ago


def test_a_no_makes_room_for_the_next_and_is_for_good(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    helpers = {one.id: one for one in people(ward, FEW + 1)}
    cant_come(shift, vera)
    asked = ask(shift)
    answer(shift, helpers[asked[0]], comes=False)
    more = ask(shift)
    assert len(more) == 1
    assert more[0] not in asked
    # A day later nobody else is left: not the silent ones, not who said no, not Vera herself.
    assert ask(shift, NOW + SILENT_AFTER) == []


def test_a_day_of_silence_makes_room_too(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    people(ward, FEW + 3)
    cant_come(shift, vera)
    first = ask(shift)
    later = ask(shift, NOW + SILENT_AFTER)
    assert len(later) == 3
    assert not set(first) & set(later)


def test_the_first_yes_gets_it_and_the_others_are_told(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward, wanted=1), builders.volunteer(places=[ward])
    helpers = {one.id: one for one in people(ward, 3)}
    gone = cant_come(shift, vera)
    asked = ask(shift)
    answer(shift, helpers[asked[1]], comes=True)
    db.session.rollback()
    assert db.session.get_one(Assignment, gone.id).covered_by_id is not None
    states = {one.volunteer_id: one.state for one in queries.offers_on(shift.id)}
    assert states == {
        asked[0]: OfferState.FILLED,
        asked[1]: OfferState.ACCEPTED,
        asked[2]: OfferState.FILLED,
    }
    with pytest.raises(Refused) as caught:
        answer(shift, helpers[asked[0]], comes=True)
    assert [one.kind for one in caught.value.objections] == ["taken"]
    assert ask(shift) == []


@pytest.mark.parametrize(
    "why", ["off", "past", "full", "nobody gone", "not told", "cancelled", "on hold"]
)
def test_nobody_is_asked_without_need(either_app: Flask, why: str) -> None:
    ward = builders.place()
    patient = builders.patient(
        at=ward, state=PatientState.ON_HOLD if why == "on hold" else PatientState.ACTIVE
    )
    shift = builders.shift(ward, wanted=1, patient_id=patient.id)
    vera = builders.volunteer(places=[ward])
    people(ward, 3)
    at = NOW
    if why == "off":
        with transaction():
            hospice = accounts.hospice()
            assert hospice is not None
            hospice.asks_by_itself = False
    if why == "not told":
        builders.assignment(shift, vera, AssignmentState.DECLINED)
    elif why != "nobody gone":
        cant_come(shift, vera)
    if why == "past":
        at = shift.starts_at
    if why == "full":
        builders.assignment(shift, builders.volunteer("Someone"))
    if why == "cancelled":
        builders.cora()
        with transaction():
            db.session.get_one(Shift, shift.id).state = "cancelled"  # type: ignore[assignment]
    assert ask(shift, at) == []


def test_a_visit_to_one_patient_is_asked_for_too(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, wanted=1, patient_id=builders.patient(at=ward).id)
    people(ward, 3)
    cant_come(shift, builders.volunteer(places=[ward]))
    assert len(ask(shift)) == 3


def test_who_asked_for_the_place_is_answered_not_asked(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True)
    vera, lin = builders.volunteer(places=[ward]), builders.volunteer("Lin", places=[ward])
    with transaction():
        claiming.claim(queries.shift(shift.id), lin.id, by=None, now=NOW, how=AnsweredBy.APP)
    cant_come(shift, vera)
    assert ask(shift) == []


def test_two_at_once_ask_nobody_twice(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    people(ward, FEW * 2)
    cant_come(shift, vera)
    shift_id = shift.id
    db.session.rollback()
    gate = threading.Barrier(4)
    errors: list[Exception] = []

    def run() -> None:
        with either_app.app_context():
            gate.wait()
            try:
                with transaction():
                    cover.ask_right_few(queries.shift(shift_id), now=NOW)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                errors.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(queries.offers_on(shift_id)) == FEW


# --- someone has agreed ---------------------------------------------------------------------------


def test_whoever_is_named_is_asked_and_answers_themselves(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    (friend,) = people(ward, 1)
    gone = cant_come(shift, vera)

    def name(volunteer_id: int) -> Offer:
        with transaction():
            return cover.suggest(queries.assignment(gone.id), volunteer_id, by=None, now=NOW)

    offer = name(friend.id)
    assert (offer.state, offer.suggested_by_id, offer.is_automatic) == (
        OfferState.OPEN,
        vera.id,
        False,
    )
    assert name(friend.id).asked_times == 1  # named twice, asked once
    assert queries.shift(shift.id).taken == 0
    (letter,) = (one for one in notices.due(NOW + timedelta(minutes=3)) if one.kind is Kind.ASKED)
    words = letters.preview(letter.kind, letter.facts, "en").text
    assert "Vera Vance can’t come to this shift, and told us that you might:" in words
    assert "\n\n\n" not in words
    answer(shift, friend, comes=True)
    assert queries.shift(shift.id).taken == 1


def test_only_three_are_named_and_only_who_fits(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    gone = cant_come(shift, vera)
    helpers = people(ward, 4)

    def name(volunteer_id: int) -> None:
        with transaction():
            cover.suggest(queries.assignment(gone.id), volunteer_id, by=None, now=NOW)

    for one in helpers[:3]:
        name(one.id)
    with pytest.raises(Refused) as caught:
        name(helpers[3].id)
    assert [one.kind for one in caught.value.objections] == ["named_enough"]
    with pytest.raises(Refused) as caught:
        name(builders.volunteer("Otto").id)
    assert [one.kind for one in caught.value.objections] == ["not_cleared"]


# --- the page -------------------------------------------------------------------------------------


def test_after_a_no_come_three_offers_and_none_is_a_duty(browser: Open, app: Flask) -> None:
    ward = builders.place()
    account, vera = builders.vera(places=[ward])
    shift, other = shift_in(ward, 3 * DAY), shift_in(ward, 4 * DAY)
    told(shift, vera)
    (friend,) = people(ward, 1)
    builders.volunteer("Otto")
    phone = browser(account)
    helps = f"/me/shifts/{shift.id}/what-helps"
    assert phone.post(f"/me/shifts/{shift.id}/cant-come", {"reason": ""}) == helps
    page = phone.get(helps)
    for words in (
        "Thank you for telling us",
        "Leave it to the coordinator",
        "Someone has agreed to come",
        "I can come another day",
    ):
        assert words in page
    assert f'action="/open-shifts/{other.id}"' in page
    assert f'action="/open-shifts/{shift.id}"' not in page
    url = f"/me/shifts/{shift.id}/someone"
    page = phone.get(url)
    assert "Helper 0" in page
    assert "Otto" not in page
    page = phone.post(url, {}, status=422)
    assert "Choose who has agreed to come" in page
    phone.post(url, {"volunteer_id": "99999"}, status=422)
    assert phone.post(url, {"volunteer_id": str(friend.id)}) == helps
    assert "We ask Helper 0." in phone.get(helps)
    assert "Helper 0" in phone.get(url)  # asked already, and still to be named
    page = browser(builders.cora()).get(f"/shifts/{shift.id}")
    assert "named by Vera Vance" in page
    assert "No answer yet" in page


def test_what_helps_is_only_for_who_cannot_come(browser: Open, app: Flask) -> None:
    ward = builders.place()
    account, vera = builders.vera(places=[ward])
    shift, other = shift_in(ward, 3 * DAY), shift_in(ward, 4 * DAY)
    told(shift, vera)
    told(other, builders.volunteer("Lin"), AssignmentState.DECLINED)
    phone = browser(account)
    for page in ("what-helps", "someone"):
        phone.get(f"/me/shifts/{shift.id}/{page}", status=302)
        phone.get(f"/me/shifts/{other.id}/{page}", status=404)


def test_the_shift_page_says_who_was_asked_by_whom(browser: Open, app: Flask) -> None:
    ward = builders.place()
    cora = builders.cora()
    shift, vera = shift_in(ward, 3 * DAY), builders.volunteer(places=[ward])
    helpers = people(ward, 2)
    told(shift, vera, AssignmentState.DECLINED)
    ask(shift, shift.starts_at - 2 * DAY)
    answer(shift, helpers[0], comes=False, at=shift.starts_at - 2 * DAY)
    desk = browser(cora)
    page = desk.get(f"/shifts/{shift.id}")
    assert page.count("automatically") == 2
    assert "&lt;time" not in page
    assert "Said no" in page
    assert "No answer yet" in page
