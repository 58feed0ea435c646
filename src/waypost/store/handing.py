"""Handing over: what history is learnt from, copied for a process of its own.

The warehouse belongs to one process. Another one that works for it is given the tables that it asks about as Parquet
files, all of one state, and makes a warehouse of its own of them.
"""

from pathlib import Path

import pyarrow.parquet as pq

from waypost.store.warehouse import Warehouse

#: The tables that learning asks about (its questions of `sql/learn`, and who was on a journey, or away, when).
HANDED = (
    "account_eras", "account_standings", "contracts", "identities", "memberships", "pauses", "said", "standings",
    "usage_daily",
)  # fmt: skip


def hand_over(warehouse: Warehouse, folder: Path) -> None:
    """Write what learning asks about into a folder; rounds go on meanwhile, and only a batch of it is in memory."""
    with warehouse.reading() as reader:
        for table in HANDED:
            rows = reader.batches_of(table)
            with pq.ParquetWriter(folder / f"{table}.parquet", rows.schema) as file:
                for batch in rows:
                    file.write_batch(batch)


def take_over(folder: Path, *, memory_mb: int, threads: int) -> Warehouse:
    """Return a warehouse in the folder, made of what was handed over; nothing is in it that was not."""
    warehouse = Warehouse(folder / "handed.duckdb", memory_mb=memory_mb, threads=threads)
    with warehouse.writing() as writer:
        for table in HANDED:
            with pq.ParquetFile(folder / f"{table}.parquet") as file:
                for batch in file.iter_batches():
                    writer.fill(table, batch)
    return warehouse
