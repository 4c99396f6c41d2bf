"""The words that letters begin with where a hospice has none of its own, and filling them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from hospice.grief_support.letters.paper import Piece
from hospice.grief_support.rules.letters import (
    CARDS,
    LetterKind,
    Reader,
    address_lines,
    envelope_name,
    head_lines,
)
from hospice.grief_support.rules.speaking import spoken_of_by_all
from hospice.reminders.wording.rules import Unfillable, filled, paragraphs

_ORIGINALS: Mapping[LetterKind, Any] = {
    LetterKind.CONDOLENCE: _l(
        "Dear {name},\n\n"
        "We are thinking of you. Thank you for letting us be near you and {person}.\n\n"
        "There is nothing that you need to do or answer. If you would like to talk, or to have "
        "somebody sit with you for a while, ring us: {phone}.\n\n"
        "With warm regards,\n{sender}\n{hospice}"
    ),
    LetterKind.THREE_MONTHS: _l(
        "Dear {name},\n\n"
        "It is about three months since {person} died, and we have been thinking of you.\n\n"
        "Grief keeps to no calendar. Some days may be quiet, and some harder than the first weeks "
        "were. Sleep, meals and work can feel strange for a long time. However it is for you, "
        "there is no right way to do it.\n\n"
        "If you would like to talk, or if something would help, ring us: {phone}. You may also "
        "tell us how and when you like to hear from us, or that you would rather not.\n\n"
        "With warm regards,\n{sender}\n{hospice}"
    ),
    LetterKind.SIX_MONTHS: _l(
        "Dear {name},\n\n"
        "Half a year has gone by since {person} died. Around this time others often stop asking, "
        "while much may still be new and sore. So we write again.\n\n"
        "It may do good to say the name, to look at pictures, or to let somebody cook for you. It "
        "may also do good to leave all of that for another day.\n\n"
        "If you would like company or a talk, ring us: {phone}.\n\n"
        "With warm regards,\n{sender}\n{hospice}"
    ),
    LetterKind.NINE_MONTHS: _l(
        "Dear {name},\n\n"
        "It is about nine months since {person} died. You have been in our thoughts.\n\n"
        "The first anniversary comes nearer, and the weeks before a day like that can weigh more "
        "than the day. Some people make a plan for it, alone or with others; some let it come as "
        "it comes. Both are fine.\n\n"
        "We are there if you would like to talk it over: {phone}.\n\n"
        "With warm regards,\n{sender}\n{hospice}"
    ),
    LetterKind.INVITATION: _l(
        "Dear {name},\n\n"
        "Once a year we sit together and remember those who died, and we would be glad if you "
        "came. We will say the names, {person} among them if you wish. You may bring whoever you "
        "like, and you need not say anything.\n\n"
        "{occasion}\n\n"
        "If you would like to know more, ring us: {phone}. If you would rather not come, there is "
        "nothing you need to do.\n\n"
        "With warm regards,\n{sender}\n{hospice}"
    ),
    LetterKind.ANNIVERSARY: _l(
        "Dear {name},\n\n"
        "A year has gone by since {person} died. We have not forgotten, and we are thinking of "
        "you.\n\n"
        "If you would like to talk on one of these days, ring us: {phone}.\n\n"
        "With warm regards,\n{sender}\n{hospice}"
    ),
    LetterKind.CLOSING: _l(
        "Dear {name},\n\n"
        "More than a year has gone by since {person} died. This is the last letter that we send "
        "by ourselves. It does not mean that you should be done with grieving; nobody is, by a "
        "certain day.\n\n"
        "You can ring us at any time, next month or in some years: {phone}. If you would like us "
        "to go on writing or calling, tell us, and we will.\n\n"
        "Thank you for letting us come along for a while.\n\n"
        "With warm regards,\n{sender}\n{hospice}"
    ),
    LetterKind.HEAD: _l("{hospice}\n\n{phone}"),
    LetterKind.VOICEMAIL: _l("This is {sender}. Nothing is urgent. I will try again another day."),
    LetterKind.VOICEMAIL_NAMED: _l(
        "This is {sender} from {hospice}. Nothing is urgent. I will try again another day, or you "
        "can ring us if you like: {phone}."
    ),
}


@dataclass(frozen=True)
class Facts:
    """What fills a letter in: whom it is for, of whom it speaks, who sends it."""

    readers: tuple[Reader, ...]
    patient_name: str
    patient_names: tuple[str, ...]
    hospice: str
    phone: str
    sender: str
    occasion: Mapping[str, str] = field(default_factory=dict)  # when and where, by language


def original(kind: LetterKind, language: str) -> str:
    """Return the words of a kind that come with the app."""
    with force_locale(language):
        return str(_ORIGINALS[kind])


def first_text(words: str, facts: Facts, language: str) -> str:
    """Return the text of a letter with everything filled in; a paragraph about a telephone that
    nobody has is left out."""
    try:
        return "\n\n".join(paragraphs(words, _values(facts, language)))
    except Unfillable:
        return words  # whoever writes sees what stands open, and it cannot be printed like this


def spoken(words: str, *, sender: str, hospice: str, phone: str) -> str:
    """Return what is said to a machine; without a telephone it ends before the number."""
    values = {"sender": sender, "hospice": hospice, "phone": phone}
    said = words if phone else words.partition("{phone}")[0].rstrip(" ：:")
    try:
        return filled(said, values)
    except Unfillable:
        return said


def _values(facts: Facts, language: str) -> dict[str, str]:
    return {
        "name": greeting(facts.readers, language),
        "person": spoken_of_by_all(facts.readers, facts.patient_name, language),
        "hospice": facts.hospice,
        "sender": facts.sender,
        "phone": facts.phone,
        "occasion": facts.occasion.get(language, ""),
    }


def greeting(readers: Sequence[Reader], language: str) -> str:
    """Return whom a letter greets: "Chen Li and Chen Bo", a guardian before the child."""
    names = []
    for one in readers:
        names += [one.recipient.called or one.recipient.name, one.called or one.name]
    with force_locale(language):
        return _together(list(dict.fromkeys(names)))


def _together(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    first = gettext(", ").join(names[:-1])
    return gettext("%(first)s and %(last)s", first=first, last=names[-1])


def piece(
    text: str, kind: LetterKind, facts: Facts, *, head: str, language: str, today: date
) -> Piece:
    """Return a letter as it is drawn, with its head, its address and its date."""
    values = {"hospice": facts.hospice, "phone": facts.phone}
    try:
        lines = [line for part in paragraphs(head, values) for line in part.splitlines()]
    except Unfillable:
        lines = [facts.hospice]
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return Piece(
        head=tuple(head_lines([line for line in lines if line.strip()], facts.readers)),
        address=tuple(envelope(facts, language)),
        date=written_day(today, language),
        paragraphs=tuple(part for part in parts if part),
        is_card=kind in CARDS,
    )


def envelope(facts: Facts, language: str) -> list[str]:
    """Return the lines of the address: whoever opens it, for whom, and where."""
    names = [envelope_name(one.recipient, facts.patient_names) for one in facts.readers]
    with force_locale(language):
        found = [_together(list(dict.fromkeys(names)))]
        children = [one.name for one in facts.readers if one.recipient is not one]
        if children:
            found.append(gettext("for %(name)s", name=_together(children)))
    return [*found, *address_lines(facts.readers[0].postal)]


def written_day(day: date, language: str) -> str:
    """Return the day as a letter says it: "23 November 2026"."""
    pattern = "y年M月d日" if language == "zh_Hans" else "d MMMM y"
    return format_date(day, pattern, locale=Locale.parse(language))
