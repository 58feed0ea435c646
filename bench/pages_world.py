"""Makes a workspace of very many accounts, with all that pages show: `python -m bench.pages_world FOLDER ACCOUNTS`.

The events are a made-up company's (`bench.scale_world`), ten people an account. All else is derived by the product: a
replay, what plays decide about the signals of the last days, and what history teaches. Of more than a thousand accounts
only the first thousand are derived, and copied with all that is said of them (`bench.pages_copies`).
"""

import json
import sys
import time
from importlib.resources import as_file, files
from pathlib import Path

from bench.pages_copies import copied
from bench.scale_world import NOW, World, write
from waypost.core import Document
from waypost.run.clock import SetClock
from waypost.run.documents import read_folder
from waypost.run.interventions import Interventions
from waypost.run.learning import learn_now
from waypost.run.secret import secret_of
from waypost.run.settings import Settings, WorkspaceSettings
from waypost.run.workspace import Workspace
from waypost.store import Members, Role, tidy

IN_ACCOUNT = 10
EVENTS_A_PERSON = 10
MOST_DERIVED = 1_000
MEMORY_MB = 3000
EMAIL, PASSWORD = "bench@waypost.example", "a-password-of-a-benchmark"


def definitions() -> list[Document]:
    """Return everything that the sample defines."""
    with as_file(files("waypost.run.sample") / "definitions") as folder:
        return read_folder(Path(folder))


def opened(folder: Path, *, memory_mb: int) -> Workspace:
    """Open the workspace at the instant at which its made-up history ends."""
    settings = Settings(data=folder, memory_mb=memory_mb, workspace=WorkspaceSettings())
    return Workspace(folder, settings, SetClock(NOW))


def make(folder: Path, accounts: int) -> dict[str, float]:
    """Make the workspace in an empty folder; return how long each step took, in seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    derived = min(accounts, MOST_DERIVED)
    people = derived * IN_ACCOUNT
    world = World(events=people * EVENTS_A_PERSON, most_people=people, in_account=IN_ACCOUNT)
    took: dict[str, float] = {}
    began = time.perf_counter()

    def done(step: str) -> None:
        nonlocal began
        took[f"{step}_s"] = round(time.perf_counter() - began, 1)
        began = time.perf_counter()
        print(step, took[f"{step}_s"], file=sys.stderr, flush=True)

    if not (folder / "warehouse.duckdb").exists():
        write(world, folder / "warehouse.duckdb", memory_mb=MEMORY_MB)
        done("written")
    workspace = opened(folder, memory_mb=MEMORY_MB)
    try:
        workspace.publish(definitions())
        Members(workspace.operations).add(
            email=EMAIL, name="Bench", role=Role.OWNER, password=PASSWORD, now=NOW
        )
        workspace.replay()
        done("replayed")
        Interventions(workspace, secret_of(folder)).decide()
        workspace.round()
        done("decided")
        learn_now(workspace)
        done("learnt")
        workspace.warehouse.checkpoint()
    finally:
        workspace.close()
    if accounts > derived:
        copied(folder / "warehouse.duckdb", accounts // derived, derived, memory_mb=MEMORY_MB)
        done("copied")
    workspace = opened(folder, memory_mb=MEMORY_MB)
    tidy(workspace.warehouse)
    workspace.close()
    done("tidied")
    return took


if __name__ == "__main__":
    print(json.dumps(make(Path(sys.argv[1]), int(float(sys.argv[2])))))
