import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import yaml

from waypost.core import Document
from waypost.intervene import ContactPolicy, Play
from waypost.journey import Journey
from waypost.measure import Catalogue, Segment, Tiers, measure_from
from waypost.run.sample import Manifest
from waypost.score import Scorecard

READERS: dict[str, Callable[..., object]] = {
    "catalogue": Catalogue.from_document,
    "tiers": Tiers.from_document,
    "journey": Journey.from_document,
    "scorecard": Scorecard.from_document,
    "segment": Segment.from_document,
    "play": Play.from_document,
    "contact_policy": ContactPolicy.from_document,
}
Made = tuple[Path, Manifest]


@pytest.fixture(scope="session")
def documents(made: Made) -> list[Document]:
    return [
        yaml.safe_load(path.read_text("utf-8")) for path in sorted((made[0] / "definitions").rglob("*.yaml"))
    ]


@pytest.fixture(scope="session")
def catalogue(documents: list[Document]) -> Catalogue:
    return next(
        Catalogue.from_document(each, where="catalogue") for each in documents if each["kind"] == "catalogue"
    )


@pytest.fixture(scope="session")
def happened(made: Made) -> Counter[tuple[str, str]]:
    """Count what happens in the raw files, by kind and name."""
    folder, counts = made[0], Counter[tuple[str, str]]()
    for message_line in (folder / "segment.ndjson").read_bytes().splitlines():
        message = msgspec.json.decode(message_line)
        if message["type"] in ("track", "page"):
            counts[message["type"], message.get("event") or message["name"]] += 1
    for line in (folder / "access.log").read_text("utf-8").splitlines():
        _, request, answer, *_ = line.split('"')
        if answer.startswith(" 2") and " - - " not in line:
            counts["log", re.sub(r"/\d+(?=/|$)", "/:id", request.removesuffix(" HTTP/1.1"))] += 1
    with closing(sqlite3.connect(folder / "product.db")) as database:
        counts["row", "export_run"] = database.execute("select count(*) from export_runs").fetchone()[0]
    return counts


def test_every_definition_reads_strictly(documents: list[Document]) -> None:
    for document in documents:
        read = READERS[document["kind"]](document, where=document["key"])
        if isinstance(read, Scorecard):
            assert all(measure_from(each.measure, where=each.key) for each in read.inputs)
    kinds = Counter(document["kind"] for document in documents)
    assert kinds["journey"] >= 4
    assert kinds["play"] >= 6


def test_clauses_and_goals_name_features_and_settings_of_the_catalogue(
    documents: list[Document], catalogue: Catalogue
) -> None:
    for document in documents:
        if document["kind"] == "journey":
            for _, clause in Journey.from_document(document, where=document["key"]).clauses():
                assert clause.feature is None or catalogue.feature(clause.feature)
                assert clause.setting is None or catalogue.setting(clause.setting)
                assert clause.missed, "a clause says what is the matter with people who miss it"
        if document["kind"] == "play":
            goal = Play.from_document(document, where=document["key"]).goal
            assert goal.feature is None or catalogue.feature(goal.feature)


def test_every_feature_is_used(catalogue: Catalogue, happened: Counter[tuple[str, str]]) -> None:
    for feature in catalogue.features:
        for match in feature.match:
            assert happened[str(match.kind or "track"), str(match.event)] > 0, (
                f"{feature.key}: {match.event} never happens"
            )


def test_few_events_mean_nothing_to_the_catalogue(
    catalogue: Catalogue, happened: Counter[tuple[str, str]]
) -> None:
    meant = {m.event for f in catalogue.features for m in f.match} | {m.event for m in catalogue.noise}
    meant |= {m.event for s in catalogue.settings for m in s.match}
    unknown = Counter({name: n for (_, name), n in happened.items() if name not in meant})
    assert 0 < unknown.total() < 0.03 * happened.total()
    assert len(unknown) < 12


def test_settings_change_to_both_values(made: Made, catalogue: Catalogue) -> None:
    changes = set(
        re.findall(r'"setting":"(\w+)","value":"(\w+)"', (made[0] / "segment.ndjson").read_text("utf-8"))
    )
    assert {setting for setting, _ in changes} == {setting.key for setting in catalogue.settings}
    assert {value for _, value in changes} == {"on", "off"}
