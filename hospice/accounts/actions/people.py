"""The hospice and its users: founding, inviting, changing."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts import queries
from hospice.accounts.actions.secrets import hash_password
from hospice.accounts.actions.sign_ins import sign_out_everywhere
from hospice.accounts.actions.tickets import issue_ticket
from hospice.accounts.models import Hospice, Ticket, User
from hospice.accounts.rules import (
    HospiceFacts,
    LookFacts,
    PersonFacts,
    Role,
    TicketKind,
    VisitSettings,
    normal_email,
    settings_objections,
)
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.journal import queries as journal_queries


def found_hospice(
    *, name: str, timezone: str, locale: str, now: datetime, office_phone: str = ""
) -> Hospice:
    """Make the one hospice of this database; raise Refused when there is one."""
    made = Hospice(
        id=1,
        name=name,
        timezone=timezone,
        locale=locale,
        office_phone=office_phone,
        created_at=now,
    )
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused([Objection("hospice_exists")]) from error
    return made


def change_hospice(
    hospice: Hospice,
    facts: HospiceFacts | VisitSettings,
    *,
    seen_version: int,
    by: User,
    now: datetime,
) -> None:
    """Change the hospice's settings; raise Refused when someone else saved first."""
    if hospice.version != seen_version:
        raise Refused([_stale("hospice", hospice.id)])
    if isinstance(facts, VisitSettings) and (found := settings_objections(facts)):
        raise Refused(found)
    changed = journal.changes(hospice, asdict(facts))
    if not changed:
        return
    _set(hospice, asdict(facts))
    journal.record("hospice.changed", about=[("hospice", 1)], by=by, now=now, changed=changed)


def add_user(
    *,
    email: str,
    name: str,
    role: Role,
    locale: str,
    now: datetime,
    password: str | None = None,
    password_hash: str | None = None,
) -> User:
    """Make a user, with a password or to be invited; raise Refused when the address is taken.

    Give `password_hash` where a lock is held: hashing takes a quarter of a second.
    """
    if queries.user_by_email(email) is not None:
        raise Refused([Objection("email_taken", field="email")])
    made = User(
        email=normal_email(email),
        name=name,
        role=role,
        locale=locale,
        created_at=now,
        password_hash=password_hash or (hash_password(password) if password else None),
    )
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused([Objection("email_taken", field="email")]) from error
    return made


def invite(facts: PersonFacts, *, by: User, now: datetime, secret_key: str) -> tuple[User, Ticket]:
    """Make a user and the link with which they choose a password; a letter carries it."""
    made = add_user(
        email=facts.email, name=facts.name, role=facts.role, locale=facts.locale, now=now
    )
    ticket = issue_ticket(
        TicketKind.INVITATION, user=made, now=now, secret_key=secret_key, wants_letter=True
    )
    journal.record(
        "user.invited", about=[("user", made.id)], by=by, now=now, name=made.name, role=made.role
    )
    return made, ticket


def invite_again(user: User, *, by: User, now: datetime, secret_key: str) -> Ticket:
    """Make a fresh link: an invitation, or a new password for who has one; the old link ends."""
    if not user.is_enabled:
        raise Refused([Objection("disabled")])
    kind = TicketKind.RESET if user.password_hash else TicketKind.INVITATION
    ticket = issue_ticket(kind, user=user, now=now, secret_key=secret_key, wants_letter=True)
    journal.record(
        "user.link_sent", about=[("user", user.id)], by=by, now=now, name=user.name, kind=kind
    )
    return ticket


def change_password(
    user: User, password_hash: str, *, now: datetime, but: str | None = None
) -> None:
    """Set a password and end every link and every sign-in, but for the one whose token is given."""
    user.password_hash = password_hash
    _end_doors(user, now, but=but)
    journal.record(
        "user.password_changed", about=[("user", user.id)], by=user, now=now, name=user.name
    )


def change_person(
    user: User, facts: PersonFacts, *, seen_version: int, by: User, now: datetime
) -> None:
    """Change who a user is and what they may do.

    Another role or address ends their sign-ins at once. Raise Refused when the address is taken,
    someone else saved first, or nobody would be left to administer.
    """
    if user.version != seen_version:
        raise Refused([_stale("user", user.id)])
    facts = PersonFacts(facts.name, normal_email(facts.email), facts.role, facts.locale)
    changed = journal.changes(user, asdict(facts))
    if not changed:
        return
    if "role" in changed:
        _keep_an_administrator(user, facts.role, by=by)
    if "email" in changed and queries.user_by_email(facts.email) is not None:
        raise Refused([Objection("email_taken", field="email")])
    _set(user, asdict(facts))
    if changed.keys() & {"role", "email"}:
        _end_doors(user, now)
    journal.record("user.changed", about=[("user", user.id)], by=by, now=now, changed=changed)


def change_look(user: User, facts: LookFacts) -> None:
    """Keep how a user likes their pages: language, light, text size, large mode."""
    for name, value in asdict(facts).items():
        setattr(user, name, value)
    db.session.flush()


def enable(user: User, *, is_enabled: bool, by: User, now: datetime) -> None:
    """Let a user sign in, or no longer; sign-ins and links end at once."""
    if user.is_enabled == is_enabled:
        return
    if not is_enabled:
        _keep_an_administrator(user, None, by=by)
        _end_doors(user, now)
    user.is_enabled = is_enabled
    db.session.flush()
    verb = "user.enabled" if is_enabled else "user.disabled"
    journal.record(verb, about=[("user", user.id)], by=by, now=now, name=user.name)


def _end_doors(user: User, now: datetime, *, but: str | None = None) -> None:
    sign_out_everywhere(user, now, but=but)
    db.session.execute(
        update(Ticket)
        .where(Ticket.user_id == user.id, Ticket.used_at.is_(None))
        .values(used_at=now)
    )
    db.session.flush()


def _keep_an_administrator(user: User, role: Role | None, *, by: User) -> None:
    if user.id == by.id:
        raise Refused([Objection("yourself", field="role")])
    if user.role is not Role.ADMINISTRATOR or role is Role.ADMINISTRATOR:
        return
    # locked: two administrators must not put each other out in the same moment
    others = [other for other in queries.locked_administrators() if other.id != user.id]
    if not others:
        raise Refused([Objection("last_administrator", field="role")])


def _set(record: Hospice | User, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused([Objection("email_taken", field="email")]) from error
    except StaleDataError as error:
        raise Refused([Objection("stale")]) from error


def _stale(kind: str, record_id: int) -> Objection:
    last = journal_queries.history(kind, record_id, limit=1)
    return Objection("stale", facts={"at": last[0].happened_at} if last else {})
