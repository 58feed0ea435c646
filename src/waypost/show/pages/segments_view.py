"""Who is in a segment, some of them, and why one person or account is or is not."""

from datetime import date, timedelta

import msgspec
import polars as pl

from waypost.measure import Condition, Level, Segment
from waypost.show import rosters
from waypost.show.addresses import account_address, person_address
from waypost.show.kept import kept
from waypost.show.pages.people import ACTIVE_DAYS, MOST_ROWS, Listed
from waypost.show.rosters import roster_of
from waypost.show.rows import rows_of
from waypost.show.segment_words import Wording
from waypost.show.visit import Visit

MOST_MEANT, MOST_SHOWN = 6, 50


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account as a segment lists it."""

    account_id: str
    name: str
    tier: str | None
    owner: str | None
    region: str | None
    value: float | None
    currency: str | None
    renews_on: date | None
    score: float | None
    band: str | None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Some members, and how many there are: people count once, rows once for each account."""

    total: int
    rows: int
    people: list[Listed] = []
    accounts: list[Account] = []


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One condition for one person or account: whether it holds (None: nobody knows), in words, and by which fact."""

    says: str
    holds: bool | None
    value: str
    inside: str = ""


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """One person at an account, or an account, that some words may mean."""

    person_id: str | None
    account_id: str
    name: str
    account: str

    @property
    def href(self) -> str:
        """Where it is."""
        return person_address(self.person_id) if self.person_id else account_address(self.account_id)


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why somebody is in a segment or not: condition by condition; and who else may have been meant."""

    meant: Meant | None
    member: bool
    verdicts: list[Verdict]
    others: list[Meant]


def sample_of(visit: Visit, segment: Segment, *, most: int) -> Sample:
    """Return some members of a segment, in force or draft: people in the order of the list, accounts by value."""
    if most > MOST_SHOWN:
        return _sample(visit, segment, most)
    return kept(visit, ("sample", rosters.key_of(segment), most), lambda: _sample(visit, segment, most))


def members_of(visit: Visit, segment: Segment) -> list[Listed]:
    """Return the people of a segment, all of them up to a hundred thousand."""
    return sample_of(visit, segment, most=MOST_ROWS).people


def why_of(visit: Visit, segment: Segment) -> Why | None:
    """Return why the one whom the address asks about (`who`) is in or not; None when it asks about nobody."""
    who = visit.asked("who").strip().lower()[:100]
    if not who:
        return None
    of_people = segment.of is Level.PEOPLE
    asked = {"words": who, "of_people": of_people, "today": visit.today, "most": MOST_MEANT}
    meant = rows_of(visit.desk.warehouse.ask("show/segment_who", asked), Meant)
    at = visit.asked("at")
    meant.sort(key=lambda each: each.account_id != at)
    if not meant:
        return Why(meant=None, member=False, verdicts=[], others=[])
    one = meant[0]
    roster = roster_of(visit.desk, visit.rules, only=(one.person_id, one.account_id), also=[segment])
    told = roster.verdicts(segment, explained=True)
    row = told.row(0, named=True) if told.height else {}
    wording = Wording(visit.rules, segment.of, {one.account_id: one.account})
    verdicts = [_verdict(wording, path, each, row, visit.today) for path, each in segment.conditions() if row]
    return Why(meant=one, member=bool(row.get("member")), verdicts=verdicts, others=meant[1:])


def _sample(visit: Visit, segment: Segment, most: int) -> Sample:
    found = rosters.members_of(visit, segment)
    if segment.of is Level.PEOPLE:
        rows = _people(visit, found, most=most)
        return Sample(total=found["person_id"].n_unique(), rows=found.height, people=rows)
    asked = {"today": visit.today, "most": most}
    frame = visit.desk.warehouse.ask("show/segment_sample", asked, {"chosen": found})
    return Sample(total=found.height, rows=found.height, accounts=rows_of(frame, Account))


def _verdict(
    wording: Wording, path: str, condition: Condition, row: dict[str, object], today: date
) -> Verdict:
    fits = row[f"fits {path}"]
    holds = None if fits is None else bool(fits) != condition.negated
    value = row[f"value {path}"]
    group = path.partition(".")[2].partition("[")[0]
    inside = {"any": "one of these is enough", "all": "all of these are needed"}.get(group, "")
    said = wording.condition(condition)
    return Verdict(
        says=f"{said[:1].upper()}{said[1:]}",
        holds=holds,
        value=wording.value(condition, None if value is None else str(value), today),
        inside=inside,
    )


def _people(visit: Visit, chosen: pl.DataFrame, *, most: int) -> list[Listed]:
    asked = {
        "everybody": False,
        "today": visit.today,
        "journey": None,
        "since": visit.today - timedelta(days=ACTIVE_DAYS - 1),
        "sort": "standing",
        "down": False,
        "most": most,
        "skip": 0,
    }
    return rows_of(visit.desk.warehouse.ask("show/people_page", asked, {"chosen": chosen}), Listed)
