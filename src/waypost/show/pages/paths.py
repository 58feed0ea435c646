"""The page of real paths answers which ways people take in their first days, and where each way ends."""

from datetime import timedelta

import msgspec
import polars as pl
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.measure import PATH_ENDS, PATH_NOTHING, PATH_OTHERS, Branch, Paths, PathsAsked, paths_at
from waypost.measure import paths as paths_of
from waypost.show import charts, words
from waypost.show.addresses import with_query
from waypost.show.crowds import Field, chosen, crowd_of, fields, kept_as
from waypost.show.kept import kept
from waypost.show.members import Listing
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

DAYS = [("14", "First 14 days"), ("7", "First 7 days"), ("30", "First 30 days")]
SPANS = [("90", "In the last 90 days"), ("180", "In the last 180 days"), ("365", "In the last year")]
COMMON = [("", "Left out"), ("1", "Kept")]
PARTS = 12
END_WORDS = {
    "sustained": "Sustained",
    "on_path": "On the way",
    "strayed": "Strayed",
    "gone": "Gone: left, or silent for 28 days",
    "none": "On no journey",
}
CSV_HEAD = [
    "path",
    "people",
    "share",
    "low",
    "high",
    *PATH_ENDS,
    "stayed_of",
    "stayed",
    "stayed_low",
    "stayed_high",
]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One branch as the page shows it."""

    branch: Branch
    depth: int
    name: str
    rest: bool
    href: str
    ends: Markup
    says: str


def paths(visit: Visit) -> Response:
    """Draw the tree of paths."""
    asked = asked_of(visit)
    found = _found(visit, asked)
    names = {each.key: each.name for each in visit.rules.catalogue.features}
    lines = list(_lines(visit, found.whole, names))
    return visit.page(
        "paths.html",
        asked=asked,
        whole=found.whole,
        title=_title(found),
        lines=lines,
        ways=sum(1 for each in lines if not each.branch.branches),
        left_out=[(names.get(key, key), share) for key, share in found.left_out],
        fields=_fields(visit),
        whole_line=_line(visit, found.whole, names),
        key=list(END_WORDS.items()),
        csv=visit.here().replace("/paths", "/paths.csv", 1),
    )


def paths_csv(visit: Visit) -> Response:
    """Send every branch of the tree as a file."""
    found = _found(visit, asked_of(visit))
    names = {each.key: each.name for each in visit.rules.catalogue.features}
    rows: list[list[object]] = []
    for each in _walked(found.whole):
        said = " > ".join(_name(word, names, nr) for nr, word in enumerate(each.prefix)) or "Everybody"
        share, stayed = each.of_all, each.stayed
        stays = [stayed.of, stayed.value, stayed.low, stayed.high]
        rows.append([said, each.people, share.value, share.low, share.high, *each.ends, *stays])
    return csv_response("paths.csv", CSV_HEAD, rows)


def _found(visit: Visit, asked: PathsAsked) -> Paths:
    warehouse, catalogue = visit.desk.warehouse, visit.rules.catalogue
    return kept(
        visit, kept_as(visit, "paths", asked), lambda: paths_of(warehouse, catalogue, asked_of(visit))
    )


def asked_of(visit: Visit) -> PathsAsked:
    """Return what the address asks for; what makes no sense is passed over."""
    first_days = int(chosen(visit, "first", DAYS))
    span = int(chosen(visit, "span", SPANS))
    until = visit.today - timedelta(days=first_days)
    return PathsAsked(
        first_days=first_days,
        since=until - timedelta(days=span - 1),
        until=until,
        today=visit.today,
        crowd=crowd_of(visit),
        common_too=chosen(visit, "common", COMMON) == "1",
    )


def _fields(visit: Visit) -> list[Field]:
    return [
        Field.of(visit, "first", "Looked at", DAYS),
        Field.of(visit, "span", "Got access", SPANS),
        Field.of(visit, "common", "What nearly all used", COMMON),
        *(each for each in fields(visit) if each.name != "who"),
    ]


def _title(found: Paths) -> str:
    if not found.everybody.height:
        return "No path to show yet"
    first = found.whole.branches[0]
    if first.prefix[0] == PATH_NOTHING:
        return f"{words.percent(first.of_all.value)} used nothing else in their first days"
    return f"There is no single path: {words.percent(first.of_all.value)} take the most common beginning"


def _walked(branch: Branch) -> list[Branch]:
    return [branch, *(below for each in branch.branches for below in _walked(each))]


def _lines(visit: Visit, whole: Branch, names: dict[str, str]) -> list[Line]:
    return [_line(visit, each, names) for each in _walked(whole)[1:]]


def _line(visit: Visit, branch: Branch, names: dict[str, str]) -> Line:
    word = branch.prefix[-1] if branch.prefix else ""
    said = ", ".join(
        f"{END_WORDS[key].partition(':')[0].lower()} {count:,}"
        for key, count in zip(PATH_ENDS, branch.ends, strict=True)
        if count
    )
    query = {
        **visit.request.query_params,
        "page": None,
        "path": "/".join(each or "-" for each in branch.prefix),
    }
    return Line(
        branch=branch,
        depth=len(branch.prefix),
        name=_name(word, names, len(branch.prefix) - 1) if branch.prefix else "Everybody",
        rest=word in (PATH_NOTHING, PATH_OTHERS),
        href=with_query("/paths/members", query),
        ends=charts.parted_bar(list(zip(PATH_ENDS, branch.ends, strict=True)), said),
        says=said,
    )


def _name(word: str, names: dict[str, str], depth: int) -> str:
    if word == PATH_NOTHING:
        return "Nothing" if depth == 0 else "nothing more"
    if word == PATH_OTHERS:
        return "Something else" if depth == 0 else "something else"
    return names.get(word, word)


def listing(visit: Visit) -> Listing:
    """Return the members behind the count that the address names."""
    asked = asked_of(visit)
    found = _found(visit, asked)
    said = visit.asked("path")
    prefix = tuple(PATH_NOTHING if each == "-" else each for each in said.split("/")) if said else ()
    rows = paths_at(found, prefix)
    if not rows.height:
        raise HTTPException(404, "nobody takes this path now; go back and choose one")
    names = {each.key: each.name for each in visit.rules.catalogue.features}
    name = ", ".join(_name(word, names, nr) for nr, word in enumerate(prefix)) or "Everybody"
    back = with_query("/paths", {**visit.request.query_params, "page": None, "path": None})
    ends = pl.col("ends").replace_strict({key: word.partition(":")[0] for key, word in END_WORDS.items()})
    listed = rows.select(pl.col("person_id").alias("unit"), "began_on", ends, "last_on")
    return Listing(
        title=f"{words.plural(rows.height, 'person', 'people')}: {name}",
        sub=f"What they first used in their {_days(asked)} after access, in this order.",
        crumbs=(("Paths", back), (name, "")),
        sides=(),
        heads=("Got access", "Is now", "Last use"),
        rows=listed.unique("unit", keep="first", maintain_order=True),
        crowd=asked.crowd,
        segment_name=f"First days: {name}"[:80],
        base="/paths",
    )


def _days(asked: PathsAsked) -> str:
    return f"first {words.plural(asked.first_days, 'day', 'days')}"
