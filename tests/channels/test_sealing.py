"""The secrets of services lie sealed, and a changed key is said in plain words."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from sqlalchemy import text

from hospice import jobs
from hospice.accounts.models import User
from hospice.accounts.rules import Role
from hospice.channels import queries
from hospice.channels.models import Channel
from hospice.core.db import db, transaction
from hospice.core.sealing import MARK, seal, unseal
from tests import builders
from tests.channels import ground
from tests.conftest import Browser

Open = Callable[[User | None], Browser]
KEY, OTHER = "k" * 40, "o" * 40


def kept(channel_id: int) -> str:
    """Return the secret of a channel as it lies in the database."""
    return str(
        db.session.execute(
            text("SELECT secret FROM channel WHERE id = :id"), {"id": channel_id}
        ).scalar_one()
    )


def test_what_is_sealed_is_read_with_the_same_key_alone() -> None:
    sealed = seal("twilio://AC:密码@1/{to}", KEY)
    assert "twilio" not in sealed
    assert unseal(sealed, KEY) == "twilio://AC:密码@1/{to}"
    assert unseal(sealed, OTHER) == ""
    assert unseal(sealed[:-3], KEY) == ""
    assert unseal(MARK + "🌿", KEY) == ""
    assert unseal("twilio://open", KEY) == "twilio://open"  # from before anything was sealed
    assert (seal("", KEY), unseal("", KEY)) == ("", "")
    assert seal("twice", KEY) != seal("twice", KEY)


def test_a_secret_lies_sealed_and_a_changed_key_is_no_error(app: Flask, browser: Open) -> None:
    way = ground.channel("127.0.0.1:9")
    made = db.session.get_one(Channel, way.id)
    secret, version = made.secret, made.version
    assert secret
    assert kept(way.id).startswith(MARK)
    assert secret not in kept(way.id)
    found = queries.usable(made.way)
    assert found is not None
    assert found.secret == secret
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, secret_key=OTHER)
    db.session.expire_all()
    assert queries.usable(made.way) is None
    assert queries.accepted() == set()
    assert [one.id for one in queries.in_trouble()] == [way.id]
    desk = browser(builders.user("Ada", Role.ADMINISTRATOR))
    address = f"/settings/channels/{way.id}"
    assert "can no longer be read" in desk.get("/settings/channels")
    page = desk.get(address)
    assert "(SECRET_KEY) is another one than when it was saved" in page
    assert "its secret address must be entered again" in desk.get("/messages")
    desk.post(f"{address}/switch-off")
    desk.post(f"{address}/switch-on")
    assert kept(way.id).startswith(MARK)  # what cannot be read is not lost by a switch
    form = {"name": "Texts", "secret": secret, "version": str(version + 2), "is_own_host": "y"}
    desk.post(f"{address}/edit", form)
    assert "can no longer be read" not in desk.get("/settings/channels")
    db.session.expire_all()
    again = queries.usable(made.way)
    assert again is not None
    assert again.secret == secret


def test_a_secret_from_before_is_read_and_sealed_by_the_next_round(either_app: Flask) -> None:
    way = ground.channel("127.0.0.1:9")
    secret = db.session.get_one(Channel, way.id).secret
    with transaction():
        db.session.execute(text("UPDATE channel SET secret = :it"), {"it": secret})
    db.session.expire_all()
    assert db.session.get_one(Channel, way.id).secret == secret
    assert [jobs.seal_secrets(), jobs.seal_secrets()] == [1, 0]
    assert kept(way.id).startswith(MARK)
    db.session.expire_all()
    assert db.session.get_one(Channel, way.id).secret == secret
