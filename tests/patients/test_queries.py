import pytest
from flask import Flask

from hospice.core import names
from hospice.core.errors import Missing
from hospice.patients import queries
from hospice.patients.models import Patient
from hospice.patients.rules import Massage, PatientFilter, PatientState
from hospice.places.models import Place
from tests import builders


def _patient(name: str, at: Place, legal_name: str = "", **values: object) -> Patient:
    return builders.patient(
        name,
        at=at,
        legal_name=legal_name,
        search_key=names.search_key(name, legal_name),
        sort_key=names.sort_key(name),
        **values,
    )


def _names(asked: PatientFilter) -> list[str]:
    rows = queries.listed(asked, limit=100)
    assert queries.how_many(asked) == len(rows)
    return [row.patient.preferred_name for row in rows]


def test_patient_that_is_not_there_is_missing(app: Flask) -> None:
    with pytest.raises(Missing):
        queries.patient(999)


def test_list_shows_the_visited_in_the_order_of_names(either_app: Flask) -> None:
    ward = builders.place()
    _patient("赵奶奶", ward)
    _patient("Mrs Brown", ward)
    _patient("陈伯伯", ward)
    _patient("Mr Gone", ward, state=PatientState.WENT_HOME)
    assert _names(PatientFilter()) == ["陈伯伯", "Mrs Brown", "赵奶奶"]
    assert _names(PatientFilter(state=None)) == ["陈伯伯", "Mr Gone", "Mrs Brown", "赵奶奶"]
    assert _names(PatientFilter(state=PatientState.WENT_HOME)) == ["Mr Gone"]


@pytest.mark.parametrize("words", ["王秀", "wang", "wxy", "xiuying", "王 阿姨", "WANG", "%", ""])
def test_list_finds_by_name_pinyin_and_initials(either_app: Flask, words: str) -> None:
    ward = builders.place()
    _patient("王阿姨", ward, legal_name="王秀英")
    _patient("李老师", ward)
    found = _names(PatientFilter(words=words))
    expected = {"%": [], "": ["李老师", "王阿姨"]}.get(words, ["王阿姨"])
    assert found == expected


def test_list_narrows_by_place_language_and_massage(either_app: Flask) -> None:
    one, two = builders.place(), builders.place()
    _patient("A", one, languages=["mandarin"], massage=Massage.YES)
    _patient("B", two, languages=["english", "mandarin"], massage=Massage.NO)
    _patient("C", two, languages=["温州话", 'odd"_%'])
    assert _names(PatientFilter(place_id=two.id)) == ["B", "C"]
    assert _names(PatientFilter(place_id=999)) == []
    assert _names(PatientFilter(language="mandarin")) == ["A", "B"]
    assert _names(PatientFilter(language="mandar")) == []
    assert _names(PatientFilter(language="温州话")) == ["C"]
    assert _names(PatientFilter(language='odd"_%')) == ["C"]
    assert _names(PatientFilter(language="%")) == []
    assert _names(PatientFilter(massage=Massage.NO)) == ["B"]


def test_list_pages(app: Flask) -> None:
    ward = builders.place()
    for letter in "ABCDE":
        _patient(letter, ward)
    rows = queries.listed(PatientFilter(), limit=2, offset=2)
    assert [row.patient.preferred_name for row in rows] == ["C", "D"]
    assert queries.how_many(PatientFilter()) == 5


def test_list_does_not_even_load_what_someone_lives_with(app: Flask) -> None:
    _patient("Mrs Wang", builders.place(), condition="a secret")
    (row,) = queries.listed(PatientFilter(), limit=1)
    for name in ("condition", "diagnosis"):
        with pytest.raises(Exception, match="raiseload"):
            getattr(row.patient, name)


def test_namesakes_are_told_apart_within_a_ward(either_app: Flask) -> None:
    one, two = builders.place(), builders.place()
    first = _patient("Mrs Wang", one, bed="3")
    second = _patient("mrs  WANG", one, bed="7")
    elsewhere = _patient("Mrs Wang", two)
    gone = _patient("Mrs Wang", one, state=PatientState.WENT_HOME)
    _patient("Mrs Wan", one)
    marked = {
        row.patient.id
        for row in queries.listed(PatientFilter(state=None), limit=9)
        if row.has_namesake
    }
    # Whoever went home is told from those who are here; those here not from one who is gone.
    assert marked == {first.id, second.id, gone.id}
    assert [one.id for one in queries.namesakes("Mrs Wang", one.id)] == [first.id, second.id]
    assert [one.id for one in queries.namesakes("Mrs Wang", one.id, but=first.id)] == [second.id]
    assert queries.has_namesake(first)
    assert not queries.has_namesake(elsewhere)


def test_visited_patients_are_those_to_choose_from(app: Flask) -> None:
    one, two = builders.place(), builders.place()
    _patient("B", one)
    _patient("A", two)
    _patient("C", one, state=PatientState.ON_HOLD)
    assert [one.preferred_name for one in queries.visited_patients()] == ["A", "B"]
    assert [one.preferred_name for one in queries.visited_patients(one.id)] == ["B"]
