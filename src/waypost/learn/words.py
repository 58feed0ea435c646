"""Odds in words: never without their interval and the number of people whose history they come from."""

from waypost.learn.sensing import EARLY_DAYS, Tried

#: What stands in place of odds until there is enough history.
RULE_USED = "not enough history: rule used"
LEAST_SAID = 0.01


def in_percent(odds: float) -> str:
    """Return odds in words: nobody is quite certain to be late, and nobody to be in time."""
    if odds < LEAST_SAID:
        return "under 1%"
    return "over 99%" if odds > 1 - LEAST_SAID else f"{round(odds * 100)}%"


def interval(low: float, high: float) -> str:
    """Return the interval of odds in words."""
    least, most = in_percent(low), in_percent(high)
    return least if least == most else f"{least} to {most}"


def said_of(
    odds: float | None, low: float | None, high: float | None, people: int | None, *, of: str = "people"
) -> str:
    """Return what somebody is judged by: their odds of being in time, or the rule of thumb where there are none."""
    if odds is None or low is None or high is None:
        return RULE_USED
    return f"{in_percent(odds)} likely in time ({interval(low, high)}), from {people or 0:,} {of} before"


def outdone_by(tried: Tried, *, of: str = "people") -> str:
    """Return why the rule of thumb is used though there are odds: how both did on people who came later."""
    odds, rule = tried.odds, tried.rule
    return (
        f"tried on {tried.people:,} {of} who came later, the odds were no better than the rule: they called "
        f"{odds.in_time:,} of {tried.strayed:,} strays {EARLY_DAYS} days ahead and {odds.for_nothing:,} {of} for "
        f"nothing, the rule {rule.in_time:,} and {rule.for_nothing:,}"
    )
