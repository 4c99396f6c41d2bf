"""Letters and cards: the list of them, writing one, printing and posting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Objection, Refused
from hospice.grief_support.actions import letters as actions
from hospice.grief_support.actions.letters import Written
from hospice.grief_support.forms.letters import LetterForm, PostForm
from hospice.grief_support.letters import paper
from hospice.grief_support.letters.fonts import Font, font
from hospice.grief_support.letters.originals import Facts, envelope, first_text, original, piece
from hospice.grief_support.letters.paper import Piece
from hospice.grief_support.queries import letters as queries
from hospice.grief_support.queries.letters import Sheet
from hospice.grief_support.rules.letters import CARDS, LetterKind, language_of, same_address
from hospice.grief_support.views import bp
from hospice.grief_support.words.letters import letter_objection_words
from hospice.web.guard import requires
from hospice.web.pages import day_year, present_zone, the_hospice

_ORDER = {False: 0, True: 1}  # cards lie behind the letters: they are other paper


@dataclass(frozen=True)
class Row:
    """One letter as the list shows it, with what holds it back."""

    sheet: Sheet
    held: Sequence[Objection]
    arrives_quiet: bool

    @property
    def letter_id(self) -> int:
        """Return its id; 0 where nothing is written yet."""
        return self.sheet.letter.id if self.sheet.letter else 0


@bp.get("/grief-support/letters")
@requires(Permission.SEE_GRIEF)
def letters() -> str:
    """List the letters and cards that are due, those that are ready, and those that are held."""
    return _list_page(PostForm(formdata=None))


@bp.post("/grief-support/letters/print")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def print_letters() -> Any:
    """Print the chosen letters, each on pages of its own, the cards last."""
    return _printed(paper.letters)


@bp.post("/grief-support/letters/labels")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def print_labels() -> Any:
    """Print the addresses of the chosen letters on labels."""
    return _printed(lambda pieces, face: paper.labels([one.address for one in pieces], face))


def _printed(draw: Callable[[Sequence[Piece], Font], bytes]) -> Any:
    form, now = PostForm(), clock.now()
    form.offer(_typed_ids())
    if not form.validate():
        return _list_page(form), 422
    try:
        with transaction():
            sheets = _chosen(form)
            actions.printed(sheets, by=current_user, now=now, today=_today())
            pieces = [_piece(one) for one in sheets]
    except Refused as refusal:
        form.object_to(refusal.objections, letter_objection_words)
        return _list_page(form), 422
    return _pdf(draw(pieces, _font()), _today())


@bp.post("/grief-support/letters/posted")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def posted() -> Any:
    """Write down that the chosen letters are in the post."""
    form = PostForm()
    form.offer(_typed_ids())
    if not form.validate():
        return _list_page(form), 422
    try:
        with transaction():
            count = actions.post(
                _chosen(form),
                despite_quiet=form.despite_quiet.data,
                by=current_user,
                now=clock.now(),
                today=_today(),
            )
    except Refused as refusal:
        form.object_to(refusal.objections, letter_objection_words)
        return _list_page(form), 422
    flash(ngettext("%(num)d is in the post.", "%(num)d are in the post.", count), "done")
    return redirect(url_for("grief_support.letters"))


@bp.get("/grief-support/letters/<int:letter_id>/pdf")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def letter_pdf(letter_id: int) -> Any:
    """Show one letter as it is printed; one that is held goes back to whoever writes it."""
    letter = queries.letter_for(current_user, letter_id)
    sheet = queries.sheet_for(current_user, letter.follow_up_id, _today())
    held = actions.all_objections([sheet], _today())[0]
    if held:
        flash(letter_objection_words(held[0]), "problem")
        return redirect(url_for("grief_support.write_letter", follow_up_id=letter.follow_up_id))
    return _pdf(paper.letters([_piece(sheet)], _font()), _today())


@bp.route("/grief-support/calls/<int:follow_up_id>/letter", methods=["GET", "POST"])
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def write_letter(follow_up_id: int) -> Any:
    """Write the letter of a follow-up; it begins with the words for its kind."""
    sheet = queries.sheet_for(current_user, follow_up_id, _today())
    form = LetterForm()
    others = _others(sheet)
    form.offer((row.follow_up.id, row.readers[0].name) for row in others)
    if not form.is_submitted():
        _fill(form, sheet)
        return _editor(sheet, form, others), 200
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        if "again" in request.form:
            form.text.data = _begun(_with(sheet, form, others), form.language.data)
            return _editor(sheet, form, others), 200
        if "preview" in request.form:
            return _editor(sheet, form, others), 200
        written = form.written(is_ready="ready" in request.form)
        try:
            _write(follow_up_id, written, form.seen_version)
        except Refused as refusal:
            form.object_to(refusal.objections, letter_objection_words)
            sheet = queries.sheet_for(current_user, follow_up_id, _today())  # rolled back: fresh
            others = _others(sheet)
            if any(one.kind == "stale" for one in refusal.objections):
                theirs = [(_("Text"), sheet.letter.text if sheet.letter else "")]
                form.version.data = str(sheet.letter.version if sheet.letter else 0)
        else:
            if written.is_ready:
                flash(_said(sheet), "done")
                return redirect(url_for("grief_support.letters"))
            flash(_("The draft is kept."), "done")
            return redirect(url_for("grief_support.write_letter", follow_up_id=follow_up_id))
    return _editor(sheet, form, others, theirs), 422


def _said(sheet: Sheet) -> str:
    opens = sheet.follow_up.opens_on
    if opens > _today():
        return _("Ready. It is among the letters from %(day)s on.", day=day_year(opens))
    return _("Ready to print.")


def _write(follow_up_id: int, written: Written, seen_version: int) -> None:
    with transaction():
        actions.write(
            queries.sheet_for(current_user, follow_up_id, _today(), locking=True),
            written,
            seen_version=seen_version,
            by=current_user,
            now=clock.now(),
            today=_today(),
        )


# --- what a letter begins with --------------------------------------------------------------------


def _fill(form: LetterForm, sheet: Sheet) -> None:
    letter = sheet.letter
    reader = sheet.follow_up.plan.kinship.kin
    opens = reader.guardian if reader.is_minor and reader.guardian else reader
    form.language.data = letter.language if letter else language_of(opens.languages, _home())
    form.text.data = letter.text if letter else _begun(sheet, form.language.data)
    form.version.data = str(letter.version if letter else 0)
    if "also" in form:
        form.also.data = [row.id for row in sheet.also]


def _begun(sheet: Sheet, language: str) -> str:
    return first_text(_words(sheet.kind, language), _facts(sheet), language)


def _words(kind: LetterKind, language: str) -> str:
    row = queries.wording(kind, language)
    return row.text if row and row.text else original(kind, language)


def _with(sheet: Sheet, form: LetterForm, others: Sequence[Sheet]) -> Sheet:
    """Return a letter as if it were for those who are ticked as well."""
    ticked = set(form.also.data or ()) if "also" in form else set()
    more = [one for one in others if one.follow_up.id in ticked]
    return Sheet(
        sheet.follow_up,
        sheet.letter,
        tuple(one.follow_up for one in more),
        (sheet.readers[0], *(one.readers[0] for one in more)),
        sheet.quiet,
    )


def _others(sheet: Sheet) -> list[Sheet]:
    """Return the letters of others at the same address that could be one with this one."""
    home = sheet.readers[0].postal
    return [
        one
        for one in queries.household(sheet, _today())
        if same_address(one.readers[0].postal, home)
    ]


def _facts(sheet: Sheet) -> Facts:
    found = the_hospice()
    return Facts(
        readers=sheet.readers,
        patient_name=sheet.follow_up.plan.kinship.patient.preferred_name,
        patient_names=sheet.patient_names,
        hospice=found.name if found else "",
        phone=found.office_phone if found else "",
        sender=current_user.name,
        occasion=sheet.follow_up.occasion,
    )


def _piece(sheet: Sheet, text: str | None = None, language: str | None = None) -> Piece:
    letter = sheet.letter
    spoken = language or (letter.language if letter else _home())
    return piece(
        text if text is not None else letter.text if letter else "",
        sheet.kind,
        _facts(sheet),
        head=_words(LetterKind.HEAD, spoken),
        language=spoken,
        today=_today(),
    )


def _home() -> str:
    found = the_hospice()
    return found.locale if found else "en"


# --- pages ----------------------------------------------------------------------------------------


def _editor(
    sheet: Sheet,
    form: LetterForm,
    others: Sequence[Sheet],
    theirs: Sequence[tuple[str, str]] = (),
) -> str:
    language = form.language.data if form.language.data in {"en", "zh_Hans"} else _home()
    ticked = _with(sheet, form, others)
    drawn = _piece(ticked, form.text.data or "", language)
    face = _font()
    said = "".join((*drawn.address, *drawn.head, *drawn.paragraphs))
    return render_template(
        "grief_support/write_letter.html",
        sheet=sheet,
        form=form,
        theirs=theirs,
        others=others,
        kin=sheet.follow_up.plan.kinship.kin,
        link=sheet.follow_up.plan.kinship,
        piece=drawn,
        language=language,
        is_card=sheet.kind in CARDS,
        missing=face.missing(said),
        is_embedded=face.is_embedded,
        held=_held(ticked, form.text.data or ""),
        share=queries.shared_by(sheet.follow_up.id),
    )


def _held(sheet: Sheet, text: str) -> list[str]:
    """Return what would hold the text back as it stands on the page."""
    found = actions.in_the_way(sheet, text)
    return [letter_objection_words(one) for one in found]


def _list_page(form: PostForm) -> str:
    today = _today()
    sheets = queries.due(today)
    held = actions.all_objections(sheets, today)
    rows = [
        Row(one, found, actions.arrives_quiet(one, today))
        for one, found in zip(sheets, held, strict=True)
    ]
    apart = [row for row in rows if _lacks_address(row)]
    written = [row for row in rows if row.sheet.letter and row.sheet.letter.is_ready]
    return render_template(
        "grief_support/letters.html",
        form=form,
        ready=[row for row in written if not row.held],
        held=[row for row in written if row.held and row not in apart],
        to_write=[row for row in rows if row not in written and row not in apart],
        apart=apart,
        most=queries.MOST,
        is_more=len(rows) >= queries.MOST,
        lines=lambda row: envelope(_facts(row.sheet), _home()),
        today=today,
    )


def _lacks_address(row: Row) -> bool:
    return any(one.kind in {"no_address", "needs_guardian"} for one in row.held)


def _typed_ids() -> list[int]:
    """Return the ids that were sent, as far as they are any."""
    given = request.form.getlist("letter")[: queries.MOST]
    return [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 10]


def _chosen(form: PostForm) -> list[Sheet]:
    """Return the chosen letters, letters before cards, locked; raise Refused if one is gone."""
    wanted = set(form.letter.data or ())
    queries.lock(queries.ready(current_user, wanted, _today()))
    found = queries.ready(current_user, wanted, _today())
    if len(found) != len(wanted):
        raise Refused([Objection("settled")])
    return sorted(found, key=lambda one: _ORDER[one.kind in CARDS])


def _pdf(content: bytes, day: date) -> Response:
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="letters-{day.isoformat()}.pdf"'
    return answer


def _font() -> Font:
    return font(current_app.config["SETTINGS"].letter_font)


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
