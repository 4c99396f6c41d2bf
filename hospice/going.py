"""One message on its way out: put together, looked at again at the last moment, handed over."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from flask import current_app

from hospice.accounts import actions as accounts
from hospice.attendance import notices as attendance_notices
from hospice.cases import notices as case_notices
from hospice.channels import post as service_post
from hospice.channels import queries as channels
from hospice.channels.queries import Usable
from hospice.channels.rules import Outcome
from hospice.config import Settings
from hospice.core.db import alone, release, transaction
from hospice.grief_support import notices as follow_up_notices
from hospice.reminders import actions, letters, queries
from hospice.reminders import notices as letters_owed
from hospice.reminders.actions import ways
from hospice.reminders.models import Message
from hospice.reminders.post import Post
from hospice.reminders.queries import standstill
from hospice.reminders.rules import (
    ANSWERED_BY_LINK,
    EMAIL,
    LED_BY_PATH,
    MAXIMUM_TRIES,
    Kind,
    Notice,
    Reason,
    Result,
    Way,
)
from hospice.shifts import notices as shift_notices
from hospice.shifts.actions import links
from hospice.tasks import notices as task_notices
from hospice.today import notices as today_notices
from hospice.visits import notices as note_notices
from hospice.volunteers import notices as paper_notices

Source = Any  # a module with due(now) and still_due_of(messages, now)
SOURCES: Sequence[Source] = (
    letters_owed,
    paper_notices,
    task_notices,
    shift_notices,
    attendance_notices,
    note_notices,
    follow_up_notices,
    case_notices,
    today_notices,
)


def still_due(wanted: Sequence[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, what is still true of some messages, with the wishes of whom they are for."""
    if not wanted:
        return {}
    found = [notice for source in SOURCES for notice in source.still_due_of(wanted, now).values()]
    return {notice.key: notice for notice in queries.with_wishes(found)}


def look(message: Message, now: datetime) -> Notice | None:
    """Return what a message says, as it is true now."""
    return still_due([(message.about, message.key)], now).get(message.key)


class Going:
    """One message on its way out: put together, looked at again, handed over."""

    def __init__(self, message: Message, mail: Post, read: Callable[[], datetime]) -> None:
        self.message = message
        self.mail = mail
        self.read = read
        self.choice: list[Way] = []  # the ways of its person, the best first
        self.is_paid = False

    def hand_over(self) -> Result | None:
        """Hand it over; None where there is nothing to send after all."""
        if self.message.tries > MAXIMUM_TRIES:  # whoever tries to send it comes to grief
            return Result(Reason.STOPPED)
        now = self.read()
        with transaction():
            notice = _leaving(self.message, look(self.message, now), now)
            if notice is None:
                return None
            link = _link(notice, now)
            self.choice = ways.usable(notice)
            service = channels.usable(self.message.channel)
        late = standstill.delay(self.message, now)
        letter = letters.preview(notice.kind, notice.facts, notice.locale, link=link, late=late)
        if self.message.channel == EMAIL:
            return self._by_mail(notice, letters.mail(notice, letter, now=now))
        release()
        if service is None:
            return Result(Reason.NO_CHANNEL)
        self.is_paid = service.is_paid
        return self._by_service(notice, service, letter.short)

    def _by_mail(self, notice: Notice, made: EmailMessage) -> Result | None:
        release()
        unreachable = self.mail.reach()
        if unreachable is not None:
            return unreachable
        # The server may take its time. What was recorded meanwhile still counts.
        return self.mail.send(made, lambda: self._standing_still(notice))

    @contextmanager
    def _standing_still(self, notice: Notice) -> Iterator[bool]:
        """Say whether it is true still; while its text is handed over nobody changes that."""
        with alone():
            yield self._is_still(notice)

    def _by_service(self, notice: Notice, service: Usable, text: str) -> Result | None:
        service_post.reach(service.scheme)
        found = service_post.hand_over(
            service.scheme,
            service.secret,
            self.message.address,
            text,
            is_paid=service.is_paid,
            is_own_host=service.is_own_host,
            still=lambda: self._is_still_now(notice),
        )
        if found is None:
            return None
        taken = found.outcome is Outcome.TAKEN
        return Result() if taken else Result(Reason(found.outcome), found.detail)

    def _is_still_now(self, notice: Notice) -> bool:
        with transaction():
            return self._is_still(notice)

    def _is_still(self, notice: Notice) -> bool:
        """Look again at the last moment; what changed is put where it belongs."""
        now = self.read()
        latest = look(self.message, now)
        if latest == notice and actions.is_ours_still(self.message, now):
            return True
        changed = _leaving(self.message, latest, now)
        if changed is not None:  # its words are put together anew
            actions.postpone(self.message, changed, now)
        return False


def _leaving(message: Message, notice: Notice | None, now: datetime) -> Notice | None:
    """Return what may leave now; otherwise put the message where it belongs."""
    if notice is None:
        actions.withdraw(message, now)
        return None
    goes_at = notice.goes_at(now)
    if goes_at > now and notice.unwanted() is None:
        actions.postpone(message, notice, goes_at)
        return None
    return notice if actions.refresh(message, notice, now) else None


def _link(notice: Notice, now: datetime) -> str:
    """Return the address that a letter carries; it is made now and kept nowhere."""
    settings: Settings = current_app.config["SETTINGS"]
    if notice.kind in ANSWERED_BY_LINK:
        token = links.issue(
            int(str(notice.facts["shift_id"])),
            int(str(notice.facts["volunteer_id"])),
            now,
            secret=settings.secret_key,
        )
        return f"{settings.base_url}/r/{token}"
    if notice.kind in LED_BY_PATH:
        return f"{settings.base_url}{notice.facts['path']}"
    if notice.kind is Kind.CANT_COME:
        return f"{settings.base_url}/shifts/{notice.facts['shift_id']}"
    if notice.kind in {Kind.INVITATION, Kind.RESET}:
        return accounts.ticket_link(
            queries.ticket(int(str(notice.facts["ticket_id"]))),
            base_url=settings.base_url,
            secret_key=settings.secret_key,
        )
    return ""
