"""What never goes out: patients, what was typed about them, and what is over."""

import re
from datetime import date, timedelta
from email.header import decode_header, make_header

import pytest
from flask import Flask

from hospice import jobs
from hospice.accounts import actions as accounts
from hospice.accounts.rules import TicketKind, link_path
from hospice.core.db import transaction
from hospice.patients.rules import PatientState
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState
from tests import builders
from tests.conftest import MailServer
from tests.reminders.servers import change, row, rows, text_of, told
from tests.reminders.unsaid_stories import (
    NOW,
    everything,
)


def test_summaries_and_thanks_name_no_patient_either(
    posting: Flask, mail_server: MailServer
) -> None:
    """At their own hours: ten in the morning for thanks, Friday afternoon for the week."""
    ward = builders.place("Ward 1")
    patient = builders.patient(at=ward, preferred_name="Canary-Wang")
    builders.cora()
    builders.volunteer("Vera", joined_on=date(2025, 11, 25))
    for day in (25, 29):
        builders.shift(ward, date(2026, 11, day), patient_id=patient.id, briefing="Canary")
    jobs.send_reminders(NOW.replace(hour=0))  # eight in the morning: it waits for nine
    assert mail_server.mails == []
    assert jobs.send_reminders(NOW.replace(hour=1)) == 1
    assert jobs.send_reminders(NOW.replace(hour=2, minute=5)) == 1
    assert jobs.send_reminders(NOW.replace(hour=2, minute=6)) == 0
    friday = NOW.replace(day=27, hour=7)
    jobs.send_reminders(friday)
    said = {one.kind: one for one in rows()}
    assert {Kind.DIGEST, Kind.THANKS, Kind.WEEKLY} <= set(said)
    assert {one.state for one in said.values()} == {MessageState.SENT}
    texts = [text_of(mail) + text_of(mail, "html") for mail in mail_server.mails]
    assert not any("Canary" in text for text in texts)
    digest = next(text for text in texts if "This is how the day looks" in text)
    assert "14:00–17:00, Ward 1 · Garden: 0 of 2" in digest
    assert "4 open places within a week, the first on Wednesday 25 November" in digest
    assert any("Sunday 29 November: 1 shift, 0 of 2 places taken" in text for text in texts)


def test_no_patient_is_named_in_any_mail_row_or_log(
    posting: Flask, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    abouts = everything(posting)
    before = {one.id for one in rows()}
    jobs.send_reminders(NOW)
    new = [one for one in rows() if one.id not in before]
    by_kind = {one.kind: one for one in new}
    # the others have hours of their own: see below
    assert set(by_kind) == set(Kind) - {Kind.TEST, Kind.DIGEST, Kind.WEEKLY, Kind.THANKS}
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
    for ticket in (TicketKind.INVITATION, TicketKind.RESET):
        path = link_path(ticket, "")
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
