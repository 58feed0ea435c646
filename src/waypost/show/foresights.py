"""Foresights: what a draft would change, worked out once in the background and kept while its page is looked at."""

import threading
from collections import OrderedDict
from collections.abc import Callable

import msgspec
import structlog

from waypost.core import WaypostError

log = structlog.get_logger()
MOST_KEPT = 16
BROKE = "this could not be worked out; the log says why"


class Foresight(msgspec.Struct, frozen=True, kw_only=True):
    """What would change for customers, one line each; `wrong` says why it could not be worked out."""

    ready: bool = False
    lines: tuple[str, ...] = ()
    wrong: str = ""


class Foresights:
    """Works out one foresight at a time, since each takes the warehouse's writer as long as a replay does."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: OrderedDict[str, Foresight] = OrderedDict()
        self._looking = threading.Lock()
        self._working = threading.Lock()

    def of(self, key: str, work: Callable[[], list[str]]) -> Foresight:
        """Return the foresight of `key`; the first to ask starts it, and is told that it is not ready."""
        with self._looking:
            known = self._kept.get(key)
            if known is not None:
                return known
            self._kept[key] = Foresight()
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        threading.Thread(target=self._work, args=(key, work), name="foresight", daemon=True).start()
        return Foresight()

    def _work(self, key: str, work: Callable[[], list[str]]) -> None:
        with self._working:
            try:
                found = Foresight(ready=True, lines=tuple(work()))
            except WaypostError as error:
                found = Foresight(ready=True, wrong=str(error))
            except Exception:  # the page says that it failed, and the log has all of it
                log.exception("foresight_failed")
                found = Foresight(ready=True, wrong=BROKE)
        with self._looking:
            self._kept[key] = found
