"""The whole way of a message: due, queued, claimed, looked at again, handed over, settled."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hospice import jobs
from hospice.accounts import actions as accounts
from hospice.accounts.rules import TicketKind, link_path
from hospice.core.db import db, transaction
from hospice.patients.rules import PatientState
from hospice.reminders import actions, queries
from hospice.reminders.models import Message
from hospice.reminders.rules import LEASE, MAXIMUM_TRIES, UNDO_WINDOW, Kind, MessageState, Reason
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.queries.mine import answerer
from hospice.shifts.rules.states import AnsweredBy, AssignmentState, OfferState, ToldKind
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import MailServer
from tests.reminders.conftest import use
from tests.reminders.servers import Line, scripted, tell_many, told

NOW = builders.NOW
ROOT = Path(__file__).resolve().parents[2]


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
            return part.get_payload(decode=True).decode()  # type: ignore[union-attr]
    raise AssertionError(f"no {kind} text")


def change(record: Any, **values: Any) -> None:
    """Change a record as an action would have."""
    with transaction():
        for name, value in values.items():
            setattr(record, name, value)


# --- once, and only while it is true --------------------------------------------------------------


def test_a_message_leaves_once(posting: Flask, mail_server: MailServer) -> None:
    who = builders.volunteer("Vera Vance", email="vera@example.org")
    told(builders.shift(), who)
    assert jobs.send_reminders(NOW) == 1
    assert jobs.send_reminders(NOW + timedelta(minutes=1)) == 0
    (mail,) = mail_server.mails
    assert str(make_header(decode_header(mail["Subject"]))) == "Can you come on Sunday 29 November?"
    assert mail["To"] == "Vera Vance <vera@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert row().state is MessageState.SENT
    assert row().settled_at == NOW


def test_the_link_in_the_mail_is_the_volunteers_own(
    posting: Flask, mail_server: MailServer
) -> None:
    shift = builders.shift()
    vera, otto = builders.volunteer("Vera"), builders.volunteer("Otto")
    told(shift, vera)
    told(shift, otto)
    jobs.send_reminders(NOW)
    tokens = {}
    for mail in mail_server.mails:
        (token,) = re.findall(r"http://localhost/r/([\w-]+)", text_of(mail))
        assert token in text_of(mail, "html")
        tokens[str(mail["To"]).split()[0]] = token
    for name, who in (("Vera", vera), ("Otto", otto)):
        found = answerer(tokens[name])
        assert found is not None
        assert (found.volunteer_id, found.shift_id) == (who.id, shift.id)
    # and kept nowhere that a copy of the database would give away
    assert not any(token in str(vars(one)) for one in rows() for token in tokens.values())
    assert (
        posting.url_map.bind("localhost").match("/r/x", method="GET")[0] == "shifts.answer_by_link"
    )
    assert posting.url_map.bind("localhost").match("/shifts/1", method="GET")[0] == "shifts.show"


def decline(assignment: Assignment, **_: Any) -> None:
    change(assignment, state=AssignmentState.DECLINED, answered_at=NOW)


def leave(assignment: Assignment, *, who: Volunteer, **_: Any) -> None:
    change(who, state="left")


def publish_anew(assignment: Assignment, **_: Any) -> None:
    change(assignment, told_times=2, told_at=NOW)


@pytest.mark.parametrize("happens", [decline, leave, publish_anew])
def test_what_is_no_longer_true_is_withdrawn(
    posting: Flask, mail_server: MailServer, happens: Callable[..., None]
) -> None:
    who = builders.volunteer()
    one = told(builders.shift(), who)
    jobs._queue_due(NOW)
    happens(one, who=who)
    assert jobs.send_reminders(NOW) == 0
    assert mail_server.envelopes == []
    assert row().state is MessageState.WITHDRAWN


def test_what_is_true_again_is_said_after_all(posting: Flask, mail_server: MailServer) -> None:
    one = told(builders.shift(), builders.volunteer())
    jobs._queue_due(NOW)
    change(one, state=AssignmentState.DECLINED)
    jobs.send_reminders(NOW)
    change(one, state=AssignmentState.WAITING)
    assert jobs.send_reminders(NOW + timedelta(minutes=1)) == 1
    assert jobs.send_reminders(NOW + timedelta(minutes=2)) == 0
    assert len(rows()) == 1


def test_a_message_says_what_is_true_when_it_leaves(
    posting: Flask, mail_server: MailServer
) -> None:
    who = builders.volunteer("Vera", email="old@example.org")
    told(builders.shift(), who)
    jobs._queue_due(NOW)
    change(who, email="new@example.org", preferred_name="Vera V.", locale="zh_Hans")
    jobs.send_reminders(NOW)
    (mail,) = mail_server.mails
    assert mail["To"] == '"Vera V." <new@example.org>'
    assert "您能来吗" in text_of(mail)
    assert row().address == "new@example.org"


def test_a_no_while_the_connection_is_being_made_still_counts(app: Flask) -> None:
    one = told(builders.shift(), builders.volunteer())
    database = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    number = one.id

    def script(line: Line) -> None:
        line.say("220 here")
        line.hear()
        with closing(sqlite3.connect(database, isolation_level=None)) as link:
            link.execute("UPDATE assignment SET state = 'declined' WHERE id = ?", [number])
        line.say("250 here")
        while line.hear():
            line.say("250 fine")

    with scripted(script) as server:
        use(app, server.url)
        assert jobs.send_reminders(NOW) == 0
        assert not any(word.startswith("mail") for word in server.heard)
    assert row().state is MessageState.WITHDRAWN


def test_too_late_is_said_to_be_too_late(posting: Flask, mail_server: MailServer) -> None:
    shift = builders.shift()
    told(shift, builders.volunteer())
    jobs._queue_due(NOW)
    assert jobs.send_reminders(shift.starts_at) == 0
    assert mail_server.mails == []
    assert row().state is MessageState.EXPIRED


def test_the_night_is_waited_for(posting: Flask, mail_server: MailServer) -> None:
    evening, morning = NOW + timedelta(hours=10), NOW + timedelta(hours=21)
    told(builders.shift(), builders.volunteer(), told_at=evening)
    jobs.send_reminders(evening + UNDO_WINDOW)
    assert (row().state, row().due_at) == (MessageState.WAITING, morning)
    assert jobs.send_reminders(morning - timedelta(minutes=1)) == 0
    assert jobs.send_reminders(morning) == 1


def test_a_retry_does_not_fall_into_the_night(posting: Flask, mail_server: MailServer) -> None:
    told(builders.shift(), builders.volunteer())
    jobs._queue_due(NOW)
    night = NOW + timedelta(hours=8, minutes=30)  # 20:30, after a failed try at 20:00
    change(row(), due_at=night, tries=3)
    assert jobs.send_reminders(night) == 0
    assert row().due_at == NOW + timedelta(hours=21)
    assert row().tries == 3


def test_without_a_mail_server_everything_waits_and_nothing_breaks(either_app: Flask) -> None:
    shift = builders.shift()
    told(shift, builders.volunteer())
    assert jobs.send_reminders(NOW) == 0
    assert row().state is MessageState.WAITING
    jobs.send_reminders(shift.starts_at)
    assert row().state is MessageState.EXPIRED


# --- servers that refuse, postpone, hang up -------------------------------------------------------


def answering(answers: dict[str, str]) -> Callable[[Line], None]:
    """A script that answers RCPT by the recipient's name, and takes the rest."""

    def script(line: Line) -> None:
        line.greet()
        while word := line.hear():
            if word.upper().startswith("RCPT"):
                line.say(next((a for name, a in answers.items() if name in word), "250 fine"))
            elif word.upper().startswith("DATA"):
                line.say("354 go on")
                while line.hear() != ".":
                    pass
                line.say("250 kept")
            else:
                line.say("250 fine")

    return script


