"""Modules import only downward and to the left, and are short and well named."""

from pathlib import Path

import pytest

from tests.house.floors import FEATURES, place, problems

ROOT = Path(__file__).resolve().parents[2]


def test_the_house_stands():
    assert problems(ROOT) == []


def test_every_feature_has_its_place():
    folders = {p.name for p in (ROOT / "hospice").iterdir() if (p / "rules.py").exists()}
    assert folders - {"shifts"} <= set(FEATURES)


PLANTED = [
    ("accounts/rules.py", "from hospice.accounts.models import User", "stands above"),
    ("accounts/rules.py", "from hospice.core.db import db", "rules know no database"),
    ("accounts/rules.py", "import flask", "must not know flask"),
    ("places/rules.py", "from sqlalchemy import select", "must not know sqlalchemy"),
    ("places/models.py", "from hospice.places import queries", "stands above"),
    ("places/models.py", "from hospice.shifts.models import Shift", "lies to the right"),
    ("places/queries.py", "from hospice.places.actions import create", "stands above"),
    ("places/queries.py", "from flask import request", "must not know flask"),
    ("places/actions.py", "from hospice.places.views import bp", "stands above"),
    ("places/actions.py", "from flask_login import current_user", "must not know flask_login"),
    ("places/actions.py", "from hospice.volunteers import queries as v", "lies to the right"),
    ("places/actions.py", "from hospice.web.forms import clean", "only pages know web"),
    ("places/views.py", "from hospice.today import queries as t", "lies to the right"),
    ("places/views.py", "from hospice.jobs import start", "stands above"),
    ("places/views.py", "from sqlalchemy import func", "must not know sqlalchemy"),
    ("places/views.py", "from . import queries as q", "relatively"),
    ("places/views.py", "def f():\n    import json", "inside a function"),
    ("shifts/queries/board.py", "from hospice.shifts.actions import placing", "stands above"),
    ("journal/actions.py", "from hospice.accounts.models import User", "lies to the right"),
    ("journal/words.py", "from hospice.places.rules import PlaceKind", "lies to the right"),
    ("core/clock.py", "from hospice.accounts.rules import Role", "core knows no feature"),
    ("web/lists.py", "from hospice.places.rules import PlaceKind", "sees only core and accounts"),
    ("web/lists.py", "from hospice.accounts.views import bp", "sees only core and accounts"),
    ("places/actions.py", "db.session.scalars(select(Place).limit(1))", "every question"),
    ("places/utils.py", "", "call it by what it holds"),
    ("places/odd.py", "", "has no floor"),
    ("places/rules.py", "\n" * 401, "split it by noun"),
]


def breaches_with(folder: Path, path: str, line: str) -> list[str]:
    """Return what is wrong with a copy of a module of ours that a line was added to."""
    source, target = ROOT / "hospice" / path, folder / "hospice" / path
    before = source.read_text("utf-8") if source.exists() else '"""Planted."""\n'
    target.parent.mkdir(parents=True)
    target.write_text(f"{before}\n{line}\n", "utf-8")
    return problems(folder)


@pytest.mark.parametrize(("path", "line", "reason"), PLANTED)
def test_a_planted_breach_is_found(tmp_path: Path, path: str, line: str, reason: str):
    found = breaches_with(tmp_path, path, line)
    assert any(reason in problem for problem in found), found


def test_lazy_libraries_may_wait(tmp_path: Path):
    assert breaches_with(tmp_path, "places/views.py", "def f():\n    import openpyxl") == []


def test_the_journals_lower_floors_lie_left_of_all():
    written, read = place("hospice.journal.actions"), place("hospice.journal.views")
    first = place("hospice.accounts.rules")
    assert written is not None
    assert read is not None
    assert first is not None
    assert written.column < first.column < read.column
