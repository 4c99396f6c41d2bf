"""The first start on a bare machine, and everything that can stand in its way."""

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import bootstrap
from tests.setup.conftest import BASE_PYTHON, TOP, Bare

READY = "SERVES None False True one"


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the only line of complaint of a start that failed as it should."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout
    return lines[0]


def without(path: str, *names: str) -> str:
    """Return a PATH on which no folder holds one of these programs."""
    return os.pathsep.join(
        folder
        for folder in path.split(os.pathsep)
        if not any((Path(folder) / name).exists() for name in names)
    )


# Setting up


def test_first_start_sets_up_and_the_second_does_not(bare: Bare) -> None:
    first = bare.start()
    assert first.returncode == 0, first.stderr
    assert "Setting up, about a minute" in first.stdout
    assert READY in first.stdout
    started = time.monotonic()
    second = bare.start("--port", "8123", "--no-jobs")
    print(f"second start, without the app: {time.monotonic() - started:.2f} s")
    assert second.stdout == "SERVES 8123 False False one\n"
    assert second.stderr == ""


def test_changed_requirements_are_installed_and_unchanged_ones_left_alone(begun: Bare) -> None:
    begun.start()
    begun.require(begun.package("flask", "2.0", {"flask.py": "VERSION = 'two'\n"}))
    changed = begun.start()
    assert "Fetching the packages that have changed" in changed.stdout
    assert "SERVES None False True two" in changed.stdout
    shutil.rmtree(begun.shelf)  # nothing could be fetched now
    assert begun.start().stdout == "SERVES None False True two\n"


def test_start_from_another_folder_uses_the_same_environment(begun: Bare) -> None:
    begun.start()
    done = subprocess.run(
        [BASE_PYTHON, str(begun.folder / "app.py")],
        cwd=begun.folder.parent,
        env=begun.environ,
        capture_output=True,
        text=True,
    )
    assert done.stdout == READY + "\n"
    assert not (begun.folder.parent / ".venv").exists()


def test_environment_whose_python_has_gone_is_made_again(begun: Bare) -> None:
    python = begun.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    done = begun.start()
    assert done.returncode == 0, done.stderr
    assert READY in done.stdout


def test_system_that_moved_to_another_python_gets_its_packages_again(begun: Bare) -> None:
    (begun.folder / ".venv/requirements.txt.installed").write_text("3.10 " + "0" * 64)
    (begun.folder / ".venv/left-over").touch()
    done = begun.start()
    assert done.returncode == 0, done.stderr
    assert READY in done.stdout
    assert not (begun.folder / ".venv/left-over").exists()


