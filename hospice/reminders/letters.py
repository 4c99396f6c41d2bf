"""Composing letters: words in the recipient's language, as plain text and as restrained HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, gettext

from hospice.accounts import queries as accounts
from hospice.config import LOCALES, Settings
from hospice.core import clock
from hospice.reminders.rules import ANSWERED_BY_LINK, LED_BY_PATH, Kind, Notice, message_id
from hospice.reminders.words import button_words
from hospice.web import pages

# Stands where the link of one's own will be, until the letter leaves.
_BLANK_LINKS = {
    **dict.fromkeys(ANSWERED_BY_LINK, "/r/…"),
    **dict.fromkeys(LED_BY_PATH, "/…"),
    Kind.CANT_COME: "/shifts/…",
    Kind.INVITATION: "/invitation/…",
    Kind.RESET: "/reset-password/…",
}
_NAMES_SOMEONE = frozenset(
    {Kind.CANT_COME, Kind.SWAP_ASKED, Kind.SWAP_PROPOSED, Kind.SWAP_DONE, Kind.LONE_ALARM}
)


@dataclass(frozen=True)
class Letter:
    """A message as it is read."""

    subject: str
    text: str
    html: str
    short: str  # the same in one line with its link, for text messages and chat


def preview(
    kind: Kind, facts: Mapping[str, object], locale: str, *, link: str | None = None
) -> Letter:
    """Return a letter's words; without `link` a blank stands where the link of one's own will be.

    Raise KeyError or ValueError when the facts are not those of its kind.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if link is None:
        blank = _BLANK_LINKS.get(kind, "")
        link = settings.base_url + blank if blank else ""
    language = locale if locale in LOCALES else "en"
    with force_locale(language):
        given = _given(kind, facts, link)
        subject, _, body = render_template(f"messages/{kind}.txt", **given).strip().partition("\n")
        parts = [part.strip() for part in body.split("\n\n") if part.strip()]
        frame = {
            **given,
            "subject": " ".join(subject.split()),
            "parts": parts,
            "button": button_words(kind),
            "language": "zh-Hans" if language == "zh_Hans" else "en",
        }
        return Letter(
            subject=str(frame["subject"]),
            text=render_template("messages/_frame.txt", **frame).strip() + "\n",
            html=render_template("messages/_frame.html", **frame),
            short=_line(render_template(f"messages/short/{kind}.txt", **given)),
        )


def _given(kind: Kind, facts: Mapping[str, object], link: str) -> dict[str, object]:
    """Return the words that a template of a kind is filled with."""
    hospice = accounts.hospice()
    zone = hospice.timezone if hospice else "UTC"
    given: dict[str, object] = {
        "kind": kind.value,
        "name": _line(facts["name"]),
        "link": link,
        "office": hospice,
        "zone_words": pages.zone_name(zone),
    }
    if kind in {Kind.INVITATION, Kind.RESET}:
        given |= {"until": _until(str(facts["expires_at"]), zone)}
    elif kind is not Kind.TEST:
        given |= _shift(facts, zone)
        given |= {"is_answered": bool(facts.get("is_answered"))}
        given |= {"ward_phone": _line(facts.get("ward_phone", ""))}
        given |= {"named_by": _line(facts.get("named_by", ""))}
        was = facts.get("was")
        given |= {"was": _shift(was, zone)["shift"] if isinstance(was, Mapping) else ""}
    if kind in _NAMES_SOMEONE:
        given |= {"who": _line(facts["who"])}
    if kind is Kind.WAITING_OFFERED:
        given |= {"until": _until(str(facts["answer_by"]), str(facts["zone"]))}
    if kind is Kind.SWAP_PROPOSED:
        other = facts["other"]
        given |= {"other": _shift(other, zone)["shift"] if isinstance(other, Mapping) else ""}
    if kind is Kind.SHORT:
        lacks = facts["lacks"]
        given |= {"lacks": lacks if isinstance(lacks, list) else []}
    return given


def _shift(facts: Mapping[str, object], home: str) -> dict[str, object]:
    zone = str(facts["zone"])
    starts_at = datetime.fromisoformat(str(facts["starts_at"]))
    ends_at = datetime.fromisoformat(str(facts["ends_at"]))
    day = pages.long_day(clock.local(starts_at, zone).date())
    hours = pages.hours(starts_at, ends_at, zone)
    if zone != home:
        hours = f"{hours} {pages.zone_name(zone)}"
    place = _line(facts["place"])
    when = f"{day}{hours}" if pages.locale_name() == "zh_Hans" else f"{day}, {hours}"
    return {
        "day": day,
        "hours": hours,
        "place": place,
        "starts": pages.clock_time(starts_at, zone),
        "shift": f"{when}\n{place}",
        "when": gettext(
            "%(day)s, %(hours)s, %(place)s",
            day=pages.short_day(clock.local(starts_at, zone).date(), week=True),
            hours=hours,
            place=place,
        ),
    }


def _until(expires_at: str, zone: str) -> str:
    there = clock.local(datetime.fromisoformat(expires_at), zone)
    day, time = pages.long_day(there.date()), pages.clock_time(there.time())
    return f"{day}{time}" if pages.locale_name() == "zh_Hans" else f"{time}, {day}"


def _line(value: object) -> str:
    """Return a value as one line: what was typed must not look like parts of the letter."""
    return " ".join(str(value).split())


def mail(notice: Notice, letter: Letter, *, now: datetime) -> EmailMessage:
    """Return the mail to hand over; raise ValueError for what no header may hold."""
    settings: Settings = current_app.config["SETTINGS"]
    name, sender = parseaddr(settings.mail_from)
    made = EmailMessage(policy=SMTP if notice.address.isascii() else SMTPUTF8)
    made["Message-ID"] = message_id(notice.key, host())
    made["Date"] = format_datetime(now)
    made["From"] = Address(display_name=name, addr_spec=sender)
    made["To"] = Address(display_name=_line(notice.name), addr_spec=notice.address)
    made["Subject"] = letter.subject
    # Machines that answer ("out of office") leave these alone: RFC 3834.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    made["Content-Language"] = "zh-Hans" if notice.locale == "zh_Hans" else "en"
    return made


def host() -> str:
    """Return the host under which people reach the app."""
    settings: Settings = current_app.config["SETTINGS"]
    return urlsplit(settings.base_url).hostname or "localhost"
