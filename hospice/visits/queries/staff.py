"""The notes as the team reads them: the worrying ones first, and those that are missing."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from hospice.accounts.models import User
from hospice.accounts.rules import Permission
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.patients.models import Patient
from hospice.places.models import Place
from hospice.shifts.models import Shift
from hospice.visits.models import VisitNote
from hospice.visits.rules import (
    STANDING,
    WORRY_RANK,
    WORRYING,
    Concern,
    Lateness,
    NoteFilter,
    NoteState,
    Worry,
    lateness,
    worry,
)
from hospice.volunteers.models import Volunteer

PER_PAGE = 30
# Counting a hundred thousand notes to say "page 1 of 4,000" would cost more than the page.
PAGES_AHEAD = 10


@dataclass(frozen=True)
class NoteRow:
    """A note as one line of a list."""

    id: int
    state: NoteState
    local_day: date
    place_name: str
    volunteer_id: int
    volunteer_name: str
    patient_id: int | None
    patient_name: str | None
    bed: str | None
    did: list[str]
    moods: list[str]
    words: str
    concern: Concern | None
    told_whom: str
    sent_at: datetime
    ended_at: datetime
    has_reply: bool

    @property
    def is_late(self) -> bool:
        """Tell whether it came more than a week after the visit."""
        return lateness(self.ended_at, self.sent_at) is Lateness.LATE

    @property
    def worry(self) -> Worry:
        """Return how soon it wants to be read."""
        return worry(self.state, self.concern, self.moods)


@dataclass(frozen=True)
class Counts:
    """How many notes wait, and how many of them worry."""

    unread: int
    urgent: int
    nurse: int
    uneasy: int


def _rank() -> ColumnElement[int]:
    """Return the rank of an unread note's worry, as `rules.worry` says it."""
    moods = cast(VisitNote.moods, String)
    return case(
        (VisitNote.concern == Concern.URGENT, WORRY_RANK[Worry.URGENT]),
        (VisitNote.concern == Concern.NURSE, WORRY_RANK[Worry.NURSE]),
        (
            or_(*(moods.contains(f'"{mood.value}"') for mood in sorted(WORRYING))),
            WORRY_RANK[Worry.UNEASY],
        ),
        else_=WORRY_RANK[Worry.UNREAD],
    )


def _narrowed(asked: Any, by: NoteFilter) -> Any:
    if by.place_id or by.first_day or by.last_day:
        asked = asked.join(Shift, Shift.id == VisitNote.shift_id)
    if by.place_id:
        asked = asked.where(Shift.place_id == by.place_id)
    if by.volunteer_id:
        asked = asked.where(VisitNote.volunteer_id == by.volunteer_id)
    if by.patient_id:
        asked = asked.where(VisitNote.patient_id == by.patient_id)
    if by.first_day:
        asked = asked.where(Shift.local_day >= by.first_day)
    if by.last_day:
        asked = asked.where(Shift.local_day <= by.last_day)
    if by.words:
        key = by.words.casefold()
        asked = (
            asked.join(Volunteer, Volunteer.id == VisitNote.volunteer_id)
            .outerjoin(Patient, Patient.id == VisitNote.patient_id)
            .where(
                or_(
                    VisitNote.words.icontains(by.words, autoescape=True),
                    VisitNote.quote.icontains(by.words, autoescape=True),
                    VisitNote.promise.icontains(by.words, autoescape=True),
                    VisitNote.told_whom.icontains(by.words, autoescape=True),
                    Volunteer.search_key.contains(key, autoescape=True),
                    Patient.search_key.contains(key, autoescape=True),
                )
            )
        )
    return asked


def _ids(by: NoteFilter) -> Any:
    """Return ids of notes with their rank: unread ones by worry, then those read, by time."""
    if by.only_struck:
        return _known(by, NoteState.IN_ERROR)
    unread = _narrowed(
        select(VisitNote.id, _rank().label("rank"), VisitNote.sent_at.label("sent_at")), by
    ).where(VisitNote.state == NoteState.SENT)
    if by.only_unread:
        return unread.subquery()
    return unread.union_all(
        select(_known(by, NoteState.READ)), select(_known(by, NoteState.SIGNED))
    ).subquery()


def _known(by: NoteFilter, state: NoteState) -> Any:
    """Return the latest notes of a state that waits no more, found in the order of its index."""
    return (
        _narrowed(
            select(
                VisitNote.id,
                literal(WORRY_RANK[Worry.NONE]).label("rank"),
                VisitNote.sent_at.label("sent_at"),
            ),
            by,
        )
        .where(VisitNote.state == state)
        .order_by(VisitNote.sent_at.desc())
        .limit(bindparam("most"))
        .subquery()
    )


