from datetime import date, timedelta
from typing import Any

import polars as pl

from tests.tale import CATALOGUE, FIRST, Tale
from waypost.measure import (
    Catalogue,
    Span,
    Tally,
    event_samples,
    meanings,
    noise_counts,
    seen_events,
    tallies,
    tallies_between,
    whose,
)


def catalogue(**changes: Any) -> Catalogue:  # noqa: ANN401 -- any part of the document
    return Catalogue.from_document({**CATALOGUE, **changes}, where="c.yaml")


def a_month() -> Tale:
    tale = Tale("acme").joins("ada").joins("ben").by("ada")
    tale.uses("export", 3).uses("print", 2).sets("schedule", "on").sets("colour", "red")
    tale.on_day(20).by("ben").uses("print", format="pdf").uses("beep", 4)
    tale.by(None).uses("print").by("ben")
    tale.round()
    return tale


def last_28(tale: Tale) -> Span:
    return Span.up_to(tale.clock.at.date())


def test_the_span_is_28_days_with_today_and_the_last_14_are_recent() -> None:
    span = Span.up_to(date(2026, 8, 28))
    assert (span.since, span.recent, span.until) == (date(2026, 8, 1), date(2026, 8, 15), date(2026, 8, 29))


def test_every_name_tells_how_much_of_it_means_something() -> None:
    tale = a_month()
    found = seen_events(tale.workspace.warehouse, catalogue(noise=[{"event": "beep"}]), last_28(tale))
    assert found.select("name", "n", "n_recent", "n_left", "is_noise").rows() == [
        ("beep", 4, 4, 0, True),
        ("print", 4, 2, 4, False),
        ("export", 3, 0, 0, False),
        ("set", 2, 0, 1, False),
    ]
    assert found.filter(name="print")["first_on"].to_list() == [FIRST]


def test_the_sample_of_a_name_is_of_the_events_that_mean_nothing() -> None:
    tale = a_month().on_day(21).sets("schedule", "off")
    tale.round()
    found = seen_events(tale.workspace.warehouse, catalogue(), last_28(tale)).filter(name="set")
    held = event_samples(tale.workspace.warehouse, found["latest"].to_list())
    assert list(held.values()) == ['{"setting":"colour","to":"red"}']
    assert event_samples(tale.workspace.warehouse, []) == {}


def test_events_before_the_span_are_not_seen() -> None:
    tale = a_month()
    later = Span.up_to(FIRST + timedelta(days=40))
    found = seen_events(tale.workspace.warehouse, catalogue(), later)
    assert sorted(found["name"]) == ["beep", "print"]


def test_a_tally_counts_as_usage_does_and_says_which_events_would_not_count() -> None:
    tale = a_month()
    names = pl.DataFrame({"kind": ["track"], "name": ["print"]})
    prints = catalogue(features=[{"key": "a", "name": "A", "match": [{"event": "pr*"}]}]).features[0].match
    found = tallies(tale.workspace.warehouse, {"print": prints, "none": ()}, names, last_28(tale))
    assert found["print"] == Tally(n=4, uses=3, n_automated=0, people=2, accounts=1)
    assert found["none"] == Tally()


def test_before_and_after_are_told_of_the_features_that_change() -> None:
    tale = a_month()
    features = [*CATALOGUE["features"][1:], {"key": "print", "name": "Prints", "match": [{"event": "print"}]}]
    features[0] = {**features[0], "match": [{"event": "export"}, {"event": "print"}]}
    names = pl.DataFrame(schema={"kind": pl.String, "name": pl.String})
    asks, span = tale.workspace.warehouse, last_28(tale)
    found = tallies_between(asks, catalogue(), catalogue(features=features), names, span)
    assert [(name, before.uses, after.uses) for name, before, after in found] == [
        ("Sign-ins", 0, 0),
        ("Reports exported", 3, 6),
        ("Prints", 0, 3),
    ]
    tale.publishes({**CATALOGUE, "features": features}).round()
    now = dict(tale.rows("select feature, sum(n)::int from usage_daily group by feature"))
    assert now == {"export": 6, "print": 3}


def test_before_and_after_are_told_of_settings_and_noise_too() -> None:
    tale = a_month()
    names = pl.DataFrame(schema={"kind": pl.String, "name": pl.String})
    schedule = {"key": "schedule", "name": "Schedule", "match": [{"event": "beep", "value": "to"}]}
    after = catalogue(settings=[*CATALOGUE["settings"][1:], schedule], noise=[{"event": "print"}])
    found = tallies_between(tale.workspace.warehouse, catalogue(), after, names, last_28(tale))
    counted = {name: (before.n, after.n) for name, before, after in found}
    assert counted["Schedule"][1] == 4
    assert counted["Noise"] == (0, 4)


def test_each_name_is_told_with_what_it_may_mean() -> None:
    tale = a_month()
    rules = catalogue(noise=[{"event": "beep"}])
    seen = seen_events(tale.workspace.warehouse, rules, last_28(tale))
    means = {name: keys for (_, _, name), keys in meanings(seen, rules).items()}
    assert means["export"] == {"export"}
    assert means["beep"] == {"noise"}
    assert "print" not in means


def test_noise_is_counted_by_match_with_conditions_or_without() -> None:
    tale = a_month()
    noise = [
        {"event": "b*p"},
        {"event": "print", "where": {"property": "format", "is": "pdf"}},
        {"event": "x"},
    ]
    asks, span, quiet = tale.workspace.warehouse, last_28(tale), catalogue(noise=noise)
    found = noise_counts(asks, quiet, seen_events(asks, quiet, span), span)
    assert [n for _match, n in found] == [4, 1, 0]


def test_whose_events_are_is_told_by_name() -> None:
    tale = a_month()
    asks, span = tale.workspace.warehouse, last_28(tale)
    found = whose(asks, seen_events(asks, catalogue(), span), span)
    tally = found["product", "track", "print"]
    assert (tally.n, tally.people, tally.accounts) == (4, 2, 1)
