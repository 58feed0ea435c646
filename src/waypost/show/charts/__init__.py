"""Charts are drawn on the server as SVG by small functions, and coloured by class so that they follow the theme."""

from waypost.show.charts.bars import Bar, bars
from waypost.show.charts.calibration import Calibrated, calibration
from waypost.show.charts.cohorts import Curve, Ramp, staying
from waypost.show.charts.expected import Seen, expected_chart
from waypost.show.charts.funnel import parted_bar, step_bar
from waypost.show.charts.history import NARROW, WIDE, Form, Post, history
from waypost.show.charts.interval import interval_bar
from waypost.show.charts.marks import band_class, band_word, mark
from waypost.show.charts.reasons import Run, head_cell, reason_cell, run_of, total_cell
from waypost.show.charts.spans import Scale, scale_of, span_axis, span_cell
from waypost.show.charts.sparkline import sparkline
from waypost.show.charts.trail import Stage, narrow_trail, people_per_mark, wide_trail

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "Calibrated",
    "Curve",
    "Form",
    "Post",
    "Ramp",
    "Run",
    "Scale",
    "Seen",
    "Stage",
    "band_class",
    "band_word",
    "bars",
    "calibration",
    "expected_chart",
    "head_cell",
    "history",
    "interval_bar",
    "mark",
    "narrow_trail",
    "parted_bar",
    "people_per_mark",
    "reason_cell",
    "run_of",
    "scale_of",
    "span_axis",
    "span_cell",
    "sparkline",
    "staying",
    "step_bar",
    "total_cell",
    "wide_trail",
]
