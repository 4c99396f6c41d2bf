"""What the notes of the made-up hospice say beyond the plain, and the tasks that came from them."""

import random
from datetime import date, timedelta
from typing import Any

from hospice.core import clock
from hospice.demo.rows import ZONE, Rows
from hospice.shifts.models import Shift
from hospice.tasks.models import Task
from hospice.visits.models import NoteAddendum, VisitNote
from hospice.visits.rules import Concern, NoteState

# A source of chance of its own: what is added here moves nobody and no id elsewhere.
_SEED = 61122
_SIGNED_AFTER = timedelta(days=21)
_PROMISED_WITHIN = timedelta(days=28)
_COORDINATOR = 2

_QUOTES = (
    ("The light on the river is the same as when I was a boy.", "河上的光，和我小时候一模一样。"),
    ("Tell my daughter I ate the soup.", "告诉我女儿，汤我喝了。"),
    ("I am not afraid of the nights any more.", "夜里我不再害怕了。"),
    ("Nobody has read to me since school.", "上学以后就没有人给我念过书了。"),
)
_COMFORTS = (
    ("Easier after she was turned.", "翻身以后舒服了些。"),
    ("Breathing calmly the whole time.", "呼吸一直很平稳。"),
)
# (what, days, what was done): days after the visit where it was done, else from today.
_PROMISES: tuple[tuple[tuple[str, str], int, tuple[str, str] | None], ...] = (
    (
        ("Bring the small radio and tune it to opera.", "带小收音机来，调到戏曲台。"),
        6,
        ("Anna brought it on Sunday. It stands by the window.", "周日已带来，放在窗边。"),
    ),
    (
        ("Ask the kitchen whether rice porridge is possible in the evening.", "问厨房晚上能不能煮粥。"),
        2,
        ("Yes, from five o’clock. The ward knows.", "可以，五点以后。病区已知道。"),
    ),
    (("Find a large-print copy of the Tang poems.", "找一本大字版的唐诗。"), 3, None),
    (("Write down the song she remembers, for her granddaughter.", "把她记得的歌词写下来，给她外孙女。"), 0, None),
    (("Ring the daughter about the visiting hours.", "给女儿打电话说明探视时间。"), -2, None),
)  # fmt: skip


def add(rows: Rows) -> None:
    """Add comfort, quotes, signatures, additions and promises to the notes there are."""
    chance = random.Random(_SEED)
    ends = {row["id"]: row["ends_at"] for row in rows.of(Shift)}
    notes = rows.of(VisitNote)
    for note in notes:
        _enrich(rows, note, chance)
    recent = [
        note
        for note in notes
        if note["patient_id"] and ends[note["shift_id"]] > rows.now - _PROMISED_WITHIN
    ]
    for (words, days, outcome), note in zip(
        _PROMISES, chance.sample(recent, k=min(len(_PROMISES), len(recent))), strict=False
    ):
        _promise(rows, note, words, days, outcome)
    older = [
        note for note in notes if ends[note["shift_id"]] < rows.now - 2 * _PROMISED_WITHIN
    ]  # the latest are left to whoever tries the app
    if older:
        _add_to(rows, older[-1])
        _strike(rows, older[-2 % len(older)])
    _task(
        rows,
        rows.say("Thank the ward for the new reading lamps.", "感谢病区添置了新的阅读灯。"),
        rows.today + timedelta(days=4),
    )


def _enrich(rows: Rows, note: dict[str, Any], chance: random.Random) -> None:
    worries = note["concern"] is Concern.URGENT
    has_patient = note["patient_id"] is not None
    says_comfort = has_patient and chance.random() < 0.8
    note["comfort"] = (
        (3 if worries else chance.choice([6, 7, 7, 8, 8, 9])) if says_comfort else None
    )
    note["quote"] = (
        rows.say(*chance.choice(_QUOTES)) if has_patient and chance.random() < 0.12 else ""
    )
    comfort_words = has_patient and not worries and chance.random() < 0.1
    note["comfort_words"] = rows.say(*chance.choice(_COMFORTS)) if comfort_words else ""
    is_signed = note["state"] is NoteState.READ and note["sent_at"] < rows.now - _SIGNED_AFTER
    if is_signed:
        note["state"] = NoteState.SIGNED
    note["signed_at"] = note["read_at"] if is_signed else None
    note["signed_by_id"] = _COORDINATOR if is_signed else None
    note.update(
        promise="",
        promise_on=None,
        struck_at=None,
        struck_by_id=None,
        struck_reason="",
        written_by_id=None,
    )


def _promise(
    rows: Rows,
    note: dict[str, Any],
    words: tuple[str, str],
    days: int,
    outcome: tuple[str, str] | None,
) -> None:
    made_on = clock.local(note["arrived_at"], ZONE).date()
    first_day = rows.today if outcome is None else made_on
    due_on = max(first_day + timedelta(days=days), made_on)
    note["promise"], note["promise_on"] = rows.say(*words), due_on
    done_at = min(rows.now - timedelta(hours=20), note["sent_at"] + timedelta(days=days))
    is_done = outcome is not None and done_at > note["sent_at"]
    _task(
        rows,
        note["promise"],
        due_on,
        is_promise=True,
        about_kind="note",
        about_id=note["id"],
        patient_id=note["patient_id"],
        volunteer_id=note["volunteer_id"],
        made_by_id=None,
        made_at=note["sent_at"],
        done_at=done_at if is_done else None,
        done_by_id=_COORDINATOR if is_done else None,
        outcome=rows.say(*outcome) if is_done and outcome else "",
    )


def _task(rows: Rows, words: str, due_on: date, **values: Any) -> None:
    rows.add(
        Task,
        **{
            "words": words,
            "due_on": due_on,
            "is_promise": False,
            "about_kind": "",
            "about_id": None,
            "patient_id": None,
            "volunteer_id": None,
            "owner_id": _COORDINATOR if not values else None,
            "made_by_id": _COORDINATOR,
            "made_at": rows.now - timedelta(days=2),
            "done_at": None,
            "done_by_id": None,
            "outcome": "",
            **values,
        },
    )


def _add_to(rows: Rows, note: dict[str, Any]) -> None:
    rows.add(
        NoteAddendum,
        note_id=note["id"],
        by_id=_COORDINATOR,
        who=rows.say("Qian Wen", "钱雯"),
        is_author=False,
        words=rows.say("The ward says the new mattress came on Tuesday.", "病区说新床垫周二已到。"),
        made_at=note["sent_at"] + timedelta(days=3),
    )


def _strike(rows: Rows, note: dict[str, Any]) -> None:
    note["state"] = NoteState.IN_ERROR
    note["struck_at"] = note["sent_at"] + timedelta(days=1)
    note["struck_by_id"] = _COORDINATOR
    note["struck_reason"] = rows.say(
        "Written about the wrong patient: two people of the same name.",
        "写到了另一位同名的患者名下。",
    )
