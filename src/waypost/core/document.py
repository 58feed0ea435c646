"""Definitions are documents outside and frozen structs inside; a fault names its path."""

from typing import Any, NoReturn, TypeVar

import msgspec

from waypost.core.errors import DefinitionError
from waypost.core.faults import told_fault

Document = dict[str, Any]
T = TypeVar("T")


def reading(shape: type[T], document: Document, *, where: str) -> T:
    """Return `document` as the frozen struct `shape`.

    Raises DefinitionError with the path of the fault, such as `journeys/analyst.yaml: milestones[1].by_day:
    here stands text; it must be a whole number`. Structs that set `forbid_unknown_fields` also refuse misspelt keys.
    """
    try:
        return msgspec.convert(document, shape, strict=True)
    except msgspec.ValidationError as error:
        raise DefinitionError(where, told_fault(shape, error)) from None


def fail(where: str, problem: str) -> NoReturn:
    """Refuse a definition whose shape is right and whose sense is not."""
    raise DefinitionError(where, problem)
