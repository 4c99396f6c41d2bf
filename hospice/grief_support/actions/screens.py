"""Keeping instruments, and writing down screens; a screen suggests a tier and changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Missing, Objection, Refused
from hospice.grief_support.models import Instrument, Screen, SupportPlan
from hospice.grief_support.queries import screens as queries
from hospice.grief_support.rules.plans import Span
from hospice.grief_support.rules.screens import (
    Band,
    InstrumentFacts,
    Told,
    band_of,
    instrument_objections,
    may_score,
    screen_objections,
)
from hospice.journal import actions as journal


@dataclass(frozen=True)
class ScreenFacts:
    """What is written down about one screen; without an instrument it is the built-in one."""

    instrument_id: int | None
    screened_on: date | None
    score: int | None
    band: Band | None
    note: str
    scorer_id: int | None
    scorer: str


def record(
    plan: SupportPlan, facts: ScreenFacts, *, by: User, now: datetime, today: date
) -> Screen:
    """Write down a screen; `plan.kinship` is loaded. Raise Refused, Missing.

    Nothing else changes: the tier is a person's to choose. Volunteers never score, whoever sends
    the form.
    """
    if not may_score(by.role):
        raise Missing
    instrument = _usable(facts.instrument_id)
    scorer, found = _scorer(facts)
    scale = instrument.scale if instrument else None
    told = Told(facts.screened_on, facts.score, facts.band, scorer)
    earliest = instrument.earliest if instrument else Span()
    found += screen_objections(
        told, scale=scale, earliest=earliest, died_on=plan.died_on, today=today
    )
    if found or facts.screened_on is None:
        raise Refused(found)
    has_score = scale is not None and facts.score is not None
    band = band_of(scale, facts.score) if has_score else facts.band  # type: ignore[arg-type]
    screen = Screen(
        plan_id=plan.id,
        instrument_id=instrument.id if instrument else None,
        screened_on=facts.screened_on,
        score=facts.score if has_score else None,
        band=band,
        note=facts.note.strip(),
        scorer=scorer,
        scorer_id=facts.scorer_id,
        made_at=now,
        made_by_id=by.id,
        undone_reason="",
    )
    db.session.add(screen)
    db.session.flush()
    changed = {"band": ["", screen.band], "score": [None, screen.score]}
    journal.record("screen.made", about=_about(plan), by=by, now=now, changed=changed)
    return screen


def take_back(plan: SupportPlan, screen: Screen, reason: str, *, by: User, now: datetime) -> None:
    """Say that a screen was written down by mistake; it stays to be read. Raise Refused."""
    if screen.undone_at is not None:
        return
    if not reason.strip():
        raise Refused([Objection("no_reason", field="reason")])
    screen.undone_at, screen.undone_reason = now, reason.strip()
    db.session.flush()
    journal.record("screen.undone", about=_about(plan), by=by, now=now, reason=reason.strip())


def _usable(instrument_id: int | None) -> Instrument | None:
    if instrument_id is None:
        return None
    found = db.session.get(Instrument, instrument_id)
    if found is None or found.retired_at is not None:
        raise Refused([Objection("retired", field="instrument")])
    return found


def _scorer(facts: ScreenFacts) -> tuple[str, list[Objection]]:
    """Return who scored; a volunteer is refused however they are named by id."""
    if facts.scorer_id is None:
        return facts.scorer.strip(), []
    user = db.session.get(User, facts.scorer_id)
    if user is None or not may_score(user.role):
        return "–", [Objection("may_not_score", field="scored_by")]
    return user.name, []


# --- instruments ----------------------------------------------------------------------------------


def keep_instrument(
    one: Instrument | None,
    facts: InstrumentFacts,
    *,
    seen_version: int,
    by: User,
    now: datetime,
) -> Instrument:
    """Write down an instrument, or change it; raise Refused.

    Once somebody was scored by it, how it is scored stays: a new edition is another instrument.
    """
    found = instrument_objections(facts)
    if found:
        raise Refused(found)
    scale = facts.scale
    scoring = {
        "edition": facts.edition.strip(),
        "lowest": scale.lowest,
        "highest": scale.highest,
        "direction": scale.direction,
        "cut_off": scale.cut_off,
        "medium_from": scale.medium_from,
        "earliest_months": facts.earliest.months,
        "earliest_days": facts.earliest.days,
    }
    new = {
        "name": facts.name.strip(),
        "licence": facts.licence.strip(),
        "language": facts.language,
        **scoring,
    }
    if one is None:
        one = Instrument(created_at=now, **new)
        db.session.add(one)
        db.session.flush()
        _noted("hospice.instrument_added", one, by=by, now=now)
        return one
    if one.version != seen_version:
        raise Refused([Objection("stale")])
    if not journal.changes(one, new):
        return one
    if journal.changes(one, scoring) and queries.is_used(one.id):
        raise Refused([Objection("in_use")])
    for name, value in new.items():
        setattr(one, name, value)
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error
    _noted("hospice.instrument_changed", one, by=by, now=now)
    return one


def retire(one: Instrument, *, by: User, now: datetime) -> None:
    """Offer an instrument no more; what was scored by it stays."""
    if one.retired_at is None:
        one.retired_at = now
        _noted("hospice.instrument_retired", one, by=by, now=now)


def use_again(one: Instrument, *, by: User, now: datetime) -> None:
    """Offer an instrument again."""
    if one.retired_at is not None:
        one.retired_at = None
        _noted("hospice.instrument_added", one, by=by, now=now)


def _noted(verb: str, one: Instrument, *, by: User, now: datetime) -> None:
    db.session.flush()
    journal.record(verb, about=[("hospice", 1)], by=by, now=now, name=one.name)


def _about(plan: SupportPlan) -> list[tuple[str, int]]:
    return [("support_plan", plan.id), ("kin", plan.kinship.kin_id)]


__all__ = ["ScreenFacts", "keep_instrument", "record", "retire", "take_back", "use_again"]
