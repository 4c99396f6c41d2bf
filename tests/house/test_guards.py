"""Every page is in the reviewed table, and opens for those in it and for nobody else."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hospice.accounts.models import User
from hospice.accounts.rules import PERMISSIONS, READ_ONLY_ROLES, Permission, Role
from hospice.core.db import db, transaction
from hospice.web.guard import public, requires
from tests import builders
from tests.conftest import Browser
from tests.house.endpoints import ENDPOINTS
from tests.house.generate_endpoints import lines

READING = {"GET", "HEAD", "OPTIONS"}
# What a monitor or browser asks without a person behind it; not pages.
NOT_PAGES = {"assets.serve", "health.live", "health.ready"}


# --- the table ------------------------------------------------------------------------------------


def table_problems(app: Flask) -> list[str]:
    """Return what the reviewed table and the app disagree about."""
    found = []
    made = lines(app)
    for endpoint, line in made.items():
        kept = ENDPOINTS.get(endpoint)
        if kept is None:
            found.append(f"not in tests/house/endpoints.py; if it is right, add:\n{line}")
        elif f'("{kept[0]}", "{kept[1]}")' not in line:
            found.append(f"reviewed as {kept}, but the code says:\n{line}")
    found += [
        f"{endpoint} is in the table but not in the app" for endpoint in ENDPOINTS.keys() - made
    ]
    return found


def test_every_page_is_reviewed(app: Flask):
    assert table_problems(app) == []


def test_nothing_is_closed_by_forgetting(app: Flask):
    assert [line for line in lines(app).values() if '"closed"' in line] == []


def test_table_names_permissions_that_exist():
    known = {*Permission, "everyone"}
    for endpoint, (_, needed) in ENDPOINTS.items():
        assert set(needed.split()) <= known, endpoint


def test_planted_pages_are_found(app: Flask):
    def added() -> str:
        return ""

    def forgotten() -> str:
        return ""

    app.add_url_rule("/planted", "places.added", requires(Permission.SEE_PLACES)(added))
    app.add_url_rule("/planted-too", "places.forgotten", forgotten)

    def opened() -> str:
        return ""

    app.view_functions["places.index"] = public(opened)
    found = "\n".join(table_problems(app))
    assert '"places.added": ("GET", "see_places")' in found
    assert '"places.forgotten": ("GET", "closed")' in found
    assert "reviewed as ('GET', 'see_places')" in found
    assert Browser(app).client.get("/planted-too").status_code == 403  # closed all the same


# --- real requests --------------------------------------------------------------------------------


@pytest.fixture
def addresses(app: Flask) -> Callable[[Rule], str]:
    """Return a function: a rule of the app -> an address of it, with records that exist."""
    ward = builders.place("Ward 1")
    vera, volunteer = builders.vera(places=[ward])
    weekly = builders.weekly_shift(ward)
    shift = builders.shift(ward, weekly_shift_id=weekly.id)
    known: dict[str, object] = {
        "user_id": vera.id,
        "place_id": ward.id,
        "volunteer_id": volunteer.id,
        "patient_id": builders.patient(at=ward).id,
        "shift_id": shift.id,
        "weekly_shift_id": weekly.id,
        "standing_id": builders.standing(weekly, volunteer).id,
        "assignment_id": builders.assignment(shift, volunteer).id,
        "kind": "place",
        "record_id": ward.id,
        "token": "none",
        "name": "alongside.css",
        "digest": "0" * 12,
        "page_id": uuid.UUID(int=7),
        "day": builders.SUNDAY.isoformat(),
    }

    def address(rule: Rule) -> str:
        # a number that no record has, for what is not known here
        values = {name: known.get(name, 999_999) for name in rule.arguments}
        with app.test_request_context():
            built = rule.build(values)
        assert built is not None, f"{rule} needs a value for {rule.arguments}"
        return built[1]

    return address


def requests_of(app: Flask, address: Callable[[Rule], str]) -> list[tuple[str, str, str]]:
    """Return every (endpoint, method, address)."""
    return [
        (rule.endpoint, method, address(rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NOT_PAGES
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def send(client: FlaskClient, app: Flask, method: str, url: str, **kwargs: Any) -> TestResponse:
    db.session.rollback()
    with app.app_context():
        response = client.open(url, method=method, **kwargs)
    db.session.rollback()
    return response


def is_sign_in(response: TestResponse) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith("/sign-in")


@pytest.mark.slow
def test_strangers_are_sent_to_sign_in(app: Flask, addresses: Callable[[Rule], str]):
    client = Browser(app).client
    wrong = []
    for endpoint, method, url in requests_of(app, addresses):
        response = send(client, app, method, url)
        if endpoint in {"accounts.sign_out", "today.home"}:
            continue  # both send a stranger to sign in: that is what they are for
        is_open = ENDPOINTS[endpoint][1] == "everyone"
        if is_sign_in(response) == is_open or response.status_code >= 500:
            wrong.append(f"{method} {url}: {response.status_code}")
        if method == "GET" and not is_open and "next=" not in response.headers["Location"]:
            wrong.append(f"{method} {url}: does not come back")
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_roles_open_what_is_theirs_and_find_nothing_else(
    app: Flask, addresses: Callable[[Rule], str], role: Role
):
    """Real requests for every page and method. What a role may not open is not there: 404."""
    requests = requests_of(app, addresses)
    person = builders.user("Paula Person", role)
    wrong = []
    for endpoint, method, url in requests:
        needed = set(ENDPOINTS[endpoint][1].split())
        client = Browser(app).sign_in(person).client
        response = send(client, app, method, url)
        is_open = needed == {"everyone"} or needed <= PERMISSIONS[role]
        if role in READ_ONLY_ROLES and method not in READING:
            is_open = is_open and bool(needed & {"everyone", Permission.OWN_ACCOUNT})
        if is_open:
            is_wrong = response.status_code >= 500 or (
                is_sign_in(response) and endpoint != "accounts.sign_out"
            )
        else:
            is_wrong = response.status_code != 404
        if is_wrong:
            wrong.append(f"{method} {url} ({endpoint}): {response.status_code}")
    assert wrong == []


def contents(*, but: set[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything the database holds, but for some tables."""
    db.session.rollback()
    found = {
        table.name: [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table.name}"))]
        for table in db.metadata.sorted_tables
        if table.name not in but
    }
    db.session.rollback()
    return found


