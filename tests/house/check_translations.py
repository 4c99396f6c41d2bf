"""Say which words on the pages have no Chinese yet: `python -m tests.house.check_translations`."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CHINESE = ROOT / "hospice/translations/zh_Hans/LC_MESSAGES/messages.po"

# beside the ones Babel knows: the lazy forms that forms and rules use
KEYWORDS = [
    "_l",
    "lazy_gettext",
    "lazy_ngettext:1,2",
    "lazy_pgettext:1c,2",
    "lazy_npgettext:1c,2,3",
]
PLACEHOLDER = re.compile(r"%%|%\((\w+)\)[sdf]|\{(\w*)\}|(%[sd])")
TAG = re.compile(r"</?([a-z][a-z0-9]*)\b")


def extract(root: Path = ROOT, mapping: Path | None = None) -> Catalog:
    """Collect every translatable text of the source tree at `root`."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
        command += ["-F", str(mapping or root / "pyproject.toml"), "--add-location=file"]
        for keyword in KEYWORDS:
            command += ["-k", keyword]
        done = subprocess.run(
            [*command, "-o", str(template), "."],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines() or ["no reason given"]
            raise SystemExit(f"The words could not be collected: {reason[-1]}")
        with template.open("rb") as file:
            return read_po(file)


def texts(message: Message) -> tuple[str, ...]:
    """Give the English forms of a message: one, or singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translation(message: Message | None) -> str:
    """Give the one Chinese form of a message, or nothing."""
    if message is None:
        return ""
    return message.string if isinstance(message.string, str) else (message.string or ("",))[0]


def slots(text: str) -> set[str]:
    """Name the places in a text that are filled in when it is shown."""
    found = PLACEHOLDER.finditer(text)
    return {slot.group(0) for slot in found if slot.group(0) != "%%"}


def mismatch(message: Message, chinese: str) -> str:
    """Say how the Chinese differs from the English in what is filled in, or nothing."""
    forms = texts(message)
    # Chinese has one form for every count, so it may use whatever the plural uses; "One place"
    # needs no number in English, but the same Chinese line must carry it
    wanted = slots(forms[-1])
    if slots(chinese) != wanted:
        return f"fills in {named(slots(chinese))}, the English {named(wanted)}"
    if sorted(TAG.findall(chinese)) != sorted(TAG.findall(forms[-1])):
        return "has other tags than the English"
    return ""


def named(found: set[str]) -> str:
    """List placeholders for a person to read."""
    return ", ".join(sorted(found)) or "nothing"


def problems(source: Catalog, chinese: Catalog) -> list[str]:
    """List what is missing, unfinished or unlike the English."""
    found = []
    for message in source:
        if not message.id:
            continue
        where = message.locations[0][0] if message.locations else "?"
        kept = chinese.get(message.id, context=message.context)
        text = translation(kept)
        shown = f"{where}: {texts(message)[0]!r}"
        if kept is None:
            found.append(f"{shown} is missing")
        elif not text:
            found.append(f"{shown} is not translated")
        elif kept.fuzzy:
            found.append(f"{shown} is marked fuzzy")
        elif reason := mismatch(message, text):
            found.append(f"{shown}: the Chinese {reason}")
    return found


def main() -> int:
    """Print every problem; 1 if there is any."""
    with CHINESE.open("rb") as file:
        chinese = read_po(file, locale="zh_Hans")
    source = extract()
    found = problems(source, chinese)
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} texts need a translator, of {len(source)}.")
        return 1
    print(f"All {len(source)} texts are there in Chinese.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
