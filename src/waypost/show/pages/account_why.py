"""The panel that says why health changed: the chosen period, the history line, and the reasons as a waterfall."""

from datetime import date, timedelta

import msgspec
from markupsafe import Markup

from waypost.score import Reason
from waypost.show import charts, words
from waypost.show.addresses import account_address
from waypost.show.rules import Rules
from waypost.show.visit import Visit
from waypost.show.why import Change, change_of, every_day, sum_line

PERIODS = (("7d", "7 days", 7), ("30d", "30 days", 30), ("90d", "90 days", 90))
FURTHEST = 730
SMALL = "small"


class ReasonRow(msgspec.Struct, frozen=True, kw_only=True):
    """One reason as the table shows it: its bar and the page that lists its events."""

    reason: Reason
    bar: Markup
    href: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn when there are two scores to compare."""

    rows: list[ReasonRow]
    head: Markup
    start_bar: Markup
    end_bar: Markup
    wide: Markup
    narrow: Markup
    sum_line: str
    scorecard: str


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """The whole panel; `first` and `last` are shown whole points, None when there is nothing to compare."""

    since: date
    period: str
    first: int | None
    last: int | None
    first_on: date
    band: str
    withheld: str | None
    reasons: list[Reason]
    drawn: Drawn | None

    @property
    def title(self) -> str:
        """The panel's title: a question answered."""
        if self.first is None or self.last is None:
            return "Why health is not shown" if self.withheld else "Health has no history yet"
        if self.first == self.last:
            return f"Why health stayed at {self.last}"
        return f"Why health went from {self.first} to {self.last}"

    @property
    def lower(self) -> int:
        """How many points lower the score is now (negative: higher)."""
        return (self.first or 0) - (self.last or 0)


def why_of(visit: Visit, account_id: str, rules: Rules) -> Why:
    """Return why an account's score changed over the period that the address names (30 days by default)."""
    since, period = period_of(visit)
    change = change_of(visit, rules, account_id, since)
    ends, last = change.shown, change.last
    return Why(
        since=since,
        period=period,
        first=ends[0] if ends else None,
        last=ends[1] if ends else None,
        first_on=change.first.on_day if change.first else since,
        band=last.band if last else "none",
        withheld=last.withheld if last else None,
        reasons=change.reasons,
        drawn=_drawn(visit, account_id, change, rules) if ends else None,
    )


def period_of(visit: Visit) -> tuple[date, str]:
    """Return the first day of the period in the address and the period's key; an unreadable one is 30 days."""
    said = visit.asked("since", "30d")
    for key, _, days in PERIODS:
        if said == key:
            return visit.today - timedelta(days=days), key
    try:
        chosen = date.fromisoformat(said)
    except ValueError:
        return visit.today - timedelta(days=30), "30d"
    latest, earliest = visit.today - timedelta(days=1), visit.today - timedelta(days=FURTHEST)
    kept = min(max(chosen, earliest), latest)
    return kept, kept.isoformat()


def _drawn(visit: Visit, account_id: str, change: Change, rules: Rules) -> Drawn | None:
    ends, first, last = change.shown, change.first, change.last
    if ends is None or first is None or last is None:
        return None
    totals = [float(ends[0])]
    for reason in change.reasons:
        totals.append(totals[-1] + reason.shown)
    run = charts.run_of(totals)
    posts = [
        charts.Post(letter=reason.letter, on_day=reason.on_day, up=reason.points > 0)
        for reason in change.reasons
        if reason.letter
    ]
    days = every_day(change, visit.today)
    limits = rules.limits(last.scorecard)
    says = f"Health from {words.day(first.on_day)} to {words.day(visit.today)}: from {ends[0]} to {ends[1]}."
    return Drawn(
        rows=[
            ReasonRow(
                reason=reason,
                bar=charts.reason_cell(run, totals[nr], totals[nr + 1]),
                href=f"{account_address(account_id)}/reasons/{reason.letter or SMALL}?since={first.on_day}",
            )
            for nr, reason in enumerate(change.reasons)
        ],
        head=charts.head_cell(run),
        start_bar=charts.total_cell(run, ends[0], first=True),
        end_bar=charts.total_cell(run, ends[1], first=False),
        wide=charts.history(days, posts, limits, says, charts.WIDE),
        narrow=charts.history(days, posts, limits, says, charts.NARROW),
        sum_line=sum_line(ends[0], ends[1], [reason.shown for reason in change.reasons]),
        scorecard=f"{rules.scorecard_name(last.scorecard)}, version {last.version}",
    )
