"""Labels of letters, what holds one back, and the sentences of their history."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.accounts.words import language_name
from hospice.core.errors import Objection
from hospice.grief_support.rules.kin import Consent
from hospice.grief_support.rules.letters import POST_DAYS, LetterKind, VoicemailWish
from hospice.journal.words import Field, Sentence
from hospice.volunteers.words import listed

KIND_LABELS: dict[LetterKind, Any] = {
    LetterKind.CONDOLENCE: _l("Condolence card"),
    LetterKind.THREE_MONTHS: _l("Letter after three months"),
    LetterKind.SIX_MONTHS: _l("Letter after six months"),
    LetterKind.NINE_MONTHS: _l("Letter after nine months"),
    LetterKind.INVITATION: _l("Invitation to remember together"),
    LetterKind.ANNIVERSARY: _l("Card for the anniversary"),
    LetterKind.CLOSING: _l("Closing letter"),
    LetterKind.HEAD: _l("Head of every letter"),
    LetterKind.VOICEMAIL: _l("On a machine, without the hospice’s name"),
    LetterKind.VOICEMAIL_NAMED: _l("On a machine, with the hospice’s name"),
}
GROUPS: tuple[tuple[Any, tuple[LetterKind, ...]], ...] = (
    (
        _l("Letters and cards"),
        (
            LetterKind.CONDOLENCE,
            LetterKind.THREE_MONTHS,
            LetterKind.SIX_MONTHS,
            LetterKind.NINE_MONTHS,
            LetterKind.INVITATION,
            LetterKind.ANNIVERSARY,
            LetterKind.CLOSING,
            LetterKind.HEAD,
        ),
    ),
    (_l("When nobody answers"), (LetterKind.VOICEMAIL, LetterKind.VOICEMAIL_NAMED)),
)
MEANINGS: dict[str, Any] = {
    "name": _l("whom the letter is for"),
    "person": _l("the person who died, as the reader speaks of them"),
    "hospice": _l("the name of the hospice"),
    "sender": _l("who writes or calls"),
    "phone": _l("the telephone of the office"),
    "occasion": _l("when and where they are asked to come"),
}
SHARES_LABELS: dict[Consent, Any] = {
    Consent.YES: lazy_pgettext("shared letter", "Yes, one letter for all is fine"),
    Consent.NO: lazy_pgettext("shared letter", "No, each a letter of their own"),
    Consent.UNASKED: lazy_pgettext("shared letter", "Not asked"),
}
VOICEMAIL_LABELS: dict[VoicemailWish, Any] = {
    VoicemailWish.NAMED: lazy_pgettext("voicemail", "Yes, with the hospice’s name"),
    VoicemailWish.UNNAMED: lazy_pgettext("voicemail", "Yes, without the hospice’s name"),
    VoicemailWish.NONE: lazy_pgettext("voicemail", "No message at all"),
    VoicemailWish.UNASKED: lazy_pgettext("voicemail", "Not asked"),
}


def letter_kind_label(kind: str) -> str:
    """Return what a letter is: "Letter after three months"."""
    return str(KIND_LABELS[LetterKind(kind)])


def letter_objection_words(objection: Objection) -> str:
    """Return what holds a letter back, and what to do."""
    words = _OBJECTIONS.get(objection.kind, _OBJECTIONS["settled"])
    return words(objection.facts)


def _unknown(facts: Mapping[str, Any]) -> str:
    known = " ".join(f"{{{one}}}" for one in facts["known"])
    name = f"{{{facts['name']}}}"
    return _("%(name)s stands for nothing here. Use %(known)s", name=name, known=known)


def _held(facts: Mapping[str, Any]) -> str:
    return _(
        "The letter to %(name)s is held: %(why)s",
        name=facts["name"],
        why=letter_objection_words(facts["why"]),
    )


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "stale": lambda _facts: _("Someone else changed this while you were writing"),
    "settled": lambda _facts: _("This has been settled meanwhile"),
    "no_text": lambda _facts: _("Write the text"),
    "too_long": lambda facts: _("Use at most %(max)d characters", max=facts["most"]),
    "unknown_placeholder": _unknown,
    "lacking": lambda facts: _(
        "Put %(name)s where it belongs: without it nobody is addressed",
        name=f"{{{facts['name']}}}",
    ),
    "not_filled": lambda facts: _(
        "%(name)s still stands in the text. Write what belongs there",
        name=f"{{{facts['name']}}}",
    ),
    "avoided": lambda facts: _(
        "It says “%(words)s”, which %(name)s asked us to avoid. Say it differently",
        words=listed(facts["words"]),
        name=facts["name"],
    ),
    "no_address": lambda facts: _("There is no post address for %(name)s", name=facts["name"]),
    "needs_guardian": lambda facts: _(
        "%(name)s is under age. The letter goes through the guardian", name=facts["name"]
    ),
    "name_of_patient": lambda _facts: _(
        "It would carry the name of the person who died. Write on the page of the family how we "
        "speak to them"
    ),
    "not_shared": lambda facts: _(
        "%(name)s has not agreed to a letter shared with others", name=facts["name"]
    ),
    "estranged": lambda facts: _(
        "%(name)s does not speak with another whom it is for. Write to each alone",
        name=facts["name"],
    ),
    "lives_elsewhere": lambda facts: _("%(name)s has another address", name=facts["name"]),
    "shared": lambda facts: _(
        "Another letter is for %(name)s as well. Take them off that one first", name=facts["name"]
    ),
    "has_own": lambda facts: _("%(name)s has a letter of their own already", name=facts["name"]),
    "not_wanted": lambda _facts: _("Somebody whom it is for does not want letters"),
    "none_chosen": lambda _facts: _("Choose the letters first"),
    "held": _held,
    "quiet": lambda facts: _(
        "It may arrive on a day that they keep quiet: %(names)s. Wait, or tick the box",
        names=listed(facts["names"]),
    ),
}


# --- the journal ----------------------------------------------------------------------------------


def _written(facts: Mapping[str, Any]) -> str:
    kind = letter_kind_label(facts["kind"])
    if facts.get("is_ready"):
        return _("wrote a letter, ready to print (%(kind)s)", kind=kind)
    return _("wrote the draft of a letter (%(kind)s)", kind=kind)


def _which(facts: Mapping[str, Any]) -> str:
    return _(
        "%(kind)s, %(language)s",
        kind=letter_kind_label(facts["kind"]),
        language=language_name(facts["language"]),
    )


VERBS: dict[str, Sentence] = {
    "letter.written": _written,
    "letter.printed": lambda _facts: _("printed a letter"),
    "letter_words.changed": lambda facts: _("wrote own words (%(which)s)", which=_which(facts)),
    "letter_words.taken_back": lambda facts: _(
        "went back to the original words (%(which)s)", which=_which(facts)
    ),
    "kin.wishes": lambda _facts: _("noted what they wish of letters and voicemail"),
}
FIELDS: dict[str, Field] = {
    "kin.shares_letters": Field(
        _l("Letters shared with others"), lambda value: str(SHARES_LABELS[Consent(value)])
    ),
    "kin.voicemail": Field(
        _l("A message on a machine"), lambda value: str(VOICEMAIL_LABELS[VoicemailWish(value)])
    ),
}


def shares_label(consent: str) -> str:
    """Return whether somebody shares letters with others at the address."""
    return str(SHARES_LABELS[Consent(consent)])


def voicemail_label(wish: str) -> str:
    """Return what somebody lets a machine hear."""
    return str(VOICEMAIL_LABELS[VoicemailWish(wish)])


GLOBALS: dict[str, Callable[..., Any]] = {
    "letter_kind_label": letter_kind_label,
    "letter_objection_words": letter_objection_words,
    "letter_post_days": lambda: POST_DAYS,
    "shares_label": shares_label,
    "voicemail_label": voicemail_label,
}
