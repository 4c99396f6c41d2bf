"""Letters and cards: what is to be written and posted, for whom, and in which words."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import (
    ContactStop,
    Estranged,
    FollowUp,
    KeyDay,
    Kin,
    Kinship,
    KinWish,
    Letter,
    LetterAlso,
    LetterWording,
    SupportPlan,
)
from hospice.grief_support.queries.calls import is_reachable
from hospice.grief_support.queries.kin import is_standing
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.family_pages import PageTopic
from hospice.grief_support.rules.kin import Consent, StopScope
from hospice.grief_support.rules.letters import LetterKind, Reader, VoicemailWish, kind_of
from hospice.grief_support.rules.plans import OPEN_STATES, PRINTED, TO_DO, Way

MOST = 200  # as many as a page lists; the earliest due come first


@dataclass(frozen=True)
class Sheet:
    """A follow-up in writing with its letter, whoever it is for, and what it must respect."""

    follow_up: FollowUp
    letter: Letter | None
    also: tuple[FollowUp, ...]
    readers: tuple[Reader, ...]
    quiet: tuple[KeyDay, ...] = field(default=())

    @property
    def kind(self) -> LetterKind:
        """Return which words it begins with."""
        if self.letter is not None:
            return self.letter.kind
        row = self.follow_up
        return kind_of(row.key, row.way, row.due_on, row.plan.died_on)

    @property
    def patient_names(self) -> tuple[str, ...]:
        """Return the names of the person who died, which no envelope may carry."""
        patient = self.follow_up.plan.kinship.patient
        return tuple(name for name in (patient.legal_name, patient.preferred_name) if name)


def due(today: date) -> list[Sheet]:
    """Return the letters and cards that may be posted now, the earliest due first.

    Whoever does not want to be written to is not among them.
    """
    rows = _rows(and_(FollowUp.opens_on <= today, is_reachable(today), ~_is_also()))
    return _sheets(rows, today)


def sheet_for(user: User, follow_up_id: int, today: date, *, locking: bool = False) -> Sheet:
    """Return a follow-up in writing with its letter; raise Missing for any other."""
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    if locking:
        plan_id = select(FollowUp.plan_id).where(FollowUp.id == follow_up_id).scalar_subquery()
        db.session.execute(
            select(SupportPlan.id).where(SupportPlan.id == plan_id).with_for_update()
        )
    rows = _rows(FollowUp.id == follow_up_id, is_any=True)
    if not rows:
        raise Missing
    return _sheets(rows, today)[0]


def ready(user: User, letter_ids: Collection[int], today: date) -> list[Sheet]:
    """Return those of some letters that may still be printed and posted, the earliest due first."""
    if not user.may(Permission.SEE_GRIEF):
        raise Missing
    wanted = and_(Letter.id.in_(letter_ids), Letter.is_ready, is_reachable(today), ~_is_also())
    return _sheets(_rows(wanted), today)


def lock(sheets: Sequence[Sheet]) -> None:
    """Lock the plans of some letters, so that two who post at once do not both write it down."""
    ids = sorted({row.plan_id for one in sheets for row in (one.follow_up, *one.also)})
    statement = select(SupportPlan.id).where(SupportPlan.id.in_(ids)).order_by(SupportPlan.id)
    db.session.execute(statement.with_for_update())


def letter_for(user: User, letter_id: int) -> Letter:
    """Return a letter; raise Missing."""
    found = db.session.get(Letter, letter_id) if user.may(Permission.SEE_GRIEF) else None
    if found is None:
        raise Missing
    return found


def allowed(follow_up_ids: Collection[int], today: date) -> frozenset[int]:
    """Return those of some follow-ups whose people may be written to today."""
    rows = _rows(and_(FollowUp.id.in_(follow_up_ids), is_reachable(today)))
    return frozenset(row.id for row, _letter in rows)


def household(sheet: Sheet, today: date) -> list[Sheet]:
    """Return the letters of others about the same patient, which could be one with this one."""
    row = sheet.follow_up
    is_same = FollowUp.way.in_({Way.CARD} if row.way is Way.CARD else PRINTED - {Way.CARD})
    rows = _rows(
        and_(
            Kinship.patient_id == row.plan.kinship.patient_id,
            Kinship.kin_id != row.plan.kinship.kin_id,
            Kinship.ended_at.is_(None),
            FollowUp.key == row.key,
            is_same,
            is_reachable(today),
            or_(~_is_also(), FollowUp.id.in_([one.id for one in sheet.also])),
        )
    )
    return _sheets(rows, today)


def written_for(follow_up_id: int) -> Sequence[Letter]:
    """Return the letters that are for a follow-up, its own and one that others share with it."""
    shared = select(LetterAlso.letter_id).where(LetterAlso.follow_up_id == follow_up_id)
    return db.session.scalars(
        select(Letter).where(or_(Letter.follow_up_id == follow_up_id, Letter.id.in_(shared)))
    ).all()


def shared_by(follow_up_id: int) -> Letter | None:
    """Return the letter of somebody else at the address that covers a follow-up."""
    return db.session.scalar(
        select(Letter)
        .join(LetterAlso, LetterAlso.letter_id == Letter.id)
        .where(LetterAlso.follow_up_id == follow_up_id)
    )


def _is_also() -> ColumnElement[bool]:
    return select(LetterAlso.letter_id).where(LetterAlso.follow_up_id == FollowUp.id).exists()


def _rows(
    wanted: ColumnElement[bool], *, is_any: bool = False
) -> Sequence[tuple[FollowUp, Letter | None]]:
    guardian = aliased(Kin)
    statement = (
        select(FollowUp, Letter)
        .join(FollowUp.plan)
        .join(SupportPlan.kinship)
        .join(Kinship.kin)
        .outerjoin(Kin.guardian.of_type(guardian))
        .join(Kinship.patient)
        .outerjoin(Letter, Letter.follow_up_id == FollowUp.id)
        .where(FollowUp.way.in_(PRINTED), wanted)
        .options(
            contains_eager(FollowUp.plan)
            .contains_eager(SupportPlan.kinship)
            .contains_eager(Kinship.kin)
            .contains_eager(Kin.guardian.of_type(guardian)),
            contains_eager(FollowUp.plan)
            .contains_eager(SupportPlan.kinship)
            .contains_eager(Kinship.patient),
            joinedload(Letter.changed_by),
        )
        .order_by(FollowUp.due_on, Kin.sort_key, FollowUp.id)
        .limit(MOST)
        .execution_options(populate_existing=True)
    )
    if not is_any:
        statement = statement.where(FollowUp.state.in_(TO_DO), SupportPlan.state.in_(OPEN_STATES))
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def _sheets(rows: Sequence[tuple[FollowUp, Letter | None]], today: date) -> list[Sheet]:
    """Return letters with what they must respect; seven statements, however many there are."""
    also = _also([letter.id for _row, letter in rows if letter is not None])
    every = [row for row, _letter in rows] + [one for found in also.values() for one in found]
    people = {row.plan.kinship.kin_id for row in every}
    wishes, apart = wishes_of(people), _apart(people)
    kin_of = [row.plan.kinship.kin for row in every]
    guardians = {one.guardian.id for one in kin_of if one.is_minor and one.guardian}
    topics = _topics(people | guardians, today)
    quiet = _quiet_days(people | guardians, today)
    spared = _words_of(guardians)

    def guardian_of(kin: Kin, patient_id: int) -> Reader | None:
        found = kin.guardian if kin.is_minor else None
        if found is None:
            return None
        words = (*spared.get((found.id, patient_id), ()), *topics.get(found.id, ()))
        address = found.post_address
        return Reader(
            found.id, found.name, called=found.called, address=address, words_to_avoid=words
        )

    def reader(row: FollowUp) -> Reader:
        link = row.plan.kinship
        kin = link.kin
        wish = wishes.get(kin.id)
        return Reader(
            kin_id=kin.id,
            name=kin.name,
            called=kin.called,
            address=kin.post_address,
            is_minor=kin.is_minor,
            guardian=guardian_of(kin, link.patient_id),
            relation=link.relation,
            name_for_patient=link.name_for_patient,
            words_to_avoid=(link.words_to_avoid, *topics.get(kin.id, ())),
            shares=wish.shares_letters if wish else Consent.UNASKED,
            estranged_from=frozenset(apart.get(kin.id, ())),
        )

    found = []
    for row, letter in rows:
        others = tuple(also.get(letter.id, ())) if letter else ()
        readers = tuple(reader(one) for one in (row, *others))
        ids = dict.fromkeys(one for who in readers for one in (who.kin_id, who.recipient.kin_id))
        days = tuple(day for one in ids for day in quiet.get(one, ()))
        found.append(Sheet(row, letter, others, readers, days))
    return found


def _words_of(guardian_ids: Collection[int]) -> dict[tuple[int, int], list[str]]:
    """Return the words that guardians do not want to read, by them and the patient."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    if not guardian_ids:
        return found
    rows = db.session.execute(
        select(Kinship.kin_id, Kinship.patient_id, Kinship.words_to_avoid).where(
            Kinship.kin_id.in_(guardian_ids), Kinship.words_to_avoid != ""
        )
    )
    for kin_id, patient_id, words in rows:
        found[kin_id, patient_id].append(words)
    return found


