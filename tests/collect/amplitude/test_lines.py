import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.collect import Format, first_line, import_file
from waypost.core import Event, ImportRefusedError
from waypost.store import Inbox

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
LINE = {
    "event_type": "Report Exported",
    "user_id": "ada",
    "device_id": "d1",
    "$insert_id": "i1",
    "uuid": "u1",
    "event_time": "2026-06-01 10:00:00.250000",
    "client_event_time": "2026-06-01 09:59:00.250000",
    "event_properties": {"rows": 12, "name": "Größe 📈"},
    "user_properties": {"plan": "pro"},
    "groups": {"company": ["acme"]},
}


def taken(file: Path) -> list[Event]:
    inbox = Inbox(None)
    import_file(file, source="archive", file_format=Format.AMPLITUDE_EXPORT, inbox=inbox, now=NOW)
    events = inbox.take(0, 1_000).events
    inbox.close()
    return events


def zipped(file: Path, *lines: object) -> Path:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("123/", "")
        for number, line in enumerate(lines):
            written = json.dumps(line).encode() + b"\n"
            packed.writestr(f"123/{number}.json.gz", gzip.compress(written) if number % 2 else written)
    return file


def test_an_export_meets_what_came_live(tmp_path: Path) -> None:
    identify = {**LINE, "event_type": "$identify", "$insert_id": "i2"}
    event, link, identified = taken(zipped(tmp_path / "export.zip", LINE, identify))
    assert (event.event_id, event.name, event.person_id, event.account_id) == (
        "amplitude:i1",
        "Report Exported",
        "ada",
        "acme",
    )
    assert event.happened_at == datetime(2026, 6, 1, 10, 0, 0, 250_000, tzinfo=UTC)
    assert json.loads(bytes(event.properties)) == LINE["event_properties"]
    assert json.loads(bytes(event.context))["user_properties"] == {"plan": "pro"}
    assert (link.kind, link.anonymous_id) == ("identify", "d1")
    assert json.loads(bytes(identified.properties)) == {"plan": "pro"}


def test_what_is_no_line_of_an_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="3 of the first 4 lines are not amplitude-export"):
        taken(zipped(tmp_path / "export.zip", LINE, {"a": 1}, {"b": 1}, {}))
    assert len(taken(zipped(tmp_path / "other.zip", LINE, LINE, 7))) == 4


def test_a_broken_zip_is_told(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "export.zip", LINE).read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    for read in (taken, first_line):
        with pytest.raises(ImportRefusedError, match="cannot be read"):
            read(tmp_path / "half.zip")
    (tmp_path / "empty.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    assert first_line(zipped(tmp_path / "a.zip", LINE)).startswith(b'{"event_type"')
