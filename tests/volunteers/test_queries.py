from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from hospice.accounts.rules import Role
from hospice.core.db import transaction
from hospice.core.errors import Missing
from hospice.core.names import search_key, sort_key
from hospice.volunteers import actions, queries
from hospice.volunteers.models import Clearance, Volunteer
from hospice.volunteers.queries import Filters
from hospice.volunteers.rules import DayPart, Experience, Showing, Span, VolunteerState
from tests import builders
from tests.volunteers.test_rules import details

TODAY = date(2026, 11, 25)


def person(name: str, **values: Any) -> Volunteer:
    phone = values.get("phone", "")
    keys = {"search_key": search_key(name, phone=phone), "sort_key": sort_key(name)}
    return builders.volunteer(name, **{"phone": phone, **keys, **values})


def found(filters: Filters, today: date = TODAY) -> list[str]:
    people = queries.people(filters, today, limit=50)
    assert queries.people_count(filters, today) == len(people)
    return [one.preferred_name for one in people]


@pytest.mark.parametrize("words", ["王秀英", "wangxiuying", "wang xiu", "wxy", "0142", "5555 0142"])
def test_people_are_found_by_name_pinyin_initials_and_telephone(
    either_app: Flask, words: str
) -> None:
    person("王秀英", phone="130 5555 0142")
    person("李建国", phone="130 5555 0143")
    assert found(Filters(words=words)) == ["王秀英"]


def test_percent_and_underscore_are_plain_signs(either_app: Flask) -> None:
    person("Vera Vance")
    person("100% sure")
    person("under_score")
    assert found(Filters(words="%")) == ["100% sure"]
    assert found(Filters(words="_")) == ["under_score"]
    assert found(Filters(words="\\")) == []


def test_people_come_in_the_order_of_pinyin(either_app: Flask) -> None:
    for name in ["赵敏", "曾国华", "Grace Chen", "单丽娟", "陈佳"]:
        person(name)
    assert found(Filters()) == ["陈佳", "Grace Chen", "单丽娟", "曾国华", "赵敏"]


def test_a_break_that_is_over_counts_as_active(either_app: Flask) -> None:
    on_break = {"state": VolunteerState.ON_BREAK}
    person("Active")
    person("Back", **on_break, break_until=date(2026, 11, 24))
    person("Still", **on_break, break_until=TODAY)
    person("Open", **on_break)
    person("Gone", state=VolunteerState.LEFT)
    assert found(Filters()) == ["Active", "Back", "Open", "Still"]
    assert found(Filters(showing=Showing.ACTIVE)) == ["Active", "Back"]
    assert found(Filters(showing=Showing.ON_BREAK)) == ["Open", "Still"]
    assert found(Filters(showing=Showing.LEFT)) == ["Gone"]
    assert found(Filters(showing=Showing.ALL)) == ["Active", "Back", "Gone", "Open", "Still"]


def test_filters_narrow_together(either_app: Flask) -> None:
    ward = builders.place()
    vera = person("Vera", places=[ward], languages=["hakka", "吴语"], skills=["music"])
    person("Will", languages=["hakka"], experience=Experience.TRAINEE, is_leader=True)
    builders.save(
        Clearance(
            volunteer_id=person("Xu").id, place_id=ward.id, expires_on=TODAY - timedelta(days=1)
        )
    )
    assert found(Filters(language="hakka")) == ["Vera", "Will"]
    assert found(Filters(language="吴语")) == ["Vera"]
    assert found(Filters(language="hak")) == []
    assert found(Filters(language="%")) == []
    assert found(Filters(skill="music")) == ["Vera"]
    assert found(Filters(experience=Experience.TRAINEE)) == ["Will"]
    assert found(Filters(leads=True)) == ["Will"]
    assert found(Filters(place_id=ward.id)) == ["Vera"]
    assert found(Filters(place_id=ward.id), TODAY - timedelta(days=1)) == ["Vera", "Xu"]
    assert found(Filters(place_id=ward.id, language="hakka", words="ve")) == ["Vera"]
    assert queries.cleared_places([vera.id], TODAY) == {vera.id: [ward.name]}


def test_pages_follow_each_other(app: Flask) -> None:
    for number in range(5):
        person(f"Vera {number}")
    first = queries.people(Filters(), TODAY, limit=2)
    second = queries.people(Filters(), TODAY, limit=2, offset=2)
    assert [p.preferred_name for p in (*first, *second)] == [f"Vera {n}" for n in range(4)]


def test_own_record_is_the_one_that_is_linked(app: Flask) -> None:
    account, vera = builders.vera()
    assert queries.own(account).id == vera.id
    with pytest.raises(Missing):
        queries.own(builders.cora())


def test_days_away_show_while_they_are_not_over(app: Flask) -> None:
    account, vera = builders.vera()
    _user, other = builders.vera()
    made = {}
    with transaction():
        for first, last in [(1, 3), (10, 12), (20, 22)]:
            made[first] = actions.add_away(
                vera,
                Span(TODAY + timedelta(days=first), TODAY + timedelta(days=last)),
                "",
                by=account,
                now=builders.NOW,
                today=TODAY,
            )
        actions.cancel_away(made[10], by=account, now=builders.NOW)
        ids = [away.id for away in made.values()]
    coming = queries.aways(vera.id, TODAY + timedelta(days=3))
    assert [away.id for away in coming] == [ids[0], ids[2]]
    assert [a.id for a in queries.aways(vera.id, TODAY + timedelta(days=4))] == [ids[2]]
    with pytest.raises(Missing):
        queries.away(other.id, ids[0])


def test_namesakes_are_noticed(app: Flask) -> None:
    kept = person("王秀英", phone="130 5555 0142")
    typed = details(legal_name="王秀英", preferred_name="小英", phone="130-5555-0142")
    like = queries.looks_like(typed)
    assert like is not None
    assert like.id == kept.id
    assert queries.looks_like(typed, but=kept.id) is None
    assert queries.looks_like(details(legal_name="王秀", preferred_name="王秀")) is None
    other = details(legal_name="王秀英", preferred_name="王秀英", phone="999999")
    assert queries.looks_like(other) is None


def test_people_kept_apart_are_known_from_both_sides(app: Flask) -> None:
    cora = builders.cora()
    vera, will, xu = person("Vera"), person("Will"), person("Xu")
    with transaction():
        actions.keep_apart(will, vera, "They asked.", by=cora, now=builders.NOW)
    assert [one.name for one in queries.kept_apart(vera.id)] == ["Will"]
    assert [one.name for one in queries.kept_apart(will.id)] == ["Vera"]
    assert queries.kept_apart(xu.id) == []
    rest = queries.people_to_keep_apart(vera.id, "", limit=9)
    assert [one.preferred_name for one in rest] == ["Xu"]


def test_availability_comes_in_order(app: Flask) -> None:
    account, vera = builders.vera()
    free = [(6, DayPart.AFTERNOON), (0, DayPart.EVENING)]
    with transaction():
        actions.change_availability(
            vera, free, seen_version=vera.version, by=account, now=builders.NOW
        )
    assert queries.availability(vera.id) == [(0, DayPart.EVENING), (6, DayPart.AFTERNOON)]


def test_auditor_is_not_a_volunteer(app: Flask) -> None:
    with pytest.raises(Missing):
        queries.own(builders.user("Audrey", Role.AUDITOR))
