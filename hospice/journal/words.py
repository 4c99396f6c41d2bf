"""Sentences of the journal; each feature brings those of its own verbs."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from hospice.journal.models import Entry

Sentence = Callable[[Mapping[str, Any]], str]

_sentences: dict[str, Sentence] = {}


def register(verbs: Mapping[str, Sentence]) -> None:
    """Take the sentences of a feature: verb -> words made from the entry's facts."""
    _sentences.update(verbs)


def sentence(entry: Entry) -> str:
    """Return what happened, in the present language; the page puts the name before it."""
    found = _sentences.get(entry.verb)
    return found(entry.facts) if found else gettext("changed this record")


GLOBALS: dict[str, Callable[..., Any]] = {"sentence": sentence}
