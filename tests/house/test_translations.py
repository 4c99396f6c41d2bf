"""The check of the Chinese sees what is missing, unfinished, fuzzy or filled in differently."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.house.check_translations import ROOT, extract, problems

SOURCE = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
_("Save %(name)s")
_l("Lazy words")
ngettext("%(num)s open place", "%(num)s open places", 3)
"""
WHOLE = """
msgid "Save %(name)s"
msgstr "保存%(name)s"

msgid "Lazy words"
msgstr "延后的文字"

msgid "%(num)s open place"
msgid_plural "%(num)s open places"
msgstr[0] "%(num)s 个空缺"

msgid "On the page"
msgstr "页面上"

msgid "In <strong>bold</strong>"
msgstr "<strong>粗体</strong>"
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Collect the words of a small app."""
    root = tmp_path_factory.mktemp("source")
    (root / "hospice/places").mkdir(parents=True)
    (root / "hospice/places/views.py").write_text(SOURCE)
    (root / "templates/messages").mkdir(parents=True)
    (root / "templates/page.html").write_text('{{ _("In <strong>bold</strong>") }}')
    (root / "templates/messages/visit.email.txt").write_text('{{ _("On the page") }}')
    (root / "tests").mkdir()
    (root / "tests/test_x.py").write_text('_("not for people")')
    return extract(root, ROOT / "pyproject.toml")


def chinese(text: str) -> Catalog:
    return read_po(BytesIO(text.encode()), locale="zh_Hans")


def test_whole_translation_has_no_problem(source: Catalog) -> None:
    assert problems(source, chinese(WHOLE)) == []


@pytest.mark.parametrize(
    ("of", "to", "said"),
    [
        ('msgid "Lazy words"\nmsgstr "延后的文字"', "", "'Lazy words' is missing"),
        ('"延后的文字"', '""', "'Lazy words' is not translated"),
        ('msgid "Lazy words"', '#, fuzzy\nmsgid "Lazy words"', "'Lazy words' is marked fuzzy"),
        ("保存%(name)s", "保存%(nane)s", "fills in %(nane)s, the English %(name)s"),
        ("保存%(name)s", "保存", "fills in nothing, the English %(name)s"),
        ('"%(num)s 个空缺"', '"一个空缺"', "fills in nothing, the English %(num)s"),
        ('[0] "%(num)s 个空缺"', '[0] ""', "'%(num)s open place' is not translated"),
        ("<strong>粗体</strong>", "粗体", "has other tags than the English"),
    ],
)
def test_defect_in_the_chinese_is_named(source: Catalog, of: str, to: str, said: str) -> None:
    assert of in WHOLE
    found = problems(source, chinese(WHOLE.replace(of, to)))
    assert len(found) == 1
    assert said in found[0]


def test_template_that_cannot_be_read_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text('{% if %}{{ _("Words") }}')
    with pytest.raises(SystemExit, match="The words could not be collected"):
        extract(tmp_path, ROOT / "pyproject.toml")
