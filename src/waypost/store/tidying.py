"""Tidying: the rows of one account are put beside each other, so that its pages read a few blocks and not whole tables.

Derived tables lie in the order in which rounds and replays wrote them, which is none. Nothing says where a row lies, so
tidying changes no answer, only what it costs.
"""

from waypost.store.warehouse import Warehouse

TIDIED = ("usage_daily", "standings", "memberships", "people")


def tidy(warehouse: Warehouse) -> int:
    """Tidy the tables that pages of accounts and people read, each in one transaction; return the number of rows."""
    rows = 0
    for table in TIDIED:
        with warehouse.writing() as writer:
            rows += writer.run(f"tidy/{table}")
            writer.run("tidy/over")
    warehouse.checkpoint()
    return rows