def test_one_failure_never_stops_the_next(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    shift = builders.shift(wanted=9)
    for name in ("later", "gone", "good", "odd", "best"):
        told(shift, builders.volunteer(name, email=f"{name}@example.org"))
    broken = told(shift, builders.volunteer("broken"))
    poison = datetime(9999, 12, 31, 23, tzinfo=UTC)
    change(broken, told_starts_at=poison, told_ends_at=poison)
    change(
        db.session.query(Volunteer).filter_by(preferred_name="odd").one(),
        email="odd@example.org\nBcc: everyone@example.org",
        preferred_name="odd\r\nBcc: everyone@example.org",
    )
    with scripted(answering({"later": "451 greylisted", "gone": "550 no such user"})) as server:
        use(app, server.url)
        assert jobs.send_reminders(NOW) == 2
        heard = "\n".join(server.heard)
    assert "everyone@" not in heard
    states = {one.name.split()[0]: (one.state, one.reason) for one in rows()}
    assert states == {
        "later": (MessageState.WAITING, "later: 451 greylisted"),
        "gone": (MessageState.FAILED, "refused: 550 no such user"),
        "good": (MessageState.SENT, ""),
        "odd": (MessageState.FAILED, Reason.BAD_ADDRESS),
        "best": (MessageState.SENT, ""),
        "broken": (MessageState.FAILED, Reason.UNREADABLE),
    }
    later = next(one for one in rows() if one.name == "later")
    assert later.due_at == NOW + timedelta(minutes=1)


def test_a_temporary_refusal_is_tried_again_until_it_is_taken(app: Flask) -> None:
    told(builders.shift(), builders.volunteer(email="vera@example.org"))
    with scripted(answering({"vera": "451 greylisted"})) as server:
        use(app, server.url)
        assert jobs.send_reminders(NOW) == 0
        assert jobs.send_reminders(NOW + timedelta(seconds=30)) == 0
        assert sum("rcpt" in word for word in server.heard) == 1
        assert jobs.send_reminders(NOW + timedelta(minutes=1)) == 0
        assert row().due_at == NOW + timedelta(minutes=3)
    with scripted(answering({})) as server:
        use(app, server.url)
        assert jobs.send_reminders(NOW + timedelta(minutes=3)) == 1


def test_a_server_that_is_away_costs_no_message_its_tries(app: Flask) -> None:
    shift = builders.shift(wanted=9)
    for number in range(5):
        told(shift, builders.volunteer(f"V{number}"))
    with scripted(lambda line: line.say("554 not today")) as server:
        use(app, server.url)
        for minute in range(20):
            assert jobs.send_reminders(NOW + timedelta(minutes=minute)) == 0
        assert server.connections == 40  # two a round: it is not besieged
    assert {(one.state, one.tries) for one in rows()} == {(MessageState.WAITING, 0)}
    with scripted(answering({})) as server:
        use(app, server.url)
        assert jobs.send_reminders(NOW + timedelta(minutes=21)) == 5


def test_what_may_have_arrived_is_repeated_once_with_the_same_id(app: Flask) -> None:
    told(builders.shift(), builders.volunteer())

    def cut(line: Line) -> None:
        line.greet()
        line.envelope()
        line.content()

    with scripted(cut) as server:
        use(app, server.url)
        for minute in range(30):
            jobs.send_reminders(NOW + timedelta(minutes=minute))
        ids = [word for word in server.heard if word.startswith("Message-ID")]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert row().state is MessageState.FAILED
    assert row().reason.startswith(Reason.UNKNOWN)


def test_someone_who_gets_an_address_is_written_to(
    posting_app: Flask, mail_server: MailServer
) -> None:
    who = builders.volunteer(email="")
    told(builders.shift(), who)
    jobs.send_reminders(NOW)
    assert (row().state, row().reason) == (MessageState.FAILED, Reason.NO_ADDRESS)
    assert [call.name for call in queries.people_to_phone(NOW)] == [who.preferred_name]
    change(who, email="vera@example.org")
    assert jobs.send_reminders(NOW + timedelta(minutes=1)) == 1
    assert queries.people_to_phone(NOW + timedelta(minutes=1)) == []


def test_nobody_is_phoned_about_what_is_no_longer_true(posting_app: Flask) -> None:
    one = told(builders.shift(), builders.volunteer(email=""))
    jobs.send_reminders(NOW)
    change(one, state=AssignmentState.DECLINED)
    jobs.send_reminders(NOW + timedelta(minutes=1))
    assert row().state is MessageState.WITHDRAWN
    assert queries.people_to_phone(NOW) == []


# --- several processes ----------------------------------------------------------------------------


def start_worker(app: Flask, smtp: str, now: datetime) -> subprocess.Popen[str]:
    """Start a process of its own on the same database."""
    settings = app.config["SETTINGS"]
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.reminders.worker",
            str(settings.instance_dir),
            settings.database_url,
            smtp,
            now.isoformat(),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def finish(worker: subprocess.Popen[str]) -> int:
    """Wait for a process and return how many messages it sent."""
    out, err = worker.communicate(timeout=240)
    assert worker.returncode == 0, err[-3000:]
    assert "Traceback" not in err, err[-3000:]
    return int(out)


def ids(server: MailServer) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in server.mails)


