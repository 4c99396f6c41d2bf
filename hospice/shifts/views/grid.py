"""How the roster is drawn: its columns, rows and places, with every word looked up once a page."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import ngettext

from hospice.core import clock
from hospice.shifts.forms.board import Ask
from hospice.shifts.rules.board import Person, Slot, slots
from hospice.shifts.rules.placing import Level, Verdict
from hospice.shifts.rules.roster import Show, Totals, View
from hospice.shifts.rules.states import AssignmentState, Display, ShiftState
from hospice.shifts.views import wording
from hospice.shifts.words import STATE_ICONS
from hospice.web.pages import locale_name, long_day, short_day

GAPS = (Display.OPEN, Display.COVER)
_LEVEL_ICONS = {Level.OK: "check", Level.HINT: "alert", Level.NO: "cross"}


class Mark(NamedTuple):
    """One place as a cell prints it."""

    state: str
    icon: str
    text: str
    label: str
    url: str
    word: str = ""  # printed after the name on paper, where there is no colour
    why: str = ""
    anchor: str = ""
    is_picked: bool = False
    is_leader: bool = False
    is_next: bool = False  # the gap to go on with, which takes the focus


class Held(NamedTuple):
    """What a cell says about the person who is picked up."""

    level: str
    icon: str
    text: str
    label: str
    url: str
    names: list[str]


class Bunch(NamedTuple):
    """One shift within a cell."""

    url: str
    caption: str
    is_off: bool
    marks: list[Mark]
    held: Held | None
    pause: str = ""  # why a visit rests is for a person to say: the board says only that it does


class Column(NamedTuple):
    """The head of a column: a day."""

    head: str
    below: str
    holiday: str
    url: str
    is_now: bool


class Gap(NamedTuple):
    """A place to fill, as the list for phones prints it."""

    place: str
    day: str
    mark: Mark


class Line(NamedTuple):
    """One row of the board: a place or a volunteer, with a cell for each day."""

    head: str
    below: str
    url: str
    cells: list[list[Bunch]]


@dataclass
class Grid:
    """The board, ready to print."""

    columns: list[Column]
    lines: list[Line]
    gaps: list[Gap] = field(default_factory=list)
    is_verdicts: bool = False


@dataclass
class Pen:
    """What drawing needs besides the shifts: addresses, permissions, and words."""

    ask: Ask
    now: datetime
    may_plan: bool
    may_see_patients: bool
    may_see_volunteers: bool
    path: str = ""
    hold_name: str = ""
    next_id: int = 0  # the shift whose gap comes next
    verdicts: Mapping[int, Verdict] | None = None

    def __post_init__(self) -> None:
        """Make what is the same for every place."""
        self.path = url_for("shifts.roster")
        self.shift_base = url_for("shifts.show", shift_id=0)[:-1]
        # The address of this page with a shift to fill: only its number is missing.
        asked = self.ask.query(fill=0, hold=0, words="")
        self.fill_base = f"{self.path}?{asked}{'&' if asked else ''}fill="
        self.words = wording.words()
        self._hours: dict[tuple[datetime, str], str] = {}

    def hour(self, moment: datetime, zone: str) -> str:
        """Return "14:00" of an instant; the board asks for the same few again and again."""
        found = self._hours.get((moment, zone))
        if found is None:
            found = f"{clock.local(moment, zone):%H:%M}"
            self._hours[moment, zone] = found
        return found

    def mark(self, slot: Slot, row: Any, facts: dict[str, str], *, is_first_gap: bool) -> Mark:
        """Return one place of a shift; `facts` name place, day and hours."""
        state = slot.state
        if state in GAPS:
            is_open = state is Display.OPEN
            text = self.words.texts[state]
            fills = self.may_plan
            return Mark(
                state.value,
                STATE_ICONS[state],
                text,
                self.words.where % {**facts, "what": self.words.open_place if is_open else text},
                f"{self.fill_base}{row.id}#fit" if fills else f"{self.shift_base}{row.id}",
                why=_asked(slot.asked),
                anchor=f"place-{row.id}" if is_first_gap else "",
                is_picked=is_first_gap and self.ask.fill == row.id,
                is_next=is_first_gap and self.next_id == row.id,
            )
        said = self.words.said[state]
        name = f"{slot.name}, {self.words.leader}" if slot.is_leader else slot.name
        why = self.words.unreached if slot.is_unreached and self.may_plan else ""
        said = f"{said}, {why}" if why else said
        return Mark(
            state.value,
            STATE_ICONS[state],
            slot.name,
            self.words.where % {**facts, "what": self.words.named % {"name": name, "state": said}},
            f"{self.shift_base}{row.id}#person-{slot.assignment_id}",
            word=self.words.printed.get(state, ""),
            why=why,
            is_leader=slot.is_leader,
        )

    def bunch(
        self, row: Any, shown: Sequence[Slot], place: str, day: str, *, caption: str
    ) -> Bunch:
        """Return one shift of a cell, with the places that it shows."""
        url = f"{self.shift_base}{row.id}"
        if row.state is ShiftState.CANCELLED:
            return Bunch(url, caption, True, [], None)
        facts = {
            "place": place,
            "day": day,
            "starts": self.hour(row.starts_at, row.timezone),
            "ends": self.hour(row.ends_at, row.timezone),
        }
        held = self._held(row, shown, place, day)
        marks = []
        is_first_gap = True
        for slot in shown:
            is_gap = slot.state in GAPS
            if _is_wanted(slot.state, self.ask.show):
                marks.append(self.mark(slot, row, facts, is_first_gap=is_gap and is_first_gap))
            if is_gap:
                is_first_gap = False
        is_paused = self.may_plan and row.paused_at is not None and row.ends_at > self.now
        pause = self.words.where % {**facts, "what": self.words.paused} if is_paused else ""
        return Bunch(url, caption, False, marks, held, pause)

    def _held(self, row: Any, shown: Sequence[Slot], place: str, day: str) -> Held | None:
        if self.verdicts is None:
            return None
        verdict = self.verdicts[row.id]
        why = wording.verdict_in_short(verdict)
        return Held(
            verdict.level.value,
            _LEVEL_ICONS[verdict.level],
            why,
            self.words.placing % {"why": why, "name": self.hold_name, "place": place, "day": day},
            url_for("shifts.assign", shift_id=row.id),
            _in_a_row([s.name for s in shown if s.name and s.state is not Display.CANT]),
        )

    def caption(self, row: Any, *, hours: bool) -> str:
        """Return what tells a shift from its neighbours: hours, day when moved, patient."""
        parts = []
        if row.local_day != row.day:
            parts.append(short_day(row.local_day, week=True))
        if hours or parts:
            starts = self.hour(row.starts_at, row.timezone)
            parts.append(f"{starts}–{self.hour(row.ends_at, row.timezone)}")
        if row.patient and self.may_see_patients:
            parts.append(row.patient)
        return ", ".join(parts)


def _in_a_row(names: Sequence[str]) -> list[str]:
    """Return names with the comma that follows each, so that a line breaks only between them."""
    comma = "、" if locale_name() == "zh_Hans" else ","
    return [f"{name}{comma}" for name in names[:-1]] + list(names[-1:])


def _asked(count: int) -> str:
    return ngettext("%(num)d asked", "%(num)d asked", count) if count else ""


def _is_wanted(state: Display, show: Show | None) -> bool:
    return show is None or state.value == show.value


def shown_on(
    rows: Iterable[Any], people: Mapping[int, list[Person]], now: datetime
) -> dict[int, list[Slot]]:
    """Return the places that each of some shifts shows."""
    return {
        row.id: slots(
            wanted=row.wanted,
            taken=row.taken,
            state=row.state,
            ends_at=row.ends_at,
            people=people.get(row.id, ()),
            asked=row.asked,
            now=now,
            is_paused=row.paused_at is not None,
        )
        for row in rows
    }


def columns(
    pen: Pen,
    days: Sequence[date],
    by_day: Mapping[date, Totals],
    today: date,
    holidays: Mapping[date, str],
) -> list[Column]:
    """Return the heads of the columns."""
    made = []
    words = pen.words
    for day in days:
        totals = by_day.get(day, Totals(day))
        count = ""
        if totals.shifts:
            count = words.count % {"taken": totals.taken, "wanted": totals.wanted}
        if day == today:
            count = words.today_count % {"count": count} if count else words.today
        made.append(
            Column(
                short_day(day, week=True),
                count,
                holidays.get(day, ""),
                pen.ask.address(
                    pen.path, view=View.LIST, first=day, length=1, fill=0, hold=0, page=1, words=""
                ),
                day == today,
            )
        )
    return made


def by_place(
    pen: Pen,
    days: Sequence[date],
    rows: Sequence[Any],
    shown: Mapping[int, list[Slot]],
    *,
    is_usual: Callable[[Any], bool],
) -> tuple[list[Line], list[Gap]]:
    """Return a row for each place; `is_usual` tells whether a shift's hours go without saying."""
    names = [long_day(day) for day in days]
    position = {day: number for number, day in enumerate(days)}
    cells: dict[int, list[list[Any]]] = {}
    heads: dict[int, Any] = {}
    for row in rows:
        if row.place_id not in cells:
            cells[row.place_id] = [[] for _day in days]
            heads[row.place_id] = row
        column = position.get(row.day)
        if column is not None:
            cells[row.place_id][column].append(row)
    lines: list[Line] = []
    found: list[tuple[bool, date, int, Gap]] = []
    short = [short_day(day, week=True) for day in days]
    for place_id, shifts in cells.items():
        head = heads[place_id]
        drawn = []
        for number, cell in enumerate(shifts):
            bunches = []
            for row in cell:
                caption = pen.caption(row, hours=not is_usual(row))
                bunch = pen.bunch(row, shown[row.id], head.place, names[number], caption=caption)
                is_alone = (bunch.is_off or bunch.pause) and pen.ask.show is None
                if bunch.marks or bunch.held or is_alone:
                    bunches.append(bunch)
                found += [
                    (
                        mark.state != Display.COVER,
                        days[number],
                        len(found),
                        Gap(head.place, short[number], mark),
                    )
                    for mark in bunch.marks
                    if mark.state in GAPS
                ]
            drawn.append(bunches)
        url = pen.ask.address(
            pen.path, place_id=0 if pen.ask.place_id else place_id, page=1, fill=0, hold=0, words=""
        )
        lines.append(Line(head.place, head.second_name, url, drawn))
    found.sort(key=lambda one: one[:3])
    return lines, [one[3] for one in found]


def by_volunteer(
    pen: Pen, days: Sequence[date], people: Sequence[Any], rows: Sequence[Any]
) -> list[Line]:
    """Return a row for each volunteer, with the places where they are."""
    names = {day: long_day(day) for day in days}
    cells: dict[tuple[int, date], list[Bunch]] = defaultdict(list)
    for row in rows:
        state = _standing(row, pen.now)
        if row.day not in names or not _is_wanted(state, pen.ask.show):
            continue
        facts = {
            "place": row.place,
            "day": names[row.day],
            "starts": pen.hour(row.starts_at, row.timezone),
            "ends": pen.hour(row.ends_at, row.timezone),
        }
        slot = Slot(state, row.assignment_id, row.volunteer_id, row.place, row.is_leader)
        mark = pen.mark(slot, row, facts, is_first_gap=False)
        mark = mark._replace(label=pen.words.where % {**facts, "what": pen.words.said[state]})
        caption = pen.caption(row, hours=pen.ask.view is not View.SERIES)
        cells[row.volunteer_id, row.day].append(
            Bunch(f"{pen.shift_base}{row.id}", caption, False, [mark], None)
        )
    base = url_for("volunteers.show", volunteer_id=0)[:-1] if pen.may_see_volunteers else ""
    return [
        Line(
            person.preferred_name,
            "",
            f"{base}{person.id}" if base else "",
            [cells.get((person.id, day), []) for day in days],
        )
        for person in people
    ]


def _standing(row: Any, now: datetime) -> Display:
    looks = {
        AssignmentState.DRAFT: Display.DRAFT,
        AssignmentState.WAITING: Display.WAITING,
        AssignmentState.CONFIRMED: Display.DONE if row.ends_at <= now else Display.CONFIRMED,
    }
    return looks.get(row.standing, Display.CANT)
