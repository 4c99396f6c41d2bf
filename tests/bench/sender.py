"""Processes that send what is due, each a fork of one that has loaded everything already.

    python -m tests.bench.sender [--planted NAME]

A line `<instant>` begins one more process, which goes round once as if it were that instant all
along; `begun <pid>` and, later, `gone <pid> <status>` are answered, and `leaves <Message-ID>
<moment>` just before the text of a mail is handed to the line. Who wants to kill one does so
by its number: it cannot mean anybody else before `gone` is said.
"""

import argparse
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select as choose
from sqlalchemy import update

from hospice import create_app, jobs
from hospice.core.db import db, transaction
from hospice.reminders import actions, letters, post
from hospice.reminders.models import Message
from hospice.reminders.post import Post
from hospice.reminders.rules import LEASE, MessageState
from tests.bench import ground

ENGINE: Any = actions  # where defects are planted
LETTERS: Any = letters
POST: Any = Post
LINE: Any = post


def settle_first() -> None:
    """Plant: write down that it left, then let it leave."""
    send = Post.send

    def sending(post: Post, mail: Any, _still: Any) -> Any:
        with transaction():
            db.session.execute(
                update(Message)
                .where(
                    Message.state == MessageState.SENDING,
                    Message.claimed_by.contains(f":{os.getpid()}:"),
                )
                .values(state=MessageState.SENT)
            )
        return send(post, mail)

    POST.send = sending


def never_again() -> None:
    """Plant: nobody takes up what a dead process left."""
    ENGINE.take_again = lambda *_given, **_more: 0


def no_claim() -> None:
    """Plant: look what is due, then say whose it is."""

    def claim_next(now: datetime, worker: str, **_more: Any) -> Message | None:
        found = db.session.scalar(
            choose(Message)
            .where(Message.state == MessageState.WAITING, Message.due_at <= now)
            .order_by(Message.due_at, Message.id)
            .limit(1)
        )
        if found is None:
            return None
        db.session.rollback()
        time.sleep(0.03)
        db.session.execute(
            update(Message)
            .where(Message.id == found.id)
            .values(
                state=MessageState.SENDING,
                claimed_by=worker,
                claimed_until=now + LEASE,
                tries=Message.tries + 1,
            )
        )
        db.session.refresh(found)
        db.session.expunge(found)
        return found

    ENGINE.claim_next = claim_next


def new_number() -> None:
    """Plant: a number of its own for each try."""
    number = LETTERS.message_id

    def each(key: str, host: str) -> str:
        return number(f"{key}{time.monotonic_ns()}", host)

    LETTERS.message_id = each


def look_early() -> None:
    """Plant: look for the last time before the mail server is spoken to."""
    send = POST.send

    def sending(post: Post, mail: Any, still: Any) -> Any:
        with still() as is_true:
            if not is_true:
                return None
        return send(post, mail)

    POST.send = sending


def no_lock() -> None:
    """Plant: look at the last moment, but let others write meanwhile."""
    send = POST.send

    def sending(post: Post, mail: Any, still: Any) -> Any:
        @contextmanager
        def looked() -> Iterator[bool]:
            with still() as is_true:
                found = is_true
            time.sleep(0.005)
            yield found

        return send(post, mail, looked)

    POST.send = sending


def say(line: str) -> None:
    """Say a line as a whole: several processes share the output."""
    os.write(1, f"{line}\n".encode())


def tell_when_it_leaves() -> None:
    """Say when the text of each mail is handed to the line."""
    push = LINE._push

    def pushing(smtp: Any, content: bytes) -> Any:
        number = content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
        say(f"leaves {number.decode()} {time.monotonic():f}")
        return push(smtp, content)

    LINE._push = pushing


PLANTS: dict[str, Callable[[], None]] = {
    "settle first": settle_first,
    "never again": never_again,
    "no claim": no_claim,
    "new number": new_number,
    "look early": look_early,
    "no lock": no_lock,
}


def main() -> None:
    """Begin processes until nobody asks for more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--planted", choices=list(PLANTS))
    asked = parser.parse_args()
    if asked.planted:
        PLANTS[asked.planted]()
    tell_when_it_leaves()
    app = create_app()
    with app.app_context():  # what is compiled once is compiled here; no line stays open
        jobs.send_reminders(datetime(2020, 1, 1, tzinfo=UTC))
        db.session.remove()
        db.engine.dispose()
    say("ready")
    living: set[int] = set()
    while True:
        if select.select([sys.stdin], [], [], 0.005)[0]:
            line = os.read(0, 4096).decode()
            if not line:
                break
            for instant in line.split():
                living.add(_begin(app, datetime.fromisoformat(instant)))
        for pid in list(living):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                living.discard(pid)
                say(f"gone {pid} {status}")


def _begin(app: Flask, now: datetime) -> int:
    pid = os.fork()
    if pid:
        say(f"begun {pid}")
        return pid
    status = 1
    try:
        os.close(0)
        with app.app_context():
            jobs.send_reminders(now, budget=600)
        status = 0
    finally:
        os._exit(status)


class Senders:
    """The processes as who begins and kills them sees them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.living: set[int] = set()
        self.left: list[tuple[str, float]] = []  # Message-ID, and when its text left
        self.failed = 0  # ended by themselves, but not well
        self._begun = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._killed: set[int] = set()
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            word, pid, *rest = line.split()
            if word == "leaves":
                self.left.append((pid, float(rest[0])))
                continue
            with self._lock:
                if word == "begun":
                    self.living.add(int(pid))
                    self._begun.release()
                else:
                    self.living.discard(int(pid))
                    self.failed += rest != ["0"] and int(pid) not in self._killed

    def begin(self, now: datetime) -> None:
        """Begin one more, as if it were `now`."""
        assert self.process.stdin is not None
        self.process.stdin.write(now.isoformat() + "\n")
        self.process.stdin.flush()
        self._begun.acquire()

    def kill(self, number: int) -> bool:
        """Kill one of those that live, at once; False when none lives."""
        with self._lock:
            there = sorted(self.living)
            if not there:
                return False
            pid = there[number % len(there)]
            self._killed.add(pid)
            self.living.discard(pid)
        os.kill(pid, 9)
        return True

    def wait(self, seconds: float = 600) -> None:
        """Wait until all have ended."""
        until = time.monotonic() + seconds
        while self.living:
            if time.monotonic() > until:
                raise RuntimeError("a process does not end")
            time.sleep(0.005)


@contextmanager
def senders(settings: dict[str, str], planted: str = "") -> Iterator[Senders]:
    """Load what processes fork from."""
    flags = ["--planted", planted] if planted else []
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sender", *flags],
        cwd=ground.TOP,
        env={**os.environ, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("BENCH_NOISY") else subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the app did not load")
    made = Senders(process)
    try:
        yield made
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)
        made.reading.join(30)
        process.stdout.close()


if __name__ == "__main__":
    main()
