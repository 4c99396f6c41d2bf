"""The compiled translations: made from the .po files when those are newer."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"


def compile_translations() -> None:
    """Compile every .po file whose .mo file is older or missing."""
    for source in _TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file)
        try:
            handle, name = tempfile.mkstemp(dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                write_mo(file, catalog)
            Path(name).chmod(0o644)  # mkstemp's own mode would hide it from a service's user
            Path(name).replace(target)  # whole or not at all: two processes may start at once
        except OSError:
            continue  # a read-only folder keeps the .mo that it was installed with
