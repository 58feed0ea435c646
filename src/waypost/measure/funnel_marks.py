"""The marks of a funnel: read once and kept as trails; later only theirs are read again whom commits have changed."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from waypost.core import days_between, start_of
from waypost.measure.catalogue import Catalogue
from waypost.measure.funnel_asked import FunnelAsked
from waypost.measure.segments_conditions import Level
from waypost.measure.trails import Trails
from waypost.store import Warehouse

#: So many rows of daily use are read at once; with more, units are read in portions.
MOST_AT_ONCE = 8_000_000
#: When more than one in so many has changed, all are read again.
MOST_CHANGED = 4
#: Trails are kept up to so many bytes in all; longer ones are read again each time.
MOST_KEPT = 96 * 2**20
_BOUNDS: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "starts_at": pl.Datetime("us"),
    "ends_at": pl.Datetime("us"),
}
_COUNTED = {"nr": pl.Int32, "feature": pl.String, "automated_counts": pl.Boolean}
_KINDS = {"nr": pl.Int32, "kind": pl.String, "journey": pl.String}
_PASSED = {"nr": pl.Int32, "milestone": pl.String, "standing": pl.String}


#: The trails of one warehouse by what was asked, each after so many commits; the least used first.
_Kept = OrderedDict[Hashable, tuple[int, tuple[Trails, ...]]]
_kept: WeakKeyDictionary[Warehouse, _Kept] = WeakKeyDictionary()
_turn = threading.Lock()


class Marks:
    """When the steps of one funnel were done. Its span, window and order do not matter here, only what is a step."""

    def __init__(self, warehouse: Warehouse, catalogue: Catalogue, asked: FunnelAsked) -> None:
        """Ask nothing yet."""
        self._warehouse, self._catalogue, self._asked = warehouse, catalogue, asked
        # Before anything is read: what is committed while it is read makes it old at once.
        self._commits = warehouse.commits
        self._key = (asked.steps, asked.since, asked.today, asked.zone, asked.crowd, catalogue)
        self._found: list[Trails] = []
        self._too_long = False

    def trails(self) -> Iterator[Trails]:
        """Yield the trails of all units, some at a time; each should come back by `keep`."""
        yield from self._earlier() or self._read_all()
        self._remember()

    def keep(self, trails: Trails) -> None:
        """Keep trails for whoever asks next, with all that is known of them by now."""
        self._found.append(trails)
        self._too_long = self._too_long or _size(self._found) > MOST_KEPT
        if self._too_long:
            self._found = []

    def knowing(self, trails: Trails, unsure: pl.Series) -> Trails:
        """Return the trails with all times of these units known, from the events."""
        params, frames = _question(self._catalogue, self._asked)
        rules = {"rules": _rules(self._warehouse, self._catalogue, self._asked)}
        theirs = {"unsure": pl.DataFrame({"unit": unsure}), "counted": frames["counted"]}
        some = {name: frames[name] for name in ("some_accounts", "some_people")}
        return trails.knowing(
            unsure, self._warehouse.ask("measure/funnel_times", params, {**some, **rules, **theirs})
        )

    def _earlier(self) -> tuple[Trails, ...]:
        """Return the trails that were kept, with theirs read again who changed since; none if all must be read."""
        with _turn:
            kept = _kept.setdefault(self._warehouse, _Kept())
            if self._key not in kept:
                return ()
            kept.move_to_end(self._key)
            commits, trails = kept[self._key]
        changed = self._changed_since(commits)
        if changed is None:
            return ()
        if not len(changed):
            return trails
        # Long trails are told in portions; of these it is not known in which somebody new belongs.
        if len(trails) > 1 or len(changed) * MOST_CHANGED > trails[0].units.len():
            return ()
        merged = trails[0].replacing(changed, self._read(changed))
        return (merged,) if merged is not None else ()

    def _changed_since(self, commits: int) -> pl.Series | None:
        """Return the units that commits have changed; None: it may be any."""
        changed = self._warehouse.changed_since(commits)
        if changed is None:
            return None
        ids = changed.people if self._asked.crowd.unit is Level.PEOPLE else changed.accounts
        return pl.Series("unit", sorted(ids), dtype=pl.String)

    def _read_all(self) -> Iterator[Trails]:
        rows = int(self._warehouse.ask("measure/usage_rows").item())
        portions = 1 + rows // MOST_AT_ONCE
        for portion in range(portions):
            yield from Trails.of(self._marks(portions=portions, portion=portion), len(self._asked.steps))

    def _read(self, units: pl.Series) -> Trails | None:
        """Return the trails of some units, None when they have none."""
        return next(iter(Trails.of(self._marks(units), len(self._asked.steps))), None)

    def _marks(self, units: pl.Series | None = None, *, portions: int = 1, portion: int = 0) -> pl.DataFrame:
        params, frames = _question(self._catalogue, self._asked)
        some = pl.Series("unit", [], dtype=pl.String) if units is None else units
        return self._warehouse.ask(
            "measure/funnel_marks",
            {**params, "all_units": units is None, "portions": portions, "portion": portion},
            {**frames, "bounds": _bounds(self._asked), "some_units": some.to_frame()},
        )

    def _remember(self) -> None:
        if not self._found:
            return
        with _turn:
            kept = _kept.setdefault(self._warehouse, _Kept())
            if self._key in kept and kept[self._key][0] > self._commits:
                return
            kept[self._key] = (self._commits, tuple(self._found))
            kept.move_to_end(self._key)
            while sum(_size(trails) for _, trails in kept.values()) > MOST_KEPT:
                kept.popitem(last=False)


def _size(trails: Sequence[Trails]) -> int:
    return sum(each.nbytes for each in trails)


def _question(catalogue: Catalogue, asked: FunnelAsked) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    """Return the parameters and frames that the questions of a funnel read."""
    params = {"since": asked.since, "today": asked.today, **asked.crowd.params()}
    crowd = asked.crowd.frames(catalogue)
    automated = dict(crowd.pop("features").iter_rows())
    counted, kinds, passed = [], [], []
    for nr, step in enumerate(asked.steps, start=1):
        if step.kind in ("any", "feature"):
            features = [step.feature] if step.kind == "feature" else list(automated)
            counted += [(nr, key, automated[key]) for key in features if key in automated]
        else:
            kinds.append((nr, step.kind, step.journey))
            passed += [(nr, *each) for each in step.passed]
    frames = {
        **crowd,
        "counted": pl.DataFrame(counted, schema=_COUNTED, orient="row"),
        "kinds": pl.DataFrame(kinds, schema=_KINDS, orient="row"),
        "passed": pl.DataFrame(passed, schema=_PASSED, orient="row"),
    }
    return params, frames


def _rules(warehouse: Warehouse, catalogue: Catalogue, asked: FunnelAsked) -> pl.DataFrame:
    """Return the rules of the catalogue for the days on which a step may have been done."""
    if not catalogue.has_open_features:
        return catalogue.usage_rules()
    days = {"day": days_between(asked.since, asked.today)}
    frames = {"days": pl.DataFrame(days, schema={"day": pl.Date})}
    return catalogue.usage_rules(warehouse.ask("measure/names_on_days", frames=frames))


def _bounds(asked: FunnelAsked) -> pl.DataFrame:
    """Return the instants (UTC) at which each day from `since` to today begins and ends."""
    days = days_between(asked.since, asked.today + timedelta(days=1))
    starts = [start_of(day, asked.zone).replace(tzinfo=None) for day in days]
    rows: Sequence[tuple[date, datetime, datetime]] = list(zip(days, starts, starts[1:], strict=False))
    return pl.DataFrame(rows, schema=_BOUNDS, orient="row")
