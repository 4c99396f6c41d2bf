"""Write the table of endpoints anew from the code: `python -m tests.house.generate_endpoints`.

The difference to what is committed is what a reviewer reads: who may now open what.
"""

import sys
import tempfile
from pathlib import Path

from flask import Flask

from tests.conftest import make_app

TABLE = Path(__file__).with_name("endpoints.py")
HEAD = '''"""Who may open what: reviewed line by line, compared with the app by `test_guards.py`.

endpoint: (methods, permissions); no permission means everyone, signed in or not. After adding a
page, add its line; `python -m tests.house.generate_endpoints` prints the lines that are missing.
"""

ENDPOINTS: dict[str, tuple[str, str]] = {
'''


def lines(app: Flask) -> dict[str, str]:
    """Return the line of each endpoint as the code has it."""
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update(
            (rule.methods or set()) - {"HEAD", "OPTIONS"}
        )
    return {
        endpoint: f'    "{endpoint}": ("{" ".join(sorted(found))}", "{needed(app, endpoint)}"),'
        for endpoint, found in sorted(methods.items())
    }


def needed(app: Flask, endpoint: str) -> str:
    """Return what an endpoint asks for, in words."""
    asked = getattr(app.view_functions[endpoint], "needs", None)
    if asked is None:
        return "closed"
    return " ".join(sorted(asked)) or "everyone"


def text(app: Flask) -> str:
    """Return the whole table as a module."""
    return HEAD + "\n".join(lines(app).values()) + "\n}\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = text(make_app(Path(folder)))
    if "--write" in sys.argv:
        TABLE.write_text(made, "utf-8")
    else:
        kept = TABLE.read_text("utf-8") if TABLE.exists() else ""
        print("\n".join(line for line in made.splitlines() if line not in kept.splitlines()))
