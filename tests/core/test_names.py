import subprocess
import sys

import pytest
from sqlalchemy import Column, MetaData, String, Table, create_engine, select

from hospice.core.names import like, matches, normal, search_key, sort_key

PEOPLE = {
    "wang": search_key("王秀英", phone="130 5555 0142"),
    "zeng": search_key("曾小红", "Grace Zeng", phone="+86 (021) 6666-0001"),
    "lu": search_key("吕略"),
    "muller": search_key("José Müller"),
    "percent": search_key("Vera 100%_sure"),
}


@pytest.fixture(scope="module")
def found():
    """Return a search over PEOPLE that runs in a database."""
    engine = create_engine("sqlite://")
    table = Table("person", MetaData(), Column("name", String), Column("key", String))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"name": n, "key": k} for n, k in PEOPLE.items()])

    def search(words: str) -> set[str]:
        with engine.connect() as connection:
            asked = select(table.c.name).where(matches(table.c.key, words))
            return set(connection.execute(asked).scalars())

    yield search
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("王秀英", {"wang"}),
        ("秀英", {"wang"}),
        ("wangxiuying", {"wang"}),
        ("Wang Xiu Ying", {"wang"}),
        ("wang xiuying", {"wang"}),
        ("wxy", {"wang"}),
        ("ＷＸＹ", {"wang"}),
        ("0142", {"wang"}),
        ("5555-0142", {"wang"}),
        ("130 5555 0142", {"wang"}),
        ("(021) 6666", {"zeng"}),
        ("86021", {"zeng"}),
        ("zeng", {"zeng"}),
        ("ceng", set()),
        ("grace zeng", {"zeng"}),
        ("zxh", {"zeng"}),
        ("lv", {"lu"}),
        ("lu", {"lu"}),
        ("lü", {"lu"}),
        ("lyu", {"lu"}),
        ("jose", {"muller"}),
        ("josé", {"muller"}),
        ("muller", {"muller"}),
        ("%", {"percent"}),
        ("_", {"percent"}),
        ("100%_", {"percent"}),
        ("wang 9999", set()),
        ("😀", set()),
        ("\\", set()),
        ("", set(PEOPLE)),
        ("   ", set(PEOPLE)),
    ],
)
def test_search_finds_by_name_pinyin_initials_and_telephone(found, words, who):
    assert found(words) == who


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("曾国华", "zeng guo hua"),
        ("单丽娟", "shan li juan"),
        ("解晓东", "xie xiao dong"),
        ("仇英", "qiu ying"),
        ("尉迟恭", "yu chi gong"),
        ("查良镛", "zha liang yong"),
        ("区志明", "ou zhi ming"),
        ("盖叫天", "ge jiao tian"),
        ("任平", "ren ping"),
        ("朴树", "piao shu"),
        ("翟天临", "zhai tian lin"),
        ("万俟雪", "mo qi xue"),
        ("小单", "xiao shan"),
        ("王单", "wang dan"),
        ("Grace 陈", "grace chen"),
        ("José", "jose"),
    ],
)
def test_sort_key_reads_surnames_as_people_do(name, pinyin):
    assert sort_key(name) == pinyin


def test_names_sort_by_syllable_across_scripts():
    names = ["吕敏", "李建国", "Liam", "陆平", "王伟", "王", "wanda"]
    assert sorted(names, key=sort_key) == ["李建国", "Liam", "陆平", "吕敏", "wanda", "王", "王伟"]


def test_both_readings_of_a_given_name_are_found():
    key = search_key("王乐")
    assert "wangle" in key
    assert "wangyue" in key


def test_keys_of_odd_names_are_small_and_safe():
    assert sort_key("王" * 120).startswith("wang wang")
    assert len(sort_key("王" * 120)) <= 200
    assert len(search_key("乐" * 120)) < 10_000
    assert search_key("", "  ") == ""
    assert search_key("😀") == "😀"
    assert sort_key("!!!") == "!!!"
    assert search_key("김 민수")  # other scripts stay as they are
    assert "김" in search_key("김 민수")


def test_like_escapes_and_limits():
    assert like("a%b") == ["%a\\%b%"]
    assert like("a\\_") == ["%a\\\\\\_%"]
    assert len(like("x " * 100)) == 8
    assert len(like("x" * 10_000)[0]) == 62
    # cut before it is escaped: an escape must not be torn from its sign
    assert like("x" * 59 + "%%")[0] == "%" + "x" * 59 + "\\%%"


def test_normal_is_one_width_and_one_case():
    assert normal("  ＡＢ　c\tD ") == "ab c d"


def test_pinyin_is_loaded_late_and_small():
    script = (
        "import sys, hospice.core.names as names; assert 'pypinyin' not in sys.modules;"
        "names.search_key('Vera Vance'); assert 'pypinyin' not in sys.modules;"
        "names.search_key('王秀英'); assert 'pypinyin' in sys.modules;"
        "assert 'pypinyin.phrases_dict' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
