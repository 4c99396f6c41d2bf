"""What a summary for the office says, line by line: counts, times and places, never a name."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hospice.web import pages

_PAPERS: dict[str, Any] = {
    "training": _l("training"),
    "background": _l("background check"),
    "health": _l("health check"),
}


def paper_words(kind: str) -> str:
    """Return a kind of paper as the middle of a sentence says it."""
    return str(_PAPERS.get(kind, _l("paper")))


def summary_line(line: Mapping[str, Any]) -> str:
    """Return one line of a summary; nothing for a kind that there is not any more."""
    words = _LINES.get(str(line.get("kind")))
    return words(line) if words else ""


def _comes(line: Mapping[str, Any]) -> str:
    zone = str(line["zone"])
    starts_at = datetime.fromisoformat(str(line["starts_at"]))
    ends_at = datetime.fromisoformat(str(line["ends_at"]))
    return _(
        "%(hours)s, %(place)s: %(taken)s of %(wanted)s",
        hours=pages.hours(starts_at, ends_at, zone),
        place=line["place"],
        taken=line["taken"],
        wanted=line["wanted"],
    )


def _day(line: Mapping[str, Any]) -> str:
    day = pages.long_day(date.fromisoformat(str(line["day"])))
    facts = {"day": day, "taken": line["taken"], "wanted": line["wanted"]}
    return ngettext(
        "%(day)s: %(num)d shift, %(taken)s of %(wanted)s places taken",
        "%(day)s: %(num)d shifts, %(taken)s of %(wanted)s places taken",
        int(line["shifts"]),
        **facts,
    )


def _open(line: Mapping[str, Any]) -> str:
    first = pages.long_day(date.fromisoformat(str(line["first"])))
    return ngettext(
        "%(num)d open place within a week, on %(day)s",
        "%(num)d open places within a week, the first on %(day)s",
        int(line["count"]),
        day=first,
    )


_LINES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "comes": _comes,
    "more": lambda line: ngettext(
        "%(num)d more shift today", "%(num)d more shifts today", int(line["count"])
    ),
    "day": _day,
    "open": _open,
    "unanswered": lambda line: ngettext(
        "%(num)d person has not answered yet",
        "%(num)d people have not answered yet",
        int(line["count"]),
    ),
    "phone": lambda line: ngettext(
        "%(num)d person to phone: no message reached them",
        "%(num)d people to phone: no message reached them",
        int(line["count"]),
    ),
    "worrying": lambda line: ngettext(
        "%(num)d note that worries someone",
        "%(num)d notes that worry someone",
        int(line["count"]),
    ),
    "tasks": lambda line: ngettext(
        "%(num)d task is due", "%(num)d tasks are due", int(line["count"])
    ),
    "papers": lambda line: ngettext(
        "%(num)d paper of a volunteer has run out or soon will",
        "%(num)d papers of volunteers have run out or soon will",
        int(line["count"]),
    ),
    "given": lambda line: ngettext(
        "%(num)d hour given in the last seven days",
        "%(num)d hours given in the last seven days",
        int(line["count"]),
    ),
}
