"""What the phone's outbox asks of the server: one note for ever, and never another's."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db
from hospice.places.rules import PlaceKind
from hospice.shifts.models import Shift
from hospice.visits.models import VisitNote
from hospice.visits.rules import NoteState
from hospice.web.offline import account_tag
from tests import builders
from tests.conftest import Browser
from tests.visits.stories import HOUR, note, shift_in, told

JSON = {"Accept": "application/json"}
WORDS = "She asked for the window open.\n她想开窗。🌿"


class Phone:
    """Vera's phone: sends notes as the outbox does."""

    def __init__(self, app: Flask, user: User) -> None:
        self.browser = Browser(app).sign_in(user)
        self.url = ""

    def at(self, on: Shift, about: str = "round") -> "Phone":
        self.url = f"/me/shifts/{on.id}/note?patient={about}"
        return self

    def send(self, *, uuid: str, **answers: Any) -> Any:
        typed = {"arrived": "14:00", "left": "16:00", "did": "company", "words": WORDS}
        typed |= {"concern": "none", "uuid": uuid, "do": "send", **answers}
        return self.browser._open("POST", self.url, data=typed, headers=JSON)

    def tag(self) -> str:
        said = self.browser._open("GET", "/me/form-token", headers=JSON).get_json()
        assert said["token"]
        return str(said["account"])


@pytest.fixture
def vera(app: Flask) -> tuple[User, Any]:
    return builders.vera(places=[])


@pytest.fixture
def ended(app: Flask, vera: tuple[User, Any]) -> Shift:
    """A shift of Vera's that ended, on a ward with nobody in it."""
    on = shift_in(builders.place("Ward 1"), -5 * HOUR)
    told(on, vera[1])
    return on


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(VisitNote)) or 0


def test_sent_once_is_201_and_again_is_200_with_the_same_id(
    app: Flask, vera: tuple[User, Any], ended: Shift
):
    phone, uuid = Phone(app, vera[0]).at(ended), str(uuid4())
    first = phone.send(uuid=uuid)
    assert first.status_code == 201
    assert first.get_json()["words"].startswith("Sent to the team ")
    again = [phone.send(uuid=uuid) for _ in range(3)]
    assert [answer.status_code for answer in again] == [200, 200, 200]
    assert {answer.get_json()["id"] for answer in again} == {first.get_json()["id"]}
    assert count() == 1
    assert db.session.scalars(select(VisitNote.words)).one() == WORDS


def test_either_database_keeps_one_note_and_gives_the_cards(either_app: Flask):
    user, volunteer = builders.vera(places=[])
    on = shift_in(builders.place("Home visits", kind=PlaceKind.HOME), -5 * HOUR)
    patient = builders.patient("Mrs Wang")
    told(on, volunteer, sees=(patient,))
    phone, uuid = Phone(either_app, user).at(on, "unsaid"), str(uuid4())
    assert [phone.send(uuid=uuid).status_code for _ in range(3)] == [201, 200, 200]
    assert db.session.scalars(select(VisitNote.patient_id)).all() == [patient.id]
    said = phone.browser._open("GET", "/me/phone-cards", headers=JSON).get_json()
    assert [(card["isHome"], card["isNoted"]) for card in said["cards"]] == [(True, True)]


def test_other_words_after_it_was_sent_are_refused_and_told(
    app: Flask, vera: tuple[User, Any], ended: Shift
):
    phone, uuid = Phone(app, vera[0]).at(ended), str(uuid4())
    phone.send(uuid=uuid)
    answer = phone.send(uuid=uuid, words="Something else entirely.")
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "already_sent"
    assert answer.get_json()["kept"] == WORDS


