"""The reports of grief support in words: a sentence, what it counts, and its table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext

from hospice.grief_support.queries.report_plans import OpenPlan, Unplanned
from hospice.grief_support.rules.plans import ASSESSED_BY_DAY, LONGEST_DAYS, SPOKEN, PlanState
from hospice.grief_support.rules.reports import (
    Assessed,
    Caller,
    Due,
    Planned,
    Ratio,
    shareable,
    together,
)
from hospice.grief_support.words.labels import PLAN_LABELS
from hospice.grief_support.words.plans import contact_way_label, tier_label
from hospice.web.pages import day_year

_WIDE = 720  # of a bar, in the units of its drawing


@dataclass(frozen=True)
class Row:
    """One line of a table; a cell of None is a number that is kept back."""

    label: str
    cells: Sequence[int | str | None]
    url: str = ""


@dataclass(frozen=True)
class Part:
    """A piece of a bar: its look, where it begins and how wide it is."""

    look: str
    start: int
    width: int
    label: str


@dataclass(frozen=True)
class Figure:
    """One figure: what it says, what it counts, how it is drawn, and its table."""

    name: str
    title: str
    sentence: str
    meaning: str
    head: Sequence[str] = ()
    rows: Sequence[Row] = ()
    total: Row | None = None
    bar: Sequence[Part] = ()
    listed: Sequence[Row] = field(default_factory=tuple)  # whom it is about, with links
    more: int = 0  # how many more there are than are listed


def in_time(rows: Sequence[Due], *, shared: bool) -> Figure:
    """Say how much was done inside its window."""
    ratio = together(rows, "in_time")
    counts = [[row.due, row.in_time, row.late, row.undone] for row in rows]
    head = [pgettext("report", "Due"), _("In time"), _("Done later"), _("Not done")]
    beside = [row.left_out for row in rows]
    return Figure(
        "in-time",
        _("Done in time"),
        _share(
            ratio,
            _l(
                "%(percent)s %%: of %(whole)s follow-ups that were due, %(part)s were done in time."
            ),
            shared,
        ),
        _(
            "Due is what had its last day on these days, and that day is over. In time is what was"
            " done by then, or later because they had named another time. Left out is what they did"
            " not want, what fell into a pause or after the end of a plan, and what still waits for"
            " the time they named. A plan that nobody has looked at yet counts."
        ),
        head if shared else [*head, pgettext("report", "Left out")],
        *_table([contact_way_label(row.way) for row in rows], counts, beside, shared=shared),
        bar=() if shared else _bar(counts, [_("In time"), _("Done later")]),
    )


def reached(rows: Sequence[Due], *, shared: bool) -> Figure:
    """Say how often somebody tried, and apart from that how often they were reached."""
    rows = [row for row in rows if row.way in SPOKEN]
    tried, got = together(rows, "tried"), together(rows, "reached")
    counts = [
        [
            row.due,
            row.talked,
            row.named_time,
            row.asked_to_stop,
            row.no_answer,
            row.due - row.tried,
        ]
        for row in rows
    ]
    if shared and (tried.is_few or got.is_few):
        sentence = _too_few()
    elif tried.percent is None:
        sentence = _("Nothing was due.")
    else:
        sentence = _(
            "Of %(due)s calls and visits that were due, %(tried)s were tried in time"
            " (%(tried_percent)s %%), and %(reached)s reached them (%(reached_percent)s %%).",
            due=tried.whole,
            tried=tried.part,
            tried_percent=tried.percent,
            reached=got.part,
            reached_percent=got.percent,
        )
    return Figure(
        "reached",
        _("Tried, and reached"),
        sentence,
        _(
            "Two different things: to try is ours, to answer is theirs. “Not now” is an answer and"
            " never a failure. Each call is counted once, by the best that came of it."
        ),
        [
            pgettext("report", "Due"),
            _("Talked"),
            _("Not a good time"),
            _("Asked us not to call again"),
            _("No answer"),
            _("Not tried"),
        ],
        *_table([contact_way_label(row.way) for row in rows], counts, shared=shared),
        bar=() if shared else _bar(counts, [_("Talked"), _("Not a good time")]),
    )


def assessed(rows: Sequence[Assessed], *, shared: bool) -> Figure:
    """Say with how many somebody talked at length soon."""
    ratio = Ratio(sum(row.in_time for row in rows), sum(row.due for row in rows))
    counts = [[row.due, row.in_time, row.late, row.undone] for row in rows]
    head = [pgettext("report", "Due"), _("In time"), _("Done later"), pgettext("report", "Not yet")]
    beside = [row.left_out for row in rows]
    return Figure(
        "assessed",
        _("Talked at length by day %(day)s", day=ASSESSED_BY_DAY),
        _share(
            ratio,
            _l(
                "%(percent)s %%: of %(whole)s bereaved people, %(part)s were asked in time how they"
                " are and what would help."
            ),
            shared,
        ),
        _(
            "The first long call or a screen, within %(day)s days of the death. Counted are plans whose"
            " %(day)sth day lies on these days and is over. Left out is whoever did not want it by"
            " then, or had asked for a pause. Where the day of death is not known, nothing is due.",
            day=ASSESSED_BY_DAY,
        ),
        head if shared else [*head, pgettext("report", "Left out")],
        *_table([tier_label(row.tier) for row in rows], counts, beside, shared=shared),
        bar=() if shared else _bar(counts, [_("In time"), _("Done later")]),
    )


def unplanned(found: Planned, people: Sequence[Unplanned], *, shared: bool) -> Figure:
    """Say after how many deaths nobody has a plan, or has one that waits."""
    looked_at = found.deaths - found.without - found.draft_waits
    counts = [
        [found.deaths, looked_at, found.draft_waits, found.no_plan, found.no_family],
    ]
    cells: list[int | None] = list(counts[0])
    if shared:
        cells = shareable(counts)[0]
    if not found.deaths:
        sentence = _("No death was confirmed on these days.")
    elif None in cells:
        sentence = _too_few()
    else:
        sentence = _(
            "Without a plan: %(without)s of %(deaths)s deaths. A draft waits: %(drafts)s.",
            without=found.without,
            deaths=found.deaths,
            drafts=found.draft_waits,
        )
    return Figure(
        "unplanned",
        _("Deaths without a plan"),
        sentence,
        _(
            "Confirmed deaths on these days. A plan is drafted for each of the family when a death"
            " is confirmed, unless they want no contact; it waits as a draft until somebody has"
            " looked at it."
        ),
        [
            _("Deaths"),
            _("With a plan"),
            _("A draft waits"),
            _("Family, and no plan"),
            _("No family written down"),
        ],
        [Row(_("Together"), cells)] if found.deaths else (),
        listed=() if shared else [_unplanned(one) for one in people],
        more=found.without - len(people),
    )


def _unplanned(one: Unplanned) -> Row:
    died = day_year(one.died_on) if one.died_on else _("day not known")
    why = _("Family, and no plan") if one.has_family else _("No family written down")
    return Row(one.patient, [died, why], url_for("grief_support.death", death_id=one.death_id))


def open_long(found: dict[PlanState, int], people: Sequence[OpenPlan], *, shared: bool) -> Figure:
    """Say how many plans are open for longer than thirteen months."""
    count = sum(found.values())
    labels = [str(PLAN_LABELS[state]) for state in found]
    rows, total = _table(labels, [[one] for one in found.values()], shared=shared)
    if not count:
        sentence = _("No plan is open for more than %(days)s days.", days=LONGEST_DAYS)
    elif shared and total and None in total.cells:
        sentence = _too_few()
    else:
        sentence = ngettext(
            "%(num)d plan is open for more than %(days)s days.",
            "%(num)d plans are open for more than %(days)s days.",
            count,
            days=LONGEST_DAYS,
        )
    return Figure(
        "open-long",
        _("Open for more than %(days)s days", days=LONGEST_DAYS),
        sentence,
        _(
            "As of today, whichever days stand above, counted from the day of death. Some need"
            " longer: an extended plan is no mistake, one that was forgotten is."
        ),
        [_("Plans")],
        rows,
        total,
        listed=() if shared else [_open(one) for one in people],
        more=count - len(people),
    )


def _open(one: OpenPlan) -> Row:
    died = day_year(one.died_on) if one.died_on else _("day not known")
    words = _("%(patient)s, %(day)s", patient=one.patient, day=died)
    url = url_for("grief_support.plan", plan_id=one.plan_id)
    return Row(one.kin, [words, str(PLAN_LABELS[one.state])], url)


def callers(found: Sequence[Caller], *, shared: bool) -> Figure:
    """Say who called, by the alphabet."""
    tries = sum(one.tries for one in found)
    if shared:
        sentence = _("Who called stays within the team.")
    elif not found:
        sentence = _("Nobody called or wrote on these days.")
    else:
        sentence = ngettext(
            "%(num)d call or visit was tried.", "%(num)d calls and visits were tried.", tries
        )
    return Figure(
        "callers",
        _("Who called"),
        sentence,
        _(
            "In the order of the alphabet, and compared with nobody: a long call is worth more than"
            " ten short ones, and “not a good time” means that somebody asked first."
        ),
        [
            pgettext("report", "Tried"),
            _("Talked"),
            _("Not a good time"),
            _("No answer"),
            _("Asked us not to call again"),
            _("Letters and cards sent"),
        ],
        ()
        if shared
        else [
            Row(
                one.name,
                [
                    one.tries,
                    one.talked,
                    one.named_time,
                    one.no_answer,
                    one.asked_to_stop,
                    one.sent,
                ],
            )
            for one in found
        ],
    )


def _share(ratio: Ratio, words: object, shared: bool) -> str:
    if ratio.percent is None:
        return _("Nothing was due.")
    if shared and ratio.is_few:
        return _too_few()
    return str(words) % {"percent": ratio.percent, "whole": ratio.whole, "part": ratio.part}


def _too_few() -> str:
    return _("Too few to say without pointing at somebody.")


def _table(
    labels: Sequence[str],
    counts: Sequence[Sequence[int]],
    beside: Sequence[int] = (),
    *,
    shared: bool,
) -> tuple[list[Row], Row | None]:
    """Return the lines and their sum; `beside` is a last column that is not for others."""
    if not counts:
        return [], None
    summed = [sum(column) for column in zip(*counts, strict=True)]
    shown: list[list[int | None]] = [list(row) for row in (*counts, summed)]
    if shared:
        shown = shareable([*counts, summed])
    elif beside:
        for row, number in zip(shown, [*beside, sum(beside)], strict=True):
            row.append(number)
    rows = [Row(label, cells) for label, cells in zip(labels, shown[:-1], strict=True)]
    return rows, Row(_("Together"), shown[-1])


def _bar(counts: Sequence[Sequence[int]], labels: Sequence[str]) -> list[Part]:
    """Return the bar of a share: its first parts as columns after the whole."""
    summed = [sum(column) for column in zip(*counts, strict=True)]
    if not summed or not summed[0]:
        return []
    found, start = [], 0
    for look, label, number in zip(("f-direct", "f-admin"), labels, summed[1:], strict=False):
        width = round(_WIDE * number / summed[0])
        if number:
            found.append(Part(look, start, width, label))
        start += width
    return found
