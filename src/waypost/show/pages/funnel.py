"""The page of the funnel answers where people stop on the way through a few steps."""

from datetime import date, timedelta

import msgspec
import polars as pl
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.journey import Journey
from waypost.measure import (
    MOST_STEPS,
    FunnelAsked,
    Group,
    Step,
    StepResult,
    funnel_results,
    funnel_traits,
    walk,
)
from waypost.show import charts, words
from waypost.show.addresses import with_query
from waypost.show.crowds import Field, Options, chosen, crowd_of, fields, kept_as, noun
from waypost.show.kept import kept
from waypost.show.members import Listing, Side
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

ORDERS = [("in", "In this order"), ("any", "In any order")]
WINDOWS = (1, 7, 14, 30, 60, 90, 180)
USUAL_WINDOW = 30
SPLITS = [
    ("", "Not split"),
    ("tier", "Tier"),
    ("role", "Role"),
    ("region", "Region"),
    ("month", "Month of access"),
]
USUAL_DAYS = 90
MOST_PARTS = 8
UNKNOWN, OTHERS = "~", "~others"
CSV_HEAD = [
    "split", "step", "name", "count", "share_of_all", "low", "high", "share_of_step_before", "still_have_time",
    "median_days", "low_quartile_days", "high_quartile_days",
]  # fmt: skip


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One step as the page shows it, with the addresses of both its sides."""

    nr: int
    name: str
    result: StepResult
    bar: Markup
    took: str
    did: str
    did_not: str
    lost: int


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the property by which the funnel is split."""

    value: str
    name: str
    results: tuple[tuple[StepResult, str], ...]


def funnel(visit: Visit) -> Response:
    """Draw the funnel, and the same by one property."""
    asked, names = asked_of(visit), _names(visit)
    walked = _walked(visit, asked)
    found = funnel_results(asked, walked)
    steps = [_shown(visit, names, nr, found) for nr in range(1, len(found) + 1)]
    split = chosen(visit, "split", SPLITS)
    return visit.page(
        "funnel.html",
        asked=asked,
        title=_title(asked, names, found),
        entered=walked.height,
        steps=steps,
        waiting=found[-1].waiting if found else 0,
        picks=_picks(visit),
        fields=_fields(visit),
        splits=_splits(visit, asked, walked, split) if split and walked.height else [],
        split_name=dict(SPLITS)[split].lower(),
        names=names,
        csv=visit.here().replace("/funnel", "/funnel.csv", 1),
        one=noun(asked.crowd, 1),
        many=noun(asked.crowd, 2),
    )


def funnel_csv(visit: Visit) -> Response:
    """Send the funnel as a file, all of it and then each part when it is split."""
    asked, names = asked_of(visit), _names(visit)
    walked = _walked(visit, asked)
    split = chosen(visit, "split", SPLITS)
    parts = [("", walked)]
    if split and walked.height:
        parts += [
            (_part_name(visit, split, value), part) for value, part in _parts(visit, asked, walked, split)
        ]
    rows: list[list[object]] = []
    for part_name, part in parts:
        for nr, each in enumerate(funnel_results(asked, part), start=1):
            counts = [each.of_all.count, each.of_all.value, each.of_all.low, each.of_all.high]
            times = [each.median_days, each.low_quartile_days, each.high_quartile_days]
            rows.append([part_name, nr, names[nr - 1], *counts, each.of_before.value, each.waiting, *times])
    return csv_response("funnel.csv", CSV_HEAD, rows)


def _walked(visit: Visit, asked: FunnelAsked) -> pl.DataFrame:
    warehouse, catalogue = visit.desk.warehouse, visit.rules.catalogue
    return kept(visit, kept_as(visit, "funnel", asked), lambda: walk(warehouse, catalogue, asked_of(visit)))


def asked_of(visit: Visit) -> FunnelAsked:
    """Return what the address asks for; what makes no sense is passed over."""
    until = min(_day(visit.asked("until"), visit.today), visit.today)
    since = min(_day(visit.asked("since"), until - timedelta(days=USUAL_DAYS - 1)), until)
    return FunnelAsked(
        steps=tuple(_step(visit, each) for each in _chosen_steps(visit)),
        in_order=chosen(visit, "order", ORDERS) == "in",
        window_days=int(chosen(visit, "days", _windows(visit))),
        since=since,
        until=until,
        now=visit.now,
        today=visit.today,
        zone=visit.desk.zone,
        crowd=crowd_of(visit),
    )


