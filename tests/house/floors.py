"""The floors of the house as data, and who breaks them; `test_floors.py` asks."""

import ast
from dataclasses import dataclass
from pathlib import Path

from hospice.features import ORDER as REGISTERED

# Left to right. A feature imports only features to its left.
FEATURES = REGISTERED

# Name of a module, or of a package of modules, inside a feature.
FLOORS = {
    "rules": 1,
    "models": 2,
    "queries": 3,
    "actions": 4,
    "notices": 4,
    "summaries": 5,  # what a summary says, line by line
    "post": 4,  # handing a letter to the mail server, a short message to a service
    "wire": 4,  # the connections of services
    "forms": 5,
    "words": 5,
    "letters": 5,  # what a message says: templates and translations
    "cards": 5,
    "views": 5,
}

# Parts of a feature that are large enough for floors of their own, of the same names.
PARTS = {("reminders", "wording"), ("reminders", "wishes")}

# The journal is written by every feature, so its lower floors lie left of them all and know none.
WRITTEN_BY_ALL = "journal"

# What rules may know of `core`: no database.
CORE_FOR_RULES = {"hospice.core.clock", "hospice.core.errors", "hospice.core.names"}

# The entry points stand above everything.
TOP = {
    "hospice",
    "hospice.cli",
    "hospice.features",
    "hospice.going",
    "hospice.health",
    "hospice.jobs",
    "hospice.migrate",
    "hospice.serve",
}
TOP_PACKAGES = {"demo"}

# Loaded where they are needed: each costs 50 to 300 ms that most pages never need.
LAZY = {"apprise", "holidays", "icalendar", "openpyxl", "pypinyin", "reportlab"}

_PAGES = {"flask", "flask_babel", "flask_bootstrap", "flask_wtf", "wtforms", "werkzeug", "jinja2"}
_DATABASE = {"sqlalchemy", "flask_sqlalchemy", "alembic", "psycopg"}
# Third-party packages that a floor must not know.
FORBIDDEN = {
    1: _PAGES | _DATABASE | {"flask_login"},
    2: _PAGES,
    3: _PAGES | {"flask_login"},
    4: _PAGES | {"flask_login"},
    5: {"sqlalchemy", "alembic", "psycopg"},
}

UNHELPFUL = {"utils", "util", "helpers", "helper", "common", "manager", "service", "base", "misc"}
LONGEST = 400


@dataclass(frozen=True)
class Place:
    """Where a module stands: how far right, and how high."""

    column: int
    floor: int
    feature: str


def place(module: str) -> Place | None:
    """Return where a module of ours stands; None when it has no place in the house."""
    parts = module.split(".")
    if module in TOP or (len(parts) > 1 and parts[1] in TOP_PACKAGES):
        return Place(99, 9, "")
    if module == "hospice.config":
        return Place(-2, 4, "config")  # pages read the settings that were checked at the start
    if parts[1] == "core":
        return Place(-2, 0, "core")
    if parts[1] == "web":
        return Place(FEATURES.index("accounts"), 5, "web")
    if parts[1] not in FEATURES:
        return None
    column = FEATURES.index(parts[1])
    if len(parts) == 2:
        return Place(column, 0, parts[1])
    if (parts[1], parts[2]) in PARTS:
        floor = FLOORS.get(parts[3]) if len(parts) > 3 else 0
    else:
        floor = FLOORS.get(parts[2])
    if floor is None:
        return None
    if parts[1] == WRITTEN_BY_ALL and floor < 5:
        column = -1
    return Place(column, floor, parts[1])


def problems(root: Path) -> list[str]:
    """Return every breach of the house's order below a folder that holds `hospice`."""
    found: list[str] = []
    for path in sorted((root / "hospice").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found += breaches(path, module)
    return found


def breaches(path: Path, module: str) -> list[str]:
    """Return what is wrong with one module."""
    found = [
        f"{module}: call it by what it holds, not {part!r}"
        for part in module.split(".")
        if part in UNHELPFUL
    ]
    text = path.read_text("utf-8")
    lines = text.count("\n")
    if lines > LONGEST:
        found.append(f"{module}: {lines} lines; split it by noun (at most {LONGEST})")
    here = place(module)
    if here is None:
        return [*found, f"{module}: has no floor; see FLOORS in tests/house/floors.py"]
    tree = ast.parse(text)
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    for node in ast.walk(tree):
        if here.floor != 3 and here.feature in FEATURES and _asks(node):
            found.append(f"{module}: selects; every question stands in queries")
        for target, name in _targets(node):
            if node in inside and target.split(".")[0] not in LAZY:
                found.append(f"{module}: imports {target} inside a function")
            found += _why_not(module, here, target, name)
    return found


def _targets(node: ast.AST) -> list[tuple[str, str]]:
    """Return what an import statement names: (module, name taken from it)."""
    if isinstance(node, ast.Import):
        return [(alias.name, "") for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        if node.level:
            return [("." * node.level + (node.module or ""), "")]
        return [(node.module or "", alias.name) for alias in node.names]
    return []


def _asks(node: ast.AST) -> bool:
    """Tell whether a call runs a `select`; one inside an update or delete is part of the act."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr not in {"execute", "scalar", "scalars"} or not node.args:
        return False
    asked: ast.expr = node.args[0]
    while isinstance(asked, ast.Call | ast.Attribute):
        asked = asked.func if isinstance(asked, ast.Call) else asked.value
    return isinstance(asked, ast.Name) and asked.id == "select"


def _why_not(module: str, here: Place, target: str, name: str) -> list[str]:
    top = target.partition(".")[0]
    if top == "":
        return [f"{module}: imports relatively; write the whole name"]
    if top != "hospice":
        if here.feature not in {"web", "core", ""} and top in FORBIDDEN.get(here.floor, ()):
            return [f"{module}: floor {here.floor} must not know {top}"]
        return []
    whole = f"{target}.{name}" if name and _is_module(target, name) else target
    there = place(whole)
    if there is None:
        return [f"{module}: imports {whole}, which has no floor"]
    reason = _breach(module, here, there, whole)
    return [f"{module}: imports {whole}, {reason}"] if reason else []


def _is_module(target: str, name: str) -> bool:
    """Tell whether `from target import name` takes a module: those of ours are lower-case names."""
    parts = target.split(".")
    if target == "hospice":
        return f"hospice.{name}" in TOP or name in {
            *FEATURES,
            "core",
            "web",
            "config",
            *TOP_PACKAGES,
        }
    if len(parts) == 2 and (parts[1] in FEATURES or parts[1] in {"core", "web"}):
        return name in FLOORS or parts[1] in {"core", "web"}
    return False


def _breach(module: str, here: Place, there: Place, whole: str) -> str:
    if here.floor == 9:
        return ""
    if there.floor == 9:
        return "which stands above"
    if there.feature == "core":
        if here.floor == 1 and whole not in CORE_FOR_RULES:
            return "but rules know no database"
        return ""
    if here.feature == "core":
        return "but core knows no feature"
    if there.feature == here.feature:
        return "" if there.floor <= here.floor else "which stands above"
    if there.feature == "web":
        return "" if here.floor == 5 else "but only pages know web"
    if there.feature == "config":
        return "" if here.floor == 5 else "which only pages and entry points read"
    if here.feature == "config":
        return "" if there.feature == "core" else "but settings know no feature"
    if here.feature == "web":
        is_seen = there.feature == "accounts" and there.floor < 5
        return "" if is_seen else "but web sees only core and accounts"
    if there.floor > here.floor:
        return "which stands above"
    return "" if there.column < here.column else "which lies to the right"
