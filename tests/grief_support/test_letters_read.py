"""Who reads a letter besides whoever it is for, and that none is thrown away with its plan."""

import pytest
from flask import Flask

from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import kin, links
from hospice.grief_support.models import Kinship, Letter
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import letters as queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.family_pages import PageTopic
from hospice.grief_support.rules.kin import StopFacts, StopScope
from tests import builders
from tests.grief_support.families import greta, kinship
from tests.grief_support.test_letters import HOME, NOW, TODAY, bereaved, refused, shares, write


def test_also_the_guardian_reads_no_word_that_they_asked_to_avoid(app: Flask) -> None:
    patient, by = builders.patient(), greta()
    mother = kinship(patient, "Chen Li", post_address=HOME)
    child = kinship(patient, "Chen Bo", is_minor=True, guardian_id=mother.kin_id)
    with transaction():
        db.session.get_one(Kinship, mother.id).words_to_avoid = "passed away"
        facts = StopFacts(StopScope.TOPIC, topic=PageTopic.RELIGION.value)
        kin.stop(db.session.get_one(Kinship, mother.id), facts, by=by, now=NOW, today=TODAY)
    (row,) = bereaved(child, patient=patient, by=by)
    for word in ("passed away", "heaven"):
        with pytest.raises(Refused) as error:
            write(row, by, f"Dear Chen Li,\n\nSince Mrs Wang {word}.")
        assert refused(error) == ["avoided"], word
    write(row, by)


def test_two_letters_are_never_each_for_the_other(app: Flask) -> None:
    patient, by = builders.patient(), greta()
    li, guang = (kinship(patient, name, post_address=HOME) for name in ("Chen Li", "Chen Guang"))
    first, second = bereaved(li, guang, patient=patient, by=by)
    shares(li)
    shares(guang)
    write(first, by, also=frozenset({second.id}), is_ready=False)
    with pytest.raises(Refused) as error:
        write(second, by, also=frozenset({first.id}), is_ready=False)
    assert refused(error) == ["shared"]
    assert [sheet.follow_up.id for sheet in queries.due(TODAY)] == [first.id]


def test_a_letter_is_not_thrown_away_with_the_plan_that_asked_for_it(either_app: Flask) -> None:
    patient, by = builders.patient(), greta()
    link = kinship(patient, post_address=HOME)
    (row,) = bereaved(link, patient=patient, by=by)
    letter = write(row, by, is_ready=False)
    with transaction():
        own = kin_queries.kinship_for(by, patient.id, link.kin_id)
        links.take_off(own, reason="She belongs to another", keeps_plan=False, by=by, now=NOW)
    db.session.expire_all()
    kept = plan_queries.follow_ups_of(row.plan_id)
    assert row.id in {one.id for one in kept}
    assert len(kept) == 1, "what nobody touched is gone"
    assert db.session.get_one(Letter, letter.id).text
    assert queries.due(TODAY) == []
