"""Taking in: what waits in the inbox becomes events, batch by batch, and the next batch is heard meanwhile.

Each batch is one transaction, with the position up to which the inbox was taken: a crash repeats nothing and loses
nothing. To hear a batch is Python's work and to append it is the engine's, so each has a core of its own. What was
heard ahead has changed nothing yet; when an append fails, it is heard again.

Two batches are in memory at most, each of BATCH events or the inbox's MOST_BYTES_AT_ONCE, whatever waits.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from waypost.store import (
    Inbox,
    Scope,
    TakenColumns,
    Warehouse,
    append_columns,
    keep_register,
    position,
    set_positions,
    take_columns,
)

#: Fewer would have the engine write its last, half full group of rows anew more often than the events of it.
BATCH = 100_000
#: When fewer events than this wait, they are heard when it is their turn.
WORTH_HEARING_AHEAD = 5_000


def take_in(inbox: Inbox, warehouse: Warehouse, *, zone: str, most: int = BATCH) -> tuple[int, int]:
    """Append one batch from the inbox; return how many events were taken and how many were new."""
    for batch in take_all(inbox, warehouse, zone=zone, most=most, ahead=False):
        return batch
    return 0, 0


def take_all(
    inbox: Inbox, warehouse: Warehouse, *, zone: str, most: int = BATCH, ahead: bool = True
) -> Iterator[tuple[int, int]]:
    """Append what waits in the inbox; yield, after each batch, how many events were taken and how many were new.

    With `ahead`, the next batch is heard while one is appended. It ends when nothing waits.
    """
    heard: Future[TakenColumns] | None = None
    with ThreadPoolExecutor(1, "hearing") as hearing:
        while True:
            with warehouse.writing() as writer:
                keep_register(writer)
                # Facts only: what is derived from them is stated afterwards.
                writer.changes(Scope())
                after = position(writer, "inbox") or 0
                taken = heard.result() if heard else take_columns(inbox, after, most)
                if taken.position == after:
                    return
                heard = None
                if ahead and inbox.waiting(taken.position) >= WORTH_HEARING_AHEAD:
                    heard = hearing.submit(take_columns, inbox, taken.position, most)
                appended = append_columns(writer, taken.events, zone=zone, imported=taken.imported)
                set_positions(writer, inbox=taken.position)
            inbox.forget(taken.position)
            yield len(taken.events), appended
