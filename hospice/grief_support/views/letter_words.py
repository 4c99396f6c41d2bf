"""Settings → Letters: the words that letters begin with; and what somebody wishes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.config import LOCALES
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import letters as actions
from hospice.grief_support.forms.letters import LetterWordsForm, WishesForm
from hospice.grief_support.letters.originals import Facts, first_text, original, piece, spoken
from hospice.grief_support.letters.paper import Piece
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.queries import letters as queries
from hospice.grief_support.rules.kin import Consent
from hospice.grief_support.rules.letters import (
    CARDS,
    SPOKEN_WORDS,
    LetterKind,
    Reader,
    VoicemailWish,
    placeholders,
    text_problems,
)
from hospice.grief_support.views import bp
from hospice.grief_support.words.letters import (
    GROUPS,
    MEANINGS,
    letter_objection_words,
    shares_label,
    voicemail_label,
)
from hospice.web.guard import requires
from hospice.web.pages import present_zone, the_hospice

# As an address says them.
_LANGUAGES = {"en": "en", "zh": "zh_Hans"}
_SLUGS = {locale: slug for slug, locale in _LANGUAGES.items()}


@dataclass(frozen=True)
class Version:
    """The words of a kind in one language, and whether they are the hospice's own."""

    name: str
    language: str
    is_own: bool


@bp.get("/settings/letters")
@requires(Permission.EDIT_SETTINGS)
def letter_wordings() -> str:
    """List what letters begin with, and which words are the hospice's own."""
    own = {(one.kind, one.language) for one in queries.wordings()}
    groups = [
        (
            title,
            [
                (kind, [Version(_SLUGS[one], one, (kind, one) in own) for one in LOCALES])
                for kind in kinds
            ],
        )
        for title, kinds in GROUPS
    ]
    return render_template("grief_support/letter_wordings.html", groups=groups)


