"""Setting up the ways beside email, and noting when a service does not accept us."""

from datetime import datetime

from sqlalchemy import Text, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts.models import User
from hospice.channels import post, queries
from hospice.channels.models import Channel
from hospice.channels.rules import ChannelFacts, Scheme, own_form, secret_objections
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal


def create(scheme: Scheme, facts: ChannelFacts, *, by: User, now: datetime) -> Channel:
    """Set up a channel; raise Refused when its address makes no sense, or its name is taken."""
    secret = _checked(scheme, facts.secret, is_own_host=facts.is_own_host)
    _refuse_taken_name(facts.name)
    channel = Channel(
        name=facts.name,
        scheme=scheme.name,
        secret=secret,
        is_paid=facts.is_paid,
        is_own_host=facts.is_own_host,
        is_enabled=True,
        created_at=now,
        created_by_id=by.id,
        changed_at=now,
        changed_by_id=by.id,
    )
    db.session.add(channel)
    try:
        db.session.flush()
    except IntegrityError as error:  # someone took the name since we looked
        raise Refused([_name_taken(facts.name)]) from error
    journal.record(
        "channel.added", about=[("channel", channel.id)], by=by, now=now, name=channel.name
    )
    return channel


def change(
    channel: Channel, facts: ChannelFacts, *, seen_version: int, by: User, now: datetime
) -> Channel:
    """Change a channel; an empty secret keeps the present one; raise Refused.

    The secret is looked at again whenever it may go to another machine than before.
    """
    if channel.version != seen_version:
        raise Refused([Objection("stale")])
    if facts.name != channel.name:
        _refuse_taken_name(facts.name)
    is_new = bool(facts.secret)
    secret = channel.secret
    if is_new or facts.is_own_host != channel.is_own_host:
        secret = _checked(channel.service, facts.secret or secret, is_own_host=facts.is_own_host)
    plain = {"name": facts.name, "is_paid": facts.is_paid, "is_own_host": facts.is_own_host}
    changed = journal.changes(channel, plain)
    if not changed and secret == channel.secret:
        return channel
    channel_id = channel.id
    for name, value in plain.items():
        setattr(channel, name, value)
    if secret != channel.secret:
        channel.secret, channel.failed_at, channel.failed_reason = secret, None, ""
    channel.changed_at, channel.changed_by_id = now, by.id
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused([_name_taken(facts.name)]) from error
    except StaleDataError as error:
        raise Refused([Objection("stale")]) from error
    verb = "channel.changed_secret" if is_new else "channel.changed"
    journal.record(verb, about=[("channel", channel_id)], by=by, now=now, changed=changed)
    return channel


def switch(channel: Channel, is_enabled: bool, *, by: User, now: datetime) -> Channel:
    """Switch a channel on or off; people's other ways are used meanwhile."""
    if channel.is_enabled == is_enabled:
        return channel  # a second tap says the same
    channel_id = channel.id
    channel.is_enabled = is_enabled
    channel.changed_at, channel.changed_by_id = now, by.id
    try:
        db.session.flush()
    except StaleDataError as error:
        raise Refused([Objection("stale")]) from error
    verb = "channel.switched_on" if is_enabled else "channel.switched_off"
    journal.record(verb, about=[("channel", channel_id)], by=by, now=now)
    return channel


def seal_open() -> int:
    """Seal the secrets that were kept before anything was sealed; return how many."""
    found = {one: secret for one, secret in queries.lying_open().items() if secret}
    for channel_id, secret in found.items():
        db.session.execute(
            update(Channel)
            # as it was read: one that somebody enters in this moment stays
            .where(Channel.id == channel_id, type_coerce(Channel.secret, Text) == secret)
            .values(secret=secret)  # the column seals what is written to it
            .execution_options(synchronize_session=False)
        )
    return len(found)


def note_tested(channel: Channel, *, is_taken: bool, by: User, now: datetime) -> None:
    """Note that someone tried a channel."""
    verb = "channel.tested" if is_taken else "channel.tested_in_vain"
    journal.record(verb, about=[("channel", channel.id)], by=by, now=now)


def note_trouble(way: str, reason: str, now: datetime) -> None:
    """Keep that a service does not accept us; no reason means that it served us again."""
    number = way.removeprefix("channel:")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return
    known = Channel.failed_at.is_(None) if reason else Channel.failed_at.is_not(None)
    db.session.execute(
        update(Channel)
        .where(Channel.id == int(number), known)
        .values(failed_at=now if reason else None, failed_reason=reason[:400])
        .execution_options(synchronize_session=False)
    )


def _checked(scheme: Scheme, typed: str, *, is_own_host: bool) -> str:
    secret = own_form(scheme, typed)
    objections = secret_objections(scheme, secret, is_own_host=is_own_host)
    if not objections and not post.is_readable(scheme, secret):
        objections = [Objection("unreadable", field="secret")]
    if objections:
        raise Refused(objections)
    return secret


def _refuse_taken_name(name: str) -> None:
    if queries.channel_named(name) is not None:
        raise Refused([_name_taken(name)])


def _name_taken(name: str) -> Objection:
    return Objection("name_taken", facts={"name": name}, field="name")
