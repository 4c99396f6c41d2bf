"""Taking in what people say, looking into it, answering, and passing thanks on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.cases import queries
from hospice.cases.models import Case, CaseStep
from hospice.cases.rules import (
    ANSWERED_WITHIN,
    MOST_A_DAY,
    CaseKind,
    CaseState,
    Channel,
    days_for,
    owner_objections,
    share_objections,
    step_objections,
    words_of_harm,
)
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.grief_support.rules.kin import KinWay
from hospice.journal import actions as journal

# Around the longest holidays a day may move by this much.
_LOOK_AHEAD = timedelta(days=ANSWERED_WITHIN + 45)


@dataclass(frozen=True)
class Said:
    """What somebody said, how, and whether they want an answer."""

    kind: CaseKind
    words: str
    channel: Channel
    kin_id: int | None = None
    said_by: str = ""
    answer_way: KinWay | None = None


def receive(said: Said, *, by: User | None, now: datetime, today: date) -> Case:
    """Write down what somebody said, in their own words, with the days it has. Raise Refused.

    `by` None means they wrote it themselves. Words that may speak of harm make it urgent, whatever
    its kind: a thank-you can hold one.
    """
    if not said.words.strip():
        raise Refused([Objection("no_words", field="words")])
    if by is None and said.kin_id:  # their person is locked: of two taps the second finds the first
        same = queries.said_just_now(said.kin_id, said.kind, said.words.strip(), now)
        if same is not None:
            return same
        if queries.said_today(said.kin_id, now) >= MOST_A_DAY:
            raise Refused([Objection("enough_today")])
    free = queries.free_days(today, today + _LOOK_AHEAD)
    acknowledge_by, answer_by = days_for(today, free.__contains__)
    made = Case(
        kind=said.kind,
        words=said.words.strip(),
        channel=said.channel,
        kin_id=said.kin_id,
        said_by=said.said_by.strip(),
        answer_way=said.answer_way,
        owner_id=by.id if by else None,
        state=CaseState.RECEIVED,
        is_urgent=bool(words_of_harm(said.words)),
        received_at=now,
        received_by_id=by.id if by else None,
        acknowledge_by=acknowledge_by,
        answer_by=answer_by,
    )
    db.session.add(made)
    db.session.flush()
    _keep_step(made, "", by=by, now=now)
    # Neither who said it nor what it is: whom it is about may read the journal.
    journal.record("case.received" if by else "case.came", about=_about(made), by=by, now=now)
    return made


def read(found: Case, *, looks_into: bool, by: User, now: datetime) -> None:
    """Say that a person has read words that may speak of harm, and whether to look into them."""
    _check_not_about(found, by)
    if found.read_at is None:
        found.read_at, found.read_by_id = now, by.id
        found.looks_into = found.looks_into or looks_into
        if found.owner_id is None and looks_into:
            found.owner_id = by.id
        _flush()
        journal.record("case.read", about=_about(found), by=by, now=now)


def look_into(found: Case, *, by: User, now: datetime) -> None:
    """Say that there is something to look into in a thank-you: it goes the way of a concern."""
    _check_not_about(found, by)
    if not found.looks_into:
        found.looks_into = True
        _flush()
        journal.record("case.looks_into", about=_about(found), by=by, now=now)


def change(
    found: Case,
    *,
    owner_id: int | None,
    about_user_id: int | None,
    about_volunteer_id: int | None,
    seen_version: int,
    by: User,
    now: datetime,
) -> None:
    """Say whom it is about and who looks after it; `about_volunteer` is loaded. Raise Refused.

    Nobody looks after what is about them, and an owner whom it turns out to be about loses it.
    """
    _check_not_about(found, by)
    if found.version != seen_version:
        raise Refused([Objection("stale")])
    volunteer = queries.volunteer(about_volunteer_id) if about_volunteer_id else None
    if about_volunteer_id and volunteer is None:
        raise Refused([Objection("volunteer", field="about_volunteer_id")])
    subjects = frozenset(
        one for one in (about_user_id, volunteer.user_id if volunteer else None) if one is not None
    )
    objections = owner_objections(owner_id, subjects)
    if objections:
        raise Refused(objections)
    new = {
        "owner_id": owner_id,
        "about_user_id": about_user_id,
        "about_volunteer_id": about_volunteer_id,
    }
    if not journal.changes(found, new):
        return
    if about_volunteer_id != found.about_volunteer_id:  # what one may read is not another's
        found.shared_at, found.shared_words = None, ""
    for name, value in new.items():
        setattr(found, name, value)
    found.about_volunteer = volunteer
    _flush()
    # Whom it is about stands on its page alone: they may read the journal.
    journal.record("case.given", about=_about(found), by=by, now=now)


def take(found: Case, *, by: User, now: datetime) -> None:
    """Look after a case oneself; `about_volunteer` is loaded. Raise Refused."""
    _check_not_about(found, by)
    if found.owner_id is not None:
        return
    found.owner_id = by.id
    _flush()
    journal.record("case.given", about=_about(found), by=by, now=now)


def step(found: Case, wanted: CaseState, words: str, *, by: User, now: datetime) -> None:
    """Take a case a step further, with its words; `about_volunteer` is loaded. Raise Refused.

    Only a person does it, and never one whom it is about.
    """
    _check_not_about(found, by)
    if found.state is wanted and queries.is_said_already(found.id, wanted, words.strip()):
        return  # sent twice; other words of somebody else's are refused, not lost
    objections = step_objections(queries.facts_of(found), wanted, words=words)
    if objections:
        raise Refused(objections)
    found.state = wanted
    if found.owner_id is None:
        found.owner_id = by.id
    if wanted is CaseState.ANSWERED:
        found.answered_at = now
    found.closed_at = now if wanted is CaseState.CLOSED else None
    if wanted is CaseState.CLOSED:
        found.lesson = words.strip()
    _flush()
    _keep_step(found, words.strip(), by=by, now=now)
    journal.record("case.became", about=_about(found), by=by, now=now, state=wanted)


def share(found: Case, words: str, *, seen_version: int, by: User, now: datetime) -> None:
    """Pass a thank-you on to the volunteer it is about, in these words. Raise Refused.

    Also when somebody else named another volunteer since: what is for one is not for the other.
    """
    _check_not_about(found, by)
    if found.version != seen_version:
        raise Refused([Objection("stale")])
    objections = share_objections(
        queries.facts_of(found), has_volunteer=found.about_volunteer_id is not None, words=words
    )
    if objections:
        raise Refused(objections)
    found.shared_at, found.shared_words = now, words.strip()
    _flush()
    volunteer_id = found.about_volunteer_id or 0
    about = [*_about(found), ("volunteer", volunteer_id)]
    journal.record("case.shared", about=about, by=by, now=now)


def _check_not_about(found: Case, by: User) -> None:
    """Refuse whoever it is about, should they get this far: to them it is not there."""
    if by.id in queries.subjects_of(found):
        raise Missing


def _keep_step(found: Case, words: str, *, by: User | None, now: datetime) -> None:
    db.session.add(
        CaseStep(
            case_id=found.id, state=found.state, words=words, at=now, by_id=by.id if by else None
        )
    )
    db.session.flush()


def _about(found: Case) -> list[tuple[str, int]]:
    return [("case", found.id)]


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error


__all__ = ["Said", "change", "look_into", "read", "receive", "share", "step", "take"]
