"""What sent notes knew of coming and going is taken over when the tables come."""

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from hospice.core.db import db
from hospice.migrate import MIGRATIONS, upgrade
from tests import builders
from tests.conftest import make_app
from tests.visits.stories import HOUR, note, shift_in, told


@pytest.fixture(params=["sqlite", "postgres"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    app = make_app(tmp_path, url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_notes_that_were_sent_are_comings_that_are_known(empty_app: Flask) -> None:
    upgrade(empty_app)
    builders.hospice()
    ward = builders.place()
    shift = shift_in(ward, -5 * HOUR, wanted=3)
    vera, otto, li = (told(shift, builders.volunteer(name)) for name in ("Vera", "Otto", "Li"))
    ids = (vera.id, otto.id)
    starts_at, ends_at = shift.starts_at, shift.ends_at
    middle = starts_at + HOUR
    note(vera, shift, builders.patient("A", at=ward), arrived_at=middle, left_at=ends_at)
    note(vera, shift, builders.patient("B", at=ward), arrived_at=starts_at, left_at=middle)
    note(otto, shift, state="read")
    note(li, shift, state="draft", sent_at=None)
    db.session.remove()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0004")
    with pytest.raises(Exception, match="attendance"), db.engine.begin() as connection:
        connection.execute(text("SELECT * FROM attendance"))
    db.engine.dispose()
    upgrade(empty_app)
    with db.engine.begin() as connection:
        rows = connection.execute(
            text("SELECT assignment_id, came, arrived_how, left_how FROM attendance ORDER BY 1")
        ).all()
        kinds = connection.execute(text("SELECT DISTINCT category FROM shift")).scalars().all()
    assert [tuple(row) for row in rows] == [(one, "yes", "note", "note") for one in ids]
    assert kinds == ["direct"]
