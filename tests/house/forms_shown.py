"""Reading the forms of a page as a browser does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


@dataclass
class Box:
    """One field of a form as the page shows it."""

    name: str
    kind: str
    value: str = ""
    is_sent: bool = True
    options: list[str] = field(default_factory=list)


@dataclass
class Shown:
    """One form of a page."""

    action: str
    boxes: list[Box] = field(default_factory=list)

    def values(self) -> MultiDict[str, str]:
        """Return what a browser would send if nothing were changed."""
        return MultiDict((box.name, box.value) for box in self.boxes if box.is_sent)

    def named(self, *kinds: str) -> list[str]:
        """Return the names of the fields of some kinds."""
        return list(dict.fromkeys(box.name for box in self.boxes if box.kind in kinds))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Shown] = []
        self.open: Shown | None = None
        self.area: Box | None = None
        self.select: Box | None = None
        self.title, self._in_title = "", False
        self.has_summary = self.has_message = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        css = given.get("class", "").split()
        self.has_summary |= "error-summary" in css
        self.has_message |= "invalid-feedback" in css
        self._in_title = tag == "title" or (self._in_title and tag != "body")
        if tag == "form":
            self.open = Shown(given.get("action", ""))
            if given.get("method", "").lower() == "post":
                self.forms.append(self.open)
        if self.open is None or "name" not in given or given["name"] == "csrf_token":
            if tag == "option" and self.select is not None:
                self._option(given)
            return
        name = given["name"]
        if tag == "input":
            # a browser shows it, and nobody types there
            kind = "fixed" if {"readonly", "hidden"} & set(given) else given.get("type", "text")
            is_tick = kind in {"checkbox", "radio"}
            value = given.get("value", "on" if is_tick else "")
            self.open.boxes.append(Box(name, kind, value, not is_tick or "checked" in given))
        elif tag == "textarea":
            self.area = Box(name, "textarea")
            self.open.boxes.append(self.area)
        elif tag == "select":
            self.select = Box(name, "select")
            self.open.boxes.append(self.select)
        elif tag == "button":
            self.open.boxes.append(Box(name, "button", given.get("value", ""), is_sent=False))

    def _option(self, given: dict[str, str]) -> None:
        assert self.select is not None
        self.select.options.append(given.get("value", ""))
        if "selected" in given or len(self.select.options) == 1:
            self.select.value = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag == "textarea":
            self.area = None
        if tag == "select":
            self.select = None
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            # a browser drops the first line break of a text area
            self.area.value += data if self.area.value else data.removeprefix("\r\n").lstrip("\n")
        if self._in_title and not self.title:
            self.title = data.strip()


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader
