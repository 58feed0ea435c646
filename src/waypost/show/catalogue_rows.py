"""The catalogue with its counts, as the page and its files show it."""

from datetime import date, datetime, timedelta

import msgspec
import polars as pl
from markupsafe import Markup

from waypost.measure import (
    Catalogue,
    Feature,
    Group,
    Setting,
    Span,
    Together,
    Twins,
    event_samples,
    noise_counts,
    seen_events,
    together,
    twins,
    whose,
)
from waypost.show import charts, words
from waypost.show.addresses import piece, with_query
from waypost.show.catalogue_words import KIND_WORDS, match_words
from waypost.show.kept import Keeping
from waypost.show.rows import rows_of
from waypost.show.visit import Visit

MOST_PROPOSED = 50
MOST_TWINS = 3
MOST_SAMPLE = 110
# What every request of a log holds, and says nothing of what it means.
OF_EVERY_REQUEST = ("agent", "referer", "bytes", "path", "status")
GROUP_WORDS = {
    Group.CORE: "what customers buy the product for",
    Group.SECONDARY: "what helps",
    Group.ADMIN: "what keeps it running",
}


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """Use of one feature in the span."""

    feature: str
    n: int = 0
    n_automated: int = 0
    people: int = 0
    accounts: int = 0
    last_at: datetime | None = None


class FeatureRow(msgspec.Struct, frozen=True, kw_only=True):
    """One feature with its use in the span; `last_at` is of all time."""

    feature: Feature
    use: Use
    means: list[str]
    days: list[int]
    last_at: datetime | None

    @property
    def href(self) -> str:
        """Where the feature's people and matches are."""
        return f"/catalogue/features/{piece(self.feature.key)}"

    @property
    def automated(self) -> float | None:
        """The share of automated use, 0 to 1; None without use."""
        return self.use.n_automated / self.use.n if self.use.n else None

    @property
    def line(self) -> Markup:
        """The line of the span's days."""
        said = f"Uses by day over {len(self.days)} days, today left out"
        return charts.sparkline([float(n) for n in self.days], said) if self.use.n else Markup("")


class ValueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a setting, and how many accounts have it."""

    setting: str
    value: str
    accounts: int
    changed: int
    last_at: datetime
    all_accounts: int


class SettingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One setting with its values today."""

    setting: Setting
    means: list[str]
    values: list[ValueRow]

    @property
    def href(self) -> str:
        """Where the accounts are."""
        return f"/catalogue/settings/{piece(self.setting.key)}"

    @property
    def known(self) -> int:
        """In how many accounts a value is known."""
        return sum(each.accounts for each in self.values)

    @property
    def at_wanted(self) -> int:
        """How many accounts have the wanted value."""
        return sum(each.accounts for each in self.values if each.value == self.setting.wanted)

    @property
    def share(self) -> float | None:
        """The share of accounts at the wanted value, of those with a known one; None when none is wanted or known."""
        return self.at_wanted / self.known if self.known and self.setting.wanted is not None else None

    @property
    def changed(self) -> int:
        """In how many accounts the value is of the span."""
        return sum(each.changed for each in self.values)

    @property
    def unknown(self) -> int | None:
        """In how many accounts no value was ever seen; None when none was seen anywhere."""
        return self.values[0].all_accounts - self.known if self.values else None


class NoiseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One match of noise and how many events it means."""

    means: str
    n: int
    href: str


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One name of event as it came in."""

    source: str
    kind: str
    name: str
    n: int
    n_automated: int
    n_recent: int
    first_on: date
    last_at: datetime
    latest: int
    n_left: int
    is_noise: bool
    people: int = 0
    accounts: int = 0
    sample: str = ""
    goes_with: Together | None = None

    @property
    def signature(self) -> tuple[str, str, str]:
        """Its source, kind and name."""
        return self.source, self.kind, self.name

    @property
    def is_new(self) -> bool:
        """Whether nothing of this name came before the last 14 days of the span."""
        return self.n_recent == self.n

    @property
    def kind_word(self) -> str:
        """The kind as people say it."""
        return KIND_WORDS.get(self.kind, self.kind)

    @property
    def is_likely(self) -> bool:
        """Whether it looks like a feature: people do it where they use one, or it is new."""
        return self.n_automated < self.n and (self.goes_with is not None or self.is_new)

    @property
    def events_href(self) -> str:
        """Where its events are."""
        return with_query("/catalogue/events", {"source": self.source, "kind": self.kind, "name": self.name})

    @property
    def add_href(self) -> str:
        """Where it is given a meaning."""
        return with_query("/catalogue/additions", {"event": self.name, "kind": self.kind})


class TwinRow(msgspec.Struct, frozen=True, kw_only=True):
    """Names that differ only by case, separators or ids, and the match that would mean all of them."""

    twins: Twins
    kind_word: str
    events: list[tuple[str, str]]
    add_href: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The span's events held against the catalogue."""

    span: Span
    seen: pl.DataFrame
    n: int
    n_left: int
    unmapped: int

    @property
    def share(self) -> float | None:
        """The share of events that mean something or are noise, 0 to 1; None when nothing came."""
        return 1 - self.n_left / self.n if self.n else None


