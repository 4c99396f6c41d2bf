"""The mark beside the database: outside of it, so that a copy put back does not bring it along."""

import json
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path

from hospice.reminders.rules.standstill import Mark

log = logging.getLogger(__name__)

NAME = "last-round.json"
_LONGEST = 1000
# So long a slow disk may take to keep it, in seconds; a copy is older than that.
_KEPT_WITHIN = 120


def read(folder: Path) -> Mark | None:
    """Return the mark; None where there is none, none that can be read, or a copy of one.

    It knows when it was written. The file system says when the file last came to be what it is,
    which no copying and no unpacking of a backup can set back: the two differ in a copy.
    """
    try:
        with (folder / NAME).open(encoding="utf-8") as file:
            found = json.loads(file.read(_LONGEST))
            is_copy = abs(os.fstat(file.fileno()).st_ctime - float(found["kept_at"])) > _KEPT_WITHIN
        return None if is_copy else Mark(str(found["database"]), int(found["rounds"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("the mark %s cannot be read", NAME)
        return None


def write(folder: Path, mark: Mark) -> None:
    """Keep the mark, all of it or nothing; one that is ahead already stays."""
    before = read(folder)
    if before is not None and before.database == mark.database and before.rounds >= mark.rounds:
        return  # another process of this machine was quicker
    draft = folder / f".{NAME}.{os.getpid()}.{threading.get_ident()}"
    try:
        with draft.open("w", encoding="utf-8") as file:
            kept_at = os.fstat(file.fileno()).st_ctime
            json.dump({"database": mark.database, "rounds": mark.rounds, "kept_at": kept_at}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / NAME)
    except OSError:
        log.exception("the mark %s cannot be written; after a restore nobody would know", NAME)
        with suppress(OSError):
            draft.unlink()


__all__ = ["NAME", "read", "write"]
