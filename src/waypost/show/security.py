"""Headers and tokens: a strict content policy, and a token on every form that changes something."""

import hashlib
import hmac
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION, VISITOR = "waypost_session", "waypost_visitor"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
SECURE_FOR = "max-age=31536000"


class SafeHeaders:
    """Puts the security headers on every answer; pages are never kept by a cache, static files for ever."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        """Wrap an app; `secure` also asks browsers to come over https from now on."""
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                if self._secure:
                    headers.setdefault("strict-transport-security", SECURE_FOR)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def form_token(cookie: str) -> str:
    """Return the token that a form must carry, made from the cookie of the session (or of the visitor)."""
    return hmac.new(cookie.encode(), b"waypost form", hashlib.sha256).hexdigest()


def fits(cookie: str | None, token: str | None) -> bool:
    """Return whether a form's token belongs to this browser."""
    return bool(cookie and token) and hmac.compare_digest(form_token(cookie or ""), token or "")


def new_visitor() -> str:
    """Return a fresh value for the cookie of a browser that is not signed in."""
    return secrets.token_urlsafe(24)
