"""The page of retention answers whether cohorts stay, and which do not."""

from datetime import date, timedelta

import msgspec
import polars as pl
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.measure import (
    Cell,
    Cohort,
    Grain,
    Retention,
    RetentionAsked,
    Share,
    Start,
    Staying,
    retention_members,
    started,
)
from waypost.measure import curves as curves_of
from waypost.measure import retention as retention_of
from waypost.show import charts, words
from waypost.show.addresses import with_query
from waypost.show.crowds import Field, chosen, crowd_of, feature_of, feature_options, fields, kept_as, noun
from waypost.show.kept import kept
from waypost.show.members import Listing, Side
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PROVISIONED = "provisioned"
GRAINS = [("week", "Week"), ("day", "Day"), ("month", "Month")]
COUNTS = [("in", "In that period"), ("later", "In it or later")]
#: How many cohorts a page shows, and after how long without a return somebody counts as gone, by grain.
COHORTS = {Grain.DAY: 14, Grain.WEEK: 12, Grain.MONTH: 12}
QUIET_DAYS = {Grain.DAY: 14, Grain.WEEK: 28, Grain.MONTH: 60}
MOST_COMPARED = 3
MARKS = (1, 7, 14, 30, 60, 90, 180, 270)
CSV_HEAD = ["cohort", "size", "period", "period_begins", "came_back", "share", "low", "high", "period_over"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort as the page shows it, with the address of each cell and the one that compares it or stops to."""

    cohort: Cohort
    name: str
    compared: bool
    toggle: str
    href: str
    cells: tuple[tuple[Cell, str, str], ...]


def retention(visit: Visit) -> Response:
    """Draw the grid and the curve."""
    asked = asked_of(visit)
    grid, found = _answer(visit, asked)
    compared = _compared(visit, grid)
    drawn_of = {first: found[first] for first in (None, *compared) if first in found}
    last_day = max((asked.today - asked.firsts()[0]).days - asked.quiet_days, 0)
    drawn = [_curve(asked, first, points, last_day) for first, points in drawn_of.items()]
    title = _curve_title(asked, drawn_of[None], last_day)
    return visit.page(
        "retention.html",
        asked=asked,
        grid=grid,
        rows=[_row(visit, asked, each, compared) for each in grid.cohorts],
        heads=[
            period_name(asked.grain, nr) for nr in range(max((len(r.cells) for r in grid.cohorts), default=0))
        ],
        title=_title(asked, grid),
        fields=[*_fields(visit), *fields(visit)],
        ramp=charts.Ramp.over(
            cell.share.value for row in grid.cohorts for cell in row.cells if cell.share.value is not None
        ),
        share_says=_share_says,
        earlier=visit.here(to=asked.grain.ahead(asked.firsts()[-1], -asked.cohorts).isoformat(), rows=None),
        later=_later(visit, asked),
        csv=visit.here().replace("/retention", "/retention.csv", 1),
        members=with_query("/retention/members", {**visit.request.query_params, "rows": None}),
        curve_title=title,
        wide=charts.staying(drawn, last_day, title),
        narrow=charts.staying(drawn, last_day, title, narrow=True),
        marks=[(_curve_name(asked, first), _marks(points, last_day)) for first, points in drawn_of.items()],
        watched=drawn_of[None].watched,
        clear=visit.here(rows=None),
        one=noun(asked.crowd, 1),
        many=noun(asked.crowd, 2),
    )


def retention_csv(visit: Visit) -> Response:
    """Send the grid as a file, one row for each cohort and period."""
    asked = asked_of(visit)
    grid, _ = _answer(visit, asked)
    rows = [
        [
            row.first, row.size, cell.period, asked.grain.ahead(row.first, cell.period), cell.share.count,
            cell.share.value, cell.share.low, cell.share.high, cell.over,
        ]
        for row in grid.cohorts
        for cell in row.cells
    ]  # fmt: skip
    return csv_response("retention.csv", CSV_HEAD, rows)


def asked_of(visit: Visit) -> RetentionAsked:
    """Return what the address asks for; what makes no sense is passed over."""
    grain = Grain(visit.choice("by", tuple(key for key, _ in GRAINS)))
    start = chosen(visit, "start", _starts(visit))
    return RetentionAsked(
        start=Start.PROVISIONED if start == PROVISIONED else Start.FIRST_USE,
        start_feature=feature_of(start),
        return_feature=feature_of(chosen(visit, "back", feature_options(visit, "Any use"))),
        grain=grain,
        rolling=visit.choice("count", ("in", "later")) == "later",
        crowd=crowd_of(visit),
        last_cohort=_day(visit.asked("to"), visit.today),
        cohorts=COHORTS[grain],
        today=visit.today,
        quiet_days=QUIET_DAYS[grain],
    )


def _answer(visit: Visit, asked: RetentionAsked) -> tuple[Retention, dict[date | None, Staying]]:
    return kept(visit, kept_as(visit, "retention", asked), lambda: _answered(visit, asked_of(visit)))


def _answered(visit: Visit, asked: RetentionAsked) -> tuple[Retention, dict[date | None, Staying]]:
    warehouse, catalogue = visit.desk.warehouse, visit.rules.catalogue
    began = started(warehouse, catalogue, asked)
    return retention_of(warehouse, catalogue, asked, began), curves_of(warehouse, catalogue, asked, began)


def period_name(grain: Grain, period: int) -> str:
    """Return the head of a column: `Same week`, `1 week later`."""
    return f"Same {grain}" if period == 0 else f"{words.plural(period, grain, f'{grain}s')} later"


def cohort_name(grain: Grain, first: date, today: date) -> str:
    """Return a cohort in words: `31 Aug`, the first day of its week, or `Aug 2026`."""
    return f"{first:%b %Y}" if grain is Grain.MONTH else words.day(first, today)


def _starts(visit: Visit) -> list[tuple[str, str]]:
    features = feature_options(visit, "First use of anything")
    first, *others = features
    return [(PROVISIONED, "Access granted"), first, *((key, f"First use: {name}") for key, name in others)]


def _fields(visit: Visit) -> list[Field]:
    return [
        Field.of(visit, "start", "Begins with", _starts(visit)),
        Field.of(visit, "back", "Came back means", feature_options(visit, "Any use")),
        Field.of(visit, "by", "By", GRAINS),
        Field.of(visit, "count", "Counted", COUNTS),
    ]


def _day(said: str, otherwise: date) -> date:
    try:
        return min(date.fromisoformat(said), otherwise)
    except ValueError:
        return otherwise


def _compared(visit: Visit, grid: Retention) -> list[date]:
    said = visit.asked("rows").split(",")
    return [row.first for row in grid.cohorts if row.size and row.first.isoformat() in said][:MOST_COMPARED]


def _row(visit: Visit, asked: RetentionAsked, cohort: Cohort, compared: list[date]) -> Row:
    others = [each.isoformat() for each in compared if each != cohort.first]
    on = cohort.first in compared
    rows = others if on else [*others, cohort.first.isoformat()][-MOST_COMPARED:]
    query = {**visit.request.query_params, "rows": None, "cohort": cohort.first.isoformat()}
    cells = []
    for cell in cohort.cells:
        href = with_query("/retention/members", {**query, "period": str(cell.period)})
        cells.append((cell, href, _cell_says(asked, cohort, cell)))
    return Row(
        cohort=cohort,
        name=cohort_name(asked.grain, cohort.first, asked.today),
        compared=on,
        toggle=visit.here(rows=",".join(sorted(rows)) or None),
        href=cells[0][1] if cells else "",
        cells=tuple(cells),
    )


def _cell_says(asked: RetentionAsked, cohort: Cohort, cell: Cell) -> str:
    over = "" if cell.over else f", this {asked.grain} is not over"
    when = period_name(asked.grain, cell.period).lower()
    return f"{cohort_name(asked.grain, cohort.first, asked.today)}, {when}: {_share_says(cell.share)}{over}"


def _share_says(share: Share) -> str:
    if share.value is None:
        return "nobody to count"
    low, high = words.percent(share.low), words.percent(share.high)
    return f"{share.count:,} of {share.of:,} came back, {words.percent(share.value)} ({low} to {high})"


def _title(asked: RetentionAsked, grid: Retention) -> str:
    if not grid.size:
        return f"Nobody began in these {words.plural(asked.cohorts, asked.grain, f'{asked.grain}s')}"
    later = min(4, len(grid.together) - 1)
    if later < 1:
        return f"{words.plural(grid.size, noun(asked.crowd, 1), noun(asked.crowd, 2))} began; no period after is over"
    share, verb = grid.together[later], "come back" if not asked.rolling else "still come back"
    return f"{words.percent(share.value)} {verb} {words.plural(later, asked.grain, f'{asked.grain}s')} after they began"


def _later(visit: Visit, asked: RetentionAsked) -> str:
    last = asked.firsts()[-1]
    if last >= asked.grain.floor(asked.today):
        return ""
    following = asked.grain.ahead(last, asked.cohorts)
    newest = asked.grain.floor(asked.today)
    return visit.here(to=None if following >= newest else following.isoformat(), rows=None)


def _curve(asked: RetentionAsked, first: date | None, staying: Staying, last_day: int) -> charts.Curve:
    end = last_day if first is None else max((asked.today - first).days - asked.quiet_days, 0)
    steps = [(0.0, 1.0, staying.at(0).low or 0.0, 1.0)]
    steps += [(float(each.day), each.value, each.low, each.high) for each in staying.points]
    if end > steps[-1][0]:
        steps.append((float(end), *steps[-1][1:]))
    return charts.Curve(name=_curve_name(asked, first), steps=tuple(steps))


def _curve_name(asked: RetentionAsked, first: date | None) -> str:
    return "All" if first is None else cohort_name(asked.grain, first, asked.today)


def _curve_title(asked: RetentionAsked, staying: Staying, last_day: int) -> str:
    mark = next((day for day in reversed(MARKS) if day <= last_day), 0)
    if not staying.watched or not mark:
        return f"Nobody has been watched for {asked.quiet_days} days yet"
    value = words.percent(staying.at(mark).value)
    return f"{value} were still coming back after {words.plural(mark, 'day', 'days')}"


def _marks(staying: Staying, last_day: int) -> list[tuple[int, Share]]:
    return [(day, staying.at(day)) for day in MARKS if day <= last_day]


def listing(visit: Visit) -> Listing:
    """Return the members behind the count that the address names."""
    asked = asked_of(visit)
    said = visit.asked("cohort")
    firsts = {each.isoformat(): each for each in asked.firsts()}
    if said and said not in firsts:
        raise HTTPException(404, "there is no such cohort on this page; go back and choose one")
    cohort, number = firsts.get(said), visit.asked("period", "0")
    period = int(number) if number.isdigit() and len(number) < 5 else 0  # noqa: PLR2004 -- no grid is that wide
    found = kept(
        visit,
        (*kept_as(visit, "retention_members", asked), cohort, period),
        lambda: _members(visit, asked, cohort, period),
    )
    away = visit.asked("side") == "away"
    query = {**visit.request.query_params, "page": None}
    back = with_query("/retention", {**query, "cohort": None, "period": None, "side": None})
    count = int(found["back"].sum())
    sides = tuple(
        Side(
            name=name,
            count=n,
            href=with_query("/retention/members", {**query, "side": key}),
            current=away == (key == "away"),
        )
        for key, name, n in (("back", "Came back", count), ("away", "Did not", found.height - count))
    )
    who = cohort_name(asked.grain, cohort, asked.today) if cohort else "All cohorts"
    when = period_name(asked.grain, period).lower()
    rows = found.filter("back" if not away else ~found["back"])
    verb = "did not come back" if away else "came back"
    total = words.plural(rows.height, noun(asked.crowd, 1), noun(asked.crowd, 2))
    return Listing(
        title=f"{total} {verb}, {when}",
        sub=f"Of {found.height:,} who began: {who}. {_days_of(asked, cohort, period)}",
        crumbs=(("Retention", back), (f"{who}, {when}", "")),
        sides=sides,
        heads=("Began", "Days with use", "Last use"),
        rows=rows.select("unit", "started_on", "days", "last_on"),
        crowd=asked.crowd,
        segment_name=f"{'Did not come back' if away else 'Came back'}, {when}, {who}",
        base="/retention",
    )


def _members(visit: Visit, asked: RetentionAsked, cohort: date | None, period: int) -> pl.DataFrame:
    warehouse, catalogue = visit.desk.warehouse, visit.rules.catalogue
    return retention_members(warehouse, catalogue, asked, cohort=cohort, period=period)


def _days_of(asked: RetentionAsked, cohort: date | None, period: int) -> str:
    if cohort is None:
        return "Only of cohorts whose period is over."
    first = asked.grain.ahead(cohort, period)
    last = asked.grain.ahead(cohort, period + 1) - timedelta(days=1)
    over = "" if last < asked.today else " It is not over."
    begins, ends = words.day(first, asked.today), words.day(last, asked.today)
    said = begins if first == last else f"{begins} to {ends}"
    return f"The {asked.grain} asked about is {said}.{over}"
