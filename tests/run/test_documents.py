from pathlib import Path

import pytest
import yaml

from tests.tale import ANALYST
from waypost.core import DefinitionError
from waypost.run import sample
from waypost.run.documents import check_together, differences, file_name, read_folder, write_folder

SAMPLE = Path(sample.__file__).parent / "definitions"

SCORECARD = """
kind: scorecard
key: health
name: Health
inputs: [{key: a, name: A, family: A, weight: 1, curve: [[0, 0], [1, 1]], measure: {kind: nonsense}}]
"""


def one(folder: Path, text: str, name: str = "one.yaml") -> Path:
    (folder / name).write_text(text)
    return folder


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    documents = read_folder(SAMPLE)
    write_folder(tmp_path, documents)
    assert sorted(read_folder(tmp_path), key=file_name) == sorted(documents, key=file_name)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[1, 2]", "one.yaml: it must begin with `kind:` and `key:`"),
        ("kind: journy\nkey: a", "one.yaml: kind: 'journy' is none; did you mean journey?"),
        ("kind: journey", "one.yaml: key: give it a name of letters"),
        ("kind: journey\nkey: ../a", "one.yaml: key: give it a name of letters"),
        (
            "kind: catalogue\nkey: main",
            "one.yaml: key: a workspace has one catalogue, so its key is catalogue",
        ),
        ("kind: catalogue\nkey: catalogue\nfeature: []", "one.yaml: "),
        ("a: [", "one.yaml: it is not valid YAML"),
        ("!!python/object/apply:os.system ['true']", "one.yaml: it is not valid YAML"),
        (SCORECARD, "one.yaml: inputs[0].measure"),
    ],
)
def test_a_document_that_is_wrong_is_refused_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DefinitionError) as fault:
        read_folder(one(tmp_path, text))
    assert str(fault.value).startswith(complaint)
    assert "\n" not in str(fault.value)


def test_all_faults_of_a_folder_are_told_at_once_a_line_for_each_file(tmp_path: Path) -> None:
    one(tmp_path, "kind: journy\nkey: a", "a.yaml")
    one(tmp_path, "kind: tiers\nkey: tiers\ntiers: []", "b.yaml")
    one(tmp_path, "kind: tiers\nkey: tier", "c.yaml")
    with pytest.raises(DefinitionError) as refused:
        read_folder(tmp_path)
    told = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in told] == ["a.yaml", "c.yaml"]


def test_a_folder_without_definitions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"there is no \.yaml file in it"):
        read_folder(tmp_path)


def test_a_document_that_is_far_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="a page or two"):
        read_folder(one(tmp_path, "# " + "x" * 1_000_001))


def test_a_key_stands_in_one_file_only(tmp_path: Path) -> None:
    one(tmp_path, "kind: catalogue\nkey: catalogue\n")
    one(tmp_path, "kind: catalogue\nkey: catalogue\n", "two.yaml")
    with pytest.raises(DefinitionError, match=r"catalogue catalogue is also in one\.yaml"):
        read_folder(tmp_path)


def test_a_name_that_nothing_has_is_refused_with_the_nearest() -> None:
    catalogue = {"kind": "catalogue", "key": "catalogue", "features": [{"key": "exports"}]}
    play = {"kind": "play", "key": "back", "goal": {"feature": "export"}, "audience": {"segments": ["eu"]}}
    with pytest.raises(
        DefinitionError, match=r"goal\.feature: there is no feature 'export'; did you mean exports\?"
    ):
        check_together({"catalogue.yaml": catalogue, "plays/back.yaml": play})
    segment = {"kind": "segment", "key": "europe"}
    with pytest.raises(DefinitionError, match=r"audience.segments\[0\]: there is no segment 'eu'"):
        check_together({"segments/europe.yaml": segment, "plays/back.yaml": play})
    check_together({"plays/back.yaml": play})


def test_differences_are_told_leaf_by_leaf() -> None:
    before = yaml.safe_load("{kind: journey, steps: [{key: a, day: 7}, {key: b}], tags: [x], gone: yes}")
    after = yaml.safe_load("{kind: journey, steps: [{key: new}, {key: a, day: 9}, {key: b}], tags: [x, z]}")
    assert differences(before, after) == [
        "steps[a].day: 7 → 9",
        "gone: True → nothing",
        "steps[new].key: nothing → new",
        "tags[1]: nothing → z",
    ]
    assert differences(None, after) == []


RICH = {"kind": "segment", "key": "rich", "name": "Rich", "where": [{"value_at_least": 1000}]}
PEOPLE = {"kind": "segment", "key": "some", "name": "Some", "of": "people", "where": [{"segment": "band"}]}
BAND = {
    "kind": "segment",
    "key": "band",
    "name": "Band",
    "where": [{"any": [{"tier": "a"}, {"band": "watch"}]}],
}


def test_a_journey_may_hang_only_on_segments_that_hold_from_one_day_until_another() -> None:
    segments = {f"{each['key']}.yaml": each for each in (RICH, PEOPLE, BAND)}
    check_together({**segments, "a.yaml": {**ANALYST, "audience": {"segments": ["rich"]}}})
    with pytest.raises(DefinitionError) as refused:
        check_together({**segments, "a.yaml": {**ANALYST, "audience": {"segments": ["rich", "some"]}}})
    complaint = "a.yaml: audience.segments[1]: band: where[0].any[1].band turns with use, verdicts or the day"
    assert str(refused.value).startswith(complaint)
    with pytest.raises(DefinitionError, match=r"exit\.segment: there is no segment 'rch'; did you mean rich"):
        check_together({**segments, "a.yaml": {**ANALYST, "exit": {"segment": "rch"}}})
    with pytest.raises(DefinitionError, match=r"entry\.segment: some is a segment of people"):
        check_together({**segments, "a.yaml": {**ANALYST, "of": "accounts", "entry": {"segment": "some"}}})
    check_together({"a.yaml": {**ANALYST, "entry": {"segment": "anything"}}})
