"""What is due to be said when someone is alone in a home and silent: to them, then to others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hospice.accounts import queries as accounts
from hospice.accounts.models import Hospice
from hospice.accounts.rules import Role
from hospice.attendance.queries import lone, patience
from hospice.attendance.queries.lone import Alone, Leader
from hospice.attendance.rules import Patience, Step, last_call, step_at
from hospice.reminders.queries import saying
from hospice.reminders.rules import Kind, Notice
from hospice.shifts.notices.letters import each

_COORDINATING = (Role.COORDINATOR, Role.ADMINISTRATOR)
_ABOUT = "attendance"


@dataclass(frozen=True)
class Reached:
    """Someone a letter goes to."""

    recipient: str
    name: str
    address: str
    locale: str
    path: str


@dataclass(frozen=True)
class Help:
    """Whom a silence reaches, for all of them the same."""

    patience: Patience
    leaders: dict[int, Leader]
    staff: tuple[Reached, ...]
    on_call: Reached | None


def due(now: datetime) -> Iterator[Notice]:
    """Return what is to be said now and no message says yet, at any hour of the night."""
    return saying.unsaid(_all(lone.alone(now), now))


def still_due_of(queued: Iterable[tuple[str, str]], now: datetime) -> dict[str, Notice]:
    """Return, by key, those notices of several messages (about, key) that are still true."""
    wanted = set(queued)
    found = _all(lone.alone_among(saying.ids_about(_ABOUT, wanted)), now)
    return {notice.key: notice for notice in found if (notice.about, notice.key) in wanted}


def _all(people: Sequence[Alone], now: datetime) -> Iterator[Notice]:
    if not people:
        return
    aid = _help(people)
    yield from each(people, lambda one: _of(one, aid, now), _name)


def _name(one: Alone) -> str:
    return f"assignment {one.member.place.assignment_id}"


def _help(people: Sequence[Alone]) -> Help:
    hospice = accounts.hospice()
    users = accounts.users_with_role(*_COORDINATING)
    staff = tuple(
        Reached(f"user:{user.id}", user.name, user.email, user.locale, "/shifts/") for user in users
    )
    shift_ids = sorted({one.member.place.shift_id for one in people})
    return Help(patience(), lone.leaders(shift_ids), staff, _on_call(hospice))


def _on_call(hospice: Hospice | None) -> Reached | None:
    if hospice is None or not hospice.on_call_email:
        return None
    name = hospice.on_call_name or hospice.name
    return Reached("on_call", name, hospice.on_call_email, hospice.locale, "/shifts/")


def _of(one: Alone, aid: Help, now: datetime) -> Iterator[Notice]:
    place = one.member.place
    for step in Step:
        at = step_at(place, one.member.presence, aid.patience, step)
        until = last_call(place, step)
        if at is None or now < at or now >= until:
            continue
        for person in _reached(step, one, aid):
            yield Notice(
                kind=_KINDS[step],
                key=f"lone:{step}:{place.assignment_id}:{place.ends_at:%Y%m%dT%H%MZ}:"
                f"{person.recipient}",
                about=f"{_ABOUT}:{place.assignment_id}",
                recipient=person.recipient,
                name=person.name,
                address=person.address,
                locale=person.locale,
                send_after=at,
                send_before=until,
                # who, when and where; never whom they visit
                facts=_facts(one) | {"name": person.name, "path": f"{person.path}{place.shift_id}"},
            )


_KINDS = {
    Step.ARRIVAL: Kind.LONE_ARRIVAL,
    Step.VOLUNTEER: Kind.LONE_OUT,
    Step.LEADER: Kind.LONE_ALARM,
    Step.ON_CALL: Kind.LONE_ALARM,
}


def _reached(step: Step, one: Alone, aid: Help) -> tuple[Reached, ...]:
    place = one.member.place
    if step in {Step.ARRIVAL, Step.VOLUNTEER}:
        return (
            Reached(
                f"volunteer:{place.volunteer_id}",
                place.name,
                one.address,
                one.locale,
                "/me/shifts/",
            ),
        )
    if step is Step.ON_CALL:
        return (aid.on_call,) if aid.on_call else aid.staff
    leader = aid.leaders.get(place.shift_id)
    if leader is None or leader.volunteer_id == place.volunteer_id or not leader.address:
        return aid.staff  # nobody else leads: whoever coordinates
    return (
        Reached(
            f"volunteer:{leader.volunteer_id}",
            leader.name,
            leader.address,
            leader.locale,
            "/me/shifts/",
        ),
    )


def _facts(one: Alone) -> dict[str, object]:
    place = one.member.place
    return {
        "who": place.name,
        "ward_phone": one.member.phone,
        "phone": one.member.phone,
        "volunteer_id": place.volunteer_id,
        "shift_id": place.shift_id,
        "starts_at": place.starts_at.isoformat(),
        "ends_at": place.ends_at.isoformat(),
        "zone": place.zone,
        "place": place.place_name,
    }


__all__ = ["due", "still_due_of"]
