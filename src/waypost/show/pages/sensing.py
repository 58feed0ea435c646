"""Sensing: how early and how rightly strays of a journey are seen coming, by odds and by the rule of thumb."""

from datetime import date

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from waypost.journey import Journey, Of
from waypost.learn import EARLY_DAYS, ENTER_BELOW, FOR_NOTHING, Alarm, Bin, Sensing, Share, Tried
from waypost.show import charts, words
from waypost.show.pages.odds import journey_of
from waypost.show.rows import only
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

HEAD = ["what", "by", "from", "until", "mean_odds", "count", "of", "accounts", "share", "low", "high"]


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is stored."""

    version: int
    made_on: date
    report: str


def sensing(visit: Visit) -> Response:
    """Draw the report of one journey."""
    journey = journey_of(visit)
    stored = _stored(visit)
    report = msgspec.json.decode(stored.report, type=Sensing) if stored else None
    judged = report if report and report.odds else None
    return visit.page(
        "sensing.html",
        journey=journey,
        of_people=journey.of is Of.PEOPLE,
        stored=stored,
        report=judged,
        rows=_compared(),
        early_days=EARLY_DAYS,
        used=_used(judged, journey) if judged else "",
        tried=_in_order(judged, journey) if judged else [],
        for_nothing=FOR_NOTHING,
        enter=ENTER_BELOW,
        off=_off(judged) if judged else None,
        curve=_curve(judged) if judged else Markup(""),
        milestones=[each.name for each in journey.fixed if judged and each.key in judged.milestones],
        left_out=[each.name for each in journey.fixed if judged and each.key not in judged.milestones],
    )


def sensing_csv(visit: Visit) -> Response:
    """Send the numbers of the report as a file."""
    journey = journey_of(visit)
    stored = _stored(visit)
    rows: list[list[object]] = []
    if stored:
        report = msgspec.json.decode(stored.report, type=Sensing)
        for by, alarm in (("odds", report.odds), ("rule", report.rule)):
            if alarm:
                rows += [_said(name, by, found) for name, found in _shares(alarm).items()]
                rows.append(
                    [
                        "lead_days",
                        by,
                        alarm.lead_low,
                        alarm.lead_high,
                        None,
                        None,
                        None,
                        None,
                        alarm.lead_days,
                    ]
                )
        rows += [row for each in report.tried for row in _called(each)]
        rows += [_binned(each) for each in report.bins]
    return csv_response(f"sensing-{journey.key}.csv", HEAD, rows)


def _stored(visit: Visit) -> Stored | None:
    asked = {"journey": visit.request.path_params["journey"]}
    return only(visit.desk.warehouse.ask("show/sensing", asked), Stored)


def _compared() -> list[tuple[str, str, str]]:
    """Return the rows that set odds beside the rule: what, its explanation, and which share of an alarm it is."""
    return [
        ("Called at risk who then strayed", "Precision: the others were called for nothing.", "precision"),
        ("Strays called before they strayed", "Recall: the others came without warning.", "recall"),
        (f"Strays called {EARLY_DAYS} days before or earlier", "In time to do something.", "early"),
    ]


def _shares(alarm: Alarm) -> dict[str, Share]:
    return {"precision": alarm.precision, "recall": alarm.recall, "early": alarm.early}


def _said(name: str, by: str, found: Share) -> list[object]:
    return [
        name,
        by,
        None,
        None,
        None,
        found.count,
        found.of,
        found.accounts,
        found.share,
        found.low,
        found.high,
    ]


def _binned(each: Bin) -> list[object]:
    met = each.met
    found = [met.count, met.of, met.accounts, met.share, met.low, met.high]
    return ["calibration", "odds", each.low, each.high, each.odds, *found]


def _called(tried: Tried) -> list[list[object]]:
    """Return what odds and rule called at a milestone, of those who strayed and of those who did not."""
    kept = tried.people - tried.strayed
    return [
        [f"{what}: {tried.milestone}", by, None, None, None, count, of, None, None, None, None]
        for by, called in (("odds", tried.odds), ("rule", tried.rule))
        for what, count, of in (
            ("called_in_time", called.in_time, tried.strayed),
            ("called_for_nothing", called.for_nothing, kept),
        )
    ]


def _in_order(report: Sensing, journey: Journey) -> list[Tried]:
    """Return how odds and rule did, milestone after milestone as the journey has them."""
    places = {each.key: nr for nr, each in enumerate(journey.fixed)}
    return sorted(report.tried, key=lambda each: places.get(each.milestone, len(places)))


def _used(report: Sensing, journey: Journey) -> str:
    """Return by what people are called at risk, in a sentence."""
    names = {each.key: each.name for each in journey.fixed}
    outdone = [
        names.get(each.milestone, each.milestone) for each in _in_order(report, journey) if each.outdone
    ]
    if not outdone:
        return "The odds are used: they did better than the rule of thumb"
    if len(outdone) == len(report.tried):
        return "The rule of thumb is used: the odds were no better"
    said = " and ".join(outdone)
    return f"The odds are used, but for {said} the rule of thumb: the odds were no better there"


def _off(report: Sensing) -> float:
    """Return by how many points the odds were off, on the mean over all mornings."""
    apart = sum(each.met.of * abs(each.odds - (each.met.share or 0.0)) for each in report.bins)
    return 100 * apart / max(sum(each.met.of for each in report.bins), 1)


def _curve(report: Sensing) -> Markup:
    points = [
        charts.Calibrated(
            said=each.odds,
            came=each.met.share or 0.0,
            low=each.met.low or 0.0,
            high=each.met.high if each.met.high is not None else 1.0,
            name=f"{words.percent(each.odds)} said, {words.percent(each.met.share)} came",
        )
        for each in report.bins
    ]
    return charts.calibration(points, "What the odds said against the share who were in time")
