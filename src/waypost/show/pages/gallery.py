"""The component gallery, which development serves: every part of the pages with its states."""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from waypost.show import charts, words
from waypost.show.visit import Visit

DAY = date(2026, 10, 23)
SCORES = (72, 72, 72, 63, 63, 68, 62, 62, 66, 61, 58)


def gallery(visit: Visit) -> Response:
    """Draw every component."""
    days = [(DAY + timedelta(days=n), float(score)) for n, score in enumerate(SCORES)]
    posts = [
        charts.Post(letter="A", on_day=DAY + timedelta(days=3), up=False),
        charts.Post(letter="B", on_day=DAY + timedelta(days=5), up=True),
    ]
    stages = [
        charts.Stage(
            key="a", name="First 7 days", asks=("Sign in",), on=9, off=3, back=1, why="No source connected"
        ),
        charts.Stage(
            key="b",
            name="Sustained",
            asks=("Export", "2 days a week"),
            on=40,
            off=7,
            unsure=4,
            done="E-mail to 3",
        ),
    ]
    run = charts.run_of([72.0, 63.0, 68.0])
    return visit.page(
        "gallery.html",
        history=charts.history(days, posts, (70, 50), "Health, made up", charts.WIDE),
        history_narrow=charts.history(days, posts, (70, 50), "Health, made up", charts.NARROW),
        trail=charts.wide_trail(stages, "Where made-up people stand"),
        trail_narrow=charts.narrow_trail(stages, "Where made-up people stand"),
        cells=[
            charts.total_cell(run, 72, first=True),
            charts.reason_cell(run, 72, 63),
            charts.reason_cell(run, 63, 68),
        ],
        **_cohorts(),
        sparks=[charts.sparkline(values, "Made up") for values in ((1, 2, 2, 5), (5, None, 3, 1), (2, 2, 2))],
        intervals=[
            charts.interval_bar(*values, written=words.signed, says="Made up")
            for values in ((8, 17, 26), (-6, 4, 14), (-21, -12, -3))
        ],
    )


def _cohorts() -> dict[str, Any]:
    curves = [
        charts.Curve(name="All", steps=((0.0, 1.0, 1.0, 1.0), (6.0, 0.8, 0.7, 0.9), (30.0, 0.6, 0.5, 0.7))),
        charts.Curve(
            name="5 Oct", steps=((0.0, 1.0, 1.0, 1.0), (12.0, 0.5, 0.3, 0.7), (22.0, 0.4, 0.2, 0.6))
        ),
    ]
    parts = [("sustained", 5), ("on_path", 3), ("strayed", 2), ("gone", 4), ("none", 1)]
    says = "How long made-up people stay"
    return {
        "staying": charts.staying(curves, 30, says),
        "staying_narrow": charts.staying(curves, 30, says, narrow=True),
        "step_bars": [charts.step_bar(*values, "Made up") for values in ((1.0, 0.98, 1.0), (0.4, 0.3, 0.5))],
        "ends": charts.parted_bar(parts, "Made up"),
    }
