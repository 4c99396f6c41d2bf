"""Pages of places."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.journal import queries as journal
from hospice.places import actions, queries
from hospice.places.forms import PlaceForm
from hospice.places.rules import PlaceKind, Showing
from hospice.places.words import kept_now, objection_words
from hospice.web.guard import requires
from hospice.web.pages import present_zone

bp = Blueprint("places", __name__)

_ENTRIES_SHOWN = 5


@bp.get("/places")
@requires(Permission.SEE_PLACES)
def index() -> str:
    """List the places."""
    asked = request.args.get("show", "")
    showing = Showing(asked) if asked in set(Showing) else Showing.OPEN
    return render_template(
        "places/index.html", places=queries.places(showing), showing=showing, choices=list(Showing)
    )


@bp.get("/places/<int:place_id>")
@requires(Permission.SEE_PLACES)
def show(place_id: int) -> str:
    """Show one place."""
    place = queries.place(place_id)
    return render_template(
        "places/show.html",
        place=place,
        entries=journal.history("place", place_id, limit=_ENTRIES_SHOWN),
        entry_count=journal.history_length("place", place_id),
    )


@bp.route("/places/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PLACES)
def new() -> tuple[str, int] | Response:
    """Add a place."""
    form = PlaceForm(present_zone())
    if not form.is_submitted():
        form.timezone.data = present_zone()
        form.kind.data = PlaceKind.WARD
        form.position.data = queries.last_position() + 1
    if form.validate_on_submit():
        try:
            with transaction():
                place = actions.create(form.facts(), by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
        else:
            flash(_("%(name)s was added.", name=place.full_name), "done")
            return redirect(url_for("places.show", place_id=place.id))
    page = render_template("places/new.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/places/<int:place_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PLACES)
def edit(place_id: int) -> tuple[str, int] | Response:
    """Change a place."""
    place = queries.place(place_id)
    form = PlaceForm(present_zone(), place.timezone, obj=place)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change(
                    place,
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            place = queries.place(place_id)  # rolled back: fresh
            form.object_to(refusal.objections, objection_words)
            if any(objection.kind == "stale" for objection in refusal.objections):
                theirs = kept_now(place, form.facts())
                form.version.data = str(place.version)
        else:
            flash(_("%(name)s was saved.", name=form.name.data), "done")
            return redirect(url_for("places.show", place_id=place_id))
    page = render_template("places/edit.html", form=form, place=place, theirs=theirs)
    return page, 422 if form.errors else 200


@bp.post("/places/<int:place_id>/close")
@requires(Permission.EDIT_PLACES)
def close(place_id: int) -> Response:
    """Take a place out of new choices."""
    return _open(place_id, False)


@bp.post("/places/<int:place_id>/reopen")
@requires(Permission.EDIT_PLACES)
def reopen(place_id: int) -> Response:
    """Offer a closed place again."""
    return _open(place_id, True)


def _open(place_id: int, is_open: bool) -> Response:
    place = queries.place(place_id)
    name = place.full_name
    act = actions.reopen if is_open else actions.close
    try:
        with transaction():
            act(place, by=current_user, now=clock.now())
    except Refused:
        flash(_("Someone else has just changed this. Look again, then decide."), "problem")
    else:
        flash(
            _("%(name)s is open again.", name=name)
            if is_open
            else _("%(name)s is closed.", name=name),
            "done",
        )
    return redirect(url_for("places.show", place_id=place_id))
