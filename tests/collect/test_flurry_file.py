import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from waypost.collect.flurry_file import COLUMNS, FlurryLines
from waypost.collect.gathering import Gathering

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


def read(*lines: str | bytes, zone: str | None = None) -> Gathering:
    reader, gathering = FlurryLines(ZoneInfo(zone) if zone else None), Gathering("old", NOW)
    for line in lines:
        reader(line if isinstance(line, bytes) else line.encode(), gathering)
    return gathering


def test_a_line_is_an_event_and_its_cells_are_freed_of_blanks() -> None:
    line = '2014-01-05 09:00:00 , 1 , Report Exported ,  , 2.1 , iOS , "iPhone, 5" , ada , {rows : 12; name : Größe; x}'
    gathered = read("\ufeff" + ",".join(COLUMNS), line)
    (one,) = gathered.events
    assert (one.name, one.person_id, one.happened_at) == (
        "Report Exported",
        "ada",
        datetime(2014, 1, 5, 9, tzinfo=UTC),
    )
    assert json.loads(bytes(one.properties)) == {"rows": "12", "name": "Größe", "x": None}
    assert json.loads(bytes(one.context))["Session Index"] == "1"
    assert gathered.refused == {}


@pytest.mark.parametrize("written", ["01/05/2014 09:00:00", "1/5/14 9:00 AM", "2014-01-05T09:00:00"])
def test_times_are_those_of_the_zone_that_is_named(written: str) -> None:
    (one,) = read(f"{written},2,x,,,,,ada,", zone="America/New_York").events
    assert one.happened_at == datetime(2014, 1, 5, 14, tzinfo=UTC)


def test_what_is_no_event_is_refused_by_name() -> None:
    gathered = read("a,b", "soon,1,x,,,,,ada,", ",1,x,,,,,ada,", "2014-01-05,1,x,,,,,,", b"\xff,1")
    assert gathered.refused == {"not_a_line": 1, "impossible_time": 2, "no_id": 1, "bad_text": 1}
