"""After a gap what is of use leaves late and says so; after a restore nothing old leaves alone."""

import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from hospice import jobs
from hospice.accounts import actions as accounts
from hospice.accounts.rules import TicketKind
from hospice.core.db import db, transaction
from hospice.core.errors import Refused
from hospice.reminders import letters, queries
from hospice.reminders.actions import holding, mark
from hospice.reminders.queries import standstill
from hospice.reminders.rules import Kind, MessageState, Reason
from hospice.reminders.rules.standstill import Cause, Delay, Halt, Mark, cause_of, moments
from hospice.shifts import notices as shift_notices
from tests import builders
from tests.conftest import MailServer
from tests.reminders.conftest import use
from tests.reminders.servers import rows, text_of, told

NOW = builders.NOW  # Wednesday noon in Shanghai; the shift is on Sunday at 14:00
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


# --- what it is -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "rounds", "idle", "has_sent", "found"),
    [
        (Mark("a", 7), 7, 1, True, None),
        (Mark("a", 6), 7, 1, True, None),  # another process of this machine went on
        (Mark("a", 8), 7, 1, True, Cause.WENT_BACK),
        (Mark("a", 8), 7, 1, False, Cause.WENT_BACK),  # what was sent since, it cannot know
        (Mark("a", 7), 7, 10, True, None),
        (Mark("a", 7), 7, 11, True, Cause.GAP),
        (Mark("a", 7), 7, -120, True, None),  # the clock was set back
        (Mark("b", 9), 7, 1, True, None),  # a machine that joins others
        (Mark("b", 9), 7, 11, True, Cause.UNKNOWN),
        (None, 7, 1, True, None),
        (None, 7, 11, True, Cause.UNKNOWN),
        (None, 7, 11, False, Cause.GAP),
        (None, 7, None, True, None),  # it never went round
    ],
)
def test_what_the_mark_tells(
    beside: Mark | None, rounds: int, idle: int | None, has_sent: bool, found: Cause | None
) -> None:
    ran_at = None if idle is None else NOW - idle * MINUTE
    here = Mark("a", rounds)
    assert cause_of(beside, here, ran_at=ran_at, has_sent=has_sent, now=NOW) is found


@pytest.mark.parametrize("length", [11 * MINUTE, 2 * HOUR, 3 * DAY, 400 * DAY])
def test_a_gap_is_asked_at_few_moments_and_at_its_end(length: timedelta) -> None:
    found = moments(NOW - length, NOW)
    assert len(found) <= 48
    assert found == sorted(set(found))
    assert found[0] > NOW - length
    assert found[-1] == NOW
    assert all(after - before <= 2 * HOUR for before, after in itertools.pairwise(found))


def test_what_a_halt_does_to_what_was_due() -> None:
    gap = Halt(1, Cause.GAP, NOW, NOW + 2 * HOUR)
    assert not gap.delays(NOW)
    assert gap.delays(NOW + MINUTE)
    assert not gap.delays(NOW + 115 * MINUTE)  # a few minutes are nothing
    assert not gap.holds_back(NOW)
    back = replace(gap, cause=Cause.WENT_BACK)
    assert back.holds_back(NOW + 2 * HOUR)
    assert not back.holds_back(NOW + 2 * HOUR + MINUTE)
    assert not back.delays(NOW + MINUTE)


def test_a_mark_is_read_as_it_was_written_and_never_goes_back(tmp_path: Path) -> None:
    assert mark.read(tmp_path) is None
    mark.write(tmp_path, Mark("a", 5))
    mark.write(tmp_path, Mark("a", 4))
    assert mark.read(tmp_path) == Mark("a", 5)
    mark.write(tmp_path, Mark("b", 1))
    assert mark.read(tmp_path) == Mark("b", 1)
    assert [path.name for path in tmp_path.iterdir()] == [mark.NAME]
    for spoiled in ("", "{", "[]", '{"database": "a"}', '{"database": "a", "rounds": "x"}', "\x00"):
        (tmp_path / mark.NAME).write_text(spoiled)
        assert mark.read(tmp_path) is None
    (tmp_path / mark.NAME).unlink()
    mark.write(tmp_path, Mark("b", 1))
    kept = json.loads((tmp_path / mark.NAME).read_text())
    kept["kept_at"] -= HOUR.total_seconds()  # a copy that a backup brought along
    (tmp_path / mark.NAME).write_text(json.dumps(kept))
    assert mark.read(tmp_path) is None
    mark.write(tmp_path / "nowhere", Mark("a", 6))  # said in the log; the round goes on


# --- gaps -----------------------------------------------------------------------------------------


