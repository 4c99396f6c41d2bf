"""Finding a person by name, pinyin, initials or the end of a telephone number."""

from flask import render_template
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.today import queries
from hospice.today.views import bp
from hospice.web.forms import text_arg
from hospice.web.guard import requires


@bp.get("/search")
@requires(Permission.SEE_VOLUNTEERS)
def search() -> str:
    """Show volunteers, patients and places that match; each only to whom may see it."""
    words = text_arg("q")
    sees_patients = current_user.may(Permission.SEE_PATIENTS)
    return render_template(
        "today/search.html",
        search_words=words,
        volunteers=queries.volunteers_like(words) if words else [],
        patients=queries.patients_like(words) if words and sees_patients else [],
        places=queries.places_like(words) if words else [],
    )