def notes(by: NoteFilter, *, limit: int = PER_PAGE, offset: int = 0) -> list[NoteRow]:
    """Return one page of the notes: those that worry first, then unread, then by time."""
    values = {"most": offset + limit, "limit": limit, "offset": offset}
    return [NoteRow(**row._mapping) for row in db.session.execute(_page(by), values)]


# The same few narrowings come again and again: building one costs more than running it.
@lru_cache(maxsize=32)
def _page(by: NoteFilter) -> Select[*tuple[Any, ...]]:
    found = _ids(by)
    page = (
        select(found.c.id, found.c.rank, found.c.sent_at)
        .order_by(found.c.rank, found.c.sent_at.desc(), found.c.id.desc())
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery()
    )
    return (
        select(
            VisitNote.id,
            VisitNote.state,
            Shift.local_day,
            Place.name.label("place_name"),
            Volunteer.id.label("volunteer_id"),
            Volunteer.preferred_name.label("volunteer_name"),
            Patient.id.label("patient_id"),
            Patient.preferred_name.label("patient_name"),
            Patient.bed,
            VisitNote.did,
            VisitNote.moods,
            VisitNote.words,
            VisitNote.concern,
            VisitNote.told_whom,
            VisitNote.sent_at,
            Shift.ends_at.label("ended_at"),
            (VisitNote.reply != "").label("has_reply"),
        )
        .join(page, page.c.id == VisitNote.id)
        .join(Shift, Shift.id == VisitNote.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .join(Volunteer, Volunteer.id == VisitNote.volunteer_id)
        .outerjoin(Patient, Patient.id == VisitNote.patient_id)
        .order_by(page.c.rank, page.c.sent_at.desc(), page.c.id.desc())
    )


def notes_ahead(by: NoteFilter, *, offset: int) -> int:
    """Return how many notes there are, counted as far as ten pages ahead."""
    most = offset + PAGES_AHEAD * PER_PAGE
    asked = _narrowed(select(VisitNote.id), by)
    if by.only_struck:
        asked = asked.where(VisitNote.state == NoteState.IN_ERROR)
    elif by.only_unread:
        asked = asked.where(VisitNote.state == NoteState.SENT)
    else:
        asked = asked.where(VisitNote.state.in_(STANDING))
    return db.session.scalar(select(func.count()).select_from(asked.limit(most).subquery())) or 0


def worrying_notes(*, limit: int = 10) -> list[NoteRow]:
    """Return the unread notes in which a nurse needs to know, or someone was uneasy."""
    rows = notes(NoteFilter(only_unread=True), limit=limit)
    return [row for row in rows if row.worry in {Worry.URGENT, Worry.NURSE, Worry.UNEASY}]


def counts() -> Counts:
    """Return how many notes wait to be read; one statement."""
    rank = _rank()
    unread = select(func.count()).where(VisitNote.state == NoteState.SENT)
    row = db.session.execute(
        select(
            unread.scalar_subquery(),
            unread.where(VisitNote.concern == Concern.URGENT).scalar_subquery(),
            unread.where(VisitNote.concern == Concern.NURSE).scalar_subquery(),
            unread.where(rank == WORRY_RANK[Worry.UNEASY]).scalar_subquery(),
        )
    ).one()
    return Counts(*row)


def note_for(user: User, note_id: int, *, locking: bool = False) -> VisitNote:
    """Return a sent note that this person may read, with everything it names; raise Missing."""
    if not user.may(Permission.SEE_NOTES):
        raise Missing
    asked = (
        select(VisitNote)
        .where(VisitNote.id == note_id, VisitNote.state != NoteState.DRAFT)
        .options(
            joinedload(VisitNote.shift).joinedload(Shift.place),
            joinedload(VisitNote.volunteer),
            joinedload(VisitNote.patient),
        )
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(asked.with_for_update(of=VisitNote) if locking else asked)
    if found is None:
        raise Missing
    return found


def names_of(by: NoteFilter) -> tuple[str, str]:
    """Return the names of the volunteer and the patient a list is narrowed to."""
    row = db.session.execute(
        select(
            select(Volunteer.preferred_name)
            .where(Volunteer.id == by.volunteer_id)
            .scalar_subquery(),
            select(Patient.preferred_name).where(Patient.id == by.patient_id).scalar_subquery(),
        )
    ).one()
    return row[0] or "", row[1] or ""
