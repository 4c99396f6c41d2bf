"""Adding and changing the people who love a patient, and respecting whoever wants no contact."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, or_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.core import clock, names
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.models import ContactStop, Estranged, Kin, Kinship, WayOf
from hospice.grief_support.queries import kin as queries
from hospice.grief_support.rules.kin import (
    Consent,
    Family,
    KinFacts,
    StopFacts,
    family_objections,
    stop_objections,
)
from hospice.journal import actions as journal


def add(
    patient_id: int,
    family: Family,
    *,
    known: Kin | None = None,
    seen_version: int | None = None,
    by: User | None,
    now: datetime,
) -> Kinship:
    """Add someone to a patient's family; `known` is the person when we know them already.

    Raise Refused, also when someone else saved that person since `seen_version`.
    """
    if known is not None and seen_version not in {None, known.version}:
        raise Refused([Objection("stale")])
    others = [one.id for one in queries.others_of(patient_id)]
    kept = known.guardian_id if known else None
    _check(family, others, known.id if known else None, kept_guardian=kept)
    person = known or Kin(created_at=now)
    columns = _columns(family.person)
    changed = journal.changes(person, _plain(family.person)) if known else {}
    for name, value in columns.items():
        setattr(person, name, value)
    if known is None:
        db.session.add(person)
    _flush()
    made = queries.ended_link(patient_id, person.id)
    if made is None:
        made = Kinship(patient_id=patient_id, kin_id=person.id, created_at=now)
        db.session.add(made)
    made.ended_at, made.ended_by_id, made.ended_reason = None, None, ""
    for name, value in asdict(family.kinship).items():
        setattr(made, name, value)
    try:
        db.session.flush()
    except IntegrityError as error:  # added meanwhile
        raise Refused([Objection("known_here")]) from error
    ways = _keep_ways(person.id, family, by=by, now=now)
    apart = _keep_estranged(person.id, family, others)
    if known is not None and (ways or apart):
        _make_new(person)
    journal.record(
        "kin.added",
        about=[("kin", person.id), ("patient", patient_id)],
        by=by,
        now=now,
        name=person.name,
        relation=family.kinship.relation,
        changed={**changed, **(ways if known else {}), **(apart if known else {})},
    )
    return made


def change(
    kinship: Kinship, family: Family, *, seen_version: int, by: User | None, now: datetime
) -> None:
    """Change a person and what they are to a patient; `kinship.kin` is loaded. Raise Refused."""
    person = kinship.kin
    if person.version != seen_version:
        raise Refused([Objection("stale")])
    others = [one.id for one in queries.others_of(kinship.patient_id, but=person.id)]
    _check(family, others, person.id, kept_guardian=person.guardian_id)
    link = asdict(family.kinship)
    changed = {
        **journal.changes(person, _plain(family.person)),
        **journal.changes(kinship, link),
    }
    for name, value in _columns(family.person).items():
        setattr(person, name, value)
    for name, value in link.items():
        setattr(kinship, name, value)
    _flush()
    changed |= _keep_ways(person.id, family, by=by, now=now)
    changed |= _keep_estranged(person.id, family, others)
    if not changed:
        return
    _make_new(person)
    if "guardian_id" in changed:
        changed["guardian"] = [_name(one) for one in changed.pop("guardian_id")]
    journal.record(
        "kin.changed",
        about=[("kin", person.id), ("patient", kinship.patient_id)],
        by=by,
        now=now,
        changed=changed,
    )


def stop(
    kinship: Kinship, facts: StopFacts, *, by: User, now: datetime, today: date
) -> ContactStop:
    """Write down what someone does not want; it holds from this moment. Raise Refused."""
    found = stop_objections(facts, today)
    if found:
        raise Refused(found)
    made = ContactStop(kin_id=kinship.kin_id, set_by_id=by.id, set_at=now, **_stop_columns(facts))
    db.session.add(made)
    db.session.flush()
    journal.record(
        "kin.stopped",
        about=[("kin", kinship.kin_id), ("patient", kinship.patient_id)],
        by=by,
        now=now,
        **_stop_columns(facts),
    )
    return made


def lift(found: ContactStop, *, patient_id: int, by: User, now: datetime) -> None:
    """Write down that someone may be reached again; twice changes nothing."""
    if found.lifted_at is not None:
        return
    found.lifted_at, found.lifted_by_id = now, by.id
    db.session.flush()
    journal.record(
        "kin.lifted",
        about=[("kin", found.kin_id), ("patient", patient_id)],
        by=by,
        now=now,
        scope=found.scope,
        way=found.way,
        topic=found.topic,
    )


def _check(
    family: Family, others: list[int], own_id: int | None, kept_guardian: int | None = None
) -> None:
    # A guardian of another family stays: a child may have lost two.
    known = {*others, *([kept_guardian] if kept_guardian else [])}
    found = family_objections(family, others=known, own_id=own_id, zones=clock.zones())
    if found:
        raise Refused(found)


def _plain(facts: KinFacts) -> dict[str, Any]:
    return {
        **asdict(facts),
        "languages": list(facts.languages),
        "reach_days": sorted(facts.reach_days),
    }


def _columns(facts: KinFacts) -> dict[str, Any]:
    return {
        **_plain(facts),
        "search_text": names.search_key(facts.name, facts.called, phone=facts.phone),
        "sort_key": names.sort_key(facts.name),
    }


def _stop_columns(facts: StopFacts) -> dict[str, Any]:
    return asdict(facts)


def _keep_ways(
    kin_id: int, family: Family, *, by: User | None, now: datetime
) -> dict[str, list[object]]:
    """Write down the ways; who noted a consent, and when, changes only with the consent."""
    kept = {one.way: one for one in queries.ways_of(kin_id)}
    before = [[one.way.value, one.consent.value] for one in kept.values()]
    for way, wish in family.ways.items():
        row = kept.get(way)
        if row is None:
            row = WayOf(kin_id=kin_id, way=way, rank=wish.rank, consent=Consent.UNASKED)
            db.session.add(row)
        if row.consent is not wish.consent:
            row.consent, row.noted_at = wish.consent, now
            row.noted_by_id = by.id if by else None
        row.rank = wish.rank
    db.session.flush()
    ranked = sorted(family.ways, key=lambda way: family.ways[way].rank)
    after = [[way.value, family.ways[way].consent.value] for way in ranked]
    return {"ways": [before, after]} if after and before != after else {}


def _keep_estranged(kin_id: int, family: Family, others: list[int]) -> dict[str, list[object]]:
    before = {one.id: one.name for one in queries.estranged_from(kin_id) if one.id in others}
    if set(before) == set(family.estranged_from):
        return {}
    db.session.execute(
        delete(Estranged).where(
            or_(
                and_(Estranged.first_id == kin_id, Estranged.second_id.in_(others)),
                and_(Estranged.second_id == kin_id, Estranged.first_id.in_(others)),
            )
        )
    )
    for other in family.estranged_from:
        first, second = sorted((kin_id, other))
        db.session.add(Estranged(first_id=first, second_id=second))
    db.session.flush()
    after = [one.name for one in queries.estranged_from(kin_id) if one.id in others]
    return {"estranged": [sorted(before.values()), after]}


def _make_new(person: Kin) -> None:
    """Count what stands in other tables as a change of the person.

    A "no" to calls must not be lost because someone else corrects an address in a form from before.
    """
    flag_modified(person, "name")
    _flush()


def _name(kin_id: object) -> str | None:
    found = db.session.get(Kin, kin_id) if kin_id else None
    return found.name if found else None


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error


__all__ = ["add", "change", "lift", "stop"]
