"""The history of one score: scores change at events, so the line is steps, and lettered posts stand on it."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from markupsafe import Markup

from waypost.show.charts.svg import element, percent

TOP, PLOT, DATES = 44, 118, 16
POST = 17
LEAST_SPAN = 38
LABEL_ROOM = 64
LABEL_DY = 4


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A waymark on the line: its letter, its day, and whether it moved the score up."""

    letter: str
    on_day: date
    up: bool


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How wide the drawing is taken to be when letters are kept apart, and how many dates it names."""

    name: str
    width: int
    dates: int


WIDE = Form(name="wide-only", width=716, dates=5)
NARROW = Form(name="narrow-only", width=290, dates=3)


class Scale(msgspec.Struct, frozen=True):
    """From scores to pixels: the plot runs from `high` at the top to `low` at the foot."""

    low: float
    high: float

    def y(self, score: float) -> float:
        """Return the pixel row of a score, kept inside the plot."""
        kept = min(max(score, self.low), self.high)
        return round(TOP + PLOT * (self.high - kept) / (self.high - self.low), 1)


def history(
    days: Sequence[tuple[date, float | None]],
    posts: Sequence[Post],
    limits: tuple[float, float],
    says: str,
    form: Form,
) -> Markup:
    """Return the step chart of `days` (one score a day, oldest first; None where it was withheld).

    `limits` are the least scores of Steady and of Watch. `says` is the sentence that readers hear.
    """
    scale = _scale([score for _, score in days if score is not None], limits)
    return element(
        "svg",
        element("title", says),
        *_bands(scale, limits),
        *_dates(days[0][0], days[-1][0], form),
        *_line(days, scale),
        *_labels(scale, limits, _label_side(days, posts, form)),
        *_posts(days, posts, scale, form),
        class_=f"chart history {form.name}",
        role="img",
    )


def _scale(scores: Sequence[float], limits: tuple[float, float]) -> Scale:
    least, most = (min(scores), max(scores)) if scores else (limits[1], limits[0])
    low = max(0, math.floor(least / 10) * 10 - 8)
    high = min(100, max(math.ceil((most + 2) / 10) * 10, low + LEAST_SPAN))
    return Scale(max(0, min(low, high - LEAST_SPAN)), high)


def _bands(scale: Scale, limits: tuple[float, float]) -> list[Markup]:
    steady, watch = limits
    drawn = []
    for band, least, most in (("watch", watch, steady), ("risk", 0.0, watch)):
        top, foot = scale.y(most), scale.y(least)
        if foot - top > POST:
            drawn.append(
                element("rect", class_=f"tint {band}", x=0, y=top, width="100%", height=round(foot - top, 1))
            )
    step = 10 if scale.high - scale.low <= 60 else 20  # noqa: PLR2004 -- labels stay 20 px apart
    for tick in range(math.ceil(scale.low / step) * step, int(scale.high) + 1, step):
        row = scale.y(tick)
        drawn.append(element("line", class_="grid", x1=0, x2="100%", y1=row, y2=row))
        drawn.append(element("text", str(tick), x=-10, y=row + LABEL_DY, text_anchor="end"))
    return drawn


def _label_side(
    days: Sequence[tuple[date, float | None]], posts: Sequence[Post], form: Form
) -> dict[str, float | str]:
    """Return where the bands are named: at the start, or at the end when a post stands in the way there."""
    whole = max(1, (days[-1][0] - days[0][0]).days)
    places = [(post.on_day - days[0][0]).days / whole * form.width for post in posts]
    crowded = any(place < LABEL_ROOM for place in places)
    free_at_end = not any(place > form.width - LABEL_ROOM for place in places)
    return {"x": percent(0.985), "text_anchor": "end"} if crowded and free_at_end else {"x": 8}


def _labels(scale: Scale, limits: tuple[float, float], side: dict[str, float | str]) -> list[Markup]:
    steady, watch = limits
    spans = (
        ("steady", "Steady", steady, 100.0),
        ("watch", "Watch", watch, steady),
        ("risk", "At risk", 0.0, watch),
    )
    return [
        element("text", word, class_=f"band {band}", y=scale.y(most) + 14, **side)
        for band, word, least, most in spans
        if scale.y(least) - scale.y(most) > POST
    ]


def _dates(first: date, last: date, form: Form) -> list[Markup]:
    whole = (last - first).days
    count = min(form.dates, whole + 1)
    drawn = []
    for n in range(count):
        share = n / (count - 1) if count > 1 else 1.0
        day = first + timedelta(days=round(whole * share))
        side = "start" if n == 0 and count > 1 else "end" if n == count - 1 else "middle"
        at = (day - first).days / whole if whole else 1.0
        drawn.append(
            element(
                "text",
                f"{day.day} {day:%b}",
                x=percent(at),
                y=TOP + PLOT + DATES + LABEL_DY,
                text_anchor=side,
            )
        )
    return drawn


def _line(days: Sequence[tuple[date, float | None]], scale: Scale) -> list[Markup]:
    last = max(1, len(days) - 1)
    drawn = []
    start = 0
    for n in range(1, len(days)):
        before, after = days[n - 1][1], days[n][1]
        if before is None or (after == before and n < len(days) - 1):
            start = n if before is None else start
            continue
        row, turn = scale.y(before), percent(n / last)
        drawn.append(element("line", class_="line", x1=percent(start / last), x2=turn, y1=row, y2=row))
        if after is not None and after != before:
            drawn.append(element("line", class_="line", x1=turn, x2=turn, y1=row, y2=scale.y(after)))
        start = n
    ends = days[-1][1]
    if ends is not None:
        drawn.append(element("circle", class_="end", cx="100%", cy=scale.y(ends), r=4.5))
    return drawn


def _posts(
    days: Sequence[tuple[date, float | None]], posts: Sequence[Post], scale: Scale, form: Form
) -> list[Markup]:
    known = dict(days)
    first, last = days[0][0], max(1, (days[-1][0] - days[0][0]).days)
    taken: list[tuple[float, float]] = []
    drawn = []
    for post in posts:
        share = (post.on_day - first).days / last
        after = known.get(post.on_day)
        before = known.get(post.on_day - timedelta(days=1))
        here = [score for score in (before, after) if score is not None]
        if not here or not 0 <= share <= 1:
            continue
        high, low = scale.y(max(here)), scale.y(min(here))
        row = _free(taken, share * form.width, high - 18)
        taken.append((share * form.width, row))
        drawn.append(
            element(
                "svg",
                element("line", x1=0, x2=0, y1=row, y2=low if not post.up else high),
                element("rect", x=-POST / 2, y=row - POST / 2, width=POST, height=POST, rx=3),
                element("text", post.letter, x=0, y=row + LABEL_DY),
                class_=f"post {'up' if post.up else 'down'}",
                x=percent(share),
                overflow="visible",
            )
        )
    return drawn


def _free(taken: Sequence[tuple[float, float]], x: float, y: float) -> float:
    """Return the nearest row at or above `y` at which a post at `x` covers no other; it may not leave the drawing."""
    while y > POST and any(abs(x - a) < POST + 2 and abs(y - b) < POST + 2 for a, b in taken):
        y -= POST + 2
    return y
