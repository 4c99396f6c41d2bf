from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from hospice.accounts.models import SignIn, Ticket, User
from hospice.accounts.rules import Role, TicketKind
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.volunteers import actions, queries
from hospice.volunteers.actions import saving
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import Cleared, DayPart, Span, VolunteerState
from tests import builders
from tests.conftest import KEY
from tests.volunteers.test_rules import details

NOW = builders.NOW
TODAY = date(2026, 11, 25)
SUNDAYS = [(6, DayPart.AFTERNOON)]


def add(by: User, **values: Any) -> Volunteer:
    cleared = values.pop("cleared", [])
    free = values.pop("free", [])
    with transaction():
        made = actions.add(details(**values), free=free, cleared=cleared, by=by, now=NOW)
    db.session.refresh(made)
    return made


def change(volunteer: Volunteer, by: User, **values: Any) -> Volunteer:
    plain: dict[str, Any] = {
        "free": queries.availability(volunteer.id),
        "cleared": [],
        "places_shown": set(),
        "seen_version": volunteer.version,
    }
    plain.update({key: values.pop(key) for key in [*plain] if key in values})
    typed = details(**{**kept(volunteer), **values})
    with transaction():
        return actions.change(volunteer, typed, by=by, now=NOW, **plain)


def kept(volunteer: Volunteer) -> dict[str, Any]:
    names = ("legal_name", "preferred_name", "phone", "email", "locale", "gender", "experience")
    return {name: getattr(volunteer, name) for name in names}


def last(volunteer: Volunteer) -> Any:
    return journal.history("volunteer", volunteer.id, limit=1)[0]


def refused(kind: str) -> Any:
    return pytest.raises(Refused, match=kind)


# --- details --------------------------------------------------------------------------------------


def test_added_volunteers_can_be_found_and_placed(either_app: Flask) -> None:
    ward = builders.place()
    made = add(
        builders.cora(),
        legal_name="王秀英",
        preferred_name="秀英",
        phone="130 5555 0142",
        free=SUNDAYS,
        cleared=[Cleared(ward.id, 4, date(2027, 1, 31))],
        restricted_notes="Softly.",
    )
    assert "wangxiuying" in made.search_key
    assert "13055550142" in made.search_key
    assert made.sort_key == "xiu ying"
    assert made.restricted_notes == "Softly."
    assert queries.availability(made.id) == SUNDAYS
    [cleared] = queries.clearances(made.id)
    assert (cleared.place_id, cleared.distance_km, cleared.expires_on) == (
        ward.id,
        4,
        date(2027, 1, 31),
    )
    assert last(made).verb == "volunteer.added"


def test_namesakes_are_added_only_when_said_so(app: Flask) -> None:
    cora = builders.cora()
    add(cora, legal_name="王秀英", preferred_name="王秀英", phone="130")
    typed = details(legal_name="王秀英", preferred_name="王秀英", phone="130")
    with refused("namesake") as caught, transaction():
        actions.add(typed, free=[], cleared=[], by=cora, now=NOW)
    assert not caught.value.objections[0].hard
    with transaction():
        actions.add(typed, free=[], cleared=[], by=cora, now=NOW, is_someone_else=True)
    assert len(db.session.scalars(select(Volunteer)).all()) == 2


def test_changes_are_journaled_field_by_field(app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora)
    change(vera, cora, phone="021 5555 0100", languages=("hakka",))
    assert last(vera).facts == {
        "changed": {"phone": ["", "021 5555 0100"], "languages": [[], ["hakka"]]}
    }
    assert "02155550100" in vera.search_key


def test_saving_the_same_changes_nothing(app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora, free=SUNDAYS)
    change(vera, cora)
    assert vera.version == 1
    assert journal.history_length("volunteer", vera.id) == 1


def test_a_change_of_other_rows_alone_is_a_new_version(either_app: Flask) -> None:
    cora, ward = builders.cora(), builders.place("Ward 1")
    vera = add(cora)
    change(vera, cora, free=SUNDAYS)
    assert vera.version == 2
    change(vera, cora, cleared=[Cleared(ward.id, 3)], places_shown={ward.id})
    assert vera.version == 3
    assert last(vera).facts["changed"] == {
        "clearances": [[], [{"place": "Ward 1", "km": 3, "expires_on": None}]]
    }
    change(vera, cora, cleared=[Cleared(ward.id, 5)], places_shown={ward.id})
    assert queries.clearances(vera.id)[0].distance_km == 5
    change(vera, cora, cleared=[], places_shown={ward.id})
    assert queries.clearances(vera.id) == []


