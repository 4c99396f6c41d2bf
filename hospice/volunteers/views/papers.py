"""What a volunteer brings or learnt, and until when it holds."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.volunteers import actions, queries
from hospice.volunteers.forms import PaperForm
from hospice.volunteers.queries import credentials
from hospice.volunteers.views import bp
from hospice.volunteers.words import objection_words, paper_label, paper_until
from hospice.web.guard import requires
from hospice.web.pages import present_zone


@bp.route("/volunteers/<int:volunteer_id>/papers", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def papers(volunteer_id: int) -> tuple[str, int] | Response:
    """Show a volunteer's papers and trainings, and write one down."""
    volunteer = queries.volunteer(volunteer_id)
    form = PaperForm()
    if form.validate_on_submit():
        try:
            with transaction():
                actions.note_paper(volunteer, form.paper(), by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
            volunteer = queries.volunteer(volunteer_id)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for("volunteers.papers", volunteer_id=volunteer_id))
    page = render_template(
        "volunteers/papers.html",
        volunteer=volunteer,
        papers=credentials.credentials(volunteer_id),
        form=form,
        today=clock.today(present_zone()),
    )
    return page, 422 if form.errors else 200


@bp.route("/volunteers/<int:volunteer_id>/papers/<int:credential_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_VOLUNTEERS)
def change_paper(volunteer_id: int, credential_id: int) -> tuple[str, int] | Response:
    """Change what is written down of a paper, above all until when it holds."""
    volunteer = queries.volunteer(volunteer_id)
    paper = credentials.credential(volunteer_id, credential_id)
    form = PaperForm(obj=paper)
    theirs: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_paper(
                    credentials.credential(volunteer_id, credential_id),
                    form.paper(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
            paper = credentials.credential(volunteer_id, credential_id)
            volunteer = queries.volunteer(volunteer_id)
            if any(one.kind == "stale" for one in refusal.objections):
                theirs = [(paper_label(paper.kind, paper.note), paper_until(paper.valid_until))]
                form.version.data = str(paper.version)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for("volunteers.papers", volunteer_id=volunteer_id))
    page = render_template(
        "volunteers/change_paper.html", volunteer=volunteer, paper=paper, form=form, theirs=theirs
    )
    return page, 422 if form.errors else 200


@bp.post("/volunteers/<int:volunteer_id>/papers/<int:credential_id>/put-away")
@requires(Permission.EDIT_VOLUNTEERS)
def put_away_paper(volunteer_id: int, credential_id: int) -> Response:
    """Keep a paper no longer."""
    with transaction():
        paper = credentials.credential(volunteer_id, credential_id)
        actions.put_away(paper, by=current_user, now=clock.now())
    flash(_("It is no longer on the list."), "done")
    return redirect(url_for("volunteers.papers", volunteer_id=volunteer_id))
