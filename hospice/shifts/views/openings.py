"""A place that a page has just freed: the waiting list and the right few hear of it at once."""

import logging

from werkzeug.wrappers import Response

from hospice.core import clock
from hospice.core.db import release, transaction
from hospice.shifts.actions import openings, seats
from hospice.shifts.views import bp

log = logging.getLogger(__name__)


@bp.after_app_request
def tend_openings(response: Response) -> Response:
    """Do what is due about the places that this request freed, whichever page it was.

    Each shift in a transaction of its own, after the answer itself is safe; should one fail, the
    next minute does it.
    """
    for shift_id in seats.freed():
        try:
            with transaction():
                openings.tend(clock.now(), shift_ids=[shift_id])
        except Exception:
            release()
            log.exception("nothing could be done yet about the free places of shift %s", shift_id)
    return response
