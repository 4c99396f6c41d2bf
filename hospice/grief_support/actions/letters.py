"""Writing letters and cards, printing and posting them, and the words they begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import calls
from hospice.grief_support.actions.calls import Talk
from hospice.grief_support.models import Kin, KinWish, Letter, LetterAlso, LetterWording
from hospice.grief_support.queries import letters as queries
from hospice.grief_support.queries.letters import Sheet
from hospice.grief_support.rules.kin import Consent
from hospice.grief_support.rules.letters import (
    LetterKind,
    VoicemailWish,
    arrives_on,
    household_objections,
    recipient_objections,
    text_objections,
    text_problems,
)
from hospice.grief_support.rules.plans import OPEN_STATES, TO_DO, Outcome
from hospice.journal import actions as journal


@dataclass(frozen=True)
class Written:
    """What was typed: the text, its language, for whom else it is, and whether it is ready."""

    text: str
    language: str
    also: frozenset[int] = frozenset()  # follow-ups of others at the address
    is_ready: bool = False


def write(
    sheet: Sheet, written: Written, *, seen_version: int, by: User, now: datetime, today: date
) -> Letter:
    """Keep a letter as a draft, or as ready to print; raise Refused.

    A draft may hold anything; what keeps it from being printed is said when it is to be ready.
    """
    letter = sheet.letter
    if (letter.version if letter else 0) != seen_version:
        raise Refused([Objection("stale")])
    row = sheet.follow_up
    if row.state not in TO_DO or row.plan.state not in OPEN_STATES:
        raise Refused([Objection("settled")])
    if written.also and queries.shared_by(row.id) is not None:
        # two letters, each for the other: then neither would ever be listed
        raise Refused([Objection("shared", facts={"name": sheet.readers[0].name}, field="also")])
    if letter is None:
        letter = Letter(
            follow_up_id=row.id,
            kind=sheet.kind,
            language=written.language,
            text="",
            is_ready=False,
            changed_at=now,
        )
        db.session.add(letter)
    changed = journal.changes(
        letter,
        {"text": written.text, "language": written.language, "is_ready": written.is_ready},
    )
    letter.text, letter.language = written.text, written.language
    letter.is_ready = written.is_ready
    if changed:
        letter.changed_at, letter.changed_by_id, letter.printed_at = now, by.id, None
    _flush()
    _share(letter, sheet, written.also, now, today)
    again = queries.sheet_for(by, row.id, today)
    if written.is_ready or written.also:
        ids = [one.id for one in (again.follow_up, *again.also)]
        allowed = queries.allowed(ids, today)
        found = objections(again, allowed, for_paper=written.is_ready)
        if found:
            raise Refused(found)
    if changed:
        journal.record(
            "letter.written",
            about=_about(again),
            by=by,
            now=now,
            kind=letter.kind,
            is_ready=letter.is_ready,
        )
    return letter


def write_anew(follow_up_id: int, *, now: datetime) -> None:
    """Give a letter that was ready back to its writer: what it is about has changed."""
    for letter in queries.written_for(follow_up_id):
        if letter.is_ready:
            letter.is_ready, letter.changed_at = False, now
    _flush()


def _share(
    letter: Letter, sheet: Sheet, wanted: frozenset[int], now: datetime, today: date
) -> None:
    """Say for whom else at the address a letter is; only those whom the page offers."""
    present = {row.id for row in sheet.also}
    if wanted == present:
        return
    offered = {one.follow_up.id: one for one in queries.household(sheet, today)}
    if any(one not in offered for one in wanted):
        raise Refused([Objection("settled", field="also")])
    for follow_up_id in wanted - present:
        own = offered[follow_up_id].letter
        if own is not None and own.is_ready:
            facts: dict[str, object] = {"name": offered[follow_up_id].readers[0].name}
            raise Refused([Objection("has_own", facts=facts, field="also")])
    letter.changed_at = now  # its version counts this as a change, too
    db.session.execute(delete(LetterAlso).where(LetterAlso.letter_id == letter.id))
    db.session.add_all(LetterAlso(letter_id=letter.id, follow_up_id=one) for one in wanted)
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody put them on another letter at the same moment
        raise Refused([Objection("settled", field="also")]) from error


def objections(sheet: Sheet, allowed: frozenset[int], *, for_paper: bool = True) -> list[Objection]:
    """Return what keeps a letter from being printed; `allowed` are the follow-ups whose people may
    be written to now (`queries.allowed`)."""
    found = []
    if for_paper:
        found += text_objections(sheet.letter.text if sheet.letter else "", sheet.readers)
        found += recipient_objections(sheet.readers, sheet.patient_names)
    found += household_objections(sheet.readers)
    rows = [sheet.follow_up, *sheet.also]
    if any(row.state not in TO_DO or row.plan.state not in OPEN_STATES for row in rows):
        found.append(Objection("settled"))
    elif any(row.id not in allowed for row in rows):
        found.append(Objection("not_wanted"))
    return found


def in_the_way(sheet: Sheet, text: str) -> list[Objection]:
    """Return what would hold a text back that is still being written."""
    return [
        *text_objections(text, sheet.readers),
        *recipient_objections(sheet.readers, sheet.patient_names),
        *household_objections(sheet.readers),
    ]


def all_objections(sheets: Sequence[Sheet], today: date) -> list[list[Objection]]:
    """Return what keeps each of some letters from being printed; one statement for all."""
    ids = [row.id for one in sheets for row in (one.follow_up, *one.also)]
    allowed = queries.allowed(ids, today)
    return [objections(one, allowed) for one in sheets]


def arrives_quiet(sheet: Sheet, today: date) -> bool:
    """Tell whether a letter posted today may arrive on a day that somebody keeps quiet."""
    days = set(arrives_on(today))
    return any(day.day in days for day in sheet.quiet)


def printed(sheets: Sequence[Sheet], *, by: User, now: datetime, today: date) -> None:
    """Write down that letters were printed; raise Refused when one of them is held."""
    _refuse_held(sheets, today)
    for sheet in sheets:
        if sheet.letter is None:
            continue
        sheet.letter.printed_at, sheet.letter.printed_by_id = now, by.id
        journal.record("letter.printed", about=_about(sheet), by=by, now=now)
    _flush()


def post(
    sheets: Sequence[Sheet], *, despite_quiet: bool, by: User, now: datetime, today: date
) -> int:
    """Write down that letters are in the post, for everybody they are for; raise Refused.

    Nothing is posted to arrive on a day that somebody keeps quiet, unless a person says so.
    """
    _refuse_held(sheets, today)
    quiet = [one for one in sheets if arrives_quiet(one, today)]
    if quiet and not despite_quiet:
        names = [one.readers[0].name for one in quiet]
        raise Refused([Objection("quiet", facts={"names": names}, field="despite_quiet")])
    for sheet in sheets:
        for row in (sheet.follow_up, *sheet.also):
            calls.record(row, Talk(Outcome.SENT), by=by, now=now, today=today)
    return len(sheets)


def _refuse_held(sheets: Sequence[Sheet], today: date) -> None:
    if not sheets:
        raise Refused([Objection("none_chosen")])
    for sheet, found in zip(sheets, all_objections(sheets, today), strict=True):
        if found:
            raise Refused(
                [Objection("held", facts={"name": sheet.readers[0].name, "why": found[0]})]
            )


def _about(sheet: Sheet) -> list[tuple[str, int]]:
    found = []
    for row in (sheet.follow_up, *sheet.also):
        link = row.plan.kinship
        found += [("support_plan", row.plan_id), ("kin", link.kin_id)]
    return [*found, ("patient", sheet.follow_up.plan.kinship.patient_id)]


# --- words and wishes -----------------------------------------------------------------------------


def keep_words(
    kind: LetterKind,
    language: str,
    text: str,
    *,
    original: str,
    seen_version: int,
    by: User,
    now: datetime,
) -> None:
    """Keep a hospice's own words for a kind of letter; raise Refused.

    Where they are the original ones nothing of its own is kept, so that a later version of the
    app may say it better.
    """
    row = queries.wording(kind, language)
    if (row.version if row else 0) != seen_version:
        raise Refused([Objection("stale")])
    found = text_problems(kind, text)
    if found:
        raise Refused(found)
    kept = "" if text.strip() == original.strip() else text
    if row is None:
        row = LetterWording(kind=kind, language=language, text="", changed_at=now)
        db.session.add(row)
    changed = row.text != kept
    if changed:
        row.text, row.changed_at, row.changed_by_id = kept, now, by.id
    try:
        _flush()
    except IntegrityError as error:  # someone else wrote the first words at the same moment
        raise Refused([Objection("stale")]) from error
    if changed:
        verb = "letter_words.changed" if kept else "letter_words.taken_back"
        journal.record(verb, about=[("hospice", 1)], by=by, now=now, kind=kind, language=language)


def keep_wishes(
    kin: Kin,
    shares: Consent,
    voicemail: VoicemailWish,
    *,
    seen_version: int,
    by: User,
    now: datetime,
) -> None:
    """Write down whether somebody shares letters, and what a machine may hear; raise Refused."""
    row = queries.wishes_of([kin.id]).get(kin.id)
    if (row.version if row else 0) != seen_version:
        raise Refused([Objection("stale")])
    if row is None:
        row = KinWish(
            kin_id=kin.id,
            shares_letters=Consent.UNASKED,
            voicemail=VoicemailWish.UNASKED,
            noted_at=now,
        )
        db.session.add(row)
    changed = journal.changes(row, {"shares_letters": shares, "voicemail": voicemail})
    if changed:
        row.shares_letters, row.voicemail = shares, voicemail
        row.noted_at, row.noted_by_id = now, by.id
    try:
        _flush()
    except IntegrityError as error:
        raise Refused([Objection("stale")]) from error
    if changed:
        journal.record("kin.wishes", about=[("kin", kin.id)], by=by, now=now, changed=changed)


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error


__all__ = [
    "Written",
    "all_objections",
    "arrives_quiet",
    "in_the_way",
    "keep_wishes",
    "keep_words",
    "objections",
    "post",
    "printed",
    "write",
]
