"""Reading the journal: one record's history, and everything, page by page."""

from datetime import timedelta

from flask import Flask

from hospice.core.db import transaction
from hospice.journal import actions, queries
from tests import builders
from tests.builders import NOW


def test_history_is_newest_first_and_paged(either_app: Flask):
    with transaction():
        for number in range(7):
            actions.record("place.changed", about=[("place", 1)], by=None, now=NOW, number=number)
        actions.record("place.changed", about=[("place", 2)], by=None, now=NOW)
    assert [e.facts["number"] for e in queries.history("place", 1, limit=3)] == [6, 5, 4]
    assert [e.facts["number"] for e in queries.history("place", 1, limit=3, offset=6)] == [0]
    assert queries.history_length("place", 1) == 7
    assert queries.history("patient", 1) == []


def test_changes_are_chosen_by_who_what_and_when(either_app: Flask):
    cora, ada = builders.cora(), builders.ada()
    with transaction():
        for hours, by, kind in ((0, cora, "place"), (1, ada, "place"), (2, ada, "user")):
            about = [(kind, 1), ("hospice", 1)]
            actions.record(f"{kind}.x", about=about, by=by, now=NOW + timedelta(hours=hours))

    def verbs(**chosen: object) -> tuple[list[str], int]:
        rows, total = queries.changes(**chosen)  # type: ignore[arg-type]
        return [row.verb for row in rows], total

    assert verbs() == (["user.x", "place.x", "place.x"], 3)
    assert verbs(limit=1, offset=1) == (["place.x"], 3)
    assert verbs(user_id=ada.id) == (["user.x", "place.x"], 2)
    assert verbs(kind="user") == (["user.x"], 1)
    assert verbs(kind="hospice") == (["user.x", "place.x", "place.x"], 3)
    assert verbs(since=NOW + timedelta(hours=1)) == (["user.x", "place.x"], 2)
    assert verbs(before=NOW + timedelta(hours=1)) == (["place.x"], 1)
    rows, _ = queries.changes()
    assert {(a.record_kind, a.record_id) for a in rows[0].about} == {("user", 1), ("hospice", 1)}
