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


def read(folder: Path) -> Mark | None:
    """Return the mark; None where there is none, or none that can be read."""
    try:
        with (folder / NAME).open(encoding="utf-8") as file:
            found = json.loads(file.read(_LONGEST))
        return Mark(str(found["database"]), int(found["rounds"]))
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
            json.dump({"database": mark.database, "rounds": mark.rounds}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / NAME)
    except OSError:
        log.exception("the mark %s cannot be written; after a restore nobody would know", NAME)
        with suppress(OSError):
            draft.unlink()


__all__ = ["NAME", "read", "write"]
