"""Users, sign-ins and links on both databases."""

import base64
import threading
from datetime import timedelta
from typing import Any

import pytest
from argon2.low_level import Type, hash_secret
from flask import Flask
from sqlalchemy import text

from hospice.accounts import actions, queries
from hospice.accounts.models import SignIn, Ticket, User
from hospice.accounts.rules import LIMITS, Door, HospiceFacts, PersonFacts, Role, TicketKind
from hospice.core.db import db, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import queries as journal
from tests import builders
from tests.builders import NOW
from tests.conftest import KEY

ADA = PersonFacts("Ada Adler", "ada@example.org", Role.ADMINISTRATOR, "en")


def reasons(refused: Any) -> list[str]:
    return [objection.kind for objection in refused.value.objections]


def issue(user: User | None, kind: TicketKind = TicketKind.RESET, **kwargs: Any) -> Ticket:
    with transaction():
        return actions.issue_ticket(kind, user=user, now=NOW, secret_key=KEY, **kwargs)


def test_hospice_is_founded_once(either_app: Flask):
    with pytest.raises(Refused) as refused, transaction():
        actions.found_hospice(name="Two", timezone="UTC", locale="en", now=NOW)
    assert reasons(refused) == ["hospice_exists"]


def test_address_signs_in_once_whatever_its_case(either_app: Flask):
    builders.user(email="vera@example.org")
    with pytest.raises(Refused) as refused, transaction():
        actions.add_user(
            email=" Vera@Example.org", name="V", role=Role.VOLUNTEER, locale="en", now=NOW
        )
    assert reasons(refused) == ["email_taken"]


def test_password_is_hashed_and_checked_by_its_meaning():
    kept = actions.hash_password("tea at four on the terrace")
    assert "tea" not in kept
    assert actions.check_password("ｔｅａ at four on the terrace", kept)[0]
    assert not actions.check_password("tea at five on the terrace", kept)[0]
    assert actions.check_password("nobody at all", None) == (False, None)
    assert actions.check_password("anything", "damaged") == (False, None)


def test_old_hashes_are_made_better_when_used():
    kept = hash_secret(b"tea at four", b"somesaltsomesalt", 2, 8, 1, 32, Type.ID).decode()
    fits, better = actions.check_password("tea at four", kept)
    assert fits
    assert better is not None
    assert actions.check_password("tea at four", better) == (True, None)


def test_sign_in_token_is_kept_only_hashed(either_app: Flask):
    vera = builders.user("Vera Vance", Role.VOLUNTEER)
    with transaction():
        token = actions.sign_in(vera, is_kept=True, device="", now=NOW)
    kept = db.session.execute(text("SELECT token_hash FROM sign_in")).scalar_one()
    assert token not in kept
    found = queries.sign_in_by_token(token, NOW)
    assert found is not None
    assert found[1].id == vera.id
    assert queries.sign_in_by_token(token[:-1], NOW) is None


@pytest.mark.parametrize("ending", ["sign_out", "everywhere", "password", "role", "disable"])
def test_what_ends_a_sign_in_ends_it_at_once(either_app: Flask, ending: str):
    ada, vera = builders.ada(), builders.user("Vera Vance", Role.LEADER)
    with transaction():
        token = actions.sign_in(vera, is_kept=True, device="", now=NOW)
    with transaction():
        if ending == "sign_out":
            actions.sign_out(token, NOW)
        elif ending == "everywhere":
            actions.sign_out_everywhere(vera, NOW)
        elif ending == "password":
            actions.change_password(vera, "hash", now=NOW)
        elif ending == "role":
            facts = PersonFacts(vera.name, vera.email, Role.VOLUNTEER, "en")
            actions.change_person(vera, facts, seen_version=vera.version, by=ada, now=NOW)
        else:
            actions.enable(vera, is_enabled=False, by=ada, now=NOW)
    assert queries.sign_in_by_token(token, NOW) is None


