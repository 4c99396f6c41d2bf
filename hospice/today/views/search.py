"""Finding a person by name, pinyin, initials or the end of a telephone number."""

from flask import render_template
from flask_login import current_user

from hospice.accounts.rules import Permission
from hospice.grief_support.queries import kin
from hospice.today import queries
from hospice.today.views import bp
from hospice.web.forms import text_arg
from hospice.web.guard import requires

MOST = 20


@bp.get("/search")
@requires(Permission.SEE_VOLUNTEERS)
def search() -> str:
    """Show volunteers, patients, families and places that match; each only to whom may see it."""
    words = text_arg("q")
    sees_patients = current_user.may(Permission.SEE_PATIENTS)
    sees_families = words and current_user.may(Permission.SEE_GRIEF)
    relatives = kin.kin_like(current_user, words, limit=MOST) if sees_families else []
    return render_template(
        "today/search.html",
        search_words=words,
        volunteers=queries.volunteers_like(words) if words else [],
        patients=queries.patients_like(words) if words and sees_patients else [],
        relatives=relatives,
        relatives_of=kin.patients_of(relatives),
        places=queries.places_like(words) if words else [],
    )
