"""What families of the made-up hospice chose on their own pages, and the words they left."""

import hashlib
import random
from datetime import timedelta
from typing import Any

from hospice.accounts.models import User
from hospice.cases.models import Case, CaseStep
from hospice.cases.rules import CaseKind, CaseState, Channel, days_for, words_of_harm
from hospice.core import clock
from hospice.demo.rows import ZONE, Rows
from hospice.grief_support.models import FamilyPage, Kin
from hospice.grief_support.rules.kin import KinWay
from hospice.volunteers.models import Volunteer

_CORA, _GRETA = 2, 3
_PRAISED = "lin.yue@example.org"  # of whom the thank-you speaks


def add(rows: Rows, seed: int) -> None:
    """Add two pages and three words: thanks, a suggestion, and a concern that waits too long."""
    chance = random.Random(f"{seed}:words left")
    first, second = (rows.of(Kin)[number]["id"] for number in (0, 2))
    _page(rows, chance, first, made=16, opened=2, said=2)
    _page(rows, chance, second, made=9, opened=8, said=None)
    _thanks(rows, first)
    _suggestion(rows)
    _concern(rows, second)


def _page(
    rows: Rows, chance: random.Random, kin_id: int, *, made: int, opened: int, said: int | None
) -> None:
    rows.add(
        FamilyPage,
        kin_id=kin_id,
        # of a link that nobody was given: staff make a new one to try it
        token_hash=hashlib.sha256(chance.randbytes(24)).hexdigest(),
        greets=False,
        made_at=rows.now - timedelta(days=made),
        made_by_id=_GRETA,
        opened_at=rows.now - timedelta(days=opened),
        said_at=rows.now - timedelta(days=said) if said is not None else None,
        ended_at=None,
    )


def _thanks(rows: Rows, kin_id: int) -> None:
    words = rows.say(
        "Thank you for the Sunday afternoons. She waited for the reading all week.",
        "谢谢你们每个星期天下午来。她整个星期都盼着有人来读书。",
    )
    user_id = next(one["id"] for one in rows.of(User) if one["email"] == _PRAISED)
    praised = next(one["id"] for one in rows.of(Volunteer) if one.get("user_id") == user_id)
    made = _case(
        rows,
        CaseKind.THANKS,
        words,
        days=5,
        kin_id=kin_id,
        about_volunteer_id=praised,
        owner_id=_GRETA,
        state=CaseState.ACKNOWLEDGED,
        shared_at=rows.now - timedelta(days=3),
        shared_words=words,
    )
    said = rows.say("Rang her to say thank you.", "已打电话道谢。")
    _step(rows, made, CaseState.ACKNOWLEDGED, said, 4)


def _suggestion(rows: Rows) -> None:
    words = rows.say(
        "A bench by the lift would help those who come in the evening and have to wait.",
        "要是电梯旁有一张长椅，晚上来的人等的时候就能坐一坐。",
    )
    made = _case(
        rows,
        CaseKind.SUGGESTION,
        words,
        days=8,
        channel=Channel.LETTER,
        said_by=rows.say("Mr Shen, a neighbour", "邻居沈先生"),
        received_by_id=_CORA,
        owner_id=_CORA,
        answer_way=KinWay.LETTER,
        state=CaseState.LOOKING,
    )
    _step(rows, made, CaseState.ACKNOWLEDGED, rows.say("By letter.", "已回信告知收到。"), 6)
    said = rows.say("Asked the house office for a bench.", "已向后勤申请一张长椅。")
    _step(rows, made, CaseState.LOOKING, said, 5)


def _concern(rows: Rows, kin_id: int) -> None:
    words = rows.say(
        "Twice somebody spoke about my father in the corridor where everyone could hear it.",
        "有两次，有人在走廊上谈我父亲的事，谁都听得见。",
    )
    _case(rows, CaseKind.CONCERN, words, days=9, kin_id=kin_id, answer_way=KinWay.CALL)


def _case(rows: Rows, kind: CaseKind, words: str, *, days: int, **values: Any) -> dict[str, Any]:
    at = rows.now - timedelta(days=days)
    acknowledge_by, answer_by = days_for(
        clock.local(at, ZONE).date(), lambda day: day.weekday() >= 5
    )
    made = rows.add(
        Case,
        **{
            "kind": kind,
            "words": words,
            "channel": Channel.PAGE,
            "kin_id": None,
            "said_by": "",
            "answer_way": None,
            "about_volunteer_id": None,
            "about_user_id": None,
            "owner_id": None,
            "state": CaseState.RECEIVED,
            "is_urgent": bool(words_of_harm(words)),
            "read_at": None,
            "read_by_id": None,
            "looks_into": False,
            "received_at": at,
            "received_by_id": None,
            "acknowledge_by": acknowledge_by,
            "answer_by": answer_by,
            "answered_at": None,
            "closed_at": None,
            "lesson": "",
            "shared_at": None,
            "shared_words": "",
            "version": 1,
            **values,
        },
    )
    _step(rows, made, CaseState.RECEIVED, "", days, by=made["received_by_id"])
    return made


def _step(
    rows: Rows,
    made: dict[str, Any],
    state: CaseState,
    words: str,
    days: int,
    *,
    by: int | None = _GRETA,
) -> None:
    at = rows.now - timedelta(days=days)
    rows.add(CaseStep, case_id=made["id"], state=state, words=words, at=at, by_id=by)
