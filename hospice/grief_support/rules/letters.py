"""Letters and cards: which there are, whom they reach, what may stand in them, what holds one back.

A letter goes to someone who lives and grieves, never to the person who died (trap 2). One letter
to a household needs the word of everyone it is for; who does not speak with another never shares
one (trap 7). Somebody under age is written to through the guardian.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hospice.core.errors import Objection
from hospice.grief_support.rules.kin import Consent, Relation
from hospice.grief_support.rules.plans import Way
from hospice.grief_support.rules.words_to_avoid import avoided

TEXT_MOST = 3_000
SPOKEN_MOST = 400
POST_DAYS = 3  # what is posted today arrives within so many days
_LINES_OF_ADDRESS = 6  # as many as the window of an envelope shows


class LetterKind(StrEnum):
    """What is written or said, each with words of its own."""

    CONDOLENCE = "condolence"
    THREE_MONTHS = "three_months"
    SIX_MONTHS = "six_months"
    NINE_MONTHS = "nine_months"
    INVITATION = "invitation"
    ANNIVERSARY = "anniversary"
    CLOSING = "closing"
    HEAD = "head"  # what stands at the top of every letter
    VOICEMAIL = "voicemail"  # names nobody but the caller: others may hear it
    VOICEMAIL_NAMED = "voicemail_named"  # for those who do not mind the hospice's name


class VoicemailWish(StrEnum):
    """What may be said to a machine that answers."""

    UNASKED = "unasked"  # as if they had said "unnamed"
    NONE = "none"
    UNNAMED = "unnamed"
    NAMED = "named"


SENT = (
    LetterKind.CONDOLENCE,
    LetterKind.THREE_MONTHS,
    LetterKind.SIX_MONTHS,
    LetterKind.NINE_MONTHS,
    LetterKind.INVITATION,
    LetterKind.ANNIVERSARY,
    LetterKind.CLOSING,
)
CARDS = frozenset({LetterKind.CONDOLENCE, LetterKind.ANNIVERSARY})
SPOKEN_WORDS = frozenset({LetterKind.VOICEMAIL, LetterKind.VOICEMAIL_NAMED})

_BY_KEY: Mapping[str, LetterKind] = {
    "two_weeks_card": LetterKind.CONDOLENCE,
    "three_months_letter": LetterKind.THREE_MONTHS,
    "six_months_letter": LetterKind.SIX_MONTHS,
    "nine_months_letter": LetterKind.NINE_MONTHS,
    "memorial": LetterKind.INVITATION,
    "closing_letter": LetterKind.CLOSING,
}
# For lines that a hospice has added to its template: until so many days after the death.
_BY_DAYS = (
    (135, LetterKind.THREE_MONTHS),
    (228, LetterKind.SIX_MONTHS),
    (320, LetterKind.NINE_MONTHS),
)


def kind_of(key: str, way: Way, due_on: date, died_on: date | None) -> LetterKind:
    """Return which words a follow-up begins with; its line may be one of the hospice's own."""
    if key in _BY_KEY:
        return _BY_KEY[key]
    if way is Way.GATHERING:
        return LetterKind.INVITATION
    since = (due_on - died_on).days if died_on else 0
    if way is Way.CARD:
        return LetterKind.CONDOLENCE if since < 135 else LetterKind.ANNIVERSARY
    for days, kind in _BY_DAYS:
        if since <= days:
            return kind
    return LetterKind.CLOSING


def language_of(languages: Sequence[str], fallback: str) -> str:
    """Return in which of our two languages somebody is written to: the first that they know."""
    for language in languages:
        if language == "english":
            return "en"
        if language in _CHINESE:
            return "zh_Hans"
    return fallback


_CHINESE = frozenset(
    {"mandarin", "shanghainese", "cantonese", "hokkien", "hakka", "sichuanese", "cmn", "zh"}
)


# --- words with placeholders ----------------------------------------------------------------------

_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")


def placeholders(kind: LetterKind) -> tuple[str, ...]:
    """Return the names that may stand in the words of a kind."""
    if kind is LetterKind.VOICEMAIL:
        return ("sender",)
    if kind is LetterKind.VOICEMAIL_NAMED:
        return ("sender", "hospice", "phone")
    if kind is LetterKind.HEAD:
        return ("hospice", "phone")
    found = ("name", "person", "hospice", "sender", "phone")
    return (*found, "occasion") if kind is LetterKind.INVITATION else found


def text_problems(kind: LetterKind, text: str) -> list[Objection]:
    """Return why some words cannot be used."""
    if not text.strip():
        return [Objection("no_text", field="text")]
    found = []
    most = SPOKEN_MOST if kind in SPOKEN_WORDS else TEXT_MOST
    if len(text) > most:
        found.append(Objection("too_long", facts={"most": most}, field="text"))
    known = placeholders(kind)
    for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
        if name not in known:
            facts: dict[str, object] = {"name": name, "known": list(known)}
            found.append(Objection("unknown_placeholder", facts=facts, field="text"))
    if kind in SENT and "name" not in _PLACEHOLDER.findall(text):
        found.append(Objection("lacking", facts={"name": "name"}, field="text"))
    return found


