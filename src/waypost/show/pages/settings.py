"""Settings: how the pages look, where you are signed in, and who else is a member."""

from starlette.responses import Response

from waypost.core import StoreError
from waypost.show.addresses import local
from waypost.show.visit import DENSITIES, KEYS, THEMES, Visit
from waypost.store import Role

A_YEAR_S = 365 * 24 * 3600


def settings(visit: Visit, link: str = "", wrong: str = "") -> Response:
    """Show the settings of the member who looks, and the members."""
    members = visit.house.members
    return visit.page(
        "settings.html",
        status=422 if wrong else 200,
        everybody=members.list(),
        sessions=members.sessions(visit.whoever.member_id, now=visit.now),
        this_session=members.handle_of(visit.cookie),
        themes=THEMES,
        densities=DENSITIES,
        key_choices=KEYS,
        link=link,
        wrong=wrong,
    )


def page(visit: Visit) -> Response:
    """Show the settings."""
    return settings(visit)


def look(visit: Visit) -> Response:
    """Keep the theme, the density and whether single keys act in cookies, so that the first paint is right."""
    gone = visit.go(local(visit.form.get("next"), "/settings?act=kept"))
    for name, allowed in (("theme", THEMES), ("density", DENSITIES), ("keys", KEYS)):
        value = visit.form.get(name, "")
        if value in allowed:
            gone.set_cookie(
                f"waypost_{name}",
                value,
                max_age=A_YEAR_S,
                httponly=True,
                samesite="lax",
                secure=visit.desk.secure,
                path="/",
            )
    return gone


def end_session(visit: Visit) -> Response:
    """Sign one of the member's own browsers out."""
    visit.house.members.end_by_handle(visit.whoever.member_id, visit.request.path_params["handle"])
    return visit.go("/settings?act=kept")


def invite(visit: Visit) -> Response:
    """Make a link that lets one person become a member; it is shown this once."""
    role = Role.OWNER if visit.form.get("role") == Role.OWNER else Role.MEMBER
    token = visit.house.members.invite(role, now=visit.now)
    return settings(visit, link=f"{visit.desk.public_url.rstrip('/')}/invitations/{token}")


def remove(visit: Visit) -> Response:
    """End a membership."""
    try:
        visit.house.members.remove(visit.request.path_params["member"], now=visit.now)
    except StoreError as error:
        return settings(visit, wrong=str(error))
    return visit.go("/settings?act=removed")