def test_words_saved_elsewhere_come_back_beside_the_refusal(
    app: Flask, vera: tuple[User, Any], ended: Shift
):
    assignment = told(ended, builders.volunteer("Nora Nash"))
    assert assignment
    phone = Phone(app, vera[0]).at(ended)
    page = str(uuid4())
    draft = f"/visit-notes/{page}/draft?shift={ended.id}&patient=round"
    saved = phone.browser._open("POST", draft, data={"words": "From the tablet."}, headers=JSON)
    assert saved.status_code == 200
    answer = phone.send(uuid=str(uuid4()), words="From the phone.", seen="")
    assert (answer.status_code, answer.get_json()["error"]) == (409, "written_elsewhere")
    assert answer.get_json()["kept"] == "From the tablet."
    assert answer.get_json()["seen"] == saved.get_json()["seen"]
    second = phone.send(uuid=page, words="From the phone.", seen=answer.get_json()["seen"])
    assert second.status_code == 201


def test_what_is_missing_is_422_and_keeps_nothing(app: Flask, vera: tuple[User, Any], ended: Shift):
    answer = Phone(app, vera[0]).at(ended).send(uuid=str(uuid4()), concern="")
    assert (answer.status_code, answer.get_json()["error"]) == (422, "incomplete")
    assert count() == 0


def test_a_sign_in_that_ended_is_401_in_json(app: Flask, ended: Shift):
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    for method, url in (
        ("POST", f"/me/shifts/{ended.id}/note?patient=round"),
        ("POST", f"/visit-notes/{uuid4()}/draft?shift={ended.id}"),
        ("GET", "/me/form-token"),
        ("GET", "/me/phone-cards"),
    ):
        answer = client.open(url, method=method, headers=JSON)
        assert (answer.status_code, answer.get_json()) == (401, {"error": "sign_in"}), url


def test_a_stale_token_is_400_so_that_the_phone_asks_for_another(
    app: Flask, vera: tuple[User, Any], ended: Shift
):
    phone = Phone(app, vera[0]).at(ended)
    app.config["WTF_CSRF_ENABLED"] = True
    stale = phone.send(uuid=str(uuid4()), csrf_token="of-yesterday")
    assert (stale.status_code, stale.get_json()["error"]) == (400, "stale")
    said = phone.browser._open("GET", "/me/form-token", headers=JSON).get_json()
    assert phone.send(uuid=str(uuid4()), csrf_token=said["token"]).status_code == 201


def test_what_one_wrote_is_never_sent_as_another(app: Flask, vera: tuple[User, Any], ended: Shift):
    """Both were on the shift, on one phone: the mark of the account decides, not the sign-in."""
    other = builders.user("Nora Nash", Role.VOLUNTEER)
    told(ended, builders.volunteer("Nora Nash", user_id=other.id))
    vera_tag = Phone(app, vera[0]).tag()
    nora = Phone(app, other).at(ended)
    assert nora.tag() != vera_tag
    for url in (nora.url, f"/visit-notes/{uuid4()}/draft?shift={ended.id}&patient=round"):
        typed = {"words": WORDS, "account": vera_tag, "concern": "none", "do": "send"}
        answer = nora.browser._open("POST", url, data=typed, headers=JSON)
        assert answer.status_code == 401
    page = nora.browser.post(nora.url, {"words": WORDS, "account": vera_tag}, status=401)
    assert "Sign in to send your note" in page
    assert f'name="account" value="{vera_tag}"' in page
    assert count() == 0
    assert nora.send(uuid=str(uuid4()), account=nora.tag()).status_code == 201


def test_the_mark_of_an_account_is_no_id_and_no_strangers(app: Flask, vera: tuple[User, Any]):
    tag = Phone(app, vera[0]).tag()
    assert len(tag) == 32
    assert str(vera[0].id) != tag
    with app.test_request_context():
        assert account_tag() == ""


# --- a note that began without signal does not say yet whom it is about --------------------------


def test_unsaid_is_taken_where_only_one_thing_can_be_meant(
    app: Flask, vera: tuple[User, Any], ended: Shift
):
    phone, uuid = Phone(app, vera[0]).at(ended, "unsaid"), str(uuid4())
    assert phone.send(uuid=uuid).status_code == 201
    assert db.session.scalars(select(VisitNote)).one().patient_id is None
    assert phone.send(uuid=uuid).status_code == 200