@bp.route("/settings/letters/<kind>/<name>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def letter_words(kind: str, name: str) -> Any:
    """Change the words of a kind of letter, or look at what they would be like."""
    which, language = _which(kind, name)
    form = LetterWordsForm(which)
    theirs: list[tuple[str, str]] = []
    if not form.is_submitted():
        form.text.data, form.version.data = _kept(which, language)
        return _editor(which, language, form), 200
    if form.validate() and "preview" in request.form:
        form.object_to(text_problems(which, form.words()), letter_objection_words)
        return _editor(which, language, form), 422 if form.errors else 200
    if not form.errors:
        try:
            with transaction():
                actions.keep_words(
                    which,
                    language,
                    form.words(),
                    original=original(which, language),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, letter_objection_words)
            if any(one.kind == "stale" for one in refusal.objections):
                kept, form.version.data = _kept(which, language)
                theirs = [(_("Text"), kept)]
        else:
            flash(_("Saved. Letters that begin from now on begin with it."), "done")
            return redirect(url_for("grief_support.letter_words", kind=kind, name=name))
    return _editor(which, language, form, theirs), 422


@bp.post("/settings/letters/<kind>/<name>/original")
@requires(Permission.EDIT_SETTINGS)
def original_letter_words(kind: str, name: str) -> Response:
    """Go back to the words that came with the app."""
    which, language = _which(kind, name)
    plain = original(which, language)
    row = queries.wording(which, language)
    try:
        with transaction():
            actions.keep_words(
                which,
                language,
                plain,
                original=plain,
                seen_version=row.version if row else 0,
                by=current_user,
                now=clock.now(),
            )
    except Refused as refusal:
        flash(letter_objection_words(refusal.objections[0]), "problem")
    else:
        flash(_("The original words are back."), "done")
    return redirect(url_for("grief_support.letter_words", kind=kind, name=name))


@bp.route("/family/<int:kin_id>/wishes", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def kin_wishes(kin_id: int) -> Any:
    """Write down whether somebody shares letters, and what a machine may hear."""
    kin = kin_queries.kin_for(current_user, kin_id)
    form = WishesForm()
    theirs: list[tuple[str, str]] = []
    if not form.is_submitted():
        _show_wishes(form, kin_id)
    if form.validate_on_submit():
        try:
            with transaction():
                actions.keep_wishes(
                    kin_queries.kin_for(current_user, kin_id),
                    form.shares.data,
                    form.voicemail.data,
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, letter_objection_words)
            kin = kin_queries.kin_for(current_user, kin_id)  # rolled back: fresh
            row = queries.wishes_of([kin_id]).get(kin_id)
            if row is not None:
                form.version.data = str(row.version)
                theirs = [
                    (str(form.shares.label.text), shares_label(row.shares_letters)),
                    (str(form.voicemail.label.text), voicemail_label(row.voicemail)),
                ]
        else:
            flash(_("Written down."), "done")
            return redirect(url_for("grief_support.person", kin_id=kin_id))
    page = render_template("grief_support/kin_wishes.html", form=form, kin=kin, theirs=theirs)
    return page, 422 if form.errors else 200


def _show_wishes(form: WishesForm, kin_id: int) -> None:
    row = queries.wishes_of([kin_id]).get(kin_id)
    if row is None:
        form.shares.data, form.voicemail.data = Consent.UNASKED, VoicemailWish.UNASKED
        form.version.data = "0"
        return
    form.shares.data, form.voicemail.data = row.shares_letters, row.voicemail
    form.version.data = str(row.version)


def _which(kind: str, name: str) -> tuple[LetterKind, str]:
    """Return what an address names; raise Missing."""
    try:
        return LetterKind(kind), _LANGUAGES[name]
    except (KeyError, ValueError) as error:
        raise Missing from error


def _kept(kind: LetterKind, language: str) -> tuple[str, str]:
    """Return the words as they are now, and their version."""
    row = queries.wording(kind, language)
    words = row.text if row and row.text else original(kind, language)
    return words, str(row.version if row else 0)


def _editor(
    kind: LetterKind,
    language: str,
    form: LetterWordsForm,
    theirs: Sequence[tuple[str, str]] = (),
) -> str:
    row = queries.wording(kind, language)
    words = form.words()
    is_usable = not text_problems(kind, words)
    is_spoken = kind in SPOKEN_WORDS
    return render_template(
        "grief_support/letter_words.html",
        form=form,
        kind=kind,
        language=language,
        theirs=theirs,
        others=list(_LANGUAGES.items()),
        at={"kind": kind.value, "name": _SLUGS[language]},
        is_own=row is not None and bool(row.text),
        names=[(one, MEANINGS[one]) for one in placeholders(kind)],
        said=_said(words) if is_usable and is_spoken else "",
        piece=_tried(kind, words, language) if is_usable and not is_spoken else None,
        is_card=kind in CARDS,
    )


def _said(words: str) -> str:
    found = the_hospice()
    return spoken(
        words,
        sender=current_user.name,
        hospice=found.name if found else "",
        phone=found.office_phone if found else "",
    )


def _tried(kind: LetterKind, words: str, language: str) -> Piece:
    """Return the words as a letter to somebody made up."""
    found = the_hospice()
    with force_locale(language):
        reader = Reader(
            0, _("Anna Reed"), address=_("12 Willow Road, Springfield"), name_for_patient=_("Mum")
        )
        occasion = _("Sunday 20 December, 14:00–16:00, in the garden hall")
    facts = Facts(
        readers=(reader,),
        patient_name="",
        patient_names=(),
        hospice=found.name if found else "",
        phone=found.office_phone if found else "",
        sender=current_user.name,
        occasion={language: occasion},
    )
    is_head = kind is LetterKind.HEAD
    shown = LetterKind.THREE_MONTHS if is_head else kind
    head = words if is_head else _kept(LetterKind.HEAD, language)[0]
    text = _kept(shown, language)[0] if is_head else words
    return piece(
        first_text(text, facts, language),
        shown,
        facts,
        head=head,
        language=language,
        today=clock.today(present_zone()),
    )
