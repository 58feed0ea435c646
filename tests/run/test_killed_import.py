"""An import that is killed in the middle loses nothing, doubles nothing, and is completed or undone."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.run.conftest import Type

WAYPOST = str(Path(sys.executable).with_name("waypost"))
LINE = '10.0.0.1 - u{} [01/Nov/2026:10:{:02}:{:02} +0000] "POST /projects/{}/export HTTP/1.1" 200 12 "-" "Firefox"\n'
N = 150_000
MAPPING = "time: at\nevent: export\nperson: who\nkey: [id]\n"


@pytest.mark.story
@pytest.mark.parametrize("form", ["log", "csv"])
def test_an_import_killed_in_the_middle_is_completed_by_importing_again(
    type_in: Type, data: Path, form: str
) -> None:
    words = _file(data.parent, form)
    process = subprocess.Popen([WAYPOST, "import", *words], cwd=data.parent, stdout=subprocess.DEVNULL)
    _kill_once_it_has_begun(process, data)
    took = int(type_in("round").out.split()[0])
    assert 0 < took < N
    listed = type_in("imported", "list").lines[1].split("\t")
    assert listed[6] == "stopped"
    assert "Waypost ended before it was through" in listed[-1]
    assert type_in("import", *words).code == 0
    assert f"{N - took} of them new" in type_in("round").out
    stored = type_in("sql", "select count(*), count(distinct event_id) from events").lines[1]
    assert stored == f"{N}\t{N}"
    # What the first brought the second said again, so nothing of it goes.
    assert "0 events hold no longer" in type_in("imported", "undo", "1").out
    assert f"{N} events hold no longer" in type_in("imported", "undo", "2").out


def _file(folder: Path, form: str) -> list[str]:
    if form == "log":
        with (folder / "access.log").open("w") as log:
            log.writelines(LINE.format(nr % 900, nr // 60 % 60, nr % 60, nr) for nr in range(N))
        return ["access.log", "--source", "web"]
    (folder / "use.yaml").write_text(MAPPING)
    with (folder / "use.csv").open("w") as rows:
        rows.write("id,at,who\n")
        rows.writelines(f"{nr},2026-11-01T10:00:00Z,u{nr % 900}\n" for nr in range(N))
    return ["use.csv", "--source", "web", "--mapping", "use.yaml"]


def _kill_once_it_has_begun(process: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if sum(each.stat().st_size for each in data.glob("inbox-*.bodies")) > 8_000_000:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.005)
    assert process.wait(60) == -signal.SIGKILL
