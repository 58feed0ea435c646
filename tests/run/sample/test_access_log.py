from pathlib import Path

from waypost.run.sample import Manifest
from waypost.run.sample.world import World

Made = tuple[Path, Manifest]


def test_a_third_of_the_log_is_noise(made: Made) -> None:
    counted = made[1].access_log
    assert 0.3 < counted["noise"] / counted["lines"] < 0.37


def test_lines_are_sorted_by_time(made: Made) -> None:
    days = [line.split("[")[1][:11] for line in (made[0] / "access.log").read_text("utf-8").splitlines()]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    as_numbers = [(int(day[7:]), months.index(day[3:6]), int(day[:2])) for day in days]
    assert as_numbers == sorted(as_numbers)


def test_who_blocks_the_clickstream_is_seen_in_the_log_alone(made: Made, told: World) -> None:
    blocking = set(told.who.ids[told.who.blocking])
    stream = (made[0] / "segment.ndjson").read_text("utf-8").splitlines()
    # The account's admin may block and still be the one under whose name a setting was changed.
    tracked = {line.split('"userId":"')[1].split('"')[0] for line in stream if '"Report Exported"' in line}
    requested = {
        line.split()[2]
        for line in (made[0] / "access.log").read_text("utf-8").splitlines()
        if "/export" in line
    }
    assert not blocking & tracked
    assert blocking & requested
