"""Files of cells: guessed, tried, taken in, and what a mapping must say."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from waypost.collect import CsvImport, DryRun, csv_mapping_of, first_rows, guess, put_waiting
from waypost.core import Event, ImportRefusedError
from waypost.store import Inbox, Operations, QuerySnapshots, intake_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
CONTRACTS = {
    "becomes": "contracts",
    "key": ["id"],
    "account": "org",
    "names": {"ACV": "value", "Renewal": "renews_on"},
}


@dataclass
class Desk:
    """Whoever has a file, and what came of it."""

    file: Path
    inbox: Inbox = field(default_factory=lambda: Inbox(None))
    operations: Operations = field(default_factory=lambda: Operations(None))
    now: datetime = NOON
    stored: set[str] = field(default_factory=set)

    def asked(self, mapping: dict[str, Any], *lines: str) -> CsvImport:
        self.now += timedelta(hours=1)
        self.file.write_text("\n".join(lines) + "\n")
        return CsvImport(
            file=self.file,
            source="crm",
            mapping=csv_mapping_of(mapping),
            snapshots=QuerySnapshots(self.operations),
            now=self.now,
        )

    def tries(self, mapping: dict[str, Any], *lines: str) -> DryRun:
        return self.asked(mapping, *lines).try_out(lambda _source, ids: self.stored.intersection(ids))

    def takes(self, mapping: dict[str, Any], *lines: str) -> list[tuple[str, str | None, str | None, Any]]:
        self.asked(mapping, *lines).take_in(self.inbox)
        taken = self.inbox.take(0, 1_000_000)
        self.inbox.forget(taken.position)
        self.stored |= {each.event_id for each in taken.events}
        return sorted((_told(each) for each in taken.events), key=str)


def _told(event: Event) -> tuple[str, str | None, str | None, Any]:
    return event.name, event.person_id, event.account_id, msgspec.json.decode(event.properties)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "rows.csv")


def test_rows_of_use_become_events_once(desk: Desk) -> None:
    mapping = {
        "time": "at",
        "event": "export",
        "person": "who",
        "quantity": "n",
        "names": {"Format": "format"},
    }
    lines = (
        "at,who,n,Format",
        "2026-11-01 10:00,ada,3,pdf",
        "1793527200,ben,,csv",
        "2026-11-01 10:00,ada,3,pdf",
    )
    tried = desk.tries(mapping, *lines)
    assert (tried.rows, tried.new, tried.same, tried.events, tried.first_at) == (
        3, 2, 1, 2, datetime(2026, 11, 1, 10, tzinfo=UTC),
    )  # fmt: skip
    assert [(each.nr, len(each.events)) for each in tried.first] == [(2, 1), (3, 1), (4, 0)]
    told = desk.takes(mapping, *lines)
    assert [told[0], told[-1]] == [
        ("export", "ada", None, {"format": "pdf"}),
        ("export", "ben", None, {"format": "csv"}),
    ]
    assert len(told) == 3, "the same row twice is stored once"
    assert desk.tries(mapping, *lines).same == 3


def test_contracts_are_compared_with_what_was_said_before(desk: Desk) -> None:
    first = ("id,org,ACV,Renewal", "1,acme,1200,2026-12-31", "2,beta,900,2027-01-15")
    assert desk.takes(CONTRACTS, *first) == [
        ("signed", None, "acme", {"value": 1200.0, "renews_on": "2026-12-31", "contract_id": "1"}),
        ("signed", None, "beta", {"value": 900.0, "renews_on": "2027-01-15", "contract_id": "2"}),
    ]
    again = (*first[:2], "2,beta,950,2028-01-15", "3,gamma,1,")
    tried = desk.tries(CONTRACTS, *again)
    assert (tried.new, tried.changed, tried.same, tried.events) == (1, 1, 1, 2)
    assert {each[0] for each in desk.takes(CONTRACTS, *again)} == {"renewed", "signed"}
    assert desk.takes(CONTRACTS, *first[:1], "3,gamma,1,") == [], "a file says nothing of what it leaves out"


def test_contracts_without_an_id_are_one_for_each_account(desk: Desk) -> None:
    by_account = {name: value for name, value in CONTRACTS.items() if name != "key"}
    assert [each[2] for each in desk.takes(by_account, "org,ACV,Renewal", "acme,12,", "beta,5,")] == [
        "acme",
        "beta",
    ]
    assert {each[0] for each in desk.takes(by_account, "org,ACV,Renewal", "acme,13,")} == {"changed"}


def test_refused_rows_are_told_by_their_line_and_cost_nobody_else(desk: Desk) -> None:
    lines = (
        "id,org,ACV,Renewal",
        "1,acme,12,",
        "2,,5,",
        "1,acme,13,",
        "3,acme,lots,",
        "4,acme,1,",
        "5,acme,1,",
        "6,acme",
    )
    tried = desk.tries(CONTRACTS, *lines, "7,acme,1,")
    assert [(each.nr, each.why) for each in tried.lines] == [
        (3, "missing_field"), (4, "twice"), (5, "bad_properties"), (8, "not_a_line"),
    ]  # fmt: skip
    assert "org is empty" in tried.lines[0].detail
    assert tried.odd == ""
    assert len(desk.takes(CONTRACTS, *lines, "7,acme,1,")) == 4
    counted = {
        count.reason: count.n for count in desk.inbox.door_counts("2000-01-01") if count.outcome == "refused"
    }
    assert counted == {"missing_field": 1, "twice": 1, "bad_properties": 1, "not_a_line": 1}


def test_a_second_row_of_a_key_in_another_piece_is_refused_too(desk: Desk) -> None:
    rows = [f"{nr},acme,1," for nr in range(1_500)]
    tried = desk.tries(CONTRACTS, "id,org,ACV,Renewal", *rows, "7,acme,2,")
    assert [(each.nr, each.why) for each in tried.lines] == [(1_502, "twice")]


@pytest.mark.parametrize("becomes", ["contracts", "events"])
def test_a_file_of_which_most_is_refused_is_refused_whole(desk: Desk, becomes: str) -> None:
    mapping = CONTRACTS if becomes == "contracts" else {"time": "ACV", "event": "export", "person": "org"}
    lines = (
        "id,org,ACV,Renewal",
        f"1,acme,{'12' if becomes == 'contracts' else '2026-11-01'},",
        "2,,x,",
        "3,,y,",
    )
    assert "2 of 3 rows would be refused, the first on line 3" in desk.tries(mapping, *lines).odd
    with pytest.raises(ImportRefusedError, match="nothing was taken in"):
        desk.takes(mapping, *lines)
    assert desk.inbox.take(0, 10).events == []
    with pytest.raises(ImportRefusedError, match="no row below"):
        desk.takes(CONTRACTS, lines[0])


def test_answers_tickets_people_accounts_and_memberships(desk: Desk) -> None:
    answers = (
        "Score,Email,Comment,Responded at",
        "9,ada@acme.example,Good,05/11/2026 10:00",
        "11,ben@acme.example,,05/11/2026",
    )
    mapping = guess(*_columns(desk, *answers))
    assert mapping == {
        "becomes": "answers", "quantity": "Score", "person": "Email", "time": "Responded at", "event": "nps",
        "scale": "nps",
        "names": {"Comment": "comment"}, "dates": "month_first", "numbers": "point",
    }  # fmt: skip
    tried = desk.tries({**mapping, "dates": "day_first"}, *answers)
    assert [(each.nr, each.detail) for each in tried.lines] == [
        (3, "a nps score is at most 10, not 11")
    ] or tried.lines
    told = desk.takes({**mapping, "dates": "day_first"}, *answers)
    assert told == [
        ("nps", "ada@acme.example", None,
         {"answer_id": "ada@acme.example|2026-11-05T10:00", "score": 9.0, "scale": "nps", "comment": "Good"})
    ]  # fmt: skip
    tickets = (
        "Ticket ID,Company,Subject,Priority,Created,Closed",
        "7,acme,Help,high,2026-11-01,",
        "8,acme,Oh,low,2026-11-01,2026-11-03",
    )
    told = desk.takes(guess(*_columns(desk, *tickets)), *tickets)
    assert [each[0] for each in told] == [
        "opened",
        "opened",
        "solved",
    ]
    members = ("User ID,Company,Role,Champion", "ada,acme,analyst,Yes")
    assert desk.takes(guess(*_columns(desk, *members)), *members) == [
        ("joined", "ada", "acme", {"role": "analyst", "champion": True})
    ]
    people = ("User ID,Name,Job title", "ada,Ada L.,Analyst")
    assert desk.takes(guess(*_columns(desk, *people)), *people) == [
        ("identify", "ada", None, {"name": "Ada L.", "title": "Analyst"})
    ]
    accounts = ("Account ID,Account name,Plan,CSM", "acme,Acme Ltd,team,mia@example.com")
    assert desk.takes(guess(*_columns(desk, *accounts)), *accounts) == [
        ("group", None, "acme", {"name": "Acme Ltd", "plan": "team", "owner": "mia@example.com"})
    ]


def _columns(desk: Desk, *lines: str) -> tuple[Any, Any]:
    desk.file.write_text("\n".join(lines))
    return first_rows(desk.file, 100)


def test_a_crash_after_the_comparison_loses_and_doubles_nothing(desk: Desk) -> None:
    asked = desk.asked(CONTRACTS, "id,org,ACV,Renewal", "1,acme,12,", "2,beta,5,")
    snapshots = asked.snapshots
    put = desk.inbox.put
    desk.inbox.put = _crash  # type: ignore[method-assign,assignment]
    with pytest.raises(RuntimeError):
        asked.take_in(desk.inbox, import_id=4)
    desk.inbox.put = put  # type: ignore[method-assign]
    put_waiting("crm", snapshots, desk.inbox)
    taken = desk.inbox.take(0, 10)
    assert len(taken.events) == 2
    assert [(each.import_id, each.n) for each in taken.imported] == [(4, 2)]
    assert asked.take_in(desk.inbox).events == 0


def _crash(_intakes: object) -> None:
    raise RuntimeError("the disk is gone")


def test_what_an_import_brings_is_known_by_its_number_in_the_inbox(desk: Desk) -> None:
    asked = desk.asked(
        {"time": "at", "event": "export", "person": "who"}, "at,who", "2026-11-01,ada", "2026-11-02,ben"
    )
    desk.inbox.put([intake_of("live", [], NOON)])
    asked.take_in(desk.inbox, import_id=7)
    assert [(each.import_id, each.start, each.n) for each in desk.inbox.take(0, 10).imported] == [(7, 0, 2)]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"time": "at"}, "either event"),
        ({"time": "at", "event": "x"}, "person or account"),
        ({"becomes": "tickets", "account": "org"}, "needs key"),
        ({"becomes": "nothing"}, "becomes is one of"),
        (CONTRACTS | {"names": {"ACV": "value", "Renewal": "value"}}, "two columns are to be value"),
        (CONTRACTS | {"names": {"org": "value"}}, "org is used already"),
        (CONTRACTS | {"names": ["ACV"]}, "names says a property"),
        (CONTRACTS | {"leave_out": "ACV"}, "leave_out is a list"),
        (CONTRACTS | {"dates": "backwards"}, "dates is one of"),
        (CONTRACTS | {"numbers": "roman"}, "numbers is one of"),
        (CONTRACTS | {"account": "firm"}, "the file has no column firm; it has id, org, ACV, Renewal"),
    ],
)
def test_a_mapping_that_cannot_be_says_why(desk: Desk, mapping: dict[str, Any], says: str) -> None:
    with pytest.raises(ImportRefusedError, match=says):
        desk.tries(mapping, "id,org,ACV,Renewal", "1,acme,12,")


@pytest.mark.parametrize(
    ("dates", "said", "on"),
    [
        ("day_first", "31.12.2026", "2026-12-31"),
        ("month_first", "12/31/2026", "2026-12-31"),
        ("iso", "2026-12-31 00:00:00", "2026-12-31"),
        ("day_first", "1/2/2026 9:05", "2026-02-01"),
    ],
)
def test_days_are_read_as_they_are_written(desk: Desk, dates: str, said: str, on: str) -> None:
    told = desk.takes(CONTRACTS | {"dates": dates}, "id,org,ACV,Renewal", f"1,acme,12,{said}")
    assert told[0][3]["renews_on"] == on


@pytest.mark.parametrize(
    ("numbers", "said", "value"),
    [
        ("point", "1200", 1200.0),
        ("point", "$12,000.50", 12_000.5),
        ("point", "1,200,000", 1_200_000.0),
        ("point", "12.5", 12.5),
        ("comma", "12.000,50 €", 12_000.5),
        ("comma", "12.000", 12_000.0),
        ("comma", "12,5", 12.5),
        ("comma", "1 200\u00a0000", 1_200_000.0),
    ],
)
def test_numbers_are_read_as_the_file_writes_them(desk: Desk, numbers: str, said: str, value: float) -> None:
    told = desk.takes(CONTRACTS | {"numbers": numbers}, "id,org,ACV,Renewal", f'1,acme,"{said}",')
    assert told[0][3]["value"] == value


def test_a_number_that_is_written_otherwise_is_refused(desk: Desk) -> None:
    tried = desk.tries(CONTRACTS, "id,org,ACV,Renewal", '1,acme,"12.000,50",', "2,beta,12,")
    assert (tried.refused.total(), tried.new) == (1, 1)


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["12.000,50", "36000"], "comma"),
        (["12.000", "36.000"], "comma"),
        (["12,5"], "comma"),
        (["12,000.50", "36000"], "point"),
        (["12,000", "36,000"], "point"),
        (["0.125", "12.000"], "point"),
        (["36000"], "point"),
    ],
)
def test_how_numbers_are_written_is_guessed_from_all_of_them(
    desk: Desk, values: list[str], numbers: str
) -> None:
    lines = [f'{nr},acme,"{value}"' for nr, value in enumerate(values)]
    assert guess(*_columns(desk, "contract_id,account,value", *lines))["numbers"] == numbers
