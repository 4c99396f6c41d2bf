"""What happened is written once, as plain values, and never altered."""

from datetime import UTC, date, datetime, time

from flask import Flask

from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.core.db import db, transaction
from hospice.journal import actions, queries
from tests import builders
from tests.builders import NOW


def test_entry_keeps_plain_values_and_the_name_as_it_was(either_app: Flask):
    cora = builders.cora()
    with transaction():
        actions.record(
            "shift.moved",
            about=[("shift", 3), ("place", 4)],
            by=cora,
            now=NOW,
            role=Role.LEADER,
            day=date(2026, 11, 29),
            at=time(14),
            moment=datetime(2026, 11, 29, 6, tzinfo=UTC),
            changed={"people": [{1, 2}, (3,)]},
        )
    cora.name = "Cora Married"
    db.session.commit()
    (entry,) = queries.history("place", 4)
    assert entry.who == "Cora Coates"
    assert entry.user_id == cora.id
    assert entry.facts == {
        "role": "leader",
        "day": "2026-11-29",
        "at": "14:00:00",
        "moment": "2026-11-29T06:00:00+00:00",
        "changed": {"people": [[1, 2], [3]]},
    }


def test_nobody_is_the_app_itself_and_someone_without_an_account_has_a_name(either_app: Flask):
    with transaction():
        actions.record("shift.made", about=[("shift", 1)], by=None, now=NOW)
        actions.record("shift.answered", about=[("shift", 1)], by=None, who="Vera", now=NOW)
    assert [(e.user_id, e.who) for e in queries.history("shift", 1)] == [(None, "Vera"), (None, "")]


def test_changes_name_only_what_differs():
    cora = User(name="Cora", email="c@x.org", role=Role.COORDINATOR)
    new = {"name": "Cora", "email": "d@x.org", "role": Role.AUDITOR}
    assert actions.changes(cora, new) == {
        "email": ["c@x.org", "d@x.org"],
        "role": ["coordinator", "auditor"],
    }
