"""A story for every kind of message, in which a patient could be named by mistake."""

from datetime import date, timedelta
from typing import Any

from flask import Flask

from hospice.accounts import actions as accounts
from hospice.accounts.models import User
from hospice.accounts.rules import TicketKind
from hospice.attendance.models import Attendance
from hospice.attendance.rules import Came
from hospice.cases.models import Case
from hospice.cases.rules import CaseKind, Channel
from hospice.core.db import db, transaction
from hospice.grief_support.models import Death, FollowUp, RedFlag, SupportPlan
from hospice.grief_support.rules.deaths import ToldHow
from hospice.grief_support.rules.plans import PlanState, Way
from hospice.patients.models import Patient
from hospice.patients.rules import PatientState
from hospice.places.models import Place
from hospice.places.rules import PlaceKind
from hospice.reminders.models import Message
from hospice.reminders.rules import Kind, MessageState
from hospice.shifts.models import (
    Assignment,
    Claim,
    Offer,
    Shift,
    Shortfall,
    Swap,
    SwapAsk,
    WaitingPlace,
)
from hospice.shifts.rules.states import (
    AnsweredBy,
    AssignmentState,
    ClaimState,
    OfferState,
    SwapAskState,
    SwapState,
    ToldKind,
    WaitingState,
)
from hospice.tasks.models import Task
from hospice.volunteers.models import Credential
from hospice.volunteers.rules import CredentialKind
from tests import builders
from tests.grief_support import families
from tests.reminders.servers import change, told

NOW = builders.NOW


def everything(app: Flask) -> dict[Kind, str]:
    """A hospice in which something of every kind is due, full of names that must not go out."""
    ward = builders.place("Ward 1")
    canary = {
        "preferred_name": "Canary-Wang",
        "legal_name": "Canary-Legal",
        "condition": "Canary-illness",
        "likes": "Canary-likes",
        "address": "Canary-street",
        "bed": "Canary-bed",
    }
    patient = builders.patient(at=ward, **canary)
    cora = builders.cora()
    stories = {
        Kind.PUBLISHED: (ToldKind.NEW, AssignmentState.WAITING),
        Kind.CHANGED: (ToldKind.CHANGED, AssignmentState.WAITING),
        Kind.CANCELLED: (ToldKind.CANCELLED, AssignmentState.CANCELLED),
        Kind.CANT_COME: (ToldKind.NEW, AssignmentState.DECLINED),
        Kind.CLAIM_GRANTED: (ToldKind.GRANTED, AssignmentState.CONFIRMED),
    }
    found = {}
    for kind, (told_kind, state) in stories.items():
        shift = builders.shift(
            ward, patient_id=patient.id, briefing="Canary-briefing", cancel_reason="Canary-reason"
        )
        one = told(shift, builders.volunteer(kind), told_kind=told_kind)
        change(one, state=state, reason="Canary-said")
        if kind is Kind.CANT_COME:
            change(one, answered_at=NOW, answered_by=AnsweredBy.LINK)
        if kind is Kind.CHANGED:
            heard_before(one, shift)
        found[kind] = f"assignment:{one.id}"
    for kind, day, state in (
        (Kind.TWO_DAYS, date(2026, 11, 27), AssignmentState.CONFIRMED),
        (Kind.MORNING, date(2026, 11, 25), AssignmentState.CONFIRMED),
        (Kind.NOT_CONFIRMED, date(2026, 11, 28), AssignmentState.WAITING),
    ):
        shift = builders.shift(ward, day, patient_id=patient.id)
        one = told(shift, builders.volunteer(kind), told_at=NOW - timedelta(days=9))
        change(one, state=state)
        heard_before(one, shift)
        found[kind] = f"assignment:{one.id}"
    for kind, offer_state in ((Kind.ASKED, OfferState.OPEN), (Kind.FILLED, OfferState.FILLED)):
        offer = builders.save(
            Offer(
                shift_id=builders.shift(ward, patient_id=patient.id).id,
                volunteer_id=builders.volunteer(kind).id,
                asked_at=NOW - timedelta(hours=1),
                state=offer_state,
                accepted=[],
            )
        )
        found[kind] = f"offer:{offer.id}"
        if kind is Kind.FILLED:
            a_message(f"asked:{offer.id}:1", Kind.ASKED, f"offer:{offer.id}")
    wish = builders.save(
        Claim(
            shift_id=builders.shift(ward, patient_id=patient.id).id,
            volunteer_id=builders.volunteer(Kind.CLAIM_DECLINED).id,
            state=ClaimState.DECLINED,
            asked_at=NOW - timedelta(hours=2),
            answer_by=NOW,
            answered_at=NOW - timedelta(hours=1),
        )
    )
    found[Kind.CLAIM_DECLINED] = f"claim:{wish.id}"
    found[Kind.NOTE_MISSING] = owing(ward, patient.id)
    found |= alone(patient.id)
    found |= of_the_office(ward, patient.id, cora)
    found |= _handing_over(ward, patient.id)
    key = app.config["SETTINGS"].secret_key
    with transaction():
        for ticket in (TicketKind.INVITATION, TicketKind.RESET):
            made = accounts.issue_ticket(
                ticket, user=cora, now=NOW, secret_key=key, wants_letter=True
            )
            found[Kind(ticket.value)] = f"ticket:{made.id}"
    return found


