"""Hours given: each person's actual minutes, once a shift."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Float, Select, bindparam, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from hospice.core.db import db
from hospice.shifts.models import Shift
from hospice.visits.models import VisitNote
from hospice.visits.rules import STANDING


class minutes_between(FunctionElement[float]):  # noqa: N801 - reads as the SQL function it is
    """The minutes between two instants, on either database."""

    type = Float()
    inherit_cache = True


@compiles(minutes_between, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    first, last = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"((julianday({last}) - julianday({first})) * 1440.0)"


@compiles(minutes_between, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    first, last = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"(EXTRACT(EPOCH FROM {last} - {first}) / 60.0)"


def minutes_given_select(volunteer_id: Any) -> Select[Any]:
    """Return the select of a volunteer's minutes between two days, for use in another.

    The days are bound as `first_day` and `last_day`; see `days_of`.

    From the first arrival to the last leaving of each shift: a ward shift of three hours with
    twelve patients is three hours, not thirty-six. A shift without a sent note is not guessed.
    """
    shifts = (
        select(
            minutes_between(func.min(VisitNote.arrived_at), func.max(VisitNote.left_at)).label(
                "minutes"
            )
        )
        .join(Shift, Shift.id == VisitNote.shift_id)
        .where(
            VisitNote.volunteer_id == volunteer_id,
            VisitNote.state.in_(STANDING),
            Shift.local_day.between(
                bindparam("first_day", type_=Date()), bindparam("last_day", type_=Date())
            ),
        )
        .group_by(VisitNote.assignment_id)
        .subquery()
    )
    return select(cast(func.coalesce(func.sum(shifts.c.minutes), 0), Float))


def minutes_given(volunteer_id: int, year: int) -> int:
    """Return how many minutes a volunteer gave in a year, each shift once."""
    asked = minutes_given_select(volunteer_id)
    return round(db.session.scalar(asked, days_of(year)) or 0)


def days_of(year: int) -> dict[str, date]:
    """Return the first and the last day of a year."""
    return {"first_day": date(year, 1, 1), "last_day": date(year, 12, 31)}
