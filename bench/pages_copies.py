"""Copies the accounts of a workspace, with everything derived about them, under other ids.

What Waypost says of one account rests on no other account (its people's odds are of everybody, and are copied too), so
a hundred copies of a thousand accounts are a hundred thousand whose standings and scores the product itself derived.
Rows lie where a replay would leave them: events by arrival, scores and ledger by account, the rest in no order.
"""

from pathlib import Path

import duckdb

PEOPLE_IDS = "^(u|anon)-[0-9]{7}$"
BY_ARRIVAL, BY_ACCOUNT = ("events", "said"), ("scores", "ledger", "accounts", "memberships")
#: Ids of their own, and words in which an id is no id: they are made others by the number of the copy.
OWN_IDS = ("event_id", "answer_id", "ticket_id", "contract_id")
ABOUT_ALL = ("progress", "odds_models", "sensing", "matters", "due")


def copied(file: Path, times: int, accounts: int, *, memory_mb: int) -> None:
    """Make `times` as many of the `accounts` accounts that the warehouse `file` holds."""
    with duckdb.connect(str(file), config={"memory_limit": f"{memory_mb}MB", "threads": 2}) as rows:
        rows.execute("set preserve_insertion_order = true")
        rows.execute(f"set temp_directory = '{file.parent}/copying'")
        found = rows.execute("select table_name from duckdb_tables() where not temporary").fetchall()
        for (table,) in found:
            if table not in ABOUT_ALL:
                rows.execute("begin transaction")
                rows.execute(f"create temp table one as select * from {table}")  # noqa: S608 -- ours
                rows.execute(_copies(rows, table, times, accounts))
                rows.execute("drop table one")
                rows.execute("commit")
        rows.execute("checkpoint")


def _copies(rows: duckdb.DuckDBPyConnection, table: str, times: int, accounts: int) -> str:
    columns = [name for name, *_ in rows.execute(f"describe {table}").fetchall()]
    told = ", ".join(f"{_copy(each, table, accounts)} as {each}" for each in columns)
    order = "arrival" if table in BY_ARRIVAL else "k" if table in BY_ACCOUNT else "hash(one, k)"
    if table in BY_ARRIVAL:
        told = told.replace("arrival as arrival", f"one.arrival * {times} + k as arrival")
        order = "one.arrival, k"
        rows.execute(f"delete from {table}")  # noqa: S608 -- ours
    first = 0 if table in BY_ARRIVAL else 1
    return (
        f"insert into {table} select {told} from one, range({first}, {times}) as copies(k) order by {order}"  # noqa: S608
    )


def _copy(column: str, table: str, accounts: int) -> str:
    people = accounts * 10
    if column == "account_id":
        return f"format('a-{{:06d}}', cast(substr(account_id, 3) as bigint) + k * {accounts})"
    if column in ("person_id", "alias", "anonymous_id", "id", "item"):
        number = f"cast(split_part({column}, '-', 2) as bigint)"
        person = f"format('{{}}-{{:07d}}', split_part({column}, '-', 1), {number} + k * {people})"
        return f"case when regexp_matches({column}, '{PEOPLE_IDS}') then {person} else {column} end"
    if column in OWN_IDS:
        return f"case when k = 0 then {column} else {column} || '-' || k end"
    if column == "name" and table in ("accounts", "people"):
        size = accounts if table == "accounts" else people
        return f"split_part(name, ' ', 1) || ' ' || (cast(split_part(name, ' ', 2) as bigint) + k * {size})"
    if column == "email":
        return "replace(email, '@', '.' || k || '@')"
    return column
