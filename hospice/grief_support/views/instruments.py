"""Instruments for risk, among the settings."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.grief_support.actions import screens as actions
from hospice.grief_support.forms.screens import InstrumentForm
from hospice.grief_support.models import Instrument
from hospice.grief_support.queries import screens as queries
from hospice.grief_support.views import bp
from hospice.grief_support.words.screens import (
    bands_words,
    earliest_words,
    instrument_label,
    screen_objection_words,
)
from hospice.web.forms import Form
from hospice.web.guard import requires


@bp.get("/settings/grief-support/instruments")
@requires(Permission.EDIT_SETTINGS)
def instruments() -> str:
    """List the instruments, with who may use each."""
    found = queries.instruments(with_retired=True)
    return render_template("grief_support/instruments.html", instruments=found)


@bp.route("/settings/grief-support/instruments/new", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def new_instrument() -> Any:
    """Add an instrument."""
    return _edit(None)


@bp.route("/settings/grief-support/instruments/<int:instrument_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def edit_instrument(instrument_id: int) -> Any:
    """Change an instrument."""
    return _edit(queries.instrument(instrument_id))


@bp.post("/settings/grief-support/instruments/<int:instrument_id>/retire")
@requires(Permission.EDIT_SETTINGS)
def retire_instrument(instrument_id: int) -> Any:
    """Offer an instrument no more, or again."""
    queries.instrument(instrument_id)  # raises Missing
    if Form().validate_on_submit():
        with transaction():
            found = queries.instrument(instrument_id)
            done = actions.use_again if found.retired_at else actions.retire
            done(found, by=current_user, now=clock.now())
    return redirect(url_for("grief_support.instruments"))


def _edit(found: Instrument | None) -> Any:
    form = InstrumentForm(obj=found)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        instrument_id = found.id if found else None
        try:
            with transaction():
                actions.keep_instrument(
                    queries.instrument(instrument_id) if instrument_id else None,
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, screen_objection_words)
            found = queries.instrument(instrument_id) if instrument_id else None  # fresh
            if found is not None and any(one.kind == "stale" for one in refusal.objections):
                form.version.data, theirs = str(found.version), _kept_now(found)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for("grief_support.instruments"))
    page = render_template(
        "grief_support/edit_instrument.html", form=form, instrument=found, theirs=theirs
    )
    return page, 422 if form.errors else 200


def _kept_now(one: Instrument) -> list[tuple[str, str]]:
    return [
        (_("Name"), instrument_label(one)),
        (_("Who may use it, and why"), one.licence),
        (_("Scores"), bands_words(one)),
        (_("Not before"), earliest_words(one.earliest)),
    ]
