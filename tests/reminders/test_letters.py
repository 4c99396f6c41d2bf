"""Every kind of letter, in both languages."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from hospice.accounts import queries as accounts
from hospice.core.db import transaction
from hospice.reminders import letters
from hospice.reminders.rules import ANSWERED_BY_LINK, LED_BY_PATH, Kind, Notice
from hospice.reminders.wording.rules import OF_SHIFT
from hospice.reminders.words import CALL_WORDS, KIND_LABELS, REASONS, STATE_LABELS, button_words
from tests import builders

NOW = builders.NOW
LINK = "http://localhost/r/abc"
WISHES = "http://localhost/account/messages"  # where to choose which messages one gets


def facts(**more: Any) -> dict[str, Any]:
    return {
        "name": "陈嘉",
        "who": "林悦",
        "starts_at": "2026-11-29T06:00:00+00:00",
        "ends_at": "2026-11-29T09:00:00+00:00",
        "zone": "Asia/Shanghai",
        "place": "一病区 · 花园",
        "ward_phone": "021 5555 0161",
        "expires_at": "2026-11-25T04:10:00+00:00",
        "answer_by": "2026-11-26T04:00:00+00:00",
        "day": "2026-11-29",
        "paper": "health",
        "hours": 1200,
        "lines": [
            {
                "kind": "comes",
                "starts_at": "2026-11-29T06:00:00+00:00",
                "ends_at": "2026-11-29T09:00:00+00:00",
                "zone": "Asia/Shanghai",
                "place": "一病区",
                "taken": 2,
                "wanted": 3,
            },
            {"kind": "day", "day": "2026-11-29", "shifts": 3, "taken": 5, "wanted": 6},
            {"kind": "open", "count": 2, "first": "2026-11-29"},
            *(
                {"kind": kind, "count": 2}
                for kind in (
                    "more",
                    "unanswered",
                    "phone",
                    "worrying",
                    "tasks",
                    "papers",
                    "given",
                )
            ),
        ],
        "lacks": ["minimum", "needs_leader", "trainee_alone", "needs_language", "needs_skill"],
        "other": {
            "starts_at": "2026-12-06T06:00:00+00:00",
            "ends_at": "2026-12-06T09:00:00+00:00",
            "zone": "Asia/Shanghai",
            "place": "一病区",
        },
        "was": {
            "starts_at": "2026-11-29T05:00:00+00:00",
            "ends_at": "2026-11-29T08:00:00+00:00",
            "zone": "Asia/Shanghai",
            "place": "二病区",
        },
        **more,
    }


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("kind", list(Kind))
def test_no_word_of_a_chinese_letter_stays_english(app: Flask, kind: Kind, answered: bool) -> None:
    with transaction():
        hospice = accounts.hospice()
        assert hospice is not None
        hospice.name = "桂花安宁疗护中心"
    letter = letters.preview(kind, facts(is_answered=answered), "zh_Hans", link=LINK)
    body = re.sub(r"<style>.*?</style>|<[^>]+>", " ", letter.html, flags=re.DOTALL)
    assert "您" in letter.short
    for text in (letter.subject, letter.text, body, letter.short):
        words = re.findall(r"[A-Za-z]+", text.replace(LINK, "").replace(WISHES, ""))
        assert words == []
    assert "您" in letter.text
    assert "你" not in letter.text
    assert not re.search(r"[!！]", letter.text)


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("kind", list(Kind))
def test_an_english_letter_is_complete(app: Flask, kind: Kind, answered: bool) -> None:
    given = facts(name="Vera Vance", who="Otto Olsen", place="Ward 1", is_answered=answered)
    given["was"]["place"] = "Ward 2"
    letter = letters.preview(kind, given, "en", link=LINK)
    assert "\n" not in letter.subject
    assert 5 < len(letter.subject) < 78
    assert letter.text.startswith("Hello Vera Vance,\n\n")
    assert "!" not in letter.text
    assert "None" not in letter.text
    assert "\n\n\n" not in letter.text
    assert "021 5555 0142" in letter.text
    assert "Replies to this address are not read" in letter.text
    has_link = kind in ANSWERED_BY_LINK | LED_BY_PATH | {
        Kind.CANT_COME,
        Kind.INVITATION,
        Kind.RESET,
    }
    assert (f"\n\n{LINK}\n" in letter.text) is has_link
    assert (f'href="{LINK}"' in letter.html) is has_link
    assert letter.short.endswith(LINK) is has_link
    assert len(letter.short.replace(LINK, "")) < 160
    assert "\n" not in letter.short
    is_of_shift = kind in OF_SHIFT
    assert ("Sun 29 Nov, 14:00–17:00, Ward 1" in letter.short) is is_of_shift
    assert ("Sunday 29 November, 14:00–17:00\nWard 1\n" in letter.text) is is_of_shift
    if kind is Kind.CHANGED:
        assert "Sunday 29 November, 13:00–16:00\nWard 2\n" in letter.text


def test_html_loads_nothing_from_elsewhere_and_runs_nothing(app: Flask) -> None:
    for kind in Kind:
        html = letters.preview(kind, facts(), "en", link=LINK).html
        assert not re.search(r"<(script|img|link|iframe|form)|src=|url\(|@import|\son\w+=", html)


def test_what_was_typed_cannot_become_markup_or_lines(app: Flask) -> None:
    given = facts(name='<img src=x onerror="1">\n\nhttp://evil.example', place="<b>Ward</b>")
    letter = letters.preview(Kind.PUBLISHED, given, "en", link=LINK)
    assert "<img" not in letter.html
    assert "<b>Ward" not in letter.html
    assert letter.text.splitlines()[0].endswith("http://evil.example,")


def test_a_place_in_another_zone_says_whose_time_it_is(app: Flask) -> None:
    given = facts(zone="America/Toronto")
    letter = letters.preview(Kind.PUBLISHED, given, "en")
    assert "Sunday 29 November, 01:00–04:00 Toronto time" in letter.text
    assert "Toronto" not in letters.preview(Kind.PUBLISHED, facts(), "en").text


def test_a_preview_shows_a_blank_where_the_link_will_be(app: Flask) -> None:
    assert "http://localhost/r/…" in letters.preview(Kind.PUBLISHED, facts(), "en").text


@pytest.mark.parametrize("missing", ["name", "starts_at", "zone", "place"])
def test_missing_facts_are_not_passed_over(app: Flask, missing: str) -> None:
    given = facts()
    del given[missing]
    with pytest.raises(KeyError):
        letters.preview(Kind.PUBLISHED, given, "en")


def a_mail(app: Flask, **values: Any) -> EmailMessage:
    notice = Notice(
        **{
            "kind": Kind.TEST,
            "key": "test:1",
            "about": "user:1",
            "recipient": "user:1",
            "name": "Vera",
            "address": "vera@example.org",
            "locale": "en",
            "send_after": NOW,
            "send_before": NOW + timedelta(hours=1),
            "facts": {"name": "Vera"},
            **values,
        }
    )
    letter = letters.preview(notice.kind, notice.facts, notice.locale)
    return letters.mail(notice, letter, now=NOW)


def test_a_mail_says_when_from_whom_and_in_which_language(app: Flask) -> None:
    mail = a_mail(app, locale="zh_Hans")
    assert mail["Date"] == "Wed, 25 Nov 2026 04:00:00 +0000"
    assert mail["From"] == "Alongside <alongside@localhost>"
    assert mail["Content-Language"] == "zh-Hans"
    assert mail["Message-ID"] == a_mail(app)["Message-ID"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_no_name_gets_into_the_headers(app: Flask) -> None:
    mail = a_mail(app, name="Vera\r\nBcc: everyone@example.org")
    assert "Bcc" not in mail
    assert b"\nBcc" not in mail.as_bytes()
    assert [a.addr_spec for a in mail["To"].addresses] == ["vera@example.org"]


@pytest.mark.parametrize("address", ["a@b\r\nBcc: x@example.org", "nobody", "a@b, c@d"])
def test_no_odd_address_gets_into_the_headers(app: Flask, address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        a_mail(app, address=address)


@pytest.mark.parametrize("words", [KIND_LABELS, CALL_WORDS, REASONS, STATE_LABELS])
def test_every_label_has_its_chinese(app: Flask, words: dict[Any, Any]) -> None:
    with force_locale("zh_Hans"):
        assert [str(label) for label in words.values() if re.search("[A-Za-z]", str(label))] == []
        assert not any(re.search("[A-Za-z]", button_words(kind)) for kind in Kind)
