import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from waypost.intervene import ContactPolicy, EmailArm, Play, Signal, TouchArm, WebhookArm, WhyNot
from waypost.intervene.wording import FILTERS, TAGS, WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "plays.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]
READERS = {"play": Play.from_document, "contact_policy": ContactPolicy.from_document}


def test_the_examples_of_the_page_can_be_applied() -> None:
    assert [example["kind"] for example in EXAMPLES] == ["play", "contact_policy"]
    for example in EXAMPLES:
        READERS[example["kind"]](example, where="docs/reference/plays.md")


@pytest.mark.parametrize("shape", [Play, ContactPolicy, EmailArm, TouchArm, WebhookArm])
def test_every_field_is_on_the_page(shape: type[msgspec.Struct]) -> None:
    named = set(re.findall(r"`([a-z_.]+)`", PAGE))
    named |= {name.partition(".")[0] for name in named}
    assert [
        field.encode_name for field in msgspec.structs.fields(shape) if field.encode_name not in named
    ] == []


def test_every_word_reason_and_signal_is_on_the_page() -> None:
    named = set(re.findall(r"`<?([a-z_.]+)>?`", PAGE))
    words = {word for words in WORDS.values() for word in words}
    assert {*WORDS, *words, *FILTERS, *Signal, *WhyNot, *(TAGS - {"p"})} - named == set()
