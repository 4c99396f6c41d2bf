"""Writing a volunteer's row: its keys, its version, and the sign-in that follows it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.accounts.models import User
from hospice.accounts.rules import PersonFacts, Role
from hospice.core import names
from hospice.core.db import db
from hospice.core.errors import Objection, Refused
from hospice.journal import queries as journal_queries
from hospice.volunteers import queries
from hospice.volunteers.models import Volunteer

# Whose sign-in a coordinator may make and move. Never a colleague's: with their address would
# come their password, and with that their permissions.
OURS = frozenset({Role.VOLUNTEER, Role.LEADER})


def index(volunteer: Volunteer) -> None:
    """Make the keys by which a volunteer is found and ordered."""
    volunteer.search_key = names.search_key(
        volunteer.preferred_name, volunteer.legal_name, phone=volunteer.phone
    )
    volunteer.sort_key = names.sort_key(volunteer.preferred_name)


def save(volunteer: Volunteer) -> None:
    """Write a volunteer, with a new version even when only their other rows changed."""
    index(volunteer)
    flag_modified(volunteer, "sort_key")
    try:
        db.session.flush()
    except (StaleDataError, IntegrityError) as error:
        raise Refused([Objection("stale")]) from error


def move_user(volunteer: Volunteer, changed: Collection[str], *, by: User, now: datetime) -> None:
    """Let name and address of the sign-in follow the record, where the address is free."""
    user = queries.user_of(volunteer)
    if user is None or user.role not in OURS or not {"preferred_name", "email"} & set(changed):
        return
    email = user.email
    if "email" in changed and volunteer.email:
        is_free = account_queries.user_by_email(volunteer.email) is None
        email = volunteer.email if is_free else user.email
    facts = PersonFacts(volunteer.preferred_name, email, user.role, user.locale)
    accounts.change_person(user, facts, seen_version=user.version, by=by, now=now)


def stale(volunteer_id: int) -> Objection:
    """Return the objection that someone else saved first, with the time."""
    last = journal_queries.history("volunteer", volunteer_id, limit=1)
    return Objection("stale", facts={"at": last[0].happened_at} if last else {})


def about(volunteer_id: int) -> list[tuple[str, int]]:
    """Return what a journal entry is about."""
    return [("volunteer", volunteer_id)]
