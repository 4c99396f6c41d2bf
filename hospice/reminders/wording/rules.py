"""Words that a hospice may change: their placeholders, what is wrong with them, filling them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hospice.core.errors import Objection
from hospice.reminders.rules.kinds import ANSWERED_BY_LINK, LED_BY_PATH, TOPIC_OF, Kind, Topic

SUBJECT_MOST = 120
EMAIL_MOST = 3_000
SHORT_MOST = 300


class Medium(StrEnum):
    """How long the words may be."""

    EMAIL = "email"
    SHORT = "short"  # a text message, a chat


class Case(StrEnum):
    """Which of a kind's words: some are said differently to who has answered already."""

    USUAL = "usual"
    ANSWERED = "answered"
    NAMED = "named"  # another volunteer said that this one might
    NO_PHONE = "no-phone"
    PROMISE = "promise"  # the task was promised to someone
    NEEDED = "needed"  # without the paper nobody visits
    HOURS = "hours"  # thanks for hours, not for a year
    UNTAKEN = "untaken"  # nobody has it yet, though others were told


_CASES: dict[Kind, tuple[Case, ...]] = {
    **dict.fromkeys(
        (Kind.PUBLISHED, Kind.CHANGED, Kind.TWO_DAYS, Kind.MORNING), (Case.USUAL, Case.ANSWERED)
    ),
    Kind.ASKED: (Case.USUAL, Case.NAMED),
    Kind.LONE_ALARM: (Case.USUAL, Case.NO_PHONE),
    Kind.TASK_DUE: (Case.USUAL, Case.PROMISE),
    Kind.PAPER: (Case.USUAL, Case.NEEDED),
    Kind.THANKS: (Case.USUAL, Case.HOURS),
    Kind.RED_FLAG: (Case.USUAL, Case.UNTAKEN),
}

LINKED = ANSWERED_BY_LINK | LED_BY_PATH | {Kind.CANT_COME, Kind.INVITATION, Kind.RESET}
_OF_NONE = {Topic.ACCOUNT, Topic.SUMMARIES, Topic.TASKS, Topic.THANKS}
OF_SHIFT = frozenset(
    kind
    for kind in Kind
    if TOPIC_OF[kind] not in _OF_NONE and kind not in {Kind.PAPER, Kind.RED_FLAG, Kind.CASE_UNREAD}
)

_WHEN = ("shift", "when", "day", "hours", "time", "place")
# What else a kind can say.
_OWN: dict[Kind, tuple[str, ...]] = {
    Kind.CHANGED: ("before",),
    Kind.MORNING: ("phone",),
    Kind.ASKED: ("who",),
    Kind.CANT_COME: ("who",),
    Kind.SWAP_ASKED: ("who",),
    Kind.SWAP_PROPOSED: ("who", "other"),
    Kind.SWAP_DONE: ("who",),
    Kind.LONE_ALARM: ("who", "phone"),
    Kind.RED_FLAG: ("phone",),
    Kind.SHORT: ("lacks",),
    Kind.WAITING_OFFERED: ("until",),
    Kind.DIGEST: ("date", "summary"),
    Kind.WEEKLY: ("date", "summary"),
    Kind.TASK_DUE: ("date",),
    Kind.FOLLOW_UP_DUE: ("date",),
    Kind.CASE_DUE: ("date",),
    Kind.PAPER: ("paper", "date"),
    Kind.THANKS: ("number",),
    Kind.INVITATION: ("until",),
    Kind.RESET: ("until",),
}
# They fill lines of their own, or are no words, so they do not stand in a subject.
_LONG = frozenset({"shift", "before", "other", "lacks", "summary", "link"})
# Without these the message does not say what it is for.
_NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.CANT_COME: ("who",),
    Kind.LONE_ALARM: ("who",),
    Kind.SWAP_DONE: ("who",),
    Kind.WAITING_OFFERED: ("until",),
    Kind.PAPER: ("paper", "date"),
}
_SUMMED_UP = frozenset({Kind.DIGEST, Kind.WEEKLY})
# Each of these says when and where.
_SAYS_WHEN = ({"shift"}, {"when"}, {"day", "hours", "place"}, {"day", "time", "place"})

_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")
_WIDE = re.compile(r"[｛{]\s*([a-z]{2,12})\s*[｝}]")


@dataclass(frozen=True)
class Words:
    """What one message says before its placeholders are filled; a short one has no subject."""

    subject: str
    text: str


@dataclass(frozen=True)
class Written:
    """Which words: of what, said to whom, how long, in which language."""

    kind: Kind
    case: Case
    medium: Medium
    language: str


class Unfillable(ValueError):
    """The words cannot be filled with what there is to say."""


