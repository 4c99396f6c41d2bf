"""What changed, in words."""

from collections.abc import Iterator

import pytest
from flask import Flask, g

from hospice.accounts.rules import Role
from hospice.core.db import transaction
from hospice.journal import actions, queries, words
from hospice.journal.models import Entry
from hospice.journal.rules import KINDS, Field
from tests import builders
from tests.builders import NOW

FIELDS = {
    "thing.phone": "Phone",
    "thing.wanted": "People needed",
    "thing.role": Field("Role", lambda value: f"<{value}>"),
    "thing.secret": Field("Restricted note", is_restricted=True),
}


@pytest.fixture(autouse=True)
def told() -> Iterator[None]:
    """Sentences of a made-up feature, forgotten afterwards."""
    words.register({"thing.placed": lambda facts: f"placed {facts['name']}"}, FIELDS)
    yield
    words._sentences.pop("thing.placed")
    for name in FIELDS:
        words._fields.pop(name)


def said(app: Flask, verb: str, role: Role = Role.COORDINATOR, lang: str = "en", **facts: object):
    user = builders.user("Somebody Here", role)
    entry = Entry(verb=verb, facts={k: v for k, v in facts.items() if k != "full"}, who="Cora")
    with app.test_request_context(f"/?lang={lang}"):
        g._login_user = user
        g.pop("_flask_babel", None)
        return words.sentence(entry, full=bool(facts.get("full")))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"wanted": [2, 3]}, "changed people needed: from 2 to 3"),
        ({"phone": ["", "12345"]}, "changed phone: now “12345”"),
        ({"phone": ["12345", None]}, "changed phone: no longer “12345”"),
        ({"role": ["a", "b"]}, "changed role: from <a> to <b>"),
        ({"other_field": [True, False]}, "changed other field: from yes to no"),
        (
            {"day": ["2026-11-29", "2026-12-06"]},
            "changed day: from Sun 29 Nov 2026 to Sun 6 Dec 2026",
        ),
        ({"at": ["14:00:00", "15:30:00"]}, "changed at: from 14:00 to 15:30"),
        (
            {"since": [None, "2026-11-29T06:00:00+00:00"]},
            "changed since: now Sun 29 Nov 2026 14:00",
        ),
        ({"places": [[], ["a", "b"]]}, "changed places: now “a”, “b”"),
        (
            {"phone": ["1", "2"], "wanted": [2, 3]},
            "changed phone: from “1” to “2”; people needed: from 2 to 3",
        ),
        ({"wanted": [0, 1]}, "changed people needed: from 0 to 1"),
    ],
)
def test_changes_read_from_and_to(app: Flask, changed: object, sentence: str):
    assert said(app, "thing.changed", changed=changed) == sentence


def test_own_sentence_comes_first_and_changes_follow(app: Flask):
    assert said(app, "thing.placed", name="Chen Jia") == "placed Chen Jia"
    told = said(app, "thing.placed", name="Chen Jia", changed={"wanted": [1, 2]})
    assert told == "placed Chen Jia: people needed: from 1 to 2"
    assert said(app, "thing.unknown") == "changed this record"


def test_chinese_reads_as_chinese(app: Flask):
    told = said(app, "thing.changed", lang="zh", changed={"wanted": [2, 3], "phone": ["", "1"]})
    assert told == "修改了people needed（由2改为3）；phone（现为“1”）"


def test_long_texts_are_shortened_but_not_in_the_full_history(app: Flask):
    long = "word " * 100
    short = said(app, "thing.changed", changed={"phone": ["", long]})
    assert len(short) < 160
    assert short.endswith("…”")
    assert long.strip() in said(app, "thing.changed", changed={"phone": ["", long]}, full=True)


def test_restricted_notes_are_not_told_to_everyone(app: Flask):
    changed = {"secret": ["old story", "new story"]}
    assert "new story" in said(app, "thing.changed", changed=changed)
    told = said(app, "thing.changed", Role.AUDITOR, changed=changed)
    assert told == "changed restricted note (not shown)"


def test_links_lead_only_where_a_person_may_go(app: Flask):
    ada, cora = builders.ada(), builders.cora()
    about = [("user", 7), ("place", 1), ("place", 2), ("odd", 1)]
    with transaction():
        actions.record("x.y", about=about, by=None, now=NOW)
    (entry,), _total = queries.changes()
    for user, urls in ((ada, ["/settings/people/7", "/places/1"]), (cora, [None, "/places/1"])):
        with app.test_request_context("/?lang=en"):
            g._login_user = user
            g.pop("_flask_babel", None)
            links = words.record_links(entry)
        assert [link.label for link in links] == ["Account", "Place"]
        assert [link.url for link in links] == urls


def test_every_kind_has_its_word_and_its_page(app: Flask):
    assert set(KINDS) == set(words.KIND_LABELS)
    pages = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for kind in KINDS.values():
        assert kind.endpoint in pages, kind
        assert pages[kind.endpoint].arguments == ({kind.argument} if kind.argument else set())
