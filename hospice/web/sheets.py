"""Tables for a spreadsheet, in which no name can run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

# A cell that begins like this is a formula to a spreadsheet: a name must never run.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_cell(value: str) -> str:
    """Return a text that a spreadsheet shows and never runs."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def sheet(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """Return rows as a file to save: `name` without its ending."""
    file = io.StringIO()
    table = csv.writer(file)
    for row in rows:
        table.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return Response(
        "\ufeff" + file.getvalue(),  # the mark by which Excel knows UTF-8
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
