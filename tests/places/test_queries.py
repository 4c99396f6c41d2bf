import pytest
from flask import Flask

from hospice.core.errors import Missing
from hospice.places import queries
from hospice.places.rules import PlaceKind, Showing
from tests import builders


def test_places_come_wards_first_in_their_order(either_app: Flask) -> None:
    builders.place("At home", kind=PlaceKind.HOME, position=0)
    builders.place("Ward B", position=2)
    builders.place("Ward A", position=2)
    builders.place("Ward Z", position=1)
    assert [one.name for one in queries.places()] == ["Ward Z", "Ward A", "Ward B", "At home"]


def test_places_closed_are_asked_for(app: Flask) -> None:
    builders.place("Ward 1")
    builders.place("Annex", is_open=False)
    assert [one.name for one in queries.places()] == ["Ward 1"]
    assert [one.name for one in queries.places(Showing.CLOSED)] == ["Annex"]
    assert [one.name for one in queries.places(Showing.ALL)] == ["Annex", "Ward 1"]


def test_a_form_keeps_its_own_closed_place(app: Flask) -> None:
    open_one = builders.place("Ward 1")
    closed = builders.place("Annex", is_open=False)
    builders.place("Attic", is_open=False)
    assert [one.id for one in queries.places_to_choose()] == [open_one.id]
    assert [one.id for one in queries.places_to_choose(closed.id)] == [closed.id, open_one.id]


def test_place_that_is_not_there_is_missing(app: Flask) -> None:
    with pytest.raises(Missing):
        queries.place(999)


def test_last_position_of_nothing_is_zero(app: Flask) -> None:
    assert queries.last_position() == 0
    builders.place(position=7)
    assert queries.last_position() == 7
