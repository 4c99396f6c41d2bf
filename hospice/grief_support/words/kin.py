"""Labels of families, what keeps one from being saved, and the sentences of their history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hospice.core.errors import Objection
from hospice.grief_support.models import ContactStop, Kin, Kinship, WayOf
from hospice.grief_support.rules.family_pages import PageTopic
from hospice.grief_support.rules.kin import Consent, KinWay, Relation, StopScope
from hospice.journal.words import Field, Sentence
from hospice.volunteers import words as volunteers
from hospice.volunteers.words import languages, listed, weekday_label
from hospice.web.pages import clock_time, day_year

RELATION_LABELS: dict[Relation, Any] = {
    Relation.WIFE: _l("Wife"),
    Relation.HUSBAND: _l("Husband"),
    Relation.PARTNER: _l("Partner"),
    Relation.DAUGHTER: _l("Daughter"),
    Relation.SON: _l("Son"),
    Relation.MOTHER: _l("Mother"),
    Relation.FATHER: _l("Father"),
    Relation.SISTER: _l("Sister"),
    Relation.BROTHER: _l("Brother"),
    Relation.GRANDCHILD: _l("Grandchild"),
    Relation.RELATIVE: _l("Relative"),
    Relation.FRIEND: _l("Friend"),
    Relation.NEIGHBOUR: _l("Neighbour"),
    Relation.OTHER: lazy_pgettext("relation", "Someone else"),
}
WAY_LABELS: dict[KinWay, Any] = {
    KinWay.CALL: lazy_pgettext("way", "Call"),
    KinWay.TEXT: lazy_pgettext("way", "Text message"),
    KinWay.WECHAT: lazy_pgettext("way", "WeChat"),
    KinWay.EMAIL: lazy_pgettext("way", "Email"),
    KinWay.LETTER: lazy_pgettext("way", "Letter"),
    KinWay.VISIT: lazy_pgettext("way", "Visit"),
}
CONSENT_LABELS: dict[Consent, Any] = {
    Consent.YES: lazy_pgettext("consent", "Yes"),
    Consent.NO: lazy_pgettext("consent", "No"),
    Consent.UNASKED: lazy_pgettext("consent", "Not asked"),
}
SCOPE_LABELS: dict[StopScope, Any] = {
    StopScope.EVERYTHING: _l("No contact at all"),
    StopScope.WAY: _l("Not in one way"),
    StopScope.TOPIC: _l("Not about one subject"),
}
# What their own page asks; other subjects stand in the words in which they were typed.
TOPIC_LABELS: dict[PageTopic, Any] = {
    PageTopic.RELIGION: _l("Religious words"),
    PageTopic.DAYS: _l("Anything on days that are hard, such as the anniversary"),
}
LABELS: dict[str, Any] = {
    "name": _l("Name"),
    "called": _l("How we speak to them"),
    "languages": _l("Languages"),
    "timezone": _l("Time where they live"),
    "reach_days": _l("Days on which they can be reached"),
    "reach_from": _l("Reached from"),
    "reach_until": _l("Reached until"),
    "reach_words": _l("More about when"),
    "phone": _l("Telephone"),
    "email": _l("Email"),
    "post_address": _l("Post address"),
    "is_minor": _l("Under age"),
    "guardian": _l("Guardian"),
    "safety_note": _l("Safety"),
    "notes": _l("Notes"),
    "relation": _l("Who they are to the patient"),
    "relation_words": _l("In their own words"),
    "is_key_contact": _l("Key contact"),
    "is_carer": _l("Cares for the patient"),
    "is_decision_maker": _l("Decides with or for the patient"),
    "name_for_patient": _l("What they call the patient"),
    "words_to_avoid": _l("Words to avoid"),
    "ways": _l("Ways to reach them"),
    "estranged": _l("Not on speaking terms with"),
}


def relation_label(link: Kinship) -> str:
    """Return who someone is to the patient: "Daughter", or their own words for it."""
    label = str(RELATION_LABELS[link.relation])
    if not link.relation_words:
        return label
    if link.relation is Relation.OTHER:
        return link.relation_words
    return _("%(relation)s (%(words)s)", relation=label, words=link.relation_words)


def kinship_words(link: Kinship) -> str:
    """Return who someone is, as it stands after a name: "daughter, key contact"."""
    words = [relation_label(link)]
    if link.is_key_contact:
        words.append(str(LABELS["is_key_contact"]))
    return listed(_small(word) for word in words)


def _small(word: str) -> str:
    return word[:1].lower() + word[1:]


def role_words(link: Kinship) -> str:
    """Return what someone does, in a row; empty when nothing is written down."""
    roles = ("is_key_contact", "is_carer", "is_decision_maker")
    return listed(LABELS[role] for role in roles if getattr(link, role))


def way_label(way: str) -> str:
    """Return the word for a way to reach someone."""
    return str(WAY_LABELS[KinWay(way)])


def way_words(ways: Sequence[WayOf]) -> str:
    """Return the ways that someone agrees to, the one they like best first."""
    return listed(WAY_LABELS[one.way] for one in ways if one.consent is Consent.YES)


def consent_label(consent: str) -> str:
    """Return whether someone agrees."""
    return str(CONSENT_LABELS[Consent(consent)])


def reach_words(person: Kin) -> str:
    """Return when someone can be reached: "Mon, Tue, 18:00–20:00"."""
    parts = []
    if person.reach_days:
        parts.append(listed(weekday_label(day, short=True) for day in person.reach_days))
    if person.reach_from and person.reach_until:
        parts.append(f"{clock_time(person.reach_from)}–{clock_time(person.reach_until)}")
    elif person.reach_from:
        parts.append(_("from %(time)s", time=clock_time(person.reach_from)))
    elif person.reach_until:
        parts.append(_("until %(time)s", time=clock_time(person.reach_until)))
    if person.reach_words:
        parts.append(person.reach_words)
    return listed(parts)


def stop_words(stop: ContactStop) -> str:
    """Return what someone does not want: "No contact at all, until Sun 3 January 2027"."""
    words = _stopped(stop.scope, stop.way, stop.topic)
    if stop.until is None:
        return words
    return _("%(what)s, until %(day)s", what=words, day=day_year(stop.until))


def _stopped(scope: str, way: str | None, topic: str) -> str:
    if scope == StopScope.WAY and way:
        return _("Not in this way: %(way)s", way=way_label(way))
    if scope == StopScope.TOPIC:
        return _("Not about this: %(topic)s", topic=topic_words(topic))
    return str(SCOPE_LABELS[StopScope.EVERYTHING])


def topic_words(topic: str) -> str:
    """Return what a subject is called: one of their own page's, or as somebody typed it."""
    word = topic.strip().casefold()
    return str(TOPIC_LABELS[PageTopic(word)]) if word in set(PageTopic) else topic