def test_clearances_that_the_form_did_not_show_stay(app: Flask) -> None:
    cora = builders.cora()
    shown, hidden = builders.place(), builders.place()
    vera = add(cora, cleared=[Cleared(hidden.id)])
    change(vera, cora, cleared=[Cleared(shown.id), Cleared(hidden.id, 99)], places_shown={shown.id})
    found = {one.place_id: one.distance_km for one in queries.clearances(vera.id)}
    assert found == {shown.id: None, hidden.id: None}


def test_restricted_notes_stay_when_they_were_not_shown(app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora, restricted_notes="Softly.")
    change(vera, cora, phone="12345", restricted_notes=None)
    assert vera.restricted_notes == "Softly."


def test_the_second_editor_is_told(app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora)
    change(vera, cora, phone="11111")
    with refused("stale") as caught:
        change(vera, cora, phone="22222", seen_version=1)
    assert caught.value.objections[0].facts["at"] == NOW
    db.session.refresh(vera)
    assert vera.phone == "11111"


def test_an_editor_who_lost_the_race_is_refused(either_app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora)

    def race() -> None:
        with transaction():
            assert vera.version == 1
            # someone else's commit between our look and our save
            db.session.connection().execute(update(Volunteer).values(version=7))
            vera.phone = "1"
            saving.save(vera)

    with refused("stale"):
        race()


def test_wishes_beyond_the_most_are_refused(app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora)
    with refused("preferred_over_maximum"):
        change(vera, cora, preferred_a_month=5, maximum_a_month=4)


def test_own_changes_leave_the_rest_alone(app: Flask) -> None:
    account, vera = builders.vera()
    with transaction():
        actions.change_own(
            vera,
            preferred_name="Vee",
            phone="12345",
            locale="zh_Hans",
            seen_version=vera.version,
            by=account,
            now=NOW,
        )
    db.session.refresh(account)
    assert (vera.preferred_name, vera.legal_name, vera.phone) == ("Vee", "Vera Vance", "12345")
    assert account.name == "Vee"
    with refused("stale"), transaction():
        actions.change_own(
            vera, preferred_name="V", phone="", locale="en", seen_version=1, by=account, now=NOW
        )


# --- coming and going -----------------------------------------------------------------------------


def test_a_break_begins_and_ends(app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora)
    with transaction():
        actions.start_break(vera, date(2026, 12, 24), by=cora, now=NOW, today=TODAY)
    assert (vera.state, vera.break_until) == (VolunteerState.ON_BREAK, date(2026, 12, 24))
    with transaction():
        actions.start_break(vera, date(2026, 12, 24), by=cora, now=NOW, today=TODAY)
    assert journal.history_length("volunteer", vera.id) == 2  # a second tap says the same
    with transaction():
        actions.come_back(vera, by=cora, now=NOW)
    assert (vera.state, vera.break_until) == (VolunteerState.ACTIVE, None)
    with refused("break_over"), transaction():
        actions.start_break(vera, date(2026, 11, 24), by=cora, now=NOW, today=TODAY)


def test_who_leaves_is_signed_out_at_once(app: Flask) -> None:
    cora = builders.cora()
    account, vera = builders.vera()
    builders.save(
        SignIn(token_hash="x", user_id=account.id, is_kept=True, started_at=NOW, seen_at=NOW)
    )
    with transaction():
        actions.leave(vera, by=cora, now=NOW)
    db.session.refresh(account)
    assert vera.state is VolunteerState.LEFT
    assert not account.is_enabled
    assert db.session.scalars(select(SignIn.ended_at)).all() == [NOW]
    with refused("left"), transaction():
        actions.start_break(vera, None, by=cora, now=NOW, today=TODAY)
    with transaction():
        actions.come_back(vera, by=cora, now=NOW)
    db.session.refresh(account)
    assert account.is_enabled


def test_a_colleague_who_stops_visiting_keeps_signing_in(app: Flask) -> None:
    cora, other = builders.cora(), builders.user("Clara", Role.COORDINATOR)
    record = builders.volunteer("Clara", user_id=other.id)
    with transaction():
        actions.leave(record, by=cora, now=NOW)
    db.session.refresh(other)
    assert other.is_enabled


