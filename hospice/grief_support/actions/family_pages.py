"""Making and ending the link to somebody's own page, and writing down what they say there."""

import secrets
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.accounts.queries import hashed
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import plans
from hospice.grief_support.models import ContactStop, FamilyPage, Kin, WayOf
from hospice.grief_support.queries import family_pages as queries
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import plans as plan_queries
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.family_pages import (
    PageTopic,
    Wishes,
    pause_objections,
    spoken_first,
    wishes_objections,
)
from hospice.grief_support.rules.kin import Consent, KinWay, StopScope
from hospice.grief_support.rules.plans import PlanState
from hospice.journal import actions as journal
from hospice.tasks import actions as tasks

_BYTES = 24  # 192 bits: nobody guesses one


def make(person: Kin, *, greets: bool, by: User, now: datetime) -> str:
    """Make a link to somebody's own page and return its token; the one before ends.

    Raise Refused for a child: the guardian has a page of their own.
    """
    if person.is_minor:
        raise Refused([Objection("is_minor")])
    queries.hold(person.id)
    _end(person.id, now)
    token = secrets.token_urlsafe(_BYTES)
    # Only the hash is kept, so that a copy of the database opens nobody's page.
    db.session.add(
        FamilyPage(
            kin_id=person.id,
            token_hash=hashed(token),
            greets=greets,
            made_at=now,
            made_by_id=by.id,
        )
    )
    db.session.flush()
    journal.record("kin.page_made", about=[("kin", person.id)], by=by, now=now, name=person.name)
    return token


def end(person: Kin, *, by: User, now: datetime) -> None:
    """End the link to somebody's own page; what they said there holds."""
    if _end(person.id, now):
        journal.record(
            "kin.page_ended", about=[("kin", person.id)], by=by, now=now, name=person.name
        )


def note_opened(page_id: int, now: datetime) -> None:
    """Note that a page was opened."""
    _run(update(FamilyPage).where(FamilyPage.id == page_id).values(opened_at=now))


def wish(
    page: FamilyPage, wishes: Wishes, *, seen_version: int, now: datetime, today: date
) -> None:
    """Write down how somebody wants to be reached; `page.kin` is loaded. Raise Refused.

    It holds at once. A "no" to one way says nothing about the others.
    """
    person = page.kin
    if person.version != seen_version:
        raise Refused([Objection("stale")])
    found = wishes_objections(wishes)
    if found:
        raise Refused(found)
    new = {
        "reach_days": sorted(wishes.days),
        "reach_from": wishes.reach_from,
        "reach_until": wishes.reach_until,
        "languages": spoken_first(wishes.language, list(person.languages)),
    }
    changed = journal.changes(person, new)
    for name, value in new.items():
        setattr(person, name, value)
    changed |= _keep_ways(person.id, wishes.ways, now=now, today=today)
    _keep_topics(page, wishes.topics, now=now, today=today)
    flag_modified(person, "name")  # also where only ways changed: see actions.kin
    page.said_at = now
    _flush()
    if changed:
        journal.record(
            "kin.wished",
            about=[("kin", person.id)],
            by=None,
            who=person.name,
            now=now,
            changed=changed,
        )


def pause(page: FamilyPage, until: date | None, *, now: datetime, today: date) -> None:
    """Leave somebody in peace until a day, which is included. Raise Refused."""
    found = pause_objections(until, today)
    if found:
        raise Refused(found)
    _lift(page, scope=StopScope.EVERYTHING, only_paused=True, now=now, today=today)
    _stop(page, StopScope.EVERYTHING, until=until, now=now)


def stop_all(page: FamilyPage, *, now: datetime, today: date) -> None:
    """Stop all contact with somebody at once, as they ask; twice changes nothing.

    It is theirs alone: nobody else of the family is concerned.
    """
    if queries.said(page.kin_id, today).none_since is not None:
        return
    _stop(page, StopScope.EVERYTHING, now=now)


