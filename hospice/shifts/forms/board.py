"""What the roster's address asks for, and the forms of its pages."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, Self
from urllib.parse import urlencode

from flask import request
from flask_babel import lazy_gettext as _l

from hospice.shifts.rules.pattern import Series
from hospice.shifts.rules.roster import LIST_DAYS, Rows, Show, View
from hospice.web.forms import (
    Form,
    HiddenField,
    chips_field,
    clean,
    clock_field,
    day_arg,
    long_field,
    number_arg,
    required,
    small_int,
    text_arg,
)
from hospice.web.guard import safe_next

REASON = 300


@dataclass(frozen=True)
class Ask:
    """A page of the roster as its address names it; everything odd falls back to the plain page."""

    view: View = View.SERIES
    series: Series | None = None
    first: date | None = None
    rows: Rows = Rows.WARDS
    show: Show | None = None
    place_id: int = 0
    page: int = 1
    length: int = LIST_DAYS
    fill: int = 0  # the shift whose "People who fit" is open
    hold: int = 0  # the volunteer who is picked up
    words: str = ""  # the search in "People who fit"

    @classmethod
    def read(cls) -> Self:
        """Return what this request's address asks for."""
        return cls(
            view=_member(View, "view") or View.SERIES,
            series=Series.parse(text_arg("series", 40)),
            first=day_arg("from"),
            rows=_member(Rows, "rows") or Rows.WARDS,
            show=_member(Show, "show"),
            place_id=number_arg("place"),
            page=number_arg("page", 1, low=1, high=10_000),
            length=number_arg("days", LIST_DAYS, low=1, high=42),
            fill=number_arg("fill"),
            hold=number_arg("hold"),
            words=text_arg("q", 60),
        )

    def query(self, **changes: Any) -> str:
        """Return the query string of this page with some values changed, without its defaults."""
        return urlencode((replace(self, **changes) if changes else self).pairs())

    def pairs(self) -> list[tuple[str, object]]:
        """Return the names and values of the query string, without its defaults."""
        found: list[tuple[str, object]] = []
        if self.view is not View.SERIES:
            found.append(("view", self.view.value))
        if self.series is not None:
            found.append(("series", self.series.slug))
        if self.first is not None:
            found.append(("from", self.first.isoformat()))
        if self.length != LIST_DAYS and self.view is View.LIST:
            found.append(("days", self.length))
        if self.rows is not Rows.WARDS:
            found.append(("rows", self.rows.value))
        if self.show is not None:
            found.append(("show", self.show.value))
        named = (
            ("place", self.place_id),
            ("page", self.page if self.page > 1 else 0),
            ("fill", self.fill),
            ("q", self.words),
            ("hold", self.hold),  # the last: the board adds the number of who is picked up
        )
        return [*found, *((name, value) for name, value in named if value)]

    def address(self, path: str, **changes: Any) -> str:
        """Return the address of this page with some values changed."""
        query = self.query(**changes)
        return f"{path}?{query}" if query else path


def _member(kind: Any, name: str) -> Any:
    value = request.args.get(name, "")
    return kind(value) if value in {member.value for member in kind} else None


def ids_arg(name: str, most: int = 200) -> list[int]:
    """Return the distinct ids of the query string or form, without what is none."""
    given = [small_int(value) for value in request.values.getlist(name)[:most]]
    return list(dict.fromkeys(value for value in given if value))


def back_arg() -> str | None:
    """Return the page of this app to go back to, if the form or the address names one."""
    return safe_next(clean(request.values.get("back", ""))[:500])


class ReasonForm(Form):
    """Why something is done against a hint, or why a shift is cancelled."""

    reason = long_field(
        _l("Reason"),
        maximum=REASON,
        rows=2,
        validators=[required(_l("Enter the reason; it is kept with this place"))],
    )


class CancelForm(Form):
    """Cancelling a shift."""

    reason = long_field(
        _l("Reason"),
        maximum=REASON,
        rows=2,
        hint=_l("The people on this shift read it."),
        validators=[required(_l("Enter the reason; the people on this shift read it"))],
    )


class AnswerForm(Form):
    """An answer that came by telephone."""

    answer = HiddenField()
    reason = long_field(_l("What they said"), maximum=REASON, rows=2)

    @property
    def comes(self) -> bool | None:
        """Return the answer; None when there is none."""
        return {"yes": True, "no": False}.get(self.answer.data or "")


class PatientsForm(Form):
    """Whom a volunteer will see."""

    patients = chips_field(
        _l("Patients"), coerce=small_int, hint=_l("Nobody ticked means the ward’s round.")
    )


class MoveForm(Form):
    """Other times for several shifts."""

    starts = clock_field(_l("Starts"), required_message=_l("Enter the start time"))
    ends = clock_field(_l("Ends"), required_message=_l("Enter the end time"))

    def times(self) -> tuple[time, time]:
        """Return what was typed; the form is valid."""
        return self.starts.data or time(), self.ends.data or time()
