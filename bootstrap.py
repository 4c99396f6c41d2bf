"""Makes .venv, installs the locked requirements and goes on inside it; any Python 3 can read this.

Only the standard library, and only what Python 3.6 understands: an old Python must be able to
find a newer one, or to say in one plain line what is missing.
"""

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from typing import Any, NoReturn

HERE = os.path.dirname(os.path.abspath(__file__))
APP = os.path.join(HERE, "app.py")
VENV = os.path.join(HERE, ".venv")
OLDEST = (3, 11)
NEWER = ["python3.14", "python3.13", "python3.12", "python3.11"]
NO_VENV = (
    "Python cannot make its own environment here. Run: sudo apt install python3-venv"
    " (or install uv), then run the same command again."
)

# what an installer prints, and what to do about it
REASONS = {
    "No space left on device|Disk quota exceeded": (
        "The disk is full. Free about 500 MB, then run the same command again."
    ),
    "Permission denied|Read-only file system": (
        "The folder {venv} cannot be written. Give it to the user who runs Alongside, or delete it,"
        " then run the same command again."
    ),
    "DO NOT MATCH THE HASHES|Hash mismatch": (
        "A package was not the one that was tested, so it was not installed. Run the same command"
        " again; if it says so again, use another network."
    ),
    "CERTIFICATE_VERIFY_FAILED|invalid peer certificate": (
        "The packages could not be fetched: this network's certificate is not trusted here. Set"
        " PIP_CERT to its certificate file, then run the same command again."
    ),
    "name resolution|new connection|nodename nor|getaddrinfo failed|unreachable|[Cc]onnection"
    "|timed? ?out|dns error|sending request|ProxyError|from versions: none": (
        "The packages could not be fetched: the Python package index cannot be reached. Connect"
        " this machine to the network, then run the same command again."
    ),
}


def fail(line: str) -> NoReturn:
    """End with one plain line that says what to do."""
    sys.stdout.flush()
    sys.stderr.write(line + "\n")
    sys.exit(1)


# What was asked for


def parse(argv: "list[str]") -> argparse.Namespace:
    """Read the command line; what follows `test` and `bench NAME` is passed on untouched."""
    if argv[:1] == ["test"]:
        return argparse.Namespace(command="test", rest=argv[1:])
    if argv[:1] == ["bench"]:
        return argparse.Namespace(command="bench", name=bench(argv[1:2]), rest=argv[2:])
    parser = argparse.ArgumentParser(
        prog="python3 app.py",
        description="Alongside: sets itself up, then serves the pages and sends the reminders.",
        epilog="Also: python3 app.py test [pytest arguments], python3 app.py bench NAME [arguments]."
        " Settings are environment variables; the README lists them.",
    )
    add = parser.add_argument
    add("--demo", action="store_true", help="use a made-up hospice, apart from your own data")
    add("--scale", type=int, choices=[1, 10, 100], default=1, help="make that one as much larger")
    add("--host", default="127.0.0.1", help="where to listen; 0.0.0.0 for all of its addresses")
    add("--port", type=port, help="the port (default: 8000)")
    help_jobs = "leave the reminders to another process (flask run-jobs)"
    add("--no-jobs", dest="jobs", action="store_false", help=help_jobs)
    request = parser.parse_args(argv, argparse.Namespace(command="serve"))
    if request.scale != 1 and not request.demo:
        parser.error("--scale goes with --demo")
    return request


def port(text: str) -> int:
    """Read a port number."""
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")


