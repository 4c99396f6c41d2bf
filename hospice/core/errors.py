"""The two errors of the domain: a thing that is not there (for you), and a thing that is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field


class Missing(Exception):
    """The record does not exist, or is not this person's to see; both look the same."""


@dataclass(frozen=True)
class Objection:
    """One reason against an action.

    `kind` names the wording (a label in the feature's templates or labels), `facts` fill it.
    A hard objection cannot be passed; a soft one may, with a reason that is recorded.
    """

    kind: str
    hard: bool = True
    facts: dict[str, object] = field(default_factory=dict)
    field: str | None = None


class Refused(Exception):
    """The action was refused; the caller shows the objections beside what was typed."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(", ".join(objection.kind for objection in objections))
        self.objections = list(objections)
