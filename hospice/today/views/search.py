"""Finding a person by name, pinyin or the end of a telephone number."""

from hospice.accounts.rules import Permission
from hospice.today.views import bp
from hospice.web.guard import requires


@bp.get("/search")
@requires(Permission.SEE_VOLUNTEERS)
def search() -> str:
    return "soon"
