"""The same page sent by several threads at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from hospice.core.db import db
from hospice.visits.models import VisitNote
from tests import builders
from tests.conftest import Browser
from tests.visits.stories import HOUR, shift_in, told, wall


@pytest.mark.parametrize("pages", [1, 6])
def test_a_note_sent_at_once_from_several_places_is_one_note(either_app: Flask, pages: int) -> None:
    ward = builders.place()
    wang = builders.patient(at=ward)
    account, vera = builders.vera(places=[ward])
    shift = shift_in(ward, -4 * HOUR)
    told(shift, vera, sees=(wang,))
    uuids = [str(uuid4()) for _ in range(pages)] * (6 // pages)
    typed = {
        "arrived": wall(shift.starts_at, ward),
        "left": wall(shift.ends_at, ward),
        "did": "company",
        "concern": "none",
        "do": "send",
    }
    url = f"/me/shifts/{shift.id}/note?patient={wang.id}"
    browsers = [Browser(either_app).sign_in(account) for _ in uuids]
    db.session.rollback()
    start = Barrier(len(uuids))

    def send(browser: Browser, uuid: str) -> int:
        start.wait()
        return browser.client.post(url, data={**typed, "uuid": uuid}).status_code

    with ThreadPoolExecutor(len(uuids)) as pool:
        answers = list(pool.map(send, browsers, uuids))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(VisitNote)) == 1
    # One page sent six times is answered six times alike; of six pages the others hear why not.
    assert sorted(answers) == ([302] * 6 if pages == 1 else [302] + [422] * 5)
