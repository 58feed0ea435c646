import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from tests.run.sample.conftest import NOW, SEED, TODAY, ZONE
from waypost.collect import Format, import_file
from waypost.run.sample import Manifest, generate
from waypost.store import Inbox

Made = tuple[Path, Manifest]
FORMATS = {
    "segment.ndjson": Format.SEGMENT_NDJSON,
    "access.log": Format.APACHE_COMBINED,
    "facts.ndjson": Format.WAYPOST_NDJSON,
}


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    def digests(folder: Path) -> dict[str, str]:
        generate(folder, seed=SEED, today=TODAY, now=NOW, zone=ZONE, scale=0.04)
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
        }

    first, second = digests(tmp_path / "first"), digests(tmp_path / "second")
    assert first == second
    assert first == digests(tmp_path / "first"), "making it again over the old files changes nothing"
    assert {"segment.ndjson", "access.log", "facts.ndjson", "product.db", "manifest.json"} < set(first)


def test_another_seed_is_another_company(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", seed=1, today=TODAY, now=NOW, zone=ZONE, scale=0.04)
    two = generate(tmp_path / "two", seed=2, today=TODAY, now=NOW, zone=ZONE, scale=0.04)
    assert one.segment != two.segment


def test_every_line_comes_through_the_door_and_the_manifest_counts_them(made: Made) -> None:
    folder, manifest = made
    counted = {
        "segment.ndjson": manifest.segment,
        "access.log": manifest.access_log["lines"],
        "facts.ndjson": sum(manifest.facts.values()),
    }
    inbox = Inbox(None)
    for name, lines in counted.items():
        report = import_file(folder / name, source=name, file_format=FORMATS[name], inbox=inbox, now=NOW)
        assert (report.lines, report.refused) == (lines, {})
        assert report.events + report.noise.total() == lines
    stored = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    assert stored == manifest


def test_nothing_happens_after_now_or_before_the_nine_months(made: Made) -> None:
    for at in _instants(made[0]):
        assert datetime(2026, 2, 22, tzinfo=UTC) <= at <= NOW


def test_a_sample_made_in_the_morning_ends_in_the_morning(tmp_path: Path) -> None:
    early = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    generate(tmp_path, seed=SEED, today=date(2026, 11, 20), now=early, zone=ZONE, scale=0.04)
    assert max(_instants(tmp_path)) <= early


def _instants(folder: Path) -> Iterator[datetime]:
    """Yield the first and the last instant of each file; the log is sorted, which a test of its own says."""
    for name, member in (("segment.ndjson", "timestamp"), ("facts.ndjson", "happened_at")):
        texts = re.findall(f'"{member}":"([^"]+)"', (folder / name).read_text("utf-8"))
        yield from (datetime.fromisoformat(text) for text in (min(texts), max(texts)))
    lines = (folder / "access.log").read_text("utf-8").splitlines()
    for line in (lines[0], lines[-1]):
        yield datetime.strptime(line.split("[")[1].split("]")[0], "%d/%b/%Y:%H:%M:%S %z")
