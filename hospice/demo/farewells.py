"""One death of this morning in the made-up hospice, and one of a month ago."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from hospice.core import clock, names
from hospice.demo import families
from hospice.demo.rows import ZONE, Rows
from hospice.grief_support.models import Death, Telling
from hospice.grief_support.rules.deaths import (
    SPARED_AFTER_OWN,
    SPARED_AFTER_PATIENT,
    Basis,
    Pause,
    ToldHow,
)
from hospice.journal.models import Entry, EntryAbout
from hospice.patients.models import Episode, Loss, Patient, Tie
from hospice.patients.rules import Address, Diagnosis, Massage, PatientState, TieKind
from hospice.places.models import Place
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.states import AssignmentState
from hospice.volunteers.models import Volunteer

_CORA, _ADA = 2, 1
_A_MONTH = timedelta(days=31)
# Volunteers whom the two who died knew; nobody who signs in to the demo.
_VISITED_QI, _VISITED_SHENG = (5, 18, 19, 30), (3, 13)
_BEREAVED_VOLUNTEER = 23  # who is on a break
_NEIGHBOUR, _NIECE = 16, 27


def add(rows: Rows, seed: int) -> None:
    """Add families, deaths and those who are told; a chance of its own, so that nothing moves."""
    chance = random.Random(f"{seed}:farewells")
    for one in rows.of(Patient):
        add_episode(rows, one, None)
    families.add(rows, chance)
    qi = add_patient(
        rows, ("Mr Qi", "齐先生"), Address.HIM, 1938, "11", PatientState.DEATH_REPORTED
    )
    sheng = add_patient(rows, ("Mrs Sheng", "盛女士"), Address.HER, 1941, "12", PatientState.DIED)
    families.of_qi(rows, chance, qi["id"])
    families.of_sheng(rows, chance, sheng["id"])
    _reported(rows, qi)
    _confirmed(rows, sheng)
    rows.add(
        Loss,
        volunteer_id=_BEREAVED_VOLUNTEER,
        patient_id=None,
        happened_on=rows.today - timedelta(days=20),
        spared_until=rows.today - timedelta(days=20) + SPARED_AFTER_OWN,
        entered_by_id=_CORA,
        entered_at=rows.now - timedelta(days=18),
        ended_at=None,
    )
    _ties(rows, sheng["id"])


def _ties(rows: Rows, sheng_id: int) -> None:
    """Say whom two volunteers know in their own lives."""
    at_home = next(one["id"] for one in rows.of(Patient) if one["address"])
    for volunteer_id, patient_id, kind, words in (
        (
            _NEIGHBOUR,
            at_home,
            TieKind.NEIGHBOUR,
            rows.say("The same stairs, two floors up.", "同一楼道，楼上两层。"),
        ),
        (_NIECE, sheng_id, TieKind.RELATIVE, rows.say("Her niece.", "是她的侄女。")),
    ):
        rows.add(
            Tie,
            volunteer_id=volunteer_id,
            patient_id=patient_id,
            kind=kind,
            words=words,
            entered_by_id=_CORA,
            entered_at=rows.now - timedelta(days=9),
            ended_at=None,
        )


def add_patient(
    rows: Rows,
    name: tuple[str, str],
    spoken_of: Address,
    born: int,
    bed: str,
    state: PatientState,
) -> dict[str, Any]:
    """Add someone who has died since."""
    called = rows.say(*name)
    return rows.add(
        Patient,
        preferred_name=called,
        legal_name="",
        spoken_of=spoken_of,
        birth_year=born,
        search_key=names.search_key(called, *name),
        sort_key=names.sort_key(called),
        place_id=rows.of(Place)[0]["id"],
        bed=bed,
        address="",
        condition="",
        languages=["mandarin"],
        hearing_and_sight="",
        likes=rows.say("Chess and the morning paper.", "下棋，早上看报。"),
        may_do=rows.say("Sit with them, read, play music.", "陪坐、读书、放音乐。"),
        massage=Massage.ASK_NURSE,
        massage_areas=[],
        avoid="",
        diagnosis=Diagnosis.UNKNOWN,
        state=state,
        state_reason="",
        created_at=rows.now - timedelta(days=95),
        version=1,
    )


def add_episode(rows: Rows, patient: dict[str, Any], ended_on: date | None) -> None:
    """Say since when someone was with us, and until when."""
    rows.add(
        Episode,
        patient_id=patient["id"],
        started_on=clock.local(patient["created_at"], ZONE).date(),
        ended_on=ended_on,
        ended_as=PatientState.DIED if ended_on else None,
        words="",
    )


def _visits(
    rows: Rows, patient_id: int, volunteer_ids: tuple[int, ...], until: datetime
) -> dict[int, tuple[datetime | None, int, date | None]]:
    """Let volunteers have visited someone beside others; return (next, visits, last) of each."""
    shifts = {row["id"]: row for row in rows.of(Shift)}
    ward, since = rows.of(Place)[0]["id"], until - timedelta(days=80)
    found: dict[int, tuple[datetime | None, int, date | None]] = {}
    for one in rows.of(Assignment):
        shift = shifts[one["shift_id"]]
        if one["volunteer_id"] not in volunteer_ids or shift["place_id"] != ward:
            continue
        if one["state"] is not AssignmentState.CONFIRMED or not one["told_at"]:
            continue
        next_at, visits, last = found.get(one["volunteer_id"], (None, 0, None))
        if since < shift["starts_at"] < until and shift["ends_at"] <= rows.now:
            found[one["volunteer_id"]] = (next_at, visits + 1, shift["local_day"])
        elif rows.now < shift["starts_at"] < until and next_at is None:
            found[one["volunteer_id"]] = (shift["starts_at"], visits, last)
        else:
            continue
        rows.add(AssignmentPatient, assignment_id=one["id"], patient_id=patient_id)
    return found


def _death(rows: Rows, patient: dict[str, Any], died: datetime, **values: Any) -> dict[str, Any]:
    there = clock.local(died, ZONE)
    return rows.add(
        Death,
        **{
            "patient_id": patient["id"],
            "died_on": there.date(),
            "died_at": there.time().replace(second=0, microsecond=0),
            "told_by": rows.say("Nurse Hu, Ward 1", "一病区胡护士"),
            "told_how": ToldHow.PHONE,
            "reported_by_id": _CORA,
            "reported_at": died + timedelta(hours=2),
            "state_before": PatientState.ACTIVE,
            "reason_before": "",
            "confirmed_by_id": None,
            "confirmed_at": None,
            "source_name": "",
            "source_role": "",
            "undone_by_id": None,
            "undone_at": None,
            "undone_reason": "",
            "version": 1,
            **values,
        },
    )


def add_confirmed_death(rows: Rows, patient: dict[str, Any], died: datetime) -> dict[str, Any]:
    """Add a death that a second person confirmed the same day."""
    return _death(
        rows,
        patient,
        died,
        confirmed_by_id=_ADA,
        confirmed_at=died + timedelta(hours=6),
        source_name=rows.say("Doctor Jiang", "蒋医生"),
        source_role=rows.say("doctor on duty, Ward 1", "一病区值班医生"),
    )


def _reported(rows: Rows, patient: dict[str, Any]) -> None:
    """Let Mr Qi have died this morning: half of those who knew him have heard it."""
    add_episode(rows, patient, None)
    died = rows.now - timedelta(hours=5)
    death = _death(rows, patient, died)
    known = _visits(rows, patient["id"], _VISITED_QI, rows.now + timedelta(days=15))
    _journal(rows, death, "death.reported", _CORA, death["reported_at"], to_tell=len(known))
    order = sorted(known, key=lambda one: (known[one][0] is None, known[one][0] or rows.now, one))
    for number, volunteer_id in enumerate(order):
        _telling(rows, death, volunteer_id, known[volunteer_id], is_told=number % 2 == 1)
        _loss(rows, patient, volunteer_id, death["died_on"], death["reported_at"])


def _confirmed(rows: Rows, patient: dict[str, Any]) -> None:
    """Let Mrs Sheng have died a month ago; everyone has heard it, and it is confirmed."""
    died = rows.now - _A_MONTH
    death = add_confirmed_death(rows, patient, died)
    add_episode(rows, patient, death["died_on"])
    known = _visits(rows, patient["id"], _VISITED_SHENG, died)
    _journal(rows, death, "death.reported", _CORA, death["reported_at"], to_tell=len(known))
    for volunteer_id in sorted(known):
        _telling(rows, death, volunteer_id, (None, *known[volunteer_id][1:]), is_told=True)
        _loss(rows, patient, volunteer_id, death["died_on"], death["reported_at"])
    _journal(
        rows,
        death,
        "death.confirmed",
        _ADA,
        death["confirmed_at"],
        source=death["source_name"],
        role=death["source_role"],
    )


def _telling(
    rows: Rows,
    death: dict[str, Any],
    volunteer_id: int,
    known: tuple[datetime | None, int, date | None],
    *,
    is_told: bool,
) -> None:
    next_at, visits, last = known
    at = death["reported_at"] + timedelta(minutes=40)
    who = rows.say("Qian Wen", "钱雯")
    rows.add(
        Telling,
        death_id=death["id"],
        volunteer_id=volunteer_id,
        basis=Basis.COMING if next_at else Basis.KNEW,
        next_at=next_at,
        visits=visits,
        last_visit_on=last,
        told_at=at if is_told else None,
        told_by_id=_CORA if is_told else None,
        told_by=who if is_told else "",
        took_it=rows.say(
            "Quiet at first. Glad to have been there on Sunday, and thanked us for calling.",
            "先是沉默。说周日能在他身边很安慰，谢谢我们打来电话。",
        )
        if is_told
        else "",
        pause=Pause.NO if is_told else Pause.UNASKED,
    )
    if is_told:
        name = next(v for v in rows.of(Volunteer) if v["id"] == volunteer_id)["preferred_name"]
        about = [("volunteer", volunteer_id)]
        _journal(rows, death, "death.told", _CORA, at, about=about, name=name, told_by=who)


def _loss(
    rows: Rows, patient: dict[str, Any], volunteer_id: int, day: date, entered_at: datetime
) -> None:
    rows.add(
        Loss,
        volunteer_id=volunteer_id,
        patient_id=patient["id"],
        happened_on=day,
        spared_until=day + SPARED_AFTER_PATIENT,
        entered_by_id=_CORA,
        entered_at=entered_at,
        ended_at=None,
    )


def _journal(
    rows: Rows,
    death: dict[str, Any],
    verb: str,
    user_id: int,
    at: datetime,
    *,
    about: list[tuple[str, int]] | None = None,
    **facts: Any,
) -> None:
    patients = {one["id"]: one["preferred_name"] for one in rows.of(Patient)}
    if verb != "death.told":
        facts |= {"name": patients[death["patient_id"]]}
    if verb == "death.reported":
        facts |= {"told_by": death["told_by"], "died_on": death["died_on"].isoformat(), "paused": 0}
    who = rows.say("Qian Wen", "钱雯") if user_id == _CORA else rows.say("Shen Qing", "沈青")
    entry = rows.add(Entry, happened_at=at, user_id=user_id, who=who, verb=verb, facts=facts)
    for kind, record_id in [
        ("death", death["id"]),
        *(about or [("patient", death["patient_id"])]),
    ]:
        rows.add(EntryAbout, entry_id=entry["id"], record_kind=kind, record_id=record_id)