def forget_openings() -> None:
    """Take away what is written down about who opened a record of a patient, or a note."""
    opened = "SELECT id FROM journal_entry WHERE verb IN ('patient.opened', 'note.opened')"
    with transaction():
        db.session.execute(text(f"DELETE FROM journal_about WHERE entry_id IN ({opened})"))
        db.session.execute(text(f"DELETE FROM journal_entry WHERE id IN ({opened})"))


@pytest.mark.slow
def test_who_only_reads_changes_nothing_by_any_verb(app: Flask, addresses: Callable[[Rule], str]):
    """Also with the headers that some frameworks take for another method."""
    requests = requests_of(app, addresses)
    auditor: User = builders.user("Aud Itor", Role.AUDITOR)
    before = contents(but={"sign_in", "attempt", "ticket"})
    browser = Browser(app).sign_in(auditor)
    for endpoint, method, url in requests:
        if endpoint == "accounts.sign_out" or ENDPOINTS[endpoint][1] == Permission.OWN_ACCOUNT:
            continue
        for verb in {method, "POST", "PUT", "PATCH", "DELETE"}:
            send(browser.client, app, verb, url, data={"name": "Changed", "version": "1"})
        for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            send(browser.client, app, "GET", url, headers={header: "POST"})
        send(browser.client, app, "GET", url, query_string={"_method": "POST"})
    forget_openings()
    assert contents(but={"sign_in", "attempt", "ticket"}) == before


@pytest.mark.slow
def test_opening_a_page_changes_nothing(app: Flask, addresses: Callable[[Rule], str]):
    """GET is safe: link checkers and prefetching browsers open everything.

    But for when someone was last seen, for tries at a secret, which are counted, and for the
    journal's line that says who opened the record of a patient, or a note.
    """
    requests = requests_of(app, addresses)
    ada = builders.ada()
    before = contents(but={"sign_in", "attempt"})
    for browser in (Browser(app), Browser(app).sign_in(ada)):
        for _endpoint, method, url in requests:
            if method == "GET":
                send(browser.client, app, "GET", url)
    forget_openings()
    assert contents(but={"sign_in", "attempt"}) == before
