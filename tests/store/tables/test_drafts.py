from datetime import UTC, datetime

from waypost.store import Drafts, Operations

NOW = datetime(2026, 8, 3, 12, tzinfo=UTC)
CATALOGUE = {"kind": "catalogue", "key": "catalogue", "features": []}


def test_a_definition_has_one_draft_and_the_last_to_change_it_is_named() -> None:
    drafts = Drafts(Operations(None))
    assert drafts.get("catalogue", "catalogue") is None
    drafts.put(CATALOGUE, based_on=1, by="ada@acme.test", now=NOW)
    drafts.put({**CATALOGUE, "noise": []}, based_on=2, by="ben@acme.test", now=NOW)
    drafts.put({"kind": "journey", "key": "catalogue"}, based_on=0, by="ada@acme.test", now=NOW)
    kept = drafts.get("catalogue", "catalogue")
    assert kept
    assert kept.document == {**CATALOGUE, "noise": []}
    assert (kept.based_on, kept.changed_by, kept.changed_at) == (2, "ben@acme.test", NOW)


def test_a_dropped_draft_is_gone_and_no_other() -> None:
    drafts = Drafts(Operations(None))
    drafts.put(CATALOGUE, based_on=1, by="ada@acme.test", now=NOW)
    drafts.put({"kind": "journey", "key": "analyst"}, based_on=0, by="ada@acme.test", now=NOW)
    drafts.drop("catalogue", "catalogue")
    assert drafts.get("catalogue", "catalogue") is None
    assert drafts.get("journey", "analyst") is not None
