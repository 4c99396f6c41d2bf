"""What is asked about how people want to be written to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import or_, select

from hospice.channels.models import Channel
from hospice.channels.queries import WAY
from hospice.channels.rules import Addressed
from hospice.core.db import db
from hospice.reminders.models import ContactWay, ContactWishes
from hospice.reminders.rules import DEFAULT_WISHES, EMAIL, Hours, Notice, Reason, Topic, Way, Wishes

_IS_ON = Channel.is_enabled.is_(True)


def wishes_of(recipients: Iterable[str]) -> dict[str, Wishes]:
    """Return the wishes of some people ("volunteer:5"), in two statements for any number.

    Everyone asked for is in the answer; who has said nothing has the defaults.
    """
    asked = sorted(set(recipients))
    if not asked:
        return {}
    ways: dict[str, list[Way]] = {}
    for way in db.session.scalars(
        select(ContactWay)
        .where(
            ContactWay.recipient.in_(asked),
            # a channel that is switched off is no way; it is one again when it is switched on
            or_(ContactWay.channel == EMAIL, ContactWay.channel.in_(select(WAY).where(_IS_ON))),
        )
        .order_by(ContactWay.rank, ContactWay.id)
    ):
        # the address of an email is only that which failed; the record's own is used
        address = "" if way.channel == EMAIL else way.address
        ways.setdefault(way.recipient, []).append(Way(way.channel, address))
    said = {
        row.recipient: row
        for row in db.session.scalars(
            select(ContactWishes).where(ContactWishes.recipient.in_(asked))
        )
    }
    return {
        recipient: _wishes(said.get(recipient), tuple(ways.get(recipient, ())))
        for recipient in asked
    }


def with_wishes(notices: Iterable[Notice]) -> list[Notice]:
    """Return notices that carry the present wishes of whom they are for."""
    listed = list(notices)
    wishes = wishes_of(one.recipient for one in listed if not _is_group(one))
    return [
        replace(one, wishes=_of_group(one) if _is_group(one) else wishes[one.recipient])
        for one in listed
    ]


def _is_group(notice: Notice) -> bool:
    return notice.recipient.startswith("channel:")


def _of_group(notice: Notice) -> Wishes:
    """Return the wishes of a group: it has one way, which is itself."""
    return Wishes(ways=(Way(notice.recipient, notice.address),))


def said(recipient: str) -> ContactWishes | None:
    """Return what a person has said about messages, to show it and to change it."""
    return db.session.get(ContactWishes, recipient)


def ways(recipient: str) -> Sequence[ContactWay]:
    """Return the ways of a person as they are kept, the first to try first."""
    return db.session.scalars(
        select(ContactWay)
        .where(ContactWay.recipient == recipient)
        .order_by(ContactWay.rank, ContactWay.id)
    ).all()


def offered() -> Sequence[Channel]:
    """Return the channels through which a person may be reached, by name."""
    found = db.session.scalars(select(Channel).where(Channel.is_enabled).order_by(Channel.name))
    return [one for one in found if one.service.addressed is not Addressed.GROUP]


def silent(recipients: Iterable[str]) -> set[str]:
    """Return those of some people who want no messages."""
    return set(
        db.session.scalars(
            select(ContactWishes.recipient).where(
                ContactWishes.recipient.in_(sorted(set(recipients))), ContactWishes.is_silent
            )
        )
    )


def unasked(volunteer_ids: Iterable[int]) -> dict[int, Reason]:
    """Return, of some volunteers, who wants no message that asks for help, and why; one statement."""
    rows = db.session.scalars(
        select(ContactWishes).where(
            ContactWishes.recipient.in_([f"volunteer:{one}" for one in volunteer_ids])
        )
    )
    found = {row.recipient: _wishes(row, ()) for row in rows}
    return {
        int(recipient.partition(":")[2]): Reason.SILENT if wishes.is_silent else Reason.TOPIC_OFF
        for recipient, wishes in found.items()
        if wishes.is_silent or Topic.ASKED in wishes.topics_off
    }


def _wishes(row: ContactWishes | None, ways: tuple[Way, ...]) -> Wishes:
    if row is None:
        return replace(DEFAULT_WISHES, ways=ways)
    hours = None
    if row.quiet_until is not None and row.quiet_from is not None:
        hours = Hours(row.quiet_until, row.quiet_from)
    return Wishes(
        zone=row.zone,
        hours=hours,
        topics_off=frozenset(Topic(one) for one in row.topics_off if one in set(Topic)),
        is_silent=row.is_silent,
        ways=ways,
    )
