"""How one person uses the product: how often, which features, how much, and which settings they changed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec
from markupsafe import Markup

from waypost.measure import Catalogue, Group
from waypost.show import words
from waypost.show.charts import Bar, bars
from waypost.show.desk import Desk
from waypost.show.rows import rows_of

WEEKS, LAST_WEEKS = 13, 4
LAST_DAYS = 7 * LAST_WEEKS
MOST_FEATURES, MOST_SETTINGS = 12, 5


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One week of use."""

    week: int
    active_days: int


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """One feature that the person ever used, with the last days and as many before them."""

    feature: str
    n: int
    n_before: int
    automated: int
    quantity: float | None
    first_on: date
    last_on: date
    name: str = ""
    core: bool = False


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that the person changed; `until_on` is None while it still holds."""

    setting: str
    value: str
    since_at: datetime
    until_on: date | None
    name: str = ""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """The use of one person in four dimensions; counts are of the last `days`, `before` of as many before."""

    days: int
    chart: Markup | None
    chart_says: str
    weeks: list[tuple[date, date, int]]
    active: int
    active_before: int
    core_used: int
    core: int
    features_used: int
    n: int
    n_before: int
    automated: int
    features: list[Used]
    more: int
    settings: list[Setting]


def use_of(desk: Desk, catalogue: Catalogue, person_id: str) -> Use:
    """Return how a person uses the product, today's day included."""
    until = desk.today + timedelta(days=1)
    since = until - timedelta(days=LAST_DAYS)
    before = since - timedelta(days=LAST_DAYS)
    names = {each.key: each for each in catalogue.features}
    asked = {"person": person_id, "since": since, "before": before, "until": until}
    used = [
        msgspec.structs.replace(
            each,
            name=names[each.feature].name if each.feature in names else each.feature,
            core=each.feature in names and names[each.feature].group is Group.CORE,
        )
        for each in rows_of(desk.warehouse.ask("show/person_features", asked), Used)
    ]
    weeks = _weeks(desk, person_id, until)
    lately = [each for each in used if each.n]
    return Use(
        days=LAST_DAYS,
        chart=_chart(weeks) if any(n for *_, n in weeks) else None,
        chart_says=_says(weeks),
        weeks=weeks,
        active=sum(n for *_, n in weeks[-LAST_WEEKS:]),
        active_before=sum(n for *_, n in weeks[-2 * LAST_WEEKS : -LAST_WEEKS]),
        core_used=sum(each.core for each in lately),
        core=sum(each.group is Group.CORE for each in catalogue.features),
        features_used=len(lately),
        n=sum(each.n for each in used),
        n_before=sum(each.n_before for each in used),
        automated=sum(each.automated for each in used),
        features=used[:MOST_FEATURES],
        more=max(0, len(used) - MOST_FEATURES),
        settings=_settings(desk, {each.key: each.name for each in catalogue.settings}, person_id),
    )


def _weeks(desk: Desk, person_id: str, until: date) -> list[tuple[date, date, int]]:
    """Return the first day, the last day and the active days of each week, oldest first; the last week ends today."""
    since = until - timedelta(days=7 * WEEKS)
    asked = {"person": person_id, "since": since, "until": until}
    found = rows_of(desk.warehouse.ask("show/person_weeks", asked), Week)
    counted = {each.week: each.active_days for each in found}
    begins = [since + timedelta(days=7 * week) for week in range(WEEKS)]
    return [(each, each + timedelta(days=6), counted.get(week, 0)) for week, each in enumerate(begins)]


def _settings(desk: Desk, names: Mapping[str, str], person_id: str) -> list[Setting]:
    asked = {"person": person_id, "most": MOST_SETTINGS}
    found = rows_of(desk.warehouse.ask("show/person_settings", asked), Setting)
    return [msgspec.structs.replace(each, name=names.get(each.setting, each.setting)) for each in found]


def _chart(weeks: list[tuple[date, date, int]]) -> Markup:
    columns = [
        Bar(name=words.day(first, first), value=n, named=place % 3 == 0)
        for place, (first, _, n) in enumerate(weeks)
    ]
    return bars(columns, _says(weeks))


def _says(weeks: list[tuple[date, date, int]]) -> str:
    latest = words.plural(weeks[-1][-1], "active day", "active days")
    mean = sum(n for *_, n in weeks[:-1]) / max(1, len(weeks) - 1)
    return f"{latest} in the last 7 days; {words.decimal(round(mean, 1))} a week in the {len(weeks) - 1} weeks before"
