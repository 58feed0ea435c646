"""The marks of a funnel: read from the store once, and kept as trails while nothing is committed."""

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
from waypost.measure.trails import Trails
from waypost.store import Warehouse

#: So many rows of daily use are read at once; with more, units are read in portions.
MOST_AT_ONCE = 8_000_000
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


class _Kept:
    """The trails of one warehouse after so many commits, the least used first."""

    def __init__(self) -> None:
        self.commits = -1
        self.by_question: OrderedDict[Hashable, tuple[Trails, ...]] = OrderedDict()


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
        yield from self._earlier() or self._read()
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
        """Return the trails that were kept since the last commit, none if there are none."""
        with _turn:
            kept = _kept.setdefault(self._warehouse, _Kept())
            if kept.commits != self._commits or self._key not in kept.by_question:
                return ()
            kept.by_question.move_to_end(self._key)
            return kept.by_question[self._key]

    def _read(self) -> Iterator[Trails]:
        params, frames = _question(self._catalogue, self._asked)
        rows = int(self._warehouse.ask("measure/usage_rows").item())
        portions = 1 + rows // MOST_AT_ONCE
        for portion in range(portions):
            asked = {**params, "portions": portions, "portion": portion}
            marks = self._warehouse.ask(
                "measure/funnel_marks", asked, {**frames, "bounds": _bounds(self._asked)}
            )
            yield from Trails.of(marks, len(self._asked.steps))

    def _remember(self) -> None:
        if not self._found:
            return
        with _turn:
            kept = _kept.setdefault(self._warehouse, _Kept())
            if kept.commits > self._commits:
                return
            if kept.commits < self._commits:
                kept.commits, kept.by_question = self._commits, OrderedDict()
            kept.by_question[self._key] = tuple(self._found)
            while sum(_size(each) for each in kept.by_question.values()) > MOST_KEPT:
                kept.by_question.popitem(last=False)


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
