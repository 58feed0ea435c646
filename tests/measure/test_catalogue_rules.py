"""What the catalogue's matches mean: the engine against a reading of each match in plain Python, event by event."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from waypost.core import Actor, Event, Kind
from waypost.measure import Catalogue, Match, Where, fresh_settings, restate_settings, restate_usage
from waypost.measure.catalogue_rules import rules_of
from waypost.store import Scope, Warehouse, append

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
ACTS = ("track", "page", "screen", "log", "row")
Said = dict[str, Any]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    made = Warehouse(None)
    yield made
    made.close()


def an_event(nr: int, name: str, kind: str = "track", source: str = "product", **said: object) -> Event:
    return Event(
        event_id=f"e{nr}",
        source=source,
        kind=Kind(kind),
        name=name,
        happened_at=NOON,
        received_at=NOON,
        person_id="ada",
        account_id="acme",
        actor=Actor.HUMAN,
        properties=msgspec.Raw(msgspec.json.encode(said)),
    )


def counted(warehouse: Warehouse, events: list[Event], *features: Said) -> dict[tuple[str, str], int]:
    """Return how often each feature was used by whom, as the engine says."""
    catalogue = Catalogue.from_document({"features": list(features)}, where="c.yaml")
    with warehouse.imagining() as writer:
        append(writer, events, zone="UTC")
        pairs = pl.DataFrame({"person_id": ["ada"], "day": [date(2026, 8, 3)]})
        restate_usage(writer, pairs, catalogue)
        rows = writer.ask("derive/everybody")
        assert rows.height or not events
        found = writer._cursor.execute("select feature, actor, n from usage_daily").fetchall()
    return {(feature, actor): n for feature, actor, n in found}


def a_feature(*match: Said, key: str = "a") -> Said:
    return {"key": key, "name": "A", "match": list(match)}


# The oracle: what a match means, read from the reference.


def value_of(said: object, path: str) -> str | None:
    for step in path.split("."):
        said = said.get(step) if isinstance(said, dict) else None
    if said is None:
        return None
    return said if isinstance(said, str) else msgspec.json.encode(said).decode()


def number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if isfinite(found) else None


def same(text: str | None, value: object) -> bool:
    return bool(text == value if isinstance(value, str) else text is not None and number(text) == value)


def fulfils(condition: Said, said: Said) -> bool:
    text = value_of(said, condition["property"])
    if "is" in condition:
        return same(text, condition["is"])
    if "is_not" in condition:
        return not same(text, condition["is_not"])
    if "one_of" in condition:
        return any(same(text, value) for value in condition["one_of"])
    if "exists" in condition:
        return (text is not None) is condition["exists"]
    found = number(text)
    return found is not None and bool(
        condition.get("at_least", found) <= found <= condition.get("at_most", found)
    )


def path_fits(template: str, event: Event, said: Said) -> bool:
    method, _, wanted = template.rpartition(" ")
    if event.kind == "log":
        asked, _, path = event.name.partition(" ")
        if method and method != asked:
            return False
    elif event.kind in ("page", "screen") and not method:
        told = event.name if event.name.startswith("/") else said.get("path", said.get("url"))
        if told is None:
            return False
        path = re.sub(r"^[a-z]+://[^/]*", "", told)
    else:
        return False
    steps, wants = (re.split("/", re.sub("[?#].*", "", each).rstrip("/")) for each in (path, wanted))
    if wants[-1] == "*":
        wants.pop()
        if len(steps) <= len(wants) or not "".join(steps[len(wants) :]):
            return False
        steps = steps[: len(wants)]
    return len(steps) == len(wants) and all(
        step == want or (want.startswith(":") and step) for step, want in zip(steps, wants, strict=True)
    )


def kind_fits(match: Said, event: Event) -> bool:
    by_pattern = "path" in match or match.get("ignore_case") or "*" in match.get("event", "*")
    if "table" in match:
        return event.kind == "row"
    if "kind" in match:
        return bool(match["kind"] == event.kind)
    return event.kind in ACTS or not by_pattern


def name_fits(match: Said, event: Event) -> bool:
    fold = str.casefold if match.get("ignore_case") else str
    name: str = match.get("table") or match.get("event") or "*"
    return bool(re.fullmatch(".*".join(re.escape(fold(part)) for part in name.split("*")), fold(event.name)))


def means(match: Said, event: Event) -> bool:
    said: Said = msgspec.json.decode(event.properties)
    where = match.get("where", [])
    return (
        kind_fits(match, event)
        and name_fits(match, event)
        and match.get("source", event.source) == event.source
        and ("path" not in match or path_fits(match["path"], event, said))
        and all(fulfils(each, said) for each in ([where] if isinstance(where, dict) else where))
    )


# Worlds: few words, so that much fits.

SCALARS = st.sampled_from(["a", "b", "3", 3, 3.0, 2.5, -1, True, None, "nan", {"deep": "a"}, ["a"]])
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "p": SCALARS,
        "q": SCALARS,
        "o": st.fixed_dictionaries({}, optional={"p": SCALARS}),
        "path": st.sampled_from(
            ["/orders/1/export", "/orders/1/export/", "/orders", "/orders/1/2/export", "/"]
        ),
        "url": st.sampled_from(["https://x.test/orders/7/export?y=1", "https://x.test"]),
    },
)
NAMES = (
    "Report Exported",
    "report exported",
    "Report Shared",
    "50%_off",
    "/orders/9/export",
    "GET /orders/:id/export",
    "POST /orders/:id/export",
    "POST /orders",
    "Orders",
)
VALUES = st.sampled_from(["a", "b", "3", "true", 3, 2.5])
OPERATORS: list[st.SearchStrategy[Said]] = [
    st.fixed_dictionaries({"is": VALUES}),
    st.fixed_dictionaries({"is_not": VALUES}),
    st.fixed_dictionaries({"one_of": st.lists(VALUES, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"at_least": st.sampled_from([-1, 2.5, 3])}),
    st.fixed_dictionaries({"at_most": st.sampled_from([-1, 2.5, 3])}),
    st.just({"at_least": 0, "at_most": 2.5}),
]
CONDITIONS = st.builds(
    lambda name, op: {"property": name, **op}, st.sampled_from(["p", "q", "o.p"]), st.one_of(OPERATORS)
)
WHO: list[st.SearchStrategy[Said]] = [
    st.fixed_dictionaries({"event": st.sampled_from(NAMES)}, optional={"ignore_case": st.just(value=True)}),
    st.fixed_dictionaries({"event": st.sampled_from(["*", "Report*", "*exported", "GET */export", "50%_*"])}),
    st.fixed_dictionaries(
        {
            "path": st.sampled_from(
                ["/orders/:id/export", "/orders", "/orders/*", "/:any/*", "POST /orders", "/"]
            )
        }
    ),
    st.just({"event": "Orders", "path": "/orders/:id/export"}),
    st.just({"table": "Orders"}),
    st.just({"source": "shop"}),
]
MATCHES = st.builds(
    lambda who, more: {**who, **more},
    st.one_of(WHO),
    st.fixed_dictionaries(
        {},
        optional={
            "source": st.sampled_from(["product", "shop"]),
            "where": st.one_of(CONDITIONS, st.lists(CONDITIONS, min_size=1, max_size=3)),
            "actor": st.just("automated"),
        },
    ),
)
EVENTS = st.builds(
    lambda name, kind, source, said: (name, kind, source, said),
    st.sampled_from(NAMES),
    st.sampled_from([*ACTS, "ticket"]),
    st.sampled_from(["product", "shop"]),
    PROPERTIES,
)


@examples(60)
@given(st.lists(EVENTS, min_size=1, max_size=12), st.lists(MATCHES, min_size=1, max_size=4, unique_by=str))
def test_the_engine_means_what_the_reference_says(
    warehouse: Warehouse, told: list[tuple[str, str, str, Said]], matches: list[Said]
) -> None:
    events = [an_event(nr, name, kind, source, **said) for nr, (name, kind, source, said) in enumerate(told)]
    expected: dict[tuple[str, str], int] = {}
    for event in events:
        first = next((match for match in matches if means(match, event)), None)
        if first:
            who = ("a", first.get("actor", "human"))
            expected[who] = expected.get(who, 0) + 1
    assert counted(warehouse, events, a_feature(*matches)) == expected


def test_an_event_that_two_matches_of_a_feature_mean_counts_once(warehouse: Warehouse) -> None:
    events = [an_event(1, "Report Exported", format="csv"), an_event(2, "Report Exported", format="pdf")]
    feature = a_feature(
        {"event": "Report Exported", "where": {"property": "format", "is": "csv"}, "actor": "automated"},
        {"event": "report*", "ignore_case": True},
    )
    assert counted(warehouse, events, feature) == {("a", "automated"): 1, ("a", "human"): 1}


def test_one_event_may_mean_several_features(warehouse: Warehouse) -> None:
    events = [an_event(1, "Report Exported", format="csv")]
    found = counted(
        warehouse, events, a_feature({"event": "Report Exported"}), a_feature({"event": "*Exported"}, key="b")
    )
    assert found == {("a", "human"): 1, ("b", "human"): 1}


def test_a_pattern_means_nothing_that_waypost_itself_told(warehouse: Warehouse) -> None:
    events = [an_event(1, "strayed", "signal"), an_event(2, "seen", "page")]
    assert counted(warehouse, events, a_feature({"event": "*"})) == {("a", "human"): 1}
    assert counted(warehouse, events, a_feature({"event": "*", "kind": "signal"})) == {("a", "human"): 1}


def test_a_setting_may_come_from_any_source_by_pattern(warehouse: Warehouse) -> None:
    setting = {
        "key": "sso",
        "name": "Single sign-on",
        "match": [
            {
                "event": "sso *",
                "ignore_case": True,
                "where": {"property": "done", "is": "true"},
                "value": "to",
            },
            {"table": "sso_enforced", "set_to": "enforced"},
        ],
    }
    catalogue = Catalogue.from_document({"settings": [setting]}, where="c.yaml")
    events = [
        an_event(1, "SSO changed", done=True, to="on"),
        an_event(2, "SSO changed", done=False, to="off"),
        an_event(3, "sso_enforced", "row"),
    ]
    with warehouse.imagining() as writer:
        append(writer, events, zone="UTC")
        assert fresh_settings(writer, -1, catalogue).rows() == [("ada", "acme")]
        restate_settings(writer, Scope(accounts=frozenset(["acme"])), catalogue)
        rows = writer._cursor.execute("select value, event_id from settings order by event_id").fetchall()
    assert rows == [("on", "e1"), ("enforced", "e3")]


def test_many_rules_with_conditions_are_read_by_the_engine_as_they_are(warehouse: Warehouse) -> None:
    once = (Where(property="p", equals="x"),)
    meant = {
        f"k{nr}": (Match(event=f"e{nr % 7}", where=once if nr % 2 else ()), Match(event=f"z{nr}"))
        for nr in range(40)
    }
    rules = rules_of(meant)
    question = """
        select sum(len(list_filter(alternatives, lambda a: len(list_filter(a.conditions, lambda c: c.op = 'in')) = 1)))
        from rules, range(1000)
    """
    with warehouse.imagining() as writer:
        writer._give({"rules": pl.concat([rules, rules])})
        answers = {writer._cursor.execute(question).fetchall()[0][0] for _ in range(20)}
    assert answers == {2 * 20 * 1000}
