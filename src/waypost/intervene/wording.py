"""Wording: what a play's author writes, filled with what Waypost knows.

Templates may show words and choose between them; they cannot loop, call or compute, so no definition can
spin or reach anything. Every template is checked when its play is read, not when its message is due.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import nh3
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from waypost.core import fail

WORDS: Mapping[str, tuple[str, ...]] = {
    "person": ("id", "name", "first_name", "email", "role", "title"),
    "account": ("id", "name", "tier", "owner", "renews_on"),
    "journey": ("key", "name"),
    "milestone": ("key", "name", "missing"),
    "signal": ("name", "reason", "since_on"),
}
FILTERS = ("capitalize", "day", "default", "lower", "title", "trim", "upper")

TAGS = {"a", "b", "br", "code", "em", "i", "li", "ol", "p", "strong", "ul"}

Words = Mapping[str, Mapping[str, str]]

_BLANK_LINES = re.compile(r"\n\s*\n")
_SHOWS = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.Filter,
)
_CHOOSES = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not)


def _encoded(value: Any) -> str:  # noqa: ANN401 -- Jinja hands in whatever an expression gives
    return quote(str(value), safe="")


def _day(written: str | None) -> str:
    """Return an ISO date as people write it, `16 Nov 2026`; anything else stays as it is."""
    try:
        on_day = date.fromisoformat(str(written))
    except ValueError:
        return str(written or "")
    return f"{on_day.day} {on_day:%b %Y}"


def _environment(*, html: bool = False, url: bool = False) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, finalize=_encoded if url else None
    )
    made.filters["day"] = _day
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made


_TEXT, _HTML, _URL = _environment(), _environment(html=True), _environment(url=True)


def fill(template: str, words: Words) -> str:
    """Return one line of plain text; breaks and runs of blanks become one blank."""
    return " ".join(_TEXT.from_string(template).render(words).split())


def fill_html(template: str, words: Words) -> str:
    """Return the author's markup with the words escaped in it."""
    return _HTML.from_string(template).render(words)


def fill_url(template: str, words: Words) -> str:
    """Return an address with the words percent-encoded in it."""
    return _URL.from_string(template).render(words)


def paragraphs(markup: str) -> str:
    """Return the author's markup as clean HTML: paragraphs where there were blank lines, light tags, safe links."""
    parts = [part.strip().replace("\n", "<br>") for part in _BLANK_LINES.split(markup)]
    joined = "".join(f"<p>{part}</p>" for part in parts if part)
    return nh3.clean(joined, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})


def check(template: str, where: str, *, of_person: bool) -> None:
    """Refuse a template that says more than words and choices; `of_person` says whether there is a person.

    Raises DefinitionError with the path of the template.
    """
    try:
        tree = _TEXT.parse(template)
    except TemplateSyntaxError as error:
        fail(where, f"line {error.lineno}: {error.message}")
    for node in tree.find_all(nodes.Node):
        _check_node(node, where, of_person=of_person)


def _check_node(node: nodes.Node, where: str, *, of_person: bool) -> None:
    if not isinstance(node, (*_SHOWS, *_CHOOSES)):
        fail(where, f"a template shows words and chooses between them; it cannot hold {_called(node)}")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        fail(where, f"there is no filter {node.name!r}; use {', '.join(FILTERS)}")
    if isinstance(node, nodes.Name):
        if node.name not in WORDS:
            fail(where, f"there is no {node.name!r}; use {', '.join(WORDS)}")
        if node.name == "person" and not of_person:
            fail(where, "this signal is about an account, so there is no 'person'")
    if isinstance(node, nodes.Getattr):
        _check_word(node, where)
        return
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Name) and child.name in WORDS:
            fail(where, f"say which word of {child.name!r}: {', '.join(WORDS[child.name])}")


def _check_word(node: nodes.Getattr, where: str) -> None:
    if not isinstance(node.node, nodes.Name):
        fail(where, f"there is nothing named {node.attr!r} inside a word")
    known = WORDS.get(node.node.name, ())
    if known and node.attr not in known:
        fail(where, f"there is no '{node.node.name}.{node.attr}'; use {', '.join(known)}")


def _called(node: nodes.Node) -> str:
    return f"a {type(node).__name__.lower()}"
