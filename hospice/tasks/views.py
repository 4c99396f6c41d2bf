"""Pages of tasks."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.core.db import transaction
from hospice.core.errors import Refused
from hospice.journal.queries import history
from hospice.journal.words import kind_label, record_url
from hospice.tasks import actions, queries
from hospice.tasks.forms import CloseForm, TaskForm
from hospice.tasks.models import Task
from hospice.tasks.rules import Progress, TaskFilter, Whose, urgency
from hospice.tasks.words import task_objection_words
from hospice.web.forms import number_arg, text_arg
from hospice.web.guard import requires
from hospice.web.lists import Page, offset
from hospice.web.pages import present_zone

bp = Blueprint("tasks", __name__)


@bp.get("/tasks")
@requires(Permission.SEE_TASKS)
def index() -> str:
    """List what is to be done, or what was, by its day."""
    is_mine, is_done = text_arg("whose") == Whose.MINE, text_arg("show") == Progress.DONE
    narrowed = TaskFilter(
        owner_id=current_user.id if is_mine else 0,
        progress=Progress.DONE if is_done else Progress.OPEN,
    )
    number = number_arg("page", 1, low=1, high=10_000)
    rows = queries.tasks(narrowed, offset=offset(number, queries.PER_PAGE))
    today = _today()
    return render_template(
        "tasks/index.html",
        page=Page(
            [(task, _urgency(task, today)) for task in rows],
            number,
            queries.task_count(narrowed),
            queries.PER_PAGE,
        ),
        totals=queries.totals(today),
        whose=Whose.MINE if is_mine else Whose.ALL,
        progress=narrowed.progress,
    )


@bp.route("/tasks/new", methods=["GET", "POST"])
@requires(Permission.SEE_TASKS, Permission.KEEP_TASKS)
def new() -> Any:
    """Make a task that comes from no other record."""
    form = TaskForm(queries.possible_owners())
    if form.validate_on_submit():
        try:
            with transaction():
                actions.make(
                    form.words.data or "",
                    due_on=form.due_on.data,
                    about=None,
                    owner_id=form.owner.data or None,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, task_objection_words)
        else:
            flash(_("The task was made."), "done")
            return redirect(url_for("tasks.index"))
    page = render_template("tasks/new.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/tasks/<int:task_id>")
@requires(Permission.SEE_TASKS)
def show(task_id: int) -> str:
    """Show a task, where it came from, and what was done."""
    return _page(queries.task_for(current_user, task_id), CloseForm(formdata=None))


@bp.post("/tasks/<int:task_id>/close")
@requires(Permission.SEE_TASKS, Permission.KEEP_TASKS)
def close(task_id: int) -> Any:
    """Close a task; a promise wants to know what was done."""
    form = CloseForm()
    if form.validate_on_submit():
        try:
            with transaction():
                task = queries.task_for(current_user, task_id, locking=True)
                outcome = form.outcome.data or ""
                actions.close(task, outcome=outcome, by=current_user, now=clock.now())
        except Refused as refusal:
            form.object_to(refusal.objections, task_objection_words)
        else:
            flash(_("The task is done."), "done")
            return redirect(url_for("tasks.index"))
    return _page(queries.task_for(current_user, task_id), form), 422


@bp.post("/tasks/<int:task_id>/reopen")
@requires(Permission.SEE_TASKS, Permission.KEEP_TASKS)
def reopen(task_id: int) -> Response:
    """Open a task again that was closed by mistake."""
    with transaction():
        task = queries.task_for(current_user, task_id, locking=True)
        actions.reopen(task, by=current_user, now=clock.now())
    return redirect(url_for("tasks.show", task_id=task_id))


@bp.route("/tasks/<int:task_id>/edit", methods=["GET", "POST"])
@requires(Permission.SEE_TASKS, Permission.KEEP_TASKS)
def edit(task_id: int) -> Any:
    """Say it better, choose another day, or give it to someone else."""
    task = queries.task_for(current_user, task_id)
    if task.done_at is not None:
        return redirect(url_for("tasks.show", task_id=task_id))
    form = TaskForm(queries.possible_owners(task.owner_id), obj=task, data=_owner_of(task))
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change(
                    queries.task_for(current_user, task_id, locking=True),
                    words=form.words.data or "",
                    due_on=form.due_on.data,
                    owner_id=form.owner.data or None,
                    by=current_user,
                    now=clock.now(),
                )
        except Refused as refusal:
            form.object_to(refusal.objections, task_objection_words)
        else:
            return redirect(url_for("tasks.show", task_id=task_id))
    page = render_template("tasks/edit.html", task_id=task_id, form=form)
    return page, 422 if form.errors else 200


def _page(task: Task, form: CloseForm) -> str:
    kind = task.about_kind
    return render_template(
        "tasks/show.html",
        task=task,
        urgency=_urgency(task, _today()),
        form=form,
        source=kind_label(kind) if kind else "",
        source_url=record_url(kind, task.about_id) if kind and task.about_id is not None else None,
        entries=history("task", task.id),
    )


def _owner_of(task: Task) -> dict[str, int]:
    return {"owner": task.owner_id or 0}


def _urgency(task: Task, today: date) -> str:
    return urgency(task.due_on, today, is_done=task.done_at is not None)


def _today() -> date:
    return clock.local(clock.now(), present_zone()).date()
