"""Sentences of the journal; each feature brings those of its own verbs, and names its fields.

A feature's `words.py` may have `VERBS`: verb -> words made from the facts, without the name and
without the stop ("placed Chen Jia in Ward 1"); and `FIELDS`: "volunteer.phone" -> the field's
label, or a `Field`. What a fact `changed={"phone": [old, new]}` holds is put into words here, so a
plain "volunteer.changed" needs no sentence of its own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext, pgettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.journal.models import Entry
from hospice.journal.rules import KINDS, Field, Sentence
from hospice.web.guard import needs
from hospice.web.pages import clock_time, day_year, present_zone

_SHORT = 120
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)")
_CLOCK = re.compile(r"(\d\d:\d\d):\d\d")

_sentences: dict[str, Sentence] = {}
_fields: dict[str, Field] = {}

KIND_LABELS: dict[str, Any] = {
    "hospice": _l("The hospice"),
    "user": _l("Account"),
    "place": _l("Place"),
    "volunteer": _l("Volunteer"),
    "patient": _l("Patient"),
    "weekly_shift": _l("Weekly shift"),
    "shift": _l("Shift"),
    "note": _l("Visit note"),
    "task": _l("Task"),
    "kin": _l("Family"),
    "death": _l("A death"),
    "support_plan": _l("Support plan"),
    "gathering": _l("Gathering"),
    "debrief": _l("Debrief"),
    "red_flag": _l("Alarm"),
    "case": _l("Case"),
    "message": _l("Message"),
    "channel": _l("Way of sending"),
    "wording": _l("Words of a message"),
}


def register(verbs: Mapping[str, Sentence], fields: Mapping[str, Any] | None = None) -> None:
    """Take a feature's sentences and the labels of its fields."""
    _sentences.update(verbs)
    for name, given in (fields or {}).items():
        _fields[name] = given if isinstance(given, Field) else Field(given)


def sentence(entry: Entry, *, full: bool = False) -> str:
    """Return what happened, in the present language; the page puts the name before it.

    Long texts are shortened unless the full history is shown.
    """
    changed = entry.facts.get("changed")
    told = (
        change_words(entry.verb.partition(".")[0], changed, full=full)
        if isinstance(changed, Mapping)
        else []
    )
    found = _sentences.get(entry.verb)
    said = found(entry.facts) if found else ""
    if not told:
        return said or str(gettext("changed this record"))
    listed = str(gettext("; ")).join(told)
    if said:
        return str(gettext("%(said)s: %(changes)s", said=said, changes=listed))
    return str(gettext("changed %(changes)s", changes=listed))


def change_words(
    kind: str, changed: Mapping[str, Sequence[Any]], *, full: bool = False
) -> list[str]:
    """Return "people needed: from 2 to 3" for each changed field."""
    told = []
    for name, (old, new) in changed.items():
        field = _fields.get(f"{kind}.{name}") or Field(name.replace("_", " "))
        label = _small(str(field.label))
        if field.is_restricted and not current_user.may(Permission.SEE_RESTRICTED):
            told.append(gettext("%(field)s (not shown)", field=label))
            continue
        before, after = _value(field, old, full=full), _value(field, new, full=full)
        if before and after:
            told.append(
                gettext("%(field)s: from %(old)s to %(new)s", field=label, old=before, new=after)
            )
        elif after:
            told.append(gettext("%(field)s: now %(new)s", field=label, new=after))
        else:
            told.append(gettext("%(field)s: no longer %(old)s", field=label, old=before or "–"))
    return told


def _small(label: str) -> str:
    """Begin a label with a small letter, as inside a sentence; "GP" stays."""
    is_word = len(label) > 1 and label[0].isascii() and label[1].islower()
    return label[0].lower() + label[1:] if is_word else label


def _value(field: Field, value: Any, *, full: bool) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if field.words is not None:
        return str(field.words(value))
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, list):
        return str(pgettext("list", ", ")).join(_value(field, item, full=full) for item in value)
    if isinstance(value, str):
        return _text(value, full=full)
    return str(value)


def _text(value: str, *, full: bool) -> str:
    if _DAY.fullmatch(value):
        return day_year(date.fromisoformat(value))
    if _INSTANT.fullmatch(value):
        there = clock.local(datetime.fromisoformat(value), present_zone())
        return f"{day_year(there.date())} {clock_time(there.time())}"
    if at := _CLOCK.fullmatch(value):
        return at.group(1)
    if len(value) > _SHORT and not full:
        value = value[:_SHORT].rstrip() + "…"
    return str(gettext("“%(text)s”", text=value))


def author(entry: Entry) -> str:
    """Return who did it; the app itself has a name too."""
    return entry.who or str(gettext("Alongside"))


@dataclass(frozen=True)
class RecordLink:
    """A record that an entry is about: what it is, and its page where this person may open it."""

    label: str
    url: str | None


def record_links(entry: Entry) -> list[RecordLink]:
    """Return the records an entry is about; the entry's `about` must be loaded."""
    # publishing touches a hundred shifts at once: one link of a kind is enough to go on from
    first: dict[str, int] = {}
    for about in entry.about:
        first[about.record_kind] = min(
            about.record_id, first.get(about.record_kind, about.record_id)
        )
    return [
        RecordLink(kind_label(kind), record_url(kind, first[kind]))
        for kind in KINDS
        if kind in first
    ]


def kind_label(kind: str) -> str:
    """Return the word for a kind of record."""
    return str(KIND_LABELS.get(kind, kind))


def record_url(kind: str, record_id: int) -> str | None:
    """Return the page of a record, or None where there is none for this person."""
    known = KINDS[kind]
    needed = needs(current_app, known.endpoint)
    if needed is None or not all(current_user.may(permission) for permission in needed):
        return None
    where: dict[str, Any] = {known.argument: record_id} if known.argument else {}
    return url_for(known.endpoint, **where)


__all__ = ["GLOBALS", "Field", "Sentence", "register"]

GLOBALS: dict[str, Callable[..., Any]] = {
    "author": author,
    "kind_label": kind_label,
    "record_links": record_links,
    "sentence": sentence,
}
