"""One tree of errors; every message says what happened, where, and what to do next."""


class WaypostError(Exception):
    """Any failure that Waypost explains in one line."""


class SettingsError(WaypostError):
    """A setting is unknown, misspelt or out of range."""


class DefinitionError(WaypostError):
    """A definition does not say what it must; `where` is the path of the fault."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class StoreError(WaypostError):
    """The data folder cannot be used as it is."""


class ImportRefusedError(WaypostError):
    """A file or a query cannot be taken in."""


class DeliveryError(WaypostError):
    """A message did not go out; `permanent` says whether trying again is useless."""

    def __init__(self, problem: str, *, permanent: bool, retry_after_s: float | None = None) -> None:
        super().__init__(problem)
        self.permanent = permanent
        self.retry_after_s = retry_after_s
