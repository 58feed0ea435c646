"""Pull the plug: whatever dies, whenever, no accepted event is lost and none is stored twice."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from tests.stories.town import Town
from waypost.core import Event, Kind
from waypost.run.clock import SystemClock
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import Inbox, fault_of_register, intake_of

pytestmark = pytest.mark.story
KILLS_OF_ROUNDS = 12
KILLS_IN_TOWN = 6
CHUNKS = 400

ROUNDS = """
import sys
from itertools import islice
from pathlib import Path
from waypost.run.clock import SystemClock
from waypost.run import taking
from waypost.run.settings import Settings
from waypost.run.taking import take_all
from waypost.run.workspace import Workspace
from waypost.store import keep_register
taking.WORTH_HEARING_AHEAD = 1
workspace = Workspace(Path(sys.argv[1]), Settings(), SystemClock())
print("open", flush=True)
while True:
    with workspace.warehouse.writing() as writer:
        keep_register(writer, least=1)
    # The next batch is heard while one is appended.
    for _ in islice(take_all(workspace.inbox, workspace.warehouse, zone="UTC", most=200), 3):
        pass
    workspace.round()
"""


def test_rounds_killed_at_random_points_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    accepted = _fill(tmp_path / "inbox.db")
    for _ in range(KILLS_OF_ROUNDS):
        process = subprocess.Popen([sys.executable, "-c", ROUNDS, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        time.sleep(chance.uniform(0.0, 0.5))
        process.kill()
        process.wait()
        process.stdout.close()
    workspace = Workspace(tmp_path, Settings(), SystemClock())
    workspace.round()
    stored = workspace.warehouse.look("select event_id from events where source = 'plug'")[
        "event_id"
    ].to_list()
    usage = workspace.warehouse.look("select sum(n) as n from usage_daily").item()
    with workspace.warehouse.writing() as writer:
        assert writer.register.covered > 0
        assert fault_of_register(writer) == ""
    workspace.close()
    assert sorted(stored) == sorted(accepted)
    assert usage is None, "no catalogue says what these events mean"


def _fill(file: Path) -> list[str]:
    inbox = Inbox(file)
    now = datetime.now(tz=UTC)
    ids = []
    for chunk in range(CHUNKS):
        events = [
            Event(
                event_id=f"{chunk}-{nr}",
                source="plug",
                kind=Kind.TRACK,
                name="Report Exported",
                happened_at=now,
                received_at=now,
                person_id=f"ada-{nr}",
                account_id="acme",
            )
            for nr in range(10)
        ]
        # Every chunk comes twice, as a client that saw no answer would send it.
        inbox.put([intake_of("plug", events, now)] * 2)
        ids += [event.event_id for event in events]
    inbox.close()
    return ids


def test_whatever_process_is_killed_an_answered_batch_is_stored_once(town: Town) -> None:
    chance = random.Random(7)
    key = town.key()
    accepted: list[str] = []
    for kill in range(KILLS_IN_TOWN):
        for nr in range(15):
            accepted += _send(town, key, f"{kill}-{nr}")
        time.sleep(chance.uniform(0.0, 0.3))
        _kill_one(town, chance, kill)
        accepted += _send(town, key, f"{kill}-after")
    town.until(lambda: len(_stored(town)) >= len(accepted))
    assert sorted(_stored(town)) == sorted(accepted)


def _send(town: Town, key: str, name: str) -> list[str]:
    """Send one batch again and again until it is answered with 200, as the SDKs do."""
    ids = [f"{name}-{nr}" for nr in range(20)]
    batch = [
        {"type": "track", "messageId": each, "userId": "ada", "event": "Report Exported"} for each in ids
    ]
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
    }
    body = json.dumps({"batch": batch})
    return list(town.until(lambda: _post(town.collector_port, body, headers) and ids))


def _post(port: int, body: str, headers: dict[str, str]) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/v1/batch", body, headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    except http.client.HTTPException:
        return False
    finally:
        connection.close()


def _kill_one(town: Town, chance: random.Random, kill: int) -> None:
    """Kill the supervisor once; else one of the processes that it keeps running."""
    serving = town.process
    if kill == KILLS_IN_TOWN // 2:
        os.kill(serving.pid, signal.SIGKILL)
        serving.wait()
        town.start()
        return
    children = psutil.Process(serving.pid).children(recursive=True)
    if children:
        chance.choice(children).kill()


def _stored(town: Town) -> list[str]:
    rows = town.sql("select event_id from events where kind = 'track'")
    return [str(row["event_id"]) for row in rows]
