"""Pages and messages speak two languages, kindly, and hold nothing a strict policy refuses."""

import importlib
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from hospice.features import ORDER
from tests.house import check_translations, words

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "messages" not in path.parts)
LETTERS = sorted(path for path in (TEMPLATES / "messages").rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def english() -> Catalog:
    return check_translations.extract()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with check_translations.CHINESE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def test_every_text_is_there_in_chinese(english: Catalog, chinese: Catalog):
    assert check_translations.problems(english, chinese) == []


def test_the_english_is_kind_and_plain(english: Catalog):
    texts = {
        text: message.locations[0][0] if message.locations else "?"
        for message in english
        if message.id
        for text in check_translations.texts(message)
    }
    assert words.said(texts) == []


def test_the_chinese_is_kind_and_polite(chinese: Catalog):
    assert words.said_in_chinese(chinese) == []


@pytest.mark.parametrize("path", PAGES + LETTERS, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_every_word_of_a_template_can_be_translated(path: Path):
    assert words.untranslated(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_pages_hold_nothing_inline(path: Path):
    assert words.inline(path.read_text("utf-8")) == []


def test_python_says_nothing_untranslated():
    spoken = [
        line for path in (ROOT / "hospice").rglob("*.py") for line in words.spoken_in_python(path)
    ]
    assert spoken == []


def test_scripts_say_nothing_of_their_own():
    """Their words come out of the page, where they are translated."""
    for path in (ROOT / "static").rglob("*.js"):
        for mark in ('.textContent = "', ".innerHTML", "alert(", "confirm(", "eval(", "Function("):
            assert mark not in path.read_text("utf-8"), path.name


def test_dark_colours_stand_twice_and_are_equal():
    chosen, followed = words.dark_tokens((ROOT / "static/alongside.css").read_text("utf-8"))
    assert chosen == followed
    assert len(chosen) > 40


def test_words_of_features_do_not_collide():
    """Template functions share one namespace: a second of the same name would hide the first."""
    named = Counter(
        name
        for feature in ORDER
        if (ROOT / "hospice" / feature / "words.py").exists()
        for name in getattr(importlib.import_module(f"hospice.{feature}.words"), "GLOBALS", {})
    )
    assert [name for name, times in named.items() if times > 1] == []


# --- each check must be able to fail --------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The patient has passed away",
        "Deceased patients",
        "Well done!",
        "Invalid date",
        "She suffers from cancer",
        "Log in",
        "Your request was rejected",
        "At least they are at peace",
        "Choose a color",
    ],
)
def test_unkind_english_is_found(text: str):
    assert words.said({text: "planted"})


@pytest.mark.parametrize(
    "text", ["她走了", "节哀顺变", "请你签到", "输入无效", "保存成功！", "死亡日期"]
)
def test_unkind_chinese_is_found(text: str):
    planted = Catalog(locale="zh_Hans")
    planted.add("x", text)
    assert words.said_in_chinese(planted)


@pytest.mark.parametrize(
    "template",
    [
        "<h1>Today</h1>",
        '<input placeholder="Name">',
        '<a aria-label="Close">{{ icon("x") }}</a>',
        "<p>{% if x %}Yes{% endif %}</p>",
        "<p>{{ _('Hello') }} there</p>",
        "<td>今天</td>",
    ],
)
def test_untranslated_words_are_found(template: str):
    assert words.untranslated(template)


@pytest.mark.parametrize(
    "template",
    [
        "<p>{{ _('Today') }}: 14:00–17:00, {{ name }}.</p>",
        "{# A comment in English #}<p>{% set x = 'word' %}</p>",
        '<input class="form-control" placeholder="{{ _(\'Name\') }}">',
        "<svg><title>not read</title></svg>",
    ],
)
def test_translated_words_are_fine(template: str):
    assert words.untranslated(template) == []


@pytest.mark.parametrize(
    "template",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<img src="//cdn.example/x.png">',
        '<script src="https://cdn.example/x.js"></script>',
    ],
)
def test_inline_things_are_found(template: str):
    assert words.inline(template)


def test_unspoken_python_is_found(tmp_path: Path):
    planted = tmp_path / "planted.py"
    planted.write_text('flash("Saved")\ntext_field(f"Name {x}")\nflash(_("Saved"))\n', "utf-8")
    assert len(list(words.spoken_in_python(planted))) == 2


def test_unequal_dark_colours_are_found():
    css = (ROOT / "static/alongside.css").read_text("utf-8")
    chosen, followed = words.dark_tokens(css.replace("--bg: #14191C", "--bg: #14191D", 1))
    assert chosen != followed