def bench(names: "list[str]") -> str:
    """Read the name of a measurement, or list those there are."""
    folder = os.path.join(HERE, "tests", "bench")
    there = {}
    for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
        if name.endswith(".py") and not name.startswith("_"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                if "\ndef main(argv" in "\n" + file.read():  # the others are what they share
                    there[name[:-3].replace("_", "-")] = name[:-3]
    wanted = names[0].replace("_", "-") if names else ""
    if wanted in there:
        return there[wanted]
    fail("Type: python3 app.py bench NAME, where NAME is one of: %s." % ", ".join(sorted(there)))


# From here to a Python that has everything


def prepare(argv: "list[str]") -> argparse.Namespace:
    """Return what is to be served, inside .venv and with all installed; re-executes on the way."""
    request = parse(argv)
    try:
        if not within_venv():
            enter_venv(argv)
        set_up(request, argv)
    except KeyboardInterrupt:
        fail("\nStopped. The same command goes on where this one stopped.")
    if request.command == "test":
        go_on_with("-m", "pytest", *request.rest)
    if request.command == "bench":
        program = "import sys; from tests.bench.%s import main; sys.exit(main(sys.argv[1:]))"
        go_on_with("-c", program % request.name, *request.rest)
    return request


def enter_venv(argv: "list[str]") -> NoReturn:
    """Start again inside .venv; make it if need be."""
    if not os.path.exists(venv_python()):
        with one_at_a_time():
            make_venv(argv)
    go_on_with(APP, *argv, python=venv_python())


def set_up(request: argparse.Namespace, argv: "list[str]") -> None:
    """Install what is not there yet."""
    if sys.version_info < OLDEST:
        fail(
            "The folder .venv was made with Python %d.%d, and Alongside needs 3.11 or newer."
            " Delete that folder, then run the same command again." % sys.version_info[:2]
        )
    names = ["requirements.txt"] + (["requirements-dev.txt"] if request.command == "test" else [])
    if all(read(stamp(name)) == fingerprint(name) for name in names):
        return
    with one_at_a_time():
        if read(stamp(names[0]))[:4] not in ("", fingerprint(names[0])[:4]):
            # the system has moved to another Python, which looks for packages elsewhere
            done = run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])
            if done.returncode != 0:
                explain(done.stdout)
            go_on_with(APP, *argv)
        first = not read(stamp(names[0]))
        greeting = "Setting up, about a minute (only the first time) ..."
        install(names[0], greeting if first else "Fetching the packages that have changed ...")
        if names[1:]:
            install_for_developers()


def within_venv() -> bool:
    """Tell whether this process runs in our own .venv."""
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def venv_python() -> str:
    """Give the path of the Python inside .venv."""
    within = ["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]
    return os.path.join(VENV, *within)


def go_on_with(*arguments: str, python: str = sys.executable) -> NoReturn:
    """Start Python anew, perhaps another one, in place of this process."""
    command = [python, *arguments]
    sys.stdout.flush()
    if arguments[0] != APP:
        os.chdir(HERE)
    if os.name == "nt":  # there, exec gives the prompt back while the program still runs
        sys.exit(subprocess.call(command))
    try:
        os.execv(python, command)  # noqa: S606 - no shell is wanted
    except OSError:
        fail("%s does not start. Delete %s, then run the same command again." % (python, VENV))


class one_at_a_time:  # noqa: N801 - reads as what it does: with one_at_a_time()
    """Let a second start wait for a set-up that is under way."""

    def __enter__(self) -> None:
        self.file = open(os.path.join(HERE, "requirements.txt"), "rb")
        try:
            import fcntl
        except ImportError:
            return  # Windows has no such lock; there it is up to the person
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Waiting for the set-up that is under way ...", flush=True)
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: Any) -> None:
        self.file.close()


def make_venv(argv: "list[str]") -> None:
    """Make .venv with this Python, a newer one, or uv; or say what to install."""
    if os.path.exists(venv_python()):
        return  # another start has made it while this one waited
    check_folder()
    if sys.version_info < OLDEST:
        newer = newer_python()
        if newer:
            go_on_with(APP, *argv, python=newer)
    elif run([sys.executable, "-c", "import venv"]).returncode == 0:
        done = run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])
        if done.returncode == 0:
            return
        explain(done.stdout)
    uv = shutil.which("uv")
    if uv:
        print("Setting up with uv ...", flush=True)
        done = run([uv, "venv", "--quiet", "--clear", "--python", ">=3.11", VENV])
        if done.returncode == 0:
            return
        explain(done.stdout)
    if sys.version_info < OLDEST:
        fail(
            "Alongside needs Python 3.11 or newer, and this is %d.%d. Install a newer one"
            " (or uv, which fetches it), then run the same command again." % sys.version_info[:2]
        )
    fail(NO_VENV)


def check_folder() -> None:
    """Say so when nothing can be written here."""
    probe = os.path.join(HERE, ".venv-probe-%d" % os.getpid())
    try:
        os.mkdir(probe)
        os.rmdir(probe)
    except OSError:
        fail(
            "The folder %s cannot be written. Move Alongside to a folder of your own,"
            " or give this one to the user who runs it." % HERE
        )


