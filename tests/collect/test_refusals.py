"""The tables of the reference say what the code says, and every refusal is met by a test."""

import re
from pathlib import Path

from waypost.collect import SAYS, TurnedAway
from waypost.collect.logs import noise

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_every_refusal_says_what_it_means() -> None:
    assert set(SAYS) == set(TurnedAway)


def test_every_refusal_is_in_the_reference() -> None:
    rows = [f"| `{why.value}` | {SAYS[why]} |" for why in TurnedAway]
    page = (REFERENCE / "segment.md").read_text(encoding="utf-8")
    assert [row for row in rows if row not in page] == []


def test_every_rule_of_noise_is_in_the_reference() -> None:
    folder = Path(noise.__file__).parent
    code = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    rules = set(re.findall(r'return "([a-z_]+)"(?:, Actor|\n)', code)) | {"no_request", "heading"}
    rules |= {noise.NO_USER, *noise._ANSWERS.values()}
    page = (REFERENCE / "logs.md").read_text(encoding="utf-8")
    assert {rule for rule in rules if f"`{rule}`" not in page} == set()


def test_every_refusal_is_tried_by_a_test() -> None:
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.rglob("test_*.py"))
    untried = {
        why for why in TurnedAway if f'"{why.value}"' not in tests and f"TurnedAway.{why.name}" not in tests
    }
    assert untried == set()
