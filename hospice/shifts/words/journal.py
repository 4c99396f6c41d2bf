"""The journal's sentences about shifts, and how the fields of a shift read there."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hospice.journal.words import Field
from hospice.shifts.rules.states import Cadence
from hospice.shifts.words.labels import CADENCE_LABELS, category_label, day_of, lack_words
from hospice.volunteers.words import gender_label, language_label, skill_label, weekday_label
from hospice.web.pages import listed

Facts = Mapping[str, Any]


def _shift(template: Any) -> Callable[[Facts], str]:
    def words(facts: Facts) -> str:
        return str(template) % {**facts, "day": day_of(facts.get("day"))}

    return words


def _declined(facts: Facts) -> str:
    words = _(
        "can’t come: %(name)s, %(place)s on %(day)s",
        name=facts["name"],
        place=facts["place"],
        day=day_of(facts["day"]),
    )
    reason = str(facts.get("reason") or "").rstrip(" .。")
    # The page ends the sentence, so the reason stands inside it.
    return _("%(said)s (“%(reason)s”)", said=words, reason=reason) if reason else words


def _swap(template: Any) -> Callable[[Facts], str]:
    def words(facts: Facts) -> str:
        days = {"day": day_of(facts.get("day")), "other_day": day_of(facts.get("other_day"))}
        return str(template) % {**facts, **days}

    return words


_SWAPPED = _l("swapped: %(taker)s instead of %(name)s, %(place)s on %(day)s")
_SWAPPED_BOTH = _l(
    "swapped: %(taker)s instead of %(name)s, %(place)s on %(day)s, "
    "for the place in %(other_place)s on %(other_day)s"
)

VERBS: dict[str, Callable[[Facts], str]] = {
    "shift.placed": _shift(_l("placed %(name)s in %(place)s on %(day)s, as a draft")),
    "shift.claimed": _shift(_l("took a place: %(name)s, %(place)s on %(day)s")),
    "shift.unclaimed": _shift(_l("gave back a place just taken: %(name)s, %(place)s on %(day)s")),
    "shift.wished": _shift(_l("asked for a place: %(name)s, %(place)s on %(day)s")),
    "shift.wish_withdrawn": _shift(
        _l("no longer asks for a place: %(name)s, %(place)s on %(day)s")
    ),
    "shift.granted": _shift(_l("said yes to %(name)s for %(place)s on %(day)s")),
    "shift.not_granted": _shift(_l("said “not this time” to %(name)s for %(place)s on %(day)s")),
    "shift.removed": _shift(_l("took %(name)s off %(place)s on %(day)s")),
    "shift.confirmed": _shift(_l("confirmed: %(name)s, %(place)s on %(day)s")),
    "shift.declined": _declined,
    "shift.leader": _shift(_l("made %(name)s the leader of %(place)s on %(day)s")),
    "shift.patients": _shift(_l("said whom %(name)s will see in %(place)s on %(day)s")),
    "shift.asked": lambda facts: _(
        "asked %(names)s for %(place)s on %(day)s",
        names=listed(facts["names"]),
        place=facts["place"],
        day=day_of(facts["day"]),
    ),
    "shift.named": lambda facts: _(
        "named %(other)s to come instead of %(name)s: %(place)s on %(day)s",
        other=facts["other"],
        name=facts["name"],
        place=facts["place"],
        day=day_of(facts["day"]),
    ),
    "shift.said_no": _shift(_l("said no: %(name)s, %(place)s on %(day)s")),
    "shift.waits": _shift(_l("wrote on the waiting list: %(name)s, %(place)s on %(day)s")),
    "shift.waits_no_more": _shift(_l("took off the waiting list: %(name)s, %(place)s on %(day)s")),
    "shift.waiting_offered": _shift(
        _l("kept a free place for %(name)s, first on the waiting list: %(place)s on %(day)s")
    ),
    "shift.waiting_declined": _shift(
        _l("did not take the place kept for them: %(name)s, %(place)s on %(day)s")
    ),
    "shift.waiting_lapsed": _shift(
        _l("did not answer in time about the place kept: %(name)s, %(place)s on %(day)s")
    ),
    "shift.waiting_withdrawn": _shift(_l("ended the wait of %(name)s for %(place)s on %(day)s")),
    "shift.swap_offered": lambda facts: _(
        "would swap: %(name)s, %(place)s on %(day)s. Asked: %(names)s",
        name=facts["name"],
        place=facts["place"],
        day=day_of(facts["day"]),
        names=listed(facts["names"]),
    ),
    "shift.swap_taken_back": _shift(_l("keeps the place: %(name)s, %(place)s on %(day)s")),
    "shift.swap_proposed": _swap(
        _l(
            "%(taker)s would take the place of %(name)s, %(place)s on %(day)s, "
            "for one in %(other_place)s on %(other_day)s"
        )
    ),
    "shift.swapped": lambda facts: _swap(_SWAPPED_BOTH if facts.get("other_day") else _SWAPPED)(
        facts
    ),
    "shift.short": lambda facts: _(
        "saw that a shift is short since %(name)s can’t come: %(place)s on %(day)s (%(lacks)s)",
        place=facts["place"],
        day=day_of(facts["day"]),
        name=facts["name"],
        lacks=" ".join(lack_words(one["kind"], one) for one in facts["lacks"]).rstrip(".。"),
    ),
    "shift.published": lambda facts: ngettext(
        "published %(num)d change", "published %(num)d changes", int(facts["count"])
    ),
    "shift.cancelled": lambda facts: _(
        "cancelled %(place)s on %(day)s: %(reason)s",
        place=facts["place"],
        day=day_of(facts["day"]),
        reason=facts.get("reason") or "–",
    ),
    "shift.reopened": _shift(_l("let %(place)s on %(day)s take place after all")),
    "shift.undone": lambda _facts: _("took back the last step on the roster"),
    "shift.planned": _shift(_l("planned a single shift in %(place)s on %(day)s")),
    "weekly_shift.planned": lambda facts: ngettext(
        "planned this weekly shift from %(day)s on: %(num)d date",
        "planned this weekly shift from %(day)s on: %(num)d dates",
        int(facts["count"]),
        day=day_of(facts["day"]),
    ),
    "weekly_shift.changed": lambda facts: (
        _("changed the weekly shift from %(day)s on", day=day_of(facts["since"]))
        if facts.get("since")
        else _("changed the weekly shift")
    ),
    "weekly_shift.ended": lambda facts: _(
        "ended the weekly shift from %(day)s on: %(reason)s",
        day=day_of(facts["day"]),
        reason=facts.get("reason") or "–",
    ),
    "weekly_shift.leads": lambda _facts: _("changed when people hear of it"),
    "weekly_shift.went_on": lambda _facts: _("let the weekly shift go on without an end"),
    "weekly_shift.seated": lambda facts: ngettext(
        "placed %(name)s in %(place)s on %(day)s, as a draft: a standing volunteer",
        "placed %(name)s in %(place)s on %(num)d dates from %(day)s on, as drafts: a standing volunteer",
        int(facts["count"]),
        name=facts["name"],
        place=facts["place"],
        day=day_of(facts["day"]),
    ),
    "weekly_shift.stands": lambda facts: _(
        "made %(name)s a standing volunteer in %(place)s: %(cadence)s, from %(day)s on",
        name=facts["name"],
        place=facts["place"],
        cadence=_inside(CADENCE_LABELS[Cadence(facts["cadence"])]),
        day=day_of(facts["day"]),
    ),
    "weekly_shift.stands_no_more": lambda facts: _(
        "noted that %(name)s is no longer a standing volunteer in %(place)s",
        name=facts["name"],
        place=facts["place"],
    ),
    "hospice.holiday": lambda facts: (
        _("decided that visits go ahead on %(day)s, %(name)s", **_day_and_name(facts))
        if facts["goes_ahead"]
        else _("decided that nobody visits on %(day)s, %(name)s", **_day_and_name(facts))
    ),
}


def _inside(label: Any) -> str:
    """Begin a label with a small letter, as inside a sentence."""
    text = str(label)
    return text[:1].lower() + text[1:]


def _day_and_name(facts: Facts) -> dict[str, str]:
    return {"day": day_of(facts["day"]), "name": str(facts["name"])}


_PATIENTS: dict[str, Any] = {
    "someone": _l("one patient"),
    "someone_else": _l("another patient"),
}
_TERMS: dict[str, Any] = {
    "day": _l("Date"),
    "weekday": Field(_l("Weekday"), weekday_label),
    "starts": _l("Starts"),
    "ends": _l("Ends"),
    "place": _l("Place"),
    "patient": Field(_l("Visits"), lambda value: _PATIENTS.get(value, value)),
    "minimum": _l("At least"),
    "wanted": _l("People wanted"),
    "needs_leader": _l("Someone who leads"),
    "needs_language": Field(_l("Someone who speaks"), language_label),
    "needs_gender": Field(_l("Asks for"), gender_label),
    "needs_skill": Field(_l("Someone with this skill"), skill_label),
    "pairs_trainees": _l("Someone experienced with each new volunteer"),
    "needs_approval": _l("We say yes before anyone takes an open place"),
    "briefing": _l("Briefing"),
    "category": Field(_l("The hours count as"), category_label),
    "ask_days": _l("Asked again, days before"),
    "remind_days": _l("Reminded, days before"),
    "morning_at": _l("On the day itself, at"),
}
FIELDS: dict[str, Any] = {
    f"{kind}.{name}": label for kind in ("shift", "weekly_shift") for name, label in _TERMS.items()
}