def go_round(now: datetime) -> int:
    """One round of messages, as a process makes it."""
    sent = jobs.send_reminders(now)
    jobs.finish_round(now)
    return sent


def states() -> dict[str, tuple[MessageState, str]]:
    """Each message by what it says."""
    return {f"{one.name}:{one.kind}": (one.state, one.reason) for one in rows()}


def test_after_a_gap_what_is_of_use_leaves_late_and_the_rest_is_listed(
    posting: Flask, mail_server: MailServer
) -> None:
    told(builders.shift(), builders.volunteer("Vera"), told_at=NOW - 9 * DAY)
    go_round(NOW)  # Wednesday noon: who has not answered is asked on Thursday at 09:00
    before, back = NOW + 10 * HOUR, NOW + 2 * DAY + 3 * HOUR  # to Friday, 15:00
    assert go_round(before) == 0
    mail_server.mails.clear()
    assert go_round(back) == 1
    letter = text_of(mail_server.mails[0])
    assert "This message comes late: our computer was off from Wed 25 Nov, 22:00 to " in letter
    assert "Fri 27 Nov, 15:00." in letter
    found = states()
    assert found["Vera:not_confirmed"] == (MessageState.EXPIRED, Reason.STOOD_STILL)
    assert found["Vera:two_days"] == (MessageState.SENT, "")
    (gap,) = standstill.gaps(back)
    assert (gap.from_at, gap.until_at, gap.late, gap.stale) == (before, back, 1, 1)
    assert go_round(back + MINUTE) == 0  # and nothing of it twice
    assert states() == found
    assert standstill.gaps(back + 4 * DAY) == []


