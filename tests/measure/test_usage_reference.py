from pathlib import Path

from waypost.measure import USAGE_MEASURES, usage_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "measures.md"


def test_the_reference_is_what_the_definitions_say() -> None:
    assert usage_reference() in PAGE.read_text(encoding="utf-8")


def test_the_reference_has_a_row_for_every_measure() -> None:
    assert all(f"| `{each.key}` |" in usage_reference() for each in USAGE_MEASURES)
