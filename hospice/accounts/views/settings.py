"""The hospice's own settings."""

from collections.abc import Callable
from dataclasses import asdict

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts import actions, queries
from hospice.accounts.forms import HospiceForm, VisitSettingsForm
from hospice.accounts.models import Hospice
from hospice.accounts.rules import Permission
from hospice.accounts.views import bp
from hospice.accounts.words import kept_hospice, objection_words
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import queries as journal
from hospice.web.guard import requires

_ENTRIES_SHOWN = 5


@bp.route("/settings", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def settings() -> tuple[str, int] | Response:
    """Change the hospice's name, zone, language, country and office."""
    return _change(lambda hospice: HospiceForm(hospice.timezone, obj=hospice), "settings")


@bp.route("/settings/visits", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def visit_settings() -> tuple[str, int] | Response:
    """Change when patients are seen, when one checks in, and who is on call."""
    return _change(lambda hospice: VisitSettingsForm(obj=hospice), "visit_settings")


def _change(
    open_form: Callable[[Hospice], HospiceForm | VisitSettingsForm], page_name: str
) -> tuple[str, int] | Response:
    hospice = _hospice()
    form = open_form(hospice)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_hospice(
                    hospice,
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            hospice = _hospice()  # rolled back: fresh
            form.object_to(refusal.objections, objection_words)
            theirs = kept_hospice(hospice, asdict(form.facts()))
            form.version.data = str(hospice.version)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for(f"accounts.{page_name}"))
    page = render_template(
        f"accounts/{page_name}.html",
        form=form,
        theirs=theirs,
        entries=journal.history("hospice", 1, limit=_ENTRIES_SHOWN),
        entry_count=journal.history_length("hospice", 1),
    )
    return page, 422 if form.errors else 200


def _hospice() -> Hospice:
    found = queries.hospice()
    if found is None:
        raise Missing
    return found
