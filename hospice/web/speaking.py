"""The words of the present language for templates, found once a page instead of once a word."""

from gettext import NullTranslations

from flask import Flask, g
from flask_babel import get_locale, get_translations

_FOUND = "words_of_the_page"


def init_app(app: Flask) -> None:
    """Let templates ask here; a page has fifty words and more."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda one: _words().gettext(one),
        ngettext=lambda one, many, count: _words().ngettext(one, many, count),
        pgettext=lambda context, one: _words().pgettext(context, one),
        npgettext=lambda context, one, many, count: _words().npgettext(context, one, many, count),
        newstyle=True,
    )


def _words() -> NullTranslations:
    locale = get_locale()
    if locale is None:
        return get_translations()
    found = g.get(_FOUND)
    # A letter within the page may be in another language: then the locale is another one, too.
    if found is None or found[0] is not locale:
        found = locale, get_translations()
        setattr(g, _FOUND, found)
    words: NullTranslations = found[1]
    return words