def cases(kind: Kind) -> tuple[Case, ...]:
    """Return which words a kind has."""
    return _CASES.get(kind, (Case.USUAL,))


def case_of(kind: Kind, facts: Mapping[str, object]) -> Case:
    """Return which of a kind's words say these facts."""
    if kind is Kind.ASKED:
        return Case.NAMED if facts.get("named_by") else Case.USUAL
    if kind is Kind.LONE_ALARM:
        return Case.USUAL if facts.get("ward_phone") else Case.NO_PHONE
    if kind is Kind.TASK_DUE:
        return Case.PROMISE if facts.get("is_promise") else Case.USUAL
    if kind is Kind.PAPER:
        return Case.NEEDED if facts.get("is_needed") else Case.USUAL
    if kind is Kind.THANKS:
        return Case.HOURS if facts.get("hours") else Case.USUAL
    if kind is Kind.RED_FLAG:
        return Case.UNTAKEN if facts.get("is_waiting") else Case.USUAL
    is_answered = Case.ANSWERED in cases(kind) and facts.get("is_answered")
    return Case.ANSWERED if is_answered else Case.USUAL


def placeholders(kind: Kind, case: Case = Case.USUAL) -> tuple[str, ...]:
    """Return the names that may stand in a kind's words."""
    own = _OWN.get(kind, ())
    if kind is Kind.ASKED and case is not Case.NAMED:
        own = ()
    if kind is Kind.THANKS and case is not Case.HOURS:
        own = ()
    if case is Case.NO_PHONE:
        own = tuple(name for name in own if name != "phone")
    return (
        "name",
        *(_WHEN if kind in OF_SHIFT else ()),
        *own,
        "hospice",
        *(("link",) if kind in LINKED else ()),
    )


def tidy(text: str) -> str:
    """Return what was typed with its placeholders as they are read: "｛day｝" is "{day}"."""
    return _WIDE.sub(r"{\1}", text)


def problems(written: Written, words: Words) -> list[Objection]:
    """Return why some words could not be sent."""
    kind, case, medium = written.kind, written.case, written.medium
    known = placeholders(kind, case)
    found = []
    if medium is Medium.EMAIL:
        if not words.subject.strip():
            found.append(Objection("no_subject", field="subject"))
        found += _unknown(words.subject, [one for one in known if one not in _LONG], "subject")
        if len(words.subject) > SUBJECT_MOST:
            found.append(Objection("too_long", facts={"most": SUBJECT_MOST}, field="subject"))
    most = EMAIL_MOST if medium is Medium.EMAIL else SHORT_MOST
    if not words.text.strip():
        return [*found, Objection("no_text", field="text")]
    if len(words.text) > most:
        found.append(Objection("too_long", facts={"most": most}, field="text"))
    found += _unknown(words.text, known, "text")
    return found + _lacking(kind, medium, words.text)


def _unknown(text: str, known: tuple[str, ...] | list[str], field: str) -> list[Objection]:
    names = dict.fromkeys(name for name in _PLACEHOLDER.findall(text) if name not in known)
    return [
        Objection("unknown_placeholder", facts={"name": name, "known": list(known)}, field=field)
        for name in names
    ]


def _lacking(kind: Kind, medium: Medium, text: str) -> list[Objection]:
    held = set(_PLACEHOLDER.findall(text))
    needed = [name for name in _NEEDED.get(kind, ()) if name not in held]
    if kind in _SUMMED_UP and medium is Medium.EMAIL and "summary" not in held:
        needed.append("summary")
    if kind in OF_SHIFT and not any(some <= held for some in _SAYS_WHEN):
        needed.append("shift")
    if kind in LINKED and "link" not in held:
        needed.append("link")
    return [
        Objection("no_when" if name == "shift" else "lacking", facts={"name": name}, field="text")
        for name in needed
    ]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return one line or paragraph with its placeholders filled; raise Unfillable.

    What a value holds is never looked at again: a person called "{link}" stays one.
    """

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if not found:
            raise Unfillable(match[1])
        return found

    return _PLACEHOLDER.sub(value, text)


def paragraphs(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the paragraphs of words, filled; raise Unfillable.

    A paragraph about something that there is not this time (a ward without a telephone) is left
    out; nothing else may lack.
    """
    found = []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip()):
        lacking = {name for name in _PLACEHOLDER.findall(paragraph) if not values.get(name)}
        if not lacking:
            found.append(filled(paragraph.strip(), values))
        elif not lacking <= _MAY_LACK:
            raise Unfillable(", ".join(sorted(lacking)))
    if not found:
        raise Unfillable
    return found


_MAY_LACK = frozenset({"phone", "before", "lacks", "hospice", "occasion"})