def alone(patient_id: int) -> dict[Kind, str]:
    """Someone who has not come to a home visit, and someone who has not come out of one."""
    home = builders.place("Home visits", kind=PlaceKind.HOME)
    found = {}
    for kind, began, ended in ((Kind.LONE_ARRIVAL, 20, -60), (Kind.LONE_OUT, 180, 50)):
        starts_at = NOW - timedelta(minutes=began)
        shift = builders.shift(
            home,
            date(2026, 11, 25),
            starts_at=starts_at,
            ends_at=NOW - timedelta(minutes=ended),
            patient_id=patient_id,
        )
        one = told(shift, builders.volunteer(kind))
        found[kind] = f"attendance:{one.id}"
        if kind is Kind.LONE_OUT:
            found[Kind.LONE_ALARM] = found[kind]
            builders.save(
                Attendance(
                    assignment_id=one.id, shift_id=shift.id, came=Came.YES, arrived_at=starts_at
                )
            )
    return found


def of_the_office(ward: Place, patient_id: int, cora: User) -> dict[Kind, str]:
    """A task that is due, papers that run out, a year with us, and a day with a shift in it."""
    task = builders.save(
        Task(
            words="Canary-promise",
            due_on=date(2026, 11, 25),
            is_promise=True,
            patient_id=patient_id,
            owner_id=cora.id,
            made_at=NOW - timedelta(days=3),
        )
    )
    paper = builders.save(
        Credential(
            volunteer_id=builders.volunteer(Kind.PAPER).id,
            kind=CredentialKind.HEALTH,
            note="Canary-note",
            valid_until=date(2026, 12, 24),
            noted_at=NOW - timedelta(days=300),
        )
    )
    link = families.kinship(db.session.get_one(Patient, patient_id), "Canary-Li")
    with transaction():
        plan = SupportPlan(
            kinship_id=link.id,
            death_id=_a_death(patient_id, cora).id,
            died_on=date(2026, 11, 24),
            state=PlanState.ACTIVE,
            owner_id=cora.id,
            date_kinds=[],
            created_at=NOW,
        )
        db.session.add(plan)
        db.session.flush()
        call = FollowUp(
            plan_id=plan.id,
            key="condolence",
            way=Way.CALL,
            opens_on=date(2026, 11, 25),
            due_on=date(2026, 11, 27),
        )
        db.session.add(call)
    return {
        Kind.TASK_DUE: f"task:{task.id}",
        Kind.PAPER: f"credential:{paper.id}",
        Kind.FOLLOW_UP_DUE: f"follow_up:{call.id}",
        Kind.RED_FLAG: f"red_flag:{an_alarm(plan.id)}",
        Kind.CASE_UNREAD: f"case:{_said(is_urgent=True)}",
        Kind.CASE_DUE: f"case:{_said(owner_id=cora.id)}",
    }


def _said(**values: Any) -> int:
    """Something that was said to us, of which the day has come."""
    case = Case(
        kind=CaseKind.CONCERN,
        words="Canary-words",
        channel=Channel.PAGE,
        said_by="Canary-neighbour",
        received_at=NOW - timedelta(hours=1),
        acknowledge_by=date(2026, 11, 25),
        answer_by=date(2026, 12, 20),
        **values,
    )
    builders.save(case)
    return case.id


def an_alarm(plan_id: int) -> int:
    """An alarm about one of the family, which nobody has taken."""
    flag = RedFlag(
        plan_id=plan_id,
        signs=["wants_to_die"],
        words="Canary-words",
        raised_at=NOW - timedelta(minutes=1),
        raised_by="Canary-caller",
    )
    builders.save(flag)
    return flag.id


def _a_death(patient_id: int, by: User) -> Death:
    """A death that stands written down, whatever became of the patient since."""
    death = Death(
        patient_id=patient_id,
        died_on=date(2026, 11, 24),
        told_by="Canary-nurse",
        told_how=ToldHow.PHONE,
        reported_by_id=by.id,
        reported_at=NOW,
        state_before=PatientState.ACTIVE,
    )
    db.session.add(death)
    db.session.flush()
    return death


