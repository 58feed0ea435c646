"""Generate the whole sample: a cast, its days, and the files in which real sources would tell of them."""

import shutil
from datetime import date, datetime
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from waypost.run.sample.access_log import write_access_log
from waypost.run.sample.calendar import calendar
from waypost.run.sample.contracts import contract_facts, trait_facts
from waypost.run.sample.facts import write_facts
from waypost.run.sample.history import history_facts
from waypost.run.sample.product import write_product
from waypost.run.sample.segment import write_segment
from waypost.run.sample.support import ticket_facts
from waypost.run.sample.team import membership_facts
from waypost.run.sample.usage import usage
from waypost.run.sample.voices import satisfaction_facts, survey_facts
from waypost.run.sample.world import world

SEED = 20_261


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What was generated; counts are lines or rows per file."""

    seed: int
    today: date
    zone: str
    accounts: int
    people: int
    segment: int
    access_log: dict[str, int]
    product: dict[str, int]
    facts: dict[str, int]


def generate(
    folder: Path, *, seed: int, today: date, now: datetime, zone: str, scale: float = 1.0
) -> Manifest:
    """Write the sample's raw files and definitions into `folder` and return what was written.

    Nothing in them happens after `now`. The same arguments write the same bytes. `scale` changes the number of
    accounts (never below ten); Halcyon Freight is always there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = world(seed, calendar(today, now, zone), scale)
    acts = usage(told)
    tickets = list(ticket_facts(told))
    facts = [
        *contract_facts(told),
        *trait_facts(told),
        *membership_facts(told),
        *survey_facts(told),
        *tickets,
        *satisfaction_facts(told, tickets),
        *history_facts(told),
    ]
    manifest = Manifest(
        seed=seed,
        today=today,
        zone=zone,
        accounts=len(told.cast),
        people=len(told.who),
        segment=write_segment(folder, told, acts),
        access_log=write_access_log(folder, told, acts),
        product=write_product(folder, told),
        facts=write_facts(folder, facts, now),
    )
    with as_file(files(__package__) / "definitions") as definitions:
        shutil.copytree(definitions, folder / "definitions", dirs_exist_ok=True)
    (folder / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest
