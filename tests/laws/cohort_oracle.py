"""Retention, funnels and first paths, worked out slowly and plainly: person by person, over lists of single uses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles


@dataclass(frozen=True)
class Use:
    """One use that counts."""

    person: str
    account: str
    feature: str
    at: datetime

    def who(self, unit: str) -> str:
        return self.person if unit == "people" else self.account


@dataclass(frozen=True)
class Access:
    """One membership: who got access where, and since when they have their last role."""

    person: str
    account: str
    role: str | None
    day: date


def period_of(day: date, grain: str) -> date:
    """Return the first day of the period in which a day lies."""
    if grain == "week":
        while day.isoweekday() != 1:
            day -= timedelta(days=1)
    elif grain == "month":
        while day.day != 1:
            day -= timedelta(days=1)
    return day


def periods_between(first: date, last: date, grain: str) -> int:
    """Count the periods that begin after `first` and until `last`."""
    count, day = 0, first
    while day < last:
        day += timedelta(days=1)
        count += period_of(day, grain) == day
    return count


def starts(
    uses: list[Use], given: list[Access], unit: str, start: str, feature: str | None
) -> dict[str, date]:
    """Return the first day of everybody."""
    found: dict[str, date] = {}
    if start == "provisioned":
        days = [(each.person if unit == "people" else each.account, each.day) for each in given]
    else:
        days = [(each.who(unit), each.at.date()) for each in uses if feature in (None, each.feature)]
    for who, day in days:
        found[who] = min(day, found.get(who, day))
    return found


def return_days(uses: list[Use], who: str, unit: str, feature: str | None, begun: date) -> list[date]:
    """Return the days on which somebody came back, their first day included."""
    mine = {use.at.date() for use in uses if use.who(unit) == who and feature in (None, use.feature)}
    return sorted(day for day in mine if day >= begun)


def silent_after(days: list[date], begun: date, quiet: int, today: date) -> tuple[int, bool] | None:
    """Return for how many days somebody was watched, and whether they were gone then; None when begun too lately."""
    last_watched = today - timedelta(days=quiet)
    if begun > last_watched:
        return None
    seen = {begun, *days}
    day = begun
    while day <= last_watched:
        if day in seen and not any(day + timedelta(days=n) in seen for n in range(1, quiet + 1)):
            return (day - begun).days, True
        day += timedelta(days=1)
    return (last_watched - begun).days, False


def staying(watched: list[tuple[int, bool]]) -> dict[int, float]:
    """Return the share that stays beyond each day on which somebody was gone: Kaplan and Meier's product."""
    found, value = {}, 1.0
    for day in sorted({day for day, gone in watched if gone}):
        at_risk = sum(each >= day for each, _ in watched)
        lost = sum(each == day and gone for each, gone in watched)
        value *= 1 - lost / at_risk
        found[day] = value
    return found


def walk_in_order(
    uses: list[Use], who: str, unit: str, steps: list[str | None], window: timedelta, span: tuple[date, date]
) -> list[datetime]:
    """Return when somebody did each step after the one before; empty when they never entered."""
    mine = sorted((use for use in uses if use.who(unit) == who), key=lambda use: use.at)
    done: list[datetime] = []
    for nr, step in enumerate(steps):
        fits = [use.at for use in mine if step in (None, use.feature) and use.at.date() >= span[0]]
        if nr == 0:
            fits = [at for at in fits if at.date() <= span[1]][:1]
        elif steps[nr - 1] == step:
            fits = [at for at in fits if at > done[-1]]
        else:
            fits = [at for at in fits if at >= done[-1]]
        if not fits or (done and fits[0] > done[0] + window):
            break
        done.append(fits[0])
    return done


def walk_in_any_order(
    uses: list[Use], who: str, unit: str, steps: list[str | None], window: timedelta, span: tuple[date, date]
) -> tuple[datetime, list[datetime]] | None:
    """Return when somebody entered, and when they first did each step until one that they never did in time."""
    mine = [use for use in uses if use.who(unit) == who and use.at.date() >= span[0]]
    firsts = [min((use.at for use in mine if step in (None, use.feature)), default=None) for step in steps]
    known = [at for at in firsts if at is not None]
    if not known or min(known).date() > span[1]:
        return None
    done = []
    for at in firsts:
        if at is None or at > min(known) + window:
            break
        done.append(at)
    return min(known), done


def quartiles(times: list[float]) -> tuple[float, ...]:
    """Return the three quartiles, by straight lines between the ranks (R's type 7)."""
    return tuple(times * 3) if len(times) == 1 else tuple(quantiles(times, n=4, method="inclusive"))
