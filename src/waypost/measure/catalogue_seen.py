"""What came in, held against the catalogue: which events mean something, and which nothing yet."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

import msgspec
import polars as pl

from waypost.core import Kind
from waypost.measure.catalogue import NOISE, Catalogue, Feature, Setting
from waypost.measure.catalogue_match import Match
from waypost.measure.catalogue_rules import rules_of
from waypost.measure.usage_values import Asks

WITHIN_DAYS = 28
RECENT_DAYS = 14
SIGNATURE = ["source", "kind", "name"]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The days that the catalogue is held against: from `since` until before `until`; from `recent` on is new."""

    since: date
    recent: date
    until: date

    @classmethod
    def up_to(cls, today: date) -> "Span":
        """Return the last 28 days, today included; what began in the last 14 is recent."""
        until = today + timedelta(days=1)
        return cls(
            since=until - timedelta(days=WITHIN_DAYS), recent=until - timedelta(days=RECENT_DAYS), until=until
        )

    @property
    def params(self) -> dict[str, date]:
        """The days as questions ask for them."""
        return {"since": self.since, "until": self.until}


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many events mean one thing; how many of them are uses (of a person at an account), and whose uses.

    `n_automated` is how many of the uses jobs or systems made.
    """

    n: int = 0
    uses: int = 0
    n_automated: int = 0
    people: int = 0
    accounts: int = 0


def seen_events(asks: Asks, catalogue: Catalogue, span: Span) -> pl.DataFrame:
    """Return every name of event of the span with how much of it the catalogue means.

    Columns: source, kind, name, n, n_automated, n_recent, first_on, last_at, n_left (the events that mean nothing
    yet), n_left_human (those of them that people did), latest (the arrival of the last, of those left if any) and
    is_noise. Most events come first.
    """
    found = asks.ask("measure/catalogue_seen", {**span.params, "recent": span.recent})
    names = found.select("kind", "name").unique()
    rules = _every_rule(catalogue, names)
    fitting = _fitting(found.select(SIGNATURE), rules)
    settled = fitting.filter(pl.col("alternatives").is_null()).select(SIGNATURE).unique()
    partly = fitting.select(SIGNATURE).unique().join(settled, on=SIGNATURE, how="anti")
    left = pl.DataFrame(
        schema={
            **dict.fromkeys(SIGNATURE, pl.String),
            "n_left": pl.Int64,
            "n_left_human": pl.Int64,
            "latest_left": pl.Int64,
        }
    )
    if partly.height:
        wanted = rules.join(partly.select("name").unique(), on="name", how="semi")
        left = asks.ask("measure/catalogue_left", span.params, {"asked": partly, "rules": wanted})
    noise = fitting.filter(pl.col("key") == NOISE).select(SIGNATURE).unique()
    return (
        found.join(left, on=SIGNATURE, how="left")
        .join(
            fitting.select(SIGNATURE).unique().with_columns(known=pl.lit(value=True)),
            on=SIGNATURE,
            how="left",
        )
        .join(noise.with_columns(is_noise=pl.lit(value=True)), on=SIGNATURE, how="left")
        .with_columns(
            n_left=pl.when(pl.col("known").is_null())
            .then(pl.col("n"))
            .otherwise(pl.col("n_left").fill_null(0)),
            n_left_human=pl.when(pl.col("known").is_null())
            .then(pl.col("n") - pl.col("n_automated"))
            .otherwise(pl.col("n_left_human").fill_null(0)),
            is_noise=pl.col("is_noise").fill_null(value=False),
            latest=pl.coalesce("latest_left", "latest"),
        )
        .drop("known", "latest_left")
        .sort("n", *SIGNATURE, descending=[True, False, False, False])
    )


def tallies(
    asks: Asks, meant: Mapping[str, tuple[Match, ...]], names: pl.DataFrame, span: Span
) -> dict[str, Tally]:
    """Return how many events of the span each key means; `names` are those of the span's events (kind, name)."""
    rules = rules_of(meant, names)
    if not rules.height:
        return dict.fromkeys(meant, Tally())
    found = asks.ask("measure/catalogue_counts", span.params, {"rules": rules})
    counted = {row["key"]: msgspec.convert(row, Tally) for row in found.to_dicts()}
    return {key: counted.get(key, Tally()) for key in meant}


