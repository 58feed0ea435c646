"""Asks the warehouse which events of a source it has."""

from collections.abc import Collection

import polars as pl

from waypost.store import Warehouse


class StoredIn:
    """Which events are stored in a warehouse; what still waits in an inbox is not there yet."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Ask this warehouse."""
        self._warehouse = warehouse

    def __call__(self, source: str, ids: Collection[str], /) -> set[str]:
        """Return those of the ids under which events of the source are stored."""
        frame = pl.DataFrame({"event_id": list(ids)}, schema={"event_id": pl.String})
        return set(self._warehouse.ask("facts/stored_ids", {"source": source}, {"ids": frame})["event_id"])
