from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given

from tests.laws.profile import examples
from tests.measure.test_segments_roster import documents
from waypost.core import DefinitionError
from waypost.measure import ABOUT, Level, Segment
from waypost.show.segment_draft import Draft, Row
from waypost.show.segment_kinds import KINDS, Choices

CHOICES = Choices(
    by_field={
        "standing": [("strayed", "Strayed")],
        "tier": [("growth", "Growth")],
        "feature": [("export", "Exports")],
    }
)


@examples(150)
@given(document=documents("people") | documents("accounts"))
def test_a_segment_goes_through_the_form_and_its_address_unchanged(document: dict[str, Any]) -> None:
    segment = read(document)
    draft = Draft.of_segment(segment)
    again = Draft.from_pairs(parse_qsl(draft.address("/segments/new").partition("?")[2]))
    assert again == draft
    # A list of one is the word itself.
    assert simple(read(again.document())) == simple(segment)


def test_every_kind_of_condition_can_be_asked_for_in_the_form() -> None:
    assert set(ABOUT) - set(KINDS) == {"provisioned_until"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_new_condition_says_something_or_tells_what_it_lacks(kind: str) -> None:
    of = Level.PEOPLE
    draft = Draft.from_pairs([("of", of.value), ("w0.kind", kind)], CHOICES)
    needs = {
        "words",
        "account",
        "trait",
        "ids",
        "segment",
        "role",
        "region",
        "owner",
        "provisioned_from",
        "journey",
    }
    if kind in needs:
        with pytest.raises(DefinitionError):
            read(draft.document())
    else:
        assert read(draft.document()).where[0].main == kind


def test_buttons_add_and_drop_conditions_and_groups() -> None:
    draft = Draft(of=Level.PEOPLE).after("add").after("group").after("add.1")
    assert [name for name, _, _ in draft.rows()] == ["w0", "w1.0", "w1.1", "w1.2"]
    assert [path for _, path, _ in draft.rows()][1] == "where[1].any[0]"
    assert [name for name, _, _ in draft.after("drop.0").rows()] == ["w0.0", "w0.1", "w0.2"]
    assert len(list(draft.after("drop.1.2").rows())) == 3
    assert len(draft.after("drop.1.0").after("drop.1.0").after("drop.1.0").parts) == 1
    assert draft.after("drop.9") == draft == draft.after("add.0").after("nonsense")


def test_a_draft_of_accounts_drops_what_is_said_of_people() -> None:
    pairs = [
        ("of", "accounts"),
        ("w0.kind", "role"),
        ("w0.role", "analyst"),
        ("w1.kind", "tier"),
        ("w1.tier", "growth"),
    ]
    assert [row.kind for _, _, row in Draft.from_pairs(pairs).rows()] == ["tier"]


def test_many_chosen_ids_are_named_by_their_segment_and_come_back_from_it() -> None:
    frozen = read(
        {"key": "frozen", "name": "Frozen", "of": "people", "where": [{"ids": [f"p{n}" for n in range(70)]}]}
    )
    draft = Draft.of_segment(frozen)
    assert draft.parts == (Row(kind="ids", fields={"ids": ("=frozen",)}),)
    assert read(draft.document([frozen])) == frozen


def test_what_was_emptied_in_the_form_stays_empty() -> None:
    pairs = [("of", "accounts"), ("w0.kind", "tier"), ("w0.was", "tier")]
    assert next(Draft.from_pairs(pairs, CHOICES).rows())[2].fields == {}
    assert next(Draft.from_pairs(pairs[:2], CHOICES).rows())[2].fields == {"tier": ("growth",)}


def test_what_is_no_number_is_refused_by_name() -> None:
    pairs = [("w0.kind", "seen_within_days"), ("w0.seen_within_days", "soon")]
    with pytest.raises(DefinitionError, match=r"where\[0\].seen_within_days"):
        read(Draft.from_pairs(pairs).document())


def read(document: dict[str, Any]) -> Segment:
    return Segment.from_document(document, where="it")


def simple(segment: Segment) -> list[object]:
    """Say the rule as the form does: a list of one is the word itself, and who is no champion is not a champion."""

    def one(node: object) -> object:
        if isinstance(node, list | tuple):
            return (
                one(node[0]) if len(node) == 1 and isinstance(node[0], str) else [one(each) for each in node]
            )
        if not isinstance(node, dict):
            return node
        said = dict(node)
        if False in (said.get("champion"), said.get("signs_renewal")):
            said = {key: True for key in said if key != "not"} | ({} if said.get("not") else {"not": True})
        return {key: one(value) for key, value in said.items()}

    return [one(each) for each in segment.document().get("where", [])]