@pytest.mark.slow
def test_two_processes_send_each_message_once(posting: Flask, mail_server: MailServer) -> None:
    tell_many(builders.shift(wanted=300), 200, NOW - timedelta(hours=1))
    workers = [start_worker(posting, mail_server.url, NOW) for _ in range(2)]
    sent = [finish(worker) for worker in workers]
    assert sum(sent) == 200
    assert min(sent) > 0  # otherwise this has shown nothing
    assert len(mail_server.mails) == 200
    assert set(ids(mail_server).values()) == {1}
    assert Counter(one.state for one in rows()) == {MessageState.SENT: 200}


@pytest.mark.slow
def test_a_killed_process_loses_nothing_and_repeats_at_most_one(
    posting: Flask, mail_server: MailServer
) -> None:
    tell_many(builders.shift(wanted=300), 60, NOW - timedelta(hours=1))
    kills = 0
    now = NOW
    for wanted in (10, 25, 40):
        worker = start_worker(posting, mail_server.url, now)
        until = time.monotonic() + 60
        while len(mail_server.mails) < wanted and time.monotonic() < until:
            time.sleep(0.002)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        kills += 1
        now += LEASE + timedelta(seconds=1)
    assert len(mail_server.mails) < 60  # it was in the middle
    assert finish(start_worker(posting, mail_server.url, now)) > 0
    repeats = ids(mail_server)
    assert len(repeats) == 60
    assert sum(repeats.values()) - 60 <= kills
    assert max(repeats.values()) <= 2
    assert Counter(one.state for one in rows()) == {MessageState.SENT: 60}