def _also(letter_ids: Sequence[int]) -> dict[int, list[FollowUp]]:
    found: dict[int, list[FollowUp]] = defaultdict(list)
    if not letter_ids:
        return found
    rows = db.session.execute(
        select(LetterAlso.letter_id, FollowUp)
        .join(FollowUp, FollowUp.id == LetterAlso.follow_up_id)
        .where(LetterAlso.letter_id.in_(letter_ids))
        .options(
            joinedload(FollowUp.plan)
            .joinedload(SupportPlan.kinship)
            .joinedload(Kinship.kin)
            .joinedload(Kin.guardian),
            joinedload(FollowUp.plan).joinedload(SupportPlan.kinship).joinedload(Kinship.patient),
        )
        .order_by(FollowUp.id)
    )
    for letter_id, row in rows:
        found[letter_id].append(row)
    return found


def wishes_of(kin_ids: Collection[int]) -> dict[int, KinWish]:
    """Return what people wish of letters and voicemail, in one statement."""
    rows = db.session.scalars(
        select(KinWish).where(KinWish.kin_id.in_(kin_ids)).options(joinedload(KinWish.noted_by))
    )
    return {row.kin_id: row for row in rows}


def voicemail_of(kin_id: int) -> VoicemailWish:
    """Return what somebody lets a machine hear."""
    found = db.session.get(KinWish, kin_id)
    return found.voicemail if found else VoicemailWish.UNASKED