def _day(said: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return otherwise
    return found if found.year >= 2000 else otherwise  # noqa: PLR2004 -- before that nobody sent events


def step_options(visit: Visit) -> Options:
    """Return everything that may be a step: its word in the address, and its name."""
    found = [("provisioned", "Access granted"), ("any", "First use of anything")]
    found += [(f"f.{each.key}", each.name) for each in visit.rules.catalogue.features]
    for journey in visit.rules.journeys.values():
        found += [
            (f"m.{journey.key}.{each.key}", f"{each.name} passed, {journey.name}")
            for each in journey.milestones
        ]
    return found


def _chosen_steps(visit: Visit) -> list[str]:
    known = dict(step_options(visit))
    said = [visit.asked(f"s{nr}") for nr in range(1, MOST_STEPS + 1)]
    found = [each for each in said if each in known]
    if found or any(f"s{nr}" in visit.request.query_params for nr in range(1, MOST_STEPS + 1)):
        return found
    core = [each.key for each in visit.rules.catalogue.features if each.group is Group.CORE]
    return ["provisioned", "any", *(f"f.{key}" for key in core[:2])]


def _step(visit: Visit, word: str) -> Step:
    kind, _, name = word.partition(".")
    match kind:
        case "f":
            return Step(kind="feature", feature=name)
        case "m":
            journey, _, milestone = name.partition(".")
            return Step(
                kind="milestone", journey=journey, passed=_passed(visit.rules.journeys[journey], milestone)
            )
        case _:
            return Step(kind=kind)


def _windows(visit: Visit) -> Options:
    """Return the windows, the usual one first; a milestone is passed on the day after its own, so it asks for more."""
    least = USUAL_WINDOW
    for word in _chosen_steps(visit):
        kind, _, name = word.partition(".")
        if kind == "m":
            journey, _, milestone = name.partition(".")
            milestones = visit.rules.journeys[journey].milestones
            place = next(nr for nr, each in enumerate(milestones) if each.key == milestone)
            least = max(least, *((each.by_day or 0) + 2 for each in milestones[: place + 1]))
    usual = next((days for days in WINDOWS if days >= least), WINDOWS[-1])
    ordered = [usual, *(days for days in WINDOWS if days != usual)]
    return [(str(days), words.plural(days, "day", "days")) for days in ordered]


def _passed(journey: Journey, milestone: str) -> tuple[tuple[str, str | None], ...]:
    """Return the standings that tell that somebody has passed a milestone: any at a later one, or sustained use."""
    keys = [each.key for each in journey.milestones]
    later = keys[keys.index(milestone) + 1 :]
    return (*((key, None) for key in later), (keys[-1], "sustained"))


def _names(visit: Visit) -> list[str]:
    known = dict(step_options(visit))
    return [known[each] for each in _chosen_steps(visit)]


def _picks(visit: Visit) -> list[Field]:
    options, steps = step_options(visit), _chosen_steps(visit)
    found = []
    for nr in range(1, MOST_STEPS + 1):
        at = steps[nr - 1] if nr <= len(steps) else ""
        every = [("", "No step"), *options]
        said = [(key, name, key == at) for key, name in every]
        found.append(Field(name=f"s{nr}", label=f"Step {nr}", options=said))
    return found[: min(MOST_STEPS, len(steps) + 1)]


def _fields(visit: Visit) -> list[Field]:
    return [
        Field.of(visit, "order", "Order", ORDERS),
        Field.of(visit, "days", "Within", _windows(visit)),
        Field.of(visit, "split", "Split by", SPLITS),
        *fields(visit),
    ]


def _title(asked: FunnelAsked, names: list[str], found: list[StepResult]) -> str:
    if not found:
        return "Choose the steps of the funnel"
    if not found[0].of_all.of:
        return f"Nobody did “{names[0]}” in this time"
    if len(found) == 1:
        return f"{found[0].of_all.count:,} did “{names[0]}”"
    waiting, whole = found[-1].waiting, found[-1].of_all
    if waiting and waiting == whole.of - whole.count:
        return (
            f"{whole.of:,} {noun(asked.crowd, whole.of)} began, and all who have not arrived still have time"
        )
    shares = {
        nr: each.of_before.value for nr, each in enumerate(found) if nr and each.of_before.value is not None
    }
    worst = min(shares, key=lambda nr: shares[nr])
    many = noun(asked.crowd, 2).capitalize()
    return f"{many} stop most before “{names[worst]}”: {words.percent(shares[worst])} go on"


def _shown(visit: Visit, names: list[str], nr: int, found: list[StepResult]) -> Shown:
    query = {**visit.request.query_params, "step": str(nr), "page": None}
    result = found[nr - 1]
    share = result.of_all
    says = f"{names[nr - 1]}: {share.count:,} of {share.of:,}, {words.percent(share.value)}"
    before = found[nr - 2].of_all.count if nr > 1 else share.of
    return Shown(
        nr=nr,
        name=names[nr - 1],
        result=result,
        bar=charts.step_bar(share.value or 0.0, share.low or 0.0, share.high or 0.0, says),
        took=_took(result),
        did=with_query("/funnel/members", {**query, "side": None}),
        did_not=with_query("/funnel/members", {**query, "side": "not"}),
        lost=before - result.of_all.count,
    )


def _took(result: StepResult) -> str:
    if result.median_days is None:
        return ""
    low, high = words.span(result.low_quartile_days), words.span(result.high_quartile_days)
    return f"{words.span(result.median_days)} (half took {low} to {high})"


def _parts(
    visit: Visit, asked: FunnelAsked, walked: pl.DataFrame, split: str
) -> list[tuple[str, pl.DataFrame]]:
    """Return who entered, by the value of a property: the largest parts, and all others together."""
    known = funnel_traits(visit.desk.warehouse, asked, walked).select(
        "unit", pl.col(split).fill_null(UNKNOWN).alias("part")
    )
    joined = walked.join(known, on="unit", how="left").with_columns(pl.col("part").fill_null(UNKNOWN))
    sizes = joined.group_by("part").len().sort(["len", "part"], descending=[True, False])["part"].to_list()
    kept = sizes if len(sizes) <= MOST_PARTS else sizes[: MOST_PARTS - 1]
    kept = sorted(kept) if split == "month" else kept
    parts = [(value, joined.filter(pl.col("part") == value).drop("part")) for value in kept]
    if len(kept) < len(sizes):
        parts.append((OTHERS, joined.filter(~pl.col("part").is_in(kept)).drop("part")))
    return parts


def _part_name(visit: Visit, split: str, value: str) -> str:
    if value in (UNKNOWN, OTHERS):
        return "Not known" if value == UNKNOWN else "All others"
    if split == "tier":
        return visit.rules.tiers.name_of(value)
    if split == "month":
        return f"{date.fromisoformat(f'{value}-01'):%b %Y}"
    return value.replace("_", " ").capitalize() if split == "role" else value


def _splits(visit: Visit, asked: FunnelAsked, walked: pl.DataFrame, split: str) -> list[Split]:
    found = []
    for value, part in _parts(visit, asked, walked, split):
        query = {**visit.request.query_params, "part": value, "page": None, "side": None}
        results = tuple(
            (each, with_query("/funnel/members", {**query, "step": str(nr)}))
            for nr, each in enumerate(funnel_results(asked, part), start=1)
        )
        found.append(Split(value=value, name=_part_name(visit, split, value), results=results))
    return found


def listing(visit: Visit) -> Listing:
    """Return the members behind the count that the address names."""
    asked, names = asked_of(visit), _names(visit)
    step = visit.asked("step", "1")
    nr = int(step) if step.isdigit() and len(step) == 1 else 0
    if not 1 <= nr <= len(names):
        raise HTTPException(404, "there is no such step in this funnel; go back and choose one")
    walked = _walked(visit, asked)
    part, split = visit.asked("part"), chosen(visit, "split", SPLITS)
    if part and split:
        walked = dict(_parts(visit, asked, walked, split)).get(part, walked.clear())
    before = walked if nr == 1 else walked.filter(pl.col(f"at_{nr - 1}").is_not_null())
    did = before.filter(pl.col(f"at_{nr}").is_not_null())
    did_not = before.filter(pl.col(f"at_{nr}").is_null())
    other = visit.asked("side") == "not"
    query = {**visit.request.query_params, "page": None}
    back = with_query("/funnel", {**query, "step": None, "side": None, "part": None})
    sides = tuple(
        Side(
            name=name,
            count=rows.height,
            href=with_query("/funnel/members", {**query, "side": key}),
            current=other == (key == "not"),
        )
        for key, name, rows in ((None, "Did it", did), ("not", "Did not", did_not))
    )
    rows = did_not if other else did
    total = words.plural(rows.height, noun(asked.crowd, 1), noun(asked.crowd, 2))
    within = f", {_part_name(visit, split, part)}" if part and split else ""
    came_from = f" after “{names[nr - 2]}”" if nr > 1 else ""
    ends = pl.col("entered_at") + timedelta(days=asked.window_days)
    last = ends.alias("until") if other else pl.col(f"at_{nr}")
    verb = "did not do" if other else "did"
    return Listing(
        title=f"{total} {verb} “{names[nr - 1]}”{came_from}{within}",
        sub=_sub(asked, rows, other=other),
        crumbs=(("Funnel", back), (names[nr - 1], "")),
        sides=sides,
        heads=("Entered", "Has time until" if other else "Did it"),
        rows=rows.select("unit", "entered_at", last),
        crowd=asked.crowd,
        segment_name=f"{'Stopped before' if other else 'Did'} {names[nr - 1]}{within}",
        base="/funnel",
    )


def _sub(asked: FunnelAsked, rows: pl.DataFrame, *, other: bool) -> str:
    days = words.plural(asked.window_days, "day", "days")
    span = f"Entered from {words.day(asked.since, asked.today)} to {words.day(asked.until, asked.today)}"
    waiting = (rows["entered_at"] + timedelta(days=asked.window_days) > asked.now_utc).sum()
    still = f" {words.number(float(waiting))} of them still have time." if other and waiting else ""
    return f"{span}, with {days} for all steps.{still}"
