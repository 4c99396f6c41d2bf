"""Reading with care what an address or a field holds: clean text, numbers and days."""

from datetime import date

from flask import request


def clean(text: str | None) -> str:
    """Return text without what no database keeps: NUL, lone surrogates, odd line ends."""
    if not text:
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_CONTROLS)
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def clean_line(text: str | None) -> str:
    """Return clean text in one line: a line break in a name would end up in the head of a letter."""
    return clean(clean(text).translate(_ONE_LINE))


_NO_CONTROLS = dict.fromkeys(code for code in [*range(32), *range(127, 160)] if code not in {9, 10})
_ONE_LINE = dict.fromkeys([9, 10, 0x2028, 0x2029], " ")


def text_arg(name: str, maximum: int = 100) -> str:
    """Return a clean value of the query string."""
    return clean(request.args.get(name, ""))[:maximum]


def number_arg(name: str, default: int = 0, *, low: int = 0, high: int = 10_000_000) -> int:
    """Return a whole number of the query string, or the default when it is none."""
    value = request.args.get(name, "")
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        return default
    return min(max(int(value), low), high)


def day_arg(name: str) -> date | None:
    """Return a date of the query string, or None when it is none."""
    try:
        value = date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return None
    return value if 1900 <= value.year <= 2200 else None
