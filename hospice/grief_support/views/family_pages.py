"""Somebody's own page: by link, without an account; and the place where staff make the link."""

from collections.abc import Callable
from datetime import date
from typing import Any

import segno
from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import force_locale, refresh
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.grief_support.actions import family_pages as actions
from hospice.grief_support.forms.family_pages import OwnPageForm, PauseForm, WishesForm
from hospice.grief_support.models import FamilyPage
from hospice.grief_support.queries import family_pages as queries
from hospice.grief_support.queries import kin as kin_queries
from hospice.grief_support.rules.family_pages import NOTED_EVERY, page_language
from hospice.grief_support.views import bp
from hospice.grief_support.words.family_pages import page_objection_words
from hospice.shifts.actions import links
from hospice.web.guard import public, requires
from hospice.web.pages import LANGUAGE_COOKIE, present_zone, the_hospice

# --- for the family -------------------------------------------------------------------------------


@bp.route("/f/<token>", methods=["GET", "POST"])
@public
def family_page(token: str) -> Any:
    """Let somebody say how they want to hear from us; opening the page says nothing."""
    page = opened(token)
    if page is None:
        return ended()
    form = WishesForm(page.kin)
    if form.validate_on_submit():
        try:
            with transaction():
                again = queries.page_for_writing(token)
                wishes = form.wishes(again.kin)
                seen, today = form.seen_version, _today()
                actions.wish(again, wishes, seen_version=seen, now=clock.now(), today=today)
        except Missing:
            return ended()
        except Refused as refusal:
            form.object_to(refusal.objections, page_objection_words)
            page = queries.page_by_token(token) or page  # rolled back: fresh
            form.version.data = str(page.kin.version)
        else:
            flash(_("Thank you. It holds from this moment."), "done")
            return redirect(url_for("grief_support.family_page", token=token))
    return _page(token, page, form, PauseForm(formdata=None))


@bp.post("/f/<token>/pause")
@public
def pause_contact(token: str) -> Any:
    """Leave somebody in peace until a day."""
    page = opened(token)
    if page is None:
        return ended()
    form = PauseForm()
    if form.validate():
        try:
            with transaction():
                again = queries.page_for_writing(token)
                actions.pause(again, form.until.data, now=clock.now(), today=_today())
        except Missing:
            return ended()
        except Refused as refusal:
            form.object_to(refusal.objections, page_objection_words)
            page = queries.page_by_token(token) or page  # rolled back: fresh
        else:
            flash(_("Thank you. It holds from this moment."), "done")
            return redirect(url_for("grief_support.family_page", token=token))
    return _page(token, page, WishesForm(page.kin, formdata=None), form)


@bp.route("/f/<token>/no-contact", methods=["GET", "POST"])
@public
def no_contact(token: str) -> Any:
    """Ask once whether somebody wants no contact at all; the second tap says it."""
    page = opened(token)
    if page is None:
        return ended()
    if request.method == "GET":
        return render_template("grief_support/no_contact.html", token=token)
    return _acted(token, lambda again: actions.stop_all(again, now=clock.now(), today=_today()))


@bp.post("/f/<token>/again")
@public
def contact_again(token: str) -> Any:
    """Take back that somebody wants no contact, or end their rest."""
    if opened(token) is None:
        return ended()

    def act(again: FamilyPage) -> None:
        words = _for_staff(again.kin.name)
        actions.contact_again(again, task_words=words, now=clock.now(), today=_today())

    return _acted(token, act)


def opened(token: str) -> FamilyPage | None:
    """Return a page by its link and speak its person's language; count a link that nobody has."""
    page = queries.page_by_token(token)
    now = clock.now()
    if page is None:
        address = request.remote_addr or ""
        if links.is_throttled(address, now):
            abort(429)
        with transaction():
            links.count_unknown(address, now)
        return None
    if LANGUAGE_COOKIE not in request.cookies:
        hospice = the_hospice()
        otherwise = hospice.locale if hospice else "en"
        g.locale = page_language(list(page.kin.languages), otherwise)
        refresh()
    is_to_note = page.opened_at is None or now - page.opened_at >= NOTED_EVERY
    if is_to_note and not current_user.is_authenticated:  # staff who look are not the family
        page_id = page.id
        with transaction():
            actions.note_opened(page_id, now)
        page = queries.page_by_token(token)
    return page