def test_days_away_are_said_once(app: Flask) -> None:
    account, vera = builders.vera()
    span = Span(date(2026, 12, 1), date(2026, 12, 3))
    with transaction():
        away = actions.add_away(vera, span, "Tea", by=account, now=NOW, today=TODAY)
    with refused("away_known"), transaction():
        actions.add_away(vera, span, "", by=account, now=NOW, today=TODAY)
    with transaction():
        actions.cancel_away(away, by=account, now=NOW)
        actions.cancel_away(away, by=account, now=NOW)
    assert away.cancelled_at == NOW
    verbs = [entry.verb for entry in journal.history("volunteer", vera.id)]
    assert verbs == ["volunteer.away_cancelled", "volunteer.away"]
    with transaction():
        actions.add_away(vera, span, "", by=account, now=NOW, today=TODAY)


# --- kept apart -----------------------------------------------------------------------------------


def test_two_are_kept_apart_once(either_app: Flask) -> None:
    cora = builders.cora()
    vera, will = builders.volunteer("Vera"), builders.volunteer("Will")
    with transaction():
        actions.keep_apart(will, vera, "", by=cora, now=NOW)
        actions.keep_apart(vera, will, "", by=cora, now=NOW)
    assert len(queries.kept_apart(vera.id)) == 1
    with refused("same_person"), transaction():
        actions.keep_apart(vera, vera, "", by=cora, now=NOW)
    with transaction():
        actions.stop_keeping_apart(vera, will, by=cora, now=NOW)
    assert queries.kept_apart(vera.id) == []
    for who, name in ((vera, "Will"), (will, "Vera")):
        assert last(who).facts == {"changed": {"kept_apart": [name, None]}}


# --- signing in -----------------------------------------------------------------------------------


def invite(volunteer: Volunteer, by: User) -> Ticket | None:
    with transaction():
        return actions.invite(volunteer, by=by, now=NOW, secret_key=KEY)


def test_an_invited_volunteer_gets_a_link(app: Flask) -> None:
    cora = builders.cora()
    vera = add(cora, email="Vera@Example.org", is_leader=True, locale="zh_Hans")
    ticket = invite(vera, cora)
    assert ticket is not None
    assert ticket.kind is TicketKind.INVITATION
    user = queries.user_of(vera)
    assert user is not None
    assert (user.email, user.role, user.locale) == ("vera@example.org", Role.LEADER, "zh_Hans")
    again = invite(vera, cora)
    db.session.refresh(ticket)
    assert again is not None
    assert ticket.used_at == NOW  # only the newest link works


def test_without_an_address_nobody_is_invited(app: Flask) -> None:
    cora = builders.cora()
    with refused("no_email"):
        invite(add(cora), cora)


def test_who_has_a_password_gets_no_second_link(app: Flask) -> None:
    cora = builders.cora()
    account, vera = builders.vera()
    with transaction():
        account.password_hash = "something"
        db.session.flush()
    with refused("signs_in_already"):
        invite(vera, cora)


def test_a_colleague_who_visits_is_joined_and_gets_no_link(app: Flask) -> None:
    cora, ada = builders.cora(), builders.ada()
    record = add(cora, email=ada.email)
    assert invite(record, cora) is None
    assert record.user_id == ada.id
    with refused("signs_in_already"):
        invite(record, cora)  # never a way to an administrator's password
    second = add(cora, legal_name="Otto", preferred_name="Otto", email=ada.email)
    with refused("email_taken"):
        invite(second, cora)


def test_the_sign_in_follows_the_email_where_it_is_free(app: Flask) -> None:
    cora = builders.cora()
    account, vera = builders.vera()
    change(vera, cora, email="new@example.org", preferred_name="Vee")
    db.session.refresh(account)
    assert (account.email, account.name) == ("new@example.org", "Vee")
    change(vera, cora, email=cora.email)
    db.session.refresh(account)
    assert account.email == "new@example.org"
    assert vera.email == cora.email


def test_a_colleagues_sign_in_is_never_moved(app: Flask) -> None:
    cora, ada = builders.cora(), builders.ada()
    record = builders.volunteer("Ada Adler", user_id=ada.id, email=ada.email)
    before = ada.email, ada.name
    change(record, cora, email="cora-wants-in@example.org", preferred_name="Cora")
    db.session.refresh(ada)
    assert (ada.email, ada.name) == before
    assert record.email == "cora-wants-in@example.org"
