"""What the rules of a source say of a request as a whole."""

from waypost.collect.family import RefusedError
from waypost.collect.refusals import TurnedAway
from waypost.collect.source_rules import SourceRules

KB = 1_024


def turned_away(rules: SourceRules, *, origin: str, n_bytes: int) -> RefusedError | None:
    """Return why a request of this size from a page of this origin ("" when no page sent it) may not be heard."""
    if rules.origins and origin and origin not in rules.origins:
        return RefusedError(TurnedAway.WRONG_ORIGIN, rules.source)
    limits = rules.limits
    if limits.body_kb is not None and n_bytes > limits.body_kb * KB:
        detail = f"the request is over {limits.body_kb} KB, which is the limit of its source"
        return RefusedError(TurnedAway.BODY_TOO_LARGE, rules.source, detail)
    return None