def test_changing_the_password_keeps_the_present_sign_in(either_app: Flask):
    vera = builders.user("Vera Vance", Role.VOLUNTEER)
    with transaction():
        here = actions.sign_in(vera, is_kept=False, device="", now=NOW)
        there = actions.sign_in(vera, is_kept=False, device="", now=NOW)
    link = issue(vera)
    with transaction():
        actions.change_password(vera, "hash", now=NOW, but=here)
    assert queries.sign_in_by_token(here, NOW) is not None
    assert queries.sign_in_by_token(there, NOW) is None
    assert queries.tickets_to_send(NOW) == []
    db.session.refresh(link)
    assert link.used_at is not None


def test_another_persons_sign_in_is_missing(either_app: Flask):
    vera, otto = builders.user("Vera Vance", Role.VOLUNTEER), builders.user("Otto Olsen")
    with transaction():
        actions.sign_in(vera, is_kept=False, device="", now=NOW)
    row = queries.living_sign_ins(vera, NOW)[0]
    with pytest.raises(Missing), transaction():
        actions.end_sign_in(otto, row.id, now=NOW)
    assert len(queries.living_sign_ins(vera, NOW)) == 1


def test_nobody_changes_their_own_role(either_app: Flask):
    ada = builders.ada()
    facts = PersonFacts(ada.name, ada.email, Role.VOLUNTEER, "en")
    with pytest.raises(Refused) as refused, transaction():
        actions.change_person(ada, facts, seen_version=ada.version, by=ada, now=NOW)
    assert reasons(refused) == ["yourself"]


def test_an_administrator_always_remains(either_app: Flask):
    ada, cora = builders.ada(), builders.cora()
    facts = PersonFacts(ada.name, ada.email, Role.COORDINATOR, "en")
    with pytest.raises(Refused) as refused, transaction():
        actions.change_person(ada, facts, seen_version=ada.version, by=cora, now=NOW)
    assert reasons(refused) == ["last_administrator"]
    with pytest.raises(Refused) as refused, transaction():
        actions.enable(ada, is_enabled=False, by=cora, now=NOW)
    assert reasons(refused) == ["last_administrator"]


def test_two_administrators_cannot_put_each_other_out(either_app: Flask):
    """Both see one other administrator; only one of the two changes may stand."""
    first, second = builders.ada().id, builders.ada().id
    is_postgres = db.engine.dialect.name == "postgresql"  # SQLite lets one writer in at a time
    db.session.rollback()
    ready, outcomes = threading.Barrier(2), []

    def put_out(by_id: int, user_id: int) -> None:
        with either_app.app_context():
            try:
                with transaction():
                    by, user = queries.user(by_id), queries.user(user_id)
                    if is_postgres:
                        ready.wait(10)
                    actions.enable(user, is_enabled=False, by=by, now=NOW)
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(refused.objections[0].kind)
            finally:
                db.session.remove()

    pairs = ((first, second), (second, first))
    racers = [threading.Thread(target=put_out, args=pair) for pair in pairs]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    assert sorted(outcomes) == ["done", "last_administrator"]
    assert len(queries.users_with_role(Role.ADMINISTRATOR)) == 1


def test_stale_edit_is_refused_and_says_when(either_app: Flask):
    ada, cora = builders.ada(), builders.cora()
    seen = cora.version
    facts = PersonFacts("Cora One", cora.email, cora.role, "en")
    with transaction():
        actions.change_person(cora, facts, seen_version=seen, by=ada, now=NOW)
    facts = PersonFacts("Cora Two", cora.email, cora.role, "en")
    with pytest.raises(Refused) as refused, transaction():
        actions.change_person(cora, facts, seen_version=seen, by=ada, now=NOW)
    assert reasons(refused) == ["stale"]
    assert refused.value.objections[0].facts == {"at": NOW}
    assert cora.name == "Cora One"


