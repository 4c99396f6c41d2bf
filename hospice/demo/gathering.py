"""People of the made-up hospice who come together: two gatherings, two debriefs."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hospice.accounts.models import Hospice
from hospice.core import clock
from hospice.demo.rows import ZONE, Rows
from hospice.gatherings.models import Gathering, Guest, RemembranceWish
from hospice.gatherings.rules import Answer, GatheringKind
from hospice.grief_support.models import FollowUp, Kin, Kinship, SupportPlan
from hospice.grief_support.rules.kin import Consent
from hospice.grief_support.rules.plans import FollowUpState, Way
from hospice.journal.models import Entry, EntryAbout
from hospice.places.models import Place

_ADA, _CORA, _GRETA = 1, 2, 3
_LIN, _SONG = 1, 2  # volunteers who sign in to the demo
_KNEW_SHENG = (3, 13)
_WEEK = timedelta(days=7)
_YEAR = timedelta(days=365)


def add(rows: Rows) -> None:
    """Add a gathering in three weeks and one in summer, a debrief that was and one to come."""
    house = rows.of(Hospice)[0]
    house["remembrance"] = "all"
    house["talk_name"] = rows.say("Counsellor Pei Lan", "心理咨询师裴岚")
    house["talk_phone"] = "021 5555 0177"
    _to_come(rows)
    _past(rows)
    _debriefs(rows)


def _sunday(day: date) -> date:
    return day + timedelta(days=(6 - day.weekday()) % 7)


def _gathering(
    rows: Rows, kind: GatheringKind, day: date, starts: time, ends: time, **values: Any
) -> dict[str, Any]:
    starts_at, ends_at = clock.span(day, starts, ends, ZONE)
    planned_at = min(starts_at - 4 * _WEEK, rows.now - _WEEK)
    made = rows.add(
        Gathering,
        **{
            "kind": kind,
            "title": "",
            "local_day": day,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "timezone": ZONE,
            "place_id": None,
            "where_words": "",
            "languages": [],
            "for_words": "",
            "is_religious": False,
            "about": "",
            "period_from": None,
            "period_until": None,
            "lead_id": None,
            "moved_at": None,
            "closed_at": None,
            "remembered_until": None,
            "cancelled_at": None,
            "cancel_reason": "",
            "created_at": planned_at,
            "version": 1,
            **values,
        },
    )
    is_debrief = kind is GatheringKind.SHARING
    _journal(
        rows,
        "debrief" if is_debrief else "gathering",
        made["id"],
        "gathering.planned",
        _CORA if is_debrief else _GRETA,
        planned_at,
        title=made["title"],
    )
    return made


def _guest(
    rows: Rows,
    gathering: dict[str, Any],
    answer: Answer = Answer.NONE,
    *,
    at: datetime | None = None,
    others: int = 0,
    words: str = "",
    came: bool = False,
    **who: int,
) -> dict[str, Any]:
    invited_at = gathering["created_at"] + timedelta(hours=2)
    return rows.add(
        Guest,
        gathering_id=gathering["id"],
        kin_id=who.get("kin_id"),
        volunteer_id=who.get("volunteer_id"),
        user_id=who.get("user_id"),
        follow_up_id=None,
        quiet_note="",
        answer=answer,
        others=others,
        words=words,
        answered_at=None if answer is Answer.NONE else at or invited_at + timedelta(days=2),
        came=came,
        invited_at=invited_at,
        invited_by_id=_GRETA if gathering["kind"] is GatheringKind.MEMORIAL else _CORA,
        withdrawn_at=None,
    )


def _to_come(rows: Rows) -> None:
    day = _sunday(rows.today + 3 * _WEEK)
    made = _gathering(
        rows,
        GatheringKind.MEMORIAL,
        day,
        time(14),
        time(16),
        title=rows.say("Remembering together in winter", "冬日追思会"),
        where_words=rows.say("The garden hall, ground floor", "一楼花园厅"),
        languages=["mandarin", "english"],
        for_words=rows.say(
            "Everyone who lost someone in the past year. Children are welcome.",
            "过去一年里失去亲人的各位，欢迎带孩子来。",
        ),
        about=rows.say(
            "We sit together, the names are read, there is music, then tea. Nobody has to speak.",
            "大家坐在一起，念一念名字，听一会儿音乐，然后喝茶。不必发言。",
        ),
        period_from=rows.today - _YEAR,
        period_until=rows.today,
        lead_id=_GRETA,
    )
    said = {
        "Zhou Min": (Answer.COMES, 1, rows.say("Brings her son, who is nine.", "带九岁的儿子来。")),
        "Guo Jun": (Answer.NOT, 0, rows.say("Not this time.", "这次不来。")),
        "Tan Wei": (Answer.NONE, 0, ""),
    }
    chinese = {"Zhou Min": "周敏", "Guo Jun": "郭君", "Tan Wei": "谭伟"}
    for number, (name, (answer, others, words)) in enumerate(said.items()):
        person = _kin(rows, rows.say(name, chinese[name]))
        guest = _guest(rows, made, answer, others=others, words=words, kin_id=person["id"])
        guest["follow_up_id"] = _invitation(
            rows, made, person["id"], (Way.CALL, Way.GATHERING)[number % 2], answer
        )["id"]
    for volunteer_id in _KNEW_SHENG:
        is_first = volunteer_id == _KNEW_SHENG[0]
        _guest(rows, made, Answer.COMES if is_first else Answer.NONE, volunteer_id=volunteer_id)


def _invitation(
    rows: Rows, gathering: dict[str, Any], kin_id: int, way: Way, answer: Answer
) -> dict[str, Any]:
    links = {one["id"] for one in rows.of(Kinship) if one["kin_id"] == kin_id}
    plan = next(one for one in rows.of(SupportPlan) if one["kinship_id"] in links)
    is_done = answer is not Answer.NONE
    day = gathering["local_day"]
    opens_on = clock.local(gathering["created_at"], ZONE).date()
    return rows.add(
        FollowUp,
        plan_id=plan["id"],
        key=f"gathering_{gathering['id']}",
        way=way,
        purpose=rows.say(f"Invitation: {gathering['title']}", f"邀请：{gathering['title']}"),
        occasion={},
        opens_on=opens_on,
        due_on=day - _WEEK,
        assignee_id=None,
        state=FollowUpState.DONE if is_done else FollowUpState.PLANNED,
        is_moved=True,
        tries=int(is_done),
        callback_at=None,
        words="",
        ended_at=gathering["created_at"] + timedelta(days=2) if is_done else None,
        ended_by_id=_GRETA if is_done else None,
    )


def _past(rows: Rows) -> None:
    day = _sunday(rows.today - timedelta(days=100))
    made = _gathering(
        rows,
        GatheringKind.MEMORIAL,
        day,
        time(15),
        time(17),
        title=rows.say("An afternoon in the garden", "花园里的下午"),
        where_words=rows.say("The garden", "花园"),
        languages=["mandarin"],
        about=rows.say(
            "Tea in the garden, and a song at the end.", "在花园里喝茶，最后一起唱支歌。"
        ),
        period_from=day - _YEAR,
        period_until=day,
        lead_id=_GRETA,
    )
    for name, chinese, came in (("Guo Jun", "郭君", True), ("Zhou Min", "周敏", False)):
        person = _kin(rows, rows.say(name, chinese))
        answer = Answer.COMES if came else Answer.NOT
        _guest(rows, made, answer, others=int(came), came=came, kin_id=person["id"])


def _debriefs(rows: Rows) -> None:
    before = _sunday(rows.today - timedelta(days=49))
    held = _gathering(
        rows,
        GatheringKind.SHARING,
        before,
        time(17, 30),
        time(18, 30),
        where_words=rows.say("The quiet room", "静室"),
        lead_id=_CORA,
    )
    held["closed_at"], held["remembered_until"] = held["ends_at"], held["ends_at"]
    for volunteer_id in (_LIN, *_KNEW_SHENG, 4):
        came = volunteer_id != 4
        _guest(
            rows,
            held,
            Answer.COMES if came else Answer.NOT,
            came=came,
            volunteer_id=volunteer_id,
        )
    _journal(rows, "debrief", held["id"], "gathering.closed", _CORA, held["closed_at"])
    coming = _gathering(
        rows,
        GatheringKind.SHARING,
        _sunday(rows.today + timedelta(days=8)),
        time(17, 30),
        time(18, 30),
        where_words=rows.say("The quiet room", "静室"),
        about=rows.say(
            "How the last weeks were, and how we are.", "说说最近这几周，也说说我们自己。"
        ),
        place_id=rows.of(Place)[0]["id"],
        lead_id=_CORA,
    )
    for volunteer_id in (_LIN, _SONG, *_KNEW_SHENG):
        is_sure = volunteer_id == _KNEW_SHENG[0]
        _guest(rows, coming, Answer.COMES if is_sure else Answer.NONE, volunteer_id=volunteer_id)
    _guest(rows, coming, user_id=_GRETA)
    # One family does not wish the name to be read.
    guo = _kin(rows, rows.say("Guo Jun", "郭君"))
    link = next(one for one in rows.of(Kinship) if one["kin_id"] == guo["id"])
    rows.add(
        RemembranceWish,
        patient_id=link["patient_id"],
        wish=Consent.NO,
        said_by=guo["name"],
        noted_by_id=_GRETA,
        noted_at=rows.now - timedelta(days=200),
    )


def _kin(rows: Rows, name: str) -> dict[str, Any]:
    return next(one for one in rows.of(Kin) if one["name"] == name)


def _journal(
    rows: Rows, kind: str, record_id: int, verb: str, user_id: int, at: datetime, **facts: Any
) -> None:
    names = {
        _CORA: rows.say("Qian Wen", "钱雯"),
        _ADA: rows.say("Shen Qing", "沈青"),
        _GRETA: rows.say("Meng Lan", "孟兰"),
    }
    entry = rows.add(
        Entry, happened_at=at, user_id=user_id, who=names[user_id], verb=verb, facts=facts
    )
    rows.add(EntryAbout, entry_id=entry["id"], record_kind=kind, record_id=record_id)
