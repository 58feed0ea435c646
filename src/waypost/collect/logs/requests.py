"""Requests that the rules of a source name: which of them a line is, told by its method, path and status."""

import re
from typing import NamedTuple

from waypost.collect.log_rules import Request
from waypost.core import Template


def asked_as(written: str) -> str:
    """Return the expression of requests, as method and path, that a template fits; a slash at the end is let go."""
    template = Template.of(written)
    end = "" if template.deep else "/?"
    return f"{Template.method_of(written) or '[A-Z]+'} {template.pattern}{end}"


class _Named(NamedTuple):
    name: str | None
    path: str
    asked: re.Pattern[str]
    statuses: re.Pattern[str]


class Requests:
    """Names requests by templates; the first that fits counts, in the order of the document."""

    def __init__(self, requests: tuple[Request, ...]) -> None:
        """Compile the templates: one expression tells that a request fits none of them, which most do."""
        self._all = [
            _Named(
                each.name,
                each.path[each.path.index("/") :],
                re.compile(asked_as(each.path)),
                re.compile("|".join(str(status).replace("x", r"\d") for status in each.status)),
            )
            for each in requests
        ]
        self._any = re.compile("|".join(f"(?:{each.asked.pattern})()" for each in self._all))

    def __call__(self, method: str, path: str, status: str) -> str | None:
        """Return the name of a request's event, None when the rules name no such request."""
        asked = f"{method} {path}"
        match = self._any.fullmatch(asked)
        if match is None:
            return None
        # The first template that fits is known; another one may follow it that wants this status.
        for each in self._all[(match.lastindex or 1) - 1 :]:
            if each.statuses.fullmatch(status) and each.asked.fullmatch(asked):
                return each.name or f"{method} {each.path}"
        return None
