import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.collect import FileFormat, Format, ImportReport, import_file
from waypost.core import Event, ImportRefusedError
from waypost.store import Inbox, Outcome

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)

#: How lines are written of the formats that must be told.
WRITTEN = {
    Format.APACHE_LOG: '%h %l %u %t "%r" %>s',
    Format.NGINX_LOG: '$remote_addr [$time_local] "$request"',
    Format.PATTERN: r"(?P<time>\S+) (?P<request>\S+ \S+)",
}


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox(None)
    yield inbox
    inbox.close()


def message(number: int) -> bytes:
    said = {"type": "track", "event": "Report Exported", "userId": "ada", "messageId": f"m{number}"}
    return json.dumps({**said, "timestamp": "2026-06-01T10:00:00Z"}).encode()


def taken(inbox: Inbox) -> list[Event]:
    return inbox.take(0, 1_000_000).events


def bring(
    inbox: Inbox, file: Path, written: bytes, file_format: Format | FileFormat = Format.SEGMENT_NDJSON
) -> ImportReport:
    file.write_bytes(written)
    return import_file(file, source="archive", file_format=file_format, inbox=inbox, now=NOW)


def test_every_line_of_a_file_is_taken_in_once(inbox: Inbox, tmp_path: Path) -> None:
    report = bring(inbox, tmp_path / "a.ndjson", b"\n".join(message(n) for n in range(12_345)) + b"\n\n")
    assert (report.lines, report.events) == (12_345, 12_345)
    assert [event.event_id for event in taken(inbox)] == [f"m{n}" for n in range(12_345)]
    assert {event.source for event in taken(inbox)} == {"archive"}


def test_gzip_is_recognised_by_its_first_bytes(inbox: Inbox, tmp_path: Path) -> None:
    report = bring(inbox, tmp_path / "a.ndjson", gzip.compress(message(1) + b"\r\n" + message(2)))
    assert report.events == 2


def test_gzip_that_ends_too_soon_is_told(inbox: Inbox, tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="cannot be read to its end"):
        bring(inbox, tmp_path / "a.gz", gzip.compress(message(1))[:-10])


def test_bad_lines_are_counted_and_some_are_kept_for_looking_at(inbox: Inbox, tmp_path: Path) -> None:
    lines = [message(n) for n in range(2_000)]
    lines[1_500:] = [b'{"type": "track"}'] * 500 + [b"x" * 100_000]
    report = bring(inbox, tmp_path / "a.ndjson", b"\n".join(lines))
    assert report.refused == {"no_id": 500, "too_large": 1}
    (accepted, *refused) = inbox.door_counts("2026-06-03")
    assert (accepted.outcome, accepted.n) == (Outcome.ACCEPTED, 1_500)
    assert {one.reason: one.n for one in refused} == {"no_id": 500, "too_large": 1}
    assert 0 < len(inbox.quarantined("archive", 1_000)) <= 500


@pytest.mark.parametrize("file_format", [each for each in Format if each is not Format.CSV])
def test_a_file_that_is_plainly_something_else_is_refused_whole(
    inbox: Inbox, tmp_path: Path, file_format: Format
) -> None:
    with pytest.raises(ImportRefusedError, match=f"are not {file_format}; nothing was imported"):
        bring(
            inbox,
            tmp_path / "a.csv",
            b"date,user\n2026-01-01,ada\n" * 10,
            FileFormat(file_format, written=WRITTEN.get(file_format)),
        )
    assert taken(inbox) == []
    assert inbox.door_counts("2000-01-01") == []


def test_an_empty_and_a_missing_file_are_refused(inbox: Inbox, tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="empty"):
        bring(inbox, tmp_path / "a.ndjson", b"\n\n")
    missing = tmp_path / "b.ndjson"
    with pytest.raises(ImportRefusedError, match="cannot be read"):
        import_file(missing, source="archive", file_format=Format.SEGMENT_NDJSON, inbox=inbox, now=NOW)


def test_progress_is_told_in_bytes(inbox: Inbox, tmp_path: Path) -> None:
    file, told = tmp_path / "a.ndjson", list[tuple[int, int]]()
    file.write_bytes(b"\n".join(message(n) for n in range(4_000)))
    import_file(
        file,
        source="archive",
        file_format=Format.SEGMENT_NDJSON,
        inbox=inbox,
        now=NOW,
        progress=lambda read, whole: told.append((read, whole)),
    )
    assert told == sorted(told)
    assert told[-1] == (file.stat().st_size, file.stat().st_size)
    assert len(told) > 2


def test_own_events_and_logs_enter_by_the_same_door(inbox: Inbox, tmp_path: Path) -> None:
    own = {"kind": "ticket", "name": "opened", "happened_at": "2026-06-01T10:00:00Z", "account_id": "acme"}
    bring(
        inbox,
        tmp_path / "a",
        json.dumps({**own, "properties": {"ticket_id": "t1"}}).encode(),
        Format.WAYPOST_NDJSON,
    )
    log = '10.0.0.1 - ada [01/Jun/2026:10:00:00 +0000] "GET /reports HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X11)"'
    bring(inbox, tmp_path / "b", log.encode(), Format.APACHE_COMBINED)
    assert [(event.kind, event.name) for event in taken(inbox)] == [
        ("ticket", "opened"),
        ("log", "GET /reports"),
    ]


def test_a_log_with_more_odd_lines_than_its_share_is_refused_with_the_first_of_them(
    inbox: Inbox, tmp_path: Path
) -> None:
    good = '10.0.0.1 - ada [01/Jun/2026:10:00:00 +0000] "GET /reports HTTP/1.1" 200 5\n'
    odd = "10.0.0.1 - ada yesterday\n"
    with pytest.raises(
        ImportRefusedError,
        match=r"6 of the first 100 lines .* column 12: expected a user or - and then ' \['",
    ):
        bring(inbox, tmp_path / "a", (good * 94 + odd * 6).encode(), Format.APACHE_COMBINED)
    assert inbox.door_counts("2000-01-01") == []
    assert bring(inbox, tmp_path / "b", (good * 95 + odd * 5).encode(), Format.APACHE_COMBINED).events == 95
    allowed = FileFormat(Format.APACHE_COMBINED, most_odd=0.5)
    assert bring(inbox, tmp_path / "c", (good * 50 + odd * 50).encode(), allowed).events == 50
    (newest, *_) = inbox.quarantined("archive", 10)
    assert newest.detail.startswith("column ")
