"""Whole numbers that add up: the largest-remainder method of Hamilton."""

from collections.abc import Sequence
from math import floor


def whole_parts(parts: Sequence[float], whole: int) -> list[int]:
    """Return integers close to `parts` whose sum is `whole`.

    Every part is rounded down, and what is missing to the whole goes to the largest remainders, one each and again from
    the start if more is missing (or taken from the smallest when the rounding went over). No parts give no numbers.
    """
    shares = [floor(part) for part in parts]
    if not parts:
        return shares
    order = sorted(range(len(parts)), key=lambda nr: (-(parts[nr] - shares[nr]), nr))
    missing = whole - sum(shares)
    if missing < 0:
        order.reverse()
    step = 1 if missing > 0 else -1
    for turn in range(abs(missing)):
        shares[order[turn % len(order)]] += step
    return shares