def test_two_first_starts_at_once_set_up_once(bare: Bare) -> None:
    starts = [
        subprocess.Popen(
            [BASE_PYTHON, "app.py"],
            cwd=bare.folder,
            env=bare.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [start.communicate(timeout=240)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0], outputs
    assert all(READY in output for output in outputs)
    assert sum("Set up in" in output for output in outputs) == 1, outputs


def test_interrupted_set_up_says_so_and_goes_on_the_next_time(bare: Bare) -> None:
    slow = bare.shadow("ensurepip", "import time\ntime.sleep(60)\n")
    start = subprocess.Popen(
        [BASE_PYTHON, "app.py"],
        cwd=bare.folder,
        env=bare.environ | {"PYTHONPATH": slow},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert start.stdout is not None
    assert "Setting up" in start.stdout.readline()
    time.sleep(1)
    os.killpg(start.pid, signal.SIGINT)  # what Ctrl+C does: everyone in the group hears it
    _, complaint = start.communicate(timeout=60)
    assert start.returncode == 1
    assert complaint.strip() == "Stopped. The same command goes on where this one stopped."
    assert READY in bare.start().stdout


# What can be in the way


def test_package_that_was_tampered_with_is_refused(begun: Bare) -> None:
    begun.package("flask", "1.0", {"flask.py": "VERSION = 'evil'\n"})
    done = begun.start()
    assert one_line(done).startswith("A package was not the one that was tested")
    assert not (begun.folder / ".venv/requirements.txt.installed").exists()
    assert "SERVES" not in done.stdout


def test_no_network_says_what_to_do(begun: Bare) -> None:
    nobody = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_FIND_LINKS": ""}
    done = begun.start(**nobody)
    assert one_line(done).startswith("The packages could not be fetched")
    assert READY in begun.start().stdout  # the network is back


def test_failure_nobody_foresaw_leaves_its_reason_in_a_file(begun: Bare) -> None:
    begun.require("flask==9.9 --hash=sha256:" + "0" * 64 + "\n")
    line = one_line(begun.start())
    assert "setup.log" in line
    assert "flask==9.9" in (begun.folder / ".venv/setup.log").read_text()


def test_python_without_ensurepip_borrows_the_systems_pip(bare: Bare) -> None:
    # `pip` here is the system's, which only lends itself: within .venv it is not there
    borrowed = """
import runpy, sys
if "--python" not in sys.argv:
    sys.exit("no pip here")
import os
del sys.modules["__main__"], os.environ["PYTHONPATH"]
sys.path[0] = {pip!r}
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
    pip = bare.folder.parent / "system-pip"
    subprocess.run([BASE_PYTHON, "-m", "venv", str(pip)], check=True)
    site = next(pip.glob("lib/python3*/site-packages"))
    bare.shadow("ensurepip", "raise ImportError('Debian packages this apart')\n")
    path = bare.shadow("pip", borrowed.format(pip=str(site)))
    done = bare.start(PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert READY in done.stdout
    assert not list((bare.folder / ".venv").glob("lib/python3*/site-packages/pip"))


def test_python_with_neither_ensurepip_nor_pip_names_the_package_to_install(bare: Bare) -> None:
    bare.shadow("ensurepip", "raise ImportError('Debian packages this apart')\n")
    path = bare.shadow("pip", "raise ImportError('nor is there a pip')\n")
    done = bare.start(PYTHONPATH=path, PATH=without(os.environ["PATH"], "uv"))
    assert "sudo apt install python3-venv" in one_line(done)
    assert READY in bare.start().stdout  # it has been installed


def test_python_without_venv_names_the_package_to_install(bare: Bare) -> None:
    path = bare.shadow("venv", "raise ImportError('not here')\n")
    done = bare.start(PYTHONPATH=path, PATH=without(os.environ["PATH"], "uv"))
    assert "sudo apt install python3-venv" in one_line(done)
    assert not (bare.folder / ".venv").exists()


def test_read_only_folder_says_so(bare: Bare) -> None:
    # root may write anywhere unless it lays that power down
    humble = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    bare.folder.chmod(0o555)
    try:
        done = bare.start(python=[*humble, BASE_PYTHON])
    finally:
        bare.folder.chmod(0o755)
    line = one_line(done)
    assert f"{bare.folder} cannot be written" in line


# Older Pythons


OLD = """
import sys, runpy
sys.version_info = type("v", (tuple,), {})((3, 8, 18, "final", 0))
sys.argv = sys.argv[1:]
sys.path.insert(0, ".")
runpy.run_path("app.py", run_name="__main__")
"""


def old_pythons() -> list[list[str]]:
    """Give a Python that believes itself old, and the really old ones of this machine."""
    real = [
        str(path)
        for minor in range(6, 11)
        for path in Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python")
    ]
    return [[BASE_PYTHON, "-c", OLD], *([path] for path in real)]


OLDS = pytest.mark.parametrize("python", old_pythons(), ids=lambda command: command[0])


@OLDS
def test_old_python_says_what_to_install(bare: Bare, python: list[str]) -> None:
    nowhere = bare.folder.parent / "no-programs"
    nowhere.mkdir()
    line = one_line(bare.start(python=python, PATH=str(nowhere)))
    assert line.startswith("Alongside needs Python 3.11 or newer, and this is 3.")
    assert not (bare.folder / ".venv").exists()


@pytest.mark.parametrize("python", old_pythons()[:2], ids=lambda command: command[0])
def test_old_python_hands_over_to_a_newer_one_that_works(bare: Bare, python: list[str]) -> None:
    programs = bare.folder.parent / "programs"
    programs.mkdir()
    broken, works = programs / "python3.14", programs / "python3.12"
    broken.write_text("#!/bin/sh\necho 'version not installed' >&2\nexit 127\n")
    works.write_text(f'#!/bin/sh\nexec {BASE_PYTHON} "$@"\n')
    for program in (broken, works):
        program.chmod(0o755)
    done = bare.start("--demo", python=python, PATH=f"{programs}:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert "SERVES None True True one" in done.stdout
    again = bare.start(python=python, PATH="/usr/bin:/bin")  # .venv is there: nothing to look for
    assert again.stdout == READY + "\n"


@pytest.mark.parametrize("name", ["app.py", "bootstrap.py"])
def test_what_starts_first_is_written_for_any_python(name: str) -> None:
    source = (TOP / name).read_text(encoding="utf-8")
    assert source.isascii()  # an old Windows console shows nothing else
    tree = ast.parse(source, feature_version=(3, 6))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node.col_offset == 0:
            roots = (
                {(node.module or "").split(".")[0]}
                if isinstance(node, ast.ImportFrom)
                else {alias.name.split(".")[0] for alias in node.names}
            )
            assert roots <= {*sys.stdlib_module_names, "bootstrap"}, roots
            assert roots != {"__future__"}  # 3.6 does not know the annotations there
        annotations = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for annotation in filter(None, annotations):
            parts = list(ast.walk(annotation))
            assert not any(isinstance(part, ast.Subscript | ast.BinOp) for part in parts), (
                f"line {annotation.lineno}: only a quoted annotation may say list[str]"
            )


# What can be typed


def test_tests_run_with_what_developers_need(begun: Bare) -> None:
    done = begun.start("test", "-k", "two words", "--help")
    assert done.returncode == 0, done.stderr
    assert "Fetching what the browser tests need" in done.stdout
    assert done.stdout.endswith("TESTS ['-k', 'two words', '--help']\n")
    assert begun.start("test").stdout == "TESTS []\n"


def test_tests_run_without_what_cannot_be_fetched(begun: Bare) -> None:
    tiny = begun.package("pytest", "1.0", {"pytest.py": "print('TESTS')\n"})
    flask = (begun.folder / "requirements.txt").read_text()
    begun.require(flask, tiny)
    begun.require("playwright==1.0 --hash=sha256:" + "0" * 64 + "\n", dev=True)
    done = begun.start("test")
    assert done.returncode == 0, done.stderr
    assert "The browser tests are left out; the others run." in done.stdout
    assert done.stdout.endswith("TESTS\n")


def test_bench_runs_a_measurement_by_its_name(begun: Bare) -> None:
    folder = begun.folder / "tests/bench"
    folder.mkdir(parents=True)
    (folder / "race.py").write_text("def main(argv):\n    print('RACE', argv)\n    return 3\n")
    (folder / "two_words.py").write_text("def main(argv):\n    print('TWO')\n")
    (folder / "_shared.py").touch()
    (folder / "shared.py").write_text("def main():\n    pass\n")
    done = begun.start("bench", "race", "--rounds", "5")
    assert done.returncode == 3
    assert done.stdout.endswith("RACE ['--rounds', '5']\n")
    assert begun.start("bench", "two-words").stdout.endswith("TWO\n")
    for names in (["nope"], [], ["../race"], ["_shared"], ["shared"]):
        said = one_line(begun.start("bench", *names))
        assert said.endswith("where NAME is one of: race, two-words.")


@pytest.mark.parametrize(
    "arguments",
    [["--port", "0"], ["--port", "65536"], ["--port", "x"], ["--scale", "10"], ["tset"]],
)
def test_mistyped_command_is_told_before_anything_is_set_up(
    bare: Bare, arguments: list[str]
) -> None:
    done = bare.start(*arguments)
    assert done.returncode == 2
    assert "usage: python3 app.py" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (bare.folder / ".venv").exists()


def test_help_needs_no_set_up(bare: Bare) -> None:
    done = bare.start("--help")
    assert done.returncode == 0
    for word in ("--demo", "--scale", "--host", "--port", "--no-jobs", "test", "bench NAME"):
        assert word in done.stdout
    assert not (bare.folder / ".venv").exists()


def test_wsgi_servers_find_the_app_and_children_of_a_bench_do_not_build_one(bare: Bare) -> None:
    for name, expected in (("app", "'THE APP'"), ("__mp_main__", "None")):
        program = (
            f"import runpy; print(repr(runpy.run_path('app.py', run_name={name!r}).get('app')))"
        )
        done = subprocess.run(
            [BASE_PYTHON, "-c", program],
            cwd=bare.folder,
            env=bare.environ | {"PYTHONPATH": "."},
            capture_output=True,
            text=True,
        )
        assert done.stdout.strip() == expected, done.stderr
    assert not (bare.folder / ".venv").exists()


# Reasons


@pytest.mark.parametrize(
    ("output", "beginning"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: [Errno 13] Permission denied: '/x/.venv'", "The folder"),
        (
            "[Errno -3] Temporary failure in name resolution",
            "The packages could not be fetched: the",
        ),
        (
            "Failed to establish a new connection: [Errno 111]",
            "The packages could not be fetched: the",
        ),
        (
            "SSLError(CERTIFICATE_VERIFY_FAILED)",
            "The packages could not be fetched: this network's",
        ),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "A package was not the one"),
    ],
)
def test_known_failures_are_told_plainly(
    output: str,
    beginning: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path))
    with pytest.raises(SystemExit) as stop:
        bootstrap.explain(f"Collecting flask\n{output}\nmore words\n")
    assert stop.value.code == 1
    assert capsys.readouterr().err.startswith(beginning)


def test_lists_that_people_edit_agree_with_what_is_locked() -> None:
    for name in ("requirements", "requirements-dev"):
        edited = (TOP / f"{name}.in").read_text().splitlines()
        locked = (TOP / f"{name}.txt").read_text()
        assert "--hash=sha256:" in locked
        assert "://" not in locked, "an address of some index was written into the lock"
        for line in edited:
            pin = line.split(";")[0].split("[")[0].split("==")[0].strip()
            if pin and not pin.startswith(("#", "-")):
                version = line.split("==")[1].split(";")[0].strip()
                assert f"{pin}=={version}" in locked.replace("[", "\n["), f"{pin} is not locked"
