"""Coverage of features: which sources see each, whom of its people, and how far they agree."""

from collections import defaultdict
from datetime import timedelta

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tale import CATALOGUE, Tale
from waypost.measure import Agreement, Catalogue, FeatureCoverage, Sight, Span, feature_coverage

RULES = Catalogue.from_document(CATALOGUE, where="c.yaml")
Sent = tuple[str, str | None, int]


def covered(sent: list[Sent]) -> list[FeatureCoverage]:
    """Return the coverage of uses of export: the source, who, and on how many days before the last."""
    tale = Tale("acme").joins("ada").joins("ben").on_day(20)
    export = tale.an_event("track", "export")
    tale.told(
        *(
            msgspec.structs.replace(
                export,
                event_id=str(nr),
                source=source,
                person_id=person,
                happened_at=export.happened_at - timedelta(days=back),
            )
            for nr, (source, person, back) in enumerate(sent)
        )
    )
    tale.round()
    found = feature_coverage(tale.workspace.warehouse, RULES, Span.up_to(tale.clock.at.date()))
    tale.workspace.close()
    return found


def test_two_sources_agree_about_the_days_on_which_both_saw_a_person() -> None:
    (export,) = covered(
        [
            *[("web", "ada", 0), ("web", "ada", 0), ("web", "ada", 1), ("web", "ben", 1)],
            *[("db", "ada", 1), ("db", "ada", 2), ("db", None, 0)],
        ]
    )
    assert (export.key, export.people, export.days) == ("export", 2, 4)
    web = Sight(source="web", n=4, n_nobody=0, people=2, days=3)
    assert export.sights == (web, Sight(source="db", n=3, n_nobody=1, people=1, days=2))
    assert export.agreements == (Agreement(source="db", other="web", both=1, either=4, minutes=1),)
    assert (export.share(web), export.agreements[0].share) == (1.0, 0.25)


def test_a_source_that_names_nobody_agrees_with_nobody_and_that_is_unknown() -> None:
    (export,) = covered([("db", None, 0), ("web", None, 1)])
    assert (export.people, export.agreements[0].share, export.share(export.sights[0])) == (0, None, None)


def test_nothing_that_came_in_is_no_coverage() -> None:
    assert covered([]) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["app", "db", "web"]), st.sampled_from(["ada", "ben", None]), st.integers(0, 3)
        ),
        min_size=1,
        max_size=14,
    )
)
def test_counts_are_those_of_sets_of_people_and_days(sent: list[Sent]) -> None:
    (export,) = covered(sent)
    days: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for source, person, back in sent:
        days[source] |= {(person, back)} if person else set()
    assert export.days == len(set().union(*days.values()))
    for sight in export.sights:
        mine = days[sight.source]
        assert (sight.days, sight.people) == (len(mine), len({person for person, _ in mine}))
        assert sight.n == sum(source == sight.source for source, *_ in sent)
        assert sight.n_nobody == sum(source == sight.source and not person for source, person, _ in sent)
    for pair in export.agreements:
        one, two = days[pair.source], days[pair.other]
        assert (pair.both, pair.either) == (len(one & two), len(one | two))
