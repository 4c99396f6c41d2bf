"""Instruments, a screen, who is on duty, and an alarm that somebody took, in the made-up hospice."""

from datetime import time, timedelta
from typing import Any

from hospice.accounts.models import User
from hospice.core import clock
from hospice.demo.rows import ZONE, Rows
from hospice.grief_support.models import (
    DutyClinician,
    Instrument,
    Kin,
    Kinship,
    RedFlag,
    Screen,
    SupportPlan,
)
from hospice.grief_support.rules.red_flags import Sign
from hospice.grief_support.rules.screens import Band, Direction
from hospice.journal.models import Entry, EntryAbout
from hospice.reminders.models import Message
from hospice.reminders.rules import EMAIL, Kind, MessageState

_CORA, _GRETA = 2, 3
_HEARD = {"Ellen Park", "朴爱伦"}


def add(rows: Rows) -> None:
    """Add two instruments, two screens, two clinicians on duty, and an alarm of yesterday evening."""
    _instruments(rows)
    _on_duty(rows)
    people = {one["id"]: one["name"] for one in rows.of(Kin)}
    kin = {one["id"]: people[one["kin_id"]] for one in rows.of(Kinship)}
    for plan in rows.of(SupportPlan):
        if kin[plan["kinship_id"]] in _HEARD:
            _alarm(rows, plan)
            _screen(rows, plan, None, Band.HIGH, None)
        elif plan["tier"] == 2:
            _screen(rows, plan, 1, Band.MEDIUM, 21)


def _instruments(rows: Rows) -> None:
    common = {
        "language": "",
        "direction": Direction.HIGHER,
        "retired_at": None,
        "created_at": rows.now - timedelta(days=400),
        "version": 1,
    }
    rows.add(
        Instrument,
        name=rows.say("Grief check, six months", "六个月哀伤评估"),
        edition="1",
        licence=rows.say(
            "Our own, made with the ward’s psychologist. Anyone of grief support may use it.",
            "本院与病房心理师一起编写，哀伤关怀人员都可使用。",
        ),
        lowest=0,
        highest=40,
        cut_off=26,
        medium_from=16,
        earliest_months=2,
        earliest_days=0,
        **common,
    )
    rows.add(
        Instrument,
        name="PG-13-R",
        edition="2020",
        licence=rows.say(
            "By written permission of its authors, for Dr Shen alone. The questions stay on paper.",
            "经作者书面许可，仅沈医生使用。题目只在纸上，不录入系统。",
        ),
        lowest=10,
        highest=50,
        cut_off=30,
        medium_from=None,
        earliest_months=12,
        earliest_days=0,
        **common,
    )


def _screen(
    rows: Rows, plan: dict[str, Any], instrument: int | None, band: Band, score: int | None
) -> None:
    day = rows.today - timedelta(days=20)
    rows.add(
        Screen,
        plan_id=plan["id"],
        instrument_id=instrument,
        screened_on=day,
        score=score,
        band=band,
        note=rows.say(
            "After the call; she wanted to talk about the last night.",
            "电话后填写；她想谈谈最后那一夜。",
        ),
        scorer=rows.say("Dr Shen", "沈医生") if instrument is None else _name(rows),
        scorer_id=None if instrument is None else _GRETA,
        made_at=clock.instant(day, time(11, 20), ZONE),
        made_by_id=_GRETA,
        undone_at=None,
        undone_reason="",
    )


def _on_duty(rows: Rows) -> None:
    common = {"retired_at": None, "created_at": rows.now - timedelta(days=400), "version": 1}
    rows.add(
        DutyClinician,
        name=_name(rows),
        phone="021 5555 0161",
        email="",
        user_id=_GRETA,
        days=[0, 1, 2, 3, 4],
        starts=time(8, 30),
        ends=time(17, 30),
        **common,
    )
    rows.add(
        DutyClinician,
        name=rows.say("Dr Shen", "沈医生"),
        phone="021 5555 0188",
        email="shen@example.org",
        user_id=None,
        days=[],
        starts=time(17, 30),
        ends=time(8, 30),
        **common,
    )


def _name(rows: Rows) -> str:
    from_staff = next(one for one in rows.of(User) if one["id"] == _GRETA)
    return str(from_staff["name"])


def _alarm(rows: Rows, plan: dict[str, Any]) -> None:
    """A doctor has it, and has yet to say what was done."""
    day = rows.today - timedelta(days=1)
    flag = rows.add(
        RedFlag,
        plan_id=plan["id"],
        signs=[Sign.NOT_EATING.value],
        words=rows.say(
            "Has hardly eaten since Thursday, and does not sleep.",
            "周四以来几乎没吃东西，也睡不着。",
        ),
        raised_at=clock.instant(day, time(19, 40), ZONE),
        raised_by_id=_GRETA,
        raised_by=_name(rows),
        taken_at=clock.instant(day, time(19, 52), ZONE),
        taken_by_id=_CORA,
        taken_by=rows.say("Dr Shen", "沈医生"),
    )
    _told(rows, flag)
    plan |= {
        "worried_at": flag["raised_at"],
        "worried_words": flag["words"],
        "worried_by_id": _GRETA,
    }


def _told(rows: Rows, flag: dict[str, Any]) -> None:
    """Let the doctor on duty have been told, and the history say what happened."""
    doctor = rows.of(DutyClinician)[-1]
    at = flag["raised_at"] + timedelta(minutes=1)
    rows.add(
        Message,
        key=f"red_flag:{flag['id']}:clinician:{doctor['id']}",
        kind=Kind.RED_FLAG,
        about=f"red_flag:{flag['id']}",
        recipient=f"clinician:{doctor['id']}",
        name=doctor["name"],
        address=doctor["email"],
        locale=rows.locale,
        channel=EMAIL,
        facts={"name": doctor["name"], "path": f"/grief-support/red-flags/{flag['id']}"},
        state=MessageState.SENT,
        due_at=at,
        send_before=at + timedelta(hours=12),
        tries=1,
        claimed_by=None,
        claimed_until=None,
        reason="",
        queued_at=at,
        settled_at=at,
        standstill_id=None,
        was_due_at=None,
    )
    users = {one["id"]: one["name"] for one in rows.of(User)}
    for verb, user_id, at, facts in (
        ("red_flag.raised", _GRETA, flag["raised_at"], {}),
        ("red_flag.taken", _CORA, flag["taken_at"], {"name": flag["taken_by"]}),
    ):
        entry = rows.add(
            Entry, happened_at=at, user_id=user_id, who=users[user_id], verb=verb, facts=facts
        )
        for kind, record_id in (("red_flag", flag["id"]), ("support_plan", flag["plan_id"])):
            rows.add(EntryAbout, entry_id=entry["id"], record_kind=kind, record_id=record_id)
