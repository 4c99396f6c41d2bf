"""What a phone keeps of the app: the worker's list, the manifest and its icons."""

import json
import re
import struct

import pytest
from flask import Flask

from hospice.web import assets
from tests import builders
from tests.conftest import Browser


def kept(app: Flask) -> dict[str, list[str]]:
    """Return what the service worker is told to keep."""
    answer = Browser(app).client.get("/service-worker.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    found = re.match(r"const KEPT = (\{.*\});\n", answer.get_data(as_text=True))
    assert found
    made: dict[str, list[str]] = json.loads(found[1])
    return made


def test_worker_keeps_our_files_and_two_blank_pages_and_nothing_else(app: Flask):
    listed = kept(app)
    assert listed["pages"] == ["/offline", "/offline/note"]
    assert all(re.fullmatch(r"/assets/[0-9a-f]{12}/[a-z.-]+", one) for one in listed["files"])
    client = Browser(app).client
    for address in [*listed["files"], *listed["pages"]]:
        assert client.get(address).status_code == 200, address


def test_blank_pages_find_every_file_they_ask_for_in_the_cache(app: Flask):
    listed = set(kept(app)["files"])
    opened = Browser(app)
    for page in ("/offline", "/offline/note"):
        html = opened.get(page)
        asked = set(re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', html))
        assert asked <= listed, page
    for address in [one for one in listed if one.endswith(".js")]:
        script = opened.get(address)
        digests = re.findall(r'from "\.\./([0-9a-f]{12}/[a-z-]+\.js)"', script)
        assert {f"/assets/{one}" for one in digests} <= listed, address


def test_a_module_has_one_address_wherever_it_is_asked_from(app: Flask):
    """By two addresses it would run twice, and send everything twice."""
    store = assets.load("store.js")
    outbox = assets.load("outbox.js")
    assert store is not None
    assert outbox is not None
    assert f'from "../{store.digest}/store.js";'.encode() in outbox.body
    assert b'from "./' not in outbox.body


def test_volunteers_pages_stay_within_their_script(app: Flask):
    """interface §10: at most 15 KB compressed on a volunteer's page."""
    names = ("frame.js", "store.js", "outbox.js", "note.js", "waiting.js")
    total = sum(len(found.squeezed) for name in names if (found := assets.load(name)))
    assert 4_000 < total <= 15_000


@pytest.mark.parametrize(("locale", "name"), [("en", "Alongside"), ("zh_Hans", "在身边")])
def test_manifest_speaks_the_language_of_the_page(app: Flask, locale: str, name: str):
    client = Browser(app).client
    answer = client.get(f"/manifest.webmanifest?for={locale}")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert "Set-Cookie" not in answer.headers
    told = answer.get_json()
    assert (told["name"], told["display"], told["scope"]) == (name, "standalone", "/")
    for icon in told["icons"]:
        body = client.get(icon["src"]).data
        assert body.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", body[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_only_volunteers_pages_carry_a_mark_and_the_outbox(app: Flask):
    user, _ = builders.vera(places=[])
    page = Browser(app).sign_in(user).get("/me")
    assert re.search(r'<html [^>]*data-account="[0-9a-f]{32}"', page)
    assert "/outbox.js" in page
    stranger = Browser(app).get("/sign-in")
    assert "data-account" not in stranger
    assert "/outbox.js" not in stranger