def test_changes_enter_the_journal_in_the_same_transaction(either_app: Flask):
    ada = builders.ada()
    hospice = queries.hospice()
    assert hospice is not None
    facts = HospiceFacts("Osmanthus", "Europe/London", "en", "GB", "", "")
    with transaction():
        actions.change_hospice(hospice, facts, seen_version=hospice.version, by=ada, now=NOW)
    entry = journal.history("hospice", 1)[0]
    assert entry.verb == "hospice.changed"
    assert entry.who == "Ada Adler"
    assert entry.facts["changed"]["timezone"] == ["Asia/Shanghai", "Europe/London"]


def test_what_is_rolled_back_leaves_no_entry(either_app: Flask):
    ada = builders.ada()

    def invite_twice() -> None:
        with transaction():
            for _ in range(2):
                actions.invite(ADA, by=ada, now=NOW, secret_key=KEY)

    with pytest.raises(Refused):
        invite_twice()
    assert queries.user_by_email("ada@example.org") is None
    assert journal.changes()[1] == 0


def test_nothing_changed_is_no_entry(either_app: Flask):
    ada, cora = builders.ada(), builders.cora()
    facts = PersonFacts(cora.name, cora.email.upper(), cora.role, cora.locale)
    with transaction():
        actions.change_person(cora, facts, seen_version=cora.version, by=ada, now=NOW)
    assert journal.history_length("user", cora.id) == 0


# --- links ----------------------------------------------------------------------------------------


def test_link_is_kept_only_hashed_and_made_again_from_the_key(either_app: Flask):
    ticket = issue(builders.cora())
    token = actions.ticket_token(ticket, KEY)
    row = db.session.execute(text("SELECT * FROM ticket")).mappings().one()
    assert all(token not in str(value) for value in row.values())
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    db.session.expire_all()
    assert actions.ticket_token(ticket, KEY) == token
    assert actions.ticket_token(ticket, KEY + "x") != token
    found = queries.ticket_by_token(token, NOW, TicketKind.RESET)
    assert found is not None
    assert found.id == ticket.id
    assert queries.ticket_by_token(token, NOW, TicketKind.INVITATION) is None


def test_link_works_once(either_app: Flask):
    ticket = issue(builders.cora())
    with transaction():
        actions.use_ticket(ticket, NOW)
    with pytest.raises(Missing), transaction():
        actions.use_ticket(ticket, NOW)


@pytest.mark.parametrize(
    ("kind", "lasts"),
    [(TicketKind.RESET, timedelta(minutes=10)), (TicketKind.INVITATION, timedelta(days=7))],
)
def test_link_runs_out(either_app: Flask, kind: TicketKind, lasts: timedelta):
    token = actions.ticket_token(issue(builders.cora(), kind), KEY)
    almost = NOW + lasts - timedelta(seconds=1)
    assert queries.ticket_by_token(token, almost, kind) is not None
    assert queries.ticket_by_token(token, NOW + lasts, kind) is None


def test_newer_link_ends_the_older(either_app: Flask):
    cora = builders.cora()
    older = actions.ticket_token(issue(cora), KEY)
    newer = actions.ticket_token(issue(cora), KEY)
    assert queries.ticket_by_token(older, NOW, TicketKind.RESET) is None
    assert queries.ticket_by_token(newer, NOW, TicketKind.RESET) is not None


def test_link_of_a_closed_account_is_dead(either_app: Flask):
    ada, cora = builders.ada(), builders.cora()
    with transaction():
        ticket = actions.invite_again(cora, by=ada, now=NOW, secret_key=KEY)
    token = actions.ticket_token(ticket, KEY)
    with transaction():
        cora.is_enabled = False  # not even through `enable`, which ends links itself
    assert queries.ticket_by_token(token, NOW, TicketKind.INVITATION) is None
    assert queries.tickets_to_send(NOW) == []
    with pytest.raises(Refused) as refused, transaction():
        actions.invite_again(cora, by=ada, now=NOW, secret_key=KEY)
    assert reasons(refused) == ["disabled"]


