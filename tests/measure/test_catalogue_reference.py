"""The reference of the catalogue: every field is in it, and what it shows can be read."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from waypost.measure import Catalogue, Feature, Match, Setting, Where

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "catalogue.md").read_text(encoding="utf-8")
EXAMPLES = [
    each
    for page in ("reference/catalogue.md", "how-to/map-your-events.md")
    for each in re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
]


def fields(shape: type[msgspec.Struct], prefix: str = "") -> set[str]:
    return {f"{prefix}{field.encode_name}" for field in msgspec.structs.fields(shape)}


def test_every_field_is_in_the_reference_and_no_other() -> None:
    told = {
        name
        for row in re.findall(r"^\| (`.+?) \|", REFERENCE, re.MULTILINE)
        for name in re.findall(r"`(.+?)`", row)
    }
    conditions = fields(Where) - {"property"}
    expected = fields(Feature, "features[].") | fields(Setting, "settings[].") | fields(Match) | conditions
    assert told == expected | {"noise[]"}


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_the_documents_show_can_be_read(text: str) -> None:
    written: dict[str, Any] = yaml.safe_load(text)
    if "match" in written:
        written = {"features": [{"key": "a", "name": "A", **written}]}
    catalogue = Catalogue.from_document(written, where="example")
    assert catalogue.features
