"""The blueprints and words of every feature, in their left-to-right order."""

from importlib import import_module
from types import ModuleType

from flask import Flask

from hospice.journal import words as journal_words

ORDER = (
    "accounts",
    "journal",
    "channels",
    "reminders",
    "places",
    "volunteers",
    "patients",
    "tasks",
    "shifts",
    "attendance",
    "visits",
    "calendars",
    "grief_support",
    "cases",
    "gatherings",
    "today",
)

# Parts of a feature with floors of their own; their pages stand on the feature's blueprint.
PARTS = ("reminders.wording", "reminders.wishes")


def register(app: Flask) -> None:
    """Register every feature: its tables, its blueprint, and its words.

    A `words` module may have `GLOBALS` (functions for templates) and `VERBS` (sentences of the
    journal). A `cards` module puts its cards on the pages of features to its left, which cannot
    know it. URLs are written out in full in the views.
    """
    for name in PARTS:
        _module(name, "views")
    sources = app.extensions.setdefault("notice_sources", [])
    for name in ORDER:
        _module(name, "models")
        app.register_blueprint(import_module(f"hospice.{name}.views").bp)
    for name in (*ORDER, *PARTS):
        words = _module(name, "words")
        app.jinja_env.globals.update(getattr(words, "GLOBALS", {}))
        journal_words.register(getattr(words, "VERBS", {}), getattr(words, "FIELDS", {}))
    for name in ORDER:
        notices = _module(name, "notices")
        if hasattr(notices, "due"):  # what is to be said, for a look ahead
            sources.append(notices)
    for name in ORDER:
        cards = _module(name, "cards")
        if cards is not None:
            cards.register()


def _module(feature: str, floor: str) -> ModuleType | None:
    full = f"hospice.{feature}.{floor}"
    try:
        return import_module(full)
    except ModuleNotFoundError as error:
        if error.name != full:
            raise
        return None