def kin_objection_words(objection: Objection) -> str:
    """Return why something about a family was not saved."""
    words = _OBJECTIONS.get(objection.kind)
    return words(objection.facts) if words else volunteers.objection_words(objection)


_OBJECTIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "no_name": lambda _facts: _("Enter the name"),
    "zone": lambda _facts: _("Choose a time zone"),
    "ends_before": lambda facts: _("End time must be after %(time)s", time=facts["from"]),
    "guardian": lambda _facts: _("Choose someone of this family"),
    "estranged": lambda _facts: _("Choose someone of this family"),
    "refused_way": lambda _facts: _("They said no to this way. Choose another one"),
    "known_here": lambda _facts: _("This person is part of the family already"),
    "no_way": lambda _facts: _("Choose the way that is not wanted"),
    "no_topic": lambda _facts: _("Write the subject that is not wanted"),
    "until_over": lambda _facts: _("Enter today or a later day, or leave it empty"),
}


# --- the journal ----------------------------------------------------------------------------------


def _relation(value: str) -> str:
    return str(RELATION_LABELS[Relation(value)])


def _days(value: Iterable[int]) -> str:
    return listed(weekday_label(day, short=True) for day in value)


def _ways(value: Iterable[Sequence[str]]) -> str:
    return listed(
        _("%(way)s: %(consent)s", way=way_label(way), consent=consent_label(consent))
        for way, consent in value
    )


def _added(facts: Mapping[str, Any]) -> str:
    return _(
        "added %(name)s to the family (%(relation)s)",
        name=facts["name"],
        relation=_small(_relation(facts["relation"])),
    )


def _stop_set(facts: Mapping[str, Any]) -> str:
    what = _stopped(facts["scope"], facts.get("way"), facts.get("topic", ""))
    if not facts.get("until"):
        return _("noted what is not wanted: %(what)s", what=what)
    day = day_year(date.fromisoformat(facts["until"]))
    return _("noted what is not wanted: %(what)s, until %(day)s", what=what, day=day)


VERBS: dict[str, Sentence] = {
    "kin.added": _added,
    "kin.stopped": _stop_set,
    "kin.taken_off": lambda facts: _(
        "took %(name)s off the family: %(reason)s", name=facts["name"], reason=facts["reason"]
    ),
    "kin.put_back": lambda facts: _("put %(name)s back into the family", name=facts["name"]),
    "kin.lifted": lambda facts: _(
        "noted that this is wanted again: %(what)s",
        what=_stopped(facts["scope"], facts.get("way"), facts.get("topic", "")),
    ),
}
_VALUES: dict[str, Callable[[Any], str]] = {
    "languages": languages,
    "reach_days": _days,
    "relation": _relation,
    "ways": _ways,
}
# Who may see restricted notes sees these; everyone else reads that they changed.
_RESTRICTED = frozenset(
    {"safety_note", "notes", "words_to_avoid", "estranged", "phone", "email", "post_address"}
)
FIELDS: dict[str, Field] = {
    f"kin.{name}": Field(label, _VALUES.get(name), is_restricted=name in _RESTRICTED)
    for name, label in LABELS.items()
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "consent_label": consent_label,
    "kin_way_label": way_label,
    "kin_way_words": way_words,
    "kinship_words": kinship_words,
    "reach_words": reach_words,
    "relation_label": relation_label,
    "role_words": role_words,
    "stop_words": stop_words,
}
