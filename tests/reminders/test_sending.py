"""The whole way of a message: due, queued, claimed, looked at again, handed over, settled."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from hospice import jobs
from hospice.core.db import db
from hospice.reminders import queries
from hospice.reminders.queries import ways
from hospice.reminders.rules import UNDO_WINDOW, MessageState, Reason
from hospice.shifts.models import Assignment
from hospice.shifts.queries.mine import answerer
from hospice.shifts.rules.states import AssignmentState
from hospice.volunteers.models import Volunteer
from tests import builders
from tests.conftest import MailServer
from tests.reminders.conftest import use
from tests.reminders.servers import Line, change, row, rows, scripted, text_of, told

NOW = builders.NOW


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


def test_a_no_at_any_moment_before_the_text_still_counts(either_app: Flask) -> None:
    engine = db.engine
    for moment in ("greeting", "MAIL", "RCPT", "DATA"):
        number = told(builders.shift(), builders.volunteer()).id
        db.session.rollback()

        def script(line: Line, moment: str = moment, number: int = number) -> None:
            def reach(now: str) -> None:
                if now == moment:
                    with engine.begin() as link:
                        link.execute(
                            update(Assignment)
                            .where(Assignment.id == number)
                            .values(state=AssignmentState.DECLINED)
                        )

            reach("greeting")
            line.greet()
            for word in ("MAIL", "RCPT", "DATA"):
                line.hear()
                reach(word)
                line.say("354 go on" if word == "DATA" else "250 fine")
            while True:
                line.hear()

        with scripted(script) as server:
            use(either_app, server.url)
            assert jobs.send_reminders(NOW) == 0
            assert server.heard[-1].lower() == "data"
            assert rows()[-1].state is MessageState.WITHDRAWN


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


def test_an_address_that_the_server_cannot_write_is_tried_once(app: Flask) -> None:
    who = builders.volunteer(email="李华@example.org")
    told(builders.shift(), who)
    with scripted(answering({})) as server:
        use(app, server.url)
        for minute in range(4):
            assert jobs.send_reminders(NOW + timedelta(minutes=minute)) == 0
        assert (row().state, row().reason.partition(":")[0]) == ("failed", Reason.BAD_ADDRESS)
        assert len(ways.tries(row().id)) == 1
        change(who, email="lihua@example.org")
        assert jobs.send_reminders(NOW + timedelta(minutes=5)) == 1