def test_a_message_that_kills_its_senders_is_given_up(
    posting: Flask, mail_server: MailServer
) -> None:
    told(builders.shift(), builders.volunteer())
    jobs._queue_due(NOW)
    now = NOW
    for _ in range(MAXIMUM_TRIES):
        with transaction():
            actions.take_again(now)
            assert actions.claim_next(now, "who dies") is not None
        now += LEASE
    assert jobs.send_reminders(now) == 0
    assert (row().state, row().reason) == (MessageState.FAILED, Reason.STOPPED)


def test_a_lease_holds_until_it_ends(either_app: Flask) -> None:
    told(builders.shift(), builders.volunteer())
    jobs._queue_due(NOW)
    with transaction():
        first = actions.claim_next(NOW, "first")
    assert first is not None
    late = NOW + LEASE
    with transaction():
        assert actions.claim_next(late - timedelta(seconds=1), "second") is None
        assert actions.take_again(late - timedelta(seconds=1)) == 0
    with transaction():
        assert actions.take_again(late) == 1
        assert actions.claim_next(late, "second") is not None
    with transaction():  # the first comes back from the dead: the second's lease stands
        assert not actions.withdraw(first, late)
    assert (row().state, row().claimed_by) == (MessageState.SENDING, "second")


# --- what never goes out --------------------------------------------------------------------------


