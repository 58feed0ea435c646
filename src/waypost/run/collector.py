"""A collector worker: a process of its own, which accepts while rounds run and while the workspace restarts."""

import argparse
import gc
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from waypost.collect import READERS, Collector, Doorkeeper
from waypost.run.guarding import guarded
from waypost.run.secret import PERSONAL_DATA, SIGNATURES, secret_of
from waypost.store import GroupCommit, Inbox, KeyRing

BACKLOG = 2_048
MOST_GOODBYE_S = 20

# What a worker can read, every later reader can: they have the interpreter's own limit, which is 1,000.
MOST_DEEP = 400
# The thread that commits asks for the interpreter a few times per commit; by default it would wait 5 ms each time.
SWITCH_EVERY_S = 0.0005
# A request leaves no cycles behind; what waits for the disk need not be walked through hundreds of times a second.
COLLECT_EVERY = (50_000, 20, 50)


def serve_collector(folder: Path, listener: socket.socket) -> None:
    """Serve the collector on a bound socket until SIGTERM or SIGINT; requests under way are finished first.

    `folder` is the data folder: events go to its inbox, keys come from its operational database. Several workers
    may share one socket.
    """
    sys.setrecursionlimit(MOST_DEEP)
    sys.setswitchinterval(SWITCH_EVERY_S)
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)
    secret = secret_of(folder)
    keeper = Doorkeeper(secret.for_purpose(PERSONAL_DATA))
    inbox = Inbox(folder / "inbox.db", READERS, keeper)
    keys = KeyRing(folder / "operations.db", secret.for_purpose(SIGNATURES))
    collector = Collector(GroupCommit(inbox), keys, keeper, lambda: datetime.now(UTC))
    server = guarded(
        collector,
        take=collector.at_once,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=MOST_GOODBYE_S,
    )
    try:
        server.run(sockets=[listener])
    finally:
        inbox.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one worker from the command line; `waypost serve` does so."""
    parser = argparse.ArgumentParser(prog="python -m waypost.run.collector", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--fd", type=int, help="a listening socket handed in by the supervisor")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on, without --fd")
    parser.add_argument("--port", type=int, default=8090, help="the port to listen on, without --fd")
    chosen = parser.parse_args(arguments)
    if chosen.fd is None:
        family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
        listener = socket.create_server((chosen.host, chosen.port), family=family, backlog=BACKLOG)
    else:
        listener = socket.socket(fileno=chosen.fd)
    serve_collector(chosen.data, listener)


if __name__ == "__main__":
    main()
