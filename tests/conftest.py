"""The ground of the tests: real databases, a real mail server, people who sign in."""

import gc
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from hospice import create_app
from hospice.accounts import actions as accounts
from hospice.accounts.models import User
from hospice.core.db import db, transaction
from hospice.migrate import upgrade
from tests import builders, postgresql

accounts.cheapen_hashing()

pytest_plugins = ["tests.left_out"]

KEY = "only-for-tests-only-for-tests-only-for-tests"


def pytest_configure() -> None:
    """Hear Ctrl+C, and let the programs that tests start hear it.

    A shell starts what runs in the background with the signal ignored, and children inherit that:
    no test of it could pass there.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Each test throws an app away; looking through all that was imported for more takes longer.
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process is alone with it at the end."""
    long = ("tests/flows/", "tests/setup/", "tests/house/")
    items.sort(key=lambda item: not item.nodeid.startswith(long))


# --- the clock ------------------------------------------------------------------------------------

# Whatever the hour outside, a test finds the one of the stories: a morning's digest cannot leave
# beside what is tested because somebody ran it in the morning, and the Sunday of the stories is
# always ahead. TEST_CLOCK, an instant of the same week, shows what depends on it all the same.
CLOCK = datetime.fromisoformat(os.environ.get("TEST_CLOCK", builders.NOW.isoformat()))


