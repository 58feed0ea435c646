"""What is fuzzed, in a process of its own that atheris takes over: the door, or files; `names()` lists the corpora.

    python -m tests.collect.fuzz.target door|files CORPUS [-max_total_time=60 and other options of libFuzzer]

Any exception but the named ones, any answer of 500 or above, an answer that cannot be read, a request that is refused
and stored all the same, a file that is taken in by half: each ends the process and leaves the input beside.
"""

import asyncio
import json
import random
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

import atheris

with atheris.instrument_imports(include=["waypost.collect"]):
    from tests.collect.door import NOW, Answered, Door
    from waypost.collect import (
        SAYS,
        CsvImport,
        FileFormat,
        Format,
        ImportReport,
        TurnedAway,
        csv_mapping_of,
        first_rows,
        guess,
        import_file,
    )

from tests.collect.fuzz.seeds import Asked, files, read, requests
from tests.collect.hostile import NASTY, tells_pieces
from tests.collect.logs import test_formats as logs
from waypost.core import Event, ImportRefusedError
from waypost.store import Operations, QuerySnapshots

#: How long one input may take, and how much memory all of it: more is a fault.
LIMITS = ("-timeout=10", "-rss_limit_mb=1536", "-max_len=8192")
FORGET_AFTER = 200
_NAMES = {why.value for why in TurnedAway}
Try = Callable[[bytes], None]


class AtTheDoor:
    """Sends each input as a request to a collector."""

    def __init__(self, folder: Path) -> None:
        """Open the door of a folder."""
        self._door = Door(folder)
        self._loop = asyncio.new_event_loop()
        self._position = self._tried = 0
        self._key = self._door.key

    def __call__(self, written: bytes) -> None:
        """Send it and see that the door stands."""
        answered = self._loop.run_until_complete(self._send(read(written, self._key)))
        self._check(answered, self._stored())

    def _check(self, answered: Answered, stored: list[Event]) -> None:
        assert answered.status < 500, answered
        if answered.headers["content-type"] == "application/json":
            assert isinstance(answered.said, dict)
        if answered.status >= 400:
            assert not stored or tells_pieces(answered), (answered, stored)
        for event in stored:
            assert isinstance(json.loads(bytes(event.properties)), dict)
            assert isinstance(json.loads(bytes(event.context)), dict)

    def _stored(self) -> list[Event]:
        taken = self._door.inbox.take(self._position, 1_000_000)
        self._position = taken.position
        self._tried += 1
        if self._tried % FORGET_AFTER == 0:
            counts = self._door.inbox.door_counts("2000-01-01")
            assert {one.reason for one in counts if one.outcome == "refused"} <= _NAMES, counts
            samples = self._door.inbox.quarantined(None, 1_000)
            assert not any("please report" in one.detail for one in samples), samples
            self._door.inbox.forget(self._position)
        return taken.events

    async def _send(self, asked: Asked) -> Answered:
        scope = {
            "type": "http",
            "method": asked.method,
            "scheme": "http",
            "path": unquote(asked.path),
            "raw_path": asked.path.encode("latin-1"),
            "client": ("203.0.113.7", 41_000),
            "query_string": asked.query.encode("latin-1"),
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1")) for name, value in asked.headers.items()
            ],
        }
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self._door.collector(scope, receive, send)
        start, end = sent
        names = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        return Answered(status=start["status"], headers=names, body=end["body"])


class Files:
    """Imports each input as a file; its first line names the format."""

    def __init__(self, folder: Path) -> None:
        """Write the files into a folder."""
        self._file = folder / "file"
        self._door = Door(folder)
        self._snapshots = QuerySnapshots(Operations(None))
        self._position = 0

    def __call__(self, written: bytes) -> None:
        """Import it, and compare what was stored with what was reported."""
        name, _, rest = written.partition(b"\n")
        formats = [*Format]
        chosen = next(
            (each for each in formats if each.value.encode() == name), formats[len(name) % len(formats)]
        )
        self._file.write_bytes(rest)
        n = 0
        try:
            report = self._cells() if chosen is Format.CSV else self._lines(chosen)
        except ImportRefusedError:
            pass
        else:
            n = report.events
            assert {*report.refused} <= {why.value for why in SAYS}
        taken = self._door.inbox.take(self._position, 1_000_000)
        self._position = taken.position
        assert len(taken.events) == n
        self._door.inbox.forget(self._position)

    def _lines(self, chosen: Format) -> ImportReport:
        asked = FileFormat(chosen, written=logs.WRITTEN.get(chosen))
        return import_file(self._file, source="old", file_format=asked, inbox=self._door.inbox, now=NOW)

    def _cells(self) -> ImportReport:
        """Take a file of cells in by the mapping that is guessed of it, after it was tried out."""
        mapping = csv_mapping_of(guess(*first_rows(self._file, 20)))
        asked = CsvImport(file=self._file, source="old", mapping=mapping, snapshots=self._snapshots, now=NOW)
        asked.try_out(lambda _source, _ids: set())
        return asked.take_in(self._door.inbox)


TARGETS: dict[str, Callable[[Path], Try]] = {"door": AtTheDoor, "files": Files}


def plant(target: str, corpus: Path) -> None:
    """Write the real bodies into a corpus; what was found before stays."""
    corpus.mkdir(parents=True, exist_ok=True)
    if target == "door":
        found = {f"{mount}-{number}": each for number, (mount, each) in enumerate(requests())}
    else:
        found = {each.value: each.value.encode() + b"\n" + held for each, held in files().items()}
    for name, written in found.items():
        (corpus / name).write_bytes(written)


def bent(data: bytes, most: int, seed: int) -> bytes:
    """Return an input bent as atheris would, all of it or its body alone, or with a nasty value somewhere."""
    chance = random.Random(seed)
    head, gap, body = data.partition(b"\n\n")
    draw = chance.random()
    if draw < 0.3 or not gap:
        return bytes(atheris.Mutate(data, most))
    if draw < 0.65 and len(data) < most:
        return head + gap + bytes(atheris.Mutate(body, most - len(head) - len(gap)))
    marks = [at for at, sign in enumerate(body) if sign in b":,[=&"]
    start = chance.choice(marks) + 1 if marks else 0
    end = next((at for at in marks if at > start), len(body))
    return (head + gap + body[:start] + chance.choice(NASTY) + body[end:])[:most]


def main() -> None:
    """Fuzz until the time is over or something breaks."""
    target, corpus, *options = sys.argv[1:]
    plant(target, Path(corpus))
    with TemporaryDirectory() as name:
        attempt = TARGETS[target](Path(name))
        atheris.Setup([sys.argv[0], corpus, *LIMITS, *options], attempt, custom_mutator=bent)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
