from typing import Any

import msgspec
import pytest

from tests.tale import CATALOGUE, Tale
from waypost.core import Actor
from waypost.measure import Catalogue, Coverage, Span, request_coverage, request_match, seen_events


def coverage(tale: Tale, source: str | None = None, **changes: Any) -> Coverage:  # noqa: ANN401 -- any part of the document
    tale.round()
    rules = Catalogue.from_document({**CATALOGUE, **changes}, where="c.yaml")
    span, asks = Span.up_to(tale.clock.at.date()), tale.workspace.warehouse
    return request_coverage(asks, seen_events(asks, rules, span), span, source)


def written(found: Coverage) -> list[tuple[str, int, int]]:
    return [(each.written, each.n, round(each.share * 100)) for each in found.templates]


def asked(tale: Tale, name: str, times: int = 1) -> Tale:
    for _ in range(times):
        tale.tells("log", name, status=200)
    return tale


def test_few_templates_explain_most_of_what_people_asked_for() -> None:
    tale = Tale("acme").joins("ada")
    asked(tale, "POST /projects/:id/export", 6)
    asked(tale, "GET /projects", 3)
    asked(tale, "GET /", 1)
    found = coverage(tale)
    assert (found.n, found.explained, found.share) == (10, 0, 0)
    assert written(found) == [
        ("POST /projects/:id/export", 6, 60),
        ("GET /projects", 3, 90),
        ("GET /", 1, 100),
    ]
    assert found.share_with == 1


def test_what_the_catalogue_explains_is_counted_and_not_proposed() -> None:
    tale = Tale("acme").joins("ada")
    asked(tale, "POST /projects/:id/export", 6)
    asked(tale, "GET /projects", 4)
    feature = {"key": "x", "name": "X", "match": [{"path": "POST /projects/:id/export"}]}
    found = coverage(tale, features=[feature], noise=[{"path": "GET /ping"}])
    assert (found.explained, found.share) == (6, 0.6)
    assert written(found) == [("GET /projects", 4, 100)]
    partly = {
        **feature,
        "match": [{"path": "POST /projects/:id/export", "where": {"property": "status", "is": 201}}],
    }
    found = coverage(tale, features=[partly])
    assert (found.explained, [each.n for each in found.templates]) == (0, [6, 4])


def test_scripts_are_no_people() -> None:
    tale = Tale("acme").joins("ada")
    asked(tale, "GET /projects", 2)
    event = tale.an_event("log", "GET /api/rows")
    tale.told(msgspec.structs.replace(event, actor=Actor.AUTOMATED))
    found = coverage(tale)
    assert (found.n, written(found)) == (2, [("GET /projects", 2, 100)])


def test_words_with_one_owner_each_are_ids_and_shared_ones_are_not() -> None:
    tale = Tale("acme")
    for nr in range(8):
        tale.at(f"account-{nr}").by(f"person-{nr}")
        asked(tale, f"GET /orgs/org-{'abcdefgh'[nr]}/projects/:id", 2)
        asked(tale, "GET /orgs/new")
        asked(tale, f"GET /settings/page-{'abcdefgh'[nr]}")
        asked(tale.by("everybody").at("acme"), f"GET /settings/page-{'abcdefgh'[nr]}")
    found = coverage(tale)
    assert written(found)[:3] == [
        ("GET /orgs/:id/projects/:id", 16, 40),
        ("GET /orgs/new", 8, 60),
        ("GET /settings/page-a", 2, 65),
    ]
    assert found.templates[0].names == (
        "GET /orgs/org-a/projects/:id",
        "GET /orgs/org-b/projects/:id",
        "GET /orgs/org-c/projects/:id",
    )


def test_people_tell_ids_where_there_is_one_account() -> None:
    tale = Tale("acme")
    for nr in range(9):
        asked(tale.by(f"person-{nr}"), f"GET /users/{'abcdefghi'[nr]}/avatar")
    assert written(coverage(tale)) == [("GET /users/:id/avatar", 9, 100)]
    asked(tale.by("person-1"), "GET /users/a/avatar")
    assert written(coverage(tale)) == [("GET /users/:id/avatar", 10, 100)]


def test_a_template_counts_what_none_before_it_explained() -> None:
    tale = Tale("acme").joins("ada")
    asked(tale, "GET /projects/:id", 5)
    asked(tale, "GET /projects/new", 2)
    asked(tale, "GET /projects/new/draft", 1)
    assert written(coverage(tale)) == [("GET /projects/:id", 7, 88), ("GET /projects/new/draft", 1, 100)]


def test_rare_requests_are_left_out_after_five() -> None:
    tale = Tale("acme").joins("ada")
    asked(tale, "GET /a", 200)
    for name in "bcdefgh":
        asked(tale, f"GET /{name}")
    found = coverage(tale)
    assert [each.written for each in found.templates] == ["GET /a", "GET /b", "GET /c", "GET /d", "GET /e"]
    assert found.share_with == pytest.approx(204 / 207)


def test_names_that_a_source_gave_are_proposed_as_names_and_odd_paths_not_at_all() -> None:
    tale = Tale("acme").joins("ada")
    asked(tale, "Signed in", 2)
    asked(tale, "Odd*")
    asked(tale, "GET /a/*/b")
    asked(tale, "GET /files/*")
    asked(tale, "GET /" + "x/" * 50)
    found = coverage(tale)
    assert (found.n, written(found)) == (6, [("Signed in", 2, 33), ("GET /files/*", 1, 50)])
    assert request_match("Signed in") == {"event": "Signed in", "kind": "log"}
    assert request_match("GET /files/*") == {"path": "GET /files/*", "kind": "log"}
    as_said = [
        {"key": f"f{nr}", "name": f"F{nr}", "match": [request_match(each.written)]}
        for nr, each in enumerate(found.templates)
    ]
    assert coverage(tale, features=as_said).explained == 3


def test_one_source_is_looked_at_alone_and_nothing_is_unknown() -> None:
    tale = Tale("acme").joins("ada")
    asked(tale, "GET /a")
    assert coverage(tale, "product").n == 1
    nothing = coverage(tale, "elsewhere")
    assert (nothing.n, nothing.share, nothing.share_with, nothing.templates) == (0, None, None, ())