# --- whom a letter is for -------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Somebody whom a letter is for, with what it must respect."""

    kin_id: int
    name: str
    called: str = ""
    address: str = ""
    is_minor: bool = False
    guardian: "Reader | None" = None
    relation: Relation = Relation.RELATIVE
    name_for_patient: str = ""
    words_to_avoid: tuple[str, ...] = ()
    shares: Consent = Consent.UNASKED
    estranged_from: frozenset[int] = frozenset()

    @property
    def recipient(self) -> "Reader":
        """Return who opens it: a child's guardian, else they themselves."""
        return self.guardian if self.is_minor and self.guardian else self

    @property
    def wishes(self) -> tuple[str, ...]:
        """Return what is not to be read: also by the guardian who opens a child's letter."""
        guardian = self.guardian if self.is_minor else None
        return (*self.words_to_avoid, *(guardian.words_to_avoid if guardian else ()))

    @property
    def postal(self) -> str:
        """Return where it is sent."""
        return self.recipient.address or self.address


def address_lines(address: str) -> list[str]:
    """Return an address in lines, as it was typed or at its commas, no more than a window shows."""
    parts = [one.strip() for one in re.split(r"\n|,\s+|[，;；]", address) if one.strip()]
    room = _LINES_OF_ADDRESS - 2  # the name, and whom it is for, stand above
    if len(parts) <= room:
        return parts
    return [*parts[: room - 1], ", ".join(parts[room - 1 :])]


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses are the same, however they were typed; none is like no other."""
    first, second = _plain(one), _plain(other)
    return bool(first) and first == second


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def household_objections(readers: Sequence[Reader]) -> list[Objection]:
    """Return why one letter cannot be for several: each must have said yes, and live there.

    Who has not been asked has not said yes. A child is asked nothing: the guardian's word counts,
    and the guardian is one of those it is for.
    """
    if len(readers) < 2:
        return []
    found = []
    ids = {one.kin_id for one in readers}
    for one in readers:
        facts: dict[str, object] = {"name": one.name}
        if one.is_minor and (one.guardian is None or one.guardian.kin_id not in ids):
            found.append(Objection("needs_guardian", facts=facts, field="also"))
        elif not one.is_minor and one.shares is not Consent.YES:
            found.append(Objection("not_shared", facts=facts, field="also"))
        if one.estranged_from & ids:
            found.append(Objection("estranged", facts=facts, field="also"))
        if not same_address(one.postal, readers[0].postal):
            found.append(Objection("lives_elsewhere", facts=facts, field="also"))
    return found


def recipient_objections(
    readers: Sequence[Reader], patient_names: Iterable[str]
) -> list[Objection]:
    """Return why a letter cannot be addressed: no address, no guardian, or the name of who died."""
    found = []
    names = {_plain(name) for name in patient_names} - {""}
    for one in readers:
        facts: dict[str, object] = {"name": one.name}
        if one.is_minor and one.guardian is None:
            found.append(Objection("needs_guardian", facts=facts))
        if _plain(envelope_name(one.recipient, patient_names)) in names:
            found.append(Objection("name_of_patient", facts=facts))
    if readers and not readers[0].postal.strip():
        found.append(Objection("no_address", facts={"name": readers[0].recipient.name}))
    return found


def envelope_name(reader: Reader, patient_names: Iterable[str] = ()) -> str:
    """Return the name on the envelope: where it is that of the person who died, how we speak to
    them, so that nothing ever comes addressed to somebody who has died."""
    names = {_plain(name) for name in patient_names}
    if reader.called and _plain(reader.name) in names:
        return reader.called
    return reader.name


# --- what holds a letter back ---------------------------------------------------------------------


def text_objections(text: str, readers: Sequence[Reader]) -> list[Objection]:
    """Return what in a letter keeps it from being printed."""
    if not text.strip():
        return [Objection("no_text", field="text")]
    found = []
    if len(text) > TEXT_MOST:
        found.append(Objection("too_long", facts={"most": TEXT_MOST}, field="text"))
    found += [
        Objection("not_filled", facts={"name": name}, field="text")
        for name in dict.fromkeys(_PLACEHOLDER.findall(text))
    ]
    for one in readers:
        words = avoided(text, one.wishes)
        if words:
            facts: dict[str, object] = {"name": one.name, "words": words}
            found.append(Objection("avoided", facts=facts, field="text"))
    return found


def head_lines(head: Sequence[str], readers: Sequence[Reader]) -> list[str]:
    """Return the lines of the letterhead that nobody it is for asked us to leave out."""
    wishes = [wish for one in readers for wish in one.wishes]
    return [line for line in head if not avoided(line, wishes)]


def arrives_on(today: date) -> list[date]:
    """Return the days on which something that is posted today may arrive."""
    return [today + timedelta(days=number) for number in range(1, POST_DAYS + 1)]


def voicemail_kind(wish: VoicemailWish) -> LetterKind | None:
    """Return what may be said to a machine; None where they want no message at all."""
    if wish is VoicemailWish.NONE:
        return None
    return LetterKind.VOICEMAIL_NAMED if wish is VoicemailWish.NAMED else LetterKind.VOICEMAIL
