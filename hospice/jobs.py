"""The list of APScheduler jobs, and the scheduler that is only their ticker."""

import logging
import os
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from hospice.channels import actions as services
from hospice.channels import queries as channels
from hospice.config import Settings
from hospice.core import clock
from hospice.core.db import release, transaction
from hospice.going import SOURCES, Going, Source, still_due
from hospice.reminders import actions, letters, post, queries
from hospice.reminders.actions import holding
from hospice.reminders.actions.mark import read as read_mark
from hospice.reminders.actions.mark import write as keep_mark
from hospice.reminders.models import Message
from hospice.reminders.post import Post
from hospice.reminders.queries import standstill
from hospice.reminders.rules import (
    EMAIL,
    Notice,
    Reason,
    Result,
)
from hospice.reminders.rules.standstill import PATIENCE, Halt, moments
from hospice.shifts.actions import openings, pausing, weekly

log = logging.getLogger(__name__)

ROUND = 60  # seconds between two rounds of messages
HOUR = 3600
BUDGET = 50.0  # seconds that one round may send; the next goes on from there
GIVE_UP_AFTER = 2  # failed connections in a row: the server serves nobody now
LAST_WAIT = 4.0  # seconds that a message on its way may keep the process from ending
STEP = 3.0  # seconds by which the clock of the machine may differ before we call it a jump
GLANCE = 5.0  # seconds between two looks at it


class Ticker(BackgroundScheduler):
    """A scheduler that goes on ticking when the clock of the machine is set.

    APScheduler compares wall-clock times: set back two hours, an interval job stops for two
    hours. So a thread compares that clock with one that never jumps, and after a jump lets every
    job run at once.
    """

    def start(self, *args: Any, **kwargs: Any) -> None:
        """Start ticking, and watching the clock."""
        self._ending = threading.Event()
        super().start(*args, **kwargs)
        self._watcher = threading.Thread(target=self._watch, name="clock watch", daemon=True)
        self._watcher.start()

    def shutdown(self, *args: Any, **kwargs: Any) -> None:
        """Stop ticking; a message that is leaving is finished first, if the server lets it.

        Whoever asks for the end waits some seconds, and then kills. So a mail server that is
        silent is not waited for: the line is cut, and the message settled by how far it had come.
        """
        self._ending.set()
        ended = threading.Event()
        cutter = threading.Thread(target=_cut_until, args=(ended,), name="cutter", daemon=True)
        cutter.start()
        try:
            super().shutdown(*args, **kwargs)
        finally:
            ended.set()
            cutter.join()
            self._watcher.join()

    @property
    def is_ending(self) -> bool:
        """Tell whether the jobs should come to an end."""
        return self._ending.is_set()

    def _watch(self) -> None:
        before = _offset()
        while not self._ending.wait(GLANCE):
            now = _offset()
            if abs(now - before) > STEP:
                log.warning("the clock of this machine jumped by %.0f seconds", now - before)
                for job in self.get_jobs():
                    job.modify(next_run_time=clock.now())
            before = now


def _cut_until(ended: threading.Event) -> None:
    if ended.wait(LAST_WAIT):
        return
    while not ended.wait(0.5):  # a second line may be opened after the first
        post.hang_up()


def _offset() -> float:
    return clock.now().timestamp() - clock.monotonic()


