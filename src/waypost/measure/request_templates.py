"""Templates for the requests of logs: which few of them would explain most of what people asked for."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import polars as pl

from waypost.core import Document, Kind, Template
from waypost.measure.catalogue_proposals import ID
from waypost.measure.catalogue_seen import SIGNATURE, Span
from waypost.measure.usage_values import Asks

MOST_TEMPLATES = 50
#: Templates are proposed while each explains this share of people's requests, but five in any case.
LEAST_SHARE = 0.01
FEWEST = 5
#: So many words at one place of a path, each used by one account (or person) alone and not all by the same, are ids.
MANY = 8
MOST_NAMES = 3
_MOST_STEPS = 40
_REQUEST = re.compile(r"[A-Z]{1,20} /[^?#\s]*")


class RequestTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A template for requests that mean nothing yet, or the name that rules of a source gave some.

    `n` of people's requests it would explain; `share` of them all is explained by it and those before it, with what the
    catalogue explains already. `names` are some of the names that it stands for, most requests first.
    """

    written: str
    n: int
    share: float
    names: tuple[str, ...]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How many of people's requests the catalogue explains, and which templates would explain most of the others."""

    n: int
    explained: int
    templates: tuple[RequestTemplate, ...] = ()

    @property
    def share(self) -> float | None:
        """The share that the catalogue explains, 0 to 1; None when people asked for nothing."""
        return self.explained / self.n if self.n else None

    @property
    def share_with(self) -> float | None:
        """The share that is explained once all the templates are in the catalogue."""
        return self.templates[-1].share if self.templates else self.share


class _Seen(NamedTuple):
    """A name, the steps of its path, and the lowest and highest id of the accounts and of the people behind it."""

    name: str
    steps: tuple[str, ...]
    accounts: frozenset[str | None]
    people: frozenset[str | None]


def request_coverage(asks: Asks, seen: pl.DataFrame, span: Span, source: str | None = None) -> Coverage:
    """Return how far people's requests are explained, of one source or of all, and what would explain more.

    `seen` is what `seen_events` returned for the span. Ids in paths become `:id`: those that look like one, and words
    that stand at one place in great number, each used by one account or person alone.
    """
    requests = seen.filter(pl.col("kind") == Kind.LOG.value)
    if source is not None:
        requests = requests.filter(pl.col("source") == source)
    n = int((requests["n"] - requests["n_automated"]).sum())
    left = requests.filter(pl.col("n_left_human") > 0)
    explained = n - int(left["n_left_human"].sum())
    if not left.height:
        return Coverage(n=n, explained=explained)
    whose = asks.ask("measure/requests_seen", span.params)
    known = left.select(*SIGNATURE, "n_left_human").join(whose, on=SIGNATURE, how="left")
    counts: dict[str, int] = defaultdict(int)
    for name, count in known.select("name", "n_left_human").iter_rows():
        counts[name] += count
    return Coverage(n=n, explained=explained, templates=_chosen(_templates(known), counts, n, explained))


def request_match(written: str) -> Document:
    """Return the match of a template, as a catalogue's document holds it; what is no template is a name of event."""
    return {"path" if _REQUEST.fullmatch(written) else "event": written, "kind": Kind.LOG.value}


def _templates(known: pl.DataFrame) -> dict[str, list[str]]:
    """Return the names that each template stands for."""
    found, by_method = defaultdict[str, list[str]](list), defaultdict[str, list[_Seen]](list)
    columns = ("account_low", "account_high", "person_low", "person_high")
    for name, *whose in known.select("name", *columns).iter_rows():
        if not _REQUEST.fullmatch(name):
            if "*" not in name:
                found[name].append(name)
            continue
        if name.count("/") > _MOST_STEPS:
            continue
        method, _, path = name.rpartition(" ")
        steps = tuple(path.rstrip("/").split("/"))
        by_method[method].append(_Seen(name, steps, frozenset(whose[:2]), frozenset(whose[2:])))
    for method, requests in by_method.items():
        for name, steps in _collapsed(requests, 1, ("",)):
            written = f"{method} {'/'.join(steps) or '/'}"
            if Template.fault(written) is None:
                found[written].append(name)
    return found


def _collapsed(
    requests: list[_Seen], place: int, before: tuple[str, ...]
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield each name with the steps of its template, from one place of the path on."""
    below: dict[str, list[_Seen]] = defaultdict(list)
    for each in requests:
        if len(each.steps) > place:
            below[each.steps[place]].append(each)
        else:
            yield each.name, before
    for word in _ids(below):
        below[ID].extend(below.pop(word))
    for word, some in below.items():
        yield from _collapsed(some, place + 1, (*before, word))


def _ids(below: dict[str, list[_Seen]]) -> list[str]:
    """Return the words at one place that are ids: many, each with one owner, and with many owners together."""
    words = [word for word in below if not word.startswith(":")]
    by_account = {word: frozenset().union(*(each.accounts for each in below[word])) for word in words}
    by_person = {word: frozenset().union(*(each.people for each in below[word])) for word in words}
    for owners in (by_account, by_person):
        owned = {word: whose for word, whose in owners.items() if len(whose) == 1 and None not in whose}
        if len(set(owned.values())) >= MANY:
            return list(owned)
    return []


def _chosen(
    templates: dict[str, list[str]], counts: dict[str, int], n: int, explained: int
) -> tuple[RequestTemplate, ...]:
    """Return the templates that explain most, one after another; none counts what one before it explained."""
    left, chosen = dict(counts), list[RequestTemplate]()
    sums = {written: sum(counts[name] for name in set(names)) for written, names in templates.items()}
    for written in sorted(templates, key=lambda each: (-sums[each], each)):
        if len(chosen) == MOST_TEMPLATES or (len(chosen) >= FEWEST and sums[written] < LEAST_SHARE * n):
            break
        fitting = _fitting(written, left)
        gain = sum(left.pop(name) for name in fitting)
        if gain:
            explained += gain
            names = sorted(fitting, key=lambda each: (-counts[each], each))[:MOST_NAMES]
            chosen.append(RequestTemplate(written=written, n=gain, share=explained / n, names=tuple(names)))
    return tuple(chosen)


def _fitting(written: str, names: Iterable[str]) -> list[str]:
    """Return the names that a template means, as the catalogue would read it."""
    if not _REQUEST.fullmatch(written):
        return [name for name in names if name == written]
    fits = re.compile(f"{Template.method_of(written)} {Template.of(written).pattern}").fullmatch
    return [name for name in names if fits(name.rstrip("/"))]
