"""What was told in confidence stands on the pages it belongs to, and on no other, nor in any file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from hospice.core.db import db, transaction
from hospice.patients.models import Patient, Tie
from hospice.patients.rules import Diagnosis
from hospice.visits.models import Reflection, VisitNote
from hospice.visits.rules import STANDING
from hospice.volunteers.models import Volunteer
from tests.demo_pages import NO_PAGES, PAGES
from tests.demo_world import NOW, World, build

ILLNESS, ALONE, KNOWN = "Pancreatic-canary", "Reflecting-canary", "Knowing-canary"
CARE = re.compile(r"illness is not talked about")
UNPRINTED = re.compile(
    r'<span class="never-prints">(?:<br>)?(?:Her|His|Their) family asks that \w+'
    r" illness is not talked about\.</span>"
)
# Everyone sees everything that is theirs: whoever sees most, and whoever visits.
WHO = ("coordinator", "volunteer")
# Whoever reads these asks for a file or a page that no account opens.
ANYONE = {"calendars.feed", "shifts.calendar_by_link", "shifts.answer"}


@pytest.fixture(scope="module")
def world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with time_machine.travel(NOW, tick=True):
        made = build(migrated, tmp_path_factory.mktemp("leaks"))
        with made.app.app_context(), transaction():
            db.session.execute(
                update(Patient).values(condition=ILLNESS, diagnosis=Diagnosis.FAMILY_ASKED_NOT)
            )
            db.session.execute(update(Tie).values(words=KNOWN))
            notes = db.session.execute(
                select(VisitNote.id, VisitNote.volunteer_id)
                .outerjoin(Reflection, Reflection.note_id == VisitNote.id)
                .where(VisitNote.state.in_(STANDING), Reflection.note_id.is_(None))
            ).all()
            db.session.add_all(
                Reflection(note_id=row[0], volunteer_id=row[1], words=ALONE, saved_at=NOW)
                for row in notes
            )
            db.session.flush()
            db.session.execute(update(Reflection).values(words=ALONE))
            assert db.session.scalars(select(Volunteer.id)).all()
        yield made


@pytest.fixture(scope="module")
def found(world: World) -> dict[tuple[str, str], str]:
    """Return all that is answered, by who asks and what for."""
    answered = {}
    with time_machine.travel(NOW, tick=True):
        for who in WHO:
            client = world.client(who)
            for endpoint, examples in {**PAGES, **NO_PAGES}.items():
                texts = [_text(world, client, endpoint, one, who) for one in examples]
                if any(texts):
                    answered[who, endpoint] = "\n".join(texts)
    return answered


def _text(world: World, client: Any, endpoint: str, arguments: dict[str, Any], who: str) -> str:
    try:
        address = world.address(endpoint, arguments, who)
    except KeyError:  # nothing of their own there
        return ""
    answer = client.get(address)
    return answer.get_data().decode(errors="replace") if answer.status_code == 200 else ""


def where(found: dict[tuple[str, str], str], words: str) -> set[tuple[str, str]]:
    return {key for key, text in found.items() if words in text}


def test_trap_17_an_illness_that_is_not_spoken_of_stands_nowhere_a_visitor_looks(
    found: dict[tuple[str, str], str],
) -> None:
    """No note, label, print, card, calendar, export or list holds it; only the record of staff."""
    assert where(found, ILLNESS) == {
        ("coordinator", "patients.show"),
        ("coordinator", "patients.edit"),
    }
    told = where(found, "illness is not talked about")
    assert ("volunteer", "shifts.patient_card") in told  # whoever visits is told to take care
    for key in told:
        text = found[key]
        assert len(CARE.findall(text)) == len(UNPRINTED.findall(text)), key  # and paper is not
    paper = {key for key in found if "print" in key[1] or "labels" in key[1] or "sheet" in key[1]}
    assert paper
    assert not told & paper


def test_trap_18_what_a_volunteer_keeps_alone_is_read_by_nobody_else(
    found: dict[tuple[str, str], str],
) -> None:
    """Nor does any export, record or history hold it (PIPL 49: relatives may read the record)."""
    assert {who for who, _endpoint in where(found, ALONE)} == {"volunteer"}
    assert {endpoint for _who, endpoint in where(found, ALONE)} <= {"visits.write", "visits.sent"}


def test_trap_08_whom_a_volunteer_knows_is_read_by_coordinators_alone(
    found: dict[tuple[str, str], str],
) -> None:
    there = where(found, KNOWN)
    assert ("coordinator", "grief_support.ties") in there
    assert there <= {("coordinator", "volunteers.show"), ("coordinator", "grief_support.ties")}
