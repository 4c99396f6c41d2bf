"""Mail servers that misbehave, people to write to, and what became of their messages."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message as Mail
from typing import Any, BinaryIO

from sqlalchemy import select

from hospice.core.db import db, transaction
from hospice.reminders.models import Message
from hospice.shifts.models import Assignment, Shift
from hospice.shifts.rules.states import AssignmentState, ToldKind
from hospice.volunteers.models import Volunteer
from tests import builders


@dataclass
class Scripted:
    """A server on loopback that says what its script says; one connection after another."""

    script: Callable[["Line"], None]
    url: str = ""
    heard: list[str] = field(default_factory=list)
    connections: int = 0


class Line:
    """One connection, as its server sees it."""

    def __init__(self, server: Scripted, link: socket.socket, file: BinaryIO) -> None:
        self.server = server
        self.link = link
        self.file = file

    def say(self, *lines: str) -> None:
        """Send lines."""
        for line in lines:
            self.link.sendall(line.encode() + b"\r\n")

    def hear(self) -> str:
        """Return the next line that came; raise at the end."""
        raw = self.file.readline()
        if not raw:
            raise ConnectionError
        line = raw.decode(errors="replace").strip()
        self.server.heard.append(line)
        return line

    def greet(self) -> None:
        """Greet and answer EHLO."""
        self.say("220 here")
        self.hear()
        self.say("250 here")

    def envelope(self) -> None:
        """Take sender and recipient."""
        for _ in range(2):
            self.hear()
            self.say("250 fine")

    def content(self) -> None:
        """Hear DATA, and the content up to its dot."""
        self.hear()
        self.say("354 go on")
        while self.hear() != ".":
            pass


@contextmanager
def scripted(script: Callable[[Line], None]) -> Iterator[Scripted]:
    """Run a scripted server."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Scripted(script, f"smtp://127.0.0.1:{listener.getsockname()[1]}")

    def serve() -> None:
        while True:
            try:
                link, _address = listener.accept()
            except OSError:
                return
            server.connections += 1
            with link, link.makefile("rb") as file, suppress(OSError):
                script(Line(server, link, file))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.close()
        thread.join(0.1)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def hang(line: Line) -> None:
    """Take the connection and never say a word."""
    while line.link.recv(100):
        pass


def drip(line: Line) -> None:
    """Say one letter now and then, so that no timeout ever strikes."""
    for letter in "220 " + "x" * 10_000:
        line.link.sendall(letter.encode())
        time.sleep(0.05)


def tell_many(shift: Shift, how_many: int, when: datetime) -> None:
    """Put many volunteers on one shift, all told by one publish."""
    with transaction():
        people = [
            Volunteer(
                legal_name=f"Volunteer {number}",
                preferred_name=f"Volunteer {number}",
                locale="en" if number % 2 else "zh_Hans",
                email=f"many{number}@example.org",
                languages=[],
                skills=[],
                created_at=builders.NOW,
            )
            for number in range(how_many)
        ]
        db.session.add_all(people)
        db.session.flush()
        db.session.add_all(
            Assignment(
                shift_id=shift.id,
                volunteer_id=person.id,
                state=AssignmentState.WAITING,
                placed_at=when,
                accepted=[],
                **told_values(shift, when),
            )
            for person in people
        )


def told_values(shift: Shift, when: datetime) -> dict[str, Any]:
    """What a publish writes into an assignment."""
    return {
        "told_kind": ToldKind.NEW,
        "told_at": when,
        "told_times": 1,
        "told_starts_at": shift.starts_at,
        "told_ends_at": shift.ends_at,
        "told_place_id": shift.place_id,
    }


def told(shift: Shift, who: Volunteer, **values: Any) -> Assignment:
    """A volunteer told of a shift an hour ago."""
    return builders.assignment(
        shift,
        who,
        AssignmentState.WAITING,
        **{**told_values(shift, builders.NOW - timedelta(hours=1)), **values},
    )


def rows() -> list[Message]:
    """Every message, as the database has it."""
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def row() -> Message:
    """The only message."""
    (found,) = rows()
    return found


def text_of(mail: Mail, kind: str = "plain") -> str:
    """The plain text of a mail, or its HTML."""
    for part in mail.walk():
        if part.get_content_type() == f"text/{kind}":
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            return body.decode()
    raise AssertionError(f"no {kind} text")


def change(record: Any, **values: Any) -> None:
    """Change a record as an action would have."""
    with transaction():
        for name, value in values.items():
            setattr(record, name, value)