def _apart(kin_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = db.session.execute(
        select(Estranged.first_id, Estranged.second_id).where(
            or_(Estranged.first_id.in_(kin_ids), Estranged.second_id.in_(kin_ids))
        )
    )
    for first, second in rows:
        found[first].append(second)
        found[second].append(first)
    return found


def _topics(kin_ids: Collection[int], today: date) -> dict[int, list[str]]:
    """Return the subjects that people do not want to read about."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(ContactStop.kin_id, ContactStop.topic).where(
            ContactStop.kin_id.in_(kin_ids),
            ContactStop.scope == StopScope.TOPIC,
            ContactStop.topic != PageTopic.DAYS.value,  # it is about days, not about words
            *is_standing(today),
        )
    )
    for kin_id, topic in rows:
        found[kin_id].append(topic)
    return found


def _quiet_days(kin_ids: Collection[int], today: date) -> dict[int, list[KeyDay]]:
    """Return the days ahead that people keep quiet, whichever loss they are of."""
    found: dict[int, list[KeyDay]] = defaultdict(list)
    rows = db.session.execute(
        select(Kinship.kin_id, KeyDay)
        .join(SupportPlan, SupportPlan.id == KeyDay.plan_id)
        .join(Kinship, Kinship.id == SupportPlan.kinship_id)
        .where(
            Kinship.kin_id.in_(kin_ids),
            KeyDay.day.between(today, date.fromordinal(today.toordinal() + 7)),
            KeyDay.stance != Stance.REACH_OUT,
        )
        .order_by(KeyDay.day, KeyDay.id)
    )
    for kin_id, day in rows:
        found[kin_id].append(day)
    return found


# --- words ----------------------------------------------------------------------------------------


def wordings() -> Sequence[LetterWording]:
    """Return all words that a hospice has of its own."""
    return db.session.scalars(select(LetterWording).where(LetterWording.text != "")).all()


def wording(kind: LetterKind, language: str) -> LetterWording | None:
    """Return the own words for a kind as they are kept now, also where they were taken back."""
    return db.session.scalar(
        select(LetterWording)
        .where(LetterWording.kind == kind, LetterWording.language == language)
        .execution_options(populate_existing=True)
    )


__all__ = [
    "MOST",
    "Sheet",
    "allowed",
    "due",
    "household",
    "letter_for",
    "lock",
    "ready",
    "shared_by",
    "sheet_for",
    "voicemail_of",
    "wishes_of",
    "wording",
    "wordings",
]
