"""Pages where an administrator sets up the ways beside email."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.channels import actions, post, queries
from hospice.channels.forms import ChannelForm, TrialForm
from hospice.channels.models import Channel
from hospice.channels.rules import SCHEMES, Addressed, Answer, Outcome, Sort
from hospice.channels.words import objection_words, outcome_words
from hospice.config import Settings
from hospice.core import clock
from hospice.core.db import release, transaction
from hospice.core.errors import Missing, Refused
from hospice.journal import queries as journal
from hospice.web.guard import requires

bp = Blueprint("channels", __name__)

_ENTRIES_SHOWN = 5


@bp.get("/settings/channels")
@requires(Permission.EDIT_SETTINGS)
def index() -> str:
    """List the ways by which messages leave."""
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "channels/index.html",
        channels=queries.channels(),
        mail_from=settings.mail_from,
        has_server=bool(settings.smtp_url),
    )


@bp.get("/settings/channels/new")
@requires(Permission.EDIT_SETTINGS)
def services() -> str:
    """Choose a service."""
    found = {sort: [scheme for scheme in SCHEMES.values() if scheme.sort is sort] for sort in Sort}
    return render_template("channels/services.html", services=found)


@bp.route("/settings/channels/new/<kind>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def new(kind: str) -> tuple[str, int] | Response:
    """Set up a service."""
    scheme = SCHEMES.get(kind)
    if scheme is None:
        raise Missing
    form = ChannelForm(scheme, is_new=True)
    if not form.is_submitted():
        form.is_paid.data = scheme.is_paid
    if form.validate_on_submit():
        try:
            with transaction():
                channel = actions.create(scheme, form.facts(), by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, objection_words)
        else:
            flash(_("%(name)s was set up. Send a test message now.", name=channel.name), "done")
            return redirect(url_for("channels.show", channel_id=channel.id))
    page = render_template("channels/new.html", form=form, scheme=scheme)
    return page, 422 if form.errors else 200


@bp.get("/settings/channels/<int:channel_id>")
@requires(Permission.EDIT_SETTINGS)
def show(channel_id: int) -> str:
    """Show one way: whether it works, and a test of it."""
    channel = queries.channel(channel_id)
    return _shown(channel, TrialForm(channel.service))


@bp.route("/settings/channels/<int:channel_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
def edit(channel_id: int) -> tuple[str, int] | Response:
    """Change a way."""
    channel = queries.channel(channel_id)
    form = ChannelForm(channel.service, is_new=False, obj=channel)
    if not form.secret.raw_data:  # what is kept is never shown, whatever was sent
        form.secret.data = ""
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change(
                    channel,
                    form.facts(),
                    seen_version=form.seen_version,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            channel = queries.channel(channel_id)  # rolled back: fresh
            form.object_to(refusal.objections, objection_words)
            form.version.data = str(channel.version)
        else:
            flash(_("%(name)s was saved.", name=form.name.data), "done")
            return redirect(url_for("channels.show", channel_id=channel_id))
    page = render_template("channels/edit.html", form=form, channel=channel, scheme=channel.service)
    return page, 422 if form.errors else 200


@bp.post("/settings/channels/<int:channel_id>/test")
@requires(Permission.EDIT_SETTINGS)
def test(channel_id: int) -> tuple[str, int] | Response:
    """Send a test message at once, and say what the service answered."""
    channel = queries.channel(channel_id)
    form = TrialForm(channel.service)
    if not form.validate_on_submit():
        return _shown(channel, form), 422
    text = _("This is a test message from Alongside. If you can read it, this way works.")
    service = queries.usable(channel.way)
    if service is None:
        flash(_("Switch it on first."), "problem")
        return redirect(url_for("channels.show", channel_id=channel_id))
    release()  # the service may take a while
    found = post.hand_over(
        service.scheme,
        service.secret,
        form.recipient,
        text,
        is_paid=service.is_paid,
        is_own_host=service.is_own_host,
        limit=post.TIMEOUT,
    ) or Answer(Outcome.REFUSED)
    taken, denied = found.outcome is Outcome.TAKEN, found.outcome is Outcome.DENIED
    now = clock.now()
    with transaction():
        actions.note_tested(queries.channel(channel_id), is_taken=taken, by=current_user, now=now)
        if taken or denied:
            words = f"{Outcome.DENIED}: {found.detail}" if denied else ""
            actions.note_trouble(f"channel:{channel_id}", words, now)
    flash(outcome_words(found), "done" if taken else "problem")
    return redirect(url_for("channels.show", channel_id=channel_id))


@bp.post("/settings/channels/<int:channel_id>/switch-on")
@requires(Permission.EDIT_SETTINGS)
def switch_on(channel_id: int) -> Response:
    """Let messages leave by it."""
    return _switch(channel_id, True)


@bp.post("/settings/channels/<int:channel_id>/switch-off")
@requires(Permission.EDIT_SETTINGS)
def switch_off(channel_id: int) -> Response:
    """Let no message leave by it any more."""
    return _switch(channel_id, False)


def _switch(channel_id: int, is_enabled: bool) -> Response:
    channel = queries.channel(channel_id)
    name = channel.name
    try:
        with transaction():
            actions.switch(channel, is_enabled, by=current_user, now=clock.now())
    except Refused:
        flash(_("Someone else has just changed this. Look again, then decide."), "problem")
    else:
        flash(
            _("%(name)s is switched on.", name=name)
            if is_enabled
            else _("%(name)s is switched off.", name=name),
            "done",
        )
    return redirect(url_for("channels.show", channel_id=channel_id))


def _shown(channel: Channel, form: TrialForm) -> str:
    return render_template(
        "channels/show.html",
        channel=channel,
        scheme=channel.service,
        form=form,
        is_group=channel.service.addressed is Addressed.GROUP,
        entries=journal.history("channel", channel.id, limit=_ENTRIES_SHOWN),
        entry_count=journal.history_length("channel", channel.id),
    )
