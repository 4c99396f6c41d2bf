"""The list of volunteers, and one volunteer's page."""

from flask import render_template, request
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.core import clock
from hospice.journal import queries as journal
from hospice.places import queries as places
from hospice.places.rules import Showing as PlacesShowing
from hospice.volunteers import queries
from hospice.volunteers.forms import BreakForm
from hospice.volunteers.models import Volunteer
from hospice.volunteers.queries import Filters, credentials
from hospice.volunteers.rules import LANGUAGES, SKILLS, Experience, Showing
from hospice.volunteers.views import bp, cards, messages
from hospice.volunteers.views.cards import Column
from hospice.web.forms import number_arg, small_int, text_arg
from hospice.web.guard import requires
from hospice.web.lists import PER_PAGE, Page, offset
from hospice.web.pages import present_zone

_ENTRIES_SHOWN = 5


@bp.get("/volunteers")
@requires(Permission.SEE_VOLUNTEERS)
def index() -> str:
    """List the volunteers."""
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    filters = _filters()
    total = queries.people_count(filters, today)
    pages = max(1, -(-total // PER_PAGE))
    number = min(number_arg("page", 1, low=1), pages)
    people = queries.people(filters, today, limit=PER_PAGE, offset=offset(number))
    ids = [person.id for person in people]
    return render_template(
        "volunteers/index.html",
        page=Page(people, number, total),
        cleared=queries.cleared_places(ids, today),
        silent=messages.silent_among(ids),
        row_facts=cards.row_facts(ids, current_user, now),
        no_facts=cards.RowFacts(),
        filters=filters,
        places=places.places(PlacesShowing.ALL),
        showings=list(Showing),
        languages=_with(LANGUAGES, filters.language),
        skills=_with(SKILLS, filters.skill),
        experiences=list(Experience),
        today=today,
    )


def _filters() -> Filters:
    showing = request.args.get("state", "")
    experience = request.args.get("experience", "")
    return Filters(
        words=text_arg("q"),
        showing=Showing(showing) if showing in set(Showing) else Showing.HERE,
        place_id=small_int(request.args.get("place", "")),
        language=text_arg("language", 40),
        skill=text_arg("skill", 40),
        experience=Experience(experience) if experience in set(Experience) else None,
        leads=request.args.get("leads") == "1",
    )


def _with(known: tuple[str, ...], chosen: str) -> tuple[str, ...]:
    return known if not chosen or chosen in known else (*known, chosen)


@bp.get("/volunteers/<int:volunteer_id>")
@requires(Permission.SEE_VOLUNTEERS)
def show(volunteer_id: int) -> str:
    """Show one volunteer."""
    return page_of(queries.volunteer(volunteer_id), BreakForm())


def page_of(volunteer: Volunteer, break_form: BreakForm, problem: str = "") -> str:
    """Return a volunteer's page, with what is wrong when a step on it was refused."""
    now = clock.now()
    today = clock.local(now, present_zone()).date()
    may_restrict = current_user.may(Permission.SEE_RESTRICTED)
    return render_template(
        "volunteers/show.html",
        volunteer=volunteer,
        user=queries.user_of(volunteer),
        papers=credentials.credentials(volunteer.id),
        clearances=queries.clearances(volunteer.id),
        free=queries.availability(volunteer.id),
        aways=queries.aways(volunteer.id, today),
        may_restrict=may_restrict,
        apart=queries.kept_apart(volunteer.id) if may_restrict else [],
        entries=journal.history("volunteer", volunteer.id, limit=_ENTRIES_SHOWN),
        entry_count=journal.history_length("volunteer", volunteer.id),
        main_cards=cards.drawn(Column.MAIN, volunteer.id, current_user, now),
        side_cards=cards.drawn(Column.SIDE, volunteer.id, current_user, now),
        messages=messages.card(volunteer),
        break_form=break_form,
        problem=problem,
        today=today,
    )
