"""Numbers that open: a measure's value as pages write it, and the address at which its items are listed."""

import re
from collections.abc import Mapping
from datetime import date

import msgspec
import polars as pl

from waypost.measure import Unit, UsageMeasure
from waypost.show import words
from waypost.show.addresses import piece, with_query

IN_PERCENT = frozenset((Unit.SHARE,))
WITH_DECIMALS = frozenset((Unit.DAYS_EACH, Unit.MINUTES, Unit.USES_EACH))
SINGLE = {
    "events": "event",
    "uses": "use",
    "people": "person",
    "days": "day",
    "minutes": "minute",
    "active days": "active day",
}
_ONE = re.compile(rf"\b1 ({'|'.join(SINGLE)})\b")
WEEKDAYS = dict(
    zip(
        "1234567", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True
    )
)
ACTORS = {"human": "People", "automated": "Automated", "all": "Whoever"}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom, when and by whom a number is asked; together with the measure it is an address."""

    level: str
    id: str
    cutoff: date
    actor: str = "human"
    feature: str | None = None

    def address(self, key: str, ending: str = "") -> str:
        """Return where the items of a measure are listed; `ending` is `.csv` or `.json` for a file."""
        said = {
            "level": self.level,
            "id": self.id,
            "cutoff": self.cutoff.isoformat(),
            "actor": self.actor,
            "feature": self.feature,
        }
        return with_query(f"/measures/{piece(key)}/items{ending}", said)


def asked_by(asked: Asked, actor: str) -> Asked:
    """Return the same question about another actor."""
    return msgspec.structs.replace(asked, actor=actor)


def asked_of(asked: Asked, feature: str) -> Asked:
    """Return the same question about one feature."""
    return msgspec.structs.replace(asked, feature=feature)


def asked_on(asked: Asked, cutoff: date) -> Asked:
    """Return the same question at another cutoff."""
    return msgspec.structs.replace(asked, cutoff=cutoff)


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A value as it is written, where it opens, and why there is none."""

    said: str
    href: str
    why: str | None
    value: float | None


def written(value: float | None, unit: Unit) -> str:
    """Return a value in its unit: 26%, 7.4, 1,880; an en dash when there is none."""
    if unit in IN_PERCENT:
        return words.percent(value)
    return words.decimal(value) if unit in WITH_DECIMALS else words.number(value)


def number_of(values: pl.DataFrame, measure: UsageMeasure, asked: Asked) -> Number:
    """Return one number of what `usage_values` or `usage_sweep` returned."""
    found = values.filter(
        (pl.col("measure") == measure.key)
        & (pl.col("on_day") == asked.cutoff)
        & (pl.col("actor") == asked.actor)
    )
    value = found["value"].item() if found.height else None
    why = found["why"].item() if found.height else "it was not asked"
    return Number(said=written(value, measure.unit), href=asked.address(measure.key), why=why, value=value)


def item_words(item: str, people: Mapping[str, str]) -> str:
    """Return an item as a row's head: a day written out, a weekday's name, a person by name."""
    head, _, rest = item.partition(" ")
    if item in WEEKDAYS:
        return WEEKDAYS[item]
    try:
        on_day = words.weekday(date.fromisoformat(head))
    except ValueError:
        return people.get(item, item)
    return on_day if not rest else f"{on_day}, {rest[:5]}" if rest[2:3] == ":" else on_day


def told(detail: str | None) -> str:
    """Return what an item says of itself, with the word that fits a single one: `1 event in 8 minutes`."""
    return _ONE.sub(lambda found: f"1 {SINGLE[found.group(1)]}", detail or "")


def part(value: float) -> str:
    """Return an item's part of a value: whole numbers as such, shares with four decimals."""
    return words.number(value) if value == round(value) else f"{value:,.4f}".rstrip("0")


#: What templates ask and write numbers with.
QUESTIONS = {"asked_by": asked_by, "asked_of": asked_of, "asked_on": asked_on}
FILTERS = {"item_words": item_words, "part": part, "told": told}
