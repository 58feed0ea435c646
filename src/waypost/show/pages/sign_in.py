"""The door for members: sign in, sign out, and the link that makes a member once."""

from starlette.responses import Response

from waypost.core import StoreError
from waypost.show.addresses import local
from waypost.show.security import SESSION
from waypost.show.visit import Visit
from waypost.store import SESSION_AGE, Member

# The same words for an unknown e-mail and a wrong password: nobody learns who has an account.
WRONG = "That e-mail and password do not fit. Check both, or ask an owner for a new link."
TOO_MANY = "There were too many tries. Wait a quarter of an hour and try again."


def sign_in(visit: Visit) -> Response:
    """Show the sign-in form; who is signed in already goes on."""
    if visit.member:
        return visit.go(local(visit.asked("next")))
    if not visit.house.members.any():
        return visit.page("unclaimed.html", status=401)
    return _form(visit, "", visit.asked("next"))


def begin(visit: Visit) -> Response:
    """Check an e-mail and a password, and begin a session."""
    members = visit.house.members
    email, password = visit.form.get("email", ""), visit.form.get("password", "")
    if not members.may_try(address=_address(visit), email=email, now=visit.now):
        return _form(visit, TOO_MANY, visit.form.get("next", ""), status=429)
    member = members.checked(email, password)
    if member is None:
        return _form(visit, WRONG, visit.form.get("next", ""), status=401)
    members.forget_attempts(email)
    return _signed_in(visit, member, local(visit.form.get("next")))


def end(visit: Visit) -> Response:
    """Sign this browser out."""
    visit.house.members.end_session(visit.cookie)
    gone = visit.go("/sign-in")
    gone.delete_cookie(SESSION, path="/", httponly=True, samesite="lax", secure=visit.desk.secure)
    return gone


def invitation(visit: Visit) -> Response:
    """Show the form that makes a member, when the link is good."""
    role = visit.house.members.invited(visit.request.path_params["token"], now=visit.now)
    if role is None:
        return visit.page("invitation_over.html", status=410)
    return visit.page("invitation.html", role=role, wrong="", said={})


def accept(visit: Visit) -> Response:
    """Make the member that an invitation allows, and sign them in."""
    members = visit.house.members
    token = visit.request.path_params["token"]
    role = members.invited(token, now=visit.now)
    if role is None:
        return visit.page("invitation_over.html", status=410)
    said = {name: visit.form.get(name, "") for name in ("email", "name", "password")}
    try:
        member = members.accept(token, **said, now=visit.now)
    except StoreError as error:
        return visit.page("invitation.html", status=422, role=role, wrong=str(error), said=said)
    return _signed_in(visit, member, "/start" if member.is_owner else "/")


def _form(visit: Visit, wrong: str, target: str, status: int = 200) -> Response:
    email = visit.form.get("email", "")
    return visit.page("sign_in.html", status=status, wrong=wrong, target=local(target), email=email)


def _signed_in(visit: Visit, member: Member, target: str) -> Response:
    agent = visit.request.headers.get("user-agent", "")
    token = visit.house.members.begin_session(member.member_id, agent=agent, now=visit.now)
    visit.member, visit.cookie = member, token
    gone = visit.go(target)
    gone.set_cookie(
        SESSION,
        token,
        max_age=int(SESSION_AGE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=visit.desk.secure,
        path="/",
    )
    return gone


def _address(visit: Visit) -> str:
    return visit.request.client.host if visit.request.client else "unknown"