def test_what_could_not_be_asked_just_then_is_not_stale(
    posting_app: Flask, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(builders.shift(), builders.volunteer("Vera"), told_at=NOW - 9 * DAY)
    go_round(NOW)
    back = NOW + 2 * DAY + 3 * HOUR

    class Stumbling:
        __name__ = "stumbling"

        def __init__(self) -> None:
            self.is_away = True

        def due(self, now: datetime) -> object:
            if now == back and self.is_away:
                raise OSError("the disk did not answer")
            return shift_notices.due(now)

        still_due_of = staticmethod(shift_notices.still_due_of)

    source = Stumbling()
    monkeypatch.setattr(jobs, "SOURCES", (source,))
    assert go_round(back) == 0
    source.is_away = False
    assert go_round(back) == 1
    assert states()["Vera:two_days"] == (MessageState.SENT, "")
    assert states()["Vera:not_confirmed"] == (MessageState.EXPIRED, Reason.STOOD_STILL)


def test_a_late_letter_says_so_in_both_languages_and_in_short(app: Flask) -> None:
    late = Delay(NOW, NOW + 3 * DAY)
    english = letters.preview(Kind.TEST, {"name": "Vera"}, "en", late=late)
    chinese = letters.preview(Kind.TEST, {"name": "Vera"}, "zh_Hans", late=late)
    assert english.short.startswith("This message comes late. ")
    assert chinese.short.startswith("这条消息发晚了。 ")
    said = (
        "This message comes late: our computer was off from Wed 25 Nov, 12:00 to Sat 28 Nov, 12:00."
    )
    assert said in english.text
    assert said in english.html
    assert "这条消息发晚了：我们的电脑从 周三 11月25日 12:00 到" in chinese.text


def test_a_short_gap_is_no_news(posting_app: Flask, mail_server: MailServer) -> None:
    told(builders.shift(), builders.volunteer(), told_at=NOW)
    go_round(NOW)
    go_round(NOW + 12 * MINUTE)
    assert "comes late" not in text_of(mail_server.mails[0])


# --- restores -------------------------------------------------------------------------------------


class Copy:
    """A copy of the database of an app, to be put back."""

    def __init__(self, app: Flask) -> None:
        self.url = str(app.config["SETTINGS"].database_url)
        self.folder = Path(app.config["SETTINGS"].instance_dir)
        self._let_go()
        if self.is_file:
            with closing(sqlite3.connect(self.path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(self.path, self.folder / "copy")
        else:
            self._copy(self.name, f"{self.name}_copy")

    @property
    def is_file(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def path(self) -> Path:
        return self.folder / "alongside.sqlite3"

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[1]

    def put_back(self) -> None:
        """Put the copy in the place of the database."""
        self._let_go()
        if self.is_file:
            for end in ("-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
            fresh = self.folder / "fresh"
            shutil.copy(self.folder / "copy", fresh)
            fresh.replace(self.path)
        else:
            self._copy(f"{self.name}_copy", self.name)

    def _copy(self, source: str, target: str) -> None:
        server = self.url.replace("postgresql+psycopg", "postgresql").rsplit("/", 1)[0]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as link:
            link.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
            link.execute(f"CREATE DATABASE {target} TEMPLATE {source}")

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()


def new_machine(app: Flask, _copy: Copy) -> None:
    """Another machine, with nothing beside the database."""
    folder = Path(app.config["SETTINGS"].instance_dir) / "new"
    folder.mkdir()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], instance_dir=folder)


def same_machine(_app: Flask, _copy: Copy) -> None:
    """The machine that went on all the while."""


@pytest.mark.parametrize("where", [same_machine, new_machine])
def test_after_a_restore_nothing_old_leaves_before_a_person_says_so(
    posting: Flask, mail_server: MailServer, where: Callable[..., None]
) -> None:
    shift = builders.shift()
    told(shift, builders.volunteer("Vera"), told_at=NOW - 9 * DAY)
    told(shift, builders.volunteer("Otto"), told_at=NOW - MINUTE)
    cora = builders.cora().id
    assert go_round(NOW) == 1
    copy = Copy(posting)  # Otto's message waits in it for the end of the two minutes
    back = NOW + 3 * DAY
    for hours in (1, 22, 46, 71):
        jobs.finish_round(NOW + hours * HOUR - MINUTE)  # it went round all the while
        go_round(NOW + hours * HOUR)
    assert len(mail_server.mails) >= 4
    copy.put_back()
    where(posting, copy)
    mail_server.mails.clear()

    for minute in range(3):
        assert go_round(back + minute * MINUTE) == 0
    assert mail_server.mails == []
    assert jobs.tend_openings(back) == 0
    held = standstill.hold()
    assert held is not None
    assert held.cause is (Cause.WENT_BACK if where is same_machine else Cause.UNKNOWN)
    assert standstill.count_held() == 3
    waiting = {f"{one.name}:{one.kind}": one.id for one in standstill.held(limit=9)}
    assert set(waiting) == {"Otto:published", "Otto:two_days", "Vera:two_days"}

    user = queries.user_to_test(cora)
    assert user is not None
    with transaction():  # what is asked for now is not held
        accounts.issue_ticket(
            TicketKind.RESET,
            user=user,
            now=back + 3 * MINUTE,
            secret_key=posting.config["SETTINGS"].secret_key,
            wants_letter=True,
        )
    assert go_round(back + 4 * MINUTE) == 1
    assert mail_server.mails[0]["Subject"] == "Choose a new password"

    user = queries.user_to_test(cora)
    assert user is not None
    with transaction():
        assert not holding.lift(by=user, now=back)
        holding.settle([waiting["Otto:published"]], sends=True, by=user, now=back)
        holding.settle(
            [waiting["Otto:two_days"], waiting["Vera:two_days"]], sends=False, by=user, now=back
        )
        assert holding.lift(by=user, now=back)
    with pytest.raises(Refused), transaction():
        holding.settle([waiting["Otto:published"]], sends=True, by=user, now=back)
    mail_server.mails.clear()
    assert go_round(back + 5 * MINUTE) == 1
    assert mail_server.mails[0]["To"].startswith("Otto")
    assert "comes late" not in text_of(mail_server.mails[0])
    assert go_round(back + 6 * MINUTE) == 0
    assert standstill.hold() is None
    assert states()["Vera:two_days"] == (MessageState.SENT, Reason.SAID_BEFORE)


def test_a_machine_that_joins_others_holds_nothing(posting: Flask, mail_server: MailServer) -> None:
    told(builders.shift(), builders.volunteer(), told_at=NOW - 9 * DAY)
    go_round(NOW)
    new_machine(posting, Copy(posting))
    go_round(NOW + MINUTE)
    assert standstill.hold() is None
    assert mark.read(posting.config["SETTINGS"].instance_dir) == standstill.mark()


def test_what_waits_for_a_person_too_long_is_given_up(app: Flask) -> None:
    use(app, None)
    shift = builders.shift()
    told(shift, builders.volunteer("Vera"))
    go_round(NOW)
    mark.write(app.config["SETTINGS"].instance_dir, Mark(_database(), 99))
    go_round(NOW + MINUTE)
    assert states()["Vera:published"] == (MessageState.HELD, "")
    jobs.finish_round(shift.starts_at - MINUTE)
    go_round(shift.starts_at)
    assert states()["Vera:published"] == (MessageState.EXPIRED, Reason.HELD)


def _database() -> str:
    found = standstill.mark()
    db.session.rollback()
    assert found is not None
    return found.database
