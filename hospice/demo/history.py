"""Notes, messages and the journal of the made-up hospice's year."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from hospice.demo import words
from hospice.demo.rows import ZONE, Rows
from hospice.journal.models import Entry, EntryAbout
from hospice.places.models import Place
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState, Reason
from hospice.shifts.models import Assignment, AssignmentPatient, Shift
from hospice.shifts.rules.states import AssignmentState
from hospice.shifts.rules.telling import told_key, visit_key
from hospice.visits.models import VisitNote
from hospice.visits.rules import Activity, Concern, Mood, NoteState
from hospice.volunteers.models import Volunteer


def add(rows: Rows) -> None:
    """Add what a year leaves behind."""
    shifts = {row["id"]: row for row in rows.of(Shift)}
    patients = {row["assignment_id"]: row["patient_id"] for row in rows.of(AssignmentPatient)}
    volunteers = {row["id"]: row for row in rows.of(Volunteer)}
    places = {row["id"]: row for row in rows.of(Place)}
    worried = False
    missing = 0
    for one in rows.of(Assignment):
        shift = shifts[one["shift_id"]]
        volunteer = volunteers[one["volunteer_id"]]
        if one["told_at"]:
            _message(rows, one, shift, volunteer, places, Kind.PUBLISHED, one["told_at"])
        if shift["ends_at"] > rows.now:
            if one["state"] is AssignmentState.DECLINED:
                _declined(rows, one, shift, volunteer, places)
            continue
        _message(
            rows,
            one,
            shift,
            volunteer,
            places,
            Kind.TWO_DAYS,
            shift["starts_at"] - timedelta(days=2),
        )
        is_recent = shift["starts_at"] > rows.now - timedelta(days=9)
        if is_recent and missing < 2 and rows.chance.random() < 0.3:
            missing += 1  # a note that is not here yet
            continue
        long_ago = shift["starts_at"] < rows.now - timedelta(days=60)
        if long_ago and rows.chance.random() < 0.15:
            continue
        worries = is_recent and not worried and one["id"] in patients
        worried = worried or worries
        _note(rows, one, shift, patients.get(one["id"]) or shift["patient_id"], worries=worries)


def _note(
    rows: Rows,
    one: dict[str, Any],
    shift: dict[str, Any],
    patient_id: int | None,
    *,
    worries: bool,
) -> None:
    chance = rows.chance
    sent = shift["ends_at"] + timedelta(minutes=chance.randint(5, 300))
    is_read = sent < rows.now - timedelta(days=3) and not worries
    if sent > rows.now:
        sent = rows.now - timedelta(minutes=5)
    moods = [chance.choice([Mood.CALM, Mood.CALM, Mood.TALKATIVE, Mood.SLEEPING]).value]
    if worries:
        moods = [Mood.DISCOMFORT.value]
    did = chance.sample([activity.value for activity in Activity if activity != "other"], k=2)
    text = words.HURTS if worries else chance.choice(words.NOTES)
    rows.add(
        VisitNote,
        uuid=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        assignment_id=one["id"],
        shift_id=shift["id"],
        volunteer_id=one["volunteer_id"],
        patient_id=patient_id,
        state=NoteState.READ if is_read else NoteState.SENT,
        arrived_at=shift["starts_at"],
        left_at=shift["ends_at"],
        did=sorted(did),
        moods=moods,
        words=rows.say(*text),
        concern=Concern.URGENT if worries else Concern.NONE,
        told_whom=rows.say("Nurse Xie", "谢护士") if worries else "",
        told_at=shift["ends_at"] - timedelta(minutes=15) if worries else None,
        saved_at=sent,
        sent_at=sent,
        read_at=sent + timedelta(hours=15) if is_read else None,
        read_by_id=2 if is_read else None,
        reply="",
        replied_at=None,
    )


def _message(
    rows: Rows,
    one: dict[str, Any],
    shift: dict[str, Any],
    volunteer: dict[str, Any],
    places: dict[int, dict[str, Any]],
    kind: Kind,
    at: datetime,
) -> None:
    key = told_key(one["id"], 1)
    if kind is Kind.TWO_DAYS:
        key = visit_key(one["id"], shift["starts_at"], kind)
    has_address = bool(volunteer["email"])
    rows.add(
        Message,
        key=key,
        kind=kind,
        about=f"assignment:{one['id']}",
        recipient=f"volunteer:{volunteer['id']}",
        name=volunteer["preferred_name"],
        address=volunteer["email"],
        locale=volunteer["locale"],
        facts={
            "name": volunteer["preferred_name"],
            "place": " · ".join(
                name
                for name in (
                    places[shift["place_id"]]["name"],
                    places[shift["place_id"]]["second_name"],
                )
                if name
            ),
            "zone": ZONE,
            "starts_at": shift["starts_at"].isoformat(),
            "ends_at": shift["ends_at"].isoformat(),
            "is_answered": kind is not Kind.PUBLISHED,
            "shift_id": shift["id"],
            "volunteer_id": volunteer["id"],
            "phone": volunteer["phone"],
        },
        state=MessageState.SENT if has_address else MessageState.FAILED,
        due_at=at,
        send_before=shift["starts_at"],
        tries=1,
        claimed_by=None,
        claimed_until=None,
        reason="" if has_address else Reason.NO_ADDRESS,
        queued_at=at,
        settled_at=at + timedelta(minutes=1),
    )


def _declined(
    rows: Rows,
    one: dict[str, Any],
    shift: dict[str, Any],
    volunteer: dict[str, Any],
    places: dict[int, dict[str, Any]],
) -> None:
    name = volunteer["preferred_name"]
    entry = rows.add(
        Entry,
        happened_at=one["answered_at"],
        user_id=None,
        who=name,
        verb="shift.declined",
        facts={
            "name": name,
            "place": places[shift["place_id"]]["name"],
            "day": shift["local_day"].isoformat(),
            "shift_id": shift["id"],
            "reason": one["reason"],
            "how": "link",
        },
    )
    for kind, record_id in (("shift", shift["id"]), ("volunteer", volunteer["id"])):
        rows.add(EntryAbout, entry_id=entry["id"], record_kind=kind, record_id=record_id)