def owing(ward: Place, patient_id: int) -> str:
    """Someone whose note of this morning has not come."""
    ended_at = NOW - timedelta(minutes=150)
    shift = builders.shift(
        ward,
        date(2026, 11, 25),
        starts_at=ended_at - timedelta(hours=1),
        ends_at=ended_at,
        patient_id=patient_id,
    )
    one = told(shift, builders.volunteer(Kind.NOTE_MISSING))
    change(one, state=AssignmentState.CONFIRMED)
    return f"visit:{one.id}"


def _handing_over(ward: Place, patient_id: int) -> dict[Kind, str]:
    """Places kept and taken back, swaps at every stage, and a shift that is short."""
    found = {}
    for kind, state in (
        (Kind.WAITING_OFFERED, WaitingState.OFFERED),
        (Kind.WAITING_GONE, WaitingState.WITHDRAWN),
    ):
        entry = builders.save(
            WaitingPlace(
                shift_id=builders.shift(ward, patient_id=patient_id).id,
                volunteer_id=builders.volunteer(kind).id,
                state=state,
                joined_at=NOW - timedelta(days=2),
                offered_at=NOW - timedelta(hours=1),
                offered_times=1,
                answer_by=NOW + timedelta(hours=20),
                settled_at=NOW - timedelta(minutes=9) if kind is Kind.WAITING_GONE else None,
            )
        )
        found[kind] = f"waiting_place:{entry.id}"
        if kind is Kind.WAITING_GONE:
            a_message(f"waiting_offered:{entry.id}:1", Kind.WAITING_OFFERED, found[kind])
    for kind, swap_state, said in (
        (Kind.SWAP_ASKED, SwapState.OPEN, SwapAskState.ASKED),
        (Kind.SWAP_PROPOSED, SwapState.OPEN, SwapAskState.PROPOSED),
        (Kind.SWAP_DONE, SwapState.DONE, SwapAskState.TOOK),
        (Kind.SWAP_GONE, SwapState.TAKEN_BACK, SwapAskState.ASKED),
    ):
        taker = builders.volunteer(kind)
        given = told(
            builders.shift(ward, patient_id=patient_id),
            builders.volunteer(),
            told_at=NOW - timedelta(days=20),
        )
        if kind is Kind.SWAP_DONE:
            change(given, state=AssignmentState.SWAPPED)
        back = told(
            builders.shift(ward, date(2026, 12, 6), patient_id=patient_id),
            taker,
            told_at=NOW - timedelta(days=20),
        )
        swap = builders.save(
            Swap(
                assignment_id=given.id,
                state=swap_state,
                is_for_all=True,
                made_at=NOW - timedelta(hours=2),
                settled_at=None if swap_state is SwapState.OPEN else NOW - timedelta(hours=1),
            )
        )
        ask = builders.save(
            SwapAsk(
                swap_id=swap.id,
                volunteer_id=taker.id,
                state=said,
                in_return_id=back.id if said is SwapAskState.PROPOSED else None,
                answered_at=NOW - timedelta(hours=1),
            )
        )
        found[kind] = f"swap_ask:{ask.id}"
        if kind is Kind.SWAP_GONE:
            a_message(f"swap_asked:{ask.id}", Kind.SWAP_ASKED, found[kind])
    short = builders.shift(ward, minimum=2, patient_id=patient_id)
    builders.save(Shortfall(shift_id=short.id, kind="minimum", since=NOW - timedelta(hours=1)))
    found[Kind.SHORT] = f"shift:{short.id}"
    return found


def heard_before(one: Assignment, shift: Shift) -> None:
    """A message that told them of it before."""
    a_message(
        f"told:{one.id}:0",
        Kind.PUBLISHED,
        f"assignment:{one.id}",
        {
            "starts_at": (shift.starts_at - timedelta(hours=1)).isoformat(),
            "ends_at": shift.ends_at.isoformat(),
            "zone": "Asia/Shanghai",
            "place": "Ward 9",
        },
        queued_at=NOW - timedelta(days=8) if one.told_times == 1 else NOW,
    )


def a_message(
    key: str, kind: Kind, about: str, facts: dict[str, Any] | None = None, **values: Any
) -> Message:
    """A message that left long ago."""
    return builders.save(
        Message(
            **{
                "key": key,
                "kind": kind,
                "about": about,
                "recipient": "volunteer:1",
                "name": "Vera",
                "address": "v@example.org",
                "locale": "en",
                "facts": facts or {},
                "state": MessageState.SENT,
                "due_at": NOW - timedelta(days=8),
                "send_before": NOW,
                "queued_at": NOW - timedelta(days=8),
                **values,
            }
        )
    )
