"""Letting a volunteer sign in."""

from datetime import datetime

from hospice.accounts import actions as accounts
from hospice.accounts import queries as account_queries
from hospice.accounts.models import Ticket, User
from hospice.accounts.rules import PersonFacts, Role
from hospice.core.errors import Objection, Refused
from hospice.journal import actions as journal
from hospice.volunteers import queries
from hospice.volunteers.actions.saving import OURS, about, save
from hospice.volunteers.models import Volunteer
from hospice.volunteers.rules import VolunteerState


def invite(volunteer: Volunteer, *, by: User, now: datetime, secret_key: str) -> Ticket | None:
    """Let a volunteer sign in; return the link with which they choose a password.

    Someone who signs in already with this address (a coordinator who also visits) is joined to
    the record and needs no link: then return None. Raise Refused.
    """
    if volunteer.state is VolunteerState.LEFT:
        raise Refused([Objection("left")])
    user = queries.user_of(volunteer)
    if user is None:
        if not volunteer.email:
            raise Refused([Objection("no_email")])
        known = account_queries.user_by_email(volunteer.email)
        if known is not None and known.is_enabled:
            _join(volunteer, known, by=by, now=now)
            return None
        facts = PersonFacts(
            name=volunteer.preferred_name,
            email=volunteer.email,
            role=Role.LEADER if volunteer.is_leader else Role.VOLUNTEER,
            locale=volunteer.locale,
        )
        user, ticket = accounts.invite(facts, by=by, now=now, secret_key=secret_key)
        volunteer.user_id = user.id
        save(volunteer)
    elif user.role not in OURS or user.password_hash is not None:
        raise Refused([Objection("signs_in_already")])
    else:
        ticket = accounts.invite_again(user, by=by, now=now, secret_key=secret_key)
    journal.record("volunteer.invited", about=about(volunteer.id), by=by, now=now, email=user.email)
    return ticket


def _join(volunteer: Volunteer, user: User, *, by: User, now: datetime) -> None:
    if queries.is_linked(user):
        raise Refused([Objection("email_taken", facts={"name": user.name})])
    volunteer.user_id = user.id
    save(volunteer)
    journal.record(
        "volunteer.joined_user", about=about(volunteer.id), by=by, now=now, name=user.name
    )
