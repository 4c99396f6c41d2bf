"""Looking for cover when someone can't come: the right few are asked, and whom they named."""

from collections.abc import Sequence
from datetime import datetime

from hospice.accounts import queries as accounts
from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.journal import actions as journal
from hospice.shifts.actions import placing
from hospice.shifts.models import Assignment, Offer, Shift
from hospice.shifts.queries import cover as queries
from hospice.shifts.queries import shifts as shift_queries
from hospice.shifts.queries.waiting import locked_shifts
from hospice.shifts.rules.cover import how_many
from hospice.shifts.rules.states import AssignmentState, OfferState, ShiftState

# Whoever could not come names a friend or two; more would be a list of their own.
MOST_NAMED = 3


def ask_right_few(shift: Shift, *, now: datetime) -> list[Offer]:
    """Ask a few who could come instead of someone who can't, and nobody twice.

    Those who fit with nothing against them, not already asked, least recently asked first; never
    those who said no to this shift. While their questions stand, nobody else is asked; a no, or
    a day of silence, makes room for the next. `shift.place` is loaded. Doing it twice, or twice
    at once, asks once.
    """
    hospice = accounts.hospice()
    if hospice is None or not hospice.asks_by_itself:
        return []
    # Held until the end: whoever does this at the same time waits, and then sees these questions.
    (shift,) = locked_shifts([shift.id])
    if shift.starts_at <= now or shift.state is not ShiftState.PLANNED:
        return []
    if not _needs_cover(shift, shift_queries.assignments_on(shift.id)):
        return []
    if not queries.takes_visits(shift):
        return []
    offers = {one.volunteer_id: one for one in shift_queries.offers_on(shift.id)}
    standing = [one.asked_at for one in offers.values() if one.state is OfferState.OPEN]
    room = how_many(standing, now)
    if room <= 0:
        return []
    made = []
    for candidate in queries.right_few(shift, now, limit=room):
        offer = offers.get(candidate.volunteer_id) or Offer(
            shift_id=shift.id, volunteer_id=candidate.volunteer_id, asked_times=0
        )
        _open(offer, now)
        offer.is_automatic = True
        db.session.add(offer)
        made.append((offer, candidate.name))
    if not made:
        return []
    db.session.flush()
    journal.record(
        "shift.asked",
        about=[
            ("shift", shift.id),
            *(("volunteer", offer.volunteer_id) for offer, _name in made),
        ],
        by=None,
        now=now,
        names=[name for _offer, name in made],
        **placing.where(shift),
    )
    return [offer for offer, _name in made]


def suggest(one: Assignment, volunteer_id: int, *, by: User | None, now: datetime) -> Offer:
    """Ask the person of whom someone who can't come says that they would; they answer themselves.

    `one.shift.place` and `.volunteer` are loaded. Every objection, hard or soft, refuses: then it
    is the coordinator's to decide.
    """
    shift = one.shift
    if one.state is not AssignmentState.DECLINED or volunteer_id == one.volunteer_id:
        raise Missing
    if shift.starts_at <= now:
        raise Refused([Objection("past")])
    # The volunteer's row before the shift's, as everywhere: nobody waits for each other for ever.
    on_it = shift_queries.assignments_on(shift.id)
    who, found = placing.objections(shift, on_it, volunteer_id, now)
    if found:
        raise Refused(found)
    (shift,) = locked_shifts([shift.id])
    offers = {offer.volunteer_id: offer for offer in shift_queries.offers_on(shift.id)}
    named = [offer for offer in offers.values() if offer.suggested_by_id == one.volunteer_id]
    if len(named) >= MOST_NAMED and volunteer_id not in {offer.volunteer_id for offer in named}:
        raise Refused([Objection("named_enough")])
    offer = offers.get(volunteer_id)
    if offer is not None and offer.state is OfferState.OPEN:
        offer.suggested_by_id = one.volunteer_id  # asked already: once is enough
        db.session.flush()
        return offer
    if offer is None:
        offer = Offer(shift_id=shift.id, volunteer_id=volunteer_id, asked_times=0)
    _open(offer, now)
    offer.suggested_by_id = one.volunteer_id
    db.session.add(offer)
    db.session.flush()
    name = one.volunteer.preferred_name
    journal.record(
        "shift.named",
        about=[("shift", shift.id), ("volunteer", volunteer_id), ("volunteer", one.volunteer_id)],
        by=by,
        who=None if by else name,
        now=now,
        name=name,
        other=who.name,
        **placing.where(shift),
    )
    return offer


def _open(offer: Offer, now: datetime) -> None:
    offer.state = OfferState.OPEN
    offer.asked_at = now
    offer.asked_times += 1
    offer.asked_by_id = None
    offer.is_automatic = False
    offer.suggested_by_id = None
    offer.answered_at = None
    offer.accepted = []


def _needs_cover(shift: Shift, on_it: Sequence[Assignment]) -> bool:
    """Tell whether a place is free that someone was told of and cannot fill."""
    return shift.taken + shift.held < shift.wanted and any(
        one.state is AssignmentState.DECLINED
        and one.told_at is not None
        and one.covered_by_id is None
        for one in on_it
    )


__all__ = ["MOST_NAMED", "ask_right_few", "suggest"]