def everything(app: Flask) -> dict[Kind, str]:
    """A hospice in which something of every kind is due, full of names that must not go out."""
    ward = builders.place("Ward 1")
    canary = {
        "preferred_name": "Canary-Wang",
        "legal_name": "Canary-Legal",
        "condition": "Canary-illness",
        "likes": "Canary-likes",
        "address": "Canary-street",
        "bed": "Canary-bed",
    }
    patient = builders.patient(at=ward, **canary)
    cora = builders.cora()
    stories = {
        Kind.PUBLISHED: (ToldKind.NEW, AssignmentState.WAITING),
        Kind.CHANGED: (ToldKind.CHANGED, AssignmentState.WAITING),
        Kind.CANCELLED: (ToldKind.CANCELLED, AssignmentState.CANCELLED),
        Kind.CANT_COME: (ToldKind.NEW, AssignmentState.DECLINED),
    }
    found = {}
    for kind, (told_kind, state) in stories.items():
        shift = builders.shift(
            ward, patient_id=patient.id, briefing="Canary-briefing", cancel_reason="Canary-reason"
        )
        one = told(shift, builders.volunteer(kind), told_kind=told_kind)
        change(one, state=state, reason="Canary-said")
        if kind is Kind.CANT_COME:
            change(one, answered_at=NOW, answered_by=AnsweredBy.LINK)
        if kind is Kind.CHANGED:
            heard_before(one, shift)
        found[kind] = f"assignment:{one.id}"
    for kind, day, state in (
        (Kind.TWO_DAYS, date(2026, 11, 27), AssignmentState.CONFIRMED),
        (Kind.MORNING, date(2026, 11, 25), AssignmentState.CONFIRMED),
        (Kind.NOT_CONFIRMED, date(2026, 11, 28), AssignmentState.WAITING),
    ):
        shift = builders.shift(ward, day, patient_id=patient.id)
        one = told(shift, builders.volunteer(kind), told_at=NOW - timedelta(days=9))
        change(one, state=state)
        heard_before(one, shift)
        found[kind] = f"assignment:{one.id}"
    for kind, offer_state in ((Kind.ASKED, OfferState.OPEN), (Kind.FILLED, OfferState.FILLED)):
        offer = builders.save(
            Offer(
                shift_id=builders.shift(ward, patient_id=patient.id).id,
                volunteer_id=builders.volunteer(kind).id,
                asked_at=NOW - timedelta(hours=1),
                state=offer_state,
                accepted=[],
            )
        )
        found[kind] = f"offer:{offer.id}"
        if kind is Kind.FILLED:
            a_message(f"asked:{offer.id}:1", Kind.ASKED, f"offer:{offer.id}")
    key = app.config["SETTINGS"].secret_key
    with transaction():
        for kind in (TicketKind.INVITATION, TicketKind.RESET):
            made = accounts.issue_ticket(
                kind, user=cora, now=NOW, secret_key=key, wants_letter=True
            )
            found[Kind(kind.value)] = f"ticket:{made.id}"
    return found


def heard_before(one: Assignment, shift: Shift) -> None:
    """A message that told them of it before."""
    a_message(
        f"told:{one.id}:0",
        Kind.PUBLISHED,
        f"assignment:{one.id}",
        {
            "starts_at": (shift.starts_at - timedelta(hours=1)).isoformat(),
            "ends_at": shift.ends_at.isoformat(),
            "zone": "Asia/Shanghai",
            "place": "Ward 9",
        },
        queued_at=NOW - timedelta(days=8) if one.told_times == 1 else NOW,
    )


