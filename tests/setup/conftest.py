"""A bare copy of the start-up files, with packages so small that setting up takes seconds."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
BASE_PYTHON = str(getattr(sys, "_base_executable", "") or sys.executable)

SERVE = """
import flask
def start(request):
    print("SERVES", request.port, request.demo, request.jobs, flask.VERSION)
    return 0
"""


@dataclass
class Bare:
    """A folder as a person has it after `git clone`, and a shelf of packages beside it."""

    folder: Path
    shelf: Path
    environ: dict[str, str] = field(default_factory=dict)

    def start(
        self,
        *arguments: str,
        python: Sequence[str] = (BASE_PYTHON,),
        **environ: str,
    ) -> subprocess.CompletedProcess[str]:
        """Type `python3 app.py …` and wait for the end."""
        return subprocess.run(
            [*python, "app.py", *arguments],
            cwd=self.folder,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            timeout=240,
            stdin=subprocess.DEVNULL,
        )

    def package(self, name: str, version: str, files: Mapping[str, str]) -> str:
        """Put a package on the shelf; return the line that locks it."""
        wheel = self.shelf / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        about = {
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},,\n" for path in [*files, *about, f"{info}/RECORD"])
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, content in {**files, **about, f"{info}/RECORD": record}.items():
                archive.writestr(path, content)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        return f"{name}=={version} --hash=sha256:{digest}\n"

    def require(self, *lines: str, dev: bool = False) -> None:
        """Write the locked requirements."""
        name = "requirements-dev.txt" if dev else "requirements.txt"
        (self.folder / name).write_text("".join(lines))

    def shadow(self, name: str, program: str) -> str:
        """Put a module in front of the standard library's; return the PYTHONPATH for it."""
        folder = self.folder.parent / "shadow"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(program)
        return str(folder)


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    """Give the start-up files alone, a small Flask and a small pytest, and no network."""
    folder, shelf = tmp_path / "alongside", tmp_path / "shelf"
    (folder / "hospice").mkdir(parents=True)
    shelf.mkdir()
    for name in ("app.py", "bootstrap.py"):
        (folder / name).write_bytes((TOP / name).read_bytes())
    (folder / "hospice/__init__.py").write_text("def create_app():\n    return 'THE APP'\n")
    (folder / "hospice/serve.py").write_text(SERVE)
    passed_on = {"PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR"}
    environ = {name: value for name, value in os.environ.items() if name in passed_on}
    environ |= {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(shelf),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
    }
    place = Bare(folder, shelf, environ)
    place.require(place.package("flask", "1.0", {"flask.py": "VERSION = 'one'\n"}))
    tiny_pytest = {"pytest.py": "import sys\nprint('TESTS', sys.argv[1:])\n"}
    place.require(place.package("pytest", "1.0", tiny_pytest), dev=True)
    return place


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one empty environment with pip in it, the slow part of setting up."""
    folder = tmp_path_factory.mktemp("environment") / ".venv"
    subprocess.run([BASE_PYTHON, "-m", "venv", str(folder)], check=True)
    return folder


@pytest.fixture
def begun(bare: Bare, environment: Path) -> Bare:
    """Give the start-up files with an environment in which nothing is installed yet."""
    shutil.copytree(environment, bare.folder / ".venv", symlinks=True)
    return bare
