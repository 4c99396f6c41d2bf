"""What pages and messages must not say, and what they must not hold."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog

# Said about people in grief, or at them; each with what we say instead (interface.md §7).
ENGLISH = {
    r"\bdeceased\b": "died",
    r"\bpass(es|ed|ing)? away\b": "died",
    r"\bpassed on\b": "died",
    r"\bexpired patient": "died",
    r"\bsuffer(s|ed|ing)? from\b": "lives with",
    r"\bcomplainants?\b": "concern",
    r"\brejected\b": "can’t come",
    r"\bproductivity\b": "hours given",
    r"\bclosure\b": "nothing at all",
    r"\bbetter place\b": "nothing at all",
    r"\bi know how you feel\b": "nothing at all",
    r"\bbe strong\b": "nothing at all",
    r"\bat least (he|she|they|you)\b": "nothing at all",
    r"\b(streaks?|badges?|leaderboards?|congratulations)\b": "nothing at all",
    r"\b(oops|whoops|invalid|illegal|forbidden|fatal)\b": "what happened and how to mend it",
    r"\b(login|log in|log out|logout|username)\b": "sign in, sign out",
    r"\b(deadline|human resources|manpower|no-show)\b": "plain words",
    r"\b(color|organization|canceled|favorite|center)\b": "British spelling",
    r"!": "no exclamation marks",
}
CHINESE = {
    "死者": "去世的人",
    "死亡": "去世／离世",
    "往生": "去世／离世",
    "走了": "去世／离世",
    "节哀": "什么也不说",
    "顺变": "什么也不说",
    "坚强": "什么也不说",
    "违规": "说清是什么",
    "非法": "说清怎么改",
    "无效": "说清怎么改",
    "临终": "安宁疗护",
    "！": "不用感叹号",
    "!": "不用感叹号",
    "你": "您",
    "亲，": "您",
}
# What looks like a forbidden word and is none.
CHINESE_FINE = ("迷你",)

# Letters on a page that are not words of a language.
NO_WORDS = {
    "EN",
    "中文",
    "English",
    "A",
    "A+",
    "A++",
    "Ctrl K",
    "flask first-run-link",
}
SPEAKING = {"aria-label", "placeholder", "title", "alt", "label", "data-word", "data-confirm"}
HANDLER = re.compile(r"<[^>{]*\s(on[a-z]+)\s*=", re.IGNORECASE)
INLINE = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "a handler": HANDLER,
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "a file of another site": re.compile(r"(src|href)=[\"']?(https?:)?//", re.IGNORECASE),
}
_TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def said(texts: dict[str, str]) -> list[str]:
    """Return what English texts must not say; `texts` maps a text to where it stands."""
    return [
        f"{where}: {text!r} says {pattern!r}; say {instead}"
        for text, where in texts.items()
        for pattern, instead in ENGLISH.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]


def said_in_chinese(catalog: Catalog) -> list[str]:
    """Return what the Chinese must not say."""
    found = []
    for message in catalog:
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        for string in strings:
            text = str(string)
            for fine in CHINESE_FINE:
                text = text.replace(fine, "")
            found += [
                f"{string!r} says {word!r}; say {instead}"
                for word, instead in CHINESE.items()
                if message.id and word in text
            ]
    return found


class _Page(HTMLParser):
    """Collects what a page says outside of translations."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "svg", "symbol"}:
            self._silent += 1
        self.words += [value for name, value in attrs if name in SPEAKING and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "svg", "symbol"}:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def untranslated(template: str) -> list[str]:
    """Return the words of a template that no translation can reach."""
    page = _Page()
    # an id such as `{{ field.id }}-error` is no word
    page.feed(re.sub(r"·(-[\w-]+)?", "", _PRINTED.sub("·", _TAGS.sub("", template))))
    page.close()
    spoken = (" ".join(words.split()) for words in page.words)
    return [words for words in spoken if _LETTERS.search(words) and words not in NO_WORDS]


def inline(template: str) -> list[str]:
    """Return what a strict content policy would refuse in a template."""
    text = _TAGS.sub("", template)
    return [name for name, pattern in INLINE.items() if pattern.search(text)]


# Functions whose first words are read by people.
SPEAKERS = {
    "flash",
    "text_field",
    "long_field",
    "email_field",
    "password_field",
    "phone_field",
    "number_field",
    "day_field",
    "clock_field",
    "choice_field",
    "chips_field",
    "required",
    "BooleanField",
    "ValidationError",
    "StopValidation",
}


def spoken_in_python(path: Path) -> Iterator[str]:
    """Yield the words that a module says to people without a translation."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        first = node.args[0]
        is_text = isinstance(first, ast.JoinedStr) or (
            isinstance(first, ast.Constant) and isinstance(first.value, str)
        )
        if name in SPEAKERS and is_text:
            yield f"{path.name}:{node.lineno}: {name}({ast.unparse(first)})"


def dark_tokens(css: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the dark colours as they stand for the choice, and for the system."""
    chosen = re.search(r'^\[data-bs-theme="dark"\] \{(.*?)^\}', css, re.DOTALL | re.MULTILINE)
    followed = re.search(
        r"@media \(prefers-color-scheme: dark\) \{\s*:root:not\(\[data-bs-theme\]\) \{(.*?)\}",
        css,
        re.DOTALL,
    )
    if chosen is None or followed is None:
        raise LookupError("the dark colours do not stand twice")
    return tuple(  # type: ignore[return-value]
        dict(re.findall(r"([\w-]+):\s*([^;]+);", found[1])) for found in (chosen, followed)
    )
