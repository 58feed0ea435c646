"""The reference of usage measures, made of their definitions; a test keeps the document equal to it."""

from waypost.measure.usage_library import USAGE_MEASURES
from waypost.measure.usage_measures import Dimension


def usage_reference() -> str:
    """Return the tables of `docs/reference/measures.md`, one for each dimension."""
    return "\n\n".join(_table(dimension) for dimension in Dimension)


def _table(dimension: Dimension) -> str:
    rows = [
        f"| `{each.key}` | {each.meaning} | {each.unit.value} | {each.window} | {', '.join(each.levels)} |"
        f" {each.formula} | {each.unknown or 'never'} |"
        for each in USAGE_MEASURES
        if each.dimension is dimension
    ]
    head = "| key | meaning | unit | window | of | value | unknown when |\n| --- | --- | --- | --- | --- | --- | --- |"
    return "\n".join([f"## {dimension.value.capitalize()}", "", head, *rows])
