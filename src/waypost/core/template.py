"""A template of paths, as the catalogue and the rules of a log write it: `POST /projects/:id/export`."""

import re

import msgspec

_WRITTEN = re.compile(r"(?:(?P<method>[A-Z]{1,20}) )?(?P<path>/[^?#\s]*)")
_LIKE = re.compile(r"[\\%_]")


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A path in which `:name` stands for any one step, and `*` at the end for everything below.

    In SQL it is a pattern for LIKE and a number of slashes, for a pattern alone would let a step hold a slash.
    """

    steps: tuple[str, ...]
    deep: bool

    @classmethod
    def of(cls, written: str) -> "Template":
        """Read a template, with or without a method before it; a slash at its end does not matter."""
        steps = written[max(0, written.find("/")) :].rstrip("/").split("/")
        deep = steps[-1] == "*"
        return cls(steps=tuple(steps[:-1] if deep else steps), deep=deep)

    @staticmethod
    def fault(written: str) -> str | None:
        """Say why this is no template, None when it is one."""
        parts = _WRITTEN.fullmatch(written)
        if parts is None:
            return "begin with / (or a method and /), without query and blanks: /orders/:id/export"
        *above, last = parts["path"].split("/")
        if any("*" in step for step in above) or ("*" in last and last != "*"):
            return "`*` stands for everything below and comes last; `:id` is any one step"
        return None

    @staticmethod
    def method_of(written: str) -> str | None:
        """Return the method before a template, None when it has none and any will do."""
        parts = _WRITTEN.fullmatch(written)
        return parts["method"] if parts else None

    @property
    def pattern(self) -> str:
        """The regular expression of the paths that fit."""
        steps = "/".join("[^/]+" if step.startswith(":") else re.escape(step) for step in self.steps)
        return f"{steps}/.+" if self.deep else steps

    @property
    def like(self) -> str:
        """The pattern for LIKE, with a backslash before what is meant as written."""
        return "/".join("_%" if step.startswith(":") else _LIKE.sub(r"\\\g<0>", step) for step in self.steps)

    @property
    def slashes(self) -> int:
        """How many slashes the pattern has."""
        return len(self.steps) - 1