def overview(visit: Visit, catalogue: Catalogue) -> Overview:
    """Return what came in over the last 28 days, held against a catalogue."""
    span = Span.up_to(visit.today)
    seen = seen_events(Keeping(visit), catalogue, span)
    left = seen["n_left"].to_list()
    unmapped = sum(n > 0 for n in left)
    return Overview(span=span, seen=seen, n=sum(seen["n"].to_list()), n_left=sum(left), unmapped=unmapped)


def feature_rows(visit: Visit, catalogue: Catalogue, span: Span) -> list[FeatureRow]:
    """Return every feature with its use in the span."""
    ask = Keeping(visit).ask
    uses = {each.feature: each for each in rows_of(ask("show/catalogue_features", span.params), Use)}
    by_day = {(feature, day): n for feature, day, n in ask("show/catalogue_days", span.params).iter_rows()}
    idle = [each.key for each in catalogue.features if each.key not in uses]
    last = {}
    if idle:
        frame = pl.DataFrame({"feature": idle}, schema={"feature": pl.String})
        found = ask("show/catalogue_last_used", frames={"features": frame})
        last = {each.feature: each.last_at for each in rows_of(found.drop("n").with_columns(n=0), Use)}
    # The last day is not over: a line that ends in it would always fall.
    days = [span.since + timedelta(days=nr) for nr in range((span.until - span.since).days - 1)]
    return [
        FeatureRow(
            feature=each,
            use=uses.get(each.key) or Use(feature=each.key),
            means=[match_words(match) for match in each.match],
            days=[by_day.get((each.key, day), 0) for day in days],
            last_at=uses[each.key].last_at if each.key in uses else last.get(each.key),
        )
        for each in catalogue.features
    ]


def setting_rows(visit: Visit, catalogue: Catalogue, span: Span) -> list[SettingRow]:
    """Return every setting with its values today, the most common first."""
    found = rows_of(Keeping(visit).ask("show/catalogue_settings", {"since": span.since}), ValueRow)
    found.sort(key=lambda each: (-each.accounts, each.value))
    return [
        SettingRow(
            setting=each,
            means=[match_words(match) for match in each.match],
            values=[value for value in found if value.setting == each.key],
        )
        for each in catalogue.settings
    ]


def noise_rows(visit: Visit, catalogue: Catalogue, found: Overview) -> list[NoiseRow]:
    """Return every match of noise with the events it means, most first."""
    counted = noise_counts(Keeping(visit), catalogue, found.seen, found.span)
    rows = [
        NoiseRow(
            means=match_words(match),
            n=n,
            href=with_query("/catalogue/events", {"noise": "yes", "match": str(nr)}),
        )
        for nr, (match, n) in enumerate(counted)
    ]
    return sorted(rows, key=lambda each: (-each.n, each.means))


def unmapped_rows(visit: Visit, found: Overview, most: int = MOST_PROPOSED) -> list[EventRow]:
    """Return the events that mean nothing yet: likely features first, then by volume."""
    asks = Keeping(visit)
    left = found.seen.filter(pl.col("n_left") > 0).sort("n_left", "name", descending=[True, False]).head(most)
    held = event_samples(asks, left["latest"].to_list())
    tallied = whose(asks, left, found.span)
    goes = together(asks, left, found.span)
    rows = [
        msgspec.structs.replace(
            each,
            people=tallied[each.signature].people if each.signature in tallied else 0,
            accounts=tallied[each.signature].accounts if each.signature in tallied else 0,
            sample=_sample(held.get(each.latest, "{}"), each.kind),
            goes_with=goes.get(each.signature),
        )
        for each in rows_of(left, EventRow)
    ]
    return sorted(rows, key=lambda each: not each.is_likely)


def twin_rows(found: Overview) -> list[TwinRow]:
    """Return the names that differ only by case, separators or ids."""
    return [
        TwinRow(
            twins=each,
            kind_word=KIND_WORDS.get(each.kind, each.kind),
            events=[
                (name, with_query("/catalogue/events", {"kind": each.kind, "name": name}))
                for name in each.names[:MOST_TWINS]
            ],
            add_href=_add_twins(each),
        )
        for each in twins(found.seen)
    ]


def goes_with_words(each: Together, catalogue: Catalogue) -> str:
    """Return with which feature a name goes, with the counts: of days, one for each person."""
    feature = catalogue.feature(each.feature)
    name = feature.name if feature else each.feature
    return (
        f"Goes with {name}: {each.both:,} of {words.plural(each.days, 'day', 'days')} of use,"
        f" against {words.percent(each.share_at_all)} of all days"
    )


def _sample(properties: str, kind: str) -> str:
    """Return what an event holds as `format csv, rows 1040`, short enough for a row."""
    held = msgspec.json.decode(properties, type=dict[str, object])
    said = [(key, value) for key, value in held.items() if value not in (None, "")]
    telling = [each for each in said if kind != "log" or each[0] not in OF_EVERY_REQUEST] or said[:2]
    parts = [
        f"{key} {value if isinstance(value, str) else msgspec.json.encode(value).decode()}"
        for key, value in telling
    ]
    return ", ".join(parts)[:MOST_SAMPLE]


def _add_twins(each: Twins) -> str:
    match = each.match() or {"event": each.names[0], "kind": each.kind}
    said = {key: "yes" if value is True else str(value) for key, value in match.items()}
    return with_query("/catalogue/additions", said)
