from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from waypost.core import Event, Kind
from waypost.measure import Catalogue, Span, restate_usage, together, twins
from waypost.measure.catalogue_match import Match
from waypost.measure.catalogue_proposals import template_of
from waypost.measure.catalogue_rules import rules_of
from waypost.store import Warehouse, append

TODAY = date(2026, 8, 28)


def seen(*rows: tuple[str, str, int, int]) -> pl.DataFrame:
    """Return names as `seen_events` does: kind, name, n, n_left."""
    return pl.DataFrame(rows, schema=["kind", "name", "n", "n_left"], orient="row")


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("/orders/123/export", "/orders/:id/export"),
        ("/orders/123/456", "/orders/:id/:id"),
        ("/orders/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/orders/:id"),
        ("/people/ada@acme.test/edit", "/people/:id/edit"),
        ("/orders/deadbeef", "/orders/deadbeef"),
        ("/orders/deadbeef01", "/orders/:id"),
        ("GET /orders/export", "GET /orders/export"),
        ("Order 123 viewed", "Order :id viewed"),
        ("Step 2", "Step :id"),
        ("mp3 played", "mp3 played"),
    ],
)
def test_ids_become_one_step(name: str, template: str) -> None:
    assert template_of(name) == template


def test_names_that_differ_only_by_case_are_one_group() -> None:
    found = twins(
        seen(
            ("track", "Report Exported", 9, 0), ("track", "report exported", 3, 3), ("track", "Shared", 1, 1)
        )
    )
    assert [(each.names, each.n, each.n_left, each.by_id) for each in found] == [
        (("Report Exported", "report exported"), 12, 3, False)
    ]
    assert found[0].match() == {"event": "Report Exported", "kind": "track", "ignore_case": True}


def test_other_separators_are_the_same_name_that_no_one_match_means() -> None:
    [found] = twins(seen(("track", "Report Exported", 9, 9), ("track", "report_exported", 3, 3)))
    assert found.names == ("Report Exported", "report_exported")
    assert found.match() is None


def test_paths_that_differ_only_by_id_become_one_template_that_means_all_of_them() -> None:
    names = ["/orders/123/export", "/orders/456/export", "/orders/7/export"]
    [found] = twins(seen(*[("page", name, 2, 2) for name in names], ("page", "/orders/7", 1, 1)))
    assert found.by_id
    assert found.match() == {"path": "/orders/:id/export", "kind": "page"}
    known = pl.DataFrame({"kind": ["page"] * 3, "name": names})
    assert sorted(
        rules_of({"a": (Match(path="/orders/:id/export", kind=Kind.PAGE),)}, known)["name"]
    ) == sorted(names)


def test_names_with_numbers_in_them_become_a_pattern() -> None:
    [found] = twins(seen(("track", "Order 12 viewed", 2, 2), ("track", "Order 9 viewed", 1, 1)))
    assert found.match() == {"event": "Order * viewed", "kind": "track"}


def test_names_that_all_mean_something_and_names_of_other_kinds_are_no_group() -> None:
    assert twins(seen(("track", "A b", 1, 0), ("track", "a B", 1, 0))) == []
    assert twins(seen(("track", "A b", 1, 1), ("page", "a B", 1, 1))) == []


# With which feature a name goes.


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    """Two weeks at Acme: on 12 days Ada prints and exports, on 2 she prints only; Ben exports on 3 days."""
    made = Warehouse(None)
    told = [*[("ada", "print", nr) for nr in range(7)] * 2, *[("ada", "export", nr) for nr in range(6)]]
    told += [(f"p{nr}", "print", 1) for nr in range(6)] + [(f"p{nr}", "export", 1) for nr in range(6)]
    told += [(f"q{nr}", "sign_in", nr % 7) for nr in range(40)] + [("ben", "rare", 1), ("ben", "export", 1)]
    with made.writing() as writer:
        append(writer, [_event(nr, *each) for nr, each in enumerate(told)], zone="UTC")
        names = ("export", "sign_in")
        features = [{"key": name, "name": name, "match": [{"event": name}]} for name in names]
        days = {(who, TODAY - timedelta(days=ago)) for who, _name, ago in told}
        pairs = pl.DataFrame(sorted(days), schema=["person_id", "day"], orient="row")
        restate_usage(writer, pairs, Catalogue.from_document({"features": features}, where="c"))
    yield made
    made.close()


def _event(nr: int, who: str, name: str, days_ago: int) -> Event:
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=days_ago)
    return Event(
        event_id=f"e{nr}",
        source="product",
        kind=Kind.TRACK,
        name=name,
        happened_at=moment,
        received_at=moment,
        person_id=who,
        account_id="acme",
    )


def test_a_name_goes_with_the_feature_that_is_used_on_the_same_days(warehouse: Warehouse) -> None:
    asked = pl.DataFrame({"source": ["product"] * 2, "kind": ["track"] * 2, "name": ["print", "rare"]})
    found = together(warehouse, asked, Span.up_to(TODAY))
    assert list(found) == [("product", "track", "print")]
    goes = found["product", "track", "print"]
    # 13 days of print (7 of Ada, one of each p), 12 of them with export; export on 13 of all 54 active days.
    assert (goes.feature, goes.both, goes.days) == ("export", 12, 13)
    assert goes.share == pytest.approx(12 / 13)
    assert goes.share_at_all == pytest.approx(13 / 54)


def test_nothing_asked_is_nothing_found(warehouse: Warehouse) -> None:
    asked = pl.DataFrame(schema={"source": pl.String, "kind": pl.String, "name": pl.String})
    assert together(warehouse, asked, Span.up_to(TODAY)) == {}
