"""Settings → Messages: every message's words, and changing one with what it will look like."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.config import LOCALES
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import queries as journal
from hospice.reminders import letters
from hospice.reminders.letters import Letter
from hospice.reminders.rules import TOPIC_OF, Kind, Topic
from hospice.reminders.views import bp
from hospice.reminders.wording import actions, queries
from hospice.reminders.wording.forms import WordingForm
from hospice.reminders.wording.letters import tried
from hospice.reminders.wording.rules import (
    Case,
    Medium,
    Words,
    Written,
    cases,
    placeholders,
    problems,
)
from hospice.reminders.wording.words import (
    GROUP_TITLES,
    MEDIUM_LABELS,
    case_label,
    meaning,
    problem_words,
)
from hospice.reminders.words import message_kind
from hospice.web.guard import requires
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 5
# As an address says them.
_LANGUAGES = {"en": "en", "zh": "zh_Hans"}
_SLUGS = {locale: slug for slug, locale in _LANGUAGES.items()}


@dataclass(frozen=True)
class Version:
    """The words for one length and language, and whether they are the hospice's own."""

    written: Written
    name: str
    is_own: bool
    is_unusable: bool


@dataclass(frozen=True)
class Row:
    """One kind of message, for one case."""

    title: str
    case: str
    versions: tuple[Version, ...]


@bp.get("/settings/messages")
@requires(Permission.EDIT_SETTINGS)
def wordings() -> str:
    """List what messages say, and which words are the hospice's own."""
    own = {
        Written(one.kind, one.case, one.medium, one.language): Words(one.subject, one.text)
        for one in queries.wordings()
    }
    groups: dict[Topic, list[Row]] = {topic: [] for topic in Topic}
    for kind in Kind:
        groups[TOPIC_OF[kind]] += [_row(kind, case, own) for case in cases(kind)]
    return render_template(
        "reminders/wordings.html",
        groups={topic: rows for topic, rows in groups.items() if rows},
        unusable=[
            (row, one)
            for rows in groups.values()
            for row in rows
            for one in row.versions
            if one.is_unusable
        ],
        titles=GROUP_TITLES,
        media=MEDIUM_LABELS,
    )


def _row(kind: Kind, case: Case, own: dict[Written, Words]) -> Row:
    versions = []
    for medium in Medium:
        for language in LOCALES:
            written = Written(kind, case, medium, language)
            words = own.get(written)
            is_unusable = words is not None and bool(problems(written, words))
            versions.append(Version(written, _name(written), words is not None, is_unusable))
    title = message_kind(kind)
    return Row(title, case_label(kind, case) if len(cases(kind)) > 1 else "", tuple(versions))


def _name(written: Written) -> str:
    return f"{written.case}.{written.medium}.{_SLUGS[written.language]}"


def _written(kind: str, name: str) -> Written:
    """Return what an address names; raise Missing."""
    case, _dot, rest = name.partition(".")
    medium, _dot, language = rest.partition(".")
    try:
        written = Written(Kind(kind), Case(case), Medium(medium), _LANGUAGES[language])
    except (KeyError, ValueError) as error:
        raise Missing from error
    if written.case not in cases(written.kind):
        raise Missing
    return written


@bp.route("/settings/messages/<kind>/<name>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def wording(kind: str, name: str) -> tuple[str, int] | Response:
    """Change the words of one message, or look at what they would be like; then nothing is kept."""
    written = _written(kind, name)
    form = WordingForm(written.medium)
    if not form.is_submitted():
        return _editor(written, form, _show(written, form)), 200
    theirs: list[tuple[str, str]] = []
    if form.validate() and "preview" in request.form:
        form.object_to(problems(written, form.words()), problem_words)
        return _editor(written, form, form.words()), 422 if form.errors else 200
    if not form.errors:
        try:
            with transaction():
                actions.change(
                    written,
                    form.words(),
                    original=letters.original(written),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, problem_words)
            if any(one.kind == "stale" for one in refusal.objections):
                theirs = _theirs(written, form)
        else:
            flash(_("Saved. The next message of this kind says it so."), "done")
            return redirect(url_for("reminders.wording", kind=kind, name=name))
    return _editor(written, form, form.words(), theirs), 422


@bp.post("/settings/messages/<kind>/<name>/original")
@requires(Permission.EDIT_SETTINGS)
def original_wording(kind: str, name: str) -> Response:
    """Go back to the words that came with the app."""
    written = _written(kind, name)
    original = letters.original(written)
    row = queries.wording(written)
    version = row.version if row else 0
    try:
        with transaction():
            actions.change(
                written,
                original,
                original=original,
                seen_version=version,
                by=current_user,
                now=clock.now(),
            )
    except Refused as refusal:
        flash(problem_words(refusal.objections[0]), "problem")
    else:
        flash(_("The original words are back."), "done")
    return redirect(url_for("reminders.wording", kind=kind, name=name))


@bp.get("/settings/messages/<int:wording_id>")
@requires(Permission.EDIT_SETTINGS)
def kept_wording(wording_id: int) -> tuple[str, int]:
    """Show the words that an entry of the journal is about."""
    row = queries.kept_wording(wording_id)
    written = Written(row.kind, row.case, row.medium, row.language)
    form = WordingForm(written.medium)
    return _editor(written, form, _show(written, form)), 200


def _show(written: Written, form: WordingForm) -> Words:
    """Fill a form with the words as they are, and return them."""
    row = queries.wording(written)
    words = Words(row.subject, row.text) if row and row.text else letters.original(written)
    form.show(words)
    form.version.data = str(row.version if row else 0)
    return words


def _theirs(written: Written, form: WordingForm) -> list[tuple[str, str]]:
    """Return what someone else saved meanwhile; saving again keeps one's own."""
    row = queries.wording(written)
    words = Words(row.subject, row.text) if row and row.text else letters.original(written)
    form.version.data = str(row.version if row else 0)
    typed = form.words()
    return [
        (label, theirs)
        for label, theirs, mine in (
            (_("Subject"), words.subject, typed.subject),
            (_("Text"), words.text, typed.text),
        )
        if theirs != mine
    ]


def _editor(
    written: Written,
    form: WordingForm,
    words: Words,
    theirs: list[tuple[str, str]] | None = None,
) -> str:
    row = queries.wording(written)
    kind, name = written.kind.value, _name(written)
    return render_template(
        "reminders/wording.html",
        form=form,
        theirs=theirs or [],
        written=written,
        title=message_kind(written.kind),
        case=case_label(written.kind, written.case) if len(cases(written.kind)) > 1 else "",
        others=_row(written.kind, written.case, {}).versions,
        media=MEDIUM_LABELS,
        at={"kind": kind, "name": name},
        is_own=row is not None and bool(row.text),
        names=[(one, meaning(one)) for one in placeholders(written.kind, written.case)],
        letter=_letter(written, words),
        entries=journal.history("wording", row.id, limit=_ENTRIES_SHOWN) if row else [],
        entry_count=journal.history_length("wording", row.id) if row else 0,
        record_id=row.id if row else 0,
    )


def _letter(written: Written, words: Words) -> Letter | None:
    """Return what some words look like; None where they could not be sent."""
    if problems(written, words):
        return None
    zone = present_zone()
    return tried(written, words, name=current_user.name, today=clock.today(zone), zone=zone)
