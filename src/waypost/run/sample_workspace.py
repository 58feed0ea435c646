"""The sample in a workspace: made once, taken in through the doors of real data, and removed by one click."""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path

import msgspec
import structlog

from waypost.collect import run_query_source
from waypost.core import ImportRefusedError
from waypost.run.documents import read_folder
from waypost.run.querying import query_sources
from waypost.run.sample import SEED, generate, product_source
from waypost.run.sample_files import DATABASE, KEY, SOURCES
from waypost.run.secret import new_password
from waypost.run.workspace import Workspace
from waypost.store import Keys, Members, Role, Schedule, forget_accounts, look_up_anew

# She owns accounts in the sample, so that what is "mine" is there to see.
SIGN_IN, NAME = "marta.lindqvist@lodeline.example", "Marta Lindqvist"
log = structlog.get_logger("sample")


class State(StrEnum):
    """How far the sample is."""

    LOADING = "loading"
    THERE = "there"
    REMOVED = "removed"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What the data folder remembers of the sample."""

    state: State


def sample_state(folder: Path | None) -> State | None:
    """Return how far the sample of a data folder is; None when it never had one."""
    try:
        return msgspec.json.decode(_file_of(folder).read_bytes(), type=Kept).state
    except FileNotFoundError:
        return None


def is_sample(folder: Path | None) -> bool:
    """Whether the workspace of a data folder shows a made-up company."""
    return sample_state(folder) in {State.LOADING, State.THERE}


def _file_of(folder: Path | None) -> Path:
    return (folder or Path()) / "sample.json"


class SampleWorkspace:
    """The sample of one workspace, if it has one."""

    def __init__(self, workspace: Workspace, *, say: Callable[[str], None], scale: float = 1.0) -> None:
        """Look after the sample of `workspace`; `say` tells the terminal how far it is.

        `scale` is for tests, which need no more than a few customers.
        """
        self._scale = scale
        self._at_work = threading.Lock()
        self._workspace = workspace
        self._say = say
        self._file = _file_of(workspace.folder)

    @property
    def state(self) -> State | None:
        """How far the sample is; None when this workspace never had one."""
        return sample_state(self._workspace.folder)

    def is_there(self) -> bool:
        """Whether the workspace shows a made-up company."""
        return is_sample(self._workspace.folder)

    def begin(self) -> str | None:
        """Make the sample's member and key in a workspace that is still empty; return how to get in, this once.

        Returns None when nothing is to be made: the workspace had a sample, or is in use already.
        """
        if self.state is not None or self._in_use():
            return None
        now = self._workspace.now
        password = new_password()
        members = Members(self._workspace.operations)
        members.add(email=SIGN_IN, name=NAME, role=Role.OWNER, password=password, now=now)
        key = Keys(self._workspace.operations).create(KEY, now=now)
        self._keep(State.LOADING)
        return f"Sign in    {SIGN_IN}  {password}\nWrite key  {key}"

    def load(self) -> None:
        """Make the sample and take it in, when that is still to be done; doing it twice changes nothing."""
        if self.state is not State.LOADING:
            return
        with self._at_work:
            # A click on remove may have come first.
            if self.state is State.LOADING:
                self._load()

    def _load(self) -> None:
        began = time.monotonic()
        workspace = self._workspace
        with tempfile.TemporaryDirectory(prefix=".sample-", dir=workspace.folder) as made:
            folder = Path(made)
            self._say("making a company, its customers, and nine months of their use")
            generate(
                folder,
                seed=SEED,
                today=workspace.today,
                now=workspace.now,
                zone=workspace.zone,
                scale=self._scale,
            )
            workspace.publish(read_folder(folder / "definitions"))
            self._say("taking in what their product, its log and its database tell")
            self._take_in(folder)
        self._say("judging all of it")
        # What happened in the last two weeks is news on the first day.
        workspace.round(lookback_days=14)
        self._keep(State.THERE)
        self._say(f"the sample is ready after {time.monotonic() - began:.0f} s")

    def remove(self) -> None:
        """Forget everything the sample brought, and what Waypost did about its customers.

        Members, keys, and events of other sources stay; definitions that came with the sample end. Waits for a
        load under way; cut short, it is done again by the next click.
        """
        with self._at_work:
            self._forget()
            self._keep(State.REMOVED)

    def _forget(self) -> None:
        workspace = self._workspace
        with workspace.warehouse.writing() as writer:
            accounts = writer.ask("sample/accounts", {"sources": SOURCES})["account_id"].to_list()
            writer.register.forget()
            writer.run("sample/forget", {"sources": SOURCES, "accounts": accounts})
            look_up_anew(writer)
        forget_accounts(workspace.operations, accounts)
        sources = query_sources(workspace)
        if DATABASE in {each.name for each in sources.all()}:
            sources.remove(DATABASE)
        self._database().unlink(missing_ok=True)
        with as_file(files("waypost.run.sample") / "definitions") as definitions:
            came_with_it = read_folder(definitions)
        for each in workspace.definitions.newest():
            if each.document in came_with_it:
                workspace.definitions.withdraw(each.kind, each.key, now=workspace.now, today=workspace.today)
        workspace.publish([])
        workspace.replay()

    def _ask_database(self, made: Path) -> None:
        """Keep the product's database beside ours, as a source that is asked like any other."""
        database = self._database()
        shutil.copyfile(made, database)
        asked = product_source()
        sources = query_sources(self._workspace)
        url = f"sqlite:///{database.absolute()}"
        now = self._workspace.now
        sources.put(
            DATABASE,
            url=url,
            query=asked.query,
            mapping=asked.mapping,
            schedule=Schedule(every_s=asked.every_s),
            now=now,
        )
        run_query_source(DATABASE, sources=sources, inbox=self._workspace.inbox, now=now)

    def _database(self) -> Path:
        return (self._workspace.folder or Path()) / "sample.db"

    def _in_use(self) -> bool:
        operations = self._workspace.operations
        known = self._workspace.warehouse.ask("facts/last_arrival").item()
        return bool(Members(operations).any() or Keys(operations).list() or known)

    def _take_in(self, made: Path) -> None:
        workspace = self._workspace
        inbox = str((workspace.folder or Path()) / "inbox.db")
        command = [
            sys.executable,
            "-m",
            "waypost.run.sample_files",
            str(made),
            inbox,
            workspace.now.isoformat(),
        ]
        with subprocess.Popen(command) as importing:  # noqa: S603 -- our own module with our own interpreter
            try:
                self._ask_database(made / "product.db")
                while importing.poll() is None:
                    if not workspace.take_in():
                        time.sleep(0.1)
            finally:
                importing.terminate()
        if importing.returncode:
            raise ImportRefusedError("the sample could not be taken in; waypost serve --sample tries again")
        while workspace.take_in():
            pass

    def _keep(self, state: State) -> None:
        fresh = self._file.with_suffix(".fresh")
        fresh.write_bytes(msgspec.json.encode(Kept(state=state)))
        fresh.replace(self._file)
