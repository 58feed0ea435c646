"""What was expected is worked out once for a past day, names who fell, and is worked out anew for today."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tests.show.cast import Cast, empty_workspace
from tests.show.cast_rules import at
from waypost.measure import Holidays
from waypost.show.desk import Desk
from waypost.show.expectations import ExpectationBook

TODAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
WEEKS, PEOPLE, ACCOUNTS = 20, 8, 7


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Seven accounts of eight who come every working day; the first of Acme stays away for the last two weeks."""
    cast = empty_workspace()
    cast.now = TODAY
    accounts, memberships, usage = [], [], []
    for account in range(ACCOUNTS):
        name = "acme" if account == 0 else f"other{account}"
        accounts.append({"account_id": name, "name": name, "tier": "growth", "traits": "{}"})
        for nr in range(PEOPLE):
            person = f"{name}-{nr}"
            first = TODAY.date() - timedelta(days=7 * WEEKS)
            memberships.append(
                {
                    "person_id": person, "account_id": name, "champion": False, "signs_renewal": False,
                    "provisioned_at": at(6, 1), "provisioned_on": first, "joined_on": first,
                }
            )  # fmt: skip
            for back in range(1, 7 * WEEKS):
                day = TODAY.date() - timedelta(days=back)
                if day.weekday() < 5 and not (person == "acme-0" and back <= 14):
                    usage.append(
                        {
                            "day": day, "account_id": name, "person_id": person, "feature": "f", "actor": "human",
                            "n": 1, "first_at": at(6, 1), "last_at": at(6, 1),
                        }
                    )  # fmt: skip
    for table, rows in (("accounts", accounts), ("memberships", memberships), ("usage_daily", usage)):
        _fill(cast, table, rows)
    return cast.desk()


def test_who_stays_away_is_named(desk: Desk) -> None:
    yesterday = desk.today - timedelta(days=1)
    found = ExpectationBook().of(desk, "acme", "growth", yesterday)
    assert found.people["subject_id"].to_list() == ["acme-0"]
    assert found.people["seen"].to_list() == [0]
    assert found.asked_people == PEOPLE
    assert found.peers == ACCOUNTS
    newest = found.weeks.filter(pl.col("week") == 0).row(0, named=True)
    assert newest["seen"] == PEOPLE - 1
    assert newest["low"] <= newest["seen"] <= newest["high"]


def test_a_past_day_is_worked_out_once_and_today_is_not_kept(desk: Desk) -> None:
    book = ExpectationBook()
    yesterday = desk.today - timedelta(days=1)
    first = book.of(desk, "acme", "growth", yesterday)
    assert book.of(desk, "acme", "growth", yesterday) is first
    assert book.kept("acme", yesterday) is first
    book.of(desk, "acme", "growth", desk.today)
    assert book.kept("acme", desk.today) is None


def test_no_account_of_another_tier_is_compared_with(desk: Desk) -> None:
    found = ExpectationBook().of(desk, "acme", "enterprise", desk.today - timedelta(days=1))
    assert found.peers == 0
    assert set(found.weeks["why"]) == {"there is nobody like it to compare with yet"}


def test_a_holiday_is_no_fall_and_other_holidays_are_worked_out_anew(desk: Desk) -> None:
    book, yesterday = ExpectationBook(), desk.today - timedelta(days=1)
    first = book.of(desk, "acme", "growth", yesterday)
    lazy = Holidays.from_document(
        {
            "kind": "holidays",
            "key": "holidays",
            "days": [{"day": yesterday.isoformat(), "name": "Founders’ Day"}],
        },
        where="holidays",
    )
    book.know(lazy)
    assert book.kept("acme", yesterday) is None
    found = book.of(desk, "acme", "growth", yesterday)
    assert found.holidays == ("Founders’ Day",)
    assert first.holidays == ()
    book.know(lazy)
    assert book.kept("acme", yesterday) is found


def _fill(cast: Cast, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    columns = cast.warehouse.look(f"select * from {table} limit 0").columns  # noqa: S608 -- our own names
    frame = pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows], infer_schema_length=None
    )
    cursor = cast.warehouse._root.cursor()
    cursor.register("fresh", frame)
    cursor.execute(f"insert into {table} select * from fresh")  # noqa: S608 -- as above
    cursor.close()
