from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.places import actions, queries
from hospice.places.models import Place
from hospice.places.rules import PlaceFacts, PlaceKind
from tests import builders
from tests.builders import NOW

FACTS = PlaceFacts(
    name="Ward 1",
    second_name="Garden",
    kind=PlaceKind.WARD,
    address="",
    directions="",
    phone="",
    timezone="Asia/Shanghai",
    position=1,
)


def _kinds(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str | None]]:
    return [(one.kind, one.field) for one in refusal.value.objections]


def test_create_keeps_what_was_written_and_says_so(either_app: Flask) -> None:
    cora = builders.cora()
    with transaction():
        place = actions.create(FACTS, by=cora, now=NOW)
    assert (place.full_name, place.is_open, place.version) == ("Ward 1 · Garden", True, 1)
    (entry,) = journal.history("place", place.id)
    assert (entry.verb, entry.who, entry.happened_at) == ("place.added", "Cora Coates", NOW)


def test_create_refuses_a_name_that_is_taken(either_app: Flask) -> None:
    builders.place("Ward 1")
    with pytest.raises(Refused) as refusal, transaction():
        actions.create(FACTS, by=None, now=NOW)
    assert _kinds(refusal) == [("name_taken", "name")]


def test_change_journals_from_and_to(app: Flask) -> None:
    place = builders.place("Ward 1", second_name="Garden", phone="", position=1)
    with transaction():
        actions.change(
            place,
            replace(FACTS, name="Ward 9", phone="021 5555 0100"),
            seen_version=1,
            by=None,
            now=NOW,
        )
    (entry,) = journal.history("place", place.id)
    assert entry.facts["changed"] == {"name": ["Ward 1", "Ward 9"], "phone": ["", "021 5555 0100"]}
    assert queries.place(place.id).version == 2


def test_change_of_nothing_leaves_no_trace(app: Flask) -> None:
    place = builders.place("Ward 1", phone="", position=1)
    with transaction():
        actions.change(place, FACTS, seen_version=1, by=None, now=NOW)
    assert place.version == 1
    assert not journal.history("place", place.id)


def test_change_refuses_a_stale_edit_and_says_when(app: Flask) -> None:
    place = builders.place("Ward 1")
    later = NOW + timedelta(minutes=5)
    with transaction():
        actions.change(place, FACTS, seen_version=1, by=None, now=later)
    with pytest.raises(Refused) as refusal, transaction():
        actions.change(
            queries.place(place.id),
            replace(FACTS, name="Lost?"),
            seen_version=1,
            by=None,
            now=later,
        )
    assert refusal.value.objections[0].kind == "stale"
    assert refusal.value.objections[0].facts == {"at": later}
    assert queries.place(place.id).name == "Ward 1"


def test_change_refuses_when_someone_saves_in_between(either_app: Flask) -> None:
    place = builders.place("Ward 1")
    with transaction():
        loaded = queries.place(place.id)
        # What another process does after our look and before our write.
        db.session.execute(
            update(Place).where(Place.id == place.id).values(version=2),
            execution_options={"synchronize_session": False},
        )
        with pytest.raises(Refused) as refusal:
            actions.change(loaded, FACTS, seen_version=1, by=None, now=NOW)
        db.session.rollback()
    assert refusal.value.objections[0].kind == "stale"


def test_change_refuses_the_name_of_another(app: Flask) -> None:
    builders.place("Ward 1")
    other = builders.place("Ward 2")
    with pytest.raises(Refused) as refusal, transaction():
        actions.change(other, FACTS, seen_version=1, by=None, now=NOW)
    assert _kinds(refusal) == [("name_taken", "name")]


def test_closing_twice_is_written_down_once(app: Flask) -> None:
    place = builders.place("Ward 1")
    with transaction():
        actions.close(place, by=None, now=NOW)
        actions.close(place, by=None, now=NOW)
    assert not queries.places()
    with transaction():
        actions.reopen(queries.place(place.id), by=None, now=NOW)
    assert [one.id for one in queries.places()] == [place.id]
    assert [entry.verb for entry in journal.history("place", place.id)] == [
        "place.reopened",
        "place.closed",
    ]
