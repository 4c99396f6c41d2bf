"""The pages that people of a family open by link, and what they said there."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from hospice.accounts.queries import hashed
from hospice.core.db import db
from hospice.core.errors import Missing
from hospice.grief_support.models import ContactStop, FamilyPage, KeyDay, Kin, Kinship, SupportPlan
from hospice.grief_support.queries.kin import is_standing, standing_stops, ways_of
from hospice.grief_support.rules.calling import Stance
from hospice.grief_support.rules.family_pages import PageTopic
from hospice.grief_support.rules.kin import Consent, KinWay, StopScope

_LONGEST = 80


@dataclass(frozen=True)
class Said:
    """What holds for one person today, as their own page shows it."""

    ways: dict[KinWay, bool]
    topics: frozenset[PageTopic]
    none_since: ContactStop | None  # no contact at all, without an end
    paused: ContactStop | None


def page_by_token(token: str, *, locking: bool = False) -> FamilyPage | None:
    """Return the page of a link that opens still, with its person.

    A child has none: the guardian's own page is the one that counts.
    """
    if len(token) > _LONGEST:
        return None
    asked = (
        select(FamilyPage)
        .join(FamilyPage.kin)
        .where(
            FamilyPage.token_hash == hashed(token),
            FamilyPage.ended_at.is_(None),
            Kin.is_minor.is_(False),
        )
        .options(joinedload(FamilyPage.kin))
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(asked.with_for_update(of=Kin) if locking else asked)


def page_for_writing(token: str) -> FamilyPage:
    """Return the page of a link with its person, locked; raise Missing."""
    found = page_by_token(token, locking=True)
    if found is None:
        raise Missing
    return found


def hold(kin_id: int) -> None:
    """Lock a person, so that of two links made at once one ends the other."""
    db.session.execute(select(Kin.id).where(Kin.id == kin_id).with_for_update())


def page_of(kin_id: int) -> FamilyPage | None:
    """Return the page of a person whose link opens still."""
    return db.session.scalar(
        select(FamilyPage)
        .where(FamilyPage.kin_id == kin_id, FamilyPage.ended_at.is_(None))
        .options(joinedload(FamilyPage.made_by))
        .order_by(FamilyPage.id.desc())
        .limit(1)
    )


def own_stops(kin_id: int, today: date) -> list[ContactStop]:
    """Return what a person does not want by their own word, not by someone else's.

    What they said on the phone is written down with their name, and is their own word as well.
    """
    is_own = or_(ContactStop.asked_by == "", ContactStop.asked_by == Kin.name)
    return list(
        db.session.scalars(
            select(ContactStop)
            .join(Kin, Kin.id == ContactStop.kin_id)
            .where(ContactStop.kin_id == kin_id, is_own, *is_standing(today))
            .order_by(ContactStop.id)
        )
    )


def said(kin_id: int, today: date) -> Said:
    """Return what holds for a person today; two statements."""
    stops = own_stops(kin_id, today)
    ways = {
        one.way: one.consent is Consent.YES
        for one in ways_of(kin_id)
        if one.consent is not Consent.UNASKED
    }
    ways |= {stop.way: False for stop in stops if stop.scope is StopScope.WAY and stop.way}
    everything = [stop for stop in stops if stop.scope is StopScope.EVERYTHING]
    return Said(
        ways,
        frozenset(topic for stop in stops if (topic := page_topic(stop)) is not None),
        next((stop for stop in everything if stop.until is None), None),
        next((stop for stop in everything if stop.until is not None), None),
    )


def topics_of(kin_id: int, today: date) -> frozenset[PageTopic]:
    """Return the page's own topics that somebody does not want, whoever said so for them."""
    stops = standing_stops([kin_id], today)[kin_id]
    return frozenset(topic for stop in stops if (topic := page_topic(stop)) is not None)


def page_topic(stop: ContactStop) -> PageTopic | None:
    """Return which of the page's own topics a stop is about, however it was typed."""
    if stop.scope is not StopScope.TOPIC:
        return None
    word = stop.topic.strip().casefold()
    return PageTopic(word) if word in set(PageTopic) else None


def reaching_days(kin_id: int, today: date) -> list[KeyDay]:
    """Return the days to come on which somebody meant to reach out to a person."""
    return list(
        db.session.scalars(
            select(KeyDay)
            .join(SupportPlan, SupportPlan.id == KeyDay.plan_id)
            .join(Kinship, Kinship.id == SupportPlan.kinship_id)
            .where(Kinship.kin_id == kin_id, KeyDay.day >= today, KeyDay.stance == Stance.REACH_OUT)
        )
    )
