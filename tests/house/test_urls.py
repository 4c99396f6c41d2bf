"""Addresses are plain words, typed, and named after what they do."""

import re

from flask import Flask
from werkzeug.routing import Rule

from hospice.features import ORDER

WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?")
PLACE = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
# What is not a number in an address, and why that is enough.
TYPES = {
    "token": {"default", "string"},  # a secret, compared by its hash
    "kind": {"default", "string"},  # one of a fixed table
    "digest": {"string"},  # of a file
    "name": {"path", "default", "string"},  # of a file or report, looked up, never joined to a path
    "page_id": {"uuid"},
    "day": {"default", "string", "day"},  # parsed with care, or not found
}


def url_problems(rules: list[Rule]) -> list[str]:
    """Return what is wrong with the app's addresses."""
    found = []
    for rule in rules:
        if rule.rule != "/" and rule.rule.endswith("/"):
            found.append(f"{rule.rule}: ends with a slash")
        for part in rule.rule.strip("/").split("/"):
            place = PLACE.match(part)
            if place is None:
                if part and not WORD.fullmatch(part):
                    found.append(f"{rule.rule}: {part!r} is not kebab-case")
                continue
            kind, name = place["kind"] or "default", place["name"]
            if kind not in (TYPES.get(name) or {"int"}):
                found.append(f"{rule.rule}: {name} must not be {kind}")
            if name == "id":
                found.append(f"{rule.rule}: say which id")
        found += _name_problems(rule)
    return found


def _name_problems(rule: Rule) -> list[str]:
    feature, _, verb = rule.endpoint.partition(".")
    if feature not in {*ORDER, "assets", "health"} or not re.fullmatch(r"[a-z]+(_[a-z]+)*", verb):
        return [f"{rule.endpoint}: call it feature.verb"]
    return []


def test_addresses_are_plain_typed_words(app: Flask):
    assert url_problems(list(app.url_map.iter_rules())) == []


def test_planted_addresses_are_found():
    planted = {
        "/visit_notes": "kebab-case",
        "/visitNotes": "kebab-case",
        "/places/": "ends with a slash",
        "/places/<place_id>": "place_id must not be default",
        "/places/<int:id>": "say which id",
        "/r/<path:token>": "token must not be path",
    }
    for address, reason in planted.items():
        found = url_problems([Rule(address, endpoint="places.show")])
        assert any(reason in problem for problem in found), address
    assert url_problems([Rule("/x", endpoint="index")])
    assert url_problems([Rule("/x", endpoint="places.showPlace")])


def test_one_address_leads_to_one_page(app: Flask):
    """Numbers have one way of writing; what no column holds is not there."""
    adapter = app.url_map.bind("")
    assert adapter.test("/places/7")
    for number in ("007x", "+7", "7.0", "７", "2147483648", "9" * 40):
        assert not adapter.test(f"/places/{number}")
