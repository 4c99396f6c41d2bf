"""Asking people to a gathering, one by one in the way each prefers, and what they said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.gatherings.actions.gatherings import about
from hospice.gatherings.models import Gathering, Guest
from hospice.gatherings.queries import gatherings as queries
from hospice.gatherings.queries import mourners
from hospice.gatherings.queries.mourners import Candidate
from hospice.gatherings.rules import Answer, answer_objections, asked_by
from hospice.grief_support.actions import calls, letters
from hospice.grief_support.models import FollowUp
from hospice.grief_support.rules.plans import (
    OPEN_STATES,
    TO_DO,
    FollowUpState,
    Outcome,
    Way,
)
from hospice.journal import actions as journal


@dataclass(frozen=True)
class Told:
    """What an invitation says: to whoever calls or writes, and in a letter, by language."""

    purpose: str
    occasion: Mapping[str, str]


def invite(
    gathering: Gathering,
    kin_ids: Collection[int],
    *,
    quiet_note: str,
    told: Told,
    by: User,
    now: datetime,
    today: date,
) -> int:
    """Ask bereaved people: each invitation is a follow-up of their own plan; raise Refused.

    Whoever must not be asked is refused, however they came
    onto the form; on a day that a family keeps quiet there has to be a note. Return how many.
    """
    _refuse_if_over(gathering, now)
    found = mourners.among(kin_ids, gathering, today)
    if set(found) != set(kin_ids) or not found:
        raise Refused([Objection("nobody" if not kin_ids else "unknown")])
    refused = [one for one in found.values() if one.reasons]
    if refused:
        raise Refused([Objection("left_out", facts={"name": refused[0].kin.name})])
    quiet = [one for one in found.values() if one.quiet is not None]
    if quiet and not quiet_note.strip():
        raise Refused([Objection("quiet", facts={"name": quiet[0].kin.name}, field="quiet_note")])
    known = {one.kin_id: one for one in queries.known_guests(gathering.id) if one.kin_id}
    made = 0
    for one in found.values():
        guest = known.get(one.kin.id)
        if guest is not None and guest.withdrawn_at is None:
            continue
        if guest is None:
            guest = Guest(gathering_id=gathering.id, kin_id=one.kin.id, words="", others=0)
            db.session.add(guest)
        guest.invited_at, guest.invited_by_id = now, by.id
        guest.withdrawn_at, guest.answer, guest.others = None, Answer.NONE, 0
        guest.quiet_note = quiet_note.strip() if one.quiet is not None else ""
        guest.follow_up_id = _invitation(one, gathering, told, today).id
        made += 1
    db.session.flush()
    if made:
        journal.record(
            "gathering.invited",
            about=[*about(gathering), *(("kin", one.kin.id) for one in found.values())],
            by=by,
            now=now,
            count=made,
        )
    return made


def _invitation(one: Candidate, gathering: Gathering, told: Told, today: date) -> FollowUp:
    """Return the follow-up that asks somebody: the one their plan holds, or one of its own.

    Whoever was asked by a person has it moved by people only: no change of the plan drops it.
    """
    if one.plan is None or one.way is None:
        raise Refused([Objection("left_out", facts={"name": one.kin.name})])
    plan = queries.plan_of(one.plan.id)
    row = queries.invitation_of(plan.id)
    is_theirs = (
        row is not None
        and row.state is FollowUpState.PLANNED
        and not row.tries
        and not row.is_moved
        and row.opens_on <= gathering.local_day
    )
    if row is None or not is_theirs:
        key = f"gathering_{gathering.id}"
        row = queries.invitation_of(plan.id, key)
        if row is None:
            row = FollowUp(plan_id=plan.id, key=key, tries=0, words="")
            db.session.add(row)
    row.way, row.state = one.way, FollowUpState.PLANNED
    row.purpose, row.occasion = told.purpose, dict(told.occasion)
    row.is_moved, row.ended_at, row.ended_by_id, row.words = True, None, None, ""
    row.opens_on, row.due_on = today, asked_by(gathering.local_day, today)
    db.session.flush()
    return row


def tell_anew(gathering: Gathering, told: Told, *, now: datetime) -> None:
    """Let invitations that nobody passed on yet say what holds now.

    A letter that was ready goes back to its writer: it names another time or place.
    """
    for guest in queries.guests_of(gathering.id):
        row = guest.follow_up
        if row is None or row.state not in TO_DO or guest.withdrawn_at is not None:
            continue
        row.purpose = told.purpose  # with its title, which a letter does not say
        if row.occasion != dict(told.occasion):
            row.occasion = dict(told.occasion)
            letters.write_anew(row.id, now=now)
    db.session.flush()


def ask(
    gathering: Gathering,
    *,
    volunteer_ids: Collection[int] = (),
    user_ids: Collection[int] = (),
    by: User,
    now: datetime,
) -> int:
    """Ask volunteers and people of the team; they see it on their own pages. Return how many."""
    _refuse_if_over(gathering, now)
    known = queries.known_guests(gathering.id)
    by_volunteer = {one.volunteer_id: one for one in known if one.volunteer_id}
    by_user = {one.user_id: one for one in known if one.user_id}
    made = 0
    for name, ids, there in (
        ("volunteer_id", volunteer_ids, by_volunteer),
        ("user_id", user_ids, by_user),
    ):
        for one_id in sorted(set(ids)):
            guest = there.get(one_id)
            if guest is not None and guest.withdrawn_at is None:
                continue
            if guest is None:
                guest = Guest(
                    gathering_id=gathering.id, quiet_note="", words="", others=0, **{name: one_id}
                )
                db.session.add(guest)
            guest.invited_at, guest.invited_by_id = now, by.id
            guest.withdrawn_at, guest.answer = None, Answer.NONE
            made += 1
    if not made:
        raise Refused([Objection("nobody")])
    db.session.flush()
    journal.record("gathering.invited", about=about(gathering), by=by, now=now, count=made)
    return made


def answer(
    guest: Guest,
    said: Answer,
    *,
    others: int = 0,
    words: str = "",
    by: User,
    now: datetime,
    today: date,
) -> None:
    """Write down what somebody said; `guest.gathering` and their invitation are loaded.

    Whoever has answered has been reached: their invitation is done.
    """
    found = answer_objections(said, others)
    if guest.gathering.cancelled_at is not None:
        found.append(Objection("over"))
    if found:
        raise Refused(found)
    guest.answer, guest.others, guest.words = said, others, words.strip()
    guest.answered_at = now if said is not Answer.NONE else None
    db.session.flush()
    invitation = guest.follow_up if guest.kin_id is not None else None
    if said is not Answer.NONE and invitation is not None and _is_open(invitation):
        spoken = invitation.way in {Way.CALL, Way.VISIT, Way.MESSAGE}
        outcome = Outcome.TALKED if spoken else Outcome.SENT
        calls.record(invitation, calls.Talk(outcome, words=words), by=by, now=now, today=today)
    journal.record(
        "gathering.answered",
        about=[*about(guest.gathering), *([("kin", guest.kin_id)] if guest.kin_id else [])],
        by=by,
        now=now,
        name=name_of(guest),
        answer=said,
    )


def withdraw(guest: Guest, *, by: User, now: datetime) -> None:
    """Take somebody off the list; an invitation that was not passed on yet is left out."""
    guest.withdrawn_at = now
    invitation = guest.follow_up
    if invitation is not None and invitation.state in TO_DO:
        invitation.state, invitation.words = FollowUpState.SKIPPED, ""
        invitation.ended_at, invitation.ended_by_id = now, by.id
    db.session.flush()
    journal.record(
        "gathering.withdrawn",
        about=[*about(guest.gathering), *([("kin", guest.kin_id)] if guest.kin_id else [])],
        by=by,
        now=now,
        name=name_of(guest),
    )


def name_of(guest: Guest) -> str:
    """Return the name of somebody on the list; whoever it is, is loaded."""
    if guest.kin_id is not None and guest.kin is not None:
        return guest.kin.name
    if guest.volunteer_id is not None and guest.volunteer is not None:
        return guest.volunteer.preferred_name
    return guest.user.name if guest.user_id is not None and guest.user is not None else ""


def _is_open(invitation: FollowUp) -> bool:
    return invitation.state in TO_DO and invitation.plan.state in OPEN_STATES


def _refuse_if_over(gathering: Gathering, now: datetime) -> None:
    if gathering.cancelled_at is not None or gathering.ends_at <= now:
        raise Refused([Objection("over")])


__all__ = ["answer", "ask", "invite", "name_of", "withdraw"]
