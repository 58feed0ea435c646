"""A session is one command in one terminal: its settings, where it prints, and how it asks."""

import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import msgspec
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from waypost.core import WaypostError
from waypost.run.act import Act, Progress, Tell
from waypost.run.settings import Settings

if TYPE_CHECKING:
    from waypost.run.workspace import Workspace

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R")

SHOWN_AFTER_S = 2.0


class DeclinedError(WaypostError):
    """Whoever was asked did not agree, or nobody could be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a command needs beside its own arguments."""

    settings: Settings
    out: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    def ask(self, act: "Act[Workspace, A, R]", arguments: A, *, makes: bool = False) -> R:
        """Return an act's answer from the running Waypost, or from the data folder; see `opening.ask`."""
        # The engines are loaded only by commands that need them, so that --help answers at once.
        from waypost.run.opening import ask  # noqa: PLC0415 -- as said above

        with self.bar(act.name) as tell:
            return ask(self.settings, act, arguments, tell, makes=makes)

    def say(self, line: str) -> None:
        """Print one line of the answer."""
        self.out.print(line, markup=False)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows: drawn in a terminal, with tabs between the columns for other programs."""
        if not self.out.is_terminal:
            for row in [columns, *rows]:
                self.out.file.write("\t".join(_plain(value) for value in row) + "\n")
            return
        drawn = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            drawn.add_column(column)
        for row in rows:
            drawn.add_row(*(_plain(value) for value in row))
        self.out.print(drawn, markup=False)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Go on when the member agrees, or has said --yes. Raises DeclinedError otherwise."""
        if yes:
            return
        if not sys.stdin.isatty():
            raise DeclinedError("nobody is there to confirm; say --yes to go ahead")
        if self.err.input(f"{question} [y/N] ").strip().lower() not in {"y", "yes"}:
            raise DeclinedError("nothing was changed")

    @contextmanager
    def bar(self, what: str) -> Iterator[Tell]:
        """Draw how far the block is, once it has lasted two seconds, in terminals only."""
        if not self.err.is_terminal:
            yield lambda _progress: None
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        drawn = Bar(*columns, console=self.err, transient=True)
        task = drawn.add_task(what, total=None)
        later = threading.Timer(SHOWN_AFTER_S, drawn.start)
        later.daemon = True
        later.start()

        def tell(progress: Progress) -> None:
            drawn.update(task, description=progress.what, completed=progress.done, total=progress.of)

        try:
            yield tell
        finally:
            later.cancel()
            later.join()
            drawn.stop()


def _plain(value: object) -> str:
    return "" if value is None else str(value)