def test_unsaid_is_never_guessed(app: Flask, vera: tuple[User, Any]):
    ward = builders.place("Ward 2")
    people = (builders.patient("Mrs Wang", at=ward), builders.patient("Mr Chen", at=ward))
    on = shift_in(ward, -5 * HOUR)
    told(on, vera[1], sees=people)
    phone, uuid = Phone(app, vera[0]), str(uuid4())
    answer = phone.at(on, "unsaid").send(uuid=uuid)
    assert (answer.status_code, answer.get_json()) == (422, {"error": "unsaid"})
    assert count() == 0
    page = phone.browser.get(f"/me/shifts/{on.id}/note?about=all&page={uuid}")
    assert f"patient={people[1].id}&amp;page={uuid}" in page
    sent = phone.at(on, str(people[1].id)).send(uuid=uuid)
    assert sent.status_code == 201
    # the answer was lost, and the phone asks as it did before
    again = phone.at(on, "unsaid").send(uuid=uuid)
    assert (again.status_code, again.get_json()["id"]) == (200, sent.get_json()["id"])
    assert db.session.scalars(select(VisitNote.patient_id)).one() == people[1].id


# --- what the phone keeps ---------------------------------------------------------------------------


def test_cards_hold_times_and_places_of_the_next_days_and_nobody(
    app: Flask, vera: tuple[User, Any]
):
    ward = builders.place("Ward 1")
    home = builders.place("Home visits", kind=PlaceKind.HOME)
    patient = builders.patient("Canary Quillfeather", at=ward)
    soon, far = shift_in(ward, 20 * HOUR), shift_in(ward, timedelta(days=8))
    past = shift_in(home, -30 * HOUR)
    for on in (soon, far, past):
        told(on, vera[1], sees=(patient,))
    note(told(shift_in(ward, -60 * HOUR), vera[1]), shift_in(ward, -60 * HOUR))
    answer = Phone(app, vera[0]).browser._open("GET", "/me/phone-cards", headers=JSON)
    assert answer.headers["Cache-Control"] == "no-store"
    cards = {card["shift"]: card for card in answer.get_json()["cards"]}
    assert soon.id in cards
    assert far.id not in cards
    assert cards[past.id]["isHome"]
    assert not cards[soon.id]["isHome"]
    assert cards[soon.id]["place"] == "Ward 1"
    assert cards[soon.id]["dial"] == "02155550161"
    assert "Canary" not in answer.get_data(as_text=True)


def test_pages_that_are_kept_are_the_same_for_everybody(app: Flask, vera: tuple[User, Any]):
    cora = builders.cora()
    pages = [(Browser(app), "")]
    pages += [(Browser(app).sign_in(user), user.name) for user in (vera[0], cora)]
    for address in ("/offline", "/offline/note"):
        drawn = {opened.get(address) for opened, _ in pages}
        assert len(drawn) == 1, address
        page = drawn.pop()
        assert 'name="csrf_token" value=""' in page or "csrf_token" not in page
        assert "data-account" not in page
        assert "data-blank" in page
        assert not any(name and name in page for _, name in pages)


def test_a_blank_page_takes_no_message_meant_for_another(app: Flask, vera: tuple[User, Any]):
    opened = Browser(app).sign_in(vera[0])
    with opened.client.session_transaction() as session:
        session["_flashes"] = [("done", "Canary will visit.")]
    assert "Canary" not in opened.get("/offline")
    assert "Canary" in opened.get("/me")


def test_a_note_that_was_begun_elsewhere_takes_the_mark_of_the_page_that_sent_it(
    app: Flask, vera: tuple[User, Any], ended: Shift
):
    """Else the phone, whose answer was lost, would be told that someone else had sent it."""
    phone, page = Phone(app, vera[0]).at(ended), str(uuid4())
    draft = f"/visit-notes/{uuid4()}/draft?shift={ended.id}&patient=round"
    phone.browser._open("POST", draft, data={"words": "She asked"}, headers=JSON)
    assert phone.send(uuid=page).status_code == 201
    assert phone.send(uuid=page).status_code == 200
    stored = db.session.scalars(select(VisitNote)).one()
    assert (stored.uuid, stored.state) == (page, NoteState.SENT)
