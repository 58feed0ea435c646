"""What matters: which features and frequencies in the first days go with staying, proposed as clauses."""

from datetime import date
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from waypost.journey import Journey, Of
from waypost.learn import Matter, Matters, Verdict
from waypost.show import charts, words
from waypost.show.addresses import with_query
from waypost.show.rows import only
from waypost.show.rules import Rules
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

LANDMARKS = (30, 7, 60)
#: Where the people of a comparison are listed.
WHO = "/journeys/matter/who"
HEAD = [
    "journey", "by_day", "feature", "at_least", "adopters", "adopters_stayed", "others", "others_stayed", "lift",
    "adjusted", "low", "high", "share_of_luck", "beyond_activity", "beyond_low", "beyond_high", "verdict",
]  # fmt: skip


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is stored."""

    made_on: date
    report: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison as the page shows it; `asked` says where the journey asks for it already."""

    matter: Matter
    name: str
    often: str
    bar: Markup
    says: str
    asked: str
    add: str


def matter(visit: Visit) -> Response:
    """Draw what goes with staying, of one journey and landmark."""
    journey, by_day = chosen(visit)
    stored = report_of(visit, journey, by_day)
    report = msgspec.json.decode(stored.report, type=Matters) if stored else None
    found = report.found if report else []
    shown = [each.adjusted for each in found]
    scale = charts.scale_of([value for each in shown for value in (each.low, each.high)])
    rows = {
        verdict: [
            _row(visit.rules, journey, by_day, each, scale) for each in found if each.verdict is verdict
        ]
        for verdict in Verdict
    }
    return visit.page(
        "matter.html",
        journey=journey,
        journeys=[each for each in visit.rules.journeys.values() if each.of is Of.PEOPLE],
        by_day=by_day,
        landmarks=sorted(LANDMARKS),
        report=report,
        made_on=stored.made_on if stored else None,
        beyond=rows[Verdict.BEYOND_ACTIVITY],
        along=rows[Verdict.WITH_ACTIVITY],
        unclear=rows[Verdict.UNCLEAR],
        who_href=who_href,
        axis=charts.span_axis(scale, lambda share: words.signed(100 * share)),
    )


def matter_csv(visit: Visit) -> Response:
    """Send every comparison that was made as a file."""
    journey, by_day = chosen(visit)
    stored = report_of(visit, journey, by_day)
    found = msgspec.json.decode(stored.report, type=Matters).found if stored else []
    key = journey.key if journey else ""
    rows = [[key, by_day, *_cells(each)] for each in found]
    return csv_response(f"matter-{key}-{by_day}.csv", HEAD, rows)


def as_often(at_least: int) -> str:
    """Return how often, at least, in words."""
    return "once or more" if at_least == 1 else f"{at_least} times or more"


def who_href(journey: str, by_day: int, each: Matter, side: str, *, stayed: bool = False) -> str:
    """Return where those of one side of a comparison (users or others) are listed, all or who stayed."""
    query = {
        "journey": journey,
        "by": str(by_day),
        "feature": each.feature,
        "at_least": str(each.at_least),
        "side": side,
        "stayed": "yes" if stayed else None,
    }
    return with_query(WHO, query)


def _cells(each: Matter) -> list[object]:
    adjusted, beyond = each.adjusted, each.beyond
    return [
        each.feature, each.at_least, each.adopters.people, each.adopters.stayed, each.others.people, each.others.stayed,
        each.lift, adjusted.value, adjusted.low, adjusted.high, adjusted.q, beyond.value, beyond.low, beyond.high,
        each.verdict.value,
    ]  # fmt: skip


def chosen(visit: Visit) -> tuple[Journey | None, int]:
    """Return the journey and the landmark (days) that the address asks for, else the first ones."""
    journeys = {key: each for key, each in visit.rules.journeys.items() if each.of is Of.PEOPLE}
    first = next(iter(journeys.values()), None)
    said = visit.asked("by")
    by_day = int(said) if said.isdigit() and int(said) in LANDMARKS else LANDMARKS[0]
    return journeys.get(visit.asked("journey"), first), by_day


def report_of(visit: Visit, journey: Journey | None, by_day: int) -> Stored | None:
    """Return the newest report of a journey and landmark, None when nothing was compared yet."""
    if journey is None:
        return None
    asked = {"journey": journey.key, "by_day": by_day}
    return only(visit.desk.warehouse.ask("show/matters", asked), Stored)


def _row(rules: Rules, journey: Journey | None, by_day: int, each: Matter, scale: charts.Scale) -> Row:
    feature = rules.catalogue.feature(each.feature)
    found = each.adjusted
    low, high = (words.signed(100 * value) for value in (found.low, found.high))
    says = f"{words.signed(100 * found.value)} points, {low} to {high}"
    clear = each.verdict is not Verdict.UNCLEAR
    tone = "" if not clear else "up" if found.value > 0 else "down"
    query = urlencode({"add_feature": each.feature, "at_least": each.at_least, "by_day": by_day})
    proposed = journey is not None and clear and found.value > 0
    return Row(
        matter=each,
        name=feature.name if feature else each.feature.replace("_", " ").capitalize(),
        often=as_often(each.at_least),
        bar=charts.span_cell((found.low, found.value, found.high), scale, says=says, tone=tone),
        says=f"{low} to {high}",
        asked=_asked(journey, each, by_day) if journey else "",
        add=f"/journeys/{journey.key}/edit?{query}" if journey and proposed else "",
    )


def _asked(journey: Journey, each: Matter, by_day: int) -> str:
    """Return where a journey asks for as much of a feature by the same day or earlier."""
    for milestone in journey.fixed:
        in_time = (milestone.by_day or 0) <= by_day
        for clause in milestone.clauses:
            if in_time and clause.feature == each.feature and (clause.at_least or 0) >= each.at_least:
                return milestone.name
    return ""