def a_message(
    key: str, kind: Kind, about: str, facts: dict[str, Any] | None = None, **values: Any
) -> Message:
    """A message that left long ago."""
    return builders.save(
        Message(
            **{
                "key": key,
                "kind": kind,
                "about": about,
                "recipient": "volunteer:1",
                "name": "Vera",
                "address": "v@example.org",
                "locale": "en",
                "facts": facts or {},
                "state": MessageState.SENT,
                "due_at": NOW - timedelta(days=8),
                "send_before": NOW,
                "queued_at": NOW - timedelta(days=8),
                **values,
            }
        )
    )


def test_no_patient_is_named_in_any_mail_row_or_log(
    posting: Flask, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    abouts = everything(posting)
    before = {one.id for one in rows()}
    jobs.send_reminders(NOW)
    new = [one for one in rows() if one.id not in before]
    by_kind = {one.kind: one for one in new}
    assert set(by_kind) == set(Kind) - {Kind.TEST}
    for kind, about in abouts.items():
        assert (by_kind[kind].about, by_kind[kind].state) == (about, MessageState.SENT)
    assert len(mail_server.mails) == len(new)
    raw = [
        str(mail) + text_of(mail) + str(make_header(decode_header(mail["Subject"])))
        for mail in mail_server.mails
    ]
    html = [text_of(mail, "html") for mail in mail_server.mails]
    kept = [str({c.name: getattr(one, c.name) for c in Message.__table__.columns}) for one in new]
    for text in [*raw, *html, *kept, caplog.text]:
        assert "Canary" not in text
    # the links of the tickets work, and are in no row
    for kind in (TicketKind.INVITATION, TicketKind.RESET):
        path = link_path(kind, "")
        (link,) = [t for t in raw if path in t]
        token = re.findall(re.escape(path) + r"([\w-]{20,})", link)[0]
        assert not any(token in text for text in kept)


def test_a_ticket_that_was_used_is_not_sent(posting: Flask, mail_server: MailServer) -> None:
    cora = builders.cora()
    key = posting.config["SETTINGS"].secret_key
    with transaction():
        first = accounts.issue_ticket(
            TicketKind.RESET, user=cora, now=NOW, secret_key=key, wants_letter=True
        )
    jobs._queue_due(NOW)
    with transaction():
        accounts.use_ticket(first, NOW)
    assert jobs.send_reminders(NOW) == 0
    assert row().state is MessageState.WITHDRAWN


def test_a_reset_does_not_wait_for_the_morning(posting: Flask, mail_server: MailServer) -> None:
    midnight = NOW + timedelta(hours=12)
    with transaction():
        accounts.issue_ticket(
            TicketKind.RESET,
            user=builders.cora(),
            now=midnight,
            secret_key=posting.config["SETTINGS"].secret_key,
            wants_letter=True,
        )
    assert jobs.send_reminders(midnight) == 1


def test_a_death_recorded_after_queueing_silences_the_visit(
    posting: Flask, mail_server: MailServer
) -> None:
    ward = builders.place()
    patient = builders.patient(at=ward)
    told(builders.shift(ward, patient_id=patient.id), builders.volunteer())
    jobs._queue_due(NOW)
    change(patient, state=PatientState.DIED)
    assert jobs.send_reminders(NOW) == 0
    assert mail_server.envelopes == []
    assert row().state is MessageState.WITHDRAWN


def test_an_odd_name_stops_no_other(posting: Flask, mail_server: MailServer) -> None:
    shift = builders.shift(wanted=9)
    names = ["<b>Vera</b>", "名" * 120, "Zoë 🌷", 'a,b;c:"d"', "=?utf-8?q?x?="]
    for name in names:
        told(shift, builders.volunteer(name))
    assert jobs.send_reminders(NOW) == len(names)
    assert {one.state for one in rows()} == {MessageState.SENT}
    html = "".join(text_of(mail, "html") for mail in mail_server.mails)
    assert "<b>Vera" not in html
    assert "&lt;b&gt;Vera" in html
