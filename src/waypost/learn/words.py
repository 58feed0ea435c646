"""Odds in words: never without their interval and the number of people whose history they come from."""

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
