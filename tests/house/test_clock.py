"""The hour outside decides nothing here: the clock is held, and whoever lets go of it says so."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from hospice.core import clock
from tests.conftest import CLOCK

TESTS = Path(__file__).resolve().parents[1]
READS = {"now", "today", "real_now", "utcnow", "time"}  # of a clock; `time` of the module alone


def modules() -> Iterator[tuple[str, str]]:
    """Give each module of the tests, with its text; what is measured by hand is not among them."""
    for path in sorted(TESTS.rglob("*.py")):
        if "bench" not in path.parts:
            yield path.relative_to(TESTS).as_posix(), path.read_text("utf-8")


def reads(part: ast.AST) -> list[str]:
    """Return where the clock is read in a part of a module."""
    return [
        f"line {call.lineno}: {ast.unparse(call)}"
        for call in ast.walk(part)
        if isinstance(call, ast.Call)
        and (called := ast.unparse(call.func)).rpartition(".")[2] in READS
        and (called == "time.time" or not called.endswith("time"))
    ]


def early(tree: ast.Module) -> list[str]:
    """Return where the clock is read before a test holds it: at the import, or for many tests."""
    found: list[str] = []
    for part in tree.body:
        if isinstance(part, ast.Assign | ast.AnnAssign):
            found += reads(part)
        if isinstance(part, ast.FunctionDef):
            wide = any('scope="' in ast.unparse(d).replace("'", '"') for d in part.decorator_list)
            found += reads(part) if wide else []
    return found


def test_the_clock_is_held() -> None:
    assert timedelta() <= clock.now() - CLOCK < timedelta(minutes=1)


def test_nothing_reads_the_clock_before_it_is_held() -> None:
    found = {name: early(ast.parse(text)) for name, text in modules()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_only_those_who_start_processes_keep_the_real_clock() -> None:
    own = {"conftest.py", "house/test_clock.py"}
    keep = {name: text for name, text in modules() if "real_clock" in text and name not in own}
    assert keep, "then the mark may go"
    assert [name for name, text in keep.items() if "import subprocess" not in text] == []


def test_a_clock_read_too_early_is_found() -> None:
    said = early(
        ast.parse(
            "A = clock.today(ZONE)\n"
            "B = time(14)\n"
            "@pytest.fixture(scope='module')\n"
            "def world():\n    return time.time()\n"
            "def test_it():\n    clock.now()\n"
        )
    )
    assert said == ["line 1: clock.today(ZONE)", "line 5: time.time()"]
