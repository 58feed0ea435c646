"""The page behind the link in every e-mail: a button, and the one click of mail programs. Nobody signs in for it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from waypost.intervene import Unsubscribed, leaving, unsubscribe
from waypost.show.visit import House, Visit


def ask(visit: Visit) -> Response:
    """Show whom the link is about, and the button; looking changes nothing, since mail scanners look too."""
    who = leaving(visit.request.path_params["token"], visit.desk.operations, visit.desk.secret)
    return visit.page("unsubscribe.html", status=200 if who else 404, who=who, ended=None)


async def leave(request: Request) -> Response:
    """Send no more e-mail. The sealed link is the permission: mail programs know no form token (RFC 8058)."""
    house: House = request.app.state.house
    desk, token = house.desk, request.path_params["token"]
    ended = await run_in_threadpool(unsubscribe, token, desk.operations, desk.secret, now=desk.now())
    visit = Visit(house=house, request=request, member=None, cookie="")
    status = 404 if ended is Unsubscribed.NOT_OURS else 200
    return visit.page("unsubscribe.html", status=status, who=None, ended=ended.value)
