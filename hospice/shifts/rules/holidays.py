"""Public holidays of a country, by name in English and Chinese."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_CODE = re.compile("[A-Z]{2}")
_MARK = re.compile(r"\s*[(（](observed|estimated|补假|补休|推定)[)）]")
_SWAPPED = re.compile(r"Day off \(substituted from .*\)|休息日（.*）|休息日\(.*\)")
# Where holidays differ by region and we keep none, that of most people.
_REGION = {"GB": "ENG"}
_FARTHEST = 8  # days between a swapped day off and the holiday it belongs to


@dataclass(frozen=True)
class Holiday:
    """One public holiday, or a day off that belongs to one."""

    name_en: str
    name_zh: str
    is_extra: bool = False  # given for a holiday that fell on a weekend, or swapped for a workday


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> dict[date, Holiday]:
    """Return the days off of a country (ISO 3166 code); empty when they are not known.

    The weekend between two days of a holiday belongs to it, and in China the weekend beside one
    as well: where people visit on Sundays, that Sunday is the day that must be decided.
    """
    english, chinese = _named(country, year, ("en_US", "en_GB")), _named(country, year, ("zh_CN",))
    names = english or chinese
    found = {}
    for day, given in names.items():
        base, is_extra = _base(names, day)
        base = _in_our_words(base, country)
        chinese_base = _base(chinese, day)[0] if day in chinese else base
        if given:
            found[day] = Holiday(base, chinese_base, is_extra)
    workdays = weekend_workdays(country, year)
    found.update(_weekends(found, workdays, is_beside_enough=country == "CN"))
    return dict(sorted(found.items()))


def _in_our_words(name: str, country: str) -> str:
    if country != "US":
        name = name.replace("Labor", "Labour")
    return name.replace("'", "’").replace("Chinese New Year (Spring Festival)", "Spring Festival")


def _weekends(
    found: dict[date, Holiday], workdays: tuple[date, ...], *, is_beside_enough: bool
) -> dict[date, Holiday]:
    """Return the free weekend days that lie between, or beside, the days of a holiday."""
    extra = {}
    for day in found:
        saturday = day + timedelta(days=(5 - day.weekday()) % 7)
        for weekend in (saturday - timedelta(days=7), saturday):
            both = [weekend, weekend + timedelta(days=1)]
            free = [one for one in both if one not in workdays]
            before = found.get(both[0] - timedelta(days=1))
            after = found.get(both[1] + timedelta(days=1))
            on_it = [found[one] for one in both if one in found]
            is_between = len(free) == 2 and before is not None and after is not None
            for one in free:
                beside = [
                    holiday
                    for holiday, near in ((before, both[0]), (after, both[1]))
                    if holiday and (one == near or near in free)
                ]
                if one in found or not (on_it or beside):
                    continue
                if is_between or is_beside_enough:
                    nearest = (on_it or beside)[0 if one == both[0] else -1]
                    extra[one] = Holiday(nearest.name_en, nearest.name_zh, is_extra=True)
    return extra


@lru_cache(maxsize=64)
def weekend_workdays(country: str, year: int) -> tuple[date, ...]:
    """Return the weekend days on which people work, swapped for days off; China has them."""
    if country != "CN":
        return ()
    import holidays  # noqa: PLC0415 - loaded only where holidays are asked for

    workdays = holidays.country_holidays("CN", years=year).weekend_workdays
    return tuple(sorted(day for day in workdays if day.year == year))


def is_provisional(country: str, year: int) -> bool:
    """Tell whether a year's days off are not announced yet.

    In China the State Council announces each November which weekends become workdays; until the
    list of a year knows one, its days off are those of the law alone.
    """
    return country == "CN" and not weekend_workdays(country, year)


def _named(country: str, year: int, languages: tuple[str, ...]) -> dict[date, str]:
    if not _CODE.fullmatch(country):
        return {}
    import holidays  # noqa: PLC0415 - 50 ms that most pages never need

    try:
        known = holidays.country_holidays(country)
        supported = known.supported_languages
        language = next((one for one in languages if one in supported), None)
        if language is None and "zh_CN" in languages:
            return {}
        found = holidays.country_holidays(
            country, subdiv=_REGION.get(country), years=year, language=language
        )
    except (NotImplementedError, KeyError):
        return {}
    return {day: name for day, name in found.items() if day.year == year}


def _base(names: dict[date, str], day: date) -> tuple[str, bool]:
    """Return the holiday that a day off belongs to, and whether it is an extra day of it."""
    name = names[day]
    if _SWAPPED.fullmatch(name):
        named = [other for other in names if not _SWAPPED.fullmatch(names[other])]
        nearest = min(named, key=lambda other: abs((other - day).days), default=day)
        if abs((nearest - day).days) <= _FARTHEST and nearest != day:
            return _base(names, nearest)[0], True
        return name, True
    plain = _MARK.sub("", name)
    return plain, plain != name
