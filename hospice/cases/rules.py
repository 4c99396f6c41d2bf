"""The stages of what people say to us, their days, and the words that a person must read at once.

Three working days until someone hears that we have it, thirty days until they are answered. Nothing
closes by itself, or by anyone whom it is about.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hospice.core.errors import Objection

ACKNOWLEDGED_WITHIN = 3  # working days
ANSWERED_WITHIN = 30  # days
WORDS_MOST = 4_000
# One link is one person: more than so many in a day is a machine, or someone whom to ring.
MOST_A_DAY = 10


class CaseKind(StrEnum):
    """What somebody has for us."""

    THANKS = "thanks"
    SUGGESTION = "suggestion"
    CONCERN = "concern"


class Channel(StrEnum):
    """How it came to us."""

    PAGE = "page"
    PHONE = "phone"
    LETTER = "letter"
    EMAIL = "email"
    IN_PERSON = "in_person"


class CaseState(StrEnum):
    """Where it stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    LOOKING = "looking"
    ANSWERED = "answered"
    CLOSED = "closed"


class Due(StrEnum):
    """What is due next, and whether it is late."""

    URGENT = "urgent"
    LATE = "late"
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


_NEXT: Mapping[CaseState, tuple[CaseState, ...]] = {
    CaseState.RECEIVED: (CaseState.ACKNOWLEDGED,),
    CaseState.ACKNOWLEDGED: (CaseState.LOOKING, CaseState.CLOSED),
    CaseState.LOOKING: (CaseState.ANSWERED, CaseState.CLOSED),
    CaseState.ANSWERED: (CaseState.CLOSED, CaseState.LOOKING),
    CaseState.CLOSED: (CaseState.LOOKING,),
}


@dataclass(frozen=True)
class CaseFacts:
    """What decides which step may follow."""

    kind: CaseKind
    state: CaseState
    wants_answer: bool
    is_unread: bool  # urgent words that nobody has read
    looks_into: bool

    @property
    def is_plain_thanks(self) -> bool:
        """Tell whether there is nothing in it but thanks."""
        return self.kind is CaseKind.THANKS and not self.looks_into and not self.is_unread


def next_states(facts: CaseFacts) -> tuple[CaseState, ...]:
    """Return the steps that may follow, the usual one first."""
    return tuple(one for one in _following(facts) if not step_objections(facts, one, words="x"))


def _following(facts: CaseFacts) -> tuple[CaseState, ...]:
    """Return the steps from here; thanks are not looked into, but answered where that is wanted."""
    if facts.is_plain_thanks and facts.state is CaseState.ACKNOWLEDGED:
        return (CaseState.ANSWERED, CaseState.CLOSED) if facts.wants_answer else (CaseState.CLOSED,)
    return _NEXT[facts.state]


def step_objections(facts: CaseFacts, wanted: CaseState, *, words: str) -> list[Objection]:
    """Return why a step may not be taken.

    An answer has its words, and closing says what we changed; thanks alone need not. Whoever waits
    for an answer gets one first. What may speak of harm is read by a person before anything else.
    """
    if wanted not in _following(facts):
        return [Objection("not_from_here")]
    found = []
    if facts.is_unread:
        found.append(Objection("unread"))
    is_said = bool(words.strip())
    if wanted is CaseState.ANSWERED and not is_said:
        found.append(Objection("no_answer_words", field="words"))
    if wanted is CaseState.LOOKING and facts.state is CaseState.CLOSED and not is_said:
        found.append(Objection("no_reason", field="words"))
    if wanted is CaseState.CLOSED:
        if facts.state is CaseState.ACKNOWLEDGED and not facts.is_plain_thanks:
            found.append(Objection("not_looked_into"))
        elif facts.wants_answer and facts.state is not CaseState.ANSWERED:
            found.append(Objection("not_answered"))
        if not is_said and not facts.is_plain_thanks:
            found.append(Objection("no_lesson", field="words"))
    return found


def owner_objections(owner_id: int | None, subjects: frozenset[int]) -> list[Objection]:
    """Return why somebody may not look after a case; `subjects` are whom it is about."""
    return [Objection("is_about_them", field="owner_id")] if owner_id in subjects else []


def share_objections(facts: CaseFacts, *, has_volunteer: bool, words: str) -> list[Objection]:
    """Return why a thank-you may not be passed on yet."""
    found = []
    if facts.kind is not CaseKind.THANKS:
        found.append(Objection("no_thanks"))
    if not has_volunteer:
        found.append(Objection("no_volunteer"))
    if facts.is_unread or (facts.looks_into and facts.state is not CaseState.CLOSED):
        found.append(Objection("look_first"))
    if not words.strip():
        found.append(Objection("no_words", field="words"))
    return found


def due(facts: CaseFacts, acknowledge_by: date, answer_by: date, today: date) -> Due:
    """Return how soon a case wants somebody."""
    if facts.state is CaseState.CLOSED:
        return Due.CLOSED
    if facts.is_unread:
        return Due.URGENT
    day = due_day(facts, acknowledge_by, answer_by)
    if day is not None and day < today:
        return Due.LATE
    return Due.NEW if facts.state is CaseState.RECEIVED else Due.OPEN


