"""What the people of a shift lack together: minimum cover, a leader, someone experienced."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hospice.shifts.rules.placing import Member, ShiftFacts, lacks

MINIMUM = "minimum"
KINDS = (MINIMUM, "needs_leader", "trainee_alone", "needs_language", "needs_skill")


@dataclass(frozen=True)
class Lack:
    """One thing that a shift lacks; `kind` names the wording."""

    kind: str
    facts: dict[str, object] = field(default_factory=dict)


def shortfalls(shift: ShiftFacts, minimum: int, team: Sequence[Member]) -> list[Lack]:
    """Return what the people who hold places lack together.

    Asked again after every change. A shift without anybody lacks people, not a leader.
    """
    found = []
    if len(team) < minimum:
        found.append(Lack(MINIMUM, {"here": len(team), "minimum": minimum}))
    if team:
        found += [Lack(one.kind, one.facts) for one in lacks(shift, team)]
    return found


def caused(before: Sequence[Lack], after: Sequence[Lack]) -> list[Lack]:
    """Return what a change made short.

    Fewer people than needed at least is always said again: every further withdrawal counts.
    """
    known = {one.kind for one in before} - {MINIMUM}
    return [one for one in after if one.kind not in known]


def broken_by_exchange(before: Sequence[Lack], after: Sequence[Lack]) -> list[Lack]:
    """Return what an exchange of people would newly break; as many come as before."""
    known = {one.kind for one in before}
    return [one for one in after if one.kind not in known]
