"""Composing letters: words in the recipient's language, as plain text and as restrained HTML."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, format_decimal, gettext

from hospice.accounts import queries as accounts
from hospice.accounts.models import Hospice
from hospice.config import LOCALES, Settings
from hospice.core import clock
from hospice.reminders.rules import (
    ALWAYS_SAID,
    ANSWERED_BY_LINK,
    LED_BY_PATH,
    TOPIC_OF,
    Kind,
    Notice,
    is_address,
    message_id,
)
from hospice.reminders.rules.standstill import Delay
from hospice.reminders.wording import queries
from hospice.reminders.wording.rules import (
    OF_SHIFT,
    Medium,
    Unfillable,
    Words,
    Written,
    case_of,
    filled,
    paragraphs,
    placeholders,
    problems,
)
from hospice.reminders.wording.summaries import paper_words, summary_line
from hospice.reminders.words import button_words, lack_words, late_words
from hospice.web import pages

log = logging.getLogger(__name__)

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
    kind: Kind,
    facts: Mapping[str, object],
    locale: str,
    *,
    link: str | None = None,
    trying: Mapping[Medium, Words] | None = None,
    book: queries.Book | None = None,
    late: Delay | None = None,
) -> Letter:
    """Return a letter's words; without `link` a blank stands where the link of one's own will be.

    The hospice's own words are taken where it has some that can be filled, the original ones
    otherwise; `trying` stands for words that are not saved yet, `book` for all of the hospice's
    own where many letters are shown. One that is `late` says so. Raise KeyError or ValueError
    when the facts are not those of its kind.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if link is None:
        blank = _BLANK_LINKS.get(kind, "")
        link = settings.base_url + blank if blank else ""
    language = locale if locale in LOCALES else "en"
    hospice = accounts.hospice()
    case = case_of(kind, facts)
    own = trying
    if own is None and book is not None:
        own = book.get((kind, case, language), {})
    elif own is None:
        own = queries.own_words(kind, case, language)
    with force_locale(language):
        values = _values(kind, facts, link, hospice)
        mailed = Written(kind, case, Medium.EMAIL, language)
        subject, parts = _mailed(mailed, values, own.get(Medium.EMAIL))
        brief = Written(kind, case, Medium.SHORT, language)
        short = _short(brief, values, own.get(Medium.SHORT))
        if late is not None:
            parts = [late_words(late), *parts]
            comes_late = gettext("This message comes late.")
            short = f"{comes_late} {short}"
        frame = {
            **values,
            "office": hospice,
            "zone_words": pages.zone_name(hospice.timezone if hospice else "UTC"),
            "subject": subject,
            "parts": parts,
            "button": button_words(kind),
            "wishes_link": _wishes_link(kind, settings.base_url),
            "language": "zh-Hans" if language == "zh_Hans" else "en",
        }
        return Letter(
            subject=subject,
            text=render_template("messages/_frame.txt", **frame).strip() + "\n",
            html=render_template("messages/_frame.html", **frame),
            short=short,
        )


def _wishes_link(kind: Kind, base_url: str) -> str:
    """Return where people choose which messages they get; it asks them to sign in."""
    return "" if TOPIC_OF[kind] in ALWAYS_SAID else f"{base_url}/account/messages"


def original(written: Written) -> Words:
    """Return the words that came with the app, with their placeholders."""
    names = {name: f"{{{name}}}" for name in placeholders(written.kind, written.case)}
    with force_locale(written.language):
        said = _said(written, names)
    if written.medium is Medium.SHORT:
        return Words("", _line(said))
    subject, _, text = said.partition("\n")
    return Words(_line(subject), re.sub(r"\n{3,}", "\n\n", text.strip()))


def _mailed(
    written: Written, values: Mapping[str, str], own: Words | None
) -> tuple[str, list[str]]:
    if own is not None and not problems(written, own):
        try:
            return _line(filled(own.subject, values)), paragraphs(own.text, values)
        except Unfillable as error:
            log.warning("the words of %s lack %s: the original ones go out", written.kind, error)
    subject, _, text = _said(written, values).partition("\n")
    return _line(subject), [part.strip() for part in text.split("\n\n") if part.strip()]


