import gzip
import json
import zipfile
from pathlib import Path

import pytest

from tests.run.conftest import Type
from waypost.collect import Format
from waypost.core import ImportRefusedError
from waypost.run.formats import format_of

TRACK = {
    "type": "track",
    "messageId": "1",
    "userId": "ada",
    "event": "Report Exported",
    "timestamp": "2026-11-01T10:00:00Z",
}
OWN = {"kind": "survey", "name": "nps", "person_id": "ada", "happened_at": "2026-11-01T10:00:00Z",
       "properties": {"answer_id": "1", "score": 9, "scale": "nps"}}  # fmt: skip
EXPORTED = {
    "event_type": "Report Exported",
    "user_id": "ada",
    "event_time": "2026-11-01 10:00:00.250000",
    "uuid": "1",
}
MIXPANEL = {
    "event": "Report Exported",
    "properties": {"time": 1_767_603_600, "distinct_id": "ada", "$insert_id": "i1"},
}
COLUMNS = [
    "Timestamp",
    "Session Index",
    "Event",
    "Description",
    "Version",
    "Platform",
    "Device",
    "User ID",
    "Params",
]
LOG = '10.0.0.1 - ada [01/Nov/2026:10:00:00 +0000] "POST /projects/7/export HTTP/1.1" 200 12 "-" "Mozilla/5.0"\n'


@pytest.mark.usefixtures("anyhow")
def test_files_of_every_format_are_taken_in_by_what_they_hold(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "track.ndjson").write_text(json.dumps(TRACK) + "\n")
    (tmp_path / "own.ndjson").write_text(json.dumps(OWN) + "\n")
    (tmp_path / "export.ndjson").write_text(json.dumps(EXPORTED) + "\n")
    with gzip.open(tmp_path / "access.log.gz", "wt") as log:
        log.write(LOG)
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as export:
        export.writestr("1/b.json.gz", gzip.compress(json.dumps(EXPORTED).encode()))
    (tmp_path / "mixpanel.ndjson").write_text(json.dumps(MIXPANEL) + "\n")
    (tmp_path / "12.json").write_text('{"_p":"ada","_n":"Report Exported","_t":1767603600}\n')
    (tmp_path / "flurry.csv").write_text(",".join(COLUMNS) + "\n2014-01-05 09:00:00,1,Exported,,,,,ada,\n")
    files = (
        "track.ndjson",
        "own.ndjson",
        "access.log.gz",
        "export.zip",
        "mixpanel.ndjson",
        "12.json",
        "flurry.csv",
    )
    done = type_in("import", *files, "--source", "product")
    assert done.lines == [
        "track.ndjson: 1 events taken in from 1 lines of segment-ndjson",
        "own.ndjson: 1 events taken in from 1 lines of waypost-ndjson",
        "access.log.gz: 1 events taken in from 1 lines of apache-combined",
        "export.zip: 1 events taken in from 1 lines of amplitude-export",
        "mixpanel.ndjson: 1 events taken in from 1 lines of mixpanel-ndjson",
        "12.json: 1 events taken in from 1 lines of kissmetrics-ndjson",
        "flurry.csv: 1 events taken in from 2 lines of flurry-csv",
    ]
    assert type_in("round").out.startswith("7 events taken in, 7 of them new")


@pytest.mark.usefixtures("anyhow")
def test_times_without_a_zone_are_those_of_the_zone_that_is_named(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "mixpanel.ndjson").write_text(json.dumps(MIXPANEL) + "\n")
    (tmp_path / "own.ndjson").write_text(json.dumps(OWN) + "\n")
    into = ("--source", "product", "--zone")
    assert "no zone 'Mars'" in type_in("import", "mixpanel.ndjson", *into, "Mars").err
    assert "leave --zone away" in type_in("import", "own.ndjson", *into, "Asia/Kolkata").err
    assert type_in("import", "mixpanel.ndjson", *into, "Asia/Kolkata").code == 0
    type_in("round")
    assert "2026-01-05 03:30:00" in type_in("sql", "select happened_at from events").out


