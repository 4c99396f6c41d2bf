"""What is due to be said about places kept for the waiting list, and about swaps."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hospice.reminders.queries.saying import ids_about, unsaid
from hospice.reminders.rules import UNDO_WINDOW, Kind, Notice
from hospice.shifts.notices.letters import each, facts_of, notice
from hospice.shifts.queries import handing_over as queries
from hospice.shifts.queries.handing_over import Kept, Turn
from hospice.shifts.rules.mine import COMING
from hospice.shifts.rules.states import ShiftState, SwapAskState, SwapState, WaitingState
from hospice.shifts.rules.swaps import CAN_STILL
from hospice.shifts.rules.telling import Occasion, Person, is_silent, takes_visits
from hospice.volunteers.rules import VolunteerState


def due(now: datetime) -> Iterator[Notice]:
    """Yield what is to be said now and no message says yet."""
    yield from unsaid(each(queries.kept(now), lambda one: _kept(one, now), _entry))
    turns = queries.turns(now)
    told = queries.told([one.ask_id for one in turns if one.state is not SwapState.OPEN])
    yield from unsaid(each(turns, lambda one: _swapped(one, told, now), _ask))


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    found = list(
        each(
            queries.kept_entries(ids_about("waiting_place", wanted)),
            lambda one: _kept(one, now),
            _entry,
        )
    )
    asks = ids_about("swap_ask", wanted)
    turns = queries.turns_of(asks)
    told = queries.told(asks)
    found += each(turns, lambda one: _swapped(one, told, now), _ask)
    return {one.key: one for one in found if (one.about, one.key) in wanted}


def _kept(one: Kept, now: datetime) -> Iterator[Notice]:
    """Yield that a place is kept for someone; and later, if it came so, that it no longer is."""
    about = f"waiting_place:{one.entry_id}"
    turn = f"{one.entry_id}:{one.offered_times}"
    if one.offered_at is None or one.answer_by is None or _is_over(one.person, one.occasion, now):
        return
    if one.state is WaitingState.OFFERED:
        if is_silent(one.person, one.occasion, now) or now < one.offered_at + UNDO_WINDOW:
            return
        if one.answer_by <= now or one.occasion.shift_state is not ShiftState.PLANNED:
            return
        yield notice(
            Kind.WAITING_OFFERED,
            f"waiting_offered:{turn}",
            about,
            one.person,
            one.occasion,
            send_after=one.offered_at + UNDO_WINDOW,
            send_before=one.answer_by,
            facts=facts_of(one.person, one.occasion)
            | {
                "answer_by": one.answer_by.isoformat(),
                "path": f"/me/shifts/{one.occasion.shift_id}/waiting-list",
            },
        )
    elif one.state is WaitingState.WITHDRAWN and one.settled_at is not None:
        # A death is never announced by a machine, not even by a visit that is off.
        is_for_phone = not takes_visits(one.occasion)
        yield notice(
            Kind.WAITING_GONE,
            f"waiting_gone:{turn}",
            about,
            one.person,
            one.occasion,
            send_after=one.settled_at + UNDO_WINDOW,
            facts=facts_of(one.person, one.occasion)
            | ({"phone_only": True} if is_for_phone else {}),
        )


def _swapped(one: Turn, told: set[int], now: datetime) -> Iterator[Notice]:
    """Yield the question, the answer, and to the others that it is settled."""
    if is_silent(one.taker, one.occasion, now):
        return
    if one.occasion.shift_state is not ShiftState.PLANNED:
        return
    if one.state is SwapState.OPEN and one.assignment_state in COMING:
        if one.ask_state is SwapAskState.ASKED:
            yield _to(one.taker, one, Kind.SWAP_ASKED, one.made_at, who=one.giver.name)
        elif one.ask_state is SwapAskState.PROPOSED and one.answered_at and one.other:
            yield _to(
                one.giver,
                one,
                Kind.SWAP_PROPOSED,
                one.answered_at,
                turn=f":{one.in_return_id}",
                who=one.taker.name,
                other=one.other,
            )
    elif one.state is SwapState.DONE and one.ask_state is SwapAskState.TOOK and one.settled_at:
        yield _to(one.giver, one, Kind.SWAP_DONE, one.settled_at, who=one.taker.name)
    elif one.settled_at and one.ask_id in told and one.ask_state in CAN_STILL:
        yield _to(one.taker, one, Kind.SWAP_GONE, one.settled_at)


def _to(
    person: Person, one: Turn, kind: Kind, since: datetime, *, turn: str = "", **facts: object
) -> Notice:
    return notice(
        kind,
        f"{kind}:{one.ask_id}{turn}",
        f"swap_ask:{one.ask_id}",
        person,
        one.occasion,
        send_after=since + UNDO_WINDOW,
        facts=facts_of(person, one.occasion) | {"path": f"/swaps/{one.swap_id}", **facts},
    )


def _is_over(person: Person, occasion: Occasion, now: datetime) -> bool:
    return occasion.starts_at <= now or person.state is VolunteerState.LEFT


def _entry(one: Kept) -> str:
    return f"waiting place {one.entry_id}"


def _ask(one: Turn) -> str:
    return f"swap ask {one.ask_id}"


__all__ = ["due", "still_due_of"]
