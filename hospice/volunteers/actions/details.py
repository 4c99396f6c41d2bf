"""Adding volunteers, and changing what is written down about them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete

from hospice.accounts.models import User
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.volunteers import queries
from hospice.volunteers.actions.saving import about, index, move_user, save, stale
from hospice.volunteers.models import Availability, Clearance, Volunteer
from hospice.volunteers.rules import (
    Cleared,
    Details,
    Free,
    detail_objections,
    in_order,
    word_objections,
)

Changed = dict[str, list[object]]


def add(
    details: Details,
    *,
    free: Iterable[Free],
    cleared: Iterable[Cleared],
    by: User | None,
    now: datetime,
    is_someone_else: bool = False,
) -> Volunteer:
    """Add a volunteer; raise Refused, softly when someone of that name is there already."""
    _refuse(_objections(details))
    _refuse_namesake(details, but=None, is_someone_else=is_someone_else)
    values = asdict(details)
    values["restricted_notes"] = details.restricted_notes or ""
    made = Volunteer(**_stored(values), created_at=now)
    index(made)
    db.session.add(made)
    db.session.flush()
    for weekday, part in in_order(free):
        db.session.add(Availability(volunteer_id=made.id, weekday=weekday, part=part))
    for one in cleared:
        db.session.add(Clearance(volunteer_id=made.id, **asdict(one)))
    db.session.flush()
    journal.record(
        "volunteer.added", about=about(made.id), by=by, now=now, name=made.preferred_name
    )
    return made


def change(
    volunteer: Volunteer,
    details: Details,
    *,
    free: Collection[Free],
    cleared: Collection[Cleared],
    places_shown: Collection[int],
    seen_version: int,
    by: User,
    now: datetime,
    is_someone_else: bool = False,
) -> Volunteer:
    """Change a volunteer; raise Refused, also when someone else saved first.

    Clearances of places that the form did not show stay as they are.
    """
    if volunteer.version != seen_version:
        raise Refused([stale(volunteer.id)])
    _refuse(_objections(details))
    typed = {details.legal_name, details.preferred_name, details.phone}
    if not typed <= {volunteer.legal_name, volunteer.preferred_name, volunteer.phone}:
        _refuse_namesake(details, but=volunteer.id, is_someone_else=is_someone_else)
    values = _stored(asdict(details))
    if details.restricted_notes is None:
        del values["restricted_notes"]
    changed = {
        **journal.changes(volunteer, values),
        **_availability_change(volunteer.id, free),
        **_clearance_change(volunteer.id, cleared, places_shown),
    }
    if not changed:
        return volunteer
    for name, value in values.items():
        setattr(volunteer, name, value)
    save(volunteer)  # first: it holds the row, so that a second editor waits and is refused
    if "availability" in changed:
        _write_availability(volunteer.id, free)
    if "clearances" in changed:
        _write_clearances(volunteer.id, cleared, places_shown)
    move_user(volunteer, changed, by=by, now=now)
    journal.record("volunteer.changed", about=about(volunteer.id), by=by, now=now, changed=changed)
    return volunteer


def change_own(
    volunteer: Volunteer,
    *,
    preferred_name: str,
    phone: str,
    locale: str,
    seen_version: int,
    by: User,
    now: datetime,
) -> Volunteer:
    """Change what volunteers say of themselves; raise Refused when someone else saved first."""
    if volunteer.version != seen_version:
        raise Refused([stale(volunteer.id)])
    values = {"preferred_name": preferred_name, "phone": phone, "locale": locale}
    changed = journal.changes(volunteer, values)
    if not changed:
        return volunteer
    for name, value in values.items():
        setattr(volunteer, name, value)
    save(volunteer)
    move_user(volunteer, changed, by=by, now=now)
    journal.record("volunteer.changed", about=about(volunteer.id), by=by, now=now, changed=changed)
    return volunteer


def change_availability(
    volunteer: Volunteer, free: Collection[Free], *, seen_version: int, by: User, now: datetime
) -> Volunteer:
    """Say when a volunteer is usually free; raise Refused when someone else saved first."""
    if volunteer.version != seen_version:
        raise Refused([stale(volunteer.id)])
    changed = _availability_change(volunteer.id, free)
    if changed:
        save(volunteer)
        _write_availability(volunteer.id, free)
        journal.record(
            "volunteer.changed", about=about(volunteer.id), by=by, now=now, changed=changed
        )
    return volunteer


def _objections(details: Details) -> list[Objection]:
    return [
        *word_objections(details.languages, "other_languages"),
        *word_objections(details.skills, "other_skills"),
        *detail_objections(details),
    ]


def _refuse(objections: list[Objection]) -> None:
    if objections:
        raise Refused(objections)


def _refuse_namesake(details: Details, *, but: int | None, is_someone_else: bool) -> None:
    if is_someone_else:
        return
    found = queries.looks_like(details, but=but)
    if found is not None:
        facts: dict[str, object] = {"id": found.id, "name": found.preferred_name}
        raise Refused([Objection("namesake", hard=False, facts=facts, field="is_someone_else")])


def _stored(values: dict[str, object]) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def _availability_change(volunteer_id: int, free: Iterable[Free]) -> Changed:
    before, after = queries.availability(volunteer_id), in_order(free)
    if before == after:
        return {}
    return {"availability": [[list(one) for one in before], [list(one) for one in after]]}


def _write_availability(volunteer_id: int, free: Iterable[Free]) -> None:
    db.session.execute(delete(Availability).where(Availability.volunteer_id == volunteer_id))
    for weekday, part in in_order(free):
        db.session.add(Availability(volunteer_id=volunteer_id, weekday=weekday, part=part))
    db.session.flush()


def _clearance_change(
    volunteer_id: int, cleared: Iterable[Cleared], places_shown: Collection[int]
) -> Changed:
    kept = [
        Cleared(row.place_id, row.distance_km, row.expires_on)
        for row in queries.clearance_rows(volunteer_id)
        if row.place_id in places_shown
    ]
    wanted = [one for one in cleared if one.place_id in places_shown]
    if set(kept) == set(wanted):
        return {}
    names = queries.place_names({one.place_id for one in [*kept, *wanted]})
    return {"clearances": [_clearance_facts(kept, names), _clearance_facts(wanted, names)]}


def _clearance_facts(cleared: Iterable[Cleared], names: Mapping[int, str]) -> list[object]:
    return [
        {
            "place": names.get(one.place_id, ""),
            "km": one.distance_km,
            "expires_on": one.expires_on.isoformat() if one.expires_on else None,
        }
        for one in sorted(cleared, key=lambda one: one.place_id)
    ]


def _write_clearances(
    volunteer_id: int, cleared: Iterable[Cleared], places_shown: Collection[int]
) -> None:
    wanted = {one.place_id: one for one in cleared if one.place_id in places_shown}
    for row in queries.clearance_rows(volunteer_id):
        if row.place_id not in places_shown:
            continue
        kept = wanted.pop(row.place_id, None)
        if kept is None:
            db.session.delete(row)
        else:
            row.distance_km, row.expires_on = kept.distance_km, kept.expires_on
    for new in wanted.values():
        db.session.add(Clearance(volunteer_id=volunteer_id, **asdict(new)))
    db.session.flush()
