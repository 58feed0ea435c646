"""From matches to rules: one row per key and name of event, which SQL joins by the name alone."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from waypost.core import Kind
from waypost.measure.catalogue_match import ACTS, WITH_PATH, Match, json_path

#: The names of events that are there, which patterns are looked up in.
NAMES = {"kind": pl.String, "name": pl.String}
CONDITION = pl.Struct(
    {
        "path": pl.String,
        "op": pl.String,
        "texts": pl.List(pl.String),
        "numbers": pl.List(pl.Float64),
        "least": pl.Float64,
        "most": pl.Float64,
    }
)
ALTERNATIVE = pl.Struct(
    {
        "kind": pl.String,
        "source": pl.String,
        "path_like": pl.String,
        "slashes": pl.Int64,
        "deep": pl.Boolean,
        "conditions": pl.List(CONDITION),
        "actor": pl.String,
        "value_path": pl.String,
        "value": pl.String,
    }
)
PLAIN = ("kind", "source", "actor", "value_path", "value")
RULES: dict[str, pl.DataType | type[pl.DataType]] = {
    "key": pl.String,
    "name": pl.String,
    **dict.fromkeys(PLAIN, pl.String),
    "alternatives": pl.List(ALTERNATIVE),
}
_TAIL = r"[?#].*$"

Alternative = dict[str, Any]


def rules_of(meant: Mapping[str, Iterable[Match]], names: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the rules of some keys (features, settings): one row per key and name of event.

    Columns: key, name, kind, source, actor, value_path, value, alternatives. A name that a key means in one plain way
    has it in the columns; in all other cases `alternatives` lists the ways in the order of the catalogue, and the
    first that holds counts: so no event counts twice for a key. `names` are the names of events that are there (kind,
    name); matches by pattern find nothing without.
    """
    found: dict[tuple[str, str], list[Alternative]] = {}
    known = pl.DataFrame(schema=NAMES) if names is None else names.unique()
    for key, matches in meant.items():
        for match in matches:
            for name, alternative in _ways(match, known):
                found.setdefault((key, name), []).append(alternative)
    rows = [_rule(key, name, ways) for (key, name), ways in found.items()]
    return pl.DataFrame(rows, schema=RULES)


def rules_for(match: Match, names: pl.DataFrame) -> pl.DataFrame:
    """Return the rules of one match alone, among these names of events."""
    return rules_of({"match": (match,)}, names)


def is_open(matches: Iterable[Match]) -> bool:
    """Say whether any match means names that only the events can tell."""
    return any(match.exact is None for match in matches)


def _rule(key: str, name: str, ways: list[Alternative]) -> dict[str, Any]:
    first = ways[0]
    settled = _always_plain(first) and (len(ways) == 1 or (first["kind"] is None and first["source"] is None))
    rule = {"key": key, "name": name, "alternatives": None if settled else ways}
    return rule | {column: first[column] if settled else None for column in PLAIN}


def _always_plain(way: Alternative) -> bool:
    return way["path_like"] is None and not way["conditions"]


def _ways(match: Match, known: pl.DataFrame) -> list[tuple[str, Alternative]]:
    """Return every name that a match may mean, with what must hold beside the name."""
    if match.exact is not None:
        kinds: tuple[Kind | None, ...] = match.kinds or (None,)
        return [(match.exact, _way(match, kind)) for kind in kinds]
    fitting = known.filter(
        pl.col("kind").is_in([kind.value for kind in match.kinds or ACTS]),
        pl.col("name").str.contains(match.event_pattern()),
    ).sort("kind", "name")
    if match.path is None:
        return [(name, _way(match, kind)) for kind, name in fitting.iter_rows()]
    return _ways_by_path(match, fitting)


def _ways_by_path(match: Match, names: pl.DataFrame) -> list[tuple[str, Alternative]]:
    """Return the ways of a match by path: the name tells it of requests and some pages, a property of all others."""
    template, method = match.template(), match.method()
    if template is None:
        return []
    is_log, is_path = pl.col("kind") == Kind.LOG.value, pl.col("name").str.starts_with("/")
    path = pl.col("name").str.replace(_TAIL, "").str.strip_chars_end("/")
    request = f"^{method or '[A-Z]+'} {template.pattern}$"
    settled = names.filter(
        (is_log & path.str.contains(request))
        | (~is_log & is_path & path.str.contains(f"^{template.pattern}$"))
    )
    if method:
        settled = settled.filter(is_log)
    found = [(name, _way(match, kind)) for kind, name in settled.iter_rows()]
    if method is None:
        asked = {"path_like": template.like, "slashes": template.slashes, "deep": template.deep}
        others = names.filter(~is_log & ~is_path & pl.col("kind").is_in([kind.value for kind in WITH_PATH]))
        found += [(name, _way(match, kind) | asked) for kind, name in others.iter_rows()]
    return found


def _way(match: Match, kind: str | None) -> Alternative:
    return {
        "kind": kind,
        "source": match.source,
        "path_like": None,
        "slashes": None,
        "deep": None,
        "conditions": [each.condition() for each in match.conditions],
        "actor": match.actor,
        "value_path": json_path(match.value) if match.value is not None else None,
        "value": match.set_to,
    }
