"""An act is what a command does: a function of a workspace and arguments, done here or by who runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

W = TypeVar("W")
A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R")


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an act has come: `done` of `of` units; `of` is None when nobody can say."""

    what: str
    done: int = 0
    of: int | None = None


class Tell(Protocol):
    """Takes news of an act's progress; it never waits."""

    def __call__(self, progress: Progress, /) -> None:
        """Take one piece of news."""
        ...


def in_silence(_progress: Progress) -> None:
    """Take the news and tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Generic[W, A, R]):
    """One act: its name, the shapes of its arguments and of its answer, and the function that does it."""

    name: str
    asks: type[A]
    answers: type[R]
    do: Callable[[W, A, Tell], R]