def contact_again(page: FamilyPage, *, task_words: str, now: datetime, today: date) -> None:
    """Write down that somebody would like to hear from us again.

    Where their support was ended because they wanted none, a person is asked to offer it again:
    nothing begins by itself, and nobody is forgotten. `task_words` is what the task says.
    """
    lifted = _lift(page, scope=StopScope.EVERYTHING, only_paused=False, now=now, today=today)
    links = kin_queries.kinships_of(page.kin_id)  # they may grieve for two
    for link in links:
        plans.draft_later(link.patient_id, by=None, now=now, today=today)
    if not lifted:
        return
    newest = plan_queries.newest([link.id for link in links if link.ended_at is None])
    for link in links:
        plan = newest.get(link.id)
        if plan is not None and plan.state is PlanState.DECLINED:
            tasks.make(
                task_words,
                due_on=today,
                about=("support_plan", plan.id),
                patient_id=link.patient_id,
                owner_id=plan.owner_id,
                by=None,
                now=now,
            )


def _keep_ways(
    kin_id: int, answers: dict[KinWay, bool], *, now: datetime, today: date
) -> dict[str, list[object]]:
    rows = {one.way: one for one in kin_queries.ways_of(kin_id)}
    before = [[one.way.value, one.consent.value] for one in rows.values()]
    for way, agrees in answers.items():
        row = rows.get(way)
        if row is None:
            row = WayOf(kin_id=kin_id, way=way, rank=len(rows) + 1, consent=Consent.UNASKED)
            rows[way] = row
            db.session.add(row)
        wanted = Consent.YES if agrees else Consent.NO
        if row.consent is not wanted:
            row.consent, row.noted_at, row.noted_by_id = wanted, now, None
    for stop in queries.own_stops(kin_id, today):
        if stop.scope is StopScope.WAY and stop.way and answers.get(stop.way):
            stop.lifted_at = now  # they said yes to what they once did not want
    db.session.flush()
    after = [[one.way.value, one.consent.value] for one in rows.values()]
    return {"ways": [before, after]} if before != after else {}


def _keep_topics(
    page: FamilyPage, wanted: frozenset[PageTopic], *, now: datetime, today: date
) -> None:
    standing = queries.said(page.kin_id, today).topics
    for topic in sorted(wanted - standing):
        _stop(page, StopScope.TOPIC, topic=topic, now=now)
        if topic is PageTopic.DAYS:
            for day in queries.reaching_days(page.kin_id, today):
                day.stance = Stance.QUIET
    for stop in queries.own_stops(page.kin_id, today):
        found = queries.page_topic(stop)
        if found is not None and found not in wanted:
            _lift_one(page, stop, now)


def _stop(
    page: FamilyPage,
    scope: StopScope,
    *,
    topic: str = "",
    until: date | None = None,
    now: datetime,
) -> None:
    db.session.add(
        ContactStop(kin_id=page.kin_id, scope=scope, topic=topic, until=until, set_at=now)
    )
    page.said_at = now
    db.session.flush()
    journal.record(
        "kin.stopped",
        about=[("kin", page.kin_id)],
        by=None,
        who=page.kin.name,
        now=now,
        scope=scope,
        way=None,
        topic=topic,
        until=until,
    )


def _lift(
    page: FamilyPage, *, scope: StopScope, only_paused: bool, now: datetime, today: date
) -> int:
    lifted = 0
    for stop in queries.own_stops(page.kin_id, today):
        if stop.scope is scope and (stop.until is not None or not only_paused):
            _lift_one(page, stop, now)
            lifted += 1
    return lifted


def _lift_one(page: FamilyPage, stop: ContactStop, now: datetime) -> None:
    stop.lifted_at = now
    page.said_at = now
    db.session.flush()
    journal.record(
        "kin.lifted",
        about=[("kin", page.kin_id)],
        by=None,
        who=page.kin.name,
        now=now,
        scope=stop.scope,
        way=stop.way,
        topic=stop.topic,
    )


def _end(kin_id: int, now: datetime) -> int:
    return _run(
        update(FamilyPage)
        .where(FamilyPage.kin_id == kin_id, FamilyPage.ended_at.is_(None))
        .values(ended_at=now)
    )


def _run(statement: object) -> int:
    done = db.session.execute(
        statement.execution_options(synchronize_session=False)  # type: ignore[attr-defined]
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _flush() -> None:
    try:
        db.session.flush()
    except StaleDataError as error:  # someone saved between our look and our write
        raise Refused([Objection("stale")]) from error


__all__ = ["contact_again", "end", "make", "note_opened", "pause", "stop_all", "wish"]