@pytest.fixture(autouse=True)
def same_hour(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin every test at the same hour, unless it starts processes, which have their own clock."""
    if request.node.get_closest_marker("real_clock"):
        yield
    else:
        with time_machine.travel(CLOCK, tick=True):
            yield


# --- databases ------------------------------------------------------------------------------------


def _environ(folder: Path, url: str | None = None) -> dict[str, str]:
    return {
        "INSTANCE_DIR": str(folder),
        "SECRET_KEY": KEY,
        "BASE_URL": "http://localhost",
        "TIMEZONE": "Asia/Shanghai",
        "LOCALE": "en",
        **({"DATABASE_URL": url} if url else {}),
    }


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated SQLite file; every test copies it, which is far quicker than migrating."""
    folder = tmp_path_factory.mktemp("migrated")
    upgrade(create_app(_environ(folder)))
    path = folder / "alongside.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL for this run; gives the URL of its maintenance database."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    programs = postgresql.binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: sudo apt install postgresql")
    with postgresql.server(programs) as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """An empty PostgreSQL database for one test."""
    with postgresql.database(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a migrated PostgreSQL database, to be copied."""
    with postgresql.database(postgres) as url:
        upgrade(make_app(tmp_path_factory.mktemp("template"), url))
        yield url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def emptied_postgres(postgres: str, postgres_template: str) -> Iterator[postgresql.Emptied]:
    """The copy that tests share, one after the other."""
    kept = postgresql.Emptied(postgres, postgres_template)
    yield kept
    kept.drop()


@pytest.fixture
def migrated_postgres_url(emptied_postgres: postgresql.Emptied) -> Iterator[str]:
    """A migrated PostgreSQL database without a row, for one test."""
    with emptied_postgres.for_one_test() as url:
        yield url


class CompiledTemplates(BytecodeCache):
    """Templates that were compiled once; each test has an app of its own, which would again."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled; the bucket looks whether the source is still the same."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled now."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()
BUILDERS: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_compile_builder = Rule._compile_builder


def _compiled_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Compile what builds an address of a rule once, not again for each app that has the rule.

    The function knows the parts of the address alone; converters and map come with the rule.
    """
    if rule.defaults:  # these it would know as well
        return _compile_builder(rule, append_unknown)
    key = (tuple(rule._trace), append_unknown)
    if key not in BUILDERS:
        BUILDERS[key] = _compile_builder(rule, append_unknown)
    return BUILDERS[key]


Rule._compile_builder = _compiled_builder  # type: ignore[assignment]


FIRST: dict[str, Engine] = {}


def _share_statements(engine: Engine) -> None:
    """Let the engines of all apps keep the statements that one of them has compiled.

    What is kept holds for a dialect, so they share that too.
    """
    if engine.name in FIRST:
        engine.dialect = FIRST[engine.name].dialect
        engine._compiled_cache = FIRST[engine.name]._compiled_cache


@event.listens_for(Engine, "connect")
def _wait_for_no_disk(connection: Any, _record: object) -> None:
    """Take back synchronous=FULL, which tests/core/test_db.py looks after: here no power fails."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def make_app(folder: Path, url: str | None = None, **environ: str) -> Flask:
    """Return an app of its own; the database is not migrated."""
    app = create_app({**_environ(folder, url), **environ})
    app.config.update(TESTING=True)
    app.jinja_env.bytecode_cache = COMPILED
    with app.app_context():
        _share_statements(db.engine)
    return app


def migrated_copy(migrated: Path, folder: Path) -> None:
    """Put a fresh, migrated SQLite file into a folder."""
    shutil.copy(migrated, folder / "alongside.sqlite3")


@contextmanager
def ready(app: Flask) -> Iterator[Flask]:
    """Open an app whose database is migrated, inside an app context, with a hospice."""
    with app.app_context():
        if db.engine.name not in FIRST:
            with db.engine.connect():  # a dialect learns from the first connection
                FIRST[db.engine.name] = db.engine
            db.engine._compiled_cache = LRUCache(2_000)
        builders.hospice()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(tmp_path: Path, migrated: Path) -> Iterator[Flask]:
    """The app on a fresh, migrated SQLite file, inside an app context, with a hospice."""
    migrated_copy(migrated, tmp_path)
    with ready(make_app(tmp_path)) as app:
        yield app


@pytest.fixture(params=["sqlite", "postgres"])
def either_app(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[Flask]:
    """The same, once on SQLite and once on PostgreSQL."""
    url = None
    if request.param == "sqlite":
        migrated_copy(migrated, tmp_path)
    else:
        url = request.getfixturevalue("migrated_postgres_url")
    with ready(make_app(tmp_path, url)) as app:
        yield app


# --- people ---------------------------------------------------------------------------------------


class Browser:
    """A test client that sends the CSRF token as a real page would."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        app.config["WTF_CSRF_ENABLED"] = False  # tests of CSRF itself use a client of their own

    def sign_in(self, user: User) -> "Browser":
        """Sign in as a user, without the password's cost."""
        with transaction():
            token = accounts.sign_in(user, is_kept=False, device="test", now=builders.real_now())
        with self.client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def _open(self, method: str, url: str, **kwargs: Any) -> Any:
        # A context of its own, as in real life: `g` must not carry one visitor into the next
        # request. The test's own records stay usable and show what the request changed.
        db.session.rollback()
        with self.app.app_context():
            response = self.client.open(url, method=method, **kwargs)
        db.session.rollback()
        return response

    def get(self, url: str, *, status: int = 200, **kwargs: Any) -> str:
        """Open a page and return its HTML; fail on another status."""
        response = self._open("GET", url, **kwargs)
        assert response.status_code == status, f"{url}: {response.status_code}, not {status}"
        return response.get_data(as_text=True)

    def post(self, url: str, data: Any = None, *, status: int = 302, **kwargs: Any) -> str:
        """Send a form; return the next address for a redirect, else the HTML."""
        response = self._open("POST", url, data=data or {}, **kwargs)
        text = response.get_data(as_text=True)
        assert response.status_code == status, (
            f"{url}: {response.status_code}, not {status}\n{text[:3000]}"
        )
        return response.headers["Location"] if 300 <= status < 400 else text


@pytest.fixture
def browser(app: Flask) -> Callable[[User | None], Browser]:
    """Return a function: a user (or None) -> a browser signed in as them."""

    def open_browser(user: User | None = None) -> Browser:
        opened = Browser(app)
        return opened.sign_in(user) if user else opened

    return open_browser


# --- counting statements --------------------------------------------------------------------------


@dataclass
class Statements:
    """The SQL statements that ran while counting."""

    seen: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.seen)


@pytest.fixture
def statements(app: Flask) -> Iterator[Statements]:
    """Count SELECT, INSERT, UPDATE and DELETE statements; `statements.seen.clear()` starts anew."""
    counted = Statements()

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH C"}:
            counted.seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield counted
    event.remove(Engine, "before_cursor_execute", note)


# --- mail -----------------------------------------------------------------------------------------


@dataclass
class MailServer:
    """A real SMTP server on loopback that keeps what it receives."""

    url: str
    mails: list[Mail] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)

    def wait_for(self, count: int, seconds: float = 20) -> list[Mail]:
        """Return the mails once there are so many."""
        until = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.mails) >= count, f"{len(self.mails)} mails, not {count}"
        return self.mails


class _Keeper:
    def __init__(self) -> None:
        self.server: MailServer | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        assert self.server is not None
        self.server.envelopes.append(envelope)
        self.server.mails.append(message_from_bytes(envelope.content))
        return "250 kept"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server on loopback."""
    keeper = _Keeper()
    controller = Controller(keeper, hostname="127.0.0.1", port=postgresql.free_port())
    controller.start()
    keeper.server = MailServer(f"smtp://127.0.0.1:{controller.port}")
    yield keeper.server
    controller.stop()
