"""The app: every address, the pages behind them, and what wraps them all."""

import secrets

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from waypost.show.assets import read_assets
from waypost.show.desk import Desk
from waypost.show.expectations import ExpectationBook
from waypost.show.results import ResultBook
from waypost.show.routes import routes
from waypost.show.rules import RulesBook
from waypost.show.security import SafeHeaders
from waypost.show.templates import engine
from waypost.show.uploads import Uploads
from waypost.show.visit import House, Visit
from waypost.store import Members

log = structlog.get_logger()
SAID = {
    401: "Sign in to see this",
    403: "This is not allowed",
    404: "There is no such page",
    411: "The size is not said",
    405: "This address takes no such request",
    413: "That is too large",
    429: "Too many tries",
}


def build(desk: Desk, *, members: Members | None = None) -> Starlette:
    """Return the workspace's web app. `members` lets tests use a cheap password hash."""
    assets = read_assets()
    found: list[BaseRoute] = routes(development=desk.development)
    app = Starlette(
        routes=found,
        middleware=[
            Middleware(SafeHeaders, secure=desk.secure),
            Middleware(GZipMiddleware, minimum_size=1400),
        ],
        exception_handlers={HTTPException: _refused, Exception: _broken},  # type: ignore[dict-item]
    )
    app.state.house = House(
        desk=desk,
        templates=engine(desk, assets),
        assets=assets,
        members=members or Members(desk.operations),
        results=ResultBook(),
        expectations=ExpectationBook(),
        rules=RulesBook(),
        uploads=Uploads(desk.uploads),
    )
    return app


async def _refused(request: Request, error: HTTPException) -> Response:
    return _error_page(
        request, error.status_code, SAID.get(error.status_code, "This did not work"), error.detail, ""
    )


async def _broken(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    log.error("page_broke", error_id=number, path=request.url.path, exc_info=error)
    return _error_page(
        request,
        500,
        "Something broke on our side",
        "Nothing that you entered was lost on purpose; go back and try again.",
        number,
    )


def _error_page(request: Request, status: int, title: str, says: str, number: str) -> Response:
    house: House = request.app.state.house
    visit = Visit(house=house, request=request, member=None, cookie="")
    return visit.page("error.html", status=status, title=title, says=says, number=number)