def test_letters_are_wanted_for_invitations_and_asked_resets(either_app: Flask):
    ada = builders.ada()
    with transaction():
        user, ticket = actions.invite(
            PersonFacts("Greta", "greta@example.org", Role.GRIEF_SUPPORT, "zh_Hans"),
            by=ada,
            now=NOW,
            secret_key=KEY,
        )
        actions.ask_reset(ada.email, now=NOW, secret_key=KEY)
        actions.ask_reset("nobody@example.org", now=NOW, secret_key=KEY)
    issue(builders.cora())  # printed on the console: no letter
    wanted = [(t.kind, u.email) for t, u in queries.tickets_to_send(NOW)]
    assert wanted == [
        (TicketKind.INVITATION, "greta@example.org"),
        (TicketKind.RESET, ada.email),
    ]
    link = actions.ticket_link(ticket, base_url="https://roster.example.org", secret_key=KEY)
    assert link.startswith("https://roster.example.org/invitation/")
    assert queries.has_living_invitation(user.id, NOW)


def test_asking_for_nobody_leaves_no_pile_and_numbers_are_not_given_again(either_app: Flask):
    numbers = []
    for _ in range(5):
        with transaction():
            actions.ask_reset("nobody@example.org", now=NOW, secret_key=KEY)
        numbers.append(queries.newest_ticket_id())
    assert numbers == sorted(set(numbers))
    assert db.session.execute(text("SELECT count(*) FROM ticket")).scalar_one() == 1


def test_first_run_link_ends_with_the_next_and_with_the_hospice(either_app: Flask):
    with transaction():
        assert actions.first_run_link("https://x.example", NOW, secret_key=KEY) is None


# --- throttling -----------------------------------------------------------------------------------


def tries(door: Door, account: str, address: str, times: int) -> list[bool]:
    with transaction():
        return [
            actions.count_try(door, account=account, address=address, now=NOW) for _ in range(times)
        ]


def test_account_is_tried_ten_times_whatever_the_address(either_app: Flask):
    limit = LIMITS[Door.SIGN_IN].per_account
    with transaction():
        allowed = [
            actions.count_try(
                Door.SIGN_IN, account=" Ada@example.org"[i % 2 :], address=f"10.0.0.{i}", now=NOW
            )
            for i in range(limit + 5)
        ]
    assert allowed == [True] * limit + [False] * 5


def test_address_has_its_share_whatever_the_account(either_app: Flask):
    limit = LIMITS[Door.SIGN_IN].per_address
    with transaction():
        allowed = [
            actions.count_try(Door.SIGN_IN, account=f"a{i}@x.org", address="10.0.0.1", now=NOW)
            for i in range(limit + 5)
        ]
    assert sum(allowed) == limit


def test_doors_count_for_themselves_and_the_window_ends(either_app: Flask):
    assert not all(tries(Door.SIGN_IN, "ada@x.org", "10.0.0.1", 11))
    assert all(tries(Door.RESET, "ada@x.org", "10.0.0.1", 3))
    later = NOW + timedelta(minutes=15, seconds=1)
    with transaction():
        assert actions.count_try(Door.SIGN_IN, account="ada@x.org", address="10.0.0.1", now=later)
    assert db.session.execute(text("SELECT count(*) FROM attempt")).scalar_one() == 2


def test_a_good_try_is_forgotten(either_app: Flask):
    tries(Door.SIGN_IN, "ada@x.org", "10.0.0.1", 9)
    with transaction():
        actions.forget_tries(Door.SIGN_IN, account="ada@x.org", address="10.0.0.1")
    assert queries.tries("sign_in:account:ada@x.org", NOW) == 0
    assert queries.tries("sign_in:address:10.0.0.1", NOW) == 8


def test_seeing_is_noted_once_a_minute(either_app: Flask):
    vera = builders.user("Vera Vance", Role.VOLUNTEER)
    with transaction():
        actions.sign_in(vera, is_kept=False, device="", now=NOW)
    row = db.session.query(SignIn).one()
    assert not actions.is_to_be_seen(row, NOW + timedelta(seconds=59))
    assert actions.is_to_be_seen(row, NOW + timedelta(seconds=60))