def due_day(facts: CaseFacts, acknowledge_by: date, answer_by: date) -> date | None:
    """Return by which day the next thing is to be done; None where nobody waits."""
    if facts.state is CaseState.RECEIVED:
        return acknowledge_by
    if facts.state in {CaseState.ANSWERED, CaseState.CLOSED}:
        return None
    if facts.is_plain_thanks and not facts.wants_answer:
        return None
    return answer_by


def working_days_after(day: date, number: int, is_free: Callable[[date], bool]) -> date:
    """Return the day so many working days after a day, which itself does not count."""
    while number > 0:
        day += timedelta(days=1)
        number -= not is_free(day)
    return day


def days_for(received_on: date, is_free: Callable[[date], bool]) -> tuple[date, date]:
    """Return by when it is acknowledged, and by when answered; neither ends on a free day."""
    last = received_on + timedelta(days=ANSWERED_WITHIN)
    while is_free(last):
        last += timedelta(days=1)
    return working_days_after(received_on, ACKNOWLEDGED_WITHIN, is_free), last


# --- words that may speak of harm ------------------------------------------------------------------

# A list for a person to be called, not a judgement: it may ring too often, never too seldom. Only
# what everybody says without any harm ("rang", "a heart attack") is left out.
_ENGLISH = (
    r"abus\w*",
    r"assault\w*",
    r"(?<!heart )(?<!panic )attack\w*",
    r"bruis\w*",
    r"burn(?:ed|t)",
    r"(?:hit|hits|hitting|slap\w*|punch\w*|kick\w*|shov\w*|pushed)",
    r"hurt\w*",
    r"injur\w*",
    r"rough(?:ly)?(?! (?:time|night|day|week|month|year|patch|idea))",
    r"threat\w*",
    r"shout(?:ed|ing|s)",
    r"scream\w*",
    r"afraid|scared|frighten\w*|terrified",
    r"neglect\w*",
    r"left (?:him|her|them|me) alone",
    r"locked (?:him|her|them|me) in",
    r"tied (?:him|her|them|me) (?:up|down)",
    r"(?:steal|stole|stolen|theft|missing money|took (?:the|his|her|my|our) money)",
    r"asked (?:me |us |him |her |them )?for money|lend(?! (?:a hand|an ear))|loan",
    r"touch(?:ed|ing) (?:me|him|her|them)(?! (?:deeply|so much|so deeply|very much|greatly))|grop\w*|sexual\w*|rape\w*|harass\w*",
    r"suicid\w*|kill (?:my|him|her|them)sel\w*|end (?:my|his|her|their) life",
    r"(?:do not|don[’']?t|doesn[’']?t|does not|no longer) want to live|want to die|wish (?:i|he|she) (?:was|were) dead",
    r"overdos\w*|wrong (?:dose|medicine|pills|medication)",
    r"drunk|smelled of alcohol",
    r"child (?:is |was )?alone|unsafe|danger\w*",
)
_CHINESE = (
    "打人",
    # not: rang, greeted, gave an injection, fetched water, took a taxi, dozed off
    (
        r"打了(?![一两二三四五几好多很无数十百个次回通声过来去些支下完]{0,5}"
        r"(?:电话|手机|微信|招呼|针|点滴|吊针|吊瓶|疫苗|麻药|水|饭|菜|伞|车|的士|折|气|字|分|卡|包|牌|球"
        r"|麻将|太极|报告|草稿|瞌睡|盹|哈欠|喷嚏|嗝|呼噜|寒颤|寒战|比方|基础))"
    ),
    r"打(?:他|她|我)(?!们?的?(?:电话|手机|微信))",
    "挨打",
    r"被打(?![扰开动扫理扮湿])",
    "殴打",
    r"动手(?!术|能力)",
    "推搡",
    "虐待",
    "欺负",
    "恐吓",
    "威胁",
    "辱骂",
    "骂人",
    "骂了",
    "骂我",
    "骂他",
    "骂她",
    "吼",
    "粗暴",
    "瘀青",
    "淤青",
    "受伤",
    "弄伤",
    "弄疼",
    "摔",
    "烫伤",
    r"(?<!不)(?<!不再)(?<!不那么)害怕",
    r"不敢(?!相信|当|想象)",
    "忽视",
    "没人管",
    "不管她",
    "不管他",
    r"绑(?!定)",
    "锁在",
    "偷",
    "丢了钱",
    "少了钱",
    "拿了钱",
    "要钱",
    "借钱",
    "红包",
    "骚扰",
    "乱摸",
    "摸我",
    "摸她",
    "非礼",
    "性侵",
    "强奸",
    "自杀",
    "轻生",
    "不想活",
    "活不下去",
    "想死",
    "吃错药",
    "给错药",
    "药给错",
    "喝醉",
    "酒气",
    "孩子一个人",
    "危险",
)
_HARM = re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b|{'|'.join(_CHINESE)}", re.IGNORECASE)


def words_of_harm(words: str) -> list[str]:
    """Return the words in a text that may speak of harm, each once, as they stand there."""
    found = (match.group(0) for match in _HARM.finditer(words))
    return list(dict.fromkeys(one.casefold() for one in found))
