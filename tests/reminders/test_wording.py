"""A hospice's own words: what may stand in them, and that a bad edit stops no message."""

from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from flask import Flask

from hospice import jobs
from hospice.core.db import db
from hospice.reminders import letters
from hospice.reminders.models import MessageWording
from hospice.reminders.rules import Kind, MessageState
from hospice.reminders.wording import queries
from hospice.reminders.wording.letters import tried
from hospice.reminders.wording.rules import (
    Case,
    Medium,
    Unfillable,
    Words,
    Written,
    case_of,
    cases,
    filled,
    paragraphs,
    placeholders,
    problems,
    tidy,
)
from tests import builders
from tests.conftest import Browser, MailServer
from tests.reminders.servers import row, text_of, told
from tests.reminders.test_views import Open

NOW = builders.NOW
ALL = [
    Written(kind, case, medium, language)
    for kind in Kind
    for case in cases(kind)
    for medium in Medium
    for language in ("en", "zh_Hans")
]
PUBLISHED = Written(Kind.PUBLISHED, Case.USUAL, Medium.EMAIL, "en")
PAGE = "/settings/messages/published/usual.email.en"


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("On {day}", "{shift}\n\n{link}", []),
        ("On {day}", "{day} {hours} {place} {link}", []),
        ("", "{shift} {link}", [("no_subject", "")]),
        ("{shift}", "{shift} {link}", [("unknown_placeholder", "shift")]),
        ("Hello", "", [("no_text", "")]),
        ("Hello", "{shift}", [("lacking", "link")]),
        ("Hello", "{day} {link}", [("no_when", "shift")]),
        ("Hello", "{shift} {link} {patient}", [("unknown_placeholder", "patient")]),
        (
            "Hello",
            "{shift} {link} {{ 7 * 7 }} {}",
            [("unknown_placeholder", "7 * 7"), ("unknown_placeholder", "")],
        ),
        ("Hello", "{when} {link} {until}", [("unknown_placeholder", "until")]),
    ],
)
def test_words_are_checked(subject: str, text: str, expected: list[tuple[str, str]]) -> None:
    found = problems(PUBLISHED, Words(subject, text))
    got = [(one.kind, str(one.facts.get("name", "")).strip()) for one in found]
    assert got == expected


def test_placeholders_are_filled_once_and_what_is_not_there_is_left_out() -> None:
    values = {"name": "{link}", "link": "L", "phone": "", "shift": "Sunday\nWard 1"}
    assert filled("{name} {link}", values) == "{link} L"
    assert filled("{ not a name }", {" not a name ": "x"}) == "x"
    assert paragraphs("Call {phone}.\n\n{shift}\n \n{link}", values) == ["Sunday\nWard 1", "L"]
    for lacking in ("{who} {link}", "Call {phone}."):
        with pytest.raises(Unfillable):
            paragraphs(lacking, values)
    assert tidy("｛day｝ { link } {Day}") == "{day} {link} {Day}"


def test_the_original_words_are_in_order_and_change_nothing(app: Flask) -> None:
    today = NOW.date()
    for written in ALL:
        original = letters.original(written)
        assert problems(written, original) == [], written
        as_it_came = tried(written, Words("", ""), name="Vera", today=today, zone="UTC")
        own = tried(written, original, name="Vera", today=today, zone="UTC")
        assert own == as_it_came, written


def test_every_case_is_told_apart() -> None:
    assert case_of(Kind.MORNING, {"is_answered": True}) is Case.ANSWERED
    assert case_of(Kind.ASKED, {"named_by": "Otto", "is_answered": True}) is Case.NAMED
    assert case_of(Kind.LONE_ALARM, {}) is Case.NO_PHONE
    assert case_of(Kind.FILLED, {"is_answered": True}) is Case.USUAL
    assert "who" not in placeholders(Kind.ASKED)


def own_words(subject: str, text: str, medium: Medium = Medium.EMAIL) -> None:
    builders.save(
        MessageWording(
            kind=Kind.PUBLISHED,
            case=Case.USUAL,
            medium=medium,
            language="en",
            subject=subject,
            text=text,
            changed_at=NOW,
        )
    )


@pytest.mark.parametrize(
    ("subject", "text", "is_own"),
    [
        ("Tea on {day}?", "<b>Come</b> & see\n\n{shift}\n\nHere: {link}", True),
        ("Tea on {patient}?", "{shift} {link}", False),  # a name of a later version, or none
        ("Tea on {day}?", "{shift}", False),
    ],
)
def test_own_words_go_out_and_bad_ones_stop_nothing(
    posting: Flask, mail_server: MailServer, subject: str, text: str, is_own: bool
) -> None:
    own_words(subject, text)
    told(builders.shift(), builders.volunteer("Vera", email="vera@example.org"))
    assert jobs.send_reminders(NOW) == 1
    assert row().state is MessageState.SENT
    assert queries.is_changed_since(Kind.PUBLISHED, "en", NOW - timedelta(days=1))
    assert not queries.is_changed_since(Kind.PUBLISHED, "en", NOW)
    assert not queries.is_changed_since(Kind.CHANGED, "en", NOW - timedelta(days=1))
    (mail,) = mail_server.mails
    said = str(make_header(decode_header(mail["Subject"])))
    assert said == ("Tea" if is_own else "Can you come") + " on Sunday 29 November?"
    if is_own:
        assert "<b>Come</b> & see" in text_of(mail)
        assert "&lt;b&gt;Come&lt;/b&gt; &amp; see" in text_of(mail, "html")
        assert 'Here: <a href="http://localhost/r/' in text_of(mail, "html")


def saved() -> list[tuple[str, str, int]]:
    rows = db.session.query(MessageWording).all()
    return [(one.subject, one.text, one.version) for one in rows]


def save(ada: Browser, version: int, text: str, *, status: int = 302, **more: str) -> str:
    data = {"version": version, "subject": "Tea on {day}?", "text": text, **more}
    return ada.post(PAGE, data, status=status)


def test_words_are_changed_looked_at_and_taken_back(app: Flask, browser: Open) -> None:
    ada = browser(builders.ada())
    assert "Can you come on {day}?" in ada.get(PAGE)
    seen = save(ada, 0, "Come\n\n{shift}\n\n{link} ❤", preview="1", status=200)
    assert "Tea on Sunday" in seen
    assert saved() == []
    page = save(ada, 0, "Come {shfit} {link}", status=422)
    assert "{shfit} stands for nothing here" in page
    assert "Say when and where" in page
    assert "Come {shfit} {link}" in page
    assert "<title>Error: " in page
    save(ada, 0, "Come\n\n{shift}\n\n｛link｝")
    assert saved() == [("Tea on {day}?", "Come\n\n{shift}\n\n{link}", 1)]
    # someone else, who still looks at the original words
    page = save(ada, 0, "Mine {shift} {link}", status=422)
    assert "Someone else changed this while you were writing" in page
    assert "Mine {shift} {link}" in page
    save(ada, 1, "Mine {shift} {link}")
    assert "Own words" in ada.get("/settings/messages")
    ada.post(f"{PAGE}/original")
    assert saved() == [("", "", 3)]
    assert "went back to the original words" in ada.get(PAGE)
    for odd in ("named.email.en", "usual.email.fr", "usual", "x" * 3000):
        ada.get(f"/settings/messages/published/{odd}", status=404)


def test_unusable_words_show_in_the_settings(app: Flask, browser: Open) -> None:
    own_words("Tea on {patient}?", "{shift} {link}")
    ada = browser(builders.ada())
    assert "the original ones go out" in ada.get("/settings/messages")
    browser(builders.cora()).get("/settings/messages", status=404)
