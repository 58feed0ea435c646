"""A visit: one request with its desk, member, theme and clock; and how handlers become endpoints."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from waypost.show.addresses import local, with_query
from waypost.show.assets import Assets
from waypost.show.desk import Desk
from waypost.show.expectations import ExpectationBook
from waypost.show.foresights import Foresights
from waypost.show.jobs import Jobs
from waypost.show.results import ResultBook
from waypost.show.rules import Rules, RulesBook
from waypost.show.security import SESSION, VISITOR, fits, form_token, new_visitor
from waypost.show.uploads import Uploads
from waypost.store import Member, Members

THEMES = ("system", "light", "dark")
DENSITIES = ("normal", "compact")
KEYS = ("on", "off")
MOST_FIELDS, MOST_FORM_BYTES = 1000, 64 * 1024
UNSAFE_ORIGIN = "the form came from another site"

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class House:
    """What lives as long as the app: the desk, the templates, the static files, the members."""

    desk: Desk
    templates: jinja2.Environment
    assets: Assets
    members: Members
    results: ResultBook
    expectations: ExpectationBook
    rules: RulesBook
    uploads: Uploads
    foresights: Foresights = field(default_factory=Foresights)
    jobs: Jobs = field(default_factory=Jobs)


@dataclass(slots=True)
class Visit:
    """One request, as handlers see it; `as_of` is the oldest instant of what it shows, None when all is of now."""

    house: House
    request: Request
    member: Member | None
    cookie: str
    form: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None

    @property
    def desk(self) -> Desk:
        """Everything to read from."""
        return self.house.desk

    @property
    def now(self) -> datetime:
        """The instant of this visit."""
        return self.house.desk.now()

    @property
    def today(self) -> date:
        """The workspace's day."""
        return self.house.desk.today

    @property
    def whoever(self) -> Member:
        """The member who is signed in; handlers behind the sign-in always have one."""
        if self.member is None:
            raise HTTPException(401)
        return self.member

    @property
    def rules(self) -> Rules:
        """The definitions in force."""
        return self.house.rules.of(self.house.desk)

    def asked(self, name: str, default: str = "") -> str:
        """Return a value of the query."""
        return self.request.query_params.get(name, default)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return a value of the query that must be one of `allowed`, else the first of them."""
        value = self.asked(name)
        return value if value in allowed else allowed[0]

    def here(self, **changes: str | None) -> str:
        """Return this page's address with some query values changed (None removes one)."""
        query: dict[str, str | None] = {**self.request.query_params, **changes}
        for passing in ("did", "act"):
            if passing not in changes:
                query.pop(passing, None)
        return with_query(self.request.url.path, query)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 -- a template's values are of all types
        """Draw a page with what every page needs beside its own values."""
        theme = self.request.cookies.get("waypost_theme", "system")
        density = self.request.cookies.get("waypost_density", "normal")
        keys = self.request.cookies.get("waypost_keys", "on")
        drawn = self.house.templates.get_template(template).render(
            visit=self,
            member=self.member,
            theme=theme if theme in THEMES else "system",
            density=density if density in DENSITIES else "normal",
            single_keys=keys if keys in KEYS else "on",
            form_token=form_token(self.cookie),
            **values,
        )
        return HTMLResponse(drawn, status_code=status)

    def go(self, target: str) -> RedirectResponse:
        """Send the browser on after a form, to a page of ours."""
        return RedirectResponse(local(target), status_code=303)


Handler = Callable[[Visit], Response]
Reader = Callable[[Visit], Awaitable[dict[str, str]]]


def shows(handler: Handler, *, to_all: bool = False) -> Endpoint:
    """Return the endpoint of a page. `to_all` pages need no sign-in."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        visit = await run_in_threadpool(_visit, request)
        if visit.member is None and not to_all:
            return _to_sign_in(visit)
        return _with_cookie(visit, await run_in_threadpool(handler, visit))

    return endpoint


def acts(
    handler: Handler, *, to_all: bool = False, owner: bool = False, read: Reader | None = None
) -> Endpoint:
    """Return the endpoint of an act: it takes a form that carries this browser's token, as `read` reads it."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        visit = await run_in_threadpool(_visit, request)
        if visit.member is None and not to_all:
            return _to_sign_in(visit)
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise HTTPException(403, UNSAFE_ORIGIN)
        if owner and not visit.whoever.is_owner:
            raise HTTPException(403, "only an owner may do this")
        visit.form = await (read or _read)(visit)
        if not fits(visit.cookie, visit.form.get("form_token")):
            raise HTTPException(
                403, "this form is too old or came from another browser; go back, reload and try again"
            )
        return _with_cookie(visit, await run_in_threadpool(handler, visit))

    return endpoint


def _visit(request: Request) -> Visit:
    house: House = request.app.state.house
    token = request.cookies.get(SESSION)
    member = house.members.signed_in(token, now=house.desk.now()) if token else None
    cookie = token if member and token else request.cookies.get(VISITOR) or new_visitor()
    return Visit(house=house, request=request, member=member, cookie=cookie)


async def _read(visit: Visit) -> dict[str, str]:
    request = visit.request
    if int(request.headers.get("content-length") or 0) > MOST_FORM_BYTES:
        raise HTTPException(413, "the form is larger than a form of ours can be")
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _to_sign_in(visit: Visit) -> Response:
    if not visit.house.members.any():
        return visit.page("unclaimed.html", status=401)
    back = str(visit.request.url.path)
    if visit.request.url.query:
        back = f"{back}?{visit.request.url.query}"
    target = with_query("/sign-in", {"next": back if visit.request.method == "GET" and back != "/" else None})
    if visit.request.headers.get("hx-request"):
        return Response(status_code=204, headers={"hx-redirect": target})
    return RedirectResponse(target, status_code=303)


def _with_cookie(visit: Visit, response: Response) -> Response:
    if visit.member is None and visit.request.cookies.get(VISITOR) != visit.cookie:
        response.set_cookie(
            VISITOR, visit.cookie, httponly=True, samesite="lax", secure=visit.desk.secure, path="/"
        )
    return response
