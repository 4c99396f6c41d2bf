"""Labels of gatherings, why somebody is left out, and the sentences of their history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext, pgettext

from hospice.accounts.models import Hospice
from hospice.core.errors import Objection
from hospice.gatherings.models import Gathering, Guest
from hospice.gatherings.rules import Answer, GatheringKind, Remembrance
from hospice.grief_support.rules.kin import Consent
from hospice.grief_support.words.plans import plan_state_label
from hospice.journal.words import Field, Sentence
from hospice.places.models import Place
from hospice.volunteers.words import languages
from hospice.web.pages import hours, locale_name, long_day

LABELS: dict[str, Any] = {
    "title": _l("What it is called"),
    "local_day": _l("Day"),
    "starts_at": _l("From"),
    "ends_at": _l("Until"),
    "place": _l("Place"),
    "where_words": _l("Where exactly"),
    "languages": _l("Languages spoken there"),
    "for_words": _l("Who it is for"),
    "is_religious": _l("Is it religious?"),
    "about": _l("What happens there"),
    "period_from": _l("For those who lost someone from"),
    "period_until": _l("until"),
    "lead": _l("Who leads"),
}
RELIGIOUS_LABELS: dict[str, Any] = {
    "no": lazy_pgettext("religious", "No"),
    "yes": lazy_pgettext("religious", "Yes"),
}
ANSWER_LABELS: dict[Answer, Any] = {
    Answer.COMES: lazy_pgettext("answer", "Comes"),
    Answer.NOT: lazy_pgettext("answer", "Does not come"),
    Answer.NONE: lazy_pgettext("answer", "No answer yet"),
}
ANSWER_LOOKS: dict[Answer, str] = {
    Answer.COMES: "confirmed",
    Answer.NOT: "cant",
    Answer.NONE: "waiting",
}
WISH_LABELS: dict[Consent, Any] = {
    Consent.YES: lazy_pgettext("remembered", "Yes"),
    Consent.NO: lazy_pgettext("remembered", "No"),
    Consent.UNASKED: lazy_pgettext("remembered", "Not asked"),
}
REMEMBRANCE_LABELS: dict[Remembrance, Any] = {
    Remembrance.OFF: _l("No names"),
    Remembrance.VISITED: _l("The names of those whom they visited"),
    Remembrance.ALL: _l("The names of all who died"),
}
SETTING_LABELS: dict[str, Any] = {
    "remembrance": _l("What volunteers read under “Remembering”"),
    "talk_name": _l("Someone to talk to"),
    "talk_phone": _l("Their telephone"),
}


def answer_label(answer: str) -> str:
    """Return what somebody said."""
    return str(ANSWER_LABELS[Answer(answer)])


def answer_look(answer: str) -> str:
    """Return the look of an answer's tag."""
    return ANSWER_LOOKS[Answer(answer)]


def gathering_name(gathering: Gathering) -> str:
    """Return what a gathering is called: its title, or "Debrief, Ward 1"; the place is loaded."""
    if gathering.title:
        return gathering.title
    if gathering.place is None:
        return _("Debrief for everyone")
    return _("Debrief, %(place)s", place=gathering.place.name)


def gathering_when(gathering: Gathering) -> str:
    """Return "Sunday 20 December, 14:00–16:00"."""
    return _(
        "%(day)s, %(hours)s",
        day=long_day(gathering.local_day),
        hours=hours(gathering.starts_at, gathering.ends_at, gathering.timezone),
    )


def gathering_where(gathering: Gathering) -> str:
    """Return where people meet; the place is loaded."""
    # A debrief's place says whom it is for.
    place: Place | None = None if gathering.kind is GatheringKind.SHARING else gathering.place
    parts = [place.full_name if place else "", gathering.where_words]
    return _(", ").join(part for part in parts if part)


def guest_name(guest: Guest) -> str:
    """Return the name of somebody on the list; whoever it is, is loaded."""
    if guest.kin is not None:
        return guest.kin.name
    if guest.volunteer is not None:
        return guest.volunteer.preferred_name
    return guest.user.name if guest.user is not None else ""


def guest_phone(guest: Guest) -> str:
    """Return the telephone of somebody on the list, if we know one; a child's never."""
    if guest.kin is not None and guest.kin.is_minor:
        return ""  # one speaks to the guardian, who stands on the child's page
    found = guest.kin or guest.volunteer
    return found.phone if found is not None else ""


def guests_words(guests: Sequence[Guest]) -> str:
    """Return "12 asked. 7 people come. 4 have not answered."; nothing is made of it afterwards."""
    if not guests:
        return _("Nobody is asked yet.")
    coming = sum(1 + one.others for one in guests if one.answer is Answer.COMES)
    silent = sum(one.answer is Answer.NONE for one in guests)
    parts = [
        ngettext("%(num)d person is asked.", "%(num)d people are asked.", len(guests)),
        ngettext("%(num)d person comes.", "%(num)d people come.", coming),
    ]
    if silent:
        parts.append(ngettext("%(num)d has not answered.", "%(num)d have not answered.", silent))
    return ("" if locale_name() == "zh_Hans" else " ").join(parts)


def reason_words(reasons: Iterable[Objection]) -> str:
    """Return why somebody is left out, in a row."""
    return _("; ").join(gathering_objection_words(one) for one in reasons)


def wish_label(wish: str) -> str:
    """Return whether a family agrees that a name is read."""
    return str(WISH_LABELS[Consent(wish)])


