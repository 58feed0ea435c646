"""Every command works whether or not Waypost runs: the running one is asked, or the folder opened here."""

import time
from contextlib import ExitStack
from typing import TypeVar

import msgspec

from waypost.core import StoreError
from waypost.run.act import Act, Tell
from waypost.run.clock import SystemClock
from waypost.run.control import NobodyAtTheDoorError, ask_at_the_door
from waypost.run.folder import private, ready_folder
from waypost.run.holding import HeldError, holding
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R")

# A Waypost that starts or ends holds its folder for a moment without answering.
PATIENCE_S = 10.0
STEP_S = 0.2


def ask(settings: Settings, act: Act[Workspace, A, R], arguments: A, tell: Tell, *, makes: bool = False) -> R:
    """Return the answer of an act on the settings' data folder, wherever it can be done.

    `makes` says that the act may be the first one on a folder; others refuse when there is none. Raises
    StoreError when another command is at work on the folder for longer than our patience.
    """
    folder = ready_folder(settings.data, makes=makes)
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return ask_at_the_door(folder, act, arguments, tell)
        except NobodyAtTheDoorError:
            pass
        with ExitStack() as held:
            try:
                held.enter_context(holding(folder, "workspace"))
            except HeldError as error:
                if time.monotonic() > deadline:
                    raise StoreError(
                        f"{folder} is busy with another command (process {error.process}); try again after it"
                    ) from None
                time.sleep(STEP_S)
                continue
            held.enter_context(private())
            workspace = Workspace(folder, settings, SystemClock())
            held.callback(workspace.close)
            return act.do(workspace, arguments, tell)