def whose(asks: Asks, seen: pl.DataFrame, span: Span) -> dict[tuple[str, str, str], Tally]:
    """Return whose the events of some names are, by source, kind and name."""
    signatures = list(seen.select(SIGNATURE).iter_rows())
    meant = {
        str(nr): (Match(event=name, kind=Kind(kind), source=source),)
        for nr, (source, kind, name) in enumerate(signatures)
        if "*" not in name
    }
    counted = tallies(asks, meant, seen.select("kind", "name"), span)
    return {signatures[int(nr)]: tally for nr, tally in counted.items()}


def tallies_between(
    asks: Asks, before: Catalogue, after: Catalogue, names: pl.DataFrame, span: Span
) -> list[tuple[str, Tally, Tally]]:
    """Return how many events of the span each changed feature, setting and the noise mean before and after, by name."""
    changed = _changed(before, after)
    old = tallies(asks, {str(nr): one for nr, (_, one, _) in enumerate(changed)}, names, span)
    new = tallies(asks, {str(nr): other for nr, (_, _, other) in enumerate(changed)}, names, span)
    return [(name, old[str(nr)], new[str(nr)]) for nr, (name, _, _) in enumerate(changed)]


def _changed(before: Catalogue, after: Catalogue) -> list[tuple[str, tuple[Match, ...], tuple[Match, ...]]]:
    """Return whatever means other events in one catalogue than in the other: its name, its matches in both."""
    pairs: list[tuple[Feature | Setting | None, Feature | Setting | None]] = [
        *((before.feature(key), after.feature(key)) for key in _keys(before.features, after.features)),
        *((before.setting(key), after.setting(key)) for key in _keys(before.settings, after.settings)),
    ]
    found = [
        (each.name, one.match if one else (), other.match if other else ())
        for one, other in pairs
        if (each := other or one)
    ]
    found.append(("Noise", before.noise, after.noise))
    return [each for each in found if each[1] != each[2]]


def _keys(before: Iterable[Feature | Setting], after: Iterable[Feature | Setting]) -> list[str]:
    return list(dict.fromkeys(each.key for each in (*before, *after)))


def noise_counts(asks: Asks, catalogue: Catalogue, seen: pl.DataFrame, span: Span) -> list[tuple[Match, int]]:
    """Return every match of noise with how many events of the span it means; `seen` is what `seen_events` returns."""
    names = seen.select("kind", "name").unique()
    found = []
    for match in catalogue.noise:
        if match.conditions or match.path is not None:
            found.append((match, tallies(asks, {NOISE: (match,)}, names, span)[NOISE].n))
            continue
        rules = rules_of({NOISE: (match,)}, names)
        found.append((match, sum(_fitting(seen, rules)["n"].to_list())))
    return found


def meanings(seen: pl.DataFrame, catalogue: Catalogue) -> dict[tuple[str, str, str], frozenset[str]]:
    """Return the keys of what each source, kind and name may mean (`NOISE` for noise), if it means anything.

    `seen` is what `seen_events` returns. Where conditions decide, a name may mean what some of its events do.
    """
    rules = _every_rule(catalogue, seen.select("kind", "name").unique())
    fitting = _fitting(seen.select(SIGNATURE), rules).group_by(SIGNATURE).agg(pl.col("key").unique())
    return {(source, kind, name): frozenset(keys) for source, kind, name, keys in fitting.iter_rows()}


def event_samples(asks: Asks, arrivals: Collection[int]) -> dict[int, str]:
    """Return the properties of some events, as JSON, by arrival."""
    if not arrivals:
        return {}
    frame = pl.DataFrame({"arrival": sorted(arrivals)}, schema={"arrival": pl.Int64})
    bounds = {"first": min(arrivals), "last": max(arrivals)}
    return dict(asks.ask("measure/catalogue_samples", bounds, {"arrivals": frame}).iter_rows())


def _every_rule(catalogue: Catalogue, names: pl.DataFrame) -> pl.DataFrame:
    """Return the rules of features, settings and noise, each with its key."""
    columns = ["key", "name", "kind", "source", "alternatives"]
    return pl.concat(
        [
            catalogue.usage_rules(names).rename({"feature": "key"}).select(columns),
            catalogue.setting_rules(names).rename({"setting": "key"}).select(columns),
            catalogue.noise_rules(names).select(columns),
        ]
    )


def _fitting(found: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Return the names of events with every rule that may mean them, which those with alternatives decide by event."""
    return found.join(rules, on="name", suffix="_asked").filter(
        pl.col("kind_asked").is_null() | (pl.col("kind_asked") == pl.col("kind")),
        pl.col("source_asked").is_null() | (pl.col("source_asked") == pl.col("source")),
    )
