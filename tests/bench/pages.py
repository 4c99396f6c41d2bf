"""What a page costs: statements, CPU and bytes, beside a bare Flask page asked for in turn."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.core import clock
from hospice.core.db import db, transaction


@dataclass
class Figure:
    """What one page cost."""

    statements: int
    milliseconds: float
    bytes: int
    bare: float  # milliseconds of the bare page, asked for in turn with this one

    @property
    def times(self) -> float:
        """Return how many bare pages it costs."""
        return self.milliseconds / self.bare


@dataclass
class Counter:
    """Counts the statements that run."""

    seen: list[str] = field(default_factory=list)

    def note(self, _c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        """Count what is neither BEGIN nor COMMIT."""
        if statement.lstrip()[:5].upper() not in {"BEGIN", "PRAGM"}:
            self.seen.append(statement)


def bare_page(folder: Path) -> FlaskClient:
    """Return a client of a Flask page as small as one can be written."""

    class Base(DeclarativeBase):
        pass

    plain = SQLAlchemy(model_class=Base)

    class Row(plain.Model):  # type: ignore[name-defined]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(80))
        place: Mapped[str] = mapped_column(String(80))
        state: Mapped[str] = mapped_column(String(20))

    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'bare.sqlite3'}"
    plain.init_app(app)
    page = (
        "<!doctype html><title>Rows</title><table>{% for row in rows %}<tr><td>{{ row.id }}</td>"
        "<td>{{ row.name }}</td><td>{{ row.place }}</td><td>{{ row.state }}</td></tr>{% endfor %}"
        "</table>"
    )

    @app.get("/")
    def rows() -> str:
        return render_template_string(page, rows=plain.session.scalars(select(Row)).all())

    with app.app_context():
        plain.create_all()
        plain.session.add_all(
            Row(name=f"Name {n}", place="Ward 1", state="confirmed") for n in range(60)
        )
        plain.session.commit()
    return app.test_client()


def signed_in(app: Flask, email: str) -> FlaskClient:
    """Return a client of somebody who may sign in."""
    with app.app_context():
        user = account_queries.user_by_email(email)
        if user is None:
            raise LookupError(email)
        with transaction():
            token = accounts.sign_in(user, is_kept=False, device="bench", now=clock.now())
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def time_page(
    client: FlaskClient,
    bare: FlaskClient,
    counter: Counter,
    requests: int,
    call: Callable[[FlaskClient, int], Any],
    *,
    status: int = 200,
    warm: int = 5,
    then: Callable[[FlaskClient, Any], None] | None = None,
) -> Figure:
    """Return the median CPU time of many requests, and the statements of the last."""
    spent, beside, statements, size = [], [], 0, 0
    for number in range(requests):
        counter.seen.clear()
        began = time.process_time()
        response = call(client, number)
        body = response.get_data()
        seconds = time.process_time() - began
        if response.status_code != status:
            raise RuntimeError(f"{response.request.path} answered {response.status_code}")
        statements, size = len(counter.seen), len(body)
        if then is not None:
            then(client, response)
        began = time.process_time()
        bare.get("/").get_data()
        if number >= warm:
            spent.append(seconds)
            beside.append(time.process_time() - began)
    milliseconds, as_bare = (statistics.median(one) * 1000 for one in (spent, beside))
    return Figure(statements, milliseconds, size, as_bare)


def print_table(heading: str, found: dict[str, Figure]) -> None:
    """Print what each page cost."""
    bare = statistics.median(figure.bare for figure in found.values())
    print(f"\n{heading} (bare Flask page: {bare:.2f} ms CPU)")
    print(f"{'page':<20}{'statements':>11}{'CPU ms':>9}{'x bare':>8}{'bytes':>9}")
    for name, figure in found.items():
        print(
            f"{name:<20}{figure.statements:>11}{figure.milliseconds:>9.2f}"
            f"{figure.times:>8.1f}{figure.bytes:>9}"
        )