def ended() -> tuple[str, int]:
    """Say that a link no longer opens, and whom to ring; a link nobody has looks the same."""
    return render_template("grief_support/family_page_ended.html"), 404


def _for_staff(name: str) -> str:
    """Return what a person is asked to do, in the language of the hospice, not of the family."""
    hospice = the_hospice()
    with force_locale(hospice.locale if hospice else "en"):
        return _("%(name)s would like to hear from us again. Offer the support again.", name=name)


def _acted(token: str, act: Callable[[FamilyPage], None]) -> Any:
    try:
        with transaction():
            act(queries.page_for_writing(token))
    except Missing:
        return ended()
    flash(_("Thank you. It holds from this moment."), "done")
    return redirect(url_for("grief_support.family_page", token=token))


def _page(token: str, page: FamilyPage, form: WishesForm, pause: PauseForm) -> Any:
    said = queries.said(page.kin_id, _today())
    is_sent = form.is_submitted() and request.endpoint == "grief_support.family_page"
    if not is_sent:
        form.fill(page.kin, said)
    html = render_template(
        "grief_support/family_page.html",
        token=token,
        page=page,
        said=said,
        form=form,
        pause=pause,
        zone=present_zone(),
    )
    return html, 422 if form.errors or pause.errors else 200


# --- for staff ------------------------------------------------------------------------------------


@bp.get("/family/<int:kin_id>/page")
@requires(Permission.SEE_GRIEF)
def own_page(kin_id: int) -> str:
    """Show whether somebody has a page of their own, and when it was last opened."""
    return _own_page(kin_id, OwnPageForm())


@bp.post("/family/<int:kin_id>/page/new")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def make_own_page(kin_id: int) -> str | Response:
    """Make a link and show it, this once."""
    form = OwnPageForm()
    try:
        with transaction():
            person = kin_queries.kin_for(current_user, kin_id)
            token = actions.make(
                person, greets=bool(form.greets.data), by=current_user, now=clock.now()
            )
    except Refused as refusal:
        flash(page_objection_words(refusal.objections[0]), "problem")
        return redirect(url_for("grief_support.own_page", kin_id=kin_id))
    base = str(current_app.config["SETTINGS"].base_url)
    address = base + url_for("grief_support.family_page", token=token)
    return _own_page(kin_id, form, address)


@bp.post("/family/<int:kin_id>/page/end")
@requires(Permission.SEE_GRIEF, Permission.KEEP_GRIEF)
def end_own_page(kin_id: int) -> Response:
    """End the link."""
    with transaction():
        person = kin_queries.kin_for(current_user, kin_id)
        actions.end(person, by=current_user, now=clock.now())
    flash(_("The link opens nothing any more. What they chose there still holds."), "done")
    return redirect(url_for("grief_support.own_page", kin_id=kin_id))


def _own_page(kin_id: int, form: OwnPageForm, address: str = "") -> str:
    return render_template(
        "grief_support/own_page.html",
        person=kin_queries.kin_for(current_user, kin_id),
        page=queries.page_of(kin_id),
        form=form,
        address=address,
        code=_drawn(address),
    )


def _drawn(link: str) -> Markup:
    """Return the link as a code to scan, with no style of its own, which our policy refuses."""
    if not link:
        return Markup("")
    drawn = segno.make(link, error="m").svg_inline(
        omitsize=True, border=4, svgclass="qr", lineclass="qr-line", light="#fff", dark="#000"
    )
    return Markup(drawn)  # noqa: S704 - drawn from our own address


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
