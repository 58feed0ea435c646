"""Every address of the workspace, in one list."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from waypost.show.pages import account, gallery
from waypost.show.visit import House, acts, shows

FOR_EVER = "public, max-age=31536000, immutable"


def routes(*, development: bool) -> list[BaseRoute]:
    """Return the routes; `development` adds the component gallery."""
    found: list[BaseRoute] = [
        Route("/static/{digest}/{name}", static),
        Route("/accounts/{account}", shows(account.account)),
        Route("/accounts/{account}/notes", acts(account.add_note), methods=["POST"]),
        Route("/notes/{note}/undo", acts(account.undo_note), methods=["POST"]),
    ]
    if development:
        found.append(Route("/gallery", shows(gallery.gallery)))
    return found


async def static(request: Request) -> Response:
    """Send a static file; an address with another digest is of another version and gets the same file, unkept."""
    house: House = request.app.state.house
    asset = house.assets.by_name.get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404, "there is no such file")
    kept = FOR_EVER if request.path_params["digest"] == house.assets.digest else "no-store"
    return Response(asset.content, media_type=asset.media_type, headers={"cache-control": kept})
