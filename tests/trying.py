"""What tries rules out, over a workspace that was put together by hand and has no rounds of its own."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from waypost.core import day_of
from waypost.run.rulebook import Rulebook
from waypost.run.trial import Trials
from waypost.store import Definitions, Operations, Warehouse


def trials_over(warehouse: Warehouse, operations: Operations, *, now: datetime, zone: str) -> Trials:
    """Return trials over these stores, with the definitions in force now."""
    rules = Rulebook.of(Definitions(operations))
    stood_in = SimpleNamespace(warehouse=warehouse, rules=rules, now=now, today=day_of(now, zone))
    return Trials(cast("Any", stood_in))