def gathering_kept_now(gathering: Gathering) -> list[tuple[str, str]]:
    """Return what is kept of a gathering now, for whoever was a moment too late."""
    rows = [
        ("title", gathering.title),
        ("local_day", gathering_when(gathering)),
        ("place", gathering.place.full_name if gathering.place else ""),
        ("where_words", gathering.where_words),
        ("for_words", gathering.for_words),
        ("about", gathering.about),
        ("lead", gathering.lead.name if gathering.lead else ""),
    ]
    return [(str(LABELS[name]), words) for name, words in rows if words]


def remembrance_kept_now(hospice: Hospice) -> list[tuple[str, str]]:
    """Return what is kept of the settings now, for whoever was a moment too late."""
    kept = {
        "remembrance": str(REMEMBRANCE_LABELS[Remembrance(hospice.remembrance)]),
        "talk_name": hospice.talk_name,
        "talk_phone": hospice.talk_phone,
    }
    return [(str(SETTING_LABELS[name]), words) for name, words in kept.items()]


def gathering_objection_words(objection: Objection) -> str:
    """Return what keeps something about a gathering from being done, or somebody from being asked."""
    return _OBJECTIONS[objection.kind](objection.facts)


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "stale": lambda _facts: _("Someone else changed this while you were writing"),
    "over": lambda _facts: _("This is over. It cannot be changed any more"),
    "not_yet": lambda _facts: _("It has not begun yet"),
    "no_reason": lambda _facts: _("Write why"),
    "no_title": lambda _facts: _("Write what it is called"),
    "no_where": lambda _facts: _("Choose a place, or write where it is"),
    "far_ahead": lambda _facts: _("Choose a day within the next two years"),
    "ends_before": lambda facts: _("End time must be after %(time)s", time=facts["from"]),
    "period_order": lambda _facts: _("The last day must not be before the first"),
    "nobody": lambda _facts: pgettext("gathering", "Choose whom to ask"),
    "unknown": lambda _facts: _("The list has changed meanwhile. Look at it again"),
    "left_out": lambda facts: _("%(name)s cannot be asked: see the list", name=facts["name"]),
    "quiet": lambda facts: _(
        "%(name)s keeps this day quiet. Write why they are asked all the same", name=facts["name"]
    ),
    "too_many": lambda facts: _("Enter at most %(most)s", most=facts["most"]),
    "comes_alone": lambda _facts: _("Leave this empty when they do not come themselves"),
    "words_too_long": lambda facts: _("Use at most %(max)d characters", max=facts["most"]),
    # why somebody is left out
    "unconfirmed": lambda _facts: _("The death is not confirmed, or was taken back"),
    "stopped": lambda _facts: _("Wants no contact"),
    "no_gatherings": lambda _facts: _("Does not want invitations"),
    "no_religion": lambda _facts: _("Wants nothing religious"),
    "needs_guardian": lambda _facts: _("Under age, and no guardian is known"),
    "no_plan": lambda _facts: _("Has no support plan"),
    "plan": lambda facts: _(
        "Support plan: %(state)s", state=plan_state_label(facts["state"]).lower()
    ),
    "no_way": lambda _facts: _("No way is left in which we may ask them"),
    "on_break": lambda _facts: _("On a break"),
    "not_told": lambda _facts: _("Has not heard of the death from a person yet"),
}


# --- the journal ----------------------------------------------------------------------------------


def _answered(facts: Mapping[str, Any]) -> str:
    return _(
        "wrote down what %(name)s said: %(answer)s",
        name=facts["name"],
        answer=answer_label(facts["answer"]).lower(),
    )


def _invited(facts: Mapping[str, Any]) -> str:
    return ngettext(
        "put %(num)d person on the list of a gathering",
        "put %(num)d people on the list of a gathering",
        int(facts["count"]),
    )


def _yes(value: Any) -> str:
    return str(RELIGIOUS_LABELS["yes" if value else "no"])


VERBS: dict[str, Sentence] = {
    "gathering.planned": lambda facts: (
        _("planned “%(title)s”", title=facts["title"])
        if facts.get("title")
        else _("planned a debrief")
    ),
    "gathering.cancelled": lambda facts: _("called it off: %(reason)s", reason=facts["reason"]),
    "gathering.invited": _invited,
    "gathering.answered": _answered,
    "gathering.withdrawn": lambda facts: _("took %(name)s off the list", name=facts["name"]),
    "gathering.ticked": lambda _facts: _("wrote down who came"),
    "gathering.closed": lambda _facts: _("closed the debrief"),
    "patient.remembrance": lambda facts: _(
        "wrote down whether the name may be read: %(wish)s", wish=wish_label(facts["wish"]).lower()
    ),
}
_VALUES: dict[str, Callable[[Any], Any]] = {
    "languages": languages,
    "is_religious": _yes,
}
FIELDS: dict[str, Field] = {
    **{f"gathering.{name}": Field(label, _VALUES.get(name)) for name, label in LABELS.items()},
    "hospice.remembrance": Field(
        SETTING_LABELS["remembrance"], lambda value: str(REMEMBRANCE_LABELS[Remembrance(value)])
    ),
    "hospice.talk_name": Field(SETTING_LABELS["talk_name"]),
    "hospice.talk_phone": Field(SETTING_LABELS["talk_phone"]),
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "answer_label": answer_label,
    "answer_look": answer_look,
    "gathering_name": gathering_name,
    "gathering_when": gathering_when,
    "gathering_where": gathering_where,
    "guest_name": guest_name,
    "guest_phone": guest_phone,
    "guests_words": guests_words,
    "left_out_words": reason_words,
    "wish_label": wish_label,
}