def newer_python() -> str:
    """Find a Python on the PATH that is new enough and starts, or nothing."""
    check = "import sys, venv; sys.exit(sys.version_info < %r)" % (OLDEST,)
    for name in NEWER:
        found = shutil.which(name)
        if found and run([found, "-c", check]).returncode == 0:
            return found
    return ""


# Installing what is locked


def install(name: str, greeting: str) -> None:
    """Install a locked file of requirements, unless just that is installed already."""
    wanted = fingerprint(name)
    if read(stamp(name)) == wanted:
        return
    started = time.time()
    print(greeting, flush=True)
    output = fetch(name)
    if output:
        explain(output)
    with open(stamp(name), "w") as file:
        file.write(wanted)
    print("Set up in %d seconds." % round(time.time() - started), flush=True)


def install_for_developers() -> None:
    """Install what the browser tests and linters need, or say that they are left out."""
    name = "requirements-dev.txt"
    try:
        install(name, "Fetching what the browser tests need ...")
    except SystemExit:
        print("The browser tests are left out; the others run.", flush=True)


def stamp(name: str) -> str:
    """Give the path of the note that says which content of a locked file is installed."""
    return os.path.join(VENV, name + ".installed")


def fingerprint(name: str) -> str:
    """Name what would be installed: the Python, and the content of the locked file."""
    with open(os.path.join(HERE, name), "rb") as file:
        content = hashlib.sha256(file.read()).hexdigest()
    return "%d.%02d %s" % (sys.version_info[0], sys.version_info[1], content)


def read(path: str) -> str:
    """Read a small file, or nothing."""
    try:
        with open(path) as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""


def fetch(name: str) -> str:
    """Run the installer; return what it printed when it failed, else nothing."""
    path = os.path.join(HERE, name)
    pip = pip_command()
    if pip:
        command = [*pip, "install", "--require-hashes", "--compile", "--no-input"]
        command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", path]
    else:
        uv = shutil.which("uv")
        if not uv:
            fail(NO_VENV)
        command = [uv, "pip", "install", "--python", sys.executable, "--require-hashes"]
        command += ["--compile-bytecode", "-r", path]  # else each start takes four seconds
    with open(path, encoding="utf-8") as file:
        total = sum(1 for line in file if "==" in line and not line.startswith(("#", " ")))
    return watch(command, total)


def pip_command() -> "list[str]":
    """Find a pip that installs into .venv: its own, one it can be given, or the system's."""
    own = [sys.executable, "-m", "pip"]
    if run([*own, "--version"]).returncode == 0:
        return own
    if run([sys.executable, "-m", "ensurepip", "--default-pip"]).returncode == 0:
        return own
    # Debian without python3-venv: no ensurepip, but perhaps a pip
    base = getattr(sys, "_base_executable", "") or os.path.realpath(sys.executable)
    aimed = [base, "-m", "pip", "--python", sys.executable]
    return aimed if run([*aimed, "--version"]).returncode == 0 else []


def watch(command: "list[str]", total: int) -> str:
    """Run an installer, counting packages for the person who waits; return its words if it failed."""
    lines = []
    seen = 0
    shows = sys.stdout.isatty()
    try:
        process = subprocess.Popen(
            command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
        )
    except OSError as error:
        return str(error)
    assert process.stdout is not None  # noqa: S101 - for the type checker
    for raw in process.stdout:
        line = raw.decode("utf-8", "replace")
        lines.append(line)
        if line.startswith("Collecting"):
            seen += 1
            if shows:
                sys.stdout.write("\r  fetching packages: %d of %d " % (min(seen, total), total))
        elif line.startswith("Installing collected") and shows:
            sys.stdout.write("\r  installing them ...            ")
        sys.stdout.flush()
    if shows:
        sys.stdout.write("\r" + " " * 40 + "\r")
    return "".join(lines) if process.wait() != 0 else ""


def explain(output: str) -> NoReturn:
    """End with the plain reason for a failed installation, or where to read about it."""
    log = os.path.join(VENV, "setup.log")
    with contextlib.suppress(OSError), open(log, "w", encoding="utf-8") as file:
        file.write(output)
    for signs, line in REASONS.items():
        if re.search(signs, output):
            fail(line.format(venv=VENV))
    fail(
        "Setting up did not work; the reason is in %s. Delete the folder .venv and run the same"
        " command again, or show that file to someone who knows Python." % log
    )


def run(command: "list[str]") -> "subprocess.CompletedProcess[str]":
    """Run a short command and keep what it says to itself."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            check=False,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, str(error))