def _short(written: Written, values: Mapping[str, str], own: Words | None) -> str:
    if own is not None and not problems(written, own):
        try:
            return _line(" ".join(paragraphs(own.text, values)))
        except Unfillable as error:
            log.warning("the words of %s lack %s: the original ones go out", written.kind, error)
    return _line(_said(written, values))


def _said(written: Written, values: Mapping[str, str]) -> str:
    """Return the original words with something in the place of each placeholder."""
    folder = "short/" if written.medium is Medium.SHORT else ""
    name = f"messages/{folder}{written.kind}.txt"
    return render_template(name, case=written.case.value, **values).strip()


def _values(
    kind: Kind, facts: Mapping[str, object], link: str, hospice: Hospice | None
) -> dict[str, str]:
    """Return what each placeholder of a kind is filled with."""
    zone = hospice.timezone if hospice else "UTC"
    values = {
        "name": _line(facts["name"]),
        "hospice": _line(hospice.name) if hospice else "",
        "link": link,
    }
    if kind in {Kind.INVITATION, Kind.RESET}:
        values |= {"until": _until(str(facts["expires_at"]), zone)}
    elif kind in OF_SHIFT:
        values |= _shift(facts, zone)
        values |= {"phone": _line(facts.get("ward_phone", ""))}
        was = facts.get("was")
        values |= {"before": _shift(was, zone)["shift"] if isinstance(was, Mapping) else ""}
    elif kind is Kind.RED_FLAG:
        values |= {"phone": _line(facts.get("phone", ""))}
    if "day" in facts:
        values |= {"date": pages.long_day(date.fromisoformat(str(facts["day"])))}
    if kind in {Kind.DIGEST, Kind.WEEKLY}:
        values |= {"summary": _summary(facts["lines"])}
    if kind is Kind.PAPER:
        values |= {"paper": paper_words(str(facts["paper"]))}
    if kind is Kind.THANKS:
        values |= {"number": format_decimal(int(str(facts["hours"])))}
    if kind in _NAMES_SOMEONE:
        values |= {"who": _line(facts["who"])}
    if kind is Kind.ASKED:
        values |= {"who": _line(facts.get("named_by", ""))}
    if kind is Kind.WAITING_OFFERED:
        values |= {"until": _until(str(facts["answer_by"]), str(facts["zone"]))}
    if kind is Kind.SWAP_PROPOSED:
        other = facts["other"]
        values |= {"other": _shift(other, zone)["shift"] if isinstance(other, Mapping) else ""}
    if kind is Kind.SHORT:
        lacks = facts["lacks"]
        values |= {"lacks": lack_words(lacks if isinstance(lacks, list) else [])}
    return values


def _shift(facts: Mapping[str, object], home: str) -> dict[str, str]:
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
        "time": pages.clock_time(starts_at, zone),
        "shift": f"{when}\n{place}",
        "when": gettext(
            "%(day)s, %(hours)s, %(place)s",
            day=pages.short_day(clock.local(starts_at, zone).date(), week=True),
            hours=hours,
            place=place,
        ),
    }


def _summary(lines: object) -> str:
    """Return what a summary says, a line each."""
    found = lines if isinstance(lines, list) else []
    said = [summary_line(line) for line in found if isinstance(line, Mapping)]
    return "\n".join(_line(words) for words in said if words)


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
    if not is_address(notice.address):
        raise ValueError("no mail can be addressed to it")
    name, sender = parseaddr(settings.mail_from)
    made = EmailMessage(policy=SMTP if notice.address.isascii() else SMTPUTF8)
    made["Message-ID"] = message_id(notice.key, host())
    made["Date"] = format_datetime(now)
    made["From"] = Address(display_name=name, addr_spec=sender)
    # in two parts: as a whole, Python refuses the letters that SMTPUTF8 is for
    local, _at, domain = notice.address.rpartition("@")
    made["To"] = Address(display_name=_line(notice.name), username=local, domain=domain)
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
