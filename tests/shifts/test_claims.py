"""Taking open places: at once, after a coordinator's yes, and giving them back."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal.models import Entry
from hospice.reminders.rules import Kind
from hospice.shifts import notices
from hospice.shifts.actions import claiming, placing
from hospice.shifts.models import Assignment, Claim, Offer, Shift
from hospice.shifts.queries import claims, mine, unpublished
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.mine import Phase
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, ClaimState, OfferState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import Browser, Statements
from tests.visits.stories import DAY, now, shift_in, told

NOW = builders.NOW
LATER = NOW + timedelta(minutes=3)
Open = Callable[[User | None], Browser]


def refused(call: Callable[[], Any]) -> list[str]:
    """Return the kinds of objection an action raises."""
    with pytest.raises(Refused) as caught, transaction():
        call()
    return [objection.kind for objection in caught.value.objections]


def claim(shift: Shift, who: Volunteer, how: AnsweredBy = AnsweredBy.APP) -> Assignment | Claim:
    with transaction():
        return claiming.claim(queries.shift(shift.id), who.id, by=None, now=NOW, how=how)


def take_back(shift: Shift, who: Volunteer, at: Any = NOW) -> bool:
    with transaction():
        return claiming.take_back(shift.id, who.id, by=None, now=at)


def taken(shift: Shift) -> int:
    db.session.rollback()
    return db.session.scalar(select(Shift.taken).where(Shift.id == shift.id)) or 0


def verbs() -> list[str]:
    return list(db.session.scalars(select(Entry.verb).order_by(Entry.id)))


def said(at: Any = LATER) -> list[Kind]:
    return sorted(one.kind for one in notices.due(at))


# --- at once --------------------------------------------------------------------------------------


def test_a_claim_is_confirmed_and_said_once(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    made = claim(shift, vera)
    assert isinstance(made, Assignment)
    assert (made.state, made.claimed_at) == (AssignmentState.CONFIRMED, NOW)
    assert taken(shift) == 1
    assert said() == [Kind.PUBLISHED]
    assert refused(
        lambda: claiming.claim(
            queries.shift(shift.id), vera.id, by=None, now=NOW, how=AnsweredBy.APP
        )
    ) == ["already_here"]


def test_a_claim_is_undone_for_ten_minutes_without_a_word(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    builders.cora()
    made = claim(shift, vera)
    assert isinstance(made, Assignment)
    assert take_back(shift, vera, NOW + timedelta(minutes=9))
    found = db.session.get_one(Assignment, made.id)
    assert (found.state, found.told_at, found.claimed_at) == (AssignmentState.REMOVED, None, None)
    assert taken(shift) == 0
    assert verbs()[-2:] == ["shift.claimed", "shift.unclaimed"]
    # No letter, no "can't come" to the coordinator, nothing to publish.
    assert said(NOW + timedelta(minutes=15)) == []
    assert unpublished.changes([Shift.id == shift.id]) == []
    # And it can be taken anew, which is said.
    claim(shift, vera)
    assert taken(shift) == 1
    assert said() == [Kind.PUBLISHED]


def test_after_ten_minutes_a_claim_is_a_promise(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    claim(shift, vera)
    assert refused(
        lambda: claiming.take_back(shift.id, vera.id, by=None, now=NOW + timedelta(minutes=10))
    ) == ["too_late"]
    assert taken(shift) == 1


def test_only_what_one_took_oneself_is_given_back(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    told(shift, vera, AssignmentState.CONFIRMED)
    with pytest.raises(Missing):
        take_back(shift, vera)
    with pytest.raises(Missing):
        take_back(shift, builders.volunteer("Otto"))
    assert taken(shift) == 1


def test_undoing_a_claim_leaves_the_gap_it_had_covered(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, wanted=1)
    lin, vera = builders.volunteer("Lin", places=[ward]), builders.volunteer(places=[ward])
    gone = told(shift, lin)
    with transaction():
        one = queries.assignment(gone.id)
        placing.answer(one, comes=False, how=AnsweredBy.APP, now=NOW, by=None)
    claim(shift, vera)
    db.session.rollback()
    assert db.session.get_one(Assignment, gone.id).covered_by_id is not None
    take_back(shift, vera)
    db.session.rollback()
    assert db.session.get_one(Assignment, gone.id).covered_by_id is None


def test_who_could_not_come_and_claims_comes_after_all(either_app: Flask) -> None:
    ward = builders.place()
    shift, vera = builders.shift(ward), builders.volunteer(places=[ward])
    on_it = told(shift, vera)
    with transaction():
        one = queries.assignment(on_it.id)
        placing.answer(one, comes=False, how=AnsweredBy.APP, now=NOW, by=None)
    made = claim(shift, vera)
    assert made.id == on_it.id
    assert (made.state, taken(shift)) == (AssignmentState.CONFIRMED, 1)


# --- after a yes ----------------------------------------------------------------------------------


def test_where_we_say_yes_first_a_claim_holds_no_place(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True, wanted=1)
    vera, lin = builders.volunteer(places=[ward]), builders.volunteer("Lin", places=[ward])
    wish = claim(shift, vera)
    assert isinstance(wish, Claim)
    assert wish.answer_by > NOW
    assert claim(shift, vera).id == wish.id  # tapped twice
    claim(shift, lin)
    assert taken(shift) == 0
    assert said() == []
    assert [one.name for one in claims.waiting_claims(NOW)] == ["Vera Vance", "Lin"]
    with transaction():
        (own,) = mine.my_shifts(vera.id, since=NOW)
    assert own.phase(NOW) is Phase.WISHED
    assert own.answer_by == wish.answer_by


def test_a_yes_confirms_and_tells_with_one_letter(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True)
    vera, cora = builders.volunteer(places=[ward]), builders.cora()
    wish = claim(shift, vera)
    with transaction():
        made = claiming.grant(claims.claim(wish.id), by=cora, now=NOW)
    assert made.state is AssignmentState.CONFIRMED
    assert taken(shift) == 1
    assert said() == [Kind.CLAIM_GRANTED]
    assert verbs()[-2:] == ["shift.wished", "shift.granted"]
    assert claims.waiting_claims(NOW) == []
    assert refused(lambda: claiming.turn_down(claims.claim(wish.id), by=cora, now=NOW)) == [
        "changed_meanwhile"
    ]


def test_a_no_is_said_kindly_and_once(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True)
    vera, cora = builders.volunteer(places=[ward]), builders.cora()
    wish = claim(shift, vera)
    with transaction():
        claiming.turn_down(claims.claim(wish.id), by=cora, now=NOW)
    assert taken(shift) == 0
    (letter,) = notices.due(LATER)
    assert letter.kind is Kind.CLAIM_DECLINED
    assert notices.still_due(letter.about, letter.key, LATER) == letter
    # They may ask again, and the "no" of before is not sent any more.
    claim(shift, vera)
    assert notices.still_due(letter.about, letter.key, LATER) is None
    assert claims.wish(shift.id, vera.id) is not None


def test_a_full_shift_refuses_the_yes_and_the_wish_waits(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True, wanted=1)
    vera, cora = builders.volunteer(places=[ward]), builders.cora()
    wish = claim(shift, vera)
    builders.assignment(shift, builders.volunteer("Lin"))
    assert refused(lambda: claiming.grant(claims.claim(wish.id), by=cora, now=NOW)) == ["full"]
    db.session.rollback()
    assert claims.claim(wish.id).state is ClaimState.ASKED


def test_a_wish_is_taken_back_at_any_time(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True)
    vera = builders.volunteer(places=[ward])
    claim(shift, vera)
    assert take_back(shift, vera, NOW + DAY) is False
    assert claims.wish(shift.id, vera.id) is None
    assert mine.my_shifts(vera.id, since=NOW) == []


def test_a_coordinator_on_the_phone_says_yes_at_once(either_app: Flask) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True)
    vera = builders.volunteer(places=[ward])
    claim(shift, vera)
    made = claim(shift, vera, AnsweredBy.COORDINATOR)
    assert isinstance(made, Assignment)
    assert claims.wish(shift.id, vera.id) is None


@pytest.mark.parametrize("needs_approval", [False, True])
def test_every_objection_refuses_a_claim(either_app: Flask, needs_approval: bool) -> None:
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=needs_approval)
    stranger = builders.volunteer("Otto")
    keen = builders.volunteer(places=[ward], preferred_a_month=0)

    def act(who: Volunteer) -> list[str]:
        return refused(
            lambda: claiming.claim(
                queries.shift(shift.id), who.id, by=None, now=NOW, how=AnsweredBy.APP
            )
        )

    assert act(stranger) == ["not_cleared"]
    assert act(keen) == ["over_preferred"]
    assert taken(shift) == 0
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_trap_11_of_eight_taps_at_once_one_wins(either_app: Flask) -> None:
    """Each in its own transaction, as eight phones would."""
    ward = builders.place()
    shift = builders.shift(ward, wanted=1)
    ids = [builders.volunteer(f"V{number}", places=[ward]).id for number in range(8)]
    shift_id = shift.id
    db.session.rollback()
    gate, won, lost = threading.Barrier(len(ids)), [], []

    def tap(volunteer_id: int) -> None:
        with either_app.app_context():
            gate.wait()
            try:
                with transaction():
                    claiming.claim(
                        queries.shift(shift_id),
                        volunteer_id,
                        by=None,
                        now=NOW,
                        how=AnsweredBy.APP,
                    )
            except Refused as refusal:
                lost.append(refusal.objections[0].kind)
            else:
                won.append(volunteer_id)
            db.session.remove()

    threads = [threading.Thread(target=tap, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), lost) == (1, ["full"] * 7)
    assert taken(shift) == 1


# --- on the phone ---------------------------------------------------------------------------------


def test_one_tap_takes_it_and_one_gives_it_back(browser: Open, app: Flask) -> None:
    ward = builders.place()
    account, vera = builders.vera(places=[ward])
    shift = shift_in(ward, 3 * DAY)
    phone = browser(account)
    assert phone.post(f"/open-shifts/{shift.id}") == f"/me/shifts/{shift.id}"
    page = phone.get(f"/me/shifts/{shift.id}")
    assert f'action="/open-shifts/{shift.id}/undo"' in page
    page = phone.get("/open-shifts")
    assert "You have just taken this" in page
    assert phone.post(f"/open-shifts/{shift.id}/undo") == "/open-shifts"
    page = phone.get("/open-shifts")
    assert "Undone. The place is open again." in page
    assert f'action="/open-shifts/{shift.id}"' in page
    phone.post(f"/open-shifts/{shift.id}/undo")  # tapped twice
    phone.post("/open-shifts/99999/undo", status=404)
    assert taken(shift) == 0
    assert "can’t come" not in phone.get("/me")
    del vera


@pytest.mark.parametrize("wanted", [1, 2])
def test_a_tap_sent_twice_is_thanked_and_not_refused(
    browser: Open, app: Flask, wanted: int
) -> None:
    ward = builders.place()
    account, _vera = builders.vera(places=[ward])
    shift = shift_in(ward, 3 * DAY, wanted=wanted)
    phone = browser(account)
    for _twice in range(2):
        assert phone.post(f"/open-shifts/{shift.id}") == f"/me/shifts/{shift.id}"
    assert taken(shift) == 1


def test_an_answer_to_a_wish_that_is_sent_twice_is_one(browser: Open, app: Flask) -> None:
    ward = builders.place()
    account, _vera = builders.vera(places=[ward])
    yes, no = (shift_in(ward, day * DAY, needs_approval=True) for day in (3, 5))
    phone, desk = browser(account), browser(builders.cora())
    for shift, answer in ((yes, "yes"), (no, "no")):
        phone.post(f"/open-shifts/{shift.id}")
        wish = db.session.scalars(select(Claim).where(Claim.shift_id == shift.id)).one()
        for _twice in range(2):
            assert desk.post(f"/claims/{wish.id}", {"answer": answer}) == "/claims"
    assert (taken(yes), taken(no)) == (1, 0)
    assert verbs().count("shift.granted") == 1
    assert verbs().count("shift.not_granted") == 1


def test_the_loser_of_a_race_sees_what_else_they_could_do(browser: Open, app: Flask) -> None:
    ward = builders.place()
    account, _vera = builders.vera(places=[ward])
    shift, other = shift_in(ward, 3 * DAY, wanted=1), shift_in(ward, 4 * DAY)
    told(shift, builders.volunteer("Someone"))
    page = browser(account).post(f"/open-shifts/{shift.id}", status=422)
    assert "Someone has just taken this shift. Here are others you could do." in page
    assert "<title>Error: " in page
    assert f'action="/open-shifts/{other.id}"' in page
    assert "Someone<" not in page


def test_a_wish_shows_until_when_we_answer(browser: Open, app: Flask) -> None:
    ward = builders.place()
    account, vera = builders.vera(places=[ward])
    shift = shift_in(ward, 3 * DAY, needs_approval=True)
    phone, desk = browser(account), browser(builders.cora())
    assert "You ask, and we answer within a day." in phone.get("/open-shifts")
    assert phone.post(f"/open-shifts/{shift.id}") == "/open-shifts"
    page = phone.get("/open-shifts")
    assert "You asked for these" in page
    assert page.count("We’ll answer by") == 2  # the notice, and its row
    assert "&lt;time" not in page
    assert "You asked" in phone.get("/me")
    assert "Take back" in phone.get(f"/me/shifts/{shift.id}")
    assert vera.preferred_name in desk.get("/today")
    for url in ("/claims", f"/shifts/{shift.id}"):
        assert "Would like to come" in desk.get(url)
    wish = db.session.scalars(select(Claim)).one()
    desk.post(f"/claims/{wish.id}", {"answer": "perhaps"}, status=422)
    desk.post("/claims/99999", {"answer": "yes"}, status=404)
    phone.post(f"/claims/{wish.id}", {"answer": "yes"}, status=404)
    assert desk.post(f"/claims/{wish.id}", {"answer": "yes", "back": "//evil"}) == "/claims"
    assert "Vera Vance comes." in desk.get("/claims")
    assert "You said yes" in phone.get(f"/me/shifts/{shift.id}")
    page = desk.post(f"/claims/{wish.id}", {"answer": "no"}, status=422)
    assert "This has changed meanwhile" in page


def test_lists_of_claims_cost_the_same_for_one_and_for_many(
    browser: Open, app: Flask, statements: Statements
) -> None:
    ward = builders.place()
    desk = browser(builders.cora())

    def add(count: int) -> None:
        for number in range(count):
            shift = shift_in(ward, (3 + number) * DAY, needs_approval=True)
            who = builders.volunteer(places=[ward])
            builders.save(
                Claim(shift_id=shift.id, volunteer_id=who.id, asked_at=now(), answer_by=now())
            )

    def cost(url: str) -> int:
        statements.seen.clear()
        desk.get(url)
        return len(statements)

    add(1)
    desk.get("/claims")  # what is looked up once is looked up now
    few = [cost(url) for url in ("/claims", "/today")]
    add(12)
    assert [cost(url) for url in ("/claims", "/today")] == few


def test_an_open_question_is_not_a_claim(either_app: Flask) -> None:
    """Someone asked and wishing sees the question, which a tap answers at once."""
    ward = builders.place()
    shift = builders.shift(ward, needs_approval=True)
    vera = builders.volunteer(places=[ward])
    claim(shift, vera)
    builders.save(Offer(shift_id=shift.id, volunteer_id=vera.id, asked_at=NOW, accepted=[]))
    (own,) = mine.my_shifts(vera.id, since=NOW)
    assert own.phase(NOW) is Phase.ASKED
    assert own.offer_state is OfferState.OPEN
