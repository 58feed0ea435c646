from tests.tale import Tale
from waypost.store import tidy

ROWS = {
    "usage_daily": "select * from usage_daily order by all",
    "standings": "select * from standings order by all",
    "memberships": "select * from memberships order by all",
    "people": "select * from people order by all",
}


def _tale() -> Tale:
    tale = Tale("acme")
    for person in ("zoe", "ada", "ben"):
        tale.by(person).on_day(0).joins(role="analyst")
        tale.by(person).on_day(3).uses("export")
    tale.at("beta").by("cleo").on_day(1).joins(role="analyst")
    tale.by("cleo").on_day(4).uses("export")
    tale.round()
    return tale


def test_tidying_changes_no_row() -> None:
    warehouse = _tale().workspace.warehouse
    before = {name: warehouse.look(sql).rows() for name, sql in ROWS.items()}
    assert tidy(warehouse) == sum(len(rows) for rows in before.values())
    assert {name: warehouse.look(sql).rows() for name, sql in ROWS.items()} == before
    assert all(before.values())


def test_tidying_puts_the_rows_of_an_account_beside_each_other() -> None:
    warehouse = _tale().workspace.warehouse
    tidy(warehouse)
    for table in ("usage_daily", "standings", "memberships"):
        found = warehouse.look(f"select account_id, person_id from {table} order by rowid").rows()  # noqa: S608 -- ours
        assert found == sorted(found)


def test_a_round_goes_on_after_tidying_as_without_it() -> None:
    tale = _tale()
    tidy(tale.workspace.warehouse)
    tale.at("acme").by("ada").on_day(9).uses("export").round()
    live = {name: tale.workspace.warehouse.look(sql).rows() for name, sql in ROWS.items()}
    tale.workspace.replay()
    assert {name: tale.workspace.warehouse.look(sql).rows() for name, sql in ROWS.items()} == live
