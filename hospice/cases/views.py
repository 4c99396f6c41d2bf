"""Pages of what people say to us: the list, one case and its steps, and the family's own form."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.cases import actions, queries
from hospice.cases.forms import AboutForm, HeardForm, ReadForm, ShareForm, StepForm, WordsForm
from hospice.cases.models import Case
from hospice.cases.queries import CaseFilter
from hospice.cases.rules import CaseKind, CaseState, next_states, words_of_harm
from hospice.cases.words import case_objection_words, case_step_label
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.queries import family_pages
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.views.family_pages import ended, opened
from hospice.journal.queries import history
from hospice.shifts.queries.mine import volunteer_id_of
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import public, requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone

bp = Blueprint("cases", __name__)


# --- for the family -------------------------------------------------------------------------------


@bp.route("/f/<token>/words", methods=["GET", "POST"])
@public
def words_by_link(token: str) -> Any:
    """Let somebody leave thanks, a suggestion or a concern on their own page."""
    page = opened(token)
    if page is None:
        return ended()
    form = WordsForm()
    if form.validate_on_submit():
        try:
            with transaction():
                kin = family_pages.page_for_writing(token).kin
                now = clock.now()
                actions.receive(form.said(kin), by=None, now=now, today=_today())
        except Missing:
            return ended()
        except Refused as refusal:
            form.object_to(refusal.objections, case_objection_words)
        else:
            flash(_("Thank you. A person of our team reads it."), "done")
            return redirect(url_for("grief_support.family_page", token=token))
    html = render_template("cases/words_by_link.html", token=token, form=form)
    return html, 422 if form.errors else 200


# --- for volunteers -------------------------------------------------------------------------------


@bp.get("/me/thanks")
@requires(Permission.VOLUNTEER)
def my_thanks() -> str:
    """Show volunteers the thanks that families left for them."""
    me = volunteer_id_of(current_user.id)
    return render_template("cases/my_thanks.html", thanks=queries.thanks_for(me))


# --- for staff ------------------------------------------------------------------------------------


@bp.get("/cases")
@requires(Permission.SEE_CASES)
def index() -> str:
    """List what people said to us: what nobody has read and what is late comes first."""
    is_mine, is_closed = text_arg("whose") == "mine", text_arg("show") == "closed"
    narrowed = CaseFilter(owner_id=current_user.id if is_mine else 0, is_closed=is_closed)
    number = number_arg("page", 1, low=1, high=10_000)
    rows = queries.cases(current_user, narrowed, offset=offset(number, queries.PER_PAGE))
    return render_template(
        "cases/index.html",
        page=Page(rows, number, queries.case_count(current_user, narrowed), queries.PER_PAGE),
        counts=queries.counts(current_user, _today()),
        today=_today(),
        is_mine=is_mine,
        is_closed=is_closed,
    )


@bp.route("/cases/new", methods=["GET", "POST"])
@requires(Permission.SEE_CASES, Permission.KEEP_CASES)
def new() -> Any:
    """Write down what somebody said by phone, in a letter or in person."""
    kin_id = number_arg("kin")
    kin = kin_queries.kin_for(current_user, kin_id) if kin_id else None
    form = HeardForm()
    if form.validate_on_submit():
        try:
            with transaction():
                made = actions.receive(
                    form.said(kin), by=current_user, now=clock.now(), today=_today()
                )
                case_id = made.id
        except Refused as refusal:
            form.object_to(refusal.objections, case_objection_words)
            kin = kin_queries.kin_for(current_user, kin_id) if kin_id else None
        else:
            return redirect(url_for("cases.show", case_id=case_id))
    html = render_template("cases/new.html", form=form, kin=kin)
    return html, 422 if form.errors else 200


@bp.get("/cases/<int:case_id>")
@requires(Permission.SEE_CASES)
def show(case_id: int) -> str:
    """Show what was said, where it stands, and what comes next."""
    found = queries.case_for(current_user, case_id)
    facts = queries.facts_of(found)
    return render_template(
        "cases/show.html",
        case=found,
        facts=facts,
        steps=queries.steps_of(case_id),
        next_states=next_states(facts),
        harm=words_of_harm(found.words) if found.is_urgent else [],
        form=ReadForm(formdata=None),
        today=_today(),
        is_thanks=found.kind is CaseKind.THANKS,
        entries=history("case", case_id),
    )


@bp.post("/cases/<int:case_id>/take")
@requires(Permission.SEE_CASES, Permission.KEEP_CASES)
def take(case_id: int) -> Response:
    """Look after a case oneself."""
    return _act(case_id, lambda found: actions.take(found, by=current_user, now=clock.now()))


@bp.post("/cases/<int:case_id>/read")
@requires(Permission.SEE_CASES, Permission.KEEP_CASES)
def read(case_id: int) -> Response:
    """Say that one has read words that may speak of harm."""
    looks_into = bool(ReadForm().looks_into.data)
    return _act(
        case_id,
        lambda found: actions.read(found, looks_into=looks_into, by=current_user, now=clock.now()),
    )


@bp.post("/cases/<int:case_id>/look-into")
@requires(Permission.SEE_CASES, Permission.KEEP_CASES)
def look_into(case_id: int) -> Response:
    """Say that there is something to look into in a thank-you."""
    return _act(case_id, lambda found: actions.look_into(found, by=current_user, now=clock.now()))


@bp.route("/cases/<int:case_id>/step/<kind>", methods=["GET", "POST"])
@requires(Permission.SEE_CASES, Permission.KEEP_CASES)
def step(case_id: int, kind: str) -> Any:
    """Take a case a step further."""
    if kind not in set(CaseState) or kind == CaseState.RECEIVED:
        raise Missing
    wanted = CaseState(kind)
    found = queries.case_for(current_user, case_id)
    form = StepForm(wanted)
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.case_for(current_user, case_id, locking=True)
                words = form.words.data or ""
                actions.step(again, wanted, words, by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, case_objection_words)
            found = queries.case_for(current_user, case_id)  # rolled back: fresh
        else:
            return redirect(url_for("cases.show", case_id=case_id))
    title = case_step_label(wanted)
    html = render_template("cases/step.html", case=found, form=form, title=title)
    return html, 422 if form.errors else 200


@bp.route("/cases/<int:case_id>/about", methods=["GET", "POST"])
@requires(Permission.SEE_CASES, Permission.KEEP_CASES)
def about(case_id: int) -> Any:
    """Say whom a case is about, and who looks after it."""
    found = queries.case_for(current_user, case_id)
    words = text_arg("q")
    form = AboutForm()
    _offer(form, found, words)
    if not form.is_submitted():
        form.version.data = str(found.version)
        form.owner_id.data = found.owner_id or 0
        form.about_user_id.data = found.about_user_id or 0
        form.about_volunteer_id.data = found.about_volunteer_id or 0
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change(
                    queries.case_for(current_user, case_id, locking=True),
                    owner_id=form.owner_id.data or None,
                    about_user_id=form.about_user_id.data or None,
                    about_volunteer_id=form.about_volunteer_id.data or None,
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, case_objection_words)
            found = queries.case_for(current_user, case_id)  # rolled back: fresh
            form.version.data = str(found.version)
        else:
            return redirect(_page_of(case_id))
    html = render_template("cases/about.html", case=found, form=form, words=words)
    return html, 422 if form.errors else 200


@bp.route("/cases/<int:case_id>/share", methods=["GET", "POST"])
@requires(Permission.SEE_CASES, Permission.KEEP_CASES)
def share(case_id: int) -> Any:
    """Pass a thank-you on to the volunteer it is about."""
    found = queries.case_for(current_user, case_id)
    form = ShareForm()
    if not form.is_submitted():
        form.words.data = found.shared_words or found.words
        form.version.data = str(found.version)
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.case_for(current_user, case_id, locking=True)
                words, seen = form.words.data or "", form.seen_version
                actions.share(again, words, seen_version=seen, by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, case_objection_words)
            found = queries.case_for(current_user, case_id)  # rolled back: fresh
            form.version.data = str(found.version)
        else:
            flash(_("They find it on their page."), "done")
            return redirect(url_for("cases.show", case_id=case_id))
    html = render_template("cases/share.html", case=found, form=form)
    return html, 422 if form.errors else 200


def _act(case_id: int, act: Callable[[Case], None]) -> Response:
    try:
        with transaction():
            act(queries.case_for(current_user, case_id, locking=True))
    except Refused as refusal:
        flash(case_objection_words(refusal.objections[0]), "problem")
    return redirect(url_for("cases.show", case_id=case_id))


def _offer(form: AboutForm, found: Case, words: str) -> None:
    chosen = found.about_volunteer
    volunteers = list(queries.volunteers_like(words)) if words else []
    if chosen is not None and chosen.id not in {one.id for one in volunteers}:
        volunteers.insert(0, chosen)
    subjects = queries.subjects_of(found)
    owners = queries.possible_owners(but=subjects, kept=found.owner_id)
    form.offer(volunteers, queries.staff(kept=found.about_user_id), owners)


def _page_of(case_id: int) -> str:
    """Return where to go on: whoever has just named themselves does not see it any more."""
    try:
        queries.case_for(current_user, case_id)
    except Missing:
        return url_for("cases.index")
    return url_for("cases.show", case_id=case_id)


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
