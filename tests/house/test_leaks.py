"""What was told in confidence stands on the pages it belongs to, and on no other, nor in any file."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import String, cast, literal, select, update

from hospice.core.db import db, transaction
from hospice.grief_support.models import Kin
from hospice.patients.models import Patient, Tie
from hospice.patients.rules import Diagnosis
from hospice.visits.models import Reflection, VisitNote
from hospice.visits.rules import STANDING
from hospice.volunteers.models import Volunteer
from tests.demo_pages import NO_PAGES, PAGES
from tests.demo_world import NOW, World, build

ILLNESS, ALONE, KNOWN = "Pancreatic-canary", "Reflecting-canary", "Knowing-canary"
FAMILY = "family-canary"
# A name as nobody has one: a spreadsheet would run it.
RUNS = '=HYPERLINK("https://example.org","Vera")'
CARE = re.compile(r"illness is not talked about")
UNPRINTED = re.compile(
    r'<span class="never-prints">(?:<br>)?(?:Her|His|Their) family asks that \w+'
    r" illness is not talked about\.</span>"
)
PERSON = re.compile(r"(volunteer|user):\d+")
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
            number = cast(Kin.id, String)
            db.session.execute(update(Kin).values(email=literal(f"{FAMILY}@") + number, name=RUNS))
            db.session.execute(update(Patient).values(preferred_name=RUNS, legal_name=RUNS))
            db.session.execute(update(Volunteer).values(preferred_name=RUNS, legal_name=RUNS))
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
    if answer.status_code != 200:
        return ""
    return f"{answer.mimetype}\n{answer.get_data().decode(errors='replace')}"


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


def test_also_no_name_runs_in_a_spreadsheet(found: dict[tuple[str, str], str]) -> None:
    """Every cell of every file for a spreadsheet: a name is shown, and never computed."""
    files = {key: text for key, text in found.items() if text.startswith("text/csv\n")}
    assert len({endpoint for _who, endpoint in files}) >= 3
    cells = [
        (key, cell)
        for key, text in files.items()
        for row in csv.reader(text.replace("\ufeff", "").splitlines())
        for cell in row
    ]
    assert any(RUNS in cell for _key, cell in cells)
    runs = re.compile(r"[=+@\t\r＝＋－＠]|-(?!\d+(\.\d+)?$)")
    assert [(key, cell) for key, cell in cells if runs.match(cell)] == []


def test_also_nothing_is_written_to_a_family_by_itself(world: World) -> None:
    """Neither before nor after a death, and to nobody who is no volunteer and no account."""
    kinds, wrong = set(), []
    with world.app.app_context():
        for days in (0, 1, 3, 6, 30):
            for source in world.app.extensions["notice_sources"]:
                for notice in source.due(NOW + timedelta(days=days)):
                    kinds.add(notice.kind)
                    if FAMILY in notice.address or not PERSON.fullmatch(notice.recipient):
                        wrong.append((notice.kind, notice.recipient))
        db.session.remove()
    assert len(kinds) >= 8
    assert wrong == []
