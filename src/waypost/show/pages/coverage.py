"""Coverage of features: which sources see each, whom of its people, and how far they agree."""

from starlette.responses import Response

from waypost.measure import FeatureCoverage, Span, feature_coverage
from waypost.show.kept import Keeping
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

#: Two sources that agree about less of the days than this are worth a look.
FEW = 0.8


def page(visit: Visit) -> Response:
    """Draw the features, those first that several sources see and agree on least."""
    rules = visit.rules.catalogue
    found = sorted(_coverage(visit), key=_order)
    seen = {each.key for each in found}
    return visit.page(
        "coverage.html",
        found=found,
        names={each.key: each.name for each in rules.features},
        unseen=[each for each in rules.features if each.key not in seen],
        several=sum(len(each.sights) > 1 for each in found),
        odd=sum(_least(each) < FEW for each in found),
        few=FEW,
    )


def page_csv(visit: Visit) -> Response:
    """Send what each source saw of each feature as a file."""
    head = ["feature", "source", "events", "events_without_person", "people", "people_of_all", "person_days"]
    rows = [
        [each.key, sight.source, sight.n, sight.n_nobody, sight.people, each.people, sight.days]
        for each in _coverage(visit)
        for sight in each.sights
    ]
    return csv_response("coverage.csv", head, rows)


def agreement_csv(visit: Visit) -> Response:
    """Send how far each two sources agree about each feature as a file."""
    head = [
        "feature",
        "source",
        "other_source",
        "person_days_of_both",
        "person_days_of_either",
        "minutes_of_both",
    ]
    rows = [
        [each.key, pair.source, pair.other, pair.both, pair.either, pair.minutes]
        for each in _coverage(visit)
        for pair in each.agreements
    ]
    return csv_response("agreement.csv", head, rows)


def _coverage(visit: Visit) -> list[FeatureCoverage]:
    return feature_coverage(Keeping(visit), visit.rules.catalogue, Span.up_to(visit.today))


def _order(each: FeatureCoverage) -> tuple[float, str]:
    return (_least(each) if len(each.sights) > 1 else 2.0, each.key)


def _least(each: FeatureCoverage) -> float:
    """Return the smallest agreement of two of a feature's sources; 1 where no two can be compared."""
    return min((pair.share for pair in each.agreements if pair.share is not None), default=1.0)
