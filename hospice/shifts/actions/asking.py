"""Asking several volunteers for an open place: the first yes gets it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import placing
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.queries import shifts as queries
from hospice.shifts.rules.states import AnsweredBy, OfferState

# More than five at once would be a circular, not a question.
MOST = 5


def ask(
    shift: Shift,
    volunteer_ids: Sequence[int],
    *,
    by: User,
    now: datetime,
    accepting: str | None = None,
) -> list[Offer]:
    """Ask volunteers whether they can take a place; `shift.place` is loaded.

    Each must pass the same objections as a placing; those of one who does not refuse all, with
    the name in the facts. Asking someone again asks them anew.
    """
    chosen = list(dict.fromkeys(volunteer_ids))
    if not chosen:
        raise Refused([Objection("nobody_chosen")])
    if len(chosen) > MOST:
        raise Refused([Objection("too_many", facts={"most": MOST})])
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    on_it = queries.assignments_on(shift.id)
    before = {one.volunteer_id: one for one in queries.offers_on(shift.id)}
    made: list[Offer] = []
    refused: list[Objection] = []
    names: list[str] = []
    for volunteer_id in chosen:
        who, found = placing.objections(shift, on_it, volunteer_id, now)
        against = [one for one in found if one.hard] or ([] if accepting else found)
        if against:
            refused += [
                Objection(one.kind, one.hard, {**one.facts, "name": who.name}) for one in against
            ]
            continue
        names.append(who.name)
        offer = before.get(volunteer_id) or Offer(
            shift_id=shift.id, volunteer_id=volunteer_id, asked_times=0, accepted=[]
        )
        offer.state = OfferState.OPEN
        offer.asked_at = now
        offer.asked_times += 1
        offer.asked_by_id = by.id
        offer.is_automatic = False
        offer.suggested_by_id = None
        offer.answered_at = None
        offer.accepted = [{"kind": one.kind, "reason": accepting} for one in found]
        db.session.add(offer)
        made.append(offer)
    if refused:
        raise Refused(refused)
    db.session.flush()
    journal.record(
        "shift.asked",
        about=[("shift", shift.id), *(("volunteer", one.volunteer_id) for one in made)],
        by=by,
        now=now,
        names=names,
        **placing.where(shift),
    )
    return made


def answer_offer(
    offer: Offer, *, comes: bool, how: AnsweredBy, now: datetime, by: User | None = None
) -> Assignment | None:
    """Record the answer to a question; the first yes gets the place, confirmed.

    `offer.shift.place` and `.volunteer` are loaded. A later yes raises Refused("taken"), and
    saying the same again changes nothing.
    """
    shift = offer.shift
    if offer.state is OfferState.ACCEPTED and comes:
        return next(
            (o for o in queries.assignments_on(shift.id) if o.volunteer_id == offer.volunteer_id),
            None,
        )
    if offer.state in {OfferState.ACCEPTED, OfferState.WITHDRAWN}:
        raise Refused([Objection("not_asked")])
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    if not comes:
        if offer.state is OfferState.OPEN:
            _settle(offer, OfferState.DECLINED, now)
            journal.record(
                "shift.said_no",
                about=[("shift", shift.id), ("volunteer", offer.volunteer_id)],
                by=by,
                who=None if by else offer.volunteer.preferred_name,
                now=now,
                name=offer.volunteer.preferred_name,
                **placing.where(shift),
            )
        return None
    on_it = queries.assignments_on(shift.id)
    who, found = placing.objections(shift, on_it, offer.volunteer_id, now)
    # What was soft when they were asked was accepted then; only what bars them still counts.
    hard = [one for one in found if one.hard]
    if any(one.kind in {"full", "cancelled_shift"} for one in hard):
        raise Refused([Objection("taken")])
    if hard:
        raise Refused(hard)
    try:
        made = placing.seat_confirmed(
            shift, on_it, who, now=now, by=by, how=how, accepted=list(offer.accepted)
        )
    except Refused as refusal:
        if any(one.kind == "full" for one in refusal.objections):
            raise Refused([Objection("taken")]) from refusal
        raise
    _settle(offer, OfferState.ACCEPTED, now)
    return made


def withdraw(shift_id: int, *, now: datetime) -> None:
    """Take back every open question about a shift."""
    db.session.execute(
        update(Offer)
        .where(Offer.shift_id == shift_id, Offer.state == OfferState.OPEN)
        .values(state=OfferState.WITHDRAWN, answered_at=now)
        .execution_options(synchronize_session=False)
    )


def _settle(offer: Offer, state: OfferState, now: datetime) -> None:
    db.session.execute(
        update(Offer)
        .where(Offer.id == offer.id)
        .values(state=state, answered_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(offer, ["state", "answered_at"])
