"""Telling a clinician at once, at any hour, that somebody may be in danger; then whoever is next.

The clinician on duty and whoever follows the person hear of it first; the office and the person on
call after a quarter of an hour; administrators after half an hour. Each hears it once, and nobody
any more once somebody has it. For whom stands on the page alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from hospice.accounts import queries as accounts
from hospice.accounts.models import Hospice, User
from hospice.accounts.rules import Role
from hospice.core import clock
from hospice.grief_support.models import DutyClinician
from hospice.grief_support.queries import red_flags as queries
from hospice.grief_support.queries.red_flags import Waiting
from hospice.grief_support.rules.red_flags import SAID_FOR, Reached, waves
from hospice.reminders.queries import saying
from hospice.reminders.rules import Kind, Notice

_ABOUT = "red_flag"


def due(now: datetime) -> Iterator[Notice]:
    """Return what is to be said now and no message says yet, at any hour of the night."""
    return saying.unsaid_at(_all(queries.waiting(now)), now)


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    asked = list(queued)
    found = _all(queries.waiting_among(saying.ids_about(_ABOUT, asked)))
    return saying.still_true((one for one in found if one.send_after <= now), asked, now)


def _all(flags: Sequence[Waiting]) -> Iterator[Notice]:
    if not flags:
        return
    hospice = accounts.hospice()
    clinicians = queries.clinicians()
    office = accounts.users_with_role(Role.COORDINATOR, Role.ADMINISTRATOR)
    for flag in flags:
        yield from _of(flag, hospice, clinicians, office)


def _of(
    flag: Waiting,
    hospice: Hospice | None,
    clinicians: Sequence[DutyClinician],
    office: Sequence[User],
) -> Iterator[Notice]:
    zone = hospice.timezone if hospice else "UTC"
    # who was on duty when it was raised: a change of duty hands nothing over by itself
    there = clock.local(flag.raised_at, zone)
    on_duty = [_clinician(one, hospice) for one in clinicians if one.hours.holds(there)]
    on_call = [_on_call(hospice)] if hospice and hospice.on_call_email else []
    coordinators = [_user(one) for one in office if one.role is Role.COORDINATOR]
    administrators = [_user(one) for one in office if one.role is Role.ADMINISTRATOR]
    owner = [flag.owner] if flag.owner else []
    groups = (
        [*(on_duty or on_call), *owner],
        [*coordinators, *on_call],
        administrators,
    )
    raised_by = f"user:{flag.raised_by_id}"
    told = [[one for one in group if _may_be_told(one, raised_by)] for group in groups]
    for wait, person in waves(told):
        yield Notice(
            kind=Kind.RED_FLAG,
            key=f"red_flag:{flag.flag_id}:{person.recipient}",
            about=f"{_ABOUT}:{flag.flag_id}",
            recipient=person.recipient,
            name=person.name,
            address=person.address,
            locale=person.locale,
            send_after=flag.raised_at + wait,
            send_before=flag.raised_at + SAID_FOR,
            # a link, and nothing about anybody
            facts={
                "name": person.name,
                "is_waiting": bool(wait),
                "phone": _phone(person, hospice),
                "path": f"/grief-support/red-flags/{flag.flag_id}",
            },
        )


def _phone(person: Reached, hospice: Hospice | None) -> str:
    """Return whom to ring who cannot open the page: on call at night as well, else the office."""
    if hospice is None:
        return ""
    on_call = "" if person.recipient == "on_call" else hospice.on_call_phone
    return on_call or hospice.office_phone


def _may_be_told(person: Reached, raised_by: str) -> bool:
    # Whoever raised it knows: where nobody else is on duty, the next ones hear of it at once.
    return bool(person.address) and person.recipient != raised_by


def _clinician(one: DutyClinician, hospice: Hospice | None) -> Reached:
    if one.user is not None and one.user.is_enabled:
        return _user(one.user)
    return Reached(f"clinician:{one.id}", one.name, one.email, hospice.locale if hospice else "en")


def _on_call(hospice: Hospice | None) -> Reached:
    if hospice is None:
        return Reached("on_call", "", "", "en")
    name = hospice.on_call_name or hospice.name
    return Reached("on_call", name, hospice.on_call_email, hospice.locale)


def _user(user: User) -> Reached:
    return Reached(f"user:{user.id}", user.name, user.email, user.locale)


__all__ = ["due", "still_due_of"]