def start(app: Flask) -> Ticker:
    """Start the jobs beside this process; any number of processes may do so."""
    ticker = Ticker(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    def messages() -> None:
        _run(app, queries.SENDING_JOB, lambda: send_reminders(is_ending=lambda: ticker.is_ending))

    def shifts() -> None:
        _run(app, "make_shifts", make_shifts)

    def places() -> None:
        _run(app, "tend_openings", tend_openings)

    def secrets() -> None:
        _run(app, "seal_secrets", seal_secrets)

    for job, seconds in ((messages, ROUND), (places, ROUND), (shifts, HOUR), (secrets, HOUR)):
        ticker.add_job(job, "interval", seconds=seconds, id=job.__name__, next_run_time=clock.now())
    ticker.start()
    return ticker


def _run(app: Flask, name: str, job: Callable[[], object]) -> None:
    """Run a job to its end and note that it did; whatever goes wrong, the next round comes."""
    with app.app_context():
        try:
            job()
            finish_round(clock.now(), name)
        except Exception:
            log.exception("the job %s did not come to its end", name)


def finish_round(now: datetime, name: str = queries.SENDING_JOB) -> None:
    """Note that a job came to its end; for messages in the mark beside the database as well."""
    with transaction():
        actions.beat(name, now)
        mark = holding.count_round() if name == queries.SENDING_JOB else None
    if mark is not None:
        keep_mark(_settings().instance_dir, mark)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def make_shifts(now: datetime | None = None) -> int:
    """Make the dates of weekly shifts, as far ahead as they are planned.

    Visits whose hour passed while they were paused were not held: they are settled with it.
    """
    moment = now or clock.now()
    with transaction():
        pausing.settle_passed(moment)
        return weekly.generate(moment)


def seal_secrets() -> int:
    """Seal what an older version kept open of the services that were set up."""
    with transaction():
        return services.seal_open()


def tend_openings(now: datetime | None = None) -> int:
    """Offer and ask for free places, each shift in a transaction of its own; return how many.

    One that fails stops none of the others: it comes again with the next round. After a restore
    nobody is asked before a person has looked: the places may be filled long since.
    """
    moment = now or clock.now()
    if standstill.hold() is not None:
        release()
        return 0
    shift_ids = openings.due(moment)
    release()
    done = 0
    for shift_id in shift_ids:
        try:
            with transaction():
                done += openings.tend(moment, shift_ids=[shift_id])
        except Exception:
            log.exception("nothing could be done about the free places of shift %s", shift_id)
    return done


# --- messages -------------------------------------------------------------------------------------


def send_reminders(
    now: datetime | None = None,
    *,
    budget: float = BUDGET,
    is_ending: Callable[[], bool] = lambda: False,
) -> int:
    """Queue what is due, look again at what failed, send what may leave; return how many left.

    Without `now` the clock is read for each message, since a round may take a while.
    """

    def read() -> datetime:
        return now or clock.now()

    halt = _look_about(read())
    unasked = _queue_due(read(), halt)
    _tidy(read(), halt)
    sent = _send_waiting(read, clock.monotonic() + budget, is_ending)
    if halt is not None and not halt.holds and not halt.is_listed and not is_ending():
        _list_stale(halt, read(), unasked)
    return sent


def _look_about(now: datetime) -> Halt | None:
    """Return what stands in the way: the database went back, or nothing went round for long."""
    mark = read_mark(_settings().instance_dir)
    with transaction():
        halt = holding.look(mark, now)
    if halt is not None and halt.holds:
        log.warning("messages that were due before %s wait for a person", halt.until_at)
    return halt


def _list_stale(halt: Halt, now: datetime, unasked: Sequence[Source] = ()) -> None:
    """Write down what would have been said during a gap and is of no use any more.

    Asked of every source at moments inside the gap; what is of use still was queued before, so
    what no message says by now came too late. Not so of a source that could not be asked
    (`unasked`): the next round may, and for some rounds everything waits for that.
    """
    if unasked and now - halt.until_at < PATIENCE:
        return
    for moment in moments(halt.from_at, halt.until_at):
        for source in SOURCES:
            if source in unasked:
                continue
            try:
                found = [one for one in source.due(moment) if one.send_after <= halt.until_at]
                release()
                if found:
                    with transaction():
                        actions.keep_stale(found, now, halt)
            except Exception:
                release()
                log.exception("what %s missed at %s is not known", source.__name__, moment)
    with transaction():
        holding.listed(halt, now)


def _send_waiting(read: Callable[[], datetime], until: float, is_ending: Callable[[], bool]) -> int:
    settings = _settings()
    worker = f"{socket.gethostname()[:24]}:{os.getpid()}:{secrets.token_hex(4)}"
    # Without a mail server letters wait where people see them, and the page says why.
    down = set() if settings.smtp_url else {EMAIL}
    failures: Counter[str] = Counter()
    sent = 0
    with Post(settings.smtp_url or "", settings.mail_from, local_name=letters.host()) as mail:
        while clock.monotonic() < until and not is_ending():
            message = _claim(read(), worker, down)
            if message is None:
                break
            way, result = _send(message, mail, read)
            sent += result is not None and result.reason is None
            failures[way] = failures[way] + 1 if _is_trouble(way, result) else 0
            if failures[way] >= GIVE_UP_AFTER:
                down.add(way)
    return sent


def _claim(now: datetime, worker: str, down: set[str]) -> Message | None:
    """Take the next message; what cannot even be read is set aside, so that the others go on."""
    while True:
        try:
            with transaction():
                return actions.claim_next(now, worker, without=down)
        except (LookupError, ValueError):
            log.exception("the next message cannot be read")
            with transaction():
                if not actions.set_aside_next(now, without=down):
                    return None


def _is_trouble(way: str, result: Result | None) -> bool:
    """Tell whether a way seems to serve nobody now, so that others need not wait behind it."""
    reason = result.reason if result else None
    return reason is Reason.UNREACHABLE or (way != EMAIL and reason in _SLOW)


_SLOW = {Reason.UNKNOWN, Reason.LATER}


def _queue_due(now: datetime, halt: Halt | None = None) -> list[Source]:
    """Queue what every source says is due; one that fails stops none of the others.

    Return those that failed.
    """
    failed = []
    for source in SOURCES:
        try:
            found = list(source.due(now))
            release()
            if found:
                _queue(found, now, halt)
        except Exception:
            release()
            log.exception("nothing could be asked of %s", source.__name__)
            failed.append(source)
    return failed


def _queue(found: list[Notice], now: datetime, halt: Halt | None) -> None:
    try:
        with transaction():
            actions.queue(found, now, halt)
    except OperationalError:
        raise  # the database is busy or away: that is about none of them
    except SQLAlchemyError:
        if len(found) == 1:
            log.exception("the notice %s could not be queued", found[0].key)
            return
        for notice in found:  # one of them is odd: the others are queued without it
            _queue([notice], now, halt)


def _tidy(now: datetime, halt: Halt | None = None) -> None:
    """Take up what others left lying, give up what came too late, look again at what failed."""
    with transaction():
        actions.take_again(now, paid=channels.paid_ways())
        actions.expire(now)
        if halt is not None and halt.holds:
            holding.expire(now)
    failed = queries.failed_to_check(now)
    if halt is not None and halt.holds:
        failed = [message for message in failed if message.queued_at > halt.until_at]
    _look_again(failed, now)


def _look_again(failed: Sequence[Message], now: datetime) -> None:
    """Look again at what failed; one that cannot be looked at stops none of the others."""
    try:
        true_still = still_due([(message.about, message.key) for message in failed], now)
        release()
        with transaction():
            actions.look_again(failed, true_still, now)
    except Exception:
        release()
        if len(failed) == 1:
            log.exception("nothing can be said about the message %s", failed[0].id)
            return
        middle = len(failed) // 2
        _look_again(failed[:middle], now)
        _look_again(failed[middle:], now)


def _send(message: Message, mail: Post, read: Callable[[], datetime]) -> tuple[str, Result | None]:
    """Send one claimed message and settle it; return its way, and what became of it.

    That is None where there was nothing to send after all.
    """
    going = Going(message, mail, read)
    try:
        result = going.hand_over()
    except OperationalError as error:  # the database was busy or away, before the handing over
        release()
        log.warning("the message %s waits for the database: %s", message.id, error.orig)
        result = Result(Reason.LATER, "the database was busy")
    except Exception:
        release()
        log.exception("the message %s could not be put together", message.id)
        result = Result(Reason.UNREADABLE)
    way = message.channel
    if result is not None:
        with transaction():
            actions.settle(message, result, read(), choice=going.choice, is_paid=going.is_paid)
    return way, result