@pytest.mark.usefixtures("anyhow")
def test_a_file_taken_in_twice_is_stored_once(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "track.ndjson").write_text(json.dumps(TRACK) + "\n")
    type_in("import", "track.ndjson", "--source", "product")
    type_in("import", "track.ndjson", "--source", "product")
    assert type_in("round").out.startswith("2 events taken in, 1 of them new")


@pytest.mark.usefixtures("anyhow")
def test_what_is_refused_is_counted_by_name(type_in: Type, tmp_path: Path) -> None:
    nobody = {key: value for key, value in TRACK.items() if key != "userId"}
    (tmp_path / "track.ndjson").write_text(
        "".join(json.dumps(each) + "\n" for each in (TRACK, TRACK, nobody))
    )
    assert type_in("import", "track.ndjson", "--source", "product").lines[1] == "    1 refused: no_id"


@pytest.mark.usefixtures("anyhow")
def test_a_file_that_is_not_there_is_told_in_one_line(type_in: Type) -> None:
    refused = type_in("import", "lost.ndjson", "--source", "product")
    assert (refused.code, refused.err) == (
        1,
        "waypost: lost.ndjson cannot be read (No such file or directory)\n",
    )


@pytest.mark.usefixtures("anyhow")
def test_a_source_must_be_named(type_in: Type, tmp_path: Path) -> None:
    assert type_in("import", "track.ndjson").code == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"type": "track"}\n', Format.SEGMENT_NDJSON),
        (b'\n\n{"kind": "survey"}\n', Format.WAYPOST_NDJSON),
        (b'\xef\xbb\xbf{"kind": "survey"}\n', Format.WAYPOST_NDJSON),
        (LOG.encode(), Format.APACHE_COMBINED),
        (b"#Version: 1.0\n#Fields: date time\n", Format.W3C_LOG),
        (b"h2 2026-06-01T04:30:00.000000Z app/edge/50dc 203.0.113.9:41000 -\n", Format.AWS_ALB),
    ],
)
def test_the_first_line_tells_what_a_file_holds(tmp_path: Path, content: bytes, expected: Format) -> None:
    (tmp_path / "file").write_bytes(content)
    assert format_of(tmp_path / "file") is expected


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{nonsense\n", gzip.compress(b"x" * 99, mtime=0)[:-9]])
def test_a_file_that_does_not_tell_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ImportRefusedError):
        format_of(tmp_path / "file")


@pytest.mark.usefixtures("anyhow")
def test_how_lines_are_written_and_how_many_may_differ_can_be_said(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("1780288200.0 ada GET /x HTTP/1.1\nodd\n")
    asked = (
        "import",
        "a.log",
        "--source",
        "web",
        "--format",
        "nginx-log",
        "--written",
        "$msec $remote_user $request",
    )
    refused = type_in(*asked)
    assert (refused.code, "column 1: expected a time" in refused.err) == (1, True)
    assert "1 events taken in from 2 lines of nginx-log" in type_in(*asked, "--most-odd", "0.5").out


@pytest.mark.usefixtures("anyhow")
def test_rules_of_a_source_say_what_lines_of_its_log_mean(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "web.yaml").write_text(
        "kind: source\nkey: web\nsource: web\nlog:\n  person: [query.uid]\n"
        "  account: [{from: path.org, template: '/orgs/:org/*'}]\n"
        "  requests: [{path: POST /orgs/:org/export, status: [302], name: Exported}]\n"
    )
    (tmp_path / "nobody.log").write_text(LOG.replace(" ada ", " - "))
    assert "most lines name nobody" in type_in("import", "nobody.log", "--source", "web").out
    assert type_in("apply", str(tmp_path / "rules"), "--yes").code == 0
    (tmp_path / "access.log").write_text(
        LOG.replace("/projects/7/export", "/orgs/acme/export?uid=ben").replace('" 200', '" 302')
    )
    done = type_in("import", "access.log", "--source", "web")
    assert done.lines == ["access.log: 1 events taken in from 1 lines of apache-combined"]
    type_in("round")
    seen = type_in("sql", "select name, person_id, account_id from events where kind = 'log'")
    assert "Exported" in seen.out
    assert "ben" in seen.out
    assert "acme" in seen.out
    type_in("export", str(tmp_path / "out"))
    (written,) = (tmp_path / "out").rglob("web.yaml")
    assert "template: /orgs/:org/*" in written.read_text()
