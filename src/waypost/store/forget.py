"""Forgetting accounts and people: what Waypost decided, wrote and sent about them goes from the operational tables."""

from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from waypost.store.operations import Operations, metadata

MANY = 500
ERASED = "(erased)"
WHERE_NAMED = ("ids", "words")


def forget_accounts(operations: Operations, accounts: Collection[str]) -> None:
    """Remove every row about these accounts, in every operational table, in one transaction.

    A table is about an account when it has a column `account_id`, or names an intervention that has.
    """
    ids = sorted(accounts)
    with operations.begin() as rows:
        for start in range(0, len(ids), MANY):
            _forget(rows, ids[start : start + MANY])


def forget_person(operations: Operations, ids: Collection[str], addresses: Collection[str]) -> None:
    """Remove every row about a person, known by these ids and e-mail addresses, in one transaction."""
    interventions = metadata.tables["interventions"]
    about = interventions.c.person_id.in_(ids) | interventions.c.address.in_(addresses)
    theirs = sa.select(interventions.c.intervention_id).where(about)
    with operations.begin() as rows:
        for table in metadata.tables.values():
            if "intervention_id" in table.c and table is not interventions:
                rows.execute(sa.delete(table).where(table.c.intervention_id.in_(theirs)))
        rows.execute(sa.delete(interventions).where(about))
        suppressions = metadata.tables["suppressions"]
        rows.execute(sa.delete(suppressions).where(suppressions.c.address.in_(addresses)))
        seen, before = metadata.tables["query_snapshots"], metadata.tables["import_rows"]
        them = seen.c.person_id.in_([*ids, *addresses])
        # What was new has nobody's name before, and the same key now.
        keys = sa.select(seen.c.key).where(them)
        was_them = before.c.person_id.in_([*ids, *addresses]) | before.c.key.in_(keys)
        rows.execute(sa.delete(before).where(was_them))
        rows.execute(sa.delete(seen).where(them))
        for table in metadata.tables.values():
            if "problem" in table.c:
                # What went wrong with a source may quote the row that it went wrong with.
                quotes = sa.or_(
                    *(table.c.problem.contains(each, autoescape=True) for each in (*ids, *addresses))
                )
                rows.execute(sa.update(table).where(quotes).values(problem=ERASED))
            if "document" in table.c:
                _unname(rows, table, {each.lower() for each in (*ids, *addresses)})


def _unname(rows: sa.Connection, table: sa.Table, names: set[str]) -> None:
    """Take somebody out of kept documents, such as a segment whose members are named one by one; the number stays."""
    found = rows.execute(sa.select(*table.primary_key.columns, table.c.document)).mappings().all()
    for row in found:
        before = msgspec.json.decode(row["document"])
        after = _without(before, names)
        if after != before:
            same = sa.and_(*(column == row[column.name] for column in table.primary_key.columns))
            text = msgspec.json.encode(after).decode()
            rows.execute(sa.update(table).where(same).values(document=text))


def _without(node: object, names: set[str], *, named: bool = False) -> object:
    """Return a document with nobody of these names where people are named: under `ids` and `words`."""
    if isinstance(node, str):
        return ERASED if named and node.lower() in names else node
    if isinstance(node, list):
        return [_without(each, names, named=named) for each in node]
    if isinstance(node, dict):
        return {key: _without(value, names, named=key in WHERE_NAMED) for key, value in node.items()}
    return node


def _forget(rows: sa.Connection, accounts: list[str]) -> None:
    interventions = metadata.tables["interventions"]
    theirs = sa.select(interventions.c.intervention_id).where(interventions.c.account_id.in_(accounts))
    named = [table for table in metadata.tables.values() if "intervention_id" in table.c]
    for table in named:
        if table is not interventions and "account_id" not in table.c:
            rows.execute(sa.delete(table).where(table.c.intervention_id.in_(theirs)))
    for table in metadata.tables.values():
        if "account_id" in table.c:
            rows.execute(sa.delete(table).where(table.c.account_id.in_(accounts)))
